"""In whatever order things come, however often, wherever counting dies: in the end the sums are those of the rows."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, EntryId, RoomId, SessionId, StayId, UserId
from liveroom.domain.moments import at, moment
from liveroom.domain.presence.members import LeaveReason, Role, Stay
from liveroom.domain.statistics.attendance import CountedStay, attendees_of, figures_of
from liveroom.domain.statistics.days import Scope, Unit
from liveroom.domain.tenants.model import Tenant
from liveroom.ports.statistics import SeriesQuery
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.statistics_tables import (
    statistics_audience,
    statistics_broadcast_days,
    statistics_broadcasts,
    statistics_retention,
    statistics_series,
)
from liveroom.store.sql.tables import stays as stays_table
from liveroom.usecases.statistics.counting import CLAIM, StatisticsCounting
from liveroom.usecases.statistics.rebuilding import StatisticsRebuilding
from liveroom.usecases.tenants.registry import Tenancy
from tests import migrated
from tests.outages import Switch
from tests.store.sql.samples import room, user

EVENING: Final = datetime(2026, 11, 28, 21, 0, tzinfo=UTC)
"""A Saturday: what runs until the morning is in two days, what runs until Monday in two weeks."""
MINUTE: Final = timedelta(minutes=1)
TABLES: Final = (
    statistics_broadcasts,
    statistics_broadcast_days,
    statistics_audience,
    statistics_series,
    statistics_retention,
)
NOBODY: Final[Any] = None


class StillClock:
    """Stands still but for what a test adds."""

    offset = timedelta(0)

    def __init__(self) -> None:
        self.at = EVENING

    def now(self) -> datetime:
        return self.at


class Dying(Switch):
    """Goes down after so many calls."""

    def __init__(self, calls: int) -> None:
        super().__init__(DatabaseUnavailable)
        self._calls = calls

    def guard(self, call: Any) -> Any:
        self._calls -= 1
        self.down = self._calls < 0
        return super().guard(call)


@dataclass
class Book:
    """A database, what counts it, and a clock."""

    db: SqlDatabase
    clock: StillClock
    counting: StatisticsCounting

    async def settle(self) -> None:
        """Count until nothing changes any more."""
        for _ in range(4):
            self.clock.at += CLAIM + MINUTE
            await self.counting.run(timedelta(hours=1))

    async def die(self, calls: int) -> None:
        """Begin to count, and die after so many calls."""
        dying = replace(self.counting, db=Dying(calls).over(self.db))
        with suppress(DatabaseUnavailable):
            await dying.run(timedelta(hours=1))

    async def rows(self) -> Mapping[str, Sequence[Any]]:
        """Return everything that was counted, but when."""
        found = {}
        for table in TABLES:
            columns = [column for column in table.columns if column.name != "counted"]
            found[table.name] = sorted(await self.db.engine.rows(statement(select(*columns))), key=repr)
        return found

    async def forget(self) -> None:
        for table in TABLES:
            await self.db.engine.run(statement(table.delete()))

    async def rebuild(self) -> None:
        rebuilding = StatisticsRebuilding(self.counting)
        await rebuilding.mark()
        while await rebuilding.count():
            pass


class open_book:  # noqa: N801 - used like a function
    """A fresh book."""

    async def __aenter__(self) -> Book:
        self._folder = TemporaryDirectory()
        path = migrated.sqlite_file(Path(self._folder.name) / "liveroom.db")
        clock, db = StillClock(), await SqlDatabase.open(f"sqlite:///{path}")
        tenancy = Tenancy(db, NOBODY, Tenant(DEFAULT_TENANT))
        self._book = Book(db, clock, StatisticsCounting(db, clock, tenancy, timedelta(0)))
        return self._book

    async def __aexit__(self, *_: object) -> None:
        await self._book.db.close()
        self._folder.cleanup()


@dataclass(frozen=True)
class Show:
    """A broadcast that is about to happen: minutes after the evening's beginning."""

    host: str
    opened: int
    closed: int

    @property
    def id(self) -> str:
        return f"{self.host}-{self.opened}"


@dataclass(frozen=True)
class Visit:
    """A stay: who, of which show, from when until when, perhaps thought over and begun again."""

    user: str
    show: int
    entered: int
    left: int
    again: int
    role: Role
    seat: int

    def versions(self, number: int, shows: Sequence[Show]) -> Iterator[Stay]:
        show = shows[self.show % len(shows)]
        opened = EVENING + show.opened * MINUTE
        entered = opened + self.entered * MINUTE
        first = Stay(
            StayId(f"s{number}"),
            DEFAULT_TENANT,
            BroadcastId(show.id),
            RoomId(show.host),
            UserId(self.user),
            self.role,
            "n",
            "",
            entered,
            1,
            ((SessionId("s"), EntryId("e")),),
            1,
        )
        yield first
        seated = first._replace(version=2, seat=self.seat)
        yield seated
        over = seated._replace(left=entered + self.left * MINUTE, reason=LeaveReason.LOST, entries=(), seat=0)
        yield over._replace(version=3)
        yield over._replace(version=4, left=entered + (self.left + 3) * MINUTE)
        if self.again:
            yield first._replace(version=5)
            yield over._replace(version=6, left=entered + (self.left + self.again) * MINUTE)


SHOWS: Final = st.lists(
    st.builds(Show, st.sampled_from(["h1", "h2"]), st.integers(0, 300), st.integers(1, 2200)),
    min_size=1,
    max_size=4,
    unique_by=lambda show: show.id,
)
VISITS: Final = st.lists(
    st.builds(
        Visit,
        st.sampled_from(["h1", "h2", "ann", "bob", "cyd"]),
        st.integers(0, 3),
        st.integers(0, 1500),
        st.integers(0, 1500),
        st.sampled_from([0, 0, 20]),
        st.sampled_from([Role.AUDIENCE, Role.ANCHOR]),
        st.sampled_from([0, 0, 3]),
    ),
    max_size=8,
)


async def happen(book: Book, shows: Sequence[Show], visits: Sequence[Visit], random: Any) -> None:
    """Let it all be written in any order, some of it twice, with counting and dying in between."""
    for number, name in enumerate(["h1", "h2", "ann", "bob", "cyd"]):
        made = EVENING - number * timedelta(days=1)
        await book.db.users.add(replace(user(name), created=made))
    await book.rebuild()
    for show in shows:
        opened = room(show.host, broadcast=BroadcastId(show.id), owner=UserId(show.host), category=show.host[-1])
        await book.db.rooms.open_broadcast(replace(opened, opened=EVENING + show.opened * MINUTE))
    versions = [stay for number, visit in enumerate(visits) for stay in visit.versions(number, shows)]
    versions += random.sample(versions, len(versions) // 3)
    random.shuffle(versions)
    ends = list(shows)
    while versions or ends:
        some, versions = versions[:5], versions[5:]
        await book.db.stays.put(some)
        if ends and random.random() < 0.5:
            show = ends.pop()
            await book.db.rooms.close_broadcast(
                BroadcastId(show.id), EVENING + (show.opened + show.closed) * MINUTE, "x"
            )
        book.clock.at += random.choice([0, 1, 90, 700]) * MINUTE
        if random.random() < 0.4:
            await book.die(random.randrange(25))
            book.clock.at += CLAIM
        await book.counting.run(timedelta(hours=1))


@given(SHOWS, VISITS, st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_figures_equal_those_recomputed_from_stays_and_a_rebuild_gives_the_same(
    shows: Sequence[Show], visits: Sequence[Visit], random: Any
) -> None:
    async def story() -> None:
        async with open_book() as book:
            await happen(book, shows, visits, random)
            book.clock.at += timedelta(days=4)
            await book.settle()
            await _check_broadcasts(book, shows)
            counted = await book.rows()
            await book.rebuild()
            assert await book.rows() == counted
            await book.forget()
            await book.rebuild()
            assert await book.rows() == counted

    asyncio.run(story())


async def _check_broadcasts(book: Book, shows: Sequence[Show]) -> None:
    c = stays_table.c
    for show in shows:
        asked = statement(select(c.user_id, c.role, c.entered, c.left_at, c.sat).where(c.broadcast == show.id))
        stays = [
            CountedStay(UserId(row[0]), Role(row[1]), row[2], row[3], row[4] == 1)
            for row in await book.db.engine.rows(asked)
        ]
        row = await book.db.statistics.get(BroadcastId(show.id))
        assert row is not None
        now = moment(book.clock.now())
        assert row.figures == figures_of(row.broadcast, attendees_of(row.broadcast, stays, now))
        assert row.figures.speakers == len({stay.user for stay in stays if stay.sat and stay.user != show.host})
    assert not await book.db.statistics_queue.due(book.clock.now(), 9)


async def _two_evenings(book: Book) -> None:
    """Ann comes on both days, Bob on the first, Cyd on the second."""
    shows = [Show("h1", 0, 60), Show("h1", 24 * 60, 60)]
    visits = [
        Visit("ann", 0, 1, 30, 0, Role.AUDIENCE, 0),
        Visit("bob", 0, 1, 10, 0, Role.AUDIENCE, 2),
        Visit("ann", 1, 1, 30, 0, Role.AUDIENCE, 0),
        Visit("cyd", 1, 1, 30, 0, Role.AUDIENCE, 0),
    ]
    for name in ("h1", "ann", "bob", "cyd"):
        await book.db.users.add(replace(user(name), created=EVENING))
    for show in shows:
        opened = replace(
            room("h1", broadcast=BroadcastId(show.id), owner=UserId("h1")), opened=EVENING + show.opened * MINUTE
        )
        await book.db.rooms.open_broadcast(opened)
        await book.db.rooms.close_broadcast(BroadcastId(show.id), EVENING + (show.opened + show.closed) * MINUTE, "x")
    await book.db.stays.put([stay for n, visit in enumerate(visits) for stay in visit.versions(n, shows)])
    book.clock.at += timedelta(days=3)
    await book.settle()


async def test_newcomers_are_told_from_those_who_were_with_the_host_before() -> None:
    async with open_book() as book:
        await _two_evenings(book)
        rows = [await book.db.statistics.get(BroadcastId(id)) for id in ("h1-0", "h1-1440")]
        assert [(row.figures.viewers, row.newcomers) for row in rows if row is not None] == [(2, 2), (2, 1)]
        query = SeriesQuery(DEFAULT_TENANT, Unit.DAY, Scope.TENANT, "", 0, 2**62)
        days = [period for _, period in await book.db.statistics.series(query)]
        assert [(day.viewers, day.newcomers, day.accounts) for day in days] == [(2, 2, 4), (2, 1, 0)]


async def test_a_stay_that_comes_late_moves_whose_first_evening_it_was() -> None:
    async with open_book() as book:
        await _two_evenings(book)
        late = Visit("cyd", 0, 2, 5, 0, Role.AUDIENCE, 0)
        await book.db.stays.put(list(late.versions(9, [Show("h1", 0, 60)])))
        await book.settle()
        rows = [await book.db.statistics.get(BroadcastId(id)) for id in ("h1-0", "h1-1440")]
        assert [(row.figures.viewers, row.newcomers) for row in rows if row is not None] == [(3, 3), (2, 0)]


async def test_a_broadcast_that_is_counted_anew_and_is_as_it_was_has_no_day_counted() -> None:
    async with open_book() as book:
        await _two_evenings(book)
        await book.db.statistics_queue.mark(["b:h1-0"], book.clock.now())
        assert await book.counting.run() == 1
        assert not await book.db.statistics_queue.due(book.clock.now(), 9)


class SlowClock(StillClock):
    """Goes on by a second with each look at it."""

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


async def test_what_goes_on_is_counted_for_a_fiftieth_of_the_time_and_what_is_over_at_once() -> None:
    async with open_book() as book:
        await _two_evenings(book)
        clock, queue = SlowClock(), book.db.statistics_queue
        clock.at = book.clock.at
        counting = replace(book.counting, clock=clock)
        await queue.mark(["b:h1-0"], clock.at)
        assert await counting.go_on() > 0
        counted = clock.at
        await queue.mark(["b:h1-0"], clock.at)
        assert await counting.go_on() == 0
        await queue.mark(["b:h1-1440"], at(0))
        assert await counting.go_on() == 1
        clock.at = counted + timedelta(minutes=10)
        assert await counting.go_on() > 0


async def test_what_is_over_and_changed_while_it_was_counted_is_counted_again_at_once() -> None:
    async with open_book() as book:
        await _two_evenings(book)
        queue, until = book.db.statistics_queue, book.clock.now() + MINUTE
        await queue.mark(["b:h1-0"], at(0))
        (marked,) = await queue.due(at(0), 9)
        assert await queue.take(marked, until)
        await queue.mark(["b:h1-0"], book.clock.now())
        await queue.done(marked._replace(due=until), None)
        assert [one.subject for one in await queue.due(at(0), 9)] == ["b:h1-0"]


async def test_of_two_that_count_the_same_only_whoever_holds_the_claim_writes() -> None:
    async with open_book() as book:
        await _two_evenings(book)
        counted = await book.rows()
        await book.db.statistics_queue.mark(["b:h1-0"], book.clock.now())
        (marked,) = await book.db.statistics_queue.due(book.clock.now(), 9)
        assert await book.db.statistics_queue.take(marked, book.clock.now() + MINUTE)
        assert not await book.db.statistics_queue.take(marked, book.clock.now() + 2 * MINUTE)
        assert not await book.db.statistics_queue.lock(marked)
        await book.settle()
        assert await book.rows() == counted


async def test_figures_stay_when_stays_are_dropped_and_when_people_are_deleted() -> None:
    async with open_book() as book:
        await _two_evenings(book)
        counted = await book.rows()
        keeping = replace(book.counting, keep=timedelta(days=1))
        assert await book.db.stays.purge(book.clock.now(), 1000) == 0  # ids of this test do not sort by time
        await book.db.engine.run(statement(stays_table.delete()))
        rebuilding = StatisticsRebuilding(keeping)
        await rebuilding.mark()
        while await rebuilding.count():
            pass
        assert await book.rows() == counted
