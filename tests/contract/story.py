"""The evening of the reference's examples: 小明 goes live, 小红 moderates, 阿强 takes a seat, 路人 disturbs.

Each method is called once where it belongs, from the first login to the last. An operator's server looks on.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.domain.moderation.labels import Label, LabelReport, LabelSource, Suggestion
from tests.contract import operators_evening
from tests.contract.activity_scenes import look_into_activities, tell_of_activities
from tests.contract.battle_scenes import tell_of_battles
from tests.contract.connection_scenes import tell_of_connections
from tests.contract.envelope_scenes import tell_of_envelopes
from tests.contract.evening import Evening
from tests.contract.gift_story import tell_of_gifts, tell_of_sending
from tests.contract.money_scenes import doubted, earned
from tests.contract.question_scenes import look_into_questions, tell_of_questions
from tests.contract.recording_scenes import tell_of_recordings
from tests.contract.settlement_story import tell_of_agencies, tell_of_settlement
from tests.contract.song_scenes import tell_of_songs
from tests.contract.statistics_scenes import count_all
from tests.contract.store_scenes import STORES, tell_of_purchases
from tests.contract.stream_scenes import tell_of_streams
from tests.contract.system_story import tell_of_the_system
from tests.service import salt_of
from tests.uploading import picture, send

PHONE: Final = "8613800000000"
CODE: Final = "246810"
SETTINGS: Final[dict[str, Any]] = {
    "test_codes": f"{PHONE}:{CODE}",
    "ice_servers": "stun:stun.example.com:3478",
    "turn_urls": "turn:turn.example.com:3478",
    "turn_secret": "turn-secret-of-the-evening",
    "trtc_sdk_app_id": 1_400_000_000,
    **STORES,
}
"""What the evening's service is set to."""
_PICTURE: Final = "https://example.com/{}.png"
_TITLE: Final = "雨夜歌单 Songs for a rainy evening"


@dataclass(frozen=True)
class Person:
    """A user, and the token they call with."""

    id: str
    token: str


@dataclass(frozen=True)
class People:
    """Everybody of the evening."""

    ming: Person
    hong: Person
    qiang: Person
    troll: Person


async def tell(evening: Evening) -> None:
    """Let the evening happen."""
    people = await _sign_in(evening)
    server = (await evening.service.make_key()).key
    await _look_around(evening, people)
    await evening.call(server, "admin/set_admin", userId=people.ming.id, admin="1")
    room = await _go_live(evening, people)
    await _follow(evening, people)
    await _pay(evening, people, server)
    await _protect(evening, people, server)
    await _block(evening, people)
    await _arrange(evening, people, room)
    await _sit(evening, people, room)
    await _talk(evening, people, room)
    await _moderate(evening, people, room)
    await _run_rooms(evening, people, server, room)
    await _run_users(evening, people, server)
    await tell_of_the_system(evening, server)
    await operators_evening.tell(evening, server)
    await tell_of_gifts(evening, server, people.hong.token, room)
    owner, ming, hong = ((one.id, one.token) for one in (people.qiang, people.ming, people.hong))
    agency = await tell_of_agencies(evening, server, owner, ming)
    await tell_of_sending(evening, server, people.hong.token, people.ming.token, room)
    await tell_of_settlement(evening, server, agency, owner, (ming, hong))
    await tell_of_envelopes(evening, server, people.ming.token, (people.hong.id, people.hong.token), room)
    await tell_of_streams(evening, server, people.ming.token, people.hong.token, room)
    await tell_of_recordings(evening, server, people.ming.token, room)
    await _end(evening, people, room)


async def _sign_in(evening: Evening) -> People:
    salt = salt_of("xiaoming", "correct-horse")
    await evening.call("", "oauth/register", username="xiaoming", salt=salt)
    ts = str(int(evening.service.clock.now().timestamp() * 1000))
    signature = hashlib.md5(f"xiaoming--{ts}--{salt}".encode(), usedforsecurity=False).hexdigest()
    ming = await evening.call("", "oauth/signature", username="xiaoming", ts=ts, signature=signature)
    hong = await evening.call("", "auth_users/guest", nickname="小红")
    asked = await evening.call("", "auth_users/user_verify_by_picture", phone=PHONE)
    proof = {"phone": PHONE, "sessionId": asked["sessionId"], "code": CODE}
    qiang = await evening.call("", "auth_users/user_login_code", **proof)
    troll = await evening.call("", "auth_users/guest", nickname="路人")
    await evening.call(ming["token"], "auth_users/user_update", name="小明", avatar=_PICTURE.format("xiaoming"))
    await _upload(evening, ming["token"])
    await evening.call(ming["token"], "auth_users/export")
    await evening.call(ming["token"], "auth_users/export_state")
    await evening.call(qiang["token"], "auth_users/user_update", name="阿强")
    return People(*(Person(one["userId"], one["token"]) for one in (ming, hong, qiang, troll)))


async def _upload(evening: Evening, token: str) -> None:
    """Upload a picture; addresses that are signed or drawn at random are shown shortened."""
    content = picture(size=(640, 480))
    asked = {"purpose": "avatar", "contentType": "image/jpeg", "size": len(content)}
    created = await evening.call(token, "uploads/create", **asked)
    assert await send(evening.service, created, content) == 204
    shown = f"/uploads/{created['uploadId'][:4]}…?until=1767269400&signature=9f2c…"
    evening.show("uploads/create", lambda data: {**data, "url": shown})
    await evening.call(token, "uploads/finish", uploadId=created["uploadId"])
    evening.show("uploads/finish", lambda data: {**data, "url": "/files/3f9c….jpg"})


async def _look_around(evening: Evening, people: People) -> None:
    ming, hong = people.ming, people.hong
    await evening.call("", "gslb")
    await evening.call("", "auth_users/module_blacklist", userId=ming.id)
    await evening.call("", "events/stat", event="useScenario", msg="5")
    report = {"email": "xiaoming@example.com", "marketingStatus": "true", "source": "app", "scene": "trtc"}
    await evening.call("", "auth_users/create_leave_user_send_email", **report)
    await evening.call(ming.token, "auth_users/user_login_token")
    await evening.call(ming.token, "auth_users/user_keepalive")
    await evening.call(ming.token, "auth_users/user_doctor_auth", doctorUserId=f"{ming.id}_music")
    await evening.call(hong.token, "auth_users/user_query", searchUserId=ming.id)
    await evening.call(hong.token, "/getUserInfo", userId=ming.id)
    await evening.call(hong.token, "/getUserInfoBatch", userId=[ming.id, hong.id])


async def _go_live(evening: Evening, people: People) -> str:
    ming, hong, qiang, troll = people.ming.token, people.hong.token, people.qiang.token, people.troll.token
    reserved = await evening.call(ming, "rooms/generate_roomid", category="show", title=_TITLE)
    room = str(reserved["roomId"])
    await evening.call(ming, "rooms/enter_room", roomId=room, role="anchor", category="show", title=_TITLE)
    for member in (hong, qiang, troll):
        await evening.call(member, "rooms/enter_room", roomId=room, role="audience")
    await evening.service.core.jobs.backlog.write_all()
    await evening.call(hong, "rooms/query_room", category="show", orderBy="totalJoined", limit=20)
    await evening.call("", "rooms/browse", category="show", order="heat", limit=20)
    await evening.call(hong, "rooms/search", text="雨夜")
    await evening.call(hong, "rooms/room_detail", roomId=room)
    await evening.call(hong, "rooms/list_users", roomId=room)
    changes = {"cover": _PICTURE.format("rain"), "subject": "今晚 8 点 at 8 pm"}
    await evening.call(ming, "rooms/update_room", roomId=room, **changes)
    await evening.call(hong, "presence/query", userIds=[people.ming.id, people.hong.id])
    await evening.call(ming, "presence/explain", searchUserId=people.hong.id)
    return room


async def _follow(evening: Evening, people: People) -> None:
    ming, hong = people.ming, people.hong
    for follower, followed in ((hong, ming), (people.qiang, ming), (ming, hong), (people.troll, ming)):
        await evening.call(follower.token, "follow/add", targetId=followed.id)
    await evening.call(people.troll.token, "follow/remove", targetId=ming.id)
    await evening.call(ming.token, "follow/followers", limit=20)
    await evening.call(hong.token, "follow/following", limit=20)
    await evening.call(hong.token, "follow/mutual", limit=20)
    await evening.call(hong.token, "follow/counts", userIds=[ming.id, hong.id])
    await evening.call(hong.token, "follow/relations", userIds=[ming.id, people.qiang.id])


async def _pay(evening: Evening, people: People, server: str) -> None:
    hong, second = people.hong, (await evening.service.make_key(name="finance")).key
    order = {"userId": hong.id, "amount": 600, "kind": "purchase", "key": "GPA.3312-4411-0098-77241"}
    credit = (await evening.call(server, "admin/credit_wallet", **order))["creditId"]
    prize = {"userId": hong.id, "amount": 60_000, "kind": "grant", "key": "singer-of-the-month-11", "reason": "contest"}
    headers = {"authorization": f"Bearer {server}"}
    await evening.service.call("admin/credit_wallet", prize, headers=headers)
    asked = (await evening.call(server, "admin/list_approvals"))[0]
    await evening.call(second, "admin/decide_approval", approvalId=asked["approvalId"], approve=True)
    await evening.service.call("admin/credit_wallet", prize, headers=headers)
    await evening.call(hong.token, "wallet/balance")
    await evening.call(people.qiang.token, "wallet/test_coins")
    await tell_of_purchases(evening, people.qiang.id, people.qiang.token)
    await evening.call(hong.token, "wallet/statement", limit=20)
    reversal = {"creditId": credit, "key": "refund-GPA.3312-4411-0098-77241", "reason": "refunded by the store"}
    await evening.call(server, "admin/reverse_credit", **reversal)
    await evening.call(server, "admin/wallet", userId=hong.id)
    await evening.call(server, "admin/wallet_statement", userId=hong.id, limit=20)
    await earned(evening.service.core, hong.id, 5_000)
    payout = {"userId": hong.id, "points": 4_000, "key": "2026-11-hong", "reason": "November"}
    await evening.call(server, "admin/hold_payout", **payout)
    await evening.call(server, "admin/settle_payout", key=payout["key"])
    await evening.call(server, "admin/hold_payout", **{**payout, "points": 1_000, "key": "2026-11-hong-2"})
    await evening.call(server, "admin/cancel_payout", key="2026-11-hong-2")
    await evening.call(server, "admin/list_payouts", state="settled")
    await evening.call(hong.token, "wallet/payouts")
    await doubted(evening.service.core, hong.id)
    await evening.call(server, "admin/list_charges", state="unknown")
    await evening.call(server, "admin/freeze_wallet", userId=people.troll.id, frozen=True, reason="stolen card")


async def _protect(evening: Evening, people: People, server: str) -> None:
    await evening.call(server, "admin/set_adult", userId=people.hong.id, adult="yes")
    await evening.call(people.hong.token, "wallet/set_cap", day=2000)
    await evening.call(people.hong.token, "wallet/caps")
    period = {"sinceUtc": "2025-12-01 00:00:00", "untilUtc": "2026-01-01 00:00:00"}
    minor = {"userId": people.troll.id, **period, "key": "case-7", "reason": "bought by a child"}
    await evening.call(server, "admin/refund_minor", **minor)


async def _block(evening: Evening, people: People) -> None:
    hong, troll = people.hong.token, people.troll
    await evening.call(hong, "blocks/add", targetId=troll.id)
    await evening.call(hong, "blocks/list", limit=20)
    await evening.call(hong, "blocks/remove", targetId=troll.id)


async def _arrange(evening: Evening, people: People, room: str) -> None:
    ming, hong, qiang = people.ming.token, people.hong, people.qiang
    await evening.call(ming, "rooms/set_role", roomId=room, targetId=hong.id, role="moderator")
    await evening.call(qiang.token, "rooms/list_roles", roomId=room)
    await evening.call(ming, "rooms/set_options", roomId=room, slowMode=2, minutes=90)
    await evening.call(qiang.token, "rooms/options", roomId=room)
    await evening.call(ming, "rooms/invite", roomId=room, targetId=qiang.id)
    await evening.call(ming, "rooms/uninvite", roomId=room, targetId=qiang.id)
    song = {"song": "月光 Moonlight"}
    await evening.call(ming, "rooms/set_metadata", roomId=room, metadata=song, version=0)
    await evening.call(qiang.token, "rooms/metadata", roomId=room)
    await evening.call(qiang.token, "rooms/like", roomId=room, count=7, batchId="taps-1")
    await tell_of_activities(evening, ming, qiang.token, room)
    await tell_of_songs(evening, ming, qiang.token, room)
    await tell_of_questions(evening, ming, qiang.token, room)
    starts = evening.service.clock.now().replace(hour=20, minute=0, second=0) + timedelta(days=2)
    plan = {"title": "周六合唱 Saturday choir", "category": "show", "minutes": 90}
    scheduled = await evening.call(ming, "rooms/schedule", **plan, startUtc=f"{starts:%Y-%m-%d %H:%M:%S}")
    awaited = {"roomId": scheduled["roomId"]}
    for method in ("reminders/add", "reminders/show", "reminders/remove"):
        await evening.call(qiang.token, method, **awaited)
    await evening.call(qiang.token, "reminders/list")
    await evening.call(qiang.token, "rooms/scheduled", category="show")


async def _sit(evening: Evening, people: People, room: str) -> None:
    ming, qiang = people.ming.token, people.qiang

    async def asks(method: str, by: str, **params: Any) -> dict[str, str]:
        asked = await evening.call(by, method, roomId=room, **params)
        return {"roomId": room, "requestId": asked["requestId"]}

    await evening.call(ming, "seats/configure", roomId=room, seats=4, mode="apply")
    await evening.call(ming, "seats/take", roomId=room, seat=1)
    await evening.call(ming, "seats/approve", **await asks("seats/apply", qiang.token, seat=2))
    await evening.call(ming, "seats/mute", roomId=room, targetId=qiang.id, audio=True)
    await evening.call(ming, "seats/move", roomId=room, targetId=qiang.id, seat=3)
    await evening.call(ming, "seats/kick", roomId=room, targetId=qiang.id)
    await evening.call(qiang.token, "seats/accept", **await asks("seats/invite", ming, targetId=qiang.id, seat=2))
    await evening.call(ming, "seats/lock", roomId=room, seat=4, locked=True)
    await asks("seats/apply", people.hong.token, seat=3)
    await evening.call(qiang.token, "seats/list", roomId=room)
    await evening.call(people.hong.token, "rooms/state", roomId=room)
    await evening.call(people.hong.token, "seats/cancel", roomId=room)
    await evening.call(qiang.token, "rtc/credential", roomId=room)
    offer = {"kind": "offer", "sdp": "v=0…"}
    await evening.call(qiang.token, "rtc/signal", roomId=room, to=people.ming.id, payload=offer)
    await evening.call(qiang.token, "seats/leave", roomId=room)
    refused = await asks("seats/apply", qiang.token)
    await evening.call(ming, "seats/refuse", **refused, reason="下一首再来 after this song")


async def _talk(evening: Evening, people: People, room: str) -> None:
    hong, qiang, troll = people.hong.token, people.qiang.token, people.troll.token
    hello = await evening.call(hong, "messages/send", roomId=room, text="大家好 hello everybody", key="k1")
    await evening.call(people.ming.token, "messages/pin", roomId=room, messageId=hello["messageId"])
    said = await evening.call(qiang, "messages/send", roomId=room, text="晚上好好 good evennig")
    await evening.call(qiang, "messages/recall", roomId=room, messageId=said["messageId"])
    answer = {"replyTo": hello["messageId"], "mentions": [people.hong.id]}
    await evening.call(qiang, "messages/send", roomId=room, text="晚上好 good evening", **answer)
    await evening.call(hong, "messages/history", roomId=room, limit=20)
    await evening.call(people.ming.token, "messages/unpin", roomId=room)
    spam = await evening.call(troll, "messages/send", roomId=room, text="加群领奖 free prizes")
    about = {"roomId": room, "targetId": people.troll.id, "messageId": spam["messageId"]}
    await evening.call(qiang, "moderation/report", **about, reason="spam", text="一直刷屏 again and again")
    await evening.call(qiang, "moderation/report", roomId=room, targetId=people.troll.id, reason="spam")


async def _moderate(evening: Evening, people: People, room: str) -> None:
    hong, troll = people.hong.token, people.troll.id
    about = {"roomId": room, "targetId": troll}
    await evening.call(hong, "moderation/count_reports", roomId=room)
    reports = await evening.call(hong, "moderation/reports", roomId=room)
    await evening.call(hong, "moderation/mute", **about, seconds=600, reason="刷屏 spam")
    await evening.call(hong, "moderation/muted", roomId=room)
    await evening.call(hong, "moderation/unmute", **about)
    await evening.call(hong, "moderation/kick", **about, reason="刷屏 spam")
    await evening.call(hong, "moderation/ban", **about, seconds=86_400, reason="刷屏 spam")
    await evening.call(hong, "moderation/banned", roomId=room)
    resolved = {"reportId": reports[-1]["reportId"], "outcome": "已禁止进入 banned for a day"}
    await evening.call(hong, "moderation/resolve", **resolved)
    await evening.call(hong, "moderation/audit", roomId=room, limit=3)
    await evening.call(hong, "moderation/unban", **about)


async def _run_rooms(evening: Evening, people: People, server: str, room: str) -> None:
    await evening.call(server, "admin/list_rooms")
    await evening.call(server, "admin/socket_token")
    await evening.call(server, "stats/overview")
    await evening.call(server, "admin/bar_room", roomId=room)
    await evening.call(server, "admin/unbar_room", roomId=room)
    await evening.call(server, "admin/demote_room", roomId=room)
    await evening.call(server, "admin/pin_room", roomId=room, position=1)
    tomorrow = evening.service.clock.now() + timedelta(days=1)
    await evening.call(server, "admin/feature_room", roomId=room, until=f"{tomorrow:%Y-%m-%d %H:%M:%S}")
    await evening.call(server, "admin/update_room", roomId=room, title=f"{_TITLE} 🌧")
    await evening.call(server, "admin/get_room", roomId=room)
    await evening.call(server, "admin/list_members", roomId=room)
    notice = {"text": "还有五分钟 five more minutes", "data": {"minutes": 5}}
    await evening.call(server, "admin/send_notice", roomId=room, **notice)
    reports = await evening.call(server, "admin/list_reports", state="open")
    await evening.call(server, "admin/resolve_report", reportId=reports[0]["reportId"], outcome="已处理 handled")
    await _work_on_reports(evening, people, server, room)
    await _look_over(evening, people, server, room)
    await evening.call(server, "admin/presence", userIds=[people.qiang.id, people.troll.id])
    await evening.call(server, "admin/explain_presence", userId=people.qiang.id)
    await evening.call(server, "admin/explain_room", roomId=room)
    await evening.call(server, "admin/explain_user_drift", userId=people.qiang.id)
    await evening.call(server, "admin/kick_user", roomId=room, userId=people.qiang.id)
    await _look_at_rooms(evening, people, server, room)
    await tell_of_connections(evening, server, people.ming.token, people.qiang.token, room)
    await look_into_activities(evening, server, people.ming.token, room)
    await look_into_questions(evening, server, people.ming.token, room)
    await tell_of_battles(evening, server, people.ming.token, people.qiang.token, room)


async def _look_at_rooms(evening: Evening, people: People, server: str, room: str) -> None:
    about = {"roomId": room, "userId": people.troll.id}
    await evening.service.core.jobs.relay.run()
    await evening.call(server, "admin/search_rooms", text="雨夜", state="live")
    await evening.call(server, "admin/hide_room", roomId=room, why="封面待核 checking the cover")
    await evening.call(server, "admin/unhide_room", roomId=room)
    await evening.call(server, "admin/list_broadcasts", roomId=room)
    await evening.call(server, "admin/warn_room", roomId=room, text="请换一个封面 please choose another cover")
    await evening.call(server, "admin/warn_user", **about, text="请勿刷屏 please stop flooding the chat")
    await evening.call(server, "admin/mute_user", **about, seconds=600, reason="刷屏 spam")
    await evening.call(server, "admin/unmute_user", **about)
    await evening.call(server, "admin/ban_from_room", **about, seconds=86_400, reason="刷屏 spam")
    await evening.call(server, "admin/user_bans", userId=people.troll.id)
    await evening.call(server, "admin/update_options", roomId=room, slowMode=5, seats=6)
    await evening.call(server, "admin/room_seats", roomId=room)
    said = await evening.call(
        server, "admin/send_message", roomId=room, text="大家好，请文明聊天 be kind to each other"
    )
    await evening.call(server, "admin/recall_message", roomId=room, messageId=said["messageId"])
    await evening.call(server, "admin/list_messages", roomId=room, limit=3)
    await evening.service.core.jobs.backlog.write_all()
    await evening.service.core.jobs.key_uses.flush()
    await evening.call(server, "admin/room_timeline", roomId=room, kinds=["came", "left"], oldestFirst=True)
    await evening.call(server, "admin/unban_from_room", **about)


async def _look_at_users(evening: Evening, people: People, server: str) -> None:
    troll = people.troll.id
    await evening.service.core.jobs.user_index.follow()
    await evening.service.core.jobs.backlog.write_all()
    await evening.call(server, "admin/search_users", text="小明")
    await evening.call(server, "admin/user_rooms", userId=people.ming.id)
    await evening.call(server, "admin/user_stays", userId=people.qiang.id)
    note = await evening.call(server, "admin/add_note", userId=troll, text="第二次刷屏 spams for the second time")
    await evening.call(server, "admin/list_notes", userId=troll)
    await evening.call(server, "admin/delete_note", noteId=note["noteId"])
    sessions = await evening.call(server, "admin/user_sessions", userId=troll)
    await evening.call(server, "admin/end_session", userId=troll, sessionId=sessions[0]["sessionId"])


async def _work_on_reports(evening: Evening, people: People, server: str, room: str) -> None:
    qiang, troll = people.qiang.token, people.troll
    about = {"roomId": room, "targetId": troll.id, "reason": "spam"}
    report = (await evening.call(qiang, "moderation/report", **about))["reportId"]
    await evening.call(server, "admin/list_reasons")
    lip_sync = {"titleZh": "假唱", "titleEn": "lip-syncing", "textZh": "请真唱。", "textEn": "Please sing live."}
    await evening.call(server, "admin/put_reason", reasonId="lip_sync", **lip_sync)
    await evening.call(server, "admin/delete_reason", reasonId="lip_sync")
    await evening.call(server, "admin/claim_report", reportId=report)
    await evening.call(server, "admin/get_report", reportId=report)
    await evening.call(server, "admin/release_report", reportId=report)
    decided = {"action": "mute", "seconds": 3600, "reasonId": "spam", "note": "第三次 for the third time"}
    await evening.call(server, "admin/resolve_reports", reportIds=[report], **decided)
    await evening.call(qiang, "moderation/my_reports", limit=1)
    (statement,) = await evening.call(troll.token, "moderation/statements")
    appeal = {"statementId": statement["statementId"], "text": "那是我朋友发的 a friend wrote that"}
    await evening.call(troll.token, "moderation/appeal", **appeal)
    await evening.call(server, "admin/list_appeals")
    answer = {"statementId": statement["statementId"], "grant": True, "text": "下不为例 this time"}
    await evening.call(server, "admin/decide_appeal", **answer)
    again = (await evening.call(qiang, "moderation/report", **about))["reportId"]
    await evening.call(server, "admin/resolve_reports", reportIds=[again], action="warn", reasonId="spam")
    statements = await evening.call(server, "admin/list_statements", userId=troll.id)
    by_token = {"appealToken": statements[0]["appealToken"], "text": "对不起 sorry"}
    await evening.call("", "moderation/appeal_by_token", **by_token)


async def _look_over(evening: Evening, people: People, server: str, room: str) -> None:
    """Words, bans, notices, and the wall."""
    await evening.call(server, "admin/add_words", words=["加群领奖", "~free prizes"])
    await evening.call(server, "admin/test_words", text="加 群 领 奖!")
    await evening.call(server, "admin/list_words")
    await evening.call(server, "admin/remove_words", words=["加群领奖", "~free prizes"])
    await evening.call(server, "admin/list_notices")
    at, picture = evening.service.clock.now(), "https://cos.example.com/live.jpg"
    found = LabelReport(RoomId(room), UserId(people.ming.id), LabelSource.PICTURE, "ad", Suggestion.REVIEW, at, picture)
    await evening.service.core.db.labels.add([Label(found.key, DEFAULT_TENANT, found)])
    await evening.call(server, "admin/list_labels", roomId=room)
    await evening.call(server, "admin/wall")
    watched = await evening.call(server, "admin/watch_media", roomId=room, turnOnly=True)
    hello = {"kind": "hello", "from": "page-of-an-operator"}
    to = {"roomId": room, "identity": watched["identity"], "to": people.ming.id}
    await evening.call(server, "admin/watch_signal", **to, payload=hello)


async def _run_users(evening: Evening, people: People, server: str) -> None:
    own = {"username": "u-1001", "tag": "shop"}
    made = await evening.call(server, "admin/create_user", **own, name="小华", avatar=_PICTURE.format("xiaohua"))
    user = made["userId"]
    await evening.call(server, "admin/issue_token", **own)
    await evening.call(server, "admin/update_user", userId=user, name="小华 Hua")
    await evening.call(server, "admin/get_user", userId=user)
    opened = await evening.call(server, "admin/open_room", ownerId=user, category="show", title="小华的店 Hua's shop")
    await evening.call(server, "admin/close_room", roomId=opened["roomId"])
    await _look_at_users(evening, people, server)
    await evening.call(server, "admin/ban_user", userId=people.troll.id, seconds=86_400, reason="刷屏 spam")
    await evening.call(server, "admin/list_bans")
    await evening.call(server, "admin/list_users", limit=2)
    await evening.call(server, "admin/unban_user", userId=people.troll.id)
    await evening.call(server, "admin/export_user", userId=people.troll.id)
    await evening.call(server, "admin/retention")
    await evening.call(server, "admin/revoke_tokens", userId=people.troll.id)
    await evening.call(server, "admin/delete_user", userId=people.troll.id)


async def _end(evening: Evening, people: People, room: str) -> None:
    ming, hong, qiang = people.ming.token, people.hong, people.qiang.token
    await evening.call(ming, "rooms/transfer_owner", roomId=room, targetId=hong.id)
    await evening.call(ming, "rooms/leave_room", roomId=room)
    await evening.call(hong.token, "rooms/destroy_room", roomId=room)
    await _count(evening, people, room)
    await evening.call("", "auth_users/user_logout", userId=people.ming.id, token=ming)
    await evening.call(qiang, "auth_users/user_delete")


async def _count(evening: Evening, people: People, room: str) -> None:
    """Look at the figures of the show that is over: its host, and the operator's server."""
    core = evening.service.core
    await core.jobs.backlog.write_all()
    await count_all(core.jobs.statistics)
    server = (await evening.service.make_key()).key
    figures = await evening.call(people.ming.token, "stats/my_broadcast", roomId=room)
    broadcast = figures["broadcastId"]
    await evening.call(people.ming.token, "stats/my_broadcasts", limit=10)
    await evening.call(people.ming.token, "stats/my_attendance", broadcastId=broadcast, limit=2)
    await evening.call(server, "stats/broadcasts", limit=1)
    await evening.call(server, "stats/broadcast", broadcastId=broadcast)
    await evening.call(server, "stats/attendance", broadcastId=broadcast, limit=1)
    await evening.call(people.ming.token, "stats/my_series")
    await evening.call(server, "stats/series", unit="hour")
    await evening.call(server, "stats/hosts", orderBy="peakViewers", limit=1)
    await evening.call(server, "stats/categories", limit=1)
    await evening.call(server, "stats/retention", fromDay="2026-01-01")
    await evening.call(server, "stats/export", kind="attendance", broadcastId=broadcast)
