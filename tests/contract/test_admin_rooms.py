"""``admin/*`` about rooms, as an operator's own server calls them."""

import asyncio
from typing import Any

import pytest

from liveroom.domain.ids import RoomId, UserId
from tests.contract.conftest import CLUSTER, EMBEDDED, SERVICES
from tests.contract.scene import CATEGORY, Stage, set_stage
from tests.service import Keyholder, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, SERVICES, CLUSTER], indirect=True, scope="module")

ONE_ROOM = (
    "get_room", "close_room", "bar_room", "unbar_room", "list_members", "update_room",
    "pin_room", "feature_room", "demote_room",
)  # fmt: skip


async def scene(service: Service) -> tuple[Stage, Keyholder]:
    """Return a room with its host and a guest in it, and the operator's server."""
    return await set_stage(service), await service.make_key()


async def listed(stage: Stage, **params: Any) -> bool:
    """Say whether the room is on the list that its guest sees."""
    rooms = await stage.guest.query(category=CATEGORY, **params)
    return stage.room in [room["roomId"] for room in rooms]


async def all_pages(backend: Keyholder, method: str, key: str, **params: Any) -> list[str]:
    """Return what a list names, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        answer = await backend.call(method, {**params, "cursor": cursor, "limit": 2})
        found += [row[key] for row in answer.data]
        cursor = answer.body["nextCursor"]
        if not cursor:
            return found


# --- reading ----------------------------------------------------------------------------------------------------------


async def test_a_room_is_shown_with_its_state(service: Service) -> None:
    stage, backend = await scene(service)
    seen = (await backend.call("admin/get_room", {"roomId": stage.room})).data
    public = (await stage.guest.detail(stage.room)).data
    assert {name: seen[name] for name in public} == public
    assert (seen["state"], seen["hidden"], seen["barred"]) == ("live", False, False)
    assert (seen["ownBy"], seen["heldBy"], seen["capacity"]) == (stage.host.user, stage.host.user, 0)
    assert seen["broadcastId"]


async def test_an_operator_can_hand_out_the_link_of_a_private_room(service: Service) -> None:
    stage, backend = await scene(service)
    assert "linkKey" not in (await backend.call("admin/get_room", {"roomId": stage.room})).data
    await stage.host.call("rooms/set_options", {"roomId": stage.room, "access": "private"})
    seen = (await backend.call("admin/get_room", {"roomId": stage.room})).data
    stranger = await service.sign_up()
    assert (await stranger.call("rooms/enter_room", {"roomId": stage.room, "role": "audience"})).code == 2004
    given = {"roomId": stage.room, "role": "audience", "linkKey": seen["linkKey"]}
    assert (await stranger.call("rooms/enter_room", given)).code == 0


async def test_reserved_and_closed_rooms_are_shown_too(service: Service) -> None:
    stage, backend = await scene(service)
    reserved = (await stage.guest.call("rooms/generate_roomid", {"title": "soon"})).data["roomId"]
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    states = [(await backend.call("admin/get_room", {"roomId": room})).data for room in (reserved, stage.room)]
    assert [(room["state"], room["status"], room["nnUsers"]) for room in states] == [
        ("reserved", 2, 0),
        ("closed", 3, 0),
    ]


async def test_every_live_room_is_listed_page_by_page_whatever_hides_it(service: Service) -> None:
    stages = [await set_stage(service) for _ in range(3)]
    backend = await service.make_key()
    await stages[0].host.leave(stages[0].room)
    await backend.call("admin/bar_room", {"roomId": stages[1].room})
    found = await all_pages(backend, "admin/list_rooms", "roomId")
    assert {stage.room for stage in stages} <= set(found)
    assert len(found) == len(set(found))
    rooms = {room["roomId"]: room for room in (await backend.call("admin/list_rooms", {"limit": 500})).data}
    marks = [(rooms[stage.room]["hidden"], rooms[stage.room]["barred"]) for stage in stages]
    assert marks == [(True, False), (False, True), (False, False)]


async def test_members_are_listed_in_the_order_of_joining(service: Service) -> None:
    stage, backend = await scene(service)
    late = await service.sign_up()
    await late.enter(stage.room, "audience")
    people = await all_pages(backend, "admin/list_members", "userId", roomId=stage.room)
    assert people == [stage.host.user, stage.guest.user, late.user]
    (first, *_) = (await backend.call("admin/list_members", {"roomId": stage.room})).data
    assert (first["role"], first["name"]) == ("anchor", "小明 😀")


# --- opening, changing, closing ---------------------------------------------------------------------------------------


async def test_a_room_is_opened_for_an_owner_who_then_comes(service: Service) -> None:
    backend, owner = await service.make_key(), await service.sign_up()
    params = {"ownerId": owner.user, "roomId": owner.user, "title": "晚会", "category": CATEGORY, "capacity": 9}
    first = (await backend.call("admin/open_room", params)).data
    again = (await backend.call("admin/open_room", {**params, "title": "other"})).data
    assert (first["state"], first["title"], first["ownBy"], first["capacity"]) == ("live", "晚会", owner.user, 9)
    assert (again["broadcastId"], again["title"]) == (first["broadcastId"], "晚会"), "twice is once"
    entered = await owner.enter(owner.user, "anchor")
    assert entered.data["role"] == "anchor"
    assert (await backend.call("admin/get_room", {"roomId": owner.user})).data["broadcastId"] == first["broadcastId"]


async def test_an_opened_room_whose_owner_never_comes_is_closed_after_the_grace(service: Service) -> None:
    backend, owner = await service.make_key(), await service.sign_up()
    room = (await backend.call("admin/open_room", {"ownerId": owner.user})).data["roomId"]
    assert room != owner.user, "a fresh id"
    await service.tick()
    service.clock.advance(30)
    await service.tick()
    assert (await backend.call("admin/get_room", {"roomId": room})).data["state"] == "live"
    for _ in range(5):
        service.clock.advance(20)
        await service.tick()
    assert (await backend.call("admin/get_room", {"roomId": room})).data["state"] == "closed"


async def test_two_who_open_one_room_at_once_open_it_once(service: Service) -> None:
    backend, owner = await service.make_key(), await service.sign_up()
    params = {"ownerId": owner.user, "roomId": owner.user}
    answers = await asyncio.gather(*(backend.call("admin/open_room", params) for _ in range(5)))
    assert len({answer.data["broadcastId"] for answer in answers}) == 1


async def test_a_room_is_not_opened_for_whom_it_may_not_be(service: Service) -> None:
    stage, backend = await scene(service)
    banned = await service.sign_up()
    await backend.call("admin/ban_user", {"userId": banned.user})
    opened = [
        await backend.call("admin/open_room", params)
        for params in (
            {"ownerId": stage.guest.user, "roomId": stage.room},
            {"ownerId": banned.user},
            {"ownerId": "39999999"},
            {"ownerId": stage.guest.user, "roomId": "not a number"},
            {"roomId": stage.room},
            {"ownerId": stage.guest.user, "capacity": -1},
        )
    ]
    assert [answer.code for answer in opened] == [3000, 3002, 206, 2000, 2000, 2000]


async def test_a_room_is_changed_in_its_owners_name(service: Service) -> None:
    stage, backend = await scene(service)
    changed = await backend.call("admin/update_room", {"roomId": stage.room, "title": "", "cover": "c.png"})
    assert (changed.data["title"], changed.data["cover"]) == ("", "c.png")
    assert changed.data["updateBy"] == stage.host.user
    seen = (await stage.guest.detail(stage.room)).data
    assert (seen["title"], seen["cover"], seen["category"]) == ("", "c.png", CATEGORY)
    await backend.call("admin/close_room", {"roomId": stage.room})
    assert (await backend.call("admin/update_room", {"roomId": stage.room, "title": "x"})).code == 2004


async def test_a_room_is_closed_once_and_its_people_are_out(service: Service) -> None:
    stage, backend = await scene(service)
    answers = await asyncio.gather(*(backend.call("admin/close_room", {"roomId": stage.room}) for _ in range(3)))
    assert [answer.code for answer in answers] == [0, 0, 0]
    assert (await backend.call("admin/close_room", {"roomId": stage.room})).code == 0
    assert (await stage.guest.detail(stage.room)).code == 2004
    assert not await listed(stage)
    assert (await stage.guest.call("presence/query", {"userIds": [stage.guest.user]})).data[0]["roomId"] == ""


# --- barring ----------------------------------------------------------------------------------------------------------


async def test_a_barred_room_is_on_no_list_and_goes_on(service: Service) -> None:
    stage, backend = await scene(service)
    assert await listed(stage)
    barred = (await backend.call("admin/bar_room", {"roomId": stage.room})).data
    assert (barred["barred"], barred["hidden"], barred["state"], barred["status"]) == (True, False, "live", 0)
    assert not await listed(stage)
    assert not await listed(stage, roomIds=[stage.room])
    assert (await stage.guest.detail(stage.room)).data["status"] == 0
    late = await service.sign_up()
    assert (await late.enter(stage.room, "audience")).data["role"] == "audience"
    assert await stage.guest.members(stage.room) == [stage.host.user, stage.guest.user, late.user]
    await stage.host.call("rooms/update_room", {"roomId": stage.room, "title": "look at me"})
    await service.tick()
    assert not await listed(stage), "a change does not show it"


async def test_a_bar_outlives_the_broadcast_and_ends_when_it_is_lifted(service: Service) -> None:
    stage, backend = await scene(service)
    await backend.call("admin/bar_room", {"roomId": stage.room})
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    await stage.host.go_live(category=CATEGORY)
    assert not await listed(stage)
    assert (await backend.call("admin/unbar_room", {"roomId": stage.room})).data["barred"] is False
    assert await listed(stage)


async def test_a_room_that_is_not_live_can_be_barred_before_it_is(service: Service) -> None:
    stage, backend = await scene(service)
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    assert (await backend.call("admin/bar_room", {"roomId": stage.room})).data["state"] == "closed"
    await stage.host.go_live(category=CATEGORY)
    assert not await listed(stage)


async def _rev(service: Service, room: str) -> int:
    stored = await service.core.db.rooms.get(RoomId(room))
    assert stored is not None
    return stored.rev


async def test_barring_twice_or_at_once_is_barring_once(service: Service) -> None:
    stage, backend = await scene(service)
    rev = await _rev(service, stage.room)
    bars = await asyncio.gather(*(backend.call("admin/bar_room", {"roomId": stage.room}) for _ in range(4)))
    assert [bar.data["barred"] for bar in bars] == [True] * 4
    assert await _rev(service, stage.room) == rev + 1
    for method in ("unbar_room", "unbar_room"):
        assert (await backend.call(f"admin/{method}", {"roomId": stage.room})).data["barred"] is False
    assert await listed(stage)


async def test_a_room_is_off_the_list_only_while_its_host_is_away_when_nobody_barred_it(service: Service) -> None:
    stage, backend = await scene(service)
    await backend.call("admin/bar_room", {"roomId": stage.room})
    await stage.host.leave(stage.room)
    await backend.call("admin/unbar_room", {"roomId": stage.room})
    assert not await listed(stage), "its host is away"
    await stage.host.enter(stage.room, "anchor")
    assert await listed(stage)


# --- kicking ----------------------------------------------------------------------------------------------------------


async def test_who_is_kicked_is_out_on_every_device_and_may_come_back(service: Service) -> None:
    stage, backend = await scene(service)
    tablet = await stage.guest.account.sign_in()
    await tablet.enter(stage.room, "audience")
    kick = {"roomId": stage.room, "userId": stage.guest.user, "reason": "spam"}
    assert (await backend.call("admin/kick_user", kick)).data == {"kicked": True}
    assert await stage.host.members(stage.room) == [stage.host.user]
    assert (await stage.guest.call("rooms/state", {"roomId": stage.room})).code == 3007
    where = (await stage.host.call("presence/query", {"userIds": [stage.guest.user]})).data[0]
    assert (where["online"], where["roomId"]) == (True, ""), "the session goes on"
    assert (await backend.call("admin/kick_user", kick)).data == {"kicked": False}
    assert (await stage.guest.enter(stage.room, "audience")).code == 0
    assert await stage.host.members(stage.room) == [stage.host.user, stage.guest.user]


async def test_a_kick_is_kept_as_the_reason_of_the_stays_end(service: Service) -> None:
    stage, backend = await scene(service)
    await backend.call("admin/kick_user", {"roomId": stage.room, "userId": stage.guest.user})
    await service.core.jobs.backlog.write_all()
    (stay, *_) = await service.core.db.stays.newest_of(UserId(stage.guest.user), 5)
    assert (stay.room, stay.reason) == (stage.room, "kicked")


async def test_a_kicked_host_leaves_the_room_hidden_as_if_they_had_left(service: Service) -> None:
    stage, backend = await scene(service)
    await backend.call("admin/kick_user", {"roomId": stage.room, "userId": stage.host.user})
    assert (await backend.call("admin/get_room", {"roomId": stage.room})).data["hidden"] is True
    assert not await listed(stage)


async def test_two_who_kick_at_once_kick_once(service: Service) -> None:
    stage, backend = await scene(service)
    kick = {"roomId": stage.room, "userId": stage.guest.user}
    kicks = await asyncio.gather(*(backend.call("admin/kick_user", kick) for _ in range(4)))
    assert sorted(answer.data["kicked"] for answer in kicks) == [False, False, False, True]


async def test_nobody_is_kicked_out_of_what_there_is_not(service: Service) -> None:
    stage, backend = await scene(service)
    kicks = [
        await backend.call("admin/kick_user", params)
        for params in (
            {"roomId": stage.room, "userId": "39999999"},
            {"roomId": "39999999", "userId": stage.guest.user},
            {"userId": stage.guest.user},
            {"roomId": stage.room},
        )
    ]
    assert [answer.code for answer in kicks] == [206, 2004, 2003, 2003]


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ONE_ROOM)
async def test_a_room_that_there_is_not_is_not_found(service: Service, method: str) -> None:
    backend = await service.make_key()
    assert (await backend.call(f"admin/{method}", {"roomId": "39999999"})).code == 2004


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("get_room", {}, 2002),
        ("get_room", {"roomId": ["1", "2"]}, 2002),
        ("list_rooms", {"limit": 0}, 2002),
        ("list_rooms", {"limit": 501}, 2002),
        ("list_rooms", {"cursor": "x" * 65}, 2002),
        ("list_members", {"limit": 1}, 2002),
        ("close_room", {}, 2001),
        ("update_room", {}, 2000),
        ("bar_room", {}, 2002),
        ("unbar_room", {"roomId": "x" * 65}, 2002),
        ("pin_room", {"roomId": "1", "position": 100}, 2002),
        ("pin_room", {"roomId": "1", "position": 0.5}, 2002),
        ("feature_room", {"roomId": "1", "until": "2026-01-01 00:00:00"}, 2002),
        ("demote_room", {"roomId": "1", "demoted": "perhaps"}, 2002),
        ("open_room", {}, 2000),
        ("kick_user", {}, 2003),
    ],
)
async def test_what_cannot_be_understood_has_its_code(
    service: Service, method: str, params: dict[str, Any], code: int
) -> None:
    backend = await service.make_key()
    assert (await backend.call(f"admin/{method}", params)).code == code


async def test_a_cursor_of_members_that_is_none_is_refused(service: Service) -> None:
    stage, backend = await scene(service)
    assert (await backend.call("admin/list_members", {"roomId": stage.room, "cursor": "no"})).code == 2002
