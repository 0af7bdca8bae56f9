"""Reports: who may file what, who sees them, and what comes of them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.moderation.reports import LIMIT
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Device, Keyholder, Service
from tests.worlds import WoundClock

_A_MOMENT = timedelta(milliseconds=2)


async def report(stage: Stage, by: Device | None = None, **params: Any) -> Answer:
    asked = {"roomId": stage.room, "targetId": stage.host.user, "reason": "rude", **params}
    reporter = by or stage.guest
    clock = reporter.account.caller.clock
    assert isinstance(clock, WoundClock)
    clock.advance(_A_MOMENT)  # reports of one millisecond are in no order
    return await reporter.call("moderation/report", asked)


async def reports(by: Device | Keyholder, **params: Any) -> list[dict[str, Any]]:
    method = "admin/list_reports" if isinstance(by, Keyholder) else "moderation/reports"
    return list((await by.call(method, params)).data)


async def test_a_report_of_a_message_keeps_what_it_said(service: Service) -> None:
    stage = await set_stage(service)
    said = await stage.guest.call("messages/send", {"roomId": stage.room, "text": "坏话 😀"})
    message = said.data["messageId"]
    filed = await report(stage, by=stage.host, targetId="", messageId=message, text="look at this")
    (row, *_) = await reports(stage.host, roomId=stage.room)
    assert row["reportId"] == filed.data["reportId"]
    assert (row["targetId"], row["messageId"], row["reporterId"]) == (stage.guest.user, message, stage.host.user)
    assert (row["words"], row["text"], row["reason"]) == ("坏话 😀", "look at this", "rude")
    assert (row["state"], row["handledBy"], row["handledUtc"], row["outcome"]) == ("open", "", "", "")
    assert (await report(stage, messageId="1")).code == 3011
    assert (await report(stage, messageId="no number")).code == 3011


async def test_a_message_of_a_moment_ago_that_was_saved_is_found_too(service: Service) -> None:
    stage = await set_stage(service)
    said = await stage.guest.call("messages/send", {"roomId": stage.room, "data": '{"gift":7}', "type": "custom"})
    await service.core.jobs.backlog.write_all()
    await report(stage, by=stage.host, messageId=said.data["messageId"])
    assert (await reports(stage.host, roomId=stage.room))[0]["words"] == '{"gift":7}'


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"roomId": "", "targetId": ""}, 2002),
        ({"roomId": "", "messageId": "1"}, 2002),
        ({"reason": ""}, 2002),
        ({"reason": "x" * 65}, 2002),
        ({"text": "x" * 501}, 2002),
        ({"targetId": "39999999"}, 206),
        ({"roomId": "39999999"}, 2004),
    ],
)
async def test_what_cannot_be_reported_has_its_code(service: Service, params: dict[str, Any], code: int) -> None:
    assert (await report(await set_stage(service), **params)).code == code


async def test_a_reserved_room_is_no_secret_to_be_found_out_by_a_report(service: Service) -> None:
    stage = await set_stage(service)
    reserved = (await stage.host.call("rooms/generate_roomid")).data["roomId"]
    assert (await report(stage, roomId=reserved)).code == 2004


async def test_whoever_was_put_out_reports_a_room_that_has_closed(service: Service) -> None:
    stage = await set_stage(service)
    await stage.host.call("moderation/ban", {"roomId": stage.room, "targetId": stage.guest.user})
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    assert (await report(stage, targetId="")).code == 0


async def test_one_user_files_so_many_an_hour(service: Service) -> None:
    stage = await set_stage(service)
    answers = [(await report(stage)).code for _ in range(LIMIT + 1)]
    assert answers == [0] * LIMIT + [3004]
    assert (await report(stage, by=stage.host, targetId=stage.guest.user)).code == 0
    service.clock.advance(3601)
    assert (await report(stage)).code == 0


async def test_moderators_see_their_rooms_and_admins_all(service: Service) -> None:
    stage, other, admin = await set_stage(service), await set_stage(service), await service.sign_up()
    await report(stage, roomId="", targetId=stage.host.user)
    for by, room in ((stage.guest, stage.room), (stage.host, other.room), (stage.host, "")):
        assert (await by.call("moderation/reports", {"roomId": room})).code == 3000
    assert [row["roomId"] for row in await reports(stage.host, roomId=stage.room)] == [stage.room]
    await service.name_admin(admin)
    backend = await service.make_key()
    for overseer in (admin, backend):
        newest = await reports(overseer, limit=3)
        assert [row["roomId"] for row in newest] == ["", other.room, stage.room]
    assert (await stage.host.call("moderation/reports", {"roomId": stage.room, "state": "all"})).code == 2002


async def test_reports_come_page_by_page_the_newest_first(service: Service) -> None:
    stage = await set_stage(service)
    filed = [(await report(stage, targetId=stage.guest.user)).data["reportId"] for _ in range(4)]
    found: list[str] = []
    cursor = ""
    for _ in range(4):
        answer = await stage.host.call("moderation/reports", {"roomId": stage.room, "limit": 2, "cursor": cursor})
        found += [row["reportId"] for row in answer.data]
        cursor = answer.body["nextCursor"]
        if not cursor:
            break
    assert found == sorted([*filed, stage.report], reverse=True), "ids are in the order of time, to the millisecond"


async def test_a_report_is_resolved_once_and_the_first_stands(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    calls = [
        stage.host.call("moderation/resolve", {"reportId": stage.report, "outcome": "warned"}),
        backend.call("admin/resolve_report", {"reportId": stage.report, "outcome": "nothing in it"}),
    ]
    rows = [answer.data for answer in await asyncio.gather(*calls)]
    assert rows[0] == rows[1]
    assert rows[0]["state"] == "resolved"
    assert rows[0]["outcome"] in ("warned", "nothing in it")
    assert rows[0]["handledBy"].partition(":")[0] in ("user", "key")
    assert await reports(stage.host, roomId=stage.room) == []
    (row,) = await reports(backend, roomId=stage.room, state="resolved")
    assert rows[0].items() <= row.items()


async def test_who_resolves_what(service: Service) -> None:
    stage, other = await set_stage(service), await set_stage(service)
    resolve = {"reportId": stage.report, "outcome": "x"}
    for by, code in ((stage.guest, 3000), (other.host, 3000), (stage.host, 0)):
        assert (await by.call("moderation/resolve", resolve)).code == code
    assert (await stage.host.call("moderation/resolve", {"reportId": "no such"})).code == 3014
    assert (await stage.host.call("moderation/resolve", {})).code == 2002
    trail = (await stage.host.call("moderation/audit", {"roomId": stage.room})).data
    assert [(row["action"], row["reason"]) for row in trail] == [("base/v1/moderation/resolve", "x")]


async def test_nobody_but_an_admin_sees_or_resolves_what_was_reported_of_them(service: Service) -> None:
    stage = await set_stage(service)
    one, other = await stage.moderator(), await stage.moderator()
    about = {}
    for target in (one.user, other.user, stage.host.user, ""):
        service.clock.advance(1)  # the newest come first
        about[target] = (await report(stage, targetId=target)).data["reportId"]
    for by, seen in ((one, [other.user]), (other, [one.user]), (stage.host, [other.user, one.user])):
        listed = [row["reportId"] for row in await reports(by, roomId=stage.room)]
        assert listed == [*(about[target] for target in seen), stage.report]
        assert (await by.call("moderation/resolve", {"reportId": about[by.user]})).code == 3000
    assert (await stage.host.call("moderation/resolve", {"reportId": about[one.user]})).code == 0
    await service.name_admin(stage.host)
    for params in ({"limit": 4}, {"roomId": stage.room}):
        listed = [row["reportId"] for row in await reports(stage.host, **params)]
        assert listed == [about[""], about[stage.host.user], about[other.user], stage.report]
    assert (await stage.host.call("moderation/resolve", {"reportId": about[stage.host.user]})).code == 0


@pytest.mark.parametrize("about_owner", [True, False])
async def test_what_is_reported_of_a_room_or_its_owner_is_for_the_operator_alone(
    service: Service, about_owner: bool
) -> None:
    stage, backend, admin = await set_stage(service), await service.make_key(), await service.sign_up()
    person = await stage.moderator()
    await service.name_admin(admin)
    target = stage.host.user if about_owner else ""
    filed = (await report(stage, targetId=target)).data["reportId"]
    for by in (stage.host, person):
        assert [row["reportId"] for row in await reports(by, roomId=stage.room)] == [stage.report]
        assert (await by.call("moderation/resolve", {"reportId": filed})).code == 3000
    for overseer in (admin, backend):
        (row, *_) = await reports(overseer, roomId=stage.room)
        assert (row["reportId"], row["reporterId"], row["targetId"]) == (filed, stage.guest.user, target)
    assert (await backend.call("admin/resolve_report", {"reportId": filed, "outcome": "warned"})).code == 0
    assert await reports(stage.host, roomId=stage.room, state="resolved") == []


async def test_a_new_owner_sees_what_was_reported_of_the_former_one(service: Service) -> None:
    stage = await set_stage(service)
    filed = (await report(stage)).data["reportId"]
    handed = {"roomId": stage.room, "targetId": stage.guest.user}
    assert (await stage.host.call("rooms/transfer_owner", handed)).code == 0
    assert [row["reportId"] for row in await reports(stage.guest, roomId=stage.room)] == [filed]


async def test_a_report_of_a_closed_room_is_for_admins(service: Service) -> None:
    stage, admin = await set_stage(service), await service.sign_up()
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    assert (await stage.host.call("moderation/resolve", {"reportId": stage.report})).code == 2004
    await service.name_admin(admin)
    assert (await admin.call("moderation/resolve", {"reportId": stage.report})).code == 0


async def test_a_key_sees_its_own_tenants_reports_only(service: Service) -> None:
    stage = await set_stage(service)
    await service.make_tenant("elsewhere")
    foreign = await service.make_key("elsewhere")
    assert await reports(foreign) == []
    assert (await foreign.call("admin/resolve_report", {"reportId": stage.report})).code == 3014
    narrow = await service.make_key("", "admin:rooms")
    assert (await narrow.call("admin/list_reports")).code == 3000
