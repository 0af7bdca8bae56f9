"""Battles that begin at once: between connected rooms that allow it, and between two rooms that wait for an opponent.

Waiting rooms are rows. Whoever joins them looks for an opponent after the commit; of two who come together the later
one sees both, and the locks of their rooms let one of them begin the battle. A job looks again, for those whose process
died in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.battles.failures import BattleLimitReached, ConsentRequired, RoomBattling
from liveroom.domain.battles.model import InvitedRoom, RoomBattle, WaitingRoom
from liveroom.domain.errors import AlreadyConnected
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.ports import Tx
from liveroom.usecases.battles.invitations import BattleInvitations, WantedBattle
from liveroom.usecases.connections.changes import TransactionResult
from liveroom.usecases.connections.requests import is_muted
from liveroom.usecases.connections.rows import Locked, lock_rooms

_FIRST: Final = 50
"""Waiting rooms of a category that are looked at together."""
_CATEGORIES: Final = 200


class Matched(NamedTuple):
    """A battle that was found, or that the room waits for one."""

    battle: RoomBattle | None
    waiting: WaitingRoom


@dataclass(frozen=True, slots=True)
class ImmediateBattles:
    """Each call of a user raises ``RateLimited``, ``RoomNotFound``, ``PermissionDenied``, ``UserMuted``,
    ``RoomBattling``, ``BattleLimitReached``.
    """

    invitations: BattleInvitations

    def now(self) -> datetime:
        """Return the server's time, by which all of it is decided."""
        return self.invitations.now()

    async def begin(self, actor: Actor, wanted: WantedBattle) -> RoomBattle:
        """Begin a battle between connected rooms that all allow it without asking.

        Raises ``BadRequest``, ``ConsentRequired`` too; the latter also for rooms that are not connected.
        """
        parts, requests = self.invitations, self.invitations.requests
        sides, duration = wanted.read(parts.terms)
        ranked = await requests.check(actor, wanted.room, len(wanted.others))

        async def work(tx: Tx) -> TransactionResult[RoomBattle]:
            rooms = await lock_rooms(tx, [wanted.room])
            own, now = await requests.own(tx, rooms, ranked, actor), parts.changes.now()
            for id in (wanted.room, *wanted.others):
                await self._check_open(tx, own, rooms.get(id), id)
            row = parts.made(own, actor.user, duration, now, due=now)
            named = zip((wanted.room, *wanted.others), (1, *sides), strict=True)
            wanting = [InvitedRoom(id, rooms[id].broadcast, rooms[id].owner, side, True) for id, side in named]
            await tx.battles.add(row, wanting)
            begun = await parts.start.begin(tx, rooms, row, wanting, now)
            if begun is None:
                raise BattleLimitReached
            return TransactionResult(begun.battle, begun.changed)

        return await parts.changes.commit(actor.tenant.name, work)

    async def _check_open(self, tx: Tx, own: Room, room: Room | None, id: RoomId) -> None:
        """Raise unless a room takes part without being asked."""
        connection = own.options.connection
        if room is None or connection is None or not connection.has(id):
            raise ConsentRequired(id)
        if room.options.battle is not None:
            raise RoomBattling(id)
        if not room.options.open_battles:
            raise ConsentRequired(id)
        parts = self.invitations
        if not await parts.terms.may_have_another(tx, room.tenant, room.owner, parts.changes.now()):
            raise BattleLimitReached(id)

    async def match(self, actor: Actor, room: RoomId, category: str) -> Matched:
        """Let a room wait for an opponent in a category ("": its own), and look for one.

        Raises ``AlreadyConnected`` for a room that is connected with others.
        """
        parts = self.invitations
        ranked = await parts.requests.check(actor, room)

        async def work(tx: Tx) -> TransactionResult[WaitingRoom]:
            own = await parts.requests.own(tx, await lock_rooms(tx, [room]), ranked, actor)
            if own.options.battle is not None:
                raise RoomBattling(own.options.battle.id)
            if own.options.connection is not None:
                raise AlreadyConnected
            now = parts.changes.now()
            if not await parts.terms.may_have_another(tx, own.tenant, own.owner, now):
                raise BattleLimitReached
            known = await tx.battle_queue.get(room)
            since = known.created if known is not None and known.is_open(now) else now
            of = category or own.category
            waiting = WaitingRoom(
                own.id, own.tenant, of, own.owner, actor.user, own.broadcast, since, now + parts.terms.wait
            )
            await tx.battle_queue.put(waiting)
            return TransactionResult(waiting)

        waiting = await parts.changes.commit(actor.tenant.name, work)
        await self.pair(waiting.tenant, waiting.category)
        now_is = await parts.changes.db.rooms.get(room)
        return Matched(None if now_is is None else now_is.options.battle, waiting)

    async def stop(self, room: RoomId) -> bool:
        """Let a room wait no longer; say whether it did."""

        async def work(tx: Tx) -> bool:
            await tx.rooms.lock(room)
            return await tx.battle_queue.drop(room)

        return await self.invitations.changes.db.transact(work)

    async def waiting(self, room: RoomId) -> WaitingRoom | None:
        """Return how a room waits, if it does."""
        found = await self.invitations.changes.db.battle_queue.get(room)
        return found if found is not None and found.is_open(self.invitations.changes.now()) else None

    async def pair_all(self) -> int:
        """Begin battles of rooms that still wait, and forget those that have waited long enough."""
        queue, now = self.invitations.changes.db.battle_queue, self.invitations.changes.now()
        await queue.drop_expired(now)
        return sum([await self.pair(*one) for one in await queue.categories(now, _CATEGORIES)])

    async def pair(self, tenant: TenantName, category: str) -> int:
        """Begin battles between rooms that wait in a category, who waits longest first; return how many began."""
        changes, begun = self.invitations.changes, 0
        left = list(await self._there(await changes.db.battle_queue.first(tenant, category, changes.now(), _FIRST)))
        while len(left) > 1:
            first = left.pop(0)
            refused = await self._refused(first, left)
            for other in [one for one in left if one.room not in refused]:
                if await self._begin_pair(first, other):
                    left.remove(other)
                    begun += 1
                    break
        return begun

    async def _there(self, waiting: Sequence[WaitingRoom]) -> Sequence[WaitingRoom]:
        """Return those of the rooms whose host is there."""
        found = await self.invitations.requests.live.rooms([one.room for one in waiting])
        there = {room.id for room in found if not room.hidden}
        return [one for one in waiting if one.room in there]

    async def _refused(self, first: WaitingRoom, others: Sequence[WaitingRoom]) -> set[RoomId]:
        """Return those of the rooms whose owner has blocked the first one's, or is blocked by them."""
        blocks, owners = self.invitations.changes.db.blocks, {one.owner for one in others}
        found = set(await blocks.blockers_among(first.owner, owners))
        for owner in owners - found:
            if await blocks.blockers_among(owner, [first.owner]):
                found.add(owner)
        return {one.room for one in others if one.owner in found}

    async def _begin_pair(self, first: WaitingRoom, other: WaitingRoom) -> bool:
        """Begin a battle between two waiting rooms, unless one of them waits no longer or cannot have one."""
        parts = self.invitations

        async def work(tx: Tx) -> TransactionResult[bool]:
            rooms, now = await lock_rooms(tx, [first.room, other.room]), parts.changes.now()
            for one in (first, other):
                if await tx.battle_queue.get(one.room) is None:
                    return TransactionResult(False)
                if not await self._can_be_paired(tx, rooms, one):
                    await tx.battle_queue.drop(one.room)
                    return TransactionResult(False)
            own = rooms[first.room]
            row = parts.made(own, first.by, parts.terms.duration, now, due=now)
            pair = ((first, 1), (other, 2))
            wanting = [InvitedRoom(one.room, one.broadcast, one.owner, side, True) for one, side in pair]
            await tx.battles.add(row, wanting)
            begun = await parts.start.begin(tx, rooms, row, wanting, now)
            if begun is None:
                await tx.battles.drop(row.id)
                return TransactionResult(False)
            return TransactionResult(True, begun.changed)

        return await parts.changes.commit(first.tenant, work)

    async def _can_be_paired(self, tx: Tx, rooms: Locked, one: WaitingRoom) -> bool:
        room, now = rooms.get(one.room), self.invitations.changes.now()
        if room is None or room.state is not RoomStatus.LIVE or room.broadcast != one.broadcast:
            return False
        if room.options.battle is not None or room.options.connection is not None:
            return False
        is_free = await self.invitations.terms.may_have_another(tx, room.tenant, room.owner, now)
        return is_free and not await is_muted(tx, room, room.owner, now)
