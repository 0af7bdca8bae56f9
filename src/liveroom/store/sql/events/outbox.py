"""The outbox: what transactions tell, in the order of their ids, until it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import BindParameter, Integer, bindparam, delete, null, select, union_all, update

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.events.outbox import (
    GiftsSent,
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
from liveroom.domain.ids import SessionId, TenantName, UserId
from liveroom.domain.parts import parts
from liveroom.store.sql.dialect import Row, Statement, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import outbox, sessions, users

_KINDS: Final[dict[str, type[OutboxMessage]]] = {
    "room_changed": RoomChanged,
    "standing_changed": RoomAccessChanged,
    "metadata_changed": RoomMetadataChanged,
    "profile_changed": UserProfileChanged,
    "sessions_ended": SessionsEnded,
    "gifts_sent": GiftsSent,
}
_NAMES: Final = {
    RoomImported: "room_changed",
    RoomsChanged: "room_changed",
    RoomHanded: "room_changed",
    RoomTold: "room_changed",
    **{kind: name for name, kind in _KINDS.items()},
}
"""A room that was taken over, told of its change, or changed with others, is a change that says more, so that former
releases understand it."""
_DECODERS: Final = {name: msgspec.json.Decoder(kind) for name, kind in _KINDS.items()}
_SAYS_MORE: Final[Mapping[str, msgspec.json.Decoder[RoomChanged]]] = {
    '"arrivals"': msgspec.json.Decoder(RoomImported),
    '"heir"': msgspec.json.Decoder(RoomHanded),
    '"others"': msgspec.json.Decoder(RoomsChanged),
    '"event_id"': msgspec.json.Decoder(RoomTold),
}

_LIMIT: Final = bindparam("limit", type_=Integer)
_ROWS: Final[BindParameter[int]] = bindparam("rows", expanding=True)
_ADD: Final = Statement(lambda dialect: dialect.insert_numbered(outbox, outbox.c.id))
_DUE: Final = statement(
    select(outbox.c.id, outbox.c.tenant, outbox.c.subject, outbox.c.kind, outbox.c.body, outbox.c.created)
    .where(outbox.c.done == 0, outbox.c.id > bindparam("after"), outbox.c.created < bindparam("before"))
    .order_by(outbox.c.id)
    .limit(_LIMIT)
)
_DONE: Final = statement(update(outbox).where(outbox.c.id.in_(_ROWS)).values(done=1))
_OLD: Final = statement(
    select(outbox.c.id)
    .where(outbox.c.done == 1, outbox.c.created < bindparam("before"))
    .order_by(outbox.c.id)
    .limit(_LIMIT)
)
_DROP: Final = statement(delete(outbox).where(outbox.c.id.in_(_ROWS)))
_ENDED: Final = statement(
    union_all(
        select(sessions.c.user_id, sessions.c.id, sessions.c.ended).where(
            sessions.c.user_bucket == bindparam("bucket"), sessions.c.ended >= bindparam("since")
        ),
        select(users.c.id, null(), users.c.ended).where(
            users.c.user_bucket == bindparam("bucket"), users.c.ended >= bindparam("since")
        ),
    )
)
_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class SqlOutbox:
    """``ports.Outbox``."""

    _runner: Runner

    async def add(self, tenant: TenantName, message: OutboxMessage, at: datetime) -> OutboxRow:
        subject = message.user if isinstance(message, UserProfileChanged | SessionsEnded) else message.room
        body = msgspec.json.encode(message).decode()
        number = await self._runner.number(
            _ADD, tenant=tenant, subject=subject, kind=_NAMES[type(message)], body=body, created=millis(at), done=0
        )
        return OutboxRow(number, tenant, subject, message, at)

    async def due(self, before: datetime, limit: int, *, after: int = 0) -> Sequence[OutboxRow]:
        rows = await self._runner.rows(_DUE, before=millis(before), limit=limit, after=after)
        return [_read(row) for row in rows]

    async def done(self, rows: Sequence[int]) -> None:
        for some in parts(rows, _AT_ONCE):
            await self._runner.run(_DONE, rows=some)

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop rows done and made before that time, the oldest first; return how many."""
        old = [row[0] for row in await self._runner.rows(_OLD, before=millis(before), limit=limit)]
        for some in parts(old, _AT_ONCE):
            await self._runner.run(_DROP, rows=some)
        return len(old)

    async def ended_sessions(self, bucket: int, since: datetime) -> Sequence[EndedSessions]:
        ended: dict[UserId, EndedSessions] = {}
        for user, session, stored in await self._runner.rows(_ENDED, bucket=bucket, since=millis(since)):
            at = instant(stored)
            known = ended.get(user) or EndedSessions(user, (), at)
            ended[user] = EndedSessions(
                user,
                known.sessions if session is None else (*known.sessions, SessionId(session)),
                max(known.at, at),
                at if session is None else known.original_before,
            )
        return list(ended.values())


def _read(row: Row) -> OutboxRow:
    return OutboxRow(row[0], TenantName(row[1]), row[2], _message(row[3], row[4]), instant(row[5]))


def _message(kind: str, body: str) -> OutboxMessage:
    for more, decoder in _SAYS_MORE.items():
        if more in body and kind == _NAMES[RoomChanged]:
            return decoder.decode(body)
    return _DECODERS[kind].decode(body)
