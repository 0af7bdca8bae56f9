"""The operators' queue: claiming, evidence, acting on many, statements of reasons and appeals."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.moderation.evidence import KEPT
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Device, Keyholder, Service


async def _resolve(by: Keyholder, *reports: str, action: str = "dismiss", **given: Any) -> list[dict[str, Any]]:
    answer = await by.call("admin/resolve_reports", {"reportIds": list(reports), "action": action, **given})
    return list(answer.data)


async def _report(stage: Stage, by: Device, **about: Any) -> str:
    stage.service.clock.advance(0.002)
    asked = {"roomId": stage.room, "reason": "spam", **about}
    return str((await by.call("moderation/report", asked)).data["reportId"])


async def _statements(device: Device) -> list[dict[str, Any]]:
    return list((await device.call("moderation/statements")).data)


async def _detail(by: Keyholder, report: str) -> dict[str, Any]:
    return dict((await by.call("admin/get_report", {"reportId": report})).data)


async def test_of_two_operators_who_claim_a_report_at_once_one_has_it_for_a_quarter_of_an_hour(
    service: Service,
) -> None:
    stage, one, other = await set_stage(service), await service.make_key(), await service.make_key()
    claim = {"reportId": stage.report}
    rows = [
        answer.data for answer in await asyncio.gather(*(by.call("admin/claim_report", claim) for by in (one, other)))
    ]
    assert sorted(row["claimedByMe"] for row in rows) == [False, True]
    assert rows[0]["claimedBy"] == rows[1]["claimedBy"] != ""
    winner, loser = (one, other) if rows[0]["claimedByMe"] else (other, one)
    claimed = {"state": "claimed", "roomId": stage.room}
    assert [row["reportId"] for row in (await loser.call("admin/list_reports", claimed)).data] == [stage.report]
    assert (await loser.call("admin/list_reports", {**claimed, "mine": True})).data == []
    assert len((await winner.call("admin/list_reports", {"mine": True})).data) == 1
    (refused,) = await _resolve(loser, stage.report)
    assert (refused["outcome"], refused["by"]) == ("claimed", rows[0]["claimedBy"])
    assert (await loser.call("admin/release_report", claim)).data["claimedBy"] == rows[0]["claimedBy"]
    service.clock.advance(901)
    assert (await loser.call("admin/claim_report", claim)).data["claimedByMe"] is True
    assert (await loser.call("admin/release_report", claim)).data["claimedBy"] == ""
    assert (await winner.call("admin/claim_report", {"reportId": "none"})).code == 3014


async def test_reports_are_found_by_whom_they_are_about_and_by_who_made_them(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    said = (await stage.guest.call("messages/send", {"roomId": stage.room, "text": "buy!"})).data["messageId"]
    message = await _report(stage, stage.host, messageId=said)
    of_room = await _report(stage, stage.guest)
    await _resolve(backend, stage.report)

    async def found(by: Keyholder = backend, **given: Any) -> list[str]:
        return [row["reportId"] for row in (await by.call("admin/list_reports", given)).data]

    assert await found(targetId=stage.guest.user, state="any") == [message, stage.report]
    assert await found(targetId=stage.guest.user, state="any", limit=1) == [message]
    assert await found(targetId=stage.guest.user) == await found(reporterId=stage.host.user) == [message]
    assert await found(reporterId=stage.guest.user, state="any") == [of_room]
    assert await found(targetId=stage.host.user, state="any") == [], "what is about a room is about nobody"
    await service.make_tenant("elsewhere")
    assert await found(await service.make_key("elsewhere"), targetId=stage.guest.user, state="any") == []
    for wrong in ({"state": "any"}, {"targetId": stage.guest.user, "reporterId": stage.host.user}):
        assert (await backend.call("admin/list_reports", wrong)).code == 2002


async def test_evidence_stays_as_it_was_when_the_report_was_filed(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    await stage.guest.call("auth_users/user_update", {"name": "Before", "avatar": "https://example.com/b.png"})
    said = [
        (await stage.guest.call("messages/send", {"roomId": stage.room, "text": f"line {n}"})).data for n in range(3)
    ]
    report = await _report(stage, stage.host, messageId=said[1]["messageId"])
    await stage.host.call("messages/recall", {"roomId": stage.room, "messageId": said[1]["messageId"]})
    await stage.host.call("rooms/update_room", {"roomId": stage.room, "title": "another", "cover": ""})
    await stage.guest.call("auth_users/user_update", {"name": "After"})
    await stage.guest.call("auth_users/user_delete")
    await service.core.jobs.deleted_users.erase()
    evidence = (await _detail(backend, report))["evidence"]
    assert evidence["user"] == {"userId": stage.guest.user, "name": "Before", "avatar": "https://example.com/b.png"}
    assert (evidence["room"]["title"], evidence["room"]["ownerId"]) == ("小明的直播间 😀", stage.host.user)
    assert [(one["text"], one["reported"]) for one in evidence["messages"]] == [
        ("line 0", False),
        ("line 1", True),
        ("line 2", False),
    ]
    await _resolve(backend, report)
    service.clock.advance(KEPT - timedelta(minutes=1))
    await service.core.jobs.purge.run()
    assert (await _detail(backend, report))["evidence"] is not None
    service.clock.advance(120)
    await service.core.jobs.purge.run()
    assert (await _detail(backend, report))["evidence"] is None


async def test_without_a_message_the_newest_of_the_room_are_kept(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    await stage.guest.call("messages/send", {"roomId": stage.room, "text": "said a moment ago"})
    about_host = await _report(stage, stage.guest, targetId=stage.host.user)
    about_room = await _report(stage, stage.guest)
    for report in (about_host, about_room):
        seen = (await _detail(backend, report))["evidence"]
        assert [one["text"] for one in seen["messages"]] == ["said a moment ago"]
    elsewhere = await _report(stage, stage.guest, roomId="", targetId=stage.host.user)
    assert (await _detail(backend, elsewhere))["evidence"] == {
        "room": None,
        "user": {"userId": stage.host.user, "name": "小明 😀", "avatar": ""},
        "messages": [],
    }


@pytest.mark.parametrize("action", ["mute", "ban", "kick", "warn"])
async def test_what_is_done_to_the_reported_user_holds_and_is_stated_in_their_language(
    service: Service, action: str
) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    await stage.guest.call("auth_users/user_update", {"language": "en"})
    lasting = {"seconds": 600} if action in ("mute", "ban") else {}
    (done,) = await _resolve(backend, stage.report, action=action, reasonId="spam", text="Three times.", **lasting)
    assert (done["outcome"], done["problem"]) == ("done", "")
    said = await stage.guest.call("messages/send", {"roomId": stage.room, "text": "hello"})
    entered = await stage.guest.enter(stage.room, "audience")
    expected = {"mute": (3003, 0), "ban": (2004, 3002), "kick": (3007, 0), "warn": (0, 0)}
    assert (said.code, entered.code) == expected[action]
    (stated,) = await _statements(stage.guest)
    assert (stated["statementId"], stated["measure"], stated["roomId"]) == (done["statementId"], action, stage.room)
    assert stated["text"].startswith("spam or advertising: You posted")
    assert stated["text"].endswith("Three times.")
    assert (stated["untilUtc"] != "") == (action in ("mute", "ban"))
    assert stated["mayAppeal"] is True
    (own,) = (await stage.host.call("moderation/my_reports")).data
    assert (own["reportId"], own["state"], own["result"]) == (stage.report, "resolved", "acted")
    assert (await backend.call("admin/list_members", {"roomId": stage.room})).code == 0


async def test_a_ban_everywhere_ends_sessions_and_a_close_is_the_owners(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    (done,) = await _resolve(backend, stage.report, action="ban", everywhere=True, reasonId="fraud")
    assert done["outcome"] == "done"
    assert (await stage.guest.call("auth_users/user_keepalive")).code == 204
    about_room = await _report(stage, stage.host)
    (closed,) = await _resolve(backend, about_room, action="close")
    assert closed["outcome"] == "done"
    assert (await stage.host.detail(stage.room)).code == 2004
    assert [one["measure"] for one in await _statements(stage.host)] == ["close"]
    late = await _report(stage, stage.host)
    (refused,) = await _resolve(backend, late, action="close")
    assert (refused["outcome"], refused["problem"]) == ("refused", "RoomNotFound")
    assert (await _detail(backend, late))["state"] == "open"


async def test_a_host_whom_the_operator_has_muted_stays_so_in_their_next_broadcast(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    report = await _report(stage, stage.guest, targetId=stage.host.user)
    (done,) = await _resolve(backend, report, action="mute", seconds=600)
    assert done["outcome"] == "done"
    for _ in range(2):
        said = await stage.host.call("messages/send", {"roomId": stage.room, "text": "hello"})
        assert said.code == 3003
        await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
        await stage.host.go_live(stage.room)


async def test_two_who_resolve_the_same_reports_at_once_act_on_each_once(service: Service) -> None:
    stage, one, other = await set_stage(service), await service.make_key(), await service.make_key()
    reports = [stage.report, *[await _report(stage, stage.host, targetId=stage.guest.user) for _ in range(3)]]
    outcomes = await asyncio.gather(*(_resolve(by, *reports, action="warn") for by in (one, other)))
    for rows in zip(*outcomes, strict=True):
        assert sorted(row["outcome"] for row in rows) == ["already", "done"]
    stated = await _statements(stage.guest)
    assert 1 <= len(stated) <= 2, "one of each caller who came first with any"
    assert (await _detail(one, stage.report))["warned"] == len(stated)


async def test_several_reports_of_a_call_about_one_user_are_one_deed(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    again = await _report(stage, stage.host, targetId=stage.guest.user)
    assert (await _detail(backend, again))["othersOpen"] == 1
    first, second, unknown = await _resolve(backend, stage.report, again, "none", action="warn")
    assert first["statementId"] == second["statementId"] != ""
    assert unknown["outcome"] == "unknown"
    assert len(await _statements(stage.guest)) == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"action": "shout"}, 2002),
        ({"action": "warn", "seconds": 5}, 2002),
        ({"action": "mute", "everywhere": True}, 2002),
        ({"action": "dismiss", "reasonId": "spam"}, 2002),
        ({"action": "warn", "reasonId": "never_heard"}, 2002),
        ({"action": "warn", "reportIds": [str(n) for n in range(51)]}, 2002),
        ({"reportIds": []}, 2002),
    ],
)
async def test_what_cannot_be_decided_has_its_code(service: Service, given: dict[str, Any], code: int) -> None:
    backend = await service.make_key()
    asked = {"reportIds": ["none"], "action": "warn", **given}
    assert (await backend.call("admin/resolve_reports", asked)).code == code


async def test_handling_reports_alone_lets_nobody_be_banned(service: Service) -> None:
    stage, narrow = await set_stage(service), await service.make_key("", "admin:reports")
    asked = {"reportIds": [stage.report], "seconds": 5}
    assert (await narrow.call("admin/resolve_reports", {**asked, "action": "ban"})).code == 3000
    assert (await narrow.call("admin/resolve_reports", {**asked, "action": "ban", "everywhere": True})).code == 3000
    rooms = await service.make_key("", "admin:reports", "admin:rooms")
    nowhere = await _report(stage, stage.host, roomId="", targetId=stage.guest.user)
    (refused,) = await _resolve(rooms, nowhere, action="ban")
    assert (refused["outcome"], refused["problem"]) == ("refused", "PermissionDenied: users.moderate")
    (done,) = await _resolve(rooms, stage.report, action="ban", seconds=5)
    assert done["outcome"] == "done"


async def test_an_appeal_that_is_granted_undoes_a_mute_once(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    (done,) = await _resolve(backend, stage.report, action="mute", reasonId="spam")
    appeal = {"statementId": done["statementId"], "text": "这不是广告"}
    assert (await stage.host.call("moderation/appeal", appeal)).code == 3014
    assert (await stage.guest.call("moderation/appeal", appeal)).data["state"] == "appealed"
    assert (await stage.guest.call("moderation/appeal", appeal)).code == 2002
    (waiting, *_) = (await backend.call("admin/list_appeals")).data
    assert (waiting["appeal"], waiting["userId"], waiting["reportId"]) == ("这不是广告", stage.guest.user, stage.report)
    decide = {"statementId": done["statementId"], "grant": True, "text": "抱歉"}
    assert (await backend.call("admin/decide_appeal", decide)).data["state"] == "granted"
    again = await backend.call("admin/decide_appeal", {**decide, "grant": False})
    assert again.data["state"] == "granted", "the first answer stands"
    assert (await stage.guest.call("messages/send", {"roomId": stage.room, "text": "thanks"})).code == 0
    (stated,) = await _statements(stage.guest)
    assert (stated["state"], stated["answer"], stated["mayAppeal"]) == ("granted", "抱歉", False)


async def test_whoever_is_banned_appeals_with_the_token_of_the_statement_and_a_newer_ban_stays(
    service: Service,
) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    (done,) = await _resolve(backend, stage.report, action="ban", everywhere=True, seconds=3600)
    stated = (await backend.call("admin/list_statements", {"userId": stage.guest.user})).data[0]
    account = stage.guest.account
    refused = await service.call("oauth/signature", service.sign(account.username, account.salt))
    assert (refused.code, refused.body["appealToken"]) == (3002, stated["appealToken"])
    wrong = await service.call("oauth/signature", service.sign(account.username, "0" * 32))
    assert "appealToken" not in wrong.body, "only whoever proves to be them may appeal"
    assert (await stage.guest.call("auth_users/user_keepalive")).body["appealToken"] == stated["appealToken"]
    asked = {"appealToken": stated["appealToken"], "text": "please"}
    assert (await service.call("moderation/appeal_by_token", {**asked, "appealToken": "x.y"})).code == 3014
    assert (await service.call("moderation/appeal_by_token", asked)).data["state"] == "appealed"
    assert (await service.call("moderation/appeal_by_token", asked)).code == 2002
    again = await service.call("oauth/signature", service.sign(account.username, account.salt))
    assert (again.code, "appealToken" in again.body) == (3002, False)
    newer = {"userId": stage.guest.user, "seconds": 7200, "reason": "something else"}
    await backend.call("admin/ban_user", newer)
    decide = {"statementId": done["statementId"], "grant": True}
    assert (await backend.call("admin/decide_appeal", decide)).data["state"] == "granted"
    assert (await backend.call("admin/get_user", {"userId": stage.guest.user})).data["bannedUntil"] != ""


async def test_a_warning_that_was_taken_back_is_counted_no_more(service: Service) -> None:
    """The next warning's count had it, that on the wall had not."""
    stage, backend = await set_stage(service), await service.make_key()
    about = {"userId": stage.guest.user, "text": "no advertising"}
    first = (await backend.call("admin/warn_user", about)).data
    assert first["count"] == 1
    await stage.guest.call("moderation/appeal", {"statementId": first["statementId"], "text": "not me"})
    decide = {"statementId": first["statementId"], "grant": True}
    assert (await backend.call("admin/decide_appeal", decide)).data["state"] == "granted"
    assert (await backend.call("admin/warn_user", about)).data["count"] == 1


async def test_an_appeal_that_is_granted_lifts_the_ban(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    (done,) = await _resolve(backend, stage.report, action="ban", everywhere=True)
    stated = (await backend.call("admin/list_statements", {"userId": stage.guest.user})).data[0]
    await service.call("moderation/appeal_by_token", {"appealToken": stated["appealToken"], "text": "please"})
    decide = {"statementId": done["statementId"], "grant": True}
    assert (await backend.call("admin/decide_appeal", decide)).code == 0
    assert (await backend.call("admin/get_user", {"userId": stage.guest.user})).data["bannedUntil"] == ""


async def test_reasons_are_the_tenants_own_on_top_of_the_first(service: Service) -> None:
    await service.make_tenant("reasons")
    backend = await service.make_key("reasons")

    async def listed() -> list[str]:
        return [row["reasonId"] for row in (await backend.call("admin/list_reasons")).data]

    first = await listed()
    assert first == ["spam", "harassment", "nudity", "violence", "minors", "fraud", "other"]
    own = {"reasonId": "lip_sync", "titleZh": "假唱", "titleEn": "lip-syncing"}
    assert (await backend.call("admin/put_reason", own)).data["builtIn"] is False
    assert (await backend.call("admin/put_reason", {**own, "reasonId": "Bad Id"})).code == 2002
    for gone in ("spam", "lip_sync", "lip_sync"):
        assert (await backend.call("admin/delete_reason", {"reasonId": gone})).code == 0
    assert await listed() == first[1:]
    await backend.call("admin/put_reason", {**own, "reasonId": "spam"})
    assert await listed() == first
    assert (await _first_of_home(service)).data[0]["titleEn"] == "spam or advertising"


async def _first_of_home(service: Service) -> Answer:
    return await (await service.make_key()).call("admin/list_reasons")
