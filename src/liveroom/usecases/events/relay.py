"""Commit, then publish: a transaction's outbox rows are applied to the live store after the commit (LIVE.md 2).

The process that committed applies them at once; any node picks up rows left behind within a second. Applying a row
twice, or late, changes nothing: rooms are compared by ``rev``, and other rows say that something is over for good.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import msgspec
import structlog

from liveroom import faults
from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.errors import LiveUnavailable, RoomNotFound
from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.events.outbox import (
    OutboxMessage,
    OutboxRow,
    RoomAccessChanged,
    RoomChanged,
    RoomHanded,
    RoomImported,
    RoomMetadataChanged,
    RoomsChanged,
    RoomTold,
    SessionsEnded,
    UserProfileChanged,
)
from liveroom.domain.follows.blocks import BLOCKS_MAX
from liveroom.domain.ids import RoomId, TenantName, UserId, new_id, room_bucket
from liveroom.domain.moderation.payloads import standing_now
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.rooms.metadata import write_new
from liveroom.domain.rooms.model import CloseReason, LiveRoom, Policies, Room, RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Live
from liveroom.usecases.follows.reaching import blockers_of
from liveroom.usecases.importing.rooms import Arrivals
from liveroom.usecases.rooms.leaving import evict
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.rooms.searching import RoomIndex
from liveroom.usecases.tenants.registry import Tenancy

log = structlog.get_logger("liveroom.relay")

_encode: Final = msgspec.json.Encoder().encode
LEFT_BEHIND: Final = timedelta(milliseconds=500)
_BATCH: Final = 200
_BATCHES: Final = 5
"""How many batches one run looks through, so that rows that cannot be applied now do not hold up later ones."""


class Applier(Protocol):
    """Applies outbox rows of one kind to the live store. Raises ``LiveUnavailable``."""

    async def apply(self, row: OutboxRow) -> None: ...
    def done(self, messages: Iterable[OutboxMessage]) -> None:
        """Note that these are marked as done: nobody applies them again."""


@dataclass(frozen=True, slots=True)
class Appliers:
    """What follows the outbox beside the live store's rooms and users."""

    index: RoomIndex
    """What rooms are found by."""
    of: Mapping[type[Any], Applier]
    """What applies the messages of a subject, by their type."""
    before_closing: Callable[[Room], Awaitable[None]] | None = None
    """What looks at a closed room before the live store forgets it."""


@dataclass(frozen=True, slots=True)
class OutboxRelay:
    """Applies outbox rows to the live store."""

    db: Database
    live: Live
    clock: Clock
    listings: Listings
    policies: Policies
    tenants: Tenancy
    arrivals: Arrivals
    appliers: Appliers
    _done: dict[int, OutboxMessage] = field(default_factory=dict)
    """Rows applied but not yet marked as done. If the process dies before marking them, they are applied again."""

    async def deliver(self, row: OutboxRow, room: Room | None = None) -> LiveRoom | None:
        """Apply a row just committed, and return the live room if the row is about one.

        ``room``: that room as committed. Raises ``LiveUnavailable``; ``run`` then applies the row later.
        """
        live = await self._apply(row, room)
        faults.point("relay.applied")
        self._done[row.id] = row.message
        return live

    def applied(self, row: OutboxRow) -> None:
        """Note that a row just committed has been applied by whoever committed it."""
        self._done[row.id] = row.message

    async def bring_up(self, room: Room, row: OutboxRow | None) -> LiveRoom | None:
        """Bring the live room to the committed version, or a newer one.

        This is done even if the call changed nothing: an earlier change may have been lost.
        """
        return await (self.restore(room) if row is None else self.deliver(row, room))

    async def restore(self, room: Room) -> LiveRoom | None:
        """Bring a room that is live in SQL up in the live store, where it is missing there."""
        return await self._room(room.id, room, None)

    async def deliver_later(self, rows: Sequence[OutboxRow]) -> None:
        """Apply rows just committed; where the live store is down they wait for ``run``, and the caller goes on."""
        for row in rows:
            try:
                await self.deliver(row)
            except LiveUnavailable:
                log.warning("relay.waiting", row=row.id, subject=row.subject)

    async def take_away(self, room: Room, reason: CloseReason) -> None:
        """Take a room that is closed in SQL away from the live store, where it was left."""
        await self._room(room.id, room, reason)

    async def run(self) -> int:
        """Mark what was applied, and apply what was left behind; return how many rows were.

        What rooms are found by is brought up to date before a row is marked: nobody waits for that.
        """
        await self._mark_done()
        before, applied, after = self.clock.now() - LEFT_BEHIND, 0, 0
        stuck: set[str] = set()
        for _ in range(_BATCHES):
            rows = await self.db.outbox.due(before, _BATCH, after=after)
            applied += sum([await self._take_up(row, stuck) for row in rows])
            if len(rows) < _BATCH:
                break
            after = rows[-1].id
        await self._mark_done()
        return applied

    async def oldest(self) -> float:
        """Return for how many seconds the oldest change has waited that the live store does not know yet."""
        now = self.clock.now()
        rows = await self.db.outbox.due(now, 1)
        return max((now - rows[0].created).total_seconds(), 0.0) if rows else 0.0

    async def _take_up(self, row: OutboxRow, stuck: set[str]) -> bool:
        """Apply a row that was left behind, after all others about the same; say whether it was."""
        if row.id in self._done or row.subject in stuck:
            return False
        try:
            await self.deliver(row)
            await self._forget_closed(row)
        except LiveUnavailable:
            stuck.add(row.subject)
            return False
        return True

    async def _forget_closed(self, row: OutboxRow) -> None:
        """Take a closed room out of the index, in case the process that emptied it died before doing so."""
        message = row.message
        room = await self.db.rooms.get(message.room) if isinstance(message, RoomChanged) and message.reason else None
        if room is None or room.state is not RoomStatus.CLOSED:
            return
        past = await self.db.stays.past_users([room.broadcast])
        journaled = await self.db.stays.open_in_room_bucket(room_bucket(room.id))
        users = {*past.get(room.broadcast, ()), *(stay.user for stay in journaled if stay.broadcast == room.broadcast)}
        for user in users:
            entries = [entry for entry in await self.live.entries(user) if entry.room == room.id]
            await self.live.drop_entries(entries)

    async def _mark_done(self) -> None:
        rows = dict(self._done)
        if rows:
            await self.appliers.index.follow(rows.values())
            await self.db.outbox.done(list(rows))
        for row in rows:
            del self._done[row]
        for applier in self.appliers.of.values():
            applier.done(rows.values())

    async def _apply(self, row: OutboxRow, room: Room | None) -> LiveRoom | None:
        message = row.message
        if (applier := self.appliers.of.get(type(message))) is not None:
            await applier.apply(row)
            return None
        if isinstance(message, RoomChanged):
            return await self._changed(row.tenant, message, room)
        if isinstance(message, RoomAccessChanged):
            await (self._access(message) if message.kicked is None else self._kick(message, message.kicked))
        elif isinstance(message, RoomMetadataChanged):
            await self._metadata(message)
        elif isinstance(message, UserProfileChanged):
            await self._profile(message.user)
        elif isinstance(message, SessionsEnded):
            await self._sessions(message)
        return None

    async def _changed(self, tenant: TenantName, message: RoomChanged, room: Room | None) -> LiveRoom | None:
        live = await self._room(message.room, room, message.reason)
        for other in message.others if isinstance(message, RoomsChanged) else ():
            faults.point("connection.half")
            await self._room(other, None, None)
        if live is None:
            return None
        if isinstance(message, RoomHanded) and live.owner == message.heir:
            await self._put_out_blocked(live)
        if isinstance(message, RoomTold) and live.broadcast == message.broadcast:
            await self._tell(message, tenant)
        return await self._admit_arrivals(message, live) if isinstance(message, RoomImported) else live

    async def _room(self, room_id: RoomId, known: Room | None, reason: CloseReason | None) -> LiveRoom | None:
        """Bring the live room to the version of its row.

        A room closed meanwhile is skipped: the outbox row with the reason, written by the closing transaction, follows.
        """
        room = known or await self.db.rooms.get(room_id)
        if room is None or room.state is RoomStatus.RESERVED:
            return None
        tenant = await self._tenant(room.tenant)
        if tenant is None:
            return None
        if room.state is RoomStatus.CLOSED:
            if reason is None:
                return None
            await self._take_off(room)
            if self.appliers.before_closing is not None:
                await self.appliers.before_closing(room)
            entries = await self.live.close_room(room, reason)
            faults.point("close.emptied")
            await self.live.drop_entries(entries)
            await self.listings.catch_up()
            return None
        room_access = await self._access_for(room)
        card = self.listings.cards.start(room, tenant)
        live = await self.live.put_room(room, self.policies.of(room.category), card, room_access)
        if live is not None:
            await self.listings.announce([live])
        return live

    async def _tell(self, message: RoomTold, tenant: TenantName) -> None:
        """Publish the event of a change. The room knows the last ones by their ids: told again, they are not events."""
        news = Announcement(message.event_id, message.event, message.data.encode(), message.by)
        try:
            await self.live.channels.announce(message.room, tenant, news)
        except RoomNotFound:
            log.info("relay.room_over", room=message.room, event_kind=message.event)

    async def _admit_arrivals(self, message: RoomImported, live: LiveRoom) -> LiveRoom:
        """Make the people of an imported room its members, unless another broadcast runs by now."""
        room = await self.db.rooms.get(message.room)
        if room is None or room.broadcast != live.broadcast:
            return live
        seated = await self.arrivals.seat(room, message.arrivals)
        if seated is not None:
            await self.listings.announce([seated])
        return seated or live

    async def _take_off(self, closed: Room) -> None:
        """Take the closed broadcast off the list before anybody hears of the closing."""
        live = await self.live.room(closed.id)
        if live is not None and live.broadcast == closed.broadcast:
            await self.listings.take_off(live)

    async def _tenant(self, name: TenantName) -> Tenant | None:
        """Return the tenant, even one made a moment ago that this process does not know yet."""
        if self.tenants.get(name) is None:
            await self.tenants.refresh()
        return self.tenants.get(name)

    async def _access_for(self, room: Room) -> Sequence[RoomAccess]:
        """Return the access records that a new broadcast begins with; one that runs in the live store has them
        already."""
        if not room.options.guarded:
            return ()
        known = await self.live.room(room.id)
        is_running = known is not None and known.broadcast == room.broadcast
        return () if is_running else await self.db.room_access.of_room(room.id)

    async def _access(self, message: RoomAccessChanged) -> None:
        """Bring an access record to the version of its row, and evict the user if they are banned.

        A room that is live in SQL but not yet in the live store is brought up first: the process about to do so may
        have read the access records before this one was written.
        """
        access = await self.db.room_access.get(message.room, message.user)
        if access is None:
            return
        now = self.clock.now()
        data = _encode(standing_now(access, now))
        news = Announcement(new_id(now), EventKind.STANDING_CHANGED, data, message.by or None)
        if not await self.live.put_room_access(access, news):
            room = await self.db.rooms.get(message.room)
            if room is None or room.state is not RoomStatus.LIVE or await self.restore(room) is None:
                return
            await self.live.put_room_access(access, news)
        if access.is_banned(now):
            await evict(self.live, self.listings, message.room, message.user)

    async def _kick(self, message: RoomAccessChanged, at: datetime) -> None:
        """Evict a user, unless they left the room and came back since."""
        try:
            member = await self.live.member(message.room, message.user)
        except RoomNotFound:
            return
        if member is not None and member.joined <= at:
            await evict(self.live, self.listings, message.room, message.user)

    async def _put_out_blocked(self, room: LiveRoom) -> None:
        """Evict those whom a room's owner has blocked: since it is theirs, none of them comes in."""
        blocked = [block.user for block in await self.db.blocks.page(room.owner, None, BLOCKS_MAX)]
        view = await self.live.seat_maps.read(room.id, blocked) if blocked else None
        for user in [one for one in blocked if view is not None and one in view.members]:
            await evict(self.live, self.listings, room.id, user)

    async def _metadata(self, message: RoomMetadataChanged) -> None:
        """Bring a room's metadata to the version of its row. If the room is not live yet, its first reader loads it."""
        room, row = await self.db.rooms.get(message.room), await self.db.metadata.get(message.room)
        if room is None or row is None or row.broadcast != room.broadcast:
            return
        kind, data = EventKind.METADATA_CHANGED, write_new(row.metadata)
        news = Announcement(new_id(self.clock.now()), kind, data, message.by)
        await self.live.metadata.put(room.id, room.broadcast, row.metadata, news)

    async def _profile(self, user_id: UserId) -> None:
        user = await self.db.users.get(user_id)
        if user is not None:
            await self.live.put_profile(user_id, user.profile, await blockers_of(self.db, user_id))

    async def _sessions(self, message: SessionsEnded) -> None:
        before = message.at if message.everything else None
        ended = EndedSessions(message.user, message.sessions, message.at, before, message.why)
        await self.live.end_sessions(ended)
