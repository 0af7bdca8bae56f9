"""Interactive rooms on a stage: for each of their methods who calls it, with what, and what else it may be answered."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from liveroom.api.codes import Code
from liveroom.api.declare import BASE, Method, Who
from liveroom.api.methods import METHODS
from liveroom.domain.ids import UserId
from tests.contract import activity_scenes, battle_scenes, connection_scenes, question_scenes, song_scenes
from tests.contract.scene import Scene, Stage
from tests.service import Device

Params = dict[str, Any]
Make = Callable[[Stage, Device], Awaitable[Params]]
"""Sets the stage for a caller, and returns with what they call so that it succeeds."""

_THEIRS: Final = (*("seats", "messages", "moderation", "connections", "battles", "activities", "music", "questions"),)
_OLDER: Final = frozenset(
    {"generate_roomid", "enter_room", "query_room", "room_detail", "list_users", "update_room", "leave_room"}
    | {"destroy_room", "state", "search"}
)
"""Methods of ``rooms`` that are no part of what makes a room a show."""


@dataclass(frozen=True)
class Turn:
    """How a method is called, and what else than success it is answered."""

    make: Make
    by: str = "host"
    """Who calls it usually: ``host`` or ``guest``, who is a member."""
    others: str = "guest"
    """Who may not: ``guest``, ``outsider``, who is no member, or ``""``: everybody may."""
    refused: Code = Code.PermissionDenied
    """What they are answered."""
    twice: Code = Code.Success
    """What the same call is answered once more."""
    closed: Code = Code.RoomNotExists
    """What it is answered when the room has closed."""


def is_interactive(method: Method) -> bool:
    """Say whether the method is one of interactive rooms, for people who have signed in."""
    name = method.path.removeprefix(BASE)
    if method.who is not Who.USER:
        return False
    return method.module in (
        "seats",
        "messages",
        "moderation",
        "connections",
        "battles",
        "activities",
        "music",
        "questions",
    ) or (method.module == "rooms" and name.removeprefix("rooms/") not in _OLDER)


INTERACTIVE: Final = [method for method in METHODS.methods.values() if is_interactive(method)]


async def newcomer(stage: Stage) -> Device:
    """Return somebody of the stage's tenant who is not in the room."""
    account = stage.guest.account
    return await stage.service.sign_up(app=account.app, headers=account.headers)


def within(**params: Any) -> Make:
    """Return what calls a method about the room."""

    async def make(stage: Stage, caller: Device) -> Params:
        return {"roomId": stage.room, **params}

    return make


def _to_guest(**params: Any) -> Make:
    async def make(stage: Stage, caller: Device) -> Params:
        return {"roomId": stage.room, "targetId": stage.guest.user, **params}

    return make


async def _to_newcomer(stage: Stage, caller: Device) -> Params:
    return {"roomId": stage.room, "targetId": (await newcomer(stage)).user}


async def _metadata(stage: Stage, caller: Device) -> Params:
    known = (await stage.host.call("rooms/metadata", {"roomId": stage.room})).data
    return {"roomId": stage.room, "metadata": {"topic": "新歌 😀"}, "version": known["version"]}


async def _schedule(stage: Stage, caller: Device) -> Params:
    starts = stage.service.clock.now() + timedelta(hours=1)
    texts = {
        "title": "今晚",
        "category": "mlvb-show-live",
        "cover": "",
        "subject": "歌",
        "description": "",
        "capacity": "9",
    }
    options = {"access": "public", "password": "", "minutes": "90"}
    return {**texts, **options, "startUtc": f"{starts:%Y-%m-%d %H:%M:%S}"}


async def _nothing(stage: Stage, caller: Device) -> Params:
    return {}


async def apply(stage: Stage, by: Device) -> str:
    """Apply for a seat, and return the request's id."""
    return str((await by.call("seats/apply", {"roomId": stage.room})).data["requestId"])


async def invite(stage: Stage, whom: Device) -> str:
    """Invite somebody to a seat, and return the request's id."""
    asked = await stage.host.call("seats/invite", {"roomId": stage.room, "targetId": whom.user})
    return str(asked.data["requestId"])


async def sit(stage: Stage, who: Device) -> None:
    """Let a member have a seat."""
    accepted = {"roomId": stage.room, "requestId": await invite(stage, who)}
    assert (await who.call("seats/accept", accepted)).code == Code.Success


async def waiting_application(stage: Stage, caller: Device) -> Params:
    """Let the guest apply for a seat."""
    return {"roomId": stage.room, "requestId": await apply(stage, stage.guest)}


async def _own_application(stage: Stage, caller: Device) -> Params:
    return {"roomId": stage.room, "requestId": await apply(stage, caller)}


async def _invitation(stage: Stage, caller: Device) -> Params:
    return {"roomId": stage.room, "requestId": await invite(stage, caller)}


def _seated(**params: Any) -> Make:
    async def make(stage: Stage, caller: Device) -> Params:
        await sit(stage, caller)
        return {"roomId": stage.room, **params}

    return make


def to_seated_guest(**params: Any) -> Make:
    """Return what calls a method about the guest, who has a seat."""

    async def make(stage: Stage, caller: Device) -> Params:
        await sit(stage, stage.guest)
        return {"roomId": stage.room, "targetId": stage.guest.user, **params}

    return make


async def _own_message(stage: Stage, caller: Device) -> Params:
    return {"roomId": stage.room, "messageId": await say(stage, caller)}


async def guests_message(stage: Stage, caller: Device) -> Params:
    """Let the guest say something."""
    return {"roomId": stage.room, "messageId": await say(stage, stage.guest)}


async def _unanswered(stage: Stage, caller: Device) -> Params:
    links = {"replyTo": await say(stage, stage.host), "mentions": [stage.host.user]}
    return {"roomId": stage.room, "text": "大家好", "type": "text", "priority": "normal", "key": "k1", **links}


async def say(stage: Stage, who: Device) -> str:
    """Say something, and return the message's id."""
    return str((await who.call("messages/send", {"roomId": stage.room, "text": "大家好"})).data["messageId"])


async def _report(stage: Stage, caller: Device) -> Params:
    return {"roomId": stage.room, "targetId": stage.guest.user, "reason": "spam", "text": "看", "messageId": ""}


async def _reported(stage: Stage, caller: Device) -> Params:
    return {"reportId": stage.report, "outcome": "已处理"}


async def warned(stage: Stage) -> str:
    """Have the operator warn the guest because of the report; return the statement's id."""
    return str((await statement_of(stage))["statementId"])


async def statement_of(stage: Stage) -> Params:
    """Do so, and return the statement as the guest reads it."""
    guest = await stage.service.core.db.users.get(UserId(stage.guest.user))
    assert guest is not None
    backend = await stage.service.make_key(guest.tenant)
    asked = {"reportIds": [stage.report], "action": "warn", "reasonId": "spam"}
    assert (await backend.call("admin/resolve_reports", asked)).data[0]["outcome"] == "done"
    return dict((await stage.guest.call("moderation/statements")).data[0])


async def _statement(stage: Stage, caller: Device) -> Params:
    return {"statementId": await warned(stage), "text": "不是我"}


_MEMBERS: Final[Params] = {"by": "guest", "others": "outsider", "refused": Code.NotInRoom}
_ANYBODY: Final[Params] = {"by": "guest", "others": "", "closed": Code.Success}

TURNS: Final[Mapping[str, Turn]] = {
    "rooms/set_role": Turn(_to_guest(role="moderator")),
    "rooms/list_roles": Turn(within(), **_MEMBERS),
    "rooms/transfer_owner": Turn(_to_guest(), twice=Code.PermissionDenied),
    "rooms/like": Turn(within(count="7", batchId="batch-1"), **_MEMBERS),
    "rooms/options": Turn(within(), **_MEMBERS),
    "rooms/set_options": Turn(within(slowMode="5", muted="true", access="private", minutes="90", password="")),
    "rooms/invite": Turn(_to_newcomer),
    "rooms/uninvite": Turn(_to_newcomer),
    "rooms/schedule": Turn(_schedule, **_ANYBODY),
    "rooms/scheduled": Turn(_nothing, **_ANYBODY),
    "rooms/metadata": Turn(within(), **_MEMBERS),
    "rooms/set_metadata": Turn(_metadata, twice=Code.StaleVersion),
    "seats/list": Turn(within(), **_MEMBERS),
    "seats/configure": Turn(within(seats="4", mode="apply")),
    "seats/take": Turn(within(seat="2"), refused=Code.SeatModeInvalid),
    "seats/apply": Turn(within(seat="0"), **_MEMBERS),
    "seats/cancel": Turn(_own_application, by="guest", others="outsider", twice=Code.RequestNotExists),
    "seats/invite": Turn(_to_guest(seat="3")),
    "seats/approve": Turn(waiting_application, twice=Code.RequestNotExists),
    "seats/accept": Turn(_invitation, by="guest", others="outsider", twice=Code.RequestNotExists),
    "seats/refuse": Turn(waiting_application, others="outsider", twice=Code.RequestNotExists),
    "seats/leave": Turn(_seated(), **_MEMBERS, twice=Code.NotSeated),
    "seats/move": Turn(to_seated_guest(seat="3"), others="outsider"),
    "seats/kick": Turn(to_seated_guest(), others="outsider", twice=Code.NotSeated),
    "seats/lock": Turn(within(seat="2", locked="true")),
    "seats/mute": Turn(to_seated_guest(audio="true"), others="outsider"),
    "connections/request": Turn(connection_scenes.to_partner),
    "connections/accept": Turn(connection_scenes.asked_by_partner, twice=Code.RequestNotExists),
    "connections/refuse": Turn(connection_scenes.asked_by_partner, twice=Code.RequestNotExists),
    "connections/cancel": Turn(connection_scenes.having_asked, twice=Code.RequestNotExists),
    "connections/leave": Turn(connection_scenes.connected, twice=Code.NotConnected),
    "connections/current": Turn(within(), **_MEMBERS),
    "connections/candidates": Turn(within(category="mlvb-show-live", limit="5")),
    "battles/invite": Turn(battle_scenes.to_partner),
    "battles/start": Turn(battle_scenes.with_open_partner, twice=Code.RoomBattling),
    "battles/accept": Turn(battle_scenes.invited_by_partner, twice=Code.RequestNotExists),
    "battles/refuse": Turn(battle_scenes.invited_by_partner, twice=Code.RequestNotExists),
    "battles/cancel": Turn(battle_scenes.having_invited, twice=Code.RequestNotExists),
    "battles/match": Turn(battle_scenes.waiting_alone),
    "battles/end": Turn(battle_scenes.battling, twice=Code.BattleNotExists),
    "battles/current": Turn(within(), **_MEMBERS),
    "battles/history": Turn(battle_scenes.having_battled),
    "activities/start_poll": Turn(activity_scenes.a_question, twice=Code.TooManyActivities),
    "activities/start_prediction": Turn(activity_scenes.a_match, twice=Code.TooManyActivities),
    "activities/start_goal": Turn(activity_scenes.a_target),
    "activities/start_raid": Turn(activity_scenes.to_partner, twice=Code.TooManyActivities),
    "activities/answer_raid": Turn(
        activity_scenes.asked_by_partner, twice=Code.ActivityOver, closed=Code.PermissionDenied
    ),
    "activities/vote": Turn(activity_scenes.a_ballot, **{**_MEMBERS, "closed": Code.ActivityOver}),
    "activities/end": Turn(activity_scenes.running_poll, twice=Code.ActivityOver, closed=Code.ActivityOver),
    "activities/lock_prediction": Turn(activity_scenes.running_prediction, closed=Code.ActivityOver),
    "activities/resolve_prediction": Turn(
        activity_scenes.an_outcome, twice=Code.ActivityOver, closed=Code.ActivityOver
    ),
    "questions/open": Turn(question_scenes.a_round_for_some, twice=Code.TooManyActivities),
    "questions/list": Turn(question_scenes.a_round, **_MEMBERS),
    "questions/ask": Turn(
        question_scenes.something_to_ask,
        **{**_MEMBERS, "closed": Code.ActivityOver},
        twice=Code.QuestionAsked,
    ),
    "questions/vote": Turn(question_scenes.a_vote, **{**_MEMBERS, "closed": Code.ActivityOver}),
    "questions/mark": Turn(question_scenes.a_question, closed=Code.ActivityOver),
    "questions/answer": Turn(question_scenes.a_written_answer, twice=Code.QuestionNotExists, closed=Code.ActivityOver),
    "questions/remove": Turn(
        question_scenes.a_question_of_the_host, twice=Code.QuestionNotExists, closed=Code.ActivityOver
    ),
    "questions/answered": Turn(question_scenes.an_answered_question, **_MEMBERS),
    "music/open": Turn(song_scenes.a_queue_for_some, twice=Code.TooManyActivities),
    "music/queue": Turn(song_scenes.a_queue, **_MEMBERS),
    "music/search": Turn(within(text="Ann"), **_MEMBERS),
    "music/song": Turn(song_scenes.a_song, **_MEMBERS),
    "music/add": Turn(song_scenes.a_song_to_add, **{**_MEMBERS, "twice": Code.SongQueued}),
    "music/top": Turn(song_scenes.a_song_that_waits),
    "music/remove": Turn(song_scenes.a_song_that_waits, twice=Code.SongNotExists),
    "music/skip": Turn(song_scenes.a_song_that_plays, twice=Code.SongNotPlaying),
    "music/next": Turn(song_scenes.a_song_that_plays, twice=Code.SongNotPlaying),
    "music/pause": Turn(song_scenes.a_song_that_plays),
    "music/resume": Turn(song_scenes.a_song_that_plays),
    "music/seek": Turn(song_scenes.a_position),
    "music/join": Turn(song_scenes.a_song_that_plays, **_MEMBERS),
    "music/leave": Turn(song_scenes.a_voice, **_MEMBERS),
    "music/score": Turn(song_scenes.a_score, **_MEMBERS),
    "activities/ballots": Turn(activity_scenes.open_ballots),
    "activities/current": Turn(within(), **_MEMBERS),
    "activities/past": Turn(within(limit="5"), **_MEMBERS),
    "activities/points": Turn(within(), **_MEMBERS),
    "messages/send": Turn(_unanswered, **_MEMBERS),
    "messages/history": Turn(within(limit="5"), **_MEMBERS),
    "messages/recall": Turn(_own_message, by="guest", others="outsider"),
    "messages/pin": Turn(guests_message),
    "messages/unpin": Turn(within()),
    "moderation/mute": Turn(_to_guest(seconds="60", reason="刷屏")),
    "moderation/unmute": Turn(_to_guest()),
    "moderation/kick": Turn(_to_guest(reason="刷屏"), others="outsider", twice=Code.UserNotExists),
    "moderation/ban": Turn(_to_guest(seconds="60", reason="刷屏"), others="outsider"),
    "moderation/unban": Turn(_to_guest()),
    "moderation/banned": Turn(within(limit="5")),
    "moderation/muted": Turn(within(limit="5")),
    "moderation/audit": Turn(within(limit="5")),
    "moderation/report": Turn(_report, **_ANYBODY),
    "moderation/reports": Turn(within(state="open", limit="5")),
    "moderation/count_reports": Turn(within(after="")),
    "moderation/resolve": Turn(_reported),
    "moderation/my_reports": Turn(_nothing, **_ANYBODY),
    "moderation/statements": Turn(_nothing, **_ANYBODY),
    "moderation/appeal": Turn(
        _statement,
        by="guest",
        others="outsider",
        refused=Code.ReportNotExists,
        twice=Code.RoomQueryParams,
        closed=Code.Success,
    ),
}
"""Every method of interactive rooms, by its path below ``base/v1/``."""


def turn_of(method: Method) -> Turn:
    """Return how the method is called."""
    return TURNS[method.path.removeprefix(BASE)]


async def usual(stage: Stage, path: str) -> Scene:
    """Set the stage for a method and return its usual call."""
    turn = TURNS[path.removeprefix(BASE)]
    caller = stage.host if turn.by == "host" else stage.guest
    return Scene(caller, await turn.make(stage, caller))
