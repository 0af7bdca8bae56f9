"""What hosts do with their streams: making one, its key, stopping and starting it. Moderators stop those of others."""

import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import NotSeated, PermissionDenied, QuotaExceeded, RoomNotFound
from liveroom.domain.events import streams as stream_events
from liveroom.domain.ids import RoomId, digest_of, new_id
from liveroom.domain.rooms.model import Room, RoomStatus, present_room
from liveroom.domain.rooms.permissions import Right, may
from liveroom.domain.streams.failures import StreamNotFound
from liveroom.domain.streams.lifecycle import STREAMS_MAX, PushedStream, StreamTask, removed, started, stopped
from liveroom.domain.streams.model import PushAddress, StreamName
from liveroom.ports import Live, Tx
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.streams.due import DueStreams
from liveroom.usecases.streams.rows import StreamChanges
from liveroom.usecases.streams.servers import StreamServers

CALLS: Final = 30
"""Changes by one user in a minute."""
_MINUTE: Final = timedelta(minutes=1)
_LETTERS: Final = string.ascii_lowercase + string.digits
_PREFIX: Final = "lr"
_RANDOM: Final = 30
"""Letters and digits: 155 random bits."""


class KeyedStream(NamedTuple):
    """A stream with the addresses that have its key, which nobody is shown again."""

    stream: PushedStream
    addresses: Sequence[PushAddress]


@dataclass(frozen=True, slots=True)
class Streams:
    """Makes and changes streams. Each call raises ``RateLimited``, ``StreamNotFound``, ``PermissionDenied``."""

    changes: StreamChanges
    servers: StreamServers
    live: Live
    ranks: Ranks
    due_streams: DueStreams
    key_lifetime: timedelta

    async def create(self, actor: Actor, room_id: RoomId, seat: int = 0, server: str = "") -> KeyedStream:
        """Make a stream of the actor's in a room that they host, or may open, or for the seat that they have there.

        ``server``: one that the tenant has; "": its default. Raises ``BadRequest``, ``RoomNotFound``, ``NotSeated``,
        ``QuotaExceeded``, ``NotOffered``, ``ProviderUnavailable``.
        """
        chosen = self.servers.chosen(actor.tenant.name, server)
        await self._count(actor)
        await self._check_may_push(actor, room_id, seat)
        now, secret = self.changes.now(), fresh_key()
        stream = PushedStream(
            id=new_id(now),
            tenant=actor.tenant.name,
            room=room_id,
            user=actor.user,
            server=chosen,
            name=fresh_name(),
            key_digest=digest_of(secret),
            key_expires=now + self.key_lifetime,
            created=now,
            seat=seat,
        )

        async def work(tx: Tx) -> None:
            present_room(await tx.rooms.lock(room_id), actor.tenant.name)
            known = [one for one in await tx.push_streams.of_room(room_id) if not one.is_removed]
            _check_number(known, stream)
            await tx.push_streams.add(stream, stream.due(self.changes.grace))

        await self.changes.db.transact(work)
        return KeyedStream(stream, await self.servers.push_addresses(stream, secret))

    async def rotate_key(self, actor: Actor, id: str) -> KeyedStream:
        """Give a stream of the actor's another key. Whoever pushes goes on, and does not come back with the old one.

        Raises ``NotOffered``, ``ProviderUnavailable``.
        """
        found = await self._own(actor, id)
        await self._check_may_push(actor, found.room, found.seat)
        secret, now = fresh_key(), self.changes.now()

        async def work(tx: Tx) -> PushedStream:
            room = await tx.rooms.lock(found.room)
            stream = await tx.push_streams.lock(id)
            if stream is None or stream.is_removed:
                raise StreamNotFound
            rotated = replace(stream, key_digest=digest_of(secret), key_expires=now + self.key_lifetime)
            await self.changes.put(tx, room, stream, rotated)
            if room is not None:
                await self.changes.recorder.record_for_room(tx, room, stream_events.key_rotated(room, rotated, now))
            return rotated

        rotated = await self.changes.db.transact(work)
        return KeyedStream(rotated, await self.servers.push_addresses(rotated, secret))

    async def list(self, actor: Actor, room_id: RoomId) -> Sequence[PushedStream]:
        """Return the streams of a room that the actor may change: their own, and those of others they may stop.

        Raises ``RoomNotFound``.
        """
        room = present_room(await self.changes.db.rooms.get(room_id), actor.tenant.name)
        streams = [one for one in await self.changes.db.push_streams.of_room(room_id) if not one.is_removed]
        if await self._oversees(actor, room):
            return streams
        return [one for one in streams if one.user == actor.user]

    async def start(self, actor: Actor, id: str) -> PushedStream:
        """Let encoders in again."""
        found = await self._own(actor, id)
        await self._check_may_push(actor, found.room, found.seat)
        return await self._change(found, started)

    async def stop(self, actor: Actor, id: str) -> PushedStream:
        """Cut the encoder off, and let none in until the stream is started again."""
        found = await self._theirs(actor, id)
        now = self.changes.now()
        return await self._change(found, lambda stream: stopped(stream, now))

    async def remove(self, actor: Actor, id: str) -> None:
        """Cut the encoder off and forget the stream."""
        found = await self._theirs(actor, id)
        now = self.changes.now()
        await self._change(found, lambda stream: removed(stream, now))

    async def _change(self, found: PushedStream, change: Callable[[PushedStream], PushedStream]) -> PushedStream:
        def work(stream: PushedStream, _room: Room | None) -> PushedStream:
            if stream.is_removed:
                raise StreamNotFound
            return change(stream)

        changed = await self.due_streams.change(found, work)
        if changed is None:
            raise StreamNotFound
        return changed

    async def _own(self, actor: Actor, id: str) -> PushedStream:
        found = await self._theirs(actor, id)
        if found.user != actor.user:
            raise PermissionDenied
        return found

    async def _theirs(self, actor: Actor, id: str) -> PushedStream:
        """Return a stream that is the actor's, or of a room that they oversee."""
        await self._count(actor)
        found = await self.changes.db.push_streams.get(id)
        if found is None or found.tenant != actor.tenant.name or found.task is StreamTask.REMOVE:
            raise StreamNotFound
        if found.user == actor.user:
            return found
        room = await self.changes.db.rooms.get(found.room)
        if room is None or not await self._oversees(actor, room):
            raise PermissionDenied
        return found

    async def _count(self, actor: Actor) -> None:
        await check_rate(self.live, f"streams:{actor.user}", limit=CALLS, window=_MINUTE)

    async def _check_may_push(self, actor: Actor, room_id: RoomId, seat: int) -> None:
        """Raise unless the actor may push a stream to the room: with that seat, as its host, or as who may open it."""
        room = present_room(await self.changes.db.rooms.get(room_id), actor.tenant.name)
        if seat:
            member = await self.live.member(room_id, actor.user)
            if member is None or member.seat != seat:
                raise NotSeated
        elif room.state is RoomStatus.LIVE:
            await self.ranks.check(actor, room_id, Right.STREAM)
        elif room.holder != actor.user:
            raise RoomNotFound

    async def _oversees(self, actor: Actor, room: Room) -> bool:
        """Say whether the actor may stop everybody's streams in a room."""
        if room.holder == actor.user or await self.ranks.is_admin(actor.user):
            return True
        if room.state is not RoomStatus.LIVE:
            return False
        try:
            return may((await self.ranks.of(room.tenant, room.id, actor.user)).rank, Right.OVERSEE)
        except RoomNotFound:
            return False


def _check_number(known: Sequence[PushedStream], fresh: PushedStream) -> None:
    """Raise ``QuotaExceeded`` unless a room may have another stream beside those that it has."""
    if not fresh.seat and sum(not one.seat for one in known) >= STREAMS_MAX:
        raise QuotaExceeded(f"at most {STREAMS_MAX} streams of a room")
    if fresh.seat and any(one.seat and one.user == fresh.user for one in known):
        raise QuotaExceeded("the seat has its stream")


def fresh_name() -> StreamName:
    """Return a name that nobody guesses."""
    return StreamName(_PREFIX + _random())


def is_our_name(name: str) -> bool:
    """Say whether a name has the form of those that we make: a server may have others, which are not ours to end."""
    return name.startswith(_PREFIX) and len(name) == len(_PREFIX) + _RANDOM and set(name) <= set(_LETTERS)


def fresh_key() -> str:
    """Return a secret that lets an encoder in."""
    return _random()


def _random() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
