"""Inviting rooms to a battle, and answering.

An invitation is a battle's row in the state *invited*; whoever changes it holds the rows of all its rooms, then its
own. Hosts are told on their own channels, after the commit: who misses that finds it in ``battles/current``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.battles.failures import BattleLimitReached, RoomBattling
from liveroom.domain.battles.model import (
    DURATION_MAX,
    DURATION_MIN,
    Battle,
    BattleState,
    InviteAnswer,
    InvitedRoom,
    InviteOutcome,
    RoomBattle,
    read_sides,
)
from liveroom.domain.battles.payloads import BattleGuest, InvitationAnswered, battle_invitation
from liveroom.domain.connections.model import ROOMS_MAX
from liveroom.domain.errors import BadRequest, RequestNotFound
from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import RoomId, UserId, new_id
from liveroom.domain.rooms.model import Room
from liveroom.ports import Tx
from liveroom.usecases.battles.starting import BattleStart
from liveroom.usecases.battles.terms import BattleTerms
from liveroom.usecases.connections.changes import ConnectionChanges, TransactionResult
from liveroom.usecases.connections.requests import ConnectionRequests, may_be_asked
from liveroom.usecases.connections.rows import Locked, lock_rooms
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.rooms.ranks import Ranked


class WantedBattle(NamedTuple):
    """What a host wants."""

    room: RoomId
    others: Sequence[RoomId]
    sides: Sequence[int] = ()
    """Of each of the others; none: each is a side of its own. The host's room is side 1."""
    duration: timedelta | None = None

    def read(self, terms: BattleTerms) -> tuple[Sequence[int], timedelta]:
        """Return the sides of the others, and the length. Raises ``BadRequest``."""
        if not self.others or self.room in self.others or len(set(self.others)) < len(self.others):
            raise BadRequest("roomIds: one or more other rooms are required, each once")
        duration = terms.duration if self.duration is None else self.duration
        if not DURATION_MIN <= duration <= DURATION_MAX:
            raise BadRequest("duration: 30 to 3600 seconds")
        return read_sides(self.others, self.sides), duration


class InviteResult(NamedTuple):
    """What became of an invitation: where not all rooms could be invited, none is."""

    battle: Battle | None
    outcomes: Sequence[tuple[RoomId, InviteOutcome]]


class _Closed(NamedTuple):
    """What an answer has done: the battle that has begun, or that there will be none."""

    owners: Collection[UserId]
    battle: RoomBattle | None = None
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class BattleInvitations:
    """Each call raises ``RateLimited``, ``RoomNotFound``, and ``PermissionDenied`` for who may not connect the room."""

    changes: ConnectionChanges
    requests: ConnectionRequests
    start: BattleStart
    notifier: UserNotifier

    @property
    def terms(self) -> BattleTerms:
        return self.start.terms

    def now(self) -> datetime:
        """Return the server's time, by which all of it is decided."""
        return self.changes.now()

    async def invite(self, actor: Actor, wanted: WantedBattle) -> InviteResult:
        """Invite other rooms to a battle, all or none. While an invitation is open the same one is returned again.

        Raises ``BadRequest``, ``UserMuted``, ``RoomBattling``, ``BattleLimitReached``.
        """
        sides, duration = wanted.read(self.terms)
        ranked = await self.requests.check(actor, wanted.room, len(wanted.others))
        there = await self.requests.reached(actor, wanted.others)

        async def work(tx: Tx) -> TransactionResult[tuple[InviteResult, Locked]]:
            rooms = await lock_rooms(tx, [wanted.room, *wanted.others])
            own = await self._own(tx, rooms, ranked, actor)
            if (again := await self._again(tx, wanted, sides)) is not None:
                return TransactionResult((again, {}))
            judged = [(id, await self._outcome(tx, own, rooms.get(id), actor, id in there)) for id in wanted.others]
            outcomes = _with_full(own, judged)
            if any(outcome is not InviteOutcome.INVITED for _, outcome in outcomes):
                return TransactionResult((InviteResult(None, outcomes), {}))
            battle = await self._add(tx, own, rooms, wanted, sides, duration, actor.user)
            return TransactionResult((InviteResult(battle, outcomes), rooms))

        invited, rooms = await self.changes.commit(actor.tenant.name, work)
        if invited.battle is not None and rooms:
            await self._tell_invitation(invited.battle, {rooms[id].owner for id in (wanted.room, *wanted.others)})
        return invited

    async def accept(self, actor: Actor, room: RoomId, id: str) -> RoomBattle | None:
        """Accept an invitation; return the battle if that has begun: all have answered.

        Raises ``RequestNotFound`` where it is not open, or the battle cannot be any more; ``UserMuted``,
        ``RoomBattling``, ``BattleLimitReached``.
        """
        ranked = await self.requests.check(actor, room)

        async def work(tx: Tx) -> TransactionResult[_Closed]:
            rooms, row, invited = await self._open(tx, id, room)
            await self._own(tx, rooms, ranked, actor)
            await tx.battles.accept(id, room)
            answered = [one._replace(has_accepted=True) if one.room == room else one for one in invited]
            return await self._after_answer(tx, rooms, row, answered)

        done = await self.changes.commit(actor.tenant.name, work)
        await self._tell(id, room, InviteAnswer.ACCEPTED, done.owners, by=actor.user)
        if done.is_off:
            raise RequestNotFound
        return done.battle

    async def refuse(self, actor: Actor, room: RoomId, id: str) -> None:
        """Refuse an invitation. Raises ``RequestNotFound``."""
        await self.requests.check(actor, room)

        async def work(tx: Tx) -> TransactionResult[_Closed]:
            rooms, row, invited = await self._open(tx, id, room)
            await tx.battles.withdraw(id, [room])
            done = await self._after_answer(tx, rooms, row, [one for one in invited if one.room != room])
            owners = {*done.result.owners, *(rooms[one.room].owner for one in invited if one.room in rooms)}
            return done._replace(result=done.result._replace(owners=owners))

        done = await self.changes.commit(actor.tenant.name, work)
        await self._tell(id, room, InviteAnswer.REFUSED, done.owners, by=actor.user)

    async def cancel(self, actor: Actor, room: RoomId, id: str) -> bool:
        """Take back the room's open invitation ("": whichever it is); say whether there was one."""
        await self.requests.check(actor, room)
        found = [one for one in await self.open_of(self.changes.db, room) if one.room == room and id in ("", one.id)]
        return any([await self._close(one.id, InviteAnswer.CANCELLED, by=actor.user) for one in found])

    async def expire(self, id: str) -> bool:
        """Close an invitation whose time is over: the battle begins with those who have accepted if they are enough."""

        async def work(tx: Tx) -> TransactionResult[_Closed | None]:
            found = await _locked(tx, id)
            if found is None or found[1].due is None or found[1].due > self.changes.now():
                return TransactionResult(None)
            rooms, row, invited = found
            accepted = [one for one in invited if one.has_accepted]
            done = await self._after_answer(tx, rooms, row, accepted)
            owners = [rooms[one.room].owner for one in invited if one.room in rooms]
            return TransactionResult(done.result._replace(owners=owners), done.changed)

        row = await self.changes.db.battles.get(id)
        if row is None:
            return False
        done = await self.changes.commit(row.tenant, work)
        if done is not None and done.is_off:
            await self._tell(id, row.room, InviteAnswer.EXPIRED, done.owners, by=None)
        return done is not None

    async def end(self, id: str) -> bool:
        """Close an open invitation for the operator; say whether there was one."""
        return await self._close(id, InviteAnswer.CANCELLED, by=None)

    async def open_of(self, tx: Tx, room: RoomId) -> Sequence[Battle]:
        """Return open invitations of a room and to it."""
        now = self.changes.now()
        found = await tx.battles.invitations_of(room, now)
        return [one for one in found if one.due is not None and now < one.due]

    async def guests(self, battle: Battle) -> Sequence[BattleGuest]:
        """Return the rooms of an invitation as hosts read them."""
        invited = await self.changes.db.battles.rooms_of(battle.id)
        users = {user.id: user for user in await self.changes.db.users.list(sorted({one.owner for one in invited}))}
        return [
            BattleGuest(
                room_id=one.room,
                user_id=one.owner,
                name=users[one.owner].name if one.owner in users else "",
                avatar=users[one.owner].avatar if one.owner in users else "",
                side=one.side,
                accepted=one.has_accepted,
            )
            for one in invited
        ]

    async def _own(self, tx: Tx, rooms: Locked, ranked: Ranked, actor: Actor) -> Room:
        """Return the actor's room if it can have a battle, by what the transaction reads."""
        own = await self.requests.own(tx, rooms, ranked, actor)
        if own.options.battle is not None:
            raise RoomBattling(own.options.battle.id)
        if not await self.terms.may_have_another(tx, own.tenant, own.owner, self.changes.now()):
            raise BattleLimitReached
        return own

    async def _again(self, tx: Tx, wanted: WantedBattle, sides: Sequence[int]) -> InviteResult | None:
        """Return the room's open invitation if it is the same as this. Raises ``RoomBattling`` for another one."""
        known = next((one for one in await self.open_of(tx, wanted.room) if one.room == wanted.room), None)
        if known is None:
            return None
        invited = await tx.battles.rooms_of(known.id)
        said = dict(zip(wanted.others, sides, strict=True))
        if {one.room: one.side for one in invited if one.room != wanted.room} != said:
            raise RoomBattling("an invitation of the room is open: cancel it first")
        return InviteResult(known, [(id, InviteOutcome.INVITED) for id in wanted.others])

    async def _outcome(self, tx: Tx, own: Room, other: Room | None, actor: Actor, is_there: bool) -> InviteOutcome:
        now = self.changes.now()
        if not is_there or other is None or not await may_be_asked(tx, own, other, actor.user, now):
            return InviteOutcome.MISSING
        if other.options.battle is not None:
            return InviteOutcome.BATTLING
        theirs = other.options.connection
        if theirs is not None and not theirs.has(own.id):
            return InviteOutcome.ELSEWHERE
        is_free = await self.terms.may_have_another(tx, other.tenant, other.owner, now)
        return InviteOutcome.INVITED if is_free else InviteOutcome.LIMITED

    async def _add(
        self,
        tx: Tx,
        own: Room,
        rooms: Locked,
        wanted: WantedBattle,
        sides: Sequence[int],
        duration: timedelta,
        by: UserId,
    ) -> Battle:
        now = self.changes.now()
        battle = self.made(own, by, duration, now, due=now + self.terms.wait)
        others = [
            InvitedRoom(id, rooms[id].broadcast, rooms[id].owner, side, has_accepted=False)
            for id, side in zip(wanted.others, sides, strict=True)
        ]
        await tx.battles.add(battle, [InvitedRoom(own.id, own.broadcast, own.owner, 1, has_accepted=True), *others])
        return battle

    def made(self, own: Room, by: UserId, duration: timedelta, now: datetime, *, due: datetime) -> Battle:
        """Return a battle that a room has made, and that is not begun."""
        return Battle(
            id=new_id(now),
            tenant=own.tenant,
            state=BattleState.INVITED,
            room=own.id,
            by=by,
            duration=duration,
            shown=self.terms.shown_in(own.tenant),
            rule=self.terms.rule,
            created=now,
            due=due,
        )

    async def _open(self, tx: Tx, id: str, room: RoomId) -> tuple[Locked, Battle, Sequence[InvitedRoom]]:
        """Lock an open invitation to a room, and return it. Raises ``RequestNotFound``."""
        found = await _locked(tx, id)
        if found is None or found[1].due is None or found[1].due <= self.changes.now() or found[1].room == room:
            raise RequestNotFound
        rooms, _, invited = found
        if not any(one.room == room and room in rooms and rooms[room].broadcast == one.broadcast for one in invited):
            raise RequestNotFound
        return found

    async def _after_answer(
        self, tx: Tx, rooms: Locked, row: Battle, invited: Sequence[InvitedRoom]
    ) -> TransactionResult[_Closed]:
        """Begin the battle if all have answered, or drop it if it has no other side."""
        owners = [rooms[one.room].owner for one in invited if one.room in rooms]
        has_sides = len({one.side for one in invited}) > 1
        if has_sides and not all(one.has_accepted for one in invited):
            return TransactionResult(_Closed(owners))
        begun = await self.start.begin(tx, rooms, row, invited, self.changes.now()) if has_sides else None
        if begun is None:
            await tx.battles.drop(row.id)
            return TransactionResult(_Closed(owners, is_off=True))
        return TransactionResult(_Closed(owners, begun.battle), begun.changed)

    async def _close(self, id: str, answer: InviteAnswer, *, by: UserId | None) -> bool:
        """Drop an invitation, and tell its hosts; say whether it was there: of several who try one does."""

        async def work(tx: Tx) -> tuple[Battle, Collection[UserId]] | None:
            found = await _locked(tx, id)
            if found is None:
                return None
            rooms, row, invited = found
            await tx.battles.drop(id)
            return row, {rooms[one.room].owner for one in invited if one.room in rooms}

        closed = await self.changes.db.transact(work)
        if closed is not None:
            await self._tell(id, closed[0].room, answer, closed[1], by=by)
        return closed is not None

    async def _tell_invitation(self, battle: Battle, owners: Collection[UserId]) -> None:
        invitation = battle_invitation(battle, await self.guests(battle), self.changes.now())
        for owner in sorted(owners):
            await self.notifier.notify(owner, EventKind.BATTLE_INVITED, invitation, by=battle.by)

    async def _tell(
        self, id: str, room: RoomId, answer: InviteAnswer, owners: Collection[UserId], *, by: UserId | None
    ) -> None:
        answered = InvitationAnswered(battle_id=id, room_id=room, result=answer.value)
        for owner in sorted(set(owners)):
            await self.notifier.notify(owner, EventKind.BATTLE_ANSWERED, answered, by=by)


async def _locked(tx: Tx, id: str) -> tuple[Locked, Battle, Sequence[InvitedRoom]] | None:
    """Lock an invitation and its rooms; None: it is none any more."""
    ids = [one.room for one in await tx.battles.rooms_of(id)]
    rooms = await lock_rooms(tx, ids)
    row = await tx.battles.lock(id)
    if row is None or row.state is not BattleState.INVITED:
        return None
    return rooms, row, await tx.battles.rooms_of(id)


def _with_full(own: Room, outcomes: Sequence[tuple[RoomId, InviteOutcome]]) -> Sequence[tuple[RoomId, InviteOutcome]]:
    """Say of those that would come into the connection that it is full, if not all of them fit."""
    connection = own.options.connection
    inside = 1 if connection is None else len(connection.rooms)
    joining = [id for id, outcome in outcomes if outcome is InviteOutcome.INVITED and not _is_connected(own, id)]
    if inside + len(joining) <= ROOMS_MAX:
        return outcomes
    return [(id, InviteOutcome.FULL if id in joining else outcome) for id, outcome in outcomes]


def _is_connected(own: Room, other: RoomId) -> bool:
    return own.options.connection is not None and own.options.connection.has(other)
