"""Asking other rooms for a connection, and answering them.

A request is a row that waits for its answer; whoever writes it holds the rows of both rooms. The hosts of both are told
on their own channels, after the commit: who misses that finds the request in ``connections/current``.

A room that is connected can ask others, and cannot be asked: whoever joins is free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.connections.model import (
    WAIT_MAX,
    AskAnswer,
    AskOutcome,
    ConnectionRequest,
    RoomConnection,
    join,
    outcome,
)
from liveroom.domain.connections.payloads import connection_answered, connection_asked
from liveroom.domain.errors import AlreadyConnected, BadRequest, RequestNotFound, UserMuted
from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import RoomId, UserId, new_id
from liveroom.domain.rooms.model import Room, RoomStatus, running_room
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Live, Tx
from liveroom.usecases.connections.changes import ConnectionChanges, TransactionResult
from liveroom.usecases.connections.rows import Locked, connected, lock_rooms, put_connection
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.ranks import Ranked, Ranks, check_in, role_of

CALLS: Final = 60
"""Rooms that one user may ask, and answers that they may give, within ``WINDOW``."""
WINDOW: Final = timedelta(minutes=1)
_AT_ONCE: Final = 200

Owners = tuple[UserId, ...]
"""Those of the two rooms that a request is about."""


class Asked(NamedTuple):
    """What became of a request to one room."""

    room: RoomId
    outcome: AskOutcome
    request: ConnectionRequest | None = None


class _Decided(NamedTuple):
    asked: Asked
    owners: Owners = ()
    """Who hears of it: nobody, where nothing has changed."""


@dataclass(frozen=True, slots=True)
class ConnectionRequests:
    """Each call raises ``RateLimited``, ``RoomNotFound``, and ``PermissionDenied`` for who may not connect the room."""

    changes: ConnectionChanges
    live: Live
    ranks: Ranks
    notifier: UserNotifier
    wait: timedelta = WAIT_MAX
    """How long a request waits for its answer."""

    async def ask(self, actor: Actor, room: RoomId, others: Sequence[RoomId]) -> Sequence[Asked]:
        """Ask other rooms; say of each what became of it.

        A room that is free joins one that has asked it. Raises ``UserMuted``, ``BadRequest``.
        """
        if not others or room in others:
            raise BadRequest("roomIds: one or more other rooms are required")
        ranked = await self.check(actor, room, len(others))
        there = await self.reached(actor, others)
        return [
            await self._ask(actor, ranked, other) if other in there else Asked(other, AskOutcome.MISSING)
            for other in others
        ]

    async def reached(self, actor: Actor, others: Sequence[RoomId]) -> frozenset[RoomId]:
        """Return those of the rooms that are on and that the actor reaches: who has blocked them is as if not there."""
        found = [room for room in await self.live.rooms(others) if not room.hidden]
        if not found:
            return frozenset()
        blockers = await self.changes.db.blocks.blockers_among(actor.user, {room.owner for room in found})
        return frozenset(room.id for room in found if room.owner not in blockers)

    async def accept(self, actor: Actor, room: RoomId, id: str) -> RoomConnection:
        """Accept a request to the room; return its connection.

        Raises ``RequestNotFound`` where it is not open any more, ``UserMuted``; ``AlreadyConnected`` where the room is
        connected by now, ``ConnectionFull``: these two leave the request open.
        """
        ranked, request = await self._answering(actor, room, id)

        async def work(tx: Tx) -> TransactionResult[tuple[RoomConnection, Owners]]:
            rooms = await lock_rooms(tx, [request.room, room])
            own, asking = await self.own(tx, rooms, ranked, actor), rooms.get(request.room)
            found = await tx.connections.request_between(request.room, room)
            if (
                asking is None
                or asking.state is not RoomStatus.LIVE
                or found != request
                or _is_old(request, asking, own)
            ):
                raise RequestNotFound
            connection, changed = await self._connect(tx, rooms, asking, own)
            return TransactionResult((connection, (asking.owner, own.owner)), changed)

        connection, owners = await self.changes.commit(actor.tenant.name, work)
        await self._tell_answer(request, AskAnswer.ACCEPTED, owners, by=actor.user)
        return connection

    async def refuse(self, actor: Actor, room: RoomId, id: str) -> None:
        """Refuse a request to the room. Raises ``RequestNotFound``."""
        _, request = await self._answering(actor, room, id)
        if not await self._end(request, AskAnswer.REFUSED, by=actor.user):
            raise RequestNotFound

    async def cancel(self, actor: Actor, room: RoomId, id: str) -> None:
        """Take back a request of the room, "" all of them. Raises ``RequestNotFound`` for one that is not open."""
        await self.check(actor, room)
        requests = [one for one in await self.waiting(room) if one.room == room and id in ("", one.id)]
        ended = [await self._end(request, AskAnswer.CANCELLED, by=actor.user) for request in requests]
        if id and not any(ended):
            raise RequestNotFound

    async def waiting(self, room: RoomId) -> Sequence[ConnectionRequest]:
        """Return open requests of a room and to it, those made first first."""
        now = self.changes.now()
        return [one for one in await self.changes.db.connections.requests_of(room) if one.is_open(now)]

    async def check(self, actor: Actor, room: RoomId, count: int = 1) -> Ranked:
        """Return what the actor is to a room that they may connect; ``count``: of how many rooms it is about."""
        await check_rate(self.live, f"connections:{actor.user}", limit=CALLS, window=WINDOW, count=count)
        return await self.ranks.check(actor, room, Right.CONNECT)

    async def expire(self) -> int:
        """End requests that nobody has answered in time; return how many."""
        over = await self.changes.db.connections.expired_requests(self.changes.now(), _AT_ONCE)
        return sum([await self._end(request, AskAnswer.EXPIRED, by=None) for request in over])

    async def _answering(self, actor: Actor, room: RoomId, id: str) -> tuple[Ranked, ConnectionRequest]:
        ranked = await self.check(actor, room)
        request = await self.changes.db.connections.request(id)
        if request is None or request.asked != room or not request.is_open(self.changes.now()):
            raise RequestNotFound
        return ranked, request

    async def _ask(self, actor: Actor, ranked: Ranked, other: RoomId) -> Asked:
        async def work(tx: Tx) -> TransactionResult[_Decided]:
            rooms = await lock_rooms(tx, [ranked.room.id, other])
            own, asked = await self.own(tx, rooms, ranked, actor), rooms.get(other)
            if asked is None or not await may_be_asked(tx, own, asked, actor.user, self.changes.now()):
                return TransactionResult(_Decided(Asked(other, AskOutcome.MISSING)))
            theirs = await tx.connections.request_between(asked.id, own.id)
            is_wanted = theirs is not None and theirs.is_open(self.changes.now()) and not _is_old(theirs, own, asked)
            if theirs is None or not is_wanted or own.options.connection is not None:
                return TransactionResult(await self._request(tx, own, asked, actor.user))
            if (why := outcome(asked.id, asked.options.connection, None)) is not None:
                return TransactionResult(_Decided(Asked(other, why)))
            _, changed = await self._connect(tx, rooms, asked, own)
            owners = asked.owner, own.owner
            return TransactionResult(_Decided(Asked(other, AskOutcome.CONNECTED, theirs), owners), changed)

        decided = await self.changes.commit(actor.tenant.name, work)
        asked, owners = decided
        if asked.request is not None and asked.outcome is AskOutcome.CONNECTED:
            await self._tell_answer(asked.request, AskAnswer.ACCEPTED, owners, by=actor.user)
        elif asked.request is not None and owners:
            await self._tell_request(asked.request, owners)
        return asked

    async def _request(self, tx: Tx, own: Room, asked: Room, by: UserId) -> _Decided:
        """Add a request, unless there is an open one or the room cannot be asked."""
        if (why := outcome(own.id, own.options.connection, asked.options.connection)) is not None:
            return _Decided(Asked(asked.id, why))
        now, known = self.changes.now(), await tx.connections.request_between(own.id, asked.id)
        if known is not None and known.is_open(now) and not _is_old(known, own, asked):
            return _Decided(Asked(asked.id, AskOutcome.REQUESTED, known))
        if known is not None:
            await tx.connections.drop_request(known.id)
        request = ConnectionRequest(new_id(now), own.tenant, own.id, asked.id, by, now, now + self.wait)
        await tx.connections.add_request(request)
        return _Decided(Asked(asked.id, AskOutcome.REQUESTED, request), (own.owner, asked.owner))

    async def _connect(
        self, tx: Tx, rooms: Locked, asking: Room, joining: Room
    ) -> tuple[RoomConnection, Sequence[RoomId]]:
        """Let a room into the connection of the one that has asked it, and drop what they have asked each other.

        Returns the connection and the rooms that have changed. Raises ``AlreadyConnected``, ``ConnectionFull``.
        """
        if joining.options.connection is not None:
            raise AlreadyConnected
        now, (asks, joins) = self.changes.now(), (await connected(tx, asking), await connected(tx, joining))
        connection = join(asks, asking.options.connection, joins, new_id(now), now)
        changed = await put_connection(tx, self.changes.recorder, rooms, connection, now)
        for pair in ((asking.id, joining.id), (joining.id, asking.id)):
            if (request := await tx.connections.request_between(*pair)) is not None:
                await tx.connections.drop_request(request.id)
        return connection, list(changed)

    async def own(self, tx: Tx, rooms: Locked, ranked: Ranked, actor: Actor) -> Room:
        """Return the actor's room if it is live and they may connect it, by what the transaction reads."""
        own = running_room(rooms.get(ranked.room.id), actor.tenant.name)
        await check_in(tx, own, actor, Right.CONNECT, role_of(ranked))
        if await is_muted(tx, own, own.owner, self.changes.now()):
            raise UserMuted
        return own

    async def _end(self, request: ConnectionRequest, answer: AskAnswer, *, by: UserId | None) -> bool:
        """Drop a request, and tell both hosts how it ended; say whether it was there: of several who try one does."""

        async def work(tx: Tx) -> Owners | None:
            rooms = [await tx.rooms.lock(id) for id in sorted((request.room, request.asked))]
            is_there = await tx.connections.drop_request(request.id)
            return tuple(room.owner for room in rooms if room is not None) if is_there else None

        owners = await self.changes.db.transact(work)
        if owners is not None:
            await self._tell_answer(request, answer, owners, by=by)
        return owners is not None

    async def _tell_request(self, request: ConnectionRequest, owners: Owners) -> None:
        user = await self.changes.db.users.get(request.by)
        name, avatar = (user.name, user.avatar) if user is not None else ("", "")
        asked = connection_asked(request, name, avatar, self.changes.now())
        for owner in dict.fromkeys(owners):
            await self.notifier.notify(owner, EventKind.CONNECTION_REQUESTED, asked, by=request.by)

    async def _tell_answer(
        self, request: ConnectionRequest, answer: AskAnswer, owners: Owners, *, by: UserId | None
    ) -> None:
        answered = connection_answered(request, answer)
        for owner in dict.fromkeys(owners):
            await self.notifier.notify(owner, EventKind.CONNECTION_ANSWERED, answered, by=by)


def _is_old(request: ConnectionRequest, *rooms: Room) -> bool:
    """Say whether the request is of an earlier broadcast of one of its rooms."""
    return any(room.opened > request.created for room in rooms)


async def may_be_asked(tx: Tx, own: Room, asked: Room, by: UserId, now: datetime) -> bool:
    """Say whether a room is there for somebody who would connect theirs with it."""
    if asked.tenant != own.tenant or asked.state is not RoomStatus.LIVE:
        return False
    access = await tx.room_access.get(asked.id, by) if asked.options.guarded else None
    is_barred = access is not None and (access.is_banned(now) or access.is_muted(now))
    return not is_barred and not await is_muted(tx, asked, asked.owner, now)


async def is_muted(tx: Tx, room: Room, user: UserId, now: datetime) -> bool:
    access = await tx.room_access.get(room.id, user) if room.options.guarded else None
    return access is not None and access.is_muted(now)
