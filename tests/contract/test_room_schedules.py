"""Scheduled broadcasts over HTTP: announced, listed, changed, opened by their owner, called off."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.contract.conftest import EMBEDDED, SERVICES
from tests.service import Answer, Caller, Device, Form, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, SERVICES], indirect=True, scope="module")

DAY = 24 * 60


def at(service: Caller, minutes: float) -> str:
    """Return a time so many minutes from now, as the wire writes it."""
    return (service.clock.now() + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")


async def schedule(device: Device, ahead: float = 60, **params: Any) -> dict[str, Any]:
    answer = await ask(device, ahead, **params)
    return dict(answer.data)


async def ask(device: Device, ahead: float = 60, **params: Any) -> Answer:
    """Schedule a room that many minutes ahead, unless ``startUtc`` says when."""
    given = {"startUtc": at(device.account.caller, ahead), **params}
    return await device.call("rooms/schedule", given)


async def listed(device: Device, category: str, **params: Any) -> list[str]:
    answer = await device.call("rooms/scheduled", {"category": category, **params})
    return [room["roomId"] for room in answer.data]


async def test_a_scheduled_room_says_what_is_to_come(service: Service) -> None:
    host = await service.sign_up()
    said = {
        "title": "周六夜 😀", "category": "sched-1", "cover": "c.png", "subject": "老歌", "description": "每周",
        "capacity": 50, "minutes": 90, "access": "public", "password": "door",
    }  # fmt: skip
    starts = at(service, 60)
    answer = await host.call("rooms/schedule", {"startUtc": starts, **said}, Form.FORM)
    room = answer.data
    shown = {name: said[name] for name in ("title", "category", "cover", "subject", "description", "minutes")}
    assert {name: room[name] for name in shown} == shown
    assert (room["status"], room["removed"], room["ownBy"], room["startUtc"]) == (2, 0, host.user, starts)
    assert "door" not in answer.text
    options = (await host.call("rooms/options", {"roomId": room["roomId"]})).data
    assert (options["hasPassword"], options["startUtc"]) == (True, starts)
    assert datetime.fromisoformat(options["endUtc"]) - datetime.fromisoformat(starts) == timedelta(minutes=90)


async def test_everybody_sees_a_scheduled_room_and_its_owner_alone_one_that_is_only_reserved(service: Service) -> None:
    host, other = await service.sign_up(), await service.sign_up()
    room = await schedule(host, category="sched-2")
    assert (await other.detail(room["roomId"])).data == room
    assert await listed(other, "sched-2") == [room["roomId"]]
    assert await other.query(category="sched-2") == [], "it is not live"
    assert (await other.enter(room["roomId"], "audience")).code == 2004
    assert (await other.enter(room["roomId"], "anchor")).code == 3000
    reserved = (await host.call("rooms/generate_roomid")).data["roomId"]
    assert (await other.detail(reserved)).code == 2004
    assert "startUtc" not in (await host.detail(reserved)).data


async def test_the_soonest_come_first_page_by_page(service: Service) -> None:
    host, other = await service.sign_up(), await service.sign_up()
    minutes = [50, 10, 40, 10, 30, 20]
    starts = {m: at(service, m) for m in minutes}
    rooms = [
        (await host.call("rooms/schedule", {"startUtc": starts[m], "category": "sched-3"})).data["roomId"]
        for m in minutes
    ]
    order = [room for _, room in sorted(zip(minutes, rooms, strict=True))]
    found, cursor = list[str](), ""
    while True:
        answer = await other.call("rooms/scheduled", {"category": "sched-3", "limit": 2, "cursor": cursor})
        found += [room["roomId"] for room in answer.data]
        cursor = answer.body["nextCursor"]
        if not cursor:
            break
    assert found == order
    for wrong in ("x", "1-", "-1", "9" * 16 + "-1", "9" * 15 + "-1", "1.5-2"):
        answer = await other.call("rooms/scheduled", {"category": "sched-3", "cursor": wrong})
        assert answer.code == 2002, wrong
    assert (await other.call("rooms/scheduled", {"limit": 101})).code == 2002


async def test_only_public_rooms_within_thirty_days_are_listed_and_in_their_tenant(service: Service) -> None:
    host, other = await service.sign_up(), await service.sign_up()
    await service.make_tenant("sched")
    foreign = await service.sign_up(app="sched")
    near = await schedule(host, 29 * DAY, category="sched-4")
    await schedule(host, 31 * DAY, category="sched-4")
    for access in ("private", "invited"):
        await schedule(host, 60, category="sched-4", access=access)
    barred = await schedule(host, 60, category="sched-4")
    await (await service.make_key()).call("admin/bar_room", {"roomId": barred["roomId"]})
    assert await listed(other, "sched-4") == [near["roomId"]]
    assert await listed(foreign, "sched-4") == []
    assert (await foreign.detail(near["roomId"])).code == 2004
    assert (await foreign.call("rooms/schedule", {"roomId": near["roomId"]})).code == 2004


async def test_again_with_the_same_room_changes_what_is_given_and_keeps_its_length(service: Service) -> None:
    host = await service.sign_up()
    room = await schedule(host, 60, title="old", subject="s", minutes=30, password="x", category="sched-5")
    for _ in range(2):
        service.clock.advance(1)
        changed = (await host.call("rooms/schedule", {"roomId": room["roomId"], "title": "new", "subject": ""})).data
        assert changed == room | {"title": "new", "subject": "", "updateUtc": changed["updateUtc"]}
    later = await schedule(host, 120, roomId=room["roomId"])
    assert (later["minutes"], later["title"]) == (30, "new")
    assert later["startUtc"] > room["startUtc"]
    assert (await schedule(host, 120, roomId=room["roomId"], minutes=0))["minutes"] == 0
    options = (await host.call("rooms/options", {"roomId": room["roomId"]})).data
    assert (options["hasPassword"], options["endUtc"]) == (True, "")


async def test_a_reserved_room_can_be_scheduled_and_one_that_is_closed_live_or_anothers_cannot(
    service: Service,
) -> None:
    host, other = await service.sign_up(), await service.sign_up()
    reserved = (await host.call("rooms/generate_roomid", {"title": "soon", "category": "sched-6"})).data["roomId"]
    assert (await host.call("rooms/schedule", {"roomId": reserved})).code == 2000, "no start yet"
    assert (await ask(other, 60, roomId=reserved)).code == 2004
    assert (await schedule(host, 60, roomId=reserved))["title"] == "soon"
    live = await host.go_live()
    assert (await ask(host, 60, roomId=live)).code == 2004
    await host.call("rooms/destroy_room", {"roomId": reserved})
    assert (await ask(host, 60, roomId=reserved)).code == 2004
    assert (await ask(host, 60, roomId="2147480000")).code == 2004


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"startUtc": "tomorrow"},
        {"startUtc": "2020-01-01 00:00:00"},
        {"startUtc": "2999-01-01 00:00:00"},
        {"minutes": -1},
        {"minutes": 43_201},
        {"access": "hidden"},
        {"title": "x" * 101},
        {"capacity": "many"},
        {"password": "x" * 33},
    ],
    ids=str,
)
async def test_what_cannot_be_scheduled_is_refused(wrong: dict[str, Any], service: Service) -> None:
    host = await service.sign_up()
    given = {"startUtc": at(service, 60), **wrong} if wrong else {}
    assert (await host.call("rooms/schedule", {"category": "sched-wrong", **given})).code == 2000
    assert await listed(host, "sched-wrong") == []


async def test_at_most_twenty_are_scheduled_at_a_time_whoever_hurries(service: Service) -> None:
    host = await service.sign_up()
    answers = await asyncio.gather(*(ask(host, 60 + number, category="sched-7") for number in range(25)))
    assert sorted(answer.code for answer in answers) == [0] * 20 + [3005] * 5
    (first, *_) = rooms = await listed(host, "sched-7")
    assert len(rooms) == 20
    assert (await ask(host, 90, roomId=first)).code == 0, "a change is none more"
    await host.call("rooms/destroy_room", {"roomId": first})
    assert (await ask(host)).code == 0


async def test_opening_begins_what_was_scheduled(service: Service) -> None:
    host, guest = await service.sign_up(), await service.sign_up()
    said = {"title": "t", "cover": "c", "subject": "s", "description": "d", "category": "sched-8", "capacity": 2}
    room = (await schedule(host, 60, **said, minutes=30, access="private", password="door"))["roomId"]
    await host.call("rooms/set_options", {"roomId": room, "slowMode": 5})
    await host.call("rooms/invite", {"roomId": room, "targetId": guest.user})
    opened = await host.call("rooms/enter_room", {"roomId": room, "role": "anchor"})
    assert {name: opened.data[name] for name in said if name != "capacity"} | {"capacity": 2} == said
    assert (opened.data["status"], await listed(guest, "sched-8")) == (0, [])
    options = (await host.call("rooms/options", {"roomId": room})).data
    ends = service.clock.now() + timedelta(minutes=30)
    assert abs(datetime.fromisoformat(options["endUtc"] + "+00:00") - ends) < timedelta(seconds=30), "from its opening"
    assert (options["access"], options["hasPassword"], options["slowMode"], options["startUtc"]) == (
        *("private", True, 5, ""),
    )
    assert (await guest.enter(room, "audience")).code == 3015
    assert (await guest.enter(room, "audience", password="door")).code == 0
    other = await service.sign_up()
    assert (await other.enter(room, "audience", password="door", linkKey=options["linkKey"])).code == 3001
    assert (await ask(host, 60, roomId=room)).code == 2004, "it has begun"


async def test_what_is_said_when_opening_counts_more_than_what_was_scheduled(service: Service) -> None:
    host = await service.sign_up()
    room = (await schedule(host, 60, title="old", subject="kept"))["roomId"]
    opened = await host.call("rooms/enter_room", {"roomId": room, "role": "anchor", "title": "new"})
    assert (opened.data["title"], opened.data["subject"]) == ("new", "kept")


async def test_calling_off_takes_it_off_the_list_and_nobody_else_may(service: Service) -> None:
    host, other = await service.sign_up(), await service.sign_up()
    room = (await schedule(host, 60, category="sched-9"))["roomId"]
    assert (await other.call("rooms/destroy_room", {"roomId": room})).code == 3000
    for _ in range(2):
        assert (await host.call("rooms/destroy_room", {"roomId": room})).code == 0
    assert await listed(other, "sched-9") == []
    assert (await other.detail(room)).code == (await host.detail(room)).code == 2004
    assert (await host.call("rooms/set_options", {"roomId": room, "muted": True})).code == 2004


async def test_strangers_change_nothing_of_a_scheduled_room(service: Service) -> None:
    host, other = await service.sign_up(), await service.sign_up()
    room = (await schedule(host, 60))["roomId"]
    assert (await ask(other, 60, roomId=room)).code == 2004
    for path in ("rooms/set_options", "rooms/options", "rooms/invite"):
        assert (await other.call(path, {"roomId": room, "targetId": host.user})).code == 3000
    reserved = (await host.call("rooms/generate_roomid")).data["roomId"]
    assert (await other.call("rooms/set_options", {"roomId": reserved, "muted": True})).code == 2004
    assert (await host.call("rooms/set_options", {"roomId": reserved, "muted": True})).code == 0
    assert (await host.call("rooms/set_options", {"roomId": reserved, "minutes": 5})).code == 2000, "from when on?"


async def test_what_nobody_opens_within_an_hour_is_called_off(service: Service) -> None:
    host, other = await service.sign_up(), await service.sign_up()
    late, put_off = [(await schedule(host, 10, category="sched-10"))["roomId"] for _ in range(2)]
    service.clock.advance(timedelta(minutes=69))
    await service.tick()
    assert set(await listed(other, "sched-10")) == {late, put_off}, "it may still open"
    await schedule(host, 60, roomId=put_off)
    service.clock.advance(timedelta(minutes=2))
    assert await listed(other, "sched-10") == [put_off], "gone before anybody has closed it"
    assert (await service.tick())["called_off"] >= 1
    assert (await service.tick())["called_off"] == 0
    assert (await host.detail(late)).code == 2004
    assert (await host.enter(late, "anchor")).code == 0, "the id stays its holder's"


async def test_an_owner_who_opens_while_two_processes_call_off_is_live(service: Service) -> None:
    host = await service.sign_up()
    room = (await schedule(host, 10))["roomId"]
    service.clock.advance(timedelta(minutes=71))
    schedules = service.core.jobs.schedules
    *_, opened = await asyncio.gather(schedules.call_off(), schedules.call_off(), host.enter(room, "anchor"))
    assert opened.code == 0
    assert await schedules.call_off() == 0
    assert (await host.detail(room)).data["status"] == 0


async def test_a_deleted_users_broadcasts_are_called_off(service: Service) -> None:
    host, other = await service.sign_up(), await service.sign_up()
    room = (await schedule(host, 60, category="sched-11"))["roomId"]
    assert (await host.call("auth_users/user_delete")).code == 0
    assert await listed(other, "sched-11") == []
    assert (await other.detail(room)).code == 2004
