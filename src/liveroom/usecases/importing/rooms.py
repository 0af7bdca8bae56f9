"""Rooms of the original, with their ids, and the people who were in them.

An open room with an owner is a live broadcast, a removed one is closed, one that nobody owns is reserved for whoever
asked for the id. A room follows the original until somebody opens or changes it here; the end of the broadcast that
came with it does not count as a change, so that a host who came back over there is found again.

Whoever was in a room becomes a member once, for one lease: their apps do not know of the import and will not enter
again. Their sessions are unknown, so each gets one that nobody will renew; whoever calls or enters continues with their
own.
"""

from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple

from liveroom.domain.accounts.users import User
from liveroom.domain.errors import Refused
from liveroom.domain.events.outbox import Arrival, RoomChanged, RoomImported
from liveroom.domain.ids import BroadcastId, EntryId, RoomId, SessionId, StayId, TenantName, UserId, is_plain_id, new_id
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import PresenceEntry, Role, wanted_role
from liveroom.domain.presence.signs import Heartbeat, PresenceTimeouts
from liveroom.domain.rooms.model import CloseReason, LiveRoom, Room, RoomStatus
from liveroom.ports import Admission, Clock, Database, Live, PresenceClaim, Tx
from liveroom.ports.importing import Holding, ImportedRow, ImportKind, Original, OriginalMember, OriginalRoom
from liveroom.usecases.importing.report import Tally, digest

NO_ID: Final = "rooms without an id"
NOBODYS: Final = "reserved ids of nobody's"
NOT_OURS: Final = "rooms whose id is somebody else's here"
LIVE: Final = "rooms are live"
CLOSED: Final = "rooms are closed"
RESERVED: Final = "room ids are reserved for whoever asked for them"
NOT_LISTED: Final = "live rooms whose id is no whole number of 32 bits: kept, never listed"
SEATED: Final = "people in live rooms: their places last for one lease, unless they are heard of"
_STATES: Final = {RoomStatus.LIVE: LIVE, RoomStatus.CLOSED: CLOSED, RoomStatus.RESERVED: RESERVED}
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STAR_MAX: Final = 2**63 - 1
_ARRIVALS: Final = 400
"""People in one outbox row: MySQL's TEXT would hold a few more."""


class RoomToImport(NamedTuple):
    """A room of the original, and the people who showed a sign of life in it within a lease."""

    row: OriginalRoom
    members: Sequence[OriginalMember] = ()


@dataclass(frozen=True, slots=True)
class RoomImporter:
    """Imports rooms, a batch in a transaction; their users have to be here."""

    clock: Clock
    tenant: TenantName
    timeouts: PresenceTimeouts

    async def read(self, original: Original, after: int, limit: int) -> Sequence[RoomToImport]:
        """Return the next rooms with those of their members who may still be there."""
        rows = await original.rooms(after, limit)
        since = self.clock.now() - max(self.timeouts.silent, self.timeouts.silent_host)
        members: dict[str, list[OriginalMember]] = defaultdict(list)
        for member in await original.members([row.id for row in rows if row.owner and not row.removed], since):
            members[member.room].append(member)
        return [RoomToImport(row, members.get(row.id, ())) for row in rows]

    async def import_batch(self, tx: Tx, shows: Sequence[RoomToImport]) -> Tally:
        """Import what is new and follow what has changed."""
        tally = Tally()
        members = {show.row.id: show.members for show in shows}
        rows = [show.row for show in shows]
        rows = [row for row in rows if self._is_importable(row, tally)]
        ids = [RoomId(row.id) for row in rows]
        known = await tx.imports.known(ImportKind.ROOM, ids)
        here = await tx.imports.rooms(ids)
        claims = {row.id: Holding(_owner(row), self.tenant) for row in rows if row.id not in known}
        holders = await tx.imports.claim_ids(claims)
        fresh, notes = [], []
        for row in rows:
            imported = known.get(row.id)
            room = await self._import_one(tx, row, imported, here.get(RoomId(row.id)), holders.get(row.id), tally)
            if room is not None:
                notes.append(ImportedRow(ImportKind.ROOM, row.id, _stamp(row), room.rev, room.broadcast))
                fresh += [room] if imported is None else []
        await tx.imports.add_rooms(fresh)
        await tx.imports.note(notes)
        for room in fresh:
            await self._add_outbox_row(tx, room)
        for imported in notes:
            former = known.get(imported.id)
            if imported.broadcast and (former is None or former.broadcast != imported.broadcast):
                await self._note_arrivals(tx, RoomId(imported.id), members[imported.id], tally)
        return tally

    async def _import_one(
        self,
        tx: Tx,
        row: OriginalRoom,
        imported: ImportedRow | None,
        here: Room | None,
        held: Holding | None,
        tally: Tally,
    ) -> Room | None:
        """Return the room as it is to be noted, or None when there is nothing to note."""
        if imported is None:
            if here is not None or held is None or held.tenant != self.tenant:
                tally.leave_out(NOT_OURS, row.id)
                return None
            tally.imported += 1
            return self._count(self._read(row, held.holder), tally)
        if imported.digest == _stamp(row):
            tally.unchanged += 1
        elif here is None or not _is_untouched(here, imported):
            tally.kept += 1
        else:
            tally.changed += 1
            return self._count(await self._follow(tx, here, self._read(row, here.holder)), tally)
        return None

    async def _follow(self, tx: Tx, here: Room, read: Room) -> Room:
        """Change an untouched room to what the original says now; one opened again there is a new broadcast."""
        if here.state is RoomStatus.LIVE and read.state is RoomStatus.LIVE:
            read = replace(read, broadcast=here.broadcast, opened=here.opened)
        elif read.state is RoomStatus.LIVE:
            read = replace(read, opened=max(read.opened, read.updated))
        else:
            read = replace(read, broadcast=here.broadcast, opened=here.opened)
        read = replace(read, rev=here.rev + 1)
        await tx.rooms.put(read)
        if here.state is RoomStatus.LIVE and read.state is not RoomStatus.LIVE:
            await tx.rooms.close_broadcast(here.broadcast, read.updated, CloseReason.DESTROYED)
            await tx.outbox.add(self.tenant, RoomChanged(read.id, CloseReason.DESTROYED), self.clock.now())
        elif read.state is RoomStatus.LIVE:
            if read.broadcast != here.broadcast:
                await tx.rooms.open_broadcast(read)
            await self._add_outbox_row(tx, read)
        return read

    async def _add_outbox_row(self, tx: Tx, room: Room) -> None:
        """Let a running service know of a live room."""
        if room.state is RoomStatus.LIVE:
            await tx.outbox.add(self.tenant, RoomChanged(room.id), self.clock.now())

    async def _note_arrivals(self, tx: Tx, room: RoomId, members: Sequence[OriginalMember], tally: Tally) -> None:
        """Let a running service add the members of a room whose broadcast was imported just now."""
        now = self.clock.now()
        due = [arrival for member in members if member.user and (arrival := self._arrival(member)).until > now]
        for some in parts(due, _ARRIVALS):
            message = RoomImported(room, arrivals=tuple(some))
            await tx.outbox.add(self.tenant, message, now)
        for _ in due:
            tally.note(SEATED)

    def _arrival(self, member: OriginalMember) -> Arrival:
        last_seen = member.updated or member.created or _NEVER
        is_host = member.role.casefold() in (Role.ANCHOR, Role.OWNER)
        lease = self.timeouts.lease(keepalive=False, hosts=is_host)
        return Arrival(UserId(member.user), member.role, last_seen + lease)

    def _read(self, row: OriginalRoom, holder: UserId) -> Room:
        now = self.clock.now()
        opened = row.created or row.updated or now
        state = RoomStatus.CLOSED if row.removed else RoomStatus.LIVE if row.owner else RoomStatus.RESERVED
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
            broadcast=BroadcastId(new_id(now)) if state is RoomStatus.LIVE else BroadcastId(""),
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
        if room.state is RoomStatus.LIVE and not is_plain_id(room.id):
            tally.note(NOT_LISTED, room.id)
        return room

    @staticmethod
    def _is_importable(row: OriginalRoom, tally: Tally) -> bool:
        if not row.id:
            tally.leave_out(NO_ID, f"id {row.number}")
        elif not _owner(row):
            tally.leave_out(NOBODYS, row.id)
        return bool(row.id and _owner(row))


def _owner(row: OriginalRoom) -> UserId:
    """Return the owner of the room, or the user to whom its id was given."""
    return UserId(row.owner or row.created_by)


def _is_untouched(room: Room, imported: ImportedRow) -> bool:
    ended_here = room.state is RoomStatus.CLOSED and room.broadcast == imported.broadcast
    return room.rev == imported.mark or ended_here


def _stamp(row: OriginalRoom) -> str:
    return digest(*row)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Makes members of those who were in a room; doing it twice changes nothing."""

    db: Database
    live: Live
    clock: Clock
    anyone_hosts: bool

    async def seat(self, room: Room, arrivals: Sequence[Arrival]) -> LiveRoom | None:
        """Add those whose time is not over and who may be in; return the room as it is after the last of them."""
        now = self.clock.now()
        due = [arrival for arrival in arrivals if arrival.until > now]
        users = {user.id: user for user in await self.db.users.list([arrival.user for arrival in due])}
        seated: LiveRoom | None = None
        for arrival in due:
            user = users.get(arrival.user)
            if user is not None and user.deleted is None and not user.is_banned(now):
                seated = await self._seat_one(room, user, arrival.role) or seated
        return seated

    async def _seat_one(self, room: Room, user: User, role: str) -> LiveRoom | None:
        now = self.clock.now()
        session = _session(room, user)
        heartbeat = Heartbeat(user.id, session, now, keepalive=False)
        presence_claim = PresenceClaim(heartbeat, room.id, EntryId(new_id(now)), host=False)
        wanted, label = wanted_role(role)
        try:
            claimed = await self.live.claim_presence(presence_claim)
            admission = Admission(
                tenant=room.tenant,
                room=room.id,
                user=user.id,
                session=session,
                entry=claimed.entry,
                stay=StayId(presence_claim.entry),
                wanted=wanted,
                label=label,
                profile=user.profile,
                admin=False,
                anyone_hosts=self.anyone_hosts,
                keepalive=False,
            )
            entered = await self.live.admit(admission)
        except Refused:
            await self.live.give_back(PresenceEntry(presence_claim.entry, user.id, session, room.id, host=False))
            return None
        if entered.role.is_host:
            await self.live.claim_presence(presence_claim._replace(entry=claimed.entry, host=True))
        return entered.room


def _session(room: Room, user: User) -> SessionId:
    """Return the session of this stay, marked as one of the original, whose token nobody knows."""
    text = f"{room.broadcast}\n{user.id}".encode()
    return SessionId("~" + urlsafe_b64encode(sha256(text).digest()).decode()[:22])
