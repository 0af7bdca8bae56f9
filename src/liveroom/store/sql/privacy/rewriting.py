"""How rows that name a deleted user are found and rewritten: one rule for each kind of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Integer, Table, and_, bindparam, delete, select, update

from liveroom.store.sql.dialect import Statement, statement

LIMIT: Final = bindparam("limit", type_=Integer)


@dataclass(frozen=True, slots=True)
class ErasureRule:
    """How rows of one kind are found and rewritten."""

    table: Table
    named: ColumnElement[bool]
    """That a row names the user."""
    values: Mapping[str, Any] | None
    """What is written instead; None has the row dropped."""
    room: Column[Any] | None = None
    user: Column[Any] | None = None
    """Another user whom the row is about."""
    moved: Column[Any] | None = None
    """The part of the key that is the user: a row under the pseudonym takes the place of this one."""

    @property
    def keys(self) -> Sequence[Column[Any]]:
        """Return what is to be known of a row to find it again, and to move it."""
        return list(self.table.primary_key if self.moved is None else self.table.columns)

    def find(self) -> Statement:
        about = [column for column in (self.room, self.user) if column is not None]
        return statement(select(*self.keys, *about).where(self.named).limit(LIMIT))

    def erase(self) -> Statement:
        key = and_(*(column == bindparam(f"key_{column.name}") for column in self.table.primary_key))
        if self.values is None:
            return statement(delete(self.table).where(key))
        return statement(update(self.table).where(key).values(**self.values))

    def move(self) -> Statement:
        """Return what adds the row under the pseudonym, unless there is one."""
        return Statement(lambda dialect: dialect.insert_or_keep(self.table))
