"""The timeline of a broadcast: everything that happened in it, in one order, put together from what is stored.

Comings and goings are in the stays, what was said in the messages, what was done in the audit, what receivers were told
in the events. Only what is nowhere else is kept beside them: changes of role and seat, which a later version of a stay
writes over; how likes grew, minute by minute; and what vendors said of the room.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.events.stays import Known
from liveroom.domain.ids import BroadcastId, StayId, UserId
from liveroom.domain.moments import at, moment
from liveroom.domain.presence.members import Role, Stay
from liveroom.domain.rooms.paging import cursor_number

LEAST: Final = ""
MOST: Final = "\U0010ffff"
"""Sort before and behind every key."""
_MINUTE: Final = 60_000
_CURSOR_MAX: Final = 15
"""Digits of a time in a cursor."""


class MomentKind(StrEnum):
    """What happened; of one millisecond in this order."""

    OPENED = "opened"
    CAME = "came"
    ROLE = "role"
    SEAT = "seat"
    MESSAGE = "message"
    LIKES = "likes"
    ACTION = "action"
    """Moderation, by the room's people or the operator."""
    EVENT = "event"
    """What webhooks and the event log were told, with its number."""
    CALLBACK = "callback"
    """What a vendor said of the room: who is in its media or its message group, and what moderation found."""
    LEFT = "left"
    CLOSED = "closed"


_RANKS: Final = {kind: rank for rank, kind in enumerate(MomentKind)}


class TimelinePosition(NamedTuple):
    """A place in a timeline: moments are ordered by it."""

    at: int
    """Milliseconds since 1970."""
    rank: int
    key: str

    @property
    def cursor(self) -> str:
        return f"{self.at}.{self.rank}.{self.key}"


class Moment(NamedTuple):
    """One thing that happened. Fields that its kind does not have are empty."""

    kind: MomentKind
    at: datetime
    key: str
    """Tells moments of one kind and millisecond apart, and orders them."""
    user: UserId = UserId("")
    name: str = ""
    text: str = ""
    """What was said; what a recalled message said is gone."""
    reason: str = ""
    """Why somebody left, or the broadcast was closed; of an action why it was done."""
    role: str = ""
    seat: int = 0
    by: str = ""
    """Who did an action, as the audit calls them."""
    action: str = ""
    """The path of the action's method, the event's type, or what a vendor said, such as ``trtc.gone``."""
    number: int = 0
    """The event's number in the room's stream; of likes how many there were by then."""
    message: str = ""
    recalled: bool = False

    @property
    def place(self) -> TimelinePosition:
        return TimelinePosition(moment(self.at), _RANKS[self.kind], self.key)


class Edge(NamedTuple):
    """From where a source is read on: behind (or before) a time, and of that time behind a key."""

    at: int
    key: str


class KeptMoment(NamedTuple):
    """A change that is kept for the timeline alone. ``id`` makes it one, however often it is written."""

    broadcast: BroadcastId
    id: str
    at: int
    kind: MomentKind
    stay: StayId
    """Whose: says who it was without naming them; "" for likes, and where there is none."""
    value: str


def edge_of(kind: MomentKind, place: TimelinePosition, *, up: bool) -> Edge:
    """Return from where moments of one kind go on behind a place, or if not ``up`` before it."""
    rank = _RANKS[kind]
    if rank == place.rank:
        return Edge(place.at, place.key)
    is_over = (rank < place.rank) is up
    return Edge(place.at, MOST if is_over is up else LEAST)


def start(*, since: datetime | None, until: datetime | None, up: bool) -> TimelinePosition:
    """Return the place from which a timeline is read: forwards, or backwards from its end."""
    if up:
        return TimelinePosition(moment(since) - 1 if since is not None else 0, len(_RANKS), MOST)
    last = moment(until) + 1 if until is not None else 10 ** (_CURSOR_MAX - 2)
    return TimelinePosition(last, -1, LEAST)


def read_cursor(cursor: str) -> TimelinePosition:
    """Return the place that a page ended with. Raises ``BadRequest``."""
    millis, _, rest = cursor.partition(".")
    rank, _, key = rest.partition(".")
    return TimelinePosition(cursor_number(millis, _CURSOR_MAX - 1), cursor_number(rank, 2), key)


def merged(sources: Iterable[Sequence[Moment]], limit: int, *, up: bool) -> tuple[Sequence[Moment], str]:
    """Return a page of what several sources have, each asked for one more than fits, and the cursor of the next."""
    found = sorted((one for source in sources for one in source), key=lambda one: one.place, reverse=not up)
    page = found[:limit]
    return page, page[-1].place.cursor if len(found) > limit else ""


def may_have_moved(stay: Stay) -> bool:
    """Say whether a version of a stay may change role or seat: comings and goings of an audience never do."""
    if stay.left is not None:
        return False
    return stay.seat != 0 or stay.role is not Role.AUDIENCE or stay.version > moment(stay.entered)


def moves(known: Mapping[StayId, Known], versions: Sequence[Stay]) -> Sequence[KeptMoment]:
    """Return the changes of role and seat between the stored versions of stays and newer ones."""
    before, found = dict(known), list[KeptMoment]()
    for stay in sorted(versions, key=lambda stay: stay.version):
        was = before.get(stay.id)
        if was is not None and stay.version > was.version and stay.left is None and not was.over:
            found += _between(was, stay)
        if was is None or stay.version > was.version:
            before[stay.id] = Known(
                stay.version, stay.role, stay.name, stay.avatar, stay.left is not None, stay.seat, stay.mutes
            )
    return found


def _between(was: Known, stay: Stay) -> Iterator[KeptMoment]:
    when = max(moment(stay.entered), stay.version)
    for kind, value, former in (
        (MomentKind.ROLE, stay.role.value, was.role.value),
        (MomentKind.SEAT, str(stay.seat), str(was.seat)),
    ):
        if value != former:
            yield KeptMoment(stay.broadcast, f"{stay.version:015}.{stay.id}.{kind.value}", when, kind, stay.id, value)


def likes_by(likes: Mapping[BroadcastId, int], now: datetime) -> Sequence[KeptMoment]:
    """Return how many likes broadcasts have had by the end of this minute, as far as is known."""
    minute = moment(now) // _MINUTE
    return [
        KeptMoment(broadcast, f"likes.{minute}", (minute + 1) * _MINUTE - 1, MomentKind.LIKES, StayId(""), str(count))
        for broadcast, count in sorted(likes.items())
    ]


def kept_moment(kept: KeptMoment, user: UserId, name: str) -> Moment:
    """Return the moment of a change that is kept; ``user`` and ``name``: whose stay it was."""
    seat, role, number, action = 0, "", 0, ""
    if kept.kind is MomentKind.SEAT:
        seat = int(kept.value)
    elif kept.kind is MomentKind.ROLE:
        role = kept.value
    elif kept.kind is MomentKind.CALLBACK:
        action = kept.value
    else:
        number = int(kept.value)
    return Moment(kept.kind, at(kept.at), kept.id, user, name, role=role, seat=seat, action=action, number=number)
