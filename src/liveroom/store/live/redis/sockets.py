"""Sockets as signs of life on Redis: part of their sessions' records. The rules are in ``lua/modules/sockets.lua``."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from liveroom.domain.errors import DeviceRefused, TokenInvalid
from liveroom.domain.events.model import Devices, Socket
from liveroom.domain.ids import SessionId, UserId, user_bucket
from liveroom.domain.moments import milliseconds, moment
from liveroom.domain.presence.signs import SOCKET, SOCKET_CLOSED
from liveroom.store.batching import BATCH, Batches
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.records import pack
from liveroom.store.live.redis.schema.arguments.users import SocketsArguments
from liveroom.store.live.redis.schema.given import NamedSocketRow, OpeningRow
from liveroom.store.live.redis.session_cache import SessionCache
from liveroom.store.live.redis.users import RedisUsers

_LEASE: Final = milliseconds(SOCKET)
_GRACE: Final = milliseconds(SOCKET_CLOSED)
_DEVICES: Final = {Devices.ALLOW: 0, Devices.REPLACE: 1, Devices.REFUSE: 2}
_read_opened: Final = msgspec.msgpack.Decoder(list[bool | list[str]]).decode


class RedisSockets:
    """``ports.Sockets``."""

    def __init__(self, core: RedisCore, users: RedisUsers, session_cache: SessionCache) -> None:
        self._core = core
        self._users = users
        self._session_cache = session_cache
        self._opening = Batches(self._open)
        self._closing = Batches(self._close)

    async def open(self, socket: Socket, *, issued: datetime, devices: Devices) -> Sequence[SessionId]:
        opening = OpeningRow(socket.user, socket.session, socket.client, moment(issued), _DEVICES[devices])
        answer = await self._opening.ask(user_bucket(socket.user), opening)
        if answer is False:
            self._session_cache.over(socket.user, (socket.session,), None)
            raise TokenInvalid
        if answer is True:
            raise DeviceRefused
        self._session_cache.good(socket.user, socket.session)
        return [SessionId(session) for session in answer]

    async def renew(self, sockets: Sequence[Socket]) -> Sequence[Socket]:
        by_bucket: dict[int, list[Socket]] = {}
        for socket in sockets:
            by_bucket.setdefault(user_bucket(socket.user), []).append(socket)
        answers = await asyncio.gather(
            *(
                self._renew(bucket, part[first : first + BATCH])
                for bucket, part in by_bucket.items()
                for first in range(0, len(part), BATCH)
            ),
            return_exceptions=True,
        )
        ended: list[Socket] = []
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            ended += answer
        return ended

    async def close(self, sockets: Sequence[Socket]) -> None:
        await asyncio.gather(*(self._closing.ask(user_bucket(socket.user), socket) for socket in sockets))

    async def of(self, user: UserId) -> Sequence[Socket]:
        found = (await self._users.records([user])).get(user)
        if found is None:
            return []
        row, now = found
        return [
            Socket(socket.client, user, SessionId(session.id))
            for session in row.sessions
            for socket in session.sockets
            if not socket.closed and socket.expires > now
        ]

    async def finish(self) -> None:
        """Return when everything on its way has arrived."""
        await asyncio.gather(self._opening.close(), self._closing.close())

    async def _open(self, bucket: int, openings: Sequence[OpeningRow]) -> Sequence[bool | list[str]]:
        return _read_opened(await self._run("open_sockets", bucket, openings))

    async def _renew(self, bucket: int, sockets: Sequence[Socket]) -> Sequence[Socket]:
        answer: bytes = await self._run("renew_sockets", bucket, _named(sockets))
        ended = []
        for socket, found in zip(sockets, answer, strict=True):
            if found == 49:
                self._session_cache.good(socket.user, socket.session)
            else:
                self._session_cache.over(socket.user, (socket.session,), None)
                ended.append(socket)
        return ended

    async def _close(self, bucket: int, sockets: Sequence[Socket]) -> Sequence[None]:
        await self._run("close_sockets", bucket, _named(sockets))
        return [None] * len(sockets)

    async def _run(self, script: str, bucket: int, sockets: Sequence[Any]) -> Any:
        args = SocketsArguments(sockets=pack(sockets), lease=_LEASE, grace=_GRACE)
        return await self._core.users(script, bucket, *args)


def _named(sockets: Sequence[Socket]) -> list[NamedSocketRow]:
    return [NamedSocketRow(socket.user, socket.session, socket.client) for socket in sockets]
