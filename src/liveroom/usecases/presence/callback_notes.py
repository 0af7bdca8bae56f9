"""What vendors said about rooms, kept for the timeline of their broadcasts.

It is noted beside the call and written a moment later, many at once: what a vendor waits for takes no longer, and by
then the stay is stored by which the timeline says who it was. What a killed process had not written yet is missing.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple
from zlib import crc32

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.domain.ids import BroadcastId, RoomId, StayId, TenantName, UserId
from liveroom.domain.moments import moment
from liveroom.domain.presence.outside import OutsideReport
from liveroom.domain.rooms.timeline import KeptMoment, MomentKind
from liveroom.ports import Clock, Database

log = structlog.get_logger("liveroom.outside")

MOST: Final = 20_000
"""How many notes wait at most; while the database is away the oldest are let go."""
RIPE: Final = timedelta(seconds=3)
"""After that time the stay of whoever has come is stored."""
_AT_ONCE: Final = 500


class CallbackNote(NamedTuple):
    """One thing that a vendor said of a room."""

    tenants: frozenset[TenantName]
    """Of whose rooms it may speak."""
    noted: datetime
    room: RoomId
    user: UserId
    at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class CallbackNotes:
    """Notes of one process."""

    db: Database
    clock: Clock
    _waiting: deque[CallbackNote] = field(default_factory=lambda: deque(maxlen=MOST))

    def add(self, report: OutsideReport, tenants: frozenset[TenantName]) -> None:
        """Note what a report says of rooms."""
        now = self.clock.now()
        self._waiting.extend(
            CallbackNote(tenants, now, room, user, min(when, now), said) for room, user, when, said in _said_in(report)
        )

    async def flush(self, *, all: bool = False) -> int:
        """Write what has waited for long enough, or everything; return how much. What cannot be written waits on."""
        written = 0
        while notes := list(islice(self._ripe(all=all), _AT_ONCE)):
            taken = [self._waiting.popleft() for _ in notes]
            try:
                await self._write(taken)
            except BaseException as failure:
                self._waiting.extendleft(reversed(taken[: MOST - len(self._waiting)]))
                if isinstance(failure, Unavailable):
                    log.warning("outside.unnoted", waiting=len(self._waiting))
                raise
            written += len(taken)
            await asyncio.sleep(0)
        return written

    def _ripe(self, *, all: bool) -> Iterator[CallbackNote]:
        until = self.clock.now() - RIPE
        for note in self._waiting:
            if note.noted > until and not all:
                return
            yield note

    async def _write(self, notes: Sequence[CallbackNote]) -> None:
        rooms = {room.id: room for room in await self.db.rooms.some(sorted({note.room for note in notes}))}
        of = {
            note: rooms[note.room].broadcast
            for note in notes
            if note.room in rooms and rooms[note.room].tenant in note.tenants and rooms[note.room].broadcast
        }
        people = {(broadcast, note.user) for note, broadcast in of.items() if note.user}
        stays = await self.db.timeline.stays_of(people) if people else {}
        if of:
            await self.db.timeline.add([_kept(note, broadcast, stays) for note, broadcast in of.items()])


def _said_in(report: OutsideReport) -> Iterator[tuple[RoomId, UserId, datetime, str]]:
    for one in report.sightings:
        if one.room is not None:
            is_sending = report.published is not None and report.published.user == one.user
            what = "published" if is_sending else "present" if one.present else "gone"
            yield one.room, one.user, one.at, f"{one.source}.{what}"
    if report.media is not None:
        yield report.media.room, UserId(""), report.media.at, f"{report.media.source}.ended"
    if report.group is not None:
        yield report.group.room, UserId(""), report.group.at, "im_group.destroyed"
    for label in report.labels:
        yield label.room, label.user, label.at, f"moderation.{label.suggestion}"


def _kept(note: CallbackNote, broadcast: BroadcastId, stays: Mapping[tuple[BroadcastId, UserId], StayId]) -> KeptMoment:
    """Return it as it is kept. Its id is the same when the vendor says it again, and names nobody."""
    when = moment(note.at)
    apart = crc32(note.user.encode()) & 0xFFFF
    id = f"{when:015}.{note.said}.{apart:04x}"
    return KeptMoment(
        broadcast, id, when, MomentKind.CALLBACK, stays.get((broadcast, note.user), StayId("")), note.said
    )
