"""``admin/room_timeline``: everything that happened in a broadcast, in order."""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Many, Text, Whole
from liveroom.api.rooms.methods import OneRoom
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import BroadcastId, RoomId, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import Instant, instant_text
from liveroom.domain.rooms.timeline import Moment, MomentKind
from liveroom.usecases.rooms.timelines import TimelineQuery, Timelines

SEES_MESSAGES: Final = "messages.view"
"""The permission to read what was said."""
_KINDS: Final = {kind.value: kind for kind in MomentKind}
_Kind = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(MomentKind)})]


class TimelineRow(Shape):
    """One thing that happened. Fields that its kind does not have are empty."""

    time: Instant
    """UTC, as ``2026-11-25T10:00:00.123Z``."""
    kind: _Kind
    """``opened``, ``closed``: the broadcast. ``came``, ``left``: a member. ``role``: a member's role changed.
    ``seat``: a member took a seat, or left it (0). ``message``: somebody said something. ``likes``: how many there were
    by the end of a minute. ``action``: moderation, by the room's people or the operator. ``event``: what webhooks and
    the event log were told. ``callback``: what a vendor said of the room."""
    user_id: str
    """Who came, left, spoke, or to whom an action was done; the owner of a broadcast."""
    name: str
    """Their name at that time."""
    text: str
    """What a message said, or the title of the broadcast; empty if it was recalled, or without ``messages.view``."""
    reason: str
    """Why somebody left (``left``, ``lost``, ``kicked``, ``closed``, ``elsewhere``), why the broadcast was closed, or
    why an action was done."""
    role: str
    seat: int
    by: str
    """Who did an action, or recalled a message: ``user:<id>``, ``operator:<id>``, ``key:<id>``."""
    action: str
    """The path of an action's method, or an event's type. Of a ``callback`` who said what: ``trtc.``, ``livekit.`` or
    ``im_group.`` with ``present``, ``published``, ``gone``, ``ended`` or ``destroyed``; ``moderation.review`` and
    ``moderation.block`` are findings in picture, sound or text."""
    number: int
    """An event's number in the room's stream (``seq`` of webhooks); of ``likes`` the sum."""
    message_id: str
    recalled: bool


class RoomTimeline(OneRoom):
    """``broadcastId``: if not given, the current or last one. ``kinds``: only these. ``userId``: only what this user
    did, or what was done to them. ``sinceUtc``, ``untilUtc``: within this time. ``oldestFirst``: else the newest.
    ``cursor``: the ``nextCursor`` of the previous page.
    """

    broadcast_id: Id = ""
    kinds: Annotated[tuple[str, ...], Many(len(_KINDS), ",")] = ()
    user_id: Id = ""
    since_utc: datetime | None = None
    until_utc: datetime | None = None
    oldest_first: bool = False
    cursor: Annotated[str, Text(128)] = ""
    limit: Annotated[int, Whole(1, 200)] = 50


@method(
    "base/v1/admin/room_timeline",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[TimelineRow],
    data=Data.LIST,
    codes=(Code.RoomNotExists,),
)
async def room_timeline(call: RoomTimeline, operator: Operator, timelines: Timelines) -> Page:
    """List everything that happened in a broadcast: comings and goings, roles, seats, messages, likes, moderation and
    recorded events, and what vendors said of the room.

    The last second may be missing, and callbacks of the last four. Stays, roles, seats, likes and callbacks are kept
    for ``LIVEROOM_STAYS_KEEP``, messages for ``LIVEROOM_MESSAGES_KEEP``, actions for ``LIVEROOM_AUDIT_KEEP``, events
    for eight days.
    """
    unknown = [name for name in call.kinds if name not in _KINDS]
    if unknown:
        raise BadRequest(f"kinds: must be among {', '.join(_KINDS)}")
    asked = TimelineQuery(
        RoomId(call.room_id),
        BroadcastId(call.broadcast_id),
        {_KINDS[name] for name in call.kinds},
        UserId(call.user_id),
        call.since_utc,
        call.until_utc,
        call.oldest_first,
        call.cursor,
        call.limit,
    )
    found, cursor = await timelines.page(operator.tenant.name, asked)
    sees = operator.may(SEES_MESSAGES)
    return Page.of([_row(moment, sees) for moment in found], cursor)


def _row(moment: Moment, sees: bool) -> TimelineRow:
    is_hidden = moment.kind is MomentKind.MESSAGE and not sees
    return TimelineRow(
        time=instant_text(moment.at),
        kind=moment.kind,
        user_id=moment.user,
        name=moment.name,
        text="" if is_hidden else moment.text,
        reason=moment.reason,
        role=moment.role,
        seat=moment.seat,
        by=moment.by,
        action=moment.action,
        number=moment.number,
        message_id=moment.message,
        recalled=moment.recalled,
    )
