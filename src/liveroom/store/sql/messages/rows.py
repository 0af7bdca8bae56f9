"""Messages: one row each, written in batches by the live store's journal."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Integer, bindparam, case, delete, func, literal_column, select

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.messages.model import Message, MessageType, Priority
from liveroom.domain.presence.members import Role
from liveroom.store.sql.dialect import New, Row, Statement, Value, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner, put_apart
from liveroom.store.sql.show_tables import messages
from liveroom.store.sql.statistics.queue import mark_broadcasts

_LAST: Final = 2**62
"""Above every number."""
_PRIORITIES: Final = tuple(Priority)
_LIMIT: Final = bindparam("limit", type_=Integer)
_NOTHING: Final[ColumnElement[str]] = literal_column("''")
"""Not a value: the driver of MySQL knows of none behind those of the rows that it writes at once."""


class _Body(msgspec.Struct, omit_defaults=True):
    """What was said. Of a message that was taken back, or whose author was erased, nothing is kept: the body is ""."""

    text: str = ""
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    reply_to: int = 0
    mentions: tuple[UserId, ...] = ()


_encode_body: Final = msgspec.json.Encoder().encode
_decode_body: Final = msgspec.json.Decoder(_Body).decode


def _recall_only(new: New) -> list[tuple[str, ColumnElement[Any]]]:
    """Take over a recall; who said it may have been erased since. In an order that also holds one after the other."""
    old = messages.c
    return [
        ("body", case((new["recalled"].is_not(None), _NOTHING), else_=old.body)),
        ("recalled_by", case((old.recalled.is_(None), new["recalled_by"]), else_=old.recalled_by)),
        ("recalled", func.coalesce(old.recalled, new["recalled"])),
    ]


_PUT: Final = Statement(lambda dialect: dialect.upsert(messages, _recall_only))
_PUT_AS_SAID: Final = Statement(lambda dialect: dialect.upsert(messages, _recall_only, "recalled"))
_GET: Final = statement(
    select(messages).where(messages.c.room == bindparam("of"), messages.c.number == bindparam("which"))
)
_SOME: Final = statement(
    select(messages).where(
        messages.c.room == bindparam("of"), messages.c.number.in_(bindparam("numbers", expanding=True))
    )
)
_PAGE: Final = statement(
    select(messages)
    .where(messages.c.broadcast == bindparam("of"), messages.c.number < bindparam("before"))
    .order_by(messages.c.number.desc())
    .limit(_LIMIT)
)
_FOLLOWING: Final = statement(
    select(messages)
    .where(messages.c.broadcast == bindparam("of"), messages.c.number > bindparam("after"))
    .order_by(messages.c.number)
    .limit(_LIMIT)
)
_NEWEST: Final = statement(
    select(messages.c.room, messages.c.number, messages.c.broadcast)
    .where(messages.c.room == bindparam("of"))
    .order_by(messages.c.number.desc())
    .limit(1)
)

_OLD: Final = statement(
    select(messages.c.room, messages.c.number)
    .where(messages.c.at < bindparam("before"))
    .order_by(messages.c.at)
    .limit(_LIMIT)
)
_DROP: Final = statement(
    delete(messages).where(messages.c.room == bindparam("of"), messages.c.number == bindparam("which"))
)


@dataclass(frozen=True, slots=True)
class SqlMessages:
    """``ports.MessageRows``."""

    _runner: Runner

    async def put(self, messages: Sequence[Message]) -> None:
        """Write messages in the order of their keys: two writers of the same ones do not lock each other out then."""
        if messages:
            ordered = sorted(messages, key=lambda message: (message.room, message.number))

            async def work(runner: Runner) -> None:
                await put_apart(runner, _PUT_AS_SAID, _PUT, "recalled", [_values(message) for message in ordered])
                await mark_broadcasts(runner, {message.broadcast for message in ordered})

            await self._runner.together(work)

    async def get(self, room: RoomId, number: int) -> Message | None:
        row = await self._runner.row(_GET, of=room, which=number)
        return read_message(row) if row and row[0] == room else None

    async def some(self, room: RoomId, numbers: Collection[int]) -> Sequence[Message]:
        rows = await self._runner.rows(_SOME, of=room, numbers=sorted(numbers)) if numbers else []
        return [read_message(row) for row in rows if row[0] == room]

    async def page(self, broadcast: BroadcastId, before: int | None, limit: int) -> Sequence[Message]:
        below = _LAST if before is None else before
        rows = await self._runner.rows(_PAGE, of=broadcast, before=below, limit=limit)
        return list(map(read_message, rows))

    async def following(self, broadcast: BroadcastId, after: int, limit: int) -> Sequence[Message]:
        return list(map(read_message, await self._runner.rows(_FOLLOWING, of=broadcast, after=after, limit=limit)))

    async def last(self, room: RoomId) -> tuple[int, BroadcastId] | None:
        row = await self._runner.row(_NEWEST, of=room)
        return (row[1], BroadcastId(row[2])) if row and row[0] == room else None

    async def purge(self, before: datetime, limit: int) -> int:
        rows = await self._runner.rows(_OLD, before=millis(before), limit=limit)
        if rows:
            await self._runner.run_many(_DROP, [{"of": room, "which": number} for room, number in sorted(rows)])
        return len(rows)


def read_message(row: Row) -> Message:
    """Return the message that a row of the table holds."""
    body = _decode_body(row[10]) if row[10] else _Body()
    return Message(
        room=RoomId(row[0]),
        number=row[1],
        tenant=TenantName(row[2]),
        broadcast=BroadcastId(row[3]),
        user=UserId(row[4]),
        name=row[5],
        avatar=row[6],
        role=Role(row[7]) if row[7] else None,
        type=MessageType(row[8]),
        priority=_PRIORITIES[row[9]],
        text=body.text,
        data=b"" if body.data is msgspec.UNSET else bytes(body.data),
        at=instant(row[11]),
        recalled=optional_instant(row[12]),
        recalled_by=UserId(row[13]),
        reply_to=body.reply_to,
        mentions=body.mentions,
    )


def _values(message: Message) -> dict[str, Value]:
    return {
        "room": message.room,
        "number": message.number,
        "tenant": message.tenant,
        "broadcast": message.broadcast,
        "user_id": message.user,
        "name": message.name,
        "avatar": message.avatar,
        "role": message.role.value if message.role else "",
        "kind": message.type.value,
        "priority": _PRIORITIES.index(message.priority),
        "body": _body(message),
        "at": millis(message.at),
        "recalled": optional_millis(message.recalled),
        "recalled_by": message.recalled_by,
    }


def _body(message: Message) -> str:
    if not message.text and not message.data:
        return ""
    data = msgspec.Raw(message.data) if message.data else msgspec.UNSET
    return _encode_body(_Body(message.text, data, message.reply_to, message.mentions)).decode()
