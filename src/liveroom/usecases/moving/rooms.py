"""Rooms of the original, with their ids.

An open room with an owner is a live broadcast, a removed one is closed, one that nobody owns is reserved for whoever
asked for the id. A room follows the original until somebody opens or changes it here; the end of the broadcast that
came with it does not count as a change, so that a host who came back over there is found again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, NamedTuple

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId, is_plain_id, new_id
from liveroom.domain.members import Role
from liveroom.domain.outbox import Arrival, RoomChanged, RoomTaken
from liveroom.domain.parts import parts
from liveroom.domain.presence import Patience
from liveroom.domain.rooms import CloseReason, Room, RoomState
from liveroom.ports import Clock, Tx
from liveroom.ports.moving import Holding, Kind, Original, OriginalGuest, OriginalRoom, Taken
from liveroom.usecases.moving.digests import digest
from liveroom.usecases.moving.report import Tally

NO_ID: Final = "rooms without an id"
NOBODYS: Final = "reserved ids of nobody's"
NOT_OURS: Final = "rooms whose id is somebody else's here"
LIVE: Final = "rooms are live"
CLOSED: Final = "rooms are closed"
RESERVED: Final = "room ids are reserved for whoever asked for them"
NOT_LISTED: Final = "live rooms whose id is no whole number of 32 bits: kept, never listed"
SEATED: Final = "people in live rooms: their places last for one lease, unless they are heard of"
_STATES: Final = {RoomState.LIVE: LIVE, RoomState.CLOSED: CLOSED, RoomState.RESERVED: RESERVED}
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STAR_MAX: Final = 2**63 - 1
_ARRIVALS: Final = 400
"""People in one outbox row: MySQL's TEXT would hold a few more."""


class Show(NamedTuple):
    """A room of the original, and who was heard of in it within a lease."""

    row: OriginalRoom
    guests: Sequence[OriginalGuest] = ()


@dataclass(frozen=True, slots=True)
class RoomMover:
    """Takes rooms over, a batch in a transaction; their users have to be here."""

    clock: Clock
    tenant: TenantName
    patience: Patience

    async def read(self, original: Original, after: int, limit: int) -> Sequence[Show]:
        """Return the next rooms with those of their guests who may still be there."""
        rows = await original.rooms(after, limit)
        since = self.clock.now() - max(self.patience.silent, self.patience.silent_host)
        guests: dict[str, list[OriginalGuest]] = defaultdict(list)
        for guest in await original.guests([row.id for row in rows if row.owner and not row.removed], since):
            guests[guest.room].append(guest)
        return [Show(row, guests.get(row.id, ())) for row in rows]

    async def take(self, tx: Tx, shows: Sequence[Show]) -> Tally:
        """Take what is new and follow what has changed."""
        tally = Tally()
        guests = {show.row.id: show.guests for show in shows}
        rows = [show.row for show in shows]
        rows = [row for row in rows if self._can_be_taken(row, tally)]
        ids = [RoomId(row.id) for row in rows]
        known = await tx.takings.known(Kind.ROOM, ids)
        here = await tx.takings.rooms(ids)
        claims = {row.id: Holding(_owner(row), self.tenant) for row in rows if row.id not in known}
        holders = await tx.takings.claim_ids(claims)
        fresh, notes = [], []
        for row in rows:
            taken = known.get(row.id)
            room = await self._take_one(tx, row, taken, here.get(RoomId(row.id)), holders.get(row.id), tally)
            if room is not None:
                notes.append(Taken(Kind.ROOM, row.id, _stamp(row), room.rev, room.broadcast))
                fresh += [room] if taken is None else []
        await tx.takings.add_rooms(fresh)
        await tx.takings.note(notes)
        for room in fresh:
            await self._tell(tx, room)
        for taken in notes:
            former = known.get(taken.id)
            if taken.broadcast and (former is None or former.broadcast != taken.broadcast):
                await self._seat(tx, RoomId(taken.id), guests[taken.id], tally)
        return tally

    async def _take_one(
        self, tx: Tx, row: OriginalRoom, taken: Taken | None, here: Room | None, held: Holding | None, tally: Tally
    ) -> Room | None:
        """Return the room as it is to be noted, or None when there is nothing to note."""
        if taken is None:
            if here is not None or held is None or held.tenant != self.tenant:
                tally.leave_out(NOT_OURS, row.id)
                return None
            tally.taken += 1
            return self._count(self._read(row, held.holder), tally)
        if taken.digest == _stamp(row):
            tally.unchanged += 1
        elif here is None or not _is_untouched(here, taken):
            tally.kept += 1
        else:
            tally.changed += 1
            return self._count(await self._follow(tx, here, self._read(row, here.holder)), tally)
        return None

    async def _follow(self, tx: Tx, here: Room, read: Room) -> Room:
        """Change an untouched room to what the original says now; one opened again there is a new broadcast."""
        if here.state is RoomState.LIVE and read.state is RoomState.LIVE:
            read = replace(read, broadcast=here.broadcast, opened=here.opened)
        elif read.state is RoomState.LIVE:
            read = replace(read, opened=max(read.opened, read.updated))
        else:
            read = replace(read, broadcast=here.broadcast, opened=here.opened)
        read = replace(read, rev=here.rev + 1)
        await tx.rooms.put(read)
        if here.state is RoomState.LIVE and read.state is not RoomState.LIVE:
            await tx.rooms.close_broadcast(here.broadcast, read.updated, CloseReason.DESTROYED)
            await tx.outbox.add(self.tenant, RoomChanged(read.id, CloseReason.DESTROYED), self.clock.now())
        elif read.state is RoomState.LIVE:
            if read.broadcast != here.broadcast:
                await tx.rooms.open_broadcast(read)
            await self._tell(tx, read)
        return read

    async def _tell(self, tx: Tx, room: Room) -> None:
        """Let a running service know of a live room."""
        if room.state is RoomState.LIVE:
            await tx.outbox.add(self.tenant, RoomChanged(room.id), self.clock.now())

    async def _seat(self, tx: Tx, room: RoomId, guests: Sequence[OriginalGuest], tally: Tally) -> None:
        """Let a running service seat those who are in a room that was opened just now."""
        now = self.clock.now()
        due = [arrival for guest in guests if guest.user and (arrival := self._arrival(guest)).until > now]
        for some in parts(due, _ARRIVALS):
            message = RoomTaken(room, arrivals=tuple(some))
            await tx.outbox.add(self.tenant, message, now)
        for _ in due:
            tally.note(SEATED)

    def _arrival(self, guest: OriginalGuest) -> Arrival:
        heard = guest.updated or guest.created or _NEVER
        is_host = guest.role.casefold() in (Role.ANCHOR, Role.OWNER)
        lease = self.patience.silent_host if is_host else self.patience.silent
        return Arrival(UserId(guest.user), guest.role, heard + lease)

    def _read(self, row: OriginalRoom, holder: UserId) -> Room:
        now = self.clock.now()
        opened = row.created or row.updated or now
        state = RoomState.CLOSED if row.removed else RoomState.LIVE if row.owner else RoomState.RESERVED
        return Room(
            id=RoomId(row.id),
            tenant=self.tenant,
            holder=holder,
            owner=_owner(row),
            state=state,
            created_by=UserId(row.created_by) or _owner(row),
            updated_by=UserId(row.updated_by) or _owner(row),
            opened=opened,
            updated=(row.removed_at if row.removed else None) or row.updated or opened,
            broadcast=BroadcastId(new_id(now)) if state is RoomState.LIVE else BroadcastId(""),
            category=row.category,
            title=row.title,
            cover=row.cover,
            subject=row.subject,
            description=row.description,
            star=min(row.star, _STAR_MAX),
            rev=1,
        )

    @staticmethod
    def _count(room: Room, tally: Tally) -> Room:
        tally.note(_STATES[room.state])
        if room.state is RoomState.LIVE and not is_plain_id(room.id):
            tally.note(NOT_LISTED, room.id)
        return room

    @staticmethod
    def _can_be_taken(row: OriginalRoom, tally: Tally) -> bool:
        if not row.id:
            tally.leave_out(NO_ID, f"id {row.number}")
        elif not _owner(row):
            tally.leave_out(NOBODYS, row.id)
        return bool(row.id and _owner(row))


def _owner(row: OriginalRoom) -> UserId:
    """Return whose the room is, or to whom its id was given."""
    return UserId(row.owner or row.created_by)


def _is_untouched(room: Room, taken: Taken) -> bool:
    ended_here = room.state is RoomState.CLOSED and room.broadcast == taken.broadcast
    return room.rev == taken.mark or ended_here


def _stamp(row: OriginalRoom) -> str:
    return digest(*row)
