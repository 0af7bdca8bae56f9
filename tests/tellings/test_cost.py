"""What telling costs: nothing where nobody listens, and the same few statements for one member as for hundreds."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from liveroom.clock import SystemClock
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.tellings import Target
from liveroom.domain.users import FOR_EVER
from liveroom.ports import TargetsOf
from liveroom.store.sql import events, rooms, stays
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import Row, Statement, Value, Values
from liveroom.store.sql.runner import Engine, Runner
from liveroom.usecases.chronicle import Chronicle, nobody
from liveroom.usecases.journaling import Journaling
from tests.service import serving
from tests.tellings.test_journaling import history
from tests.tellings.told import empty, everybody

T = TypeVar("T")
_NAMES = {
    found: f"{file.__name__.rpartition('.')[2]}{name.lower()}"
    for file in (events, rooms, stays)
    for name, found in vars(file).items()
    if isinstance(found, Statement)
}
OF_TELLINGS = {name for name in _NAMES.values() if name.startswith("events_")} | {"stays_known", "rooms_categories"}


@dataclass
class CountedRunner:
    """Counts what it is asked."""

    runner: Runner
    asked: list[Statement]

    async def rows(self, asked: Statement, **values: Value | Sequence[Value]) -> Sequence[Row]:
        self.asked.append(asked)
        return await self.runner.rows(asked, **values)

    async def row(self, asked: Statement, **values: Value | Sequence[Value]) -> Row | None:
        self.asked.append(asked)
        return await self.runner.row(asked, **values)

    async def run(self, asked: Statement, **values: Value | Sequence[Value]) -> int:
        self.asked.append(asked)
        return await self.runner.run(asked, **values)

    async def number(self, asked: Statement, **values: Value) -> int:
        self.asked.append(asked)
        return await self.runner.number(asked, **values)

    async def run_many(self, asked: Statement, many: Sequence[Values]) -> None:
        self.asked.append(asked)
        await self.runner.run_many(asked, many)

    async def put_many(self, asked: Statement, many: Sequence[Values]) -> None:
        self.asked.append(asked)
        await self.runner.put_many(asked, many)

    async def together(self, work: Callable[[Runner], Awaitable[T]]) -> T:
        return await self.runner.together(lambda runner: work(CountedRunner(runner, self.asked)))


@dataclass
class CountedEngine(CountedRunner):
    """The same of a database."""

    runner: Engine
    asked: list[Statement] = field(default_factory=list)

    async def refresh(self) -> None:
        await self.runner.refresh()

    async def close(self) -> None:
        await self.runner.close()


async def asked_in_a_day(folder: Path, others: TargetsOf) -> list[Statement]:
    """Return every statement of a day on which everything happens that can be told, in order."""
    engines: list[CountedEngine] = []

    def through(database: SqlDatabase) -> SqlDatabase:
        engines.append(CountedEngine(database.engine))
        return SqlDatabase(engines[-1])

    async with serving(folder, through=through, others=others) as service:
        host, guest = await service.sign_up("host"), await service.sign_up("guest")
        room = await host.go_live()
        await guest.enter(room)
        await guest.call("auth_users/user_update", {"name": "new"})
        await host.call("rooms/update_room", {"roomId": room, "title": "new"})
        await guest.leave(room)
        await host.call("rooms/destroy_room", {"roomId": room})
        await service.core.moderation.ban(UserId(guest.user), FOR_EVER, "spam")
        await service.core.moderation.unban(UserId(guest.user))
        await host.call("auth_users/user_delete")
        service.clock.advance(timedelta(minutes=1))
    return engines[0].asked


def elsewhere(tenant: TenantName) -> Sequence[Target]:
    """Return one who listens to another tenant, and one who listens to nothing that happens."""
    listens = (
        Target("wh_1", frozenset(), frozenset()) if tenant else Target("wh_2", frozenset({"polls.*"}), frozenset())
    )
    return (listens,)


async def test_a_tenant_who_is_told_nothing_has_not_one_statement_more(tmp_path: Path) -> None:
    silent = await asked_in_a_day(tmp_path / "silent", nobody)
    assert {_NAMES.get(statement, "") for statement in silent} & OF_TELLINGS == set()
    others = await asked_in_a_day(tmp_path / "others", elsewhere)
    assert Counter(others) == Counter(silent)


async def test_the_day_would_have_been_told(tmp_path: Path) -> None:
    told = await asked_in_a_day(tmp_path, everybody)
    assert {_NAMES.get(statement, "") for statement in told} >= {"events_add", "events_wake", "stays_known"}


async def test_hundreds_who_enter_at_once_are_told_of_in_as_many_statements_as_one(url: str) -> None:
    counts: dict[int, int] = {}
    for crowd in (1, 400):
        database = await SqlDatabase.open(url)
        await empty(database)
        engine = CountedEngine(database.engine)
        made = history([("enter", str(number % 50), f"user{number}") for number in range(crowd)])
        await Journaling(SqlDatabase(engine), Chronicle(everybody, SystemClock())).save(made.versions)
        counts[crowd] = len(engine.asked)
        await database.close()
    assert counts == {1: 8, 400: 8}
