"""The life of rooms as the shipped apps live it (CLIENTS.md 4.2 and 7; API.md, Rooms)."""

import asyncio
import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.contract.conftest import CLUSTER, EMBEDDED, SERVICES
from tests.service import Device, Form, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, SERVICES, CLUSTER], indirect=True, scope="module")
_categories = itertools.count(1)


def fresh_category() -> str:
    return f"category-{next(_categories)}"


async def _live(service: Service, count: int, category: str) -> list[Device]:
    """Return hosts who have gone live a second apart."""
    hosts = []
    for _ in range(count):
        hosts.append(await service.sign_up())
        await hosts[-1].go_live(category=category)
        service.clock.advance(1)
    return hosts


async def _counts(device: Device, room: str) -> tuple[int, int]:
    data = (await device.detail(room)).data
    return data["nnUsers"], data["totalJoined"]


async def test_a_returning_anchor_begins_a_fresh_broadcast(service: Service) -> None:
    category = fresh_category()
    first, second = await _live(service, 2, category)
    await first.call("rooms/update_room", {"roomId": first.user, "title": "old", "cover": "old.png"})
    await second.enter(first.user, "audience")
    before = (await first.detail(first.user)).data
    await first.call("rooms/destroy_room", {"roomId": first.user})
    service.clock.advance(60)
    await first.go_live(category=category)
    after = (await first.detail(first.user)).data
    assert (after["title"], after["cover"], after["nnUsers"], after["totalJoined"]) == ("", "", 1, 1)
    assert datetime.fromisoformat(after["createUtc"]) >= datetime.fromisoformat(before["createUtc"]) + timedelta(
        minutes=1
    )
    listed = await second.query(category=category)
    assert [room["roomId"] for room in listed] == [first.user, second.user], "newest first"


async def test_the_list_shows_the_counts_of_the_last_answer(service: Service) -> None:
    """An enter was answered with two members, and the caller's own query right after it showed one."""
    category = fresh_category()
    (host,) = await _live(service, 1, category)
    guest = await service.sign_up()

    async def listed() -> tuple[int, int]:
        (room,) = await guest.query(category=category)
        return room["nnUsers"], room["totalJoined"]

    assert await listed() == (1, 1)
    await guest.enter(host.user, "audience")
    assert await listed() == (2, 2)
    service.clock.advance(1)
    await guest.leave(host.user)
    assert await listed() == (1, 2)


async def test_a_destroyed_room_is_not_revived_by_its_audience(service: Service) -> None:
    (host,) = await _live(service, 1, fresh_category())
    guest = await service.sign_up()
    await host.call("rooms/destroy_room", {"roomId": host.user})
    for role in ("audience", "", "guest"):
        assert (await guest.enter(host.user, role)).code == 2004
    assert (await host.call("rooms/update_room", {"roomId": host.user, "title": "t"})).code == 2004
    assert (await host.detail(host.user)).code == 2004


@pytest.mark.parametrize("role", ["anchor", "owner", "", None])
async def test_a_host_opens_a_room_with_any_of_the_roles_apps_send(role: str | None, service: Service) -> None:
    host = await service.sign_up()
    answer = await host.call("rooms/enter_room", {"roomId": host.user, "role": role, "title": "t"}, Form.JSON)
    assert answer.data["ownBy"] == answer.data["createBy"] == host.user
    assert answer.data["role"] == ("owner" if role == "owner" else "anchor")


async def test_a_room_without_an_id_is_made_for_a_host(service: Service) -> None:
    host = await service.sign_up()
    answer = await host.call("rooms/enter_room", {"role": "anchor", "title": "t"})
    assert answer.data["ownBy"] == host.user
    assert (await host.detail(answer.data["roomId"])).data["title"] == "t"
    assert (await host.call("rooms/enter_room", {"role": "audience"})).code == 2000


async def test_a_reserved_room_is_seen_by_its_holder_alone(service: Service) -> None:
    holder, other = await service.sign_up(), await service.sign_up()
    category = fresh_category()
    reserved = await holder.call("rooms/generate_roomid", {"category": category, "title": "soon"})
    room = reserved.data["roomId"]
    seen = (await holder.detail(room)).data
    assert (seen["status"], seen["removed"], seen["title"], seen["nnUsers"]) == (2, 0, "soon", 0)
    assert (await other.detail(room)).code == 2004
    assert await other.query(category=category) == []
    assert (await other.enter(room, "audience")).code == 2004
    opened = await holder.enter(room, "anchor")
    assert (opened.data["category"], opened.data["title"], opened.data["status"]) == (category, "soon", 0)
    assert [listed["roomId"] for listed in await other.query(category=category)] == [room]


async def test_everybody_is_counted_once(service: Service) -> None:
    (host,) = await _live(service, 1, fresh_category())
    room, guests = host.user, [await service.sign_up() for _ in range(3)]
    for guest in guests:
        for _ in range(2):
            assert (await guest.enter(room, "audience")).code == 0
    assert await _counts(host, room) == (4, 4)
    await guests[0].leave(room)
    await guests[0].leave(room)
    assert await _counts(host, room) == (3, 4)
    entered = await guests[0].enter(room, "audience")
    assert (entered.data["nnUsers"], entered.data["totalJoined"]) == (4, 4)
    assert await host.members(room) == [host.user, guests[1].user, guests[2].user, guests[0].user]


async def test_two_devices_of_a_user_are_one_member(service: Service) -> None:
    (host,) = await _live(service, 1, fresh_category())
    phone = await service.sign_up()
    tablet = await phone.account.sign_in()
    for device in (phone, tablet):
        await device.enter(host.user, "audience")
    assert await _counts(host, host.user) == (2, 2)
    await phone.leave(host.user)
    assert await _counts(host, host.user) == (2, 2)
    await tablet.leave(host.user)
    assert await _counts(host, host.user) == (1, 2)


async def test_entering_elsewhere_ends_the_audience_place_and_never_a_hosts(service: Service) -> None:
    one, two = await _live(service, 2, fresh_category())
    guest = await service.sign_up()
    await guest.enter(one.user, "audience")
    await guest.enter(two.user, "audience")
    assert await one.members(one.user) == [one.user]
    assert await two.members(two.user) == [two.user, guest.user]
    await one.enter(two.user, "audience")
    assert await one.members(one.user) == [one.user]
    assert await two.members(two.user) == [two.user, guest.user, one.user]


async def test_an_enter_that_is_refused_ends_nothing(service: Service) -> None:
    one, two = await _live(service, 2, fresh_category())
    await two.call("rooms/update_room", {"roomId": two.user, "capacity": 1})
    guest = await service.sign_up()
    await guest.enter(one.user, "audience")
    assert (await guest.enter(two.user, "audience")).code == 3001
    assert (await guest.enter("2147480000", "audience")).code == 2004
    assert await one.members(one.user) == [one.user, guest.user]


@pytest.mark.parametrize("order", list(itertools.permutations(("leave old", "enter new", "leave old again"))))
async def test_enter_and_leave_may_come_in_any_order(order: tuple[str, ...], service: Service) -> None:
    old, new = await _live(service, 2, fresh_category())
    guest = await service.sign_up()
    await guest.enter(old.user, "audience")
    for step in order:
        answer = await (guest.enter(new.user, "audience") if step == "enter new" else guest.leave(old.user))
        assert answer.code == 0
    assert await old.members(old.user) == [old.user]
    assert await new.members(new.user) == [new.user, guest.user]


async def test_a_swipe_sends_everything_at_once(service: Service) -> None:
    old, new = await _live(service, 2, fresh_category())
    guests = [await service.sign_up() for _ in range(5)]
    for guest in guests:
        await guest.enter(old.user, "audience")
    calls = [call for guest in guests for call in (guest.leave(old.user), guest.enter(new.user), guest.leave(old.user))]
    answers = await asyncio.gather(*calls)
    assert {answer.code for answer in answers} == {0}
    assert await old.members(old.user) == [old.user]
    assert set(await new.members(new.user)) == {new.user, *(guest.user for guest in guests)}


async def test_free_places_are_given_once_whoever_rushes(service: Service) -> None:
    (host,) = await _live(service, 1, fresh_category())
    await host.call("rooms/update_room", {"roomId": host.user, "capacity": 4})
    guests = [await service.sign_up() for _ in range(12)]
    answers = await asyncio.gather(*(guest.enter(host.user, "audience") for guest in guests))
    assert sorted(answer.code for answer in answers) == [0] * 3 + [3001] * 9
    assert await _counts(host, host.user) == (4, 4)


async def test_the_list_is_ordered_as_asked(service: Service) -> None:
    category = fresh_category()
    hosts = await _live(service, 4, category)
    for number, host in enumerate(hosts):
        for _ in range((number * 2) % 3):
            await (await service.sign_up()).enter(host.user, "audience")
    await service.core.jobs.backlog.write_all()
    asker = await service.sign_up()
    newest = [room["roomId"] for room in await asker.query(category=category)]
    assert newest == [host.user for host in reversed(hosts)]
    assert newest == [room["roomId"] for room in await asker.query(category=category, orderBy="createUtc")]
    ranked = await asker.query(category=category, orderBy="totalJoined")
    assert [room["totalJoined"] for room in ranked] == [3, 2, 1, 1]
    assert [room["roomId"] for room in ranked[:2]] == [hosts[1].user, hosts[2].user]


async def test_the_eleventh_room_is_on_the_first_page(service: Service) -> None:
    """Apps name no limit and never ask for a second page (CLIENTS.md 4.2)."""
    category = fresh_category()
    await _live(service, 11, category)
    asker = await service.sign_up()
    assert len(await asker.query(category=category)) == 11
    assert len(await asker.query(category=category, limit="")) == 11
    assert len(await asker.query(category=category, limit=10)) == 10


@pytest.mark.parametrize("order", ["createUtc", "totalJoined"])
async def test_pages_by_cursor_show_every_room_once(order: str, service: Service) -> None:
    category = fresh_category()
    hosts = await _live(service, 7, category)
    asker, seen, cursor = await service.sign_up(), [], ""
    while True:
        params: dict[str, Any] = {"category": category, "orderBy": order, "limit": 3, "cursor": cursor}
        answer = await asker.call("rooms/query_room", params)
        seen += [room["roomId"] for room in answer.data]
        cursor = answer.body["nextCursor"]
        if not cursor:
            break
        newcomer = await service.sign_up()
        await newcomer.go_live(category=category)
    assert sorted(seen) == sorted(host.user for host in hosts)


async def test_the_list_is_filtered_as_asked(service: Service) -> None:
    category = fresh_category()
    hosts = await _live(service, 3, category)
    asker, ids = await service.sign_up(), [host.user for host in hosts]
    opened = {room["roomId"]: room["createUtc"] for room in await asker.query(category=category)}
    since = await asker.query(category=category, startUtc=opened[ids[1]])
    assert [room["roomId"] for room in since] == [ids[2], ids[1]]
    until = await asker.query(category=category, endUtc=opened[ids[1]])
    assert [room["roomId"] for room in until] == [ids[0]]
    named = await asker.query(roomIds=[ids[0], "1", ids[2]])
    assert [room["roomId"] for room in named] == [ids[2], ids[0]]
    skipped = await asker.query(category=category, offset=1, limit=1)
    assert [room["roomId"] for room in skipped] == [ids[1]]
    assert await asker.query(category=f"{category}-not") == []


async def test_an_update_changes_what_it_names_and_empties_what_is_empty(service: Service) -> None:
    category = fresh_category()
    (host,) = await _live(service, 1, category)
    full = {"title": "t", "cover": "c", "subject": "s", "description": "d"}
    for change, expected in (
        (full, full),
        ({"title": "u"}, full | {"title": "u"}),
        ({"cover": "", "category": ""}, full | {"title": "u", "cover": ""}),
    ):
        changed = (await host.call("rooms/update_room", {"roomId": host.user, **change}, Form.FORM)).data
        assert {name: changed[name] for name in full} == expected
        assert changed["category"] == category
        assert (await host.detail(host.user)).data == changed
        assert [room for room in await host.query(category=category) if room["title"] != changed["title"]] == []


async def test_a_room_moves_to_the_category_that_it_is_given(service: Service) -> None:
    former, latter = fresh_category(), fresh_category()
    (host,) = await _live(service, 1, former)
    await host.call("rooms/update_room", {"roomId": host.user, "category": latter})
    assert await host.query(category=former) == []
    assert [room["roomId"] for room in await host.query(category=latter)] == [host.user]


async def test_what_the_last_answer_said_is_what_the_caller_sees_next(service: Service) -> None:
    category = fresh_category()
    host = await service.sign_up()
    await host.go_live(category=category)
    assert [room["roomId"] for room in await host.query(category=category)] == [host.user]
    await host.call("rooms/destroy_room", {"roomId": host.user})
    assert await host.query(category=category) == []


async def test_counts_in_the_list_follow_within_a_second(service: Service) -> None:
    category = fresh_category()
    (host,) = await _live(service, 1, category)
    await (await service.sign_up()).enter(host.user, "audience")
    await service.core.jobs.backlog.write_all()
    (listed,) = await host.query(category=category)
    assert (listed["nnUsers"], listed["totalJoined"]) == (2, 2)
    assert listed == (await host.detail(host.user)).data


async def test_members_show_names_and_pictures_as_they_are(service: Service) -> None:
    (host,) = await _live(service, 1, fresh_category())
    await host.call("auth_users/user_update", {"name": "小明 😀", "avatar": "https://example.com/a.png"})
    (member,) = (await host.call("rooms/list_users", {"roomId": host.user})).data
    assert (member["name"], member["avatar"], member["role"]) == ("小明 😀", "https://example.com/a.png", "anchor")
    assert (member["phone"], member["userSig"], member["token"]) == ("", "", "")


async def test_the_presence_of_users_is_told_within_the_tenant(service: Service) -> None:
    (host,) = await _live(service, 1, fresh_category())
    guest, gone = await service.sign_up(), await service.sign_up()
    await gone.call("auth_users/user_logout")
    found = (await guest.call("presence/query", {"userIds": [host.user, gone.user, guest.user, "1"]})).data
    assert [one["userId"] for one in found] == [host.user, gone.user, guest.user]
    assert [one["online"] for one in found] == [True, False, True]
    assert [one["roomId"] for one in found] == [host.user, "", ""]
    assert found[0]["role"] == "anchor"
