"""Reminders of scheduled broadcasts over HTTP: what is shown to who waits, and who may."""

from datetime import datetime

from liveroom.usecases.rooms.reminders import CHANGES, REMINDERS_MAX
from tests.contract.test_room_schedules import schedule
from tests.service import Service


async def test_who_waits_sees_the_host_the_start_and_how_many_wait(service: Service) -> None:
    host, ann, bob = [await service.sign_up() for _ in range(3)]
    await host.call("auth_users/user_update", {"name": "小明", "avatar": "https://example.com/a.png"})
    room = (await schedule(host, title="周六夜", cover="https://example.com/c.png"))["roomId"]
    assert (await ann.call("reminders/add", {"roomId": room})).code == 0
    shown = (await bob.call("reminders/show", {"roomId": room})).data
    now = datetime.fromisoformat(shown.pop("serverUtc"))
    assert datetime.fromisoformat(shown["startUtc"]) > now
    assert shown == {
        "roomId": room, "hostId": host.user, "hostName": "小明", "hostAvatar": "https://example.com/a.png",
        "title": "周六夜", "cover": "https://example.com/c.png", "startUtc": shown["startUtc"], "people": 1,
        "reminded": False,
    }  # fmt: skip
    assert [one["roomId"] for one in (await ann.call("reminders/list")).data] == [room]
    assert (await bob.call("reminders/list")).data == []


async def test_reminders_are_for_rooms_that_are_scheduled_and_that_the_caller_may_see(service: Service) -> None:
    host, ann = await service.sign_up(), await service.sign_up()
    reserved = (await host.call("rooms/generate_roomid")).data["roomId"]
    private = (await schedule(host, access="private"))["roomId"]
    live = await (await service.sign_up()).go_live()
    for room in (reserved, private, live, "no-such-room"):
        for method in ("add", "show"):
            assert (await ann.call(f"reminders/{method}", {"roomId": room})).code == 2004, room
    link = (await host.call("rooms/options", {"roomId": private})).data["linkKey"]
    assert (await ann.call("reminders/add", {"roomId": private, "linkKey": link})).data["reminded"] is True
    assert (await ann.call("reminders/remove", {"roomId": "no-such-room"})).code == 0


async def test_reminders_are_listed_page_by_page_the_last_one_first(service: Service) -> None:
    ann, rooms = await service.sign_up(), list[str]()
    for _ in range(3):
        host = await service.sign_up()
        rooms.append((await schedule(host))["roomId"])
        service.clock.advance(1)
        assert (await ann.call("reminders/add", {"roomId": rooms[-1]})).code == 0
    first = await ann.call("reminders/list", {"limit": 2})
    rest = await ann.call("reminders/list", {"limit": 2, "cursor": first.body["nextCursor"]})
    assert [one["roomId"] for one in (*first.data, *rest.data)] == rooms[::-1]
    assert rest.body["nextCursor"] == ""
    assert (await ann.call("reminders/list", {"cursor": "x"})).code == 2002


async def test_reminders_have_bounds(service: Service) -> None:
    host, ann = await service.sign_up(), await service.sign_up()
    room = (await schedule(host))["roomId"]
    codes = [(await ann.call("reminders/remove", {"roomId": room})).code for _ in range(CHANGES + 1)]
    assert codes == [0] * CHANGES + [3004]
    service.clock.advance(61)
    now = service.clock.now()
    for number in range(REMINDERS_MAX):
        await service.core.db.reminders.add(f"r{number}", ann.user, now)  # type: ignore[arg-type]
    assert (await ann.call("reminders/add", {"roomId": room})).code == 3005
