"""A set stage for each declared method: who calls it, and with what, so that it succeeds."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from inspect import isawaitable
from typing import Any, Final

from liveroom.api.declare import IN_CONSOLE, Method, Who
from liveroom.api.methods import METHODS
from tests.contract.activity_scenes import poll_for_operator
from tests.contract.battle_scenes import one_for_operator
from tests.contract.connection_scenes import connected_for_operator
from tests.contract.envelope_scenes import ADMIN_ENVELOPES, ENVELOPES
from tests.contract.follow_scenes import FOLLOWING
from tests.contract.gift_scenes import GIFTS
from tests.contract.gift_sending_scenes import ADMIN_SENT, SENDING
from tests.contract.moderation_scenes import MODERATION
from tests.contract.money_scenes import ADMIN_MONEY, MONEY
from tests.contract.operator_scenes import OPERATORS
from tests.contract.question_scenes import question_for_operator, round_for_operator
from tests.contract.recording_scenes import ADMIN_RECORDINGS, RECORDINGS
from tests.contract.scene import CATEGORY, NICKNAME, TITLE, Desk, Scene, Stage
from tests.contract.settlement_scenes import ADMIN_SETTLEMENT, AGENCIES
from tests.contract.shows import INTERACTIVE, guests_message, is_interactive, statement_of, usual
from tests.contract.statistics_scenes import STATISTICS
from tests.contract.store_scenes import STORE_SCENES
from tests.contract.stream_scenes import ADMIN_STREAMS, STREAMING
from tests.contract.system_scenes import SYSTEM
from tests.service import CODE, fresh_contact
from tests.uploading import announce, picture, send


async def _by_host(stage: Stage, **params: Any) -> Scene:
    return Scene(stage.host, params)


async def _by_guest(stage: Stage, **params: Any) -> Scene:
    return Scene(stage.guest, params)


async def _by_connected_guest(stage: Stage) -> Scene:
    return Scene(stage.guest, await connected_for_operator(stage))


async def _register(stage: Stage) -> Scene:
    return Scene(stage.guest, {"username": f"{stage.guest.account.username}-again", "salt": stage.guest.account.salt})


async def _signature(stage: Stage) -> Scene:
    account = stage.guest.account
    return Scene(stage.guest, stage.service.sign(account.username, account.salt))


async def _send_code(stage: Stage) -> Scene:
    return Scene(stage.guest, {"appId": "2079625916", "ticket": "t", "randstr": "r", "phone": fresh_contact()[0]})


async def _login_code(stage: Stage) -> Scene:
    contact = {"phone": fresh_contact()[0], "email": ""}
    asked = await stage.guest.account.call("auth_users/user_verify_by_picture", contact)
    return Scene(stage.guest, {**contact, "sessionId": asked.data["sessionId"], "code": CODE, "tag": "flutter_tuikit"})


async def _explain(stage: Stage) -> Scene:
    await stage.service.name_admin(stage.guest)
    return Scene(stage.guest, {"searchUserId": stage.host.user})


async def _banned(stage: Stage) -> Scene:
    return Scene(stage.guest, {"appealToken": (await statement_of(stage))["appealToken"], "text": "不是我"})


async def _uploaded(stage: Stage) -> Scene:
    content = picture()
    created = await announce(stage.guest, content)
    await send(stage.service, created, content)
    return Scene(stage.guest, {"uploadId": created["uploadId"]})


_AUTH = "base/v1/auth_users/"
_ROOMS = "base/v1/rooms/"
_STATS = "base/v1/stats/"
SCENES: Final[Mapping[str, Callable[[Stage], Awaitable[Scene]]]] = {
    "base/v1/oauth/register": _register,
    "base/v1/oauth/signature": _signature,
    _AUTH + "user_verify_by_picture": _send_code,
    _AUTH + "user_login_code": _login_code,
    _AUTH + "guest": lambda stage: _by_guest(stage, nickname=NICKNAME),
    _AUTH + "user_login_token": _by_guest,
    _AUTH + "user_logout": _by_guest,
    _AUTH + "export": _by_guest,
    _AUTH + "export_state": _by_guest,
    _AUTH + "user_delete": _by_guest,
    _AUTH + "user_update": lambda stage: _by_guest(stage, name="小红 🎤", tag="im", avatar="https://example.com/a.png"),
    _AUTH + "user_query": lambda stage: _by_guest(stage, searchUserId=stage.host.user),
    _AUTH + "user_keepalive": _by_guest,
    _AUTH + "user_doctor_auth": lambda stage: _by_guest(stage, doctorUserId=stage.guest.user),
    _AUTH + "module_blacklist": _by_guest,
    _AUTH + "create_leave_user_send_email": lambda stage: _by_guest(
        stage, email="a@example.com", marketingStatus="true", source="app", scene="trtc"
    ),
    "getUserInfo": lambda stage: _by_guest(stage, userId=stage.host.user, apaasUserId=stage.guest.user),
    "getUserInfoBatch": lambda stage: _by_guest(stage, userId=f"{stage.host.user}|{stage.guest.user}"),
    "base/v1/gslb": _by_guest,
    "base/v1/gifts/catalog": lambda stage: _by_guest(stage, roomId=stage.room, language="zh-Hant", revision="0.0"),
    "base/v1/events/stat": lambda stage: _by_guest(stage, event="useScenario", msg="5"),
    "base/v1/moderation/appeal_by_token": _banned,
    "base/v1/presence/query": lambda stage: _by_guest(stage, userIds=[stage.host.user, stage.guest.user]),
    "base/v1/presence/explain": _explain,
    "base/v1/rtc/credential": lambda stage: _by_guest(stage, roomId=stage.room),
    "base/v1/rtc/connected": _by_connected_guest,
    "base/v1/rtc/signal": lambda stage: _by_guest(stage, roomId=stage.room, to=stage.host.user, payload='{"sdp":""}'),
    _ROOMS + "generate_roomid": lambda stage: _by_guest(stage, category=CATEGORY, title=TITLE),
    _ROOMS + "enter_room": lambda stage: _by_guest(stage, roomId=stage.room, role="audience", appId="0"),
    _ROOMS + "query_room": lambda stage: _by_guest(
        stage, category=CATEGORY, orderBy="totalJoined", limit="5", offset="0", roomIds=[stage.room], appId="0"
    ),
    _ROOMS + "search": lambda stage: _by_guest(stage, text="小明 直播", category=CATEGORY, limit="5"),
    _ROOMS + "browse": lambda stage: _by_guest(stage, category="of-no-room", limit="5"),
    _ROOMS + "room_detail": lambda stage: _by_guest(stage, roomId=stage.room),
    _ROOMS + "state": lambda stage: _by_guest(stage, roomId=stage.room),
    _ROOMS + "list_users": lambda stage: _by_guest(stage, roomId=stage.room, limit="5"),
    _ROOMS + "update_room": lambda stage: _by_host(
        stage, roomId=stage.room, title="新标题", cover="", subject="今晚 8 点", capacity="50"
    ),
    _ROOMS + "leave_room": lambda stage: _by_guest(stage, roomId=stage.room),
    _ROOMS + "destroy_room": lambda stage: _by_host(stage, roomId=stage.room),
    **FOLLOWING,
    **MONEY,
    **STORE_SCENES,
    **SENDING,
    **AGENCIES,
    **ENVELOPES,
    **STREAMING,
    **RECORDINGS,
    **{method.path: partial(usual, path=method.path) for method in INTERACTIVE},
    "base/v1/uploads/create": lambda stage: _by_guest(
        stage, purpose="avatar", contentType="image/jpeg", size="9", roomId=""
    ),
    "base/v1/uploads/finish": _uploaded,
    _STATS + "my_broadcasts": lambda stage: _by_host(stage, limit="5", cursor=""),
    _STATS + "my_series": lambda stage: _by_host(stage, unit="hour", fromDay="", toDay=""),
    _STATS + "my_broadcast": lambda stage: _by_host(stage, roomId=stage.room, broadcastId=""),
    _STATS + "my_attendance": lambda stage: _by_host(stage, broadcastId=stage.broadcast, limit="5", cursor=""),
}


def _member(stage: Stage) -> dict[str, Any]:
    return {"roomId": stage.room, "userId": stage.guest.user}


_ADMIN = "base/v1/admin/"
ADMIN_SCENES: Final[Mapping[str, Callable[[Stage], Mapping[str, Any] | Awaitable[Mapping[str, Any]]]]] = {
    _ADMIN + "issue_token": lambda stage: {"userId": stage.guest.user},
    _ADMIN + "revoke_tokens": lambda stage: {"userId": stage.guest.user},
    _ADMIN + "create_user": lambda stage: {"name": NICKNAME, "avatar": "https://example.com/a.png", "tag": "im"},
    _ADMIN + "get_user": lambda stage: {"userId": stage.guest.user},
    _ADMIN + "list_users": lambda _: {"limit": "5", "cursor": ""},
    _ADMIN + "update_user": lambda stage: {"userId": stage.guest.user, "name": "小红 🎤", "tag2": ""},
    _ADMIN + "delete_user": lambda stage: {"userId": stage.guest.user},
    _ADMIN + "export_user": lambda stage: {"userId": stage.guest.user},
    _ADMIN + "retention": lambda _: {},
    _ADMIN + "ban_user": lambda stage: {"userId": stage.guest.user, "seconds": "60", "reason": "刷屏"},
    _ADMIN + "unban_user": lambda stage: {"userId": stage.guest.user},
    _ADMIN + "set_adult": lambda stage: {"userId": stage.guest.user, "adult": "yes"},
    _ADMIN + "set_admin": lambda stage: {"userId": stage.guest.user, "admin": "1"},
    _ADMIN + "list_rooms": lambda _: {"limit": "5"},
    _ADMIN + "get_room": lambda stage: {"roomId": stage.room},
    _ADMIN + "open_room": lambda stage: {"ownerId": stage.guest.user, "title": TITLE, "category": CATEGORY},
    _ADMIN + "update_room": lambda stage: {"roomId": stage.room, "title": "新标题", "cover": "", "capacity": "50"},
    _ADMIN + "close_room": lambda stage: {"roomId": stage.room},
    _ADMIN + "bar_room": lambda stage: {"roomId": stage.room},
    _ADMIN + "unbar_room": lambda stage: {"roomId": stage.room},
    _ADMIN + "pin_room": lambda stage: {"roomId": stage.room, "position": "2"},
    _ADMIN + "feature_room": lambda stage: {"roomId": stage.room, "featured": "true"},
    _ADMIN + "demote_room": lambda stage: {"roomId": stage.room, "until": "2099-01-01 00:00:00"},
    _ADMIN + "kick_user": lambda stage: {"roomId": stage.room, "userId": stage.guest.user},
    _ADMIN + "list_messages": lambda stage: {"roomId": stage.room, "limit": "5"},
    _ADMIN + "send_message": lambda stage: {"roomId": stage.room, "text": "大家好"},
    _ADMIN + "recall_message": lambda stage: guests_message(stage, stage.guest),
    _ADMIN + "update_options": lambda stage: {"roomId": stage.room, "slowMode": "5", "seats": "4", "seatMode": "free"},
    _ADMIN + "room_seats": lambda stage: {"roomId": stage.room},
    _ADMIN + "list_connections": lambda _: {"limit": "5"},
    _ADMIN + "room_connection": connected_for_operator,
    _ADMIN + "end_connection": connected_for_operator,
    _ADMIN + "list_battles": lambda stage: {"roomId": stage.room, "userId": "", "limit": "5"},
    _ADMIN + "end_battle": one_for_operator,
    _ADMIN + "list_activities": lambda stage: {"roomId": stage.room, "limit": "5"},
    _ADMIN + "end_activity": poll_for_operator,
    _ADMIN + "list_questions": round_for_operator,
    _ADMIN + "remove_question": question_for_operator,
    _ADMIN + "room_timeline": lambda stage: {"roomId": stage.room, "kinds": "came,action", "limit": "5"},
    _ADMIN + "search_rooms": lambda stage: {"text": stage.room, "state": "live", "category": CATEGORY, "limit": "5"},
    _ADMIN + "list_broadcasts": lambda stage: {"roomId": stage.room, "limit": "5"},
    _ADMIN + "user_rooms": lambda stage: {"userId": stage.host.user, "limit": "5"},
    _ADMIN + "hide_room": lambda stage: {"roomId": stage.room},
    _ADMIN + "unhide_room": lambda stage: {"roomId": stage.room},
    _ADMIN + "mute_user": lambda stage: {**_member(stage), "seconds": "60", "reason": "刷屏"},
    _ADMIN + "unmute_user": _member,
    _ADMIN + "ban_from_room": lambda stage: {**_member(stage), "seconds": "60", "reason": "刷屏"},
    _ADMIN + "unban_from_room": _member,
    _ADMIN + "warn_user": lambda stage: {**_member(stage), "text": "请勿刷屏"},
    _ADMIN + "warn_room": lambda stage: {"roomId": stage.room, "text": "请换一个封面"},
    _ADMIN + "list_notes": lambda stage: {"userId": stage.guest.user, "limit": "5"},
    _ADMIN + "add_note": lambda stage: {"userId": stage.guest.user, "text": "第二次刷屏"},
    _ADMIN + "delete_note": lambda _: {"noteId": "none"},
    _ADMIN + "search_users": lambda stage: {"text": NICKNAME, "limit": "5"},
    _ADMIN + "user_sessions": lambda stage: {"userId": stage.guest.user},
    _ADMIN + "end_session": lambda stage: {"userId": stage.guest.user, "sessionId": "none"},
    _ADMIN + "user_stays": lambda stage: {"userId": stage.guest.user, "limit": "5"},
    _ADMIN + "user_bans": lambda stage: {"userId": stage.guest.user},
    _ADMIN + "list_members": lambda stage: {"roomId": stage.room, "limit": "5"},
    _ADMIN + "presence": lambda stage: {"userIds": [stage.host.user, stage.guest.user]},
    _ADMIN + "explain_presence": lambda stage: {"userId": stage.guest.user},
    _ADMIN + "explain_room": lambda stage: {"roomId": stage.room},
    _ADMIN + "explain_user_drift": lambda stage: {"userId": stage.guest.user},
    _ADMIN + "send_notice": lambda stage: {"roomId": stage.room, "text": "五分钟后结束", "data": '{"minutes":5}'},
    _ADMIN + "socket_token": lambda _: {},
    "base/v1/stats/overview": lambda _: {},
    _ADMIN + "list_reports": lambda stage: {"roomId": stage.room, "state": "open", "limit": "5"},
    _ADMIN + "resolve_report": lambda stage: {"reportId": stage.report, "outcome": "已处理"},
    **SYSTEM,
    **OPERATORS,
    **MODERATION,
    **ADMIN_MONEY,
    **ADMIN_SENT,
    **ADMIN_SETTLEMENT,
    **ADMIN_ENVELOPES,
    **ADMIN_STREAMS,
    **ADMIN_RECORDINGS,
    **STATISTICS,
    **GIFTS,
}
"""With which parameters an operator's server calls each method for server keys."""

OFFERED: Final[list[Method]] = [
    method
    for method in METHODS.methods.values()
    if method.is_offered and method.who is not Who.KEY and method.who not in IN_CONSOLE
]
BASIC: Final = [method for method in OFFERED if not is_interactive(method)]
"""Those on which is shown what is so for any method; the others have `test_interactive_matrix` of their own."""
ADMIN: Final[list[Method]] = [method for method in METHODS.methods.values() if method.who is Who.KEY]


async def admin_params(method: Method, stage: Stage, by: Desk | None = None) -> dict[str, Any]:
    """Return with what an operator calls a method for server keys, once all is there that this needs."""
    made = ADMIN_SCENES[method.path](replace(stage, by=by))
    return dict(await made if isawaitable(made) else made)


def name_of(method: Method) -> str:
    """Return how `Caller.call` names the method."""
    return "/" + method.path
