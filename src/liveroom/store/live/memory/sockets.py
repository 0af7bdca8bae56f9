"""Sockets as signs of life, in memory. What a lease is stands in ``user_records.SessionRecord``."""

from collections.abc import Sequence
from datetime import datetime

from liveroom.domain.errors import DeviceRefused, TokenInvalid
from liveroom.domain.events.model import Devices, Socket
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.moments import moment
from liveroom.ports import Clock
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.user_buckets import UserBucket
from liveroom.store.live.memory.user_records import UserRecord
from liveroom.store.live.memory.users import MemoryUsers


class MemorySockets:
    """``ports.Sockets``."""

    def __init__(self, users: MemoryUsers, clock: Clock) -> None:
        self._users = users
        self._clock = clock

    async def open(self, socket: Socket, *, issued: datetime, devices: Devices) -> Sequence[SessionId]:
        bucket = await self._users.ready(socket.user)
        now = read(self._clock)
        others = _connected(bucket, socket, now) if devices is not Devices.ALLOW else []
        if others and devices is Devices.REFUSE:
            if bucket.is_over(socket.user, socket.session, moment(issued)):
                raise TokenInvalid
            raise DeviceRefused
        self._renew(bucket, socket, moment(issued), now)
        return others

    async def renew(self, sockets: Sequence[Socket]) -> Sequence[Socket]:
        ended = []
        for socket in sockets:
            bucket = await self._users.ready(socket.user)
            try:
                self._renew(bucket, socket, 0, read(self._clock))
            except TokenInvalid:
                ended.append(socket)
        return ended

    async def close(self, sockets: Sequence[Socket]) -> None:
        for socket in sockets:
            bucket = await self._users.ready(socket.user)
            record = bucket.users.get(socket.user)
            session = None if record is None else record.sessions.get(socket.session)
            if record is not None and session is not None:
                session.close_socket(socket.client, read(self._clock), self._users.waits)
                self._arm(bucket, socket, record)

    async def of(self, user: UserId) -> Sequence[Socket]:
        record = await self._users.record(user)
        now = read(self._clock)
        sessions = {} if record is None else record.sessions
        return [Socket(client, user, id) for id, session in sessions.items() for client in session.open_sockets(now)]

    def _renew(self, bucket: UserBucket, socket: Socket, issued: int, now: int) -> None:
        """Renew the lease; raises ``TokenInvalid``. ``issued`` counts for a session that was not known."""
        if bucket.session(socket.user, socket.session) is None:
            bucket.recognise(socket.user, socket.session, issued, now)
        record = bucket.users[socket.user]
        record.sessions[socket.session].renew_socket(socket.client, now, self._users.waits)
        self._arm(bucket, socket, record)

    def _arm(self, bucket: UserBucket, socket: Socket, record: UserRecord) -> None:
        bucket.arm(socket.user, record, record.next_look(self._users.waits, bucket.hold))


def _connected(bucket: UserBucket, socket: Socket, now: int) -> list[SessionId]:
    """Return the user's other sessions that have an open socket."""
    record = bucket.users.get(socket.user)
    if record is None:
        return []
    return [id for id, session in record.sessions.items() if id != socket.session and session.is_connected(now)]
