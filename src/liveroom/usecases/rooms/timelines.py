"""The timeline of a broadcast, for the operator: read page by page from everything that is stored of it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.errors import RoomNotFound
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId, first_id
from liveroom.domain.messages.model import Message
from liveroom.domain.moderation.audit import AuditEntry
from liveroom.domain.moments import at, moment
from liveroom.domain.rooms.model import Broadcast, present_room
from liveroom.domain.rooms.timeline import (
    LEAST,
    MOST,
    Edge,
    Moment,
    MomentKind,
    TimelinePosition,
    edge_of,
    merged,
    read_cursor,
    start,
)
from liveroom.ports import Database

AFTERWARDS: Final = timedelta(seconds=10)
"""How long after its end what is noted of the room still belongs to a broadcast."""
_KEPT: Final = (MomentKind.ROLE, MomentKind.SEAT, MomentKind.LIKES, MomentKind.CALLBACK)


class TimelineQuery(NamedTuple):
    """Which moments are asked for."""

    room: RoomId
    broadcast: BroadcastId
    """"" is the current broadcast, else the last one."""
    kinds: Collection[MomentKind]
    """Empty: all."""
    whom: UserId = UserId("")
    """Only what this user did, or what was done to them; "": everybody."""
    since: datetime | None = None
    until: datetime | None = None
    forwards: bool = False
    """The oldest first; else the newest."""
    cursor: str = ""
    limit: int = 50


class _Reading(NamedTuple):
    """What is read of which broadcast, and from where."""

    broadcast: Broadcast
    asked: TimelineQuery
    place: TimelinePosition

    def edge(self, kind: MomentKind) -> Edge:
        return edge_of(kind, self.place, up=self.asked.forwards)

    def edge_in_room(self, kind: MomentKind) -> Edge:
        """Return the same where rows of the whole room are read: those before and behind the broadcast are others'."""
        edge, one = self.edge(kind), self.broadcast
        if self.asked.forwards:
            return max(edge, Edge(moment(one.opened), LEAST))
        return edge if one.closed is None else min(edge, Edge(moment(one.closed + AFTERWARDS), MOST))


@dataclass(frozen=True, slots=True)
class Timelines:
    """Reads timelines. What happened within the last second, or was said by vendors within the last four, may be
    missing: it is on its way to the database.
    """

    db: Database

    async def page(self, tenant: TenantName, asked: TimelineQuery) -> tuple[Sequence[Moment], str]:
        """Return moments in their order, and the next page's cursor. Raises ``RoomNotFound``, ``BadRequest``."""
        broadcast = await self._broadcast(tenant, asked)
        up = asked.forwards
        place = read_cursor(asked.cursor) if asked.cursor else start(since=asked.since, until=asked.until, up=up)
        reading = _Reading(broadcast, asked, place)
        wanted = asked.kinds or MomentKind
        sources = [self._source(kind)(reading) for kind in MomentKind if kind in wanted]
        found = [[one for one in source if _is_within(one, asked)] for source in await asyncio.gather(*sources)]
        return merged(found, asked.limit, up=up)

    async def _broadcast(self, tenant: TenantName, asked: TimelineQuery) -> Broadcast:
        room = present_room(await self.db.rooms.get(asked.room), tenant)
        broadcast = await self.db.broadcasts.get(asked.broadcast or room.broadcast)
        if broadcast is None or broadcast.room != room.id:
            raise RoomNotFound
        return broadcast

    def _source(self, kind: MomentKind) -> "Callable[[_Reading], Awaitable[Sequence[Moment]]]":
        if kind in _KEPT:
            return lambda reading: self._kept(reading, kind)
        return {
            MomentKind.OPENED: self._opened,
            MomentKind.CAME: self._came,
            MomentKind.LEFT: self._left,
            MomentKind.MESSAGE: self._messages,
            MomentKind.ACTION: self._actions,
            MomentKind.EVENT: self._events,
            MomentKind.CLOSED: self._closed,
        }[kind]

    async def _came(self, reading: _Reading) -> Sequence[Moment]:
        broadcast, asked, _ = reading
        edge, most = reading.edge(MomentKind.CAME), asked.limit + 1
        return await self.db.timeline.came(broadcast.id, edge, most, whom=asked.whom, up=asked.forwards)

    async def _left(self, reading: _Reading) -> Sequence[Moment]:
        broadcast, asked, _ = reading
        edge, most = reading.edge(MomentKind.LEFT), asked.limit + 1
        return await self.db.timeline.left(broadcast.id, edge, most, whom=asked.whom, up=asked.forwards)

    async def _kept(self, reading: _Reading, kind: MomentKind) -> Sequence[Moment]:
        broadcast, asked, _ = reading
        edge, most = reading.edge(kind), asked.limit + 1
        return await self.db.timeline.kept(kind, broadcast.id, edge, most, whom=asked.whom, up=asked.forwards)

    async def _messages(self, reading: _Reading) -> Sequence[Moment]:
        broadcast, asked, _ = reading
        edge, most = reading.edge(MomentKind.MESSAGE), asked.limit + 1
        found = await self.db.timeline.said(broadcast.id, edge, most, whom=asked.whom, up=asked.forwards)
        return list(map(_said, found))

    async def _actions(self, reading: _Reading) -> Sequence[Moment]:
        broadcast, asked, _ = reading
        at_or_key = reading.edge_in_room(MomentKind.ACTION)
        whom = f"user:{asked.whom}" if asked.whom else ""
        found = await self.db.audit.of_room(
            broadcast.tenant, broadcast.room, _id_of(at_or_key), asked.limit + 1, whom=whom, up=asked.forwards
        )
        return [moment for entry in found if _belongs(moment := _done(entry), broadcast)]

    async def _events(self, reading: _Reading) -> Sequence[Moment]:
        broadcast, asked, _ = reading
        edge, most = reading.edge_in_room(MomentKind.EVENT), asked.limit + 1
        found = await self.db.timeline.told(broadcast.room, edge, most, whom=asked.whom, up=asked.forwards)
        return [moment for moment in found if _belongs(moment, broadcast)]

    async def _opened(self, reading: _Reading) -> Sequence[Moment]:
        one = reading.broadcast
        return _if_ahead(reading, Moment(MomentKind.OPENED, one.opened, "", one.owner, text=one.title))

    async def _closed(self, reading: _Reading) -> Sequence[Moment]:
        one = reading.broadcast
        if one.closed is None:
            return ()
        return _if_ahead(reading, Moment(MomentKind.CLOSED, one.closed, "", one.owner, reason=one.reason))


def _if_ahead(reading: _Reading, moment: Moment) -> Sequence[Moment]:
    """Return a moment of the whole broadcast unless the reading is past it, or asks for somebody else's."""
    asked = reading.asked
    is_ahead = moment.place > reading.place if asked.forwards else moment.place < reading.place
    return [moment] if is_ahead and asked.whom in ("", moment.user) else ()


def _is_within(one: Moment, asked: TimelineQuery) -> bool:
    return (asked.since is None or one.at >= asked.since) and (asked.until is None or one.at <= asked.until)


def _belongs(one: Moment, broadcast: Broadcast) -> bool:
    """Say whether something that is noted of a room is of this broadcast."""
    return one.at >= broadcast.opened and (broadcast.closed is None or one.at <= broadcast.closed + AFTERWARDS)


def _id_of(edge: Edge) -> str:
    """Return the id from which the audit is read on."""
    if edge.key in (LEAST, MOST):
        return first_id(at(edge.at + (edge.key == MOST)))
    return edge.key


def _said(message: Message) -> Moment:
    """Return the moment of a message; its number is its time."""
    return Moment(
        MomentKind.MESSAGE,
        at(message.number),
        f"{message.number:015}",
        message.user,
        message.name,
        text=message.text or message.data.decode(),
        role=message.role or "",
        by=f"user:{message.recalled_by}" if message.recalled_by else "",
        message=message.id,
        recalled=message.recalled is not None,
    )


def _done(entry: AuditEntry) -> Moment:
    """Return the moment of an action, with the user to whom it was done."""
    user = next((word.removeprefix("user:") for word in entry.subject.split() if word.startswith("user:")), "")
    return Moment(
        MomentKind.ACTION, entry.at, entry.id, UserId(user), reason=entry.reason, by=entry.actor, action=entry.action
    )
