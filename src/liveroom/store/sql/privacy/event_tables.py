"""Events that name somebody, in the tables of those that are delivered and of those that could not be."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Table, bindparam, func, literal, select, update

from liveroom.store.sql.backend_tables import dead_letters, events
from liveroom.store.sql.dialect import Statement, statement


@dataclass(frozen=True, slots=True)
class _EventTable:
    """A table of events."""

    table: Table
    target: ColumnElement[Any]

    def span(self) -> Statement:
        seq = self.table.c.seq
        return statement(select(func.min(seq), func.max(seq)).where(self.table.c.stream == bindparam("of")))

    def find(self) -> Statement:
        c = self.table.c
        return statement(
            select(c.stream, c.seq, c.id, c.kind, c.body, self.target).where(
                c.stream == bindparam("of"),
                c.seq >= bindparam("first", type_=BigInteger),
                c.seq < bindparam("end", type_=BigInteger),
                func.instr(c.body, bindparam("needle")) > 0,
            )
        )


_EVENT_TABLES: Final = (_EventTable(events, literal("")), _EventTable(dead_letters, dead_letters.c.target))
SPANS: Final = [table.span() for table in _EVENT_TABLES]
NAMING: Final = [table.find() for table in _EVENT_TABLES]
REWRITE: Final = statement(
    update(events)
    .where(events.c.stream == bindparam("of"), events.c.seq == bindparam("which", type_=BigInteger))
    .values(body=bindparam("new_body"))
)
REWRITE_DEAD: Final = statement(
    update(dead_letters)
    .where(dead_letters.c.target == bindparam("to"), dead_letters.c.id == bindparam("key"))
    .values(body=bindparam("new_body"))
)
