"""The five statements that each database has in a dialect of its own.

Everything else is one SQLAlchemy Core statement, compiled for each. A statement is compiled when it is first run and
then kept; SQLAlchemy is not asked again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, NamedTuple, Protocol, cast

from sqlalchemy import Column, ColumnElement, Table, bindparam, func, insert, select, update
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.dialects.mysql.asyncmy import MySQLDialect_asyncmy
from sqlalchemy.engine import Dialect as Compiler
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

Value = str | int | None
Values = Mapping[str, Value | Sequence[Value]]
Row = tuple[Any, ...]
BEHIND_ALL: Final = "~"
"""Sorts behind every id."""
New = ReadOnlyColumnCollection[str, Any]
Assign = Callable[[New], Sequence[tuple[str, ColumnElement[Any]]]]


class SqlDialect(Protocol):
    """The statements that the two databases write differently."""

    name: str
    begin: str

    def compiler(self) -> Compiler: ...
    def insert_or_keep(self, table: Table, *null: str) -> ClauseElement:
        """Insert a row, or leave the one of that key as it is: 1 row or none is affected.

        ``null``: columns that have no value in any row. MariaDB is not sent rows in one binary message where a column
        has none: the driver writes each out as text then, which costs twice as much.
        """

    def upsert(self, table: Table, assign: Assign, *null: str) -> ClauseElement:
        """Insert a row, or change the one of that key. Assign in an order that also holds one after the other."""

    def insert_numbered(self, table: Table, number: Column[int]) -> ClauseElement:
        """Insert a row; the statement's number is the one that the database chose."""

    def add_to(self, column: Column[int], condition: ColumnElement[bool]) -> ClauseElement:
        """Add ``amount`` to a column; the statement's number is the sum."""


class SqliteDialect:
    name = "sqlite"
    # Without IMMEDIATE two transactions that read first and then write would fail each other: FOR UPDATE means nothing.
    begin = "BEGIN IMMEDIATE"

    def compiler(self) -> Compiler:
        return sqlite.dialect(paramstyle="qmark")

    def insert_or_keep(self, table: Table, *null: str) -> ClauseElement:
        adding = sqlite.insert(table).values(_without(table, *null))
        return adding.on_conflict_do_nothing(index_elements=list(table.primary_key))

    def upsert(self, table: Table, assign: Assign, *null: str) -> ClauseElement:
        adding = sqlite.insert(table).values(_without(table, *null))
        changes = dict(assign(adding.excluded))
        return adding.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes)

    def insert_numbered(self, table: Table, number: Column[int]) -> ClauseElement:
        return insert(table).values(_without(table, number.name)).returning(number)

    def add_to(self, column: Column[int], condition: ColumnElement[bool]) -> ClauseElement:
        return update(column.table).where(condition).values({column: column + bindparam("amount")}).returning(column)


class MysqlDialect:
    name = "mysql"
    begin = "START TRANSACTION"

    def compiler(self) -> Compiler:
        return MySQLDialect_asyncmy(paramstyle="format")

    def insert_or_keep(self, table: Table, *null: str) -> ClauseElement:
        # Not INSERT IGNORE, which also cuts texts that are too long.
        key = next(iter(table.primary_key))
        return mysql.insert(table).values(_without(table, *null)).on_duplicate_key_update({key.name: key})

    def upsert(self, table: Table, assign: Assign, *null: str) -> ClauseElement:
        adding = mysql.insert(table).values(_without(table, *null))
        return adding.on_duplicate_key_update(list(assign(adding.inserted)))

    def insert_numbered(self, table: Table, number: Column[int]) -> ClauseElement:
        return insert(table).values(_without(table, number.name))

    def add_to(self, column: Column[int], condition: ColumnElement[bool]) -> ClauseElement:
        return update(column.table).where(condition).values({column: func.last_insert_id(column + bindparam("amount"))})


def _without(table: Table, *left_out: str) -> dict[str, ColumnElement[Any]]:
    return {column.name: bindparam(column.name) for column in table.columns if column.name not in left_out}


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement, said for each database when it is first needed there; values are given by name.

    ``joins``: it writes one row or none, so several of one transaction may be sent as one (``group_commit``).
    """

    say: Callable[[SqlDialect], ClauseElement]
    joins: bool = False


def statement(element: ClauseElement, *, joins: bool = False) -> Statement:
    """Return a statement that both databases are told in the same way."""
    return Statement(lambda _: element, joins)


def put_row(table: Table) -> Statement:
    """Return the statement that inserts a row, or gives the one of that key all its values."""
    names = [column.name for column in table.columns if not column.primary_key]
    return Statement(lambda dialect: dialect.upsert(table, lambda new: [(name, new[name]) for name in names]))


def next_value(column: Column[Any]) -> Statement:
    """Return the statement that finds the first value of an indexed column behind ``after``."""
    return statement(select(column).where(column > bindparam("after")).order_by(column).limit(1))


class Prepared:
    """A compiled statement: its text, and its values in the order in which the driver wants them."""

    def __init__(self, compiled: SQLCompiler) -> None:
        self.text: Final = str(compiled)
        self._compiled: Final = compiled
        self._pick: Final = _picker(compiled.positiontup or ())
        constants = {name for name, bind in compiled.binds.items() if not bind.required}
        self._fixed: Final = {name: value for name, value in compiled.params.items() if name in constants}
        self._lists: Final = [name for name, bind in compiled.binds.items() if bind.expanding]
        self._plans: Final[dict[tuple[int, ...], _Plan]] = {}
        """What to do with lists of these lengths: SQLAlchemy needs 60 µs to find that out."""

    def arguments(self, values: Values) -> tuple[str, Sequence[Any]]:
        """Return the text and what to run it with."""
        if self._lists:
            return self._expanded(values)
        given = {**self._fixed, **values} if self._fixed else values
        return self.text, self._pick(given)

    def _expanded(self, values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """Repeat the last of each list (never empty) up to a power of two: drivers keep each text prepared."""
        lists = {name: _padded(values[name]) for name in self._lists if name in values}
        lengths = tuple([len(one) for one in lists.values()])
        given = {**self._fixed, **values, **lists}
        plan = self._plans.get(lengths)
        if plan is None:
            plan = self._plans[lengths] = self._plan(given, lists)
        given.update(plan.constants)
        return plan.text, [given[name] if place is None else given[name][place] for name, place in plan.places]

    def _plan(self, given: Values, lists: Mapping[str, Sequence[Value]]) -> "_Plan":
        state = self._compiled.construct_expanded_state(given)
        names = state.positiontup or ()
        expanded = {one: (name, n) for name in lists for n, one in enumerate(state.parameter_expansion.get(name, ()))}
        constants = {name: state.parameters[name] for name in names if name not in expanded and name not in given}
        return _Plan(state.statement, [expanded.get(name, (name, None)) for name in names], constants)


class _Plan(NamedTuple):
    """A text, and where each of its values is found: under a name, and where that is a list, at a place in it."""

    text: str
    places: Sequence[tuple[str, int | None]]
    constants: Values
    """Values of the statement itself."""


def _padded(values: Sequence[Value]) -> Sequence[Value]:
    listed = tuple(values)
    return listed + listed[-1:] * ((1 << (len(listed) - 1).bit_length()) - len(listed))


def _picker(names: Sequence[str]) -> Callable[[Values], tuple[Any, ...]]:
    """Return what takes these values out of others; for 17 of them ``itemgetter`` needs a third of a loop's 0.7 µs."""
    if len(names) < 2:
        return lambda values: tuple([values[name] for name in names])
    return itemgetter(*names)


@dataclass(frozen=True, slots=True)
class PreparedStatements:
    """The statements of all databases of one kind, each compiled when it is first run: a third of a millisecond."""

    dialect: SqlDialect
    _prepared: dict[Statement, Prepared] = field(default_factory=dict)

    def prepare(self, asked: Statement) -> Prepared:
        """Return the statement as this database understands it."""
        found = self._prepared.get(asked)
        if found is None:
            compiled = asked.say(self.dialect).compile(dialect=self.dialect.compiler())
            found = self._prepared[asked] = Prepared(cast(SQLCompiler, compiled))
        return found
