"""Lists of bans, and notices to many rooms."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from liveroom.domain.ids import RoomId, UserId
from tests.contract.scene import set_stage
from tests.service import Device, Service


async def test_bans_are_listed_those_first_that_end_first(service: Service) -> None:
    await service.make_tenant("bans")
    backend = await service.make_key("bans")
    people = [await service.sign_up(app="bans") for _ in range(4)]
    for person, seconds in zip(people, (300, 100, 0, 200), strict=True):
        lasting = {"seconds": seconds} if seconds else {}
        banned = {"userId": person.user, **lasting, "reason": "spam"}
        assert (await backend.call("admin/ban_user", banned)).code == 0
    found: list[str] = []
    cursor = ""
    for _ in range(4):
        answer = await backend.call("admin/list_bans", {"limit": 2, "cursor": cursor})
        found += [row["userId"] for row in answer.data]
        cursor = answer.body["nextCursor"]
        if not cursor:
            break
    assert found == [people[number].user for number in (1, 3, 0, 2)]
    service.clock.advance(150)
    rows = (await backend.call("admin/list_bans")).data
    assert [(row["userId"], row["untilUtc"] != "") for row in rows] == [
        (people[3].user, True),
        (people[0].user, True),
        (people[2].user, False),
    ]
    assert (await (await service.make_key()).call("admin/list_bans", {"cursor": "x"})).code == 2002
    assert (await backend.call("admin/list_bans", {"kind": "all"})).code == 2002


async def test_bans_of_a_room_of_a_user_and_of_addresses(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    ban = {"roomId": stage.room, "targetId": stage.guest.user, "seconds": 60, "reason": "rude"}
    await stage.host.call("moderation/ban", ban)
    (in_room,) = (await backend.call("admin/list_bans", {"roomId": stage.room})).data
    assert (in_room["userId"], in_room["by"], in_room["reason"]) == (stage.guest.user, stage.host.user, "rude")
    until = service.clock.now() + timedelta(hours=1)
    await service.core.moderation.ban(UserId(stage.guest.user), until, "", with_address=True)
    await service.core.jobs.configuration.refresh()
    rooms = [row["roomId"] for row in (await backend.call("admin/list_bans", {"userId": stage.guest.user})).data]
    assert rooms == ["", stage.room]
    (address,) = (await backend.call("admin/list_bans", {"kind": "addresses"})).data
    assert (address["userId"], address["sinceUtc"] != "") == (stage.guest.user, True)
    await backend.call("admin/unban_user", {"userId": stage.guest.user})
    await service.core.jobs.configuration.refresh()
    assert (await backend.call("admin/list_bans", {"kind": "addresses"})).data == []
    await service.make_tenant("nobans")
    foreign = await service.make_key("nobans")
    assert (await foreign.call("admin/list_bans", {"roomId": stage.room})).code == 2004
    assert (await foreign.call("admin/list_bans", {"userId": stage.guest.user})).data == []


async def _notices(device: Device, room: str) -> list[str]:
    history = (await device.call("messages/history", {"roomId": room})).data
    return [message["text"] for message in history if message["type"] == "notice"]


async def test_a_notice_reaches_everybody_or_one_category_and_is_kept(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    host = await service.sign_up()
    other = await host.go_live(category="quiz")

    async def send(**given: Any) -> dict[str, Any]:
        service.clock.advance(0.002)  # notices of one millisecond are in no order
        return dict((await backend.call("admin/send_notice", given)).data)

    to_all = await send(everybody=True, text="all")
    assert to_all["done"] is True
    assert to_all["rooms"] >= 2
    assert (await send(category="quiz", text="quiz"))["rooms"] == 1
    assert (await send(userId=host.user, text="you", data={"a": 1}))["data"] == {"a": 1}
    assert await _notices(stage.host, stage.room) == ["all"]
    assert await _notices(host, other) == ["quiz", "all"]
    kept = (await backend.call("admin/list_notices", {"limit": 3})).data
    assert [(row["audience"], row["text"]) for row in kept] == [
        ("user", "you"),
        ("category", "quiz"),
        ("everybody", "all"),
    ]
    for wrong in ({}, {"everybody": True, "roomId": other}):
        assert (await backend.call("admin/send_notice", {**wrong, "text": "x"})).code == 2002


async def test_a_notice_whose_process_died_goes_on_elsewhere_and_reaches_nobody_twice(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    sent = (await backend.call("admin/send_notice", {"everybody": True, "text": "once"})).data
    notices = service.core.services.moderators.notices
    stored = await service.core.db.notices.get(sent["noticeId"])
    assert stored is not None
    again = replace(stored, id=f"{stored.id}~", done=None, cursor=RoomId(""), text="later")
    await service.core.db.notices.add(again)
    assert await notices.go_on() == 1
    assert await notices.go_on() == 0
    assert await _notices(stage.host, stage.room) == ["later", "once"]
