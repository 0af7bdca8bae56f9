"""A stream of a room: one user's encoder, as it comes, breaks off, comes back and ends.

Servers report starts and ends late, twice, in any order, or not at all, and a second encoder may try the same name. So
a stream knows which connection counts (``session``), which others there are beside it, and which are over: an end
closes only its own connection, and whoever comes second takes over only when the first has gone.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.streams.model import LiveStream, PushSession, StreamName, StreamServerName

STREAMS_MAX: Final = 8
"""Streams of one room."""
GRACE: Final = timedelta(seconds=15)
"""How long an encoder may be away by default: OBS comes back after two to ten seconds."""
SIGHTED_AGAIN: Final = timedelta(hours=1)
"""How often a running stream vouches anew that its host is there; what vouched lasts twelve hours."""
_UNKNOWN: Final = PushSession("")
_STALE: Final = timedelta(minutes=1)
"""How old a server's list may be that does not say since when a stream is live."""
_REMEMBERED: Final = 16
"""Connections that are over, and others beside the one that counts: of each so many are remembered."""


class StreamState(StrEnum):
    """How far it has come."""

    WAITING = "waiting"
    """Nobody has pushed since it was made."""
    LIVE = "live"
    INTERRUPTED = "interrupted"
    """The encoder has gone, and may come back within the grace period."""
    ENDED = "ended"
    """It was live; an encoder may push again."""


OPEN: Final = frozenset({StreamState.LIVE, StreamState.INTERRUPTED})
"""The states in which a room shows a stream, and its host counts as there."""


class StreamChange(StrEnum):
    """What a change of its state is told as."""

    STARTED = "started"
    INTERRUPTED = "interrupted"
    RESUMED = "resumed"
    ENDED = "ended"


class StreamTask(StrEnum):
    """What is still to be done at the server."""

    DROP = "drop"
    """Cut the encoder's connection, which may come back."""
    FORBID = "forbid"
    """Cut it and take no other."""
    ALLOW = "allow"
    REMOVE = "remove"
    """Forbid it for good; then the stream is forgotten."""
    LOOK = "look"
    """Nothing at the server: see whether its user still has the seat that it belongs to."""


@dataclass(frozen=True, slots=True)
class PushedStream:
    """A stream as it is stored."""

    id: str
    tenant: TenantName
    room: RoomId
    user: UserId
    """Whose encoder it is."""
    server: StreamServerName
    name: StreamName
    key_digest: str
    """Of the secret that lets an encoder in."""
    key_expires: datetime
    created: datetime
    state: StreamState = StreamState.WAITING
    broadcast: BroadcastId = BroadcastId("")
    """In which it is live, or was last."""
    session: PushSession = _UNKNOWN
    """The connection that counts; "": none, or one of which only is known that it is there."""
    others: tuple[PushSession, ...] = ()
    """Connections beside it, in the order in which they came."""
    over: tuple[PushSession, ...] = ()
    """Connections that have ended, the last one last."""
    since: datetime | None = None
    """Since when it is live; an interruption changes nothing of that."""
    interrupted: datetime | None = None
    """When the connection that counted ended last; None while there is one."""
    sighted: datetime | None = None
    """When it last vouched for its host; None: it does not."""
    width: int = 0
    height: int = 0
    kilobits: int = 0
    stopped: bool = False
    """No encoder is let in until it is started again."""
    task: StreamTask | None = None
    retry: datetime | None = None
    """When the task is tried again that the server has not done."""
    seat: int = 0
    """The seat whose user pushes it, and that ends with their having it; 0: a host's."""

    @property
    def is_open(self) -> bool:
        """Say whether its room shows it."""
        return self.state in OPEN

    @property
    def is_removed(self) -> bool:
        """Say whether nobody finds it any more."""
        return self.task is StreamTask.REMOVE

    def due(self, grace: timedelta) -> datetime | None:
        """Return when something is to be done about it; None: never, as things are."""
        times = [self.retry or self.created] if self.task is not None else []
        if self.state is StreamState.INTERRUPTED and self.interrupted is not None:
            times.append(self.interrupted + grace)
        if self.is_open:
            times.append(self.created if self.sighted is None else self.sighted + SIGHTED_AGAIN)
        elif self.sighted is not None:
            times.append(self.created)
        return min(times, default=None)


def begun(
    stream: PushedStream, session: PushSession, broadcast: BroadcastId, now: datetime, *, asked: bool
) -> PushedStream:
    """Return a stream after a connection has begun; ``asked``: just now, so that its end cannot have come before."""
    if session in stream.over and not asked:
        return stream
    over = _without(stream.over, session)
    if stream.state is not StreamState.LIVE:
        is_back = stream.state is StreamState.INTERRUPTED and stream.broadcast == broadcast
        return replace(
            stream,
            state=StreamState.LIVE,
            broadcast=broadcast,
            session=session,
            over=over,
            since=stream.since if is_back else now,
            interrupted=None,
        )
    if stream.session in (_UNKNOWN, session):
        return replace(stream, session=session, others=_without(stream.others, session), over=over)
    return replace(stream, others=_added(stream.others, session), over=over)


def ended(stream: PushedStream, session: PushSession, now: datetime, *, replaced: bool = False) -> PushedStream:
    """Return a stream after a connection has ended; ``replaced``: because a newer one took its place."""
    if session in stream.over:
        return stream
    is_other = session in stream.others
    counts = stream.state is StreamState.LIVE and not is_other and stream.session in (session, _UNKNOWN)
    after = replace(stream, over=_added(stream.over, session), others=_without(stream.others, session))
    if not counts:
        return after
    if after.others:
        return replace(after, session=after.others[-1], others=after.others[:-1])
    if replaced:
        return replace(after, session=_UNKNOWN)
    return _interrupted(after, now)


def listed(stream: PushedStream, live: LiveStream, broadcast: BroadcastId, now: datetime) -> PushedStream:
    """Return a stream after the server's list has it: with that connection, whatever was reported of others.

    A list may be a moment older than what was reported since: a connection that is known to be over stays so.
    """
    if live.session in stream.over or _is_left(stream, live, now):
        return stream
    after = begun(stream, live.session or stream.session, broadcast, now, asked=False)
    if live.session and after.session != live.session:
        over = _added(after.over, after.session)
        after = replace(after, session=live.session, others=_without(after.others, live.session), over=over)
    return sized(after, live.width, live.height, live.kilobits)


def missed(stream: PushedStream, session: PushSession, now: datetime) -> PushedStream:
    """Return a stream after its server's lists do not have the connection that counted when they were compared."""
    return _interrupted(stream, now) if stream.state is StreamState.LIVE and stream.session == session else stream


def settled(stream: PushedStream, now: datetime, grace: timedelta) -> PushedStream:
    """Return a stream as time has made it: one that was interrupted for too long has ended."""
    is_late = stream.interrupted is not None and stream.interrupted + grace <= now
    return _ended(stream, now) if stream.state is StreamState.INTERRUPTED and is_late else stream


def stopped(stream: PushedStream, now: datetime) -> PushedStream:
    """Return a stream that is over, and takes no encoder until it is started.

    So is one whose room has closed while it was shown: an encoder that is there, or comes back, would open the room
    again.
    """
    return replace(_ended(stream, now), stopped=True, task=StreamTask.FORBID, retry=None)


def started(stream: PushedStream) -> PushedStream:
    """Return a stream that takes encoders again."""
    return replace(stream, stopped=False, task=StreamTask.ALLOW, retry=None) if stream.stopped else stream


def removed(stream: PushedStream, now: datetime) -> PushedStream:
    """Return a stream that is forgotten as soon as its server takes it no more."""
    return replace(stopped(stream, now), task=StreamTask.REMOVE)


def seated(stream: PushedStream, seat: int, now: datetime) -> PushedStream:
    """Return a seat's stream when its user has this seat; 0: none any more, so that the stream is forgotten."""
    return replace(stream, seat=seat) if seat else removed(stream, now)


def unwanted(stream: PushedStream) -> PushedStream:
    """Return a stream whose encoder was not let in by us, and is there: it is cut."""
    return stream if stream.task is not None else replace(stream, task=StreamTask.DROP, retry=None)


def sized(stream: PushedStream, width: int, height: int, kilobits: int) -> PushedStream:
    """Return a stream with what is said of its picture; zeros say nothing.

    Rates go up and down all the time, so that only a half more or less counts.
    """
    is_another_rate = kilobits > 0 and abs(kilobits - stream.kilobits) * 2 > stream.kilobits
    return replace(
        stream,
        width=width or stream.width,
        height=height or stream.height,
        kilobits=kilobits if is_another_rate else stream.kilobits,
    )


def change_of(before: PushedStream, after: PushedStream) -> StreamChange | None:
    """Return as what a change is told; None: of the state nothing has changed."""
    if after.state is before.state:
        return None
    if after.state is StreamState.LIVE:
        is_back = before.state is StreamState.INTERRUPTED and before.broadcast == after.broadcast
        return StreamChange.RESUMED if is_back else StreamChange.STARTED
    if after.state is StreamState.INTERRUPTED:
        return StreamChange.INTERRUPTED
    return StreamChange.ENDED if before.is_open else None


def _interrupted(stream: PushedStream, since: datetime) -> PushedStream:
    gone = tuple(one for one in (*stream.others, stream.session) if one)
    over = stream.over
    for one in gone:
        over = _added(over, one)
    return replace(
        stream,
        state=StreamState.INTERRUPTED,
        session=_UNKNOWN,
        others=(),
        over=over,
        interrupted=since,
    )


def _ended(stream: PushedStream, now: datetime) -> PushedStream:
    if not stream.is_open:
        return stream
    gone = stream if stream.state is StreamState.INTERRUPTED else _interrupted(stream, now)
    return replace(gone, state=StreamState.ENDED, since=None, width=0, height=0, kilobits=0)


def _is_left(stream: PushedStream, live: LiveStream, now: datetime) -> bool:
    """Say whether a list that names no connection still has the one that has ended a moment ago."""
    if live.session or stream.state is StreamState.LIVE or stream.interrupted is None:
        return False
    if live.since is not None:
        return live.since <= stream.interrupted
    return now - stream.interrupted < _STALE


def _added(known: tuple[PushSession, ...], session: PushSession) -> tuple[PushSession, ...]:
    return (*_without(known, session), session)[-_REMEMBERED:]


def _without(known: Collection[PushSession], session: PushSession) -> tuple[PushSession, ...]:
    return tuple(one for one in known if one != session)
