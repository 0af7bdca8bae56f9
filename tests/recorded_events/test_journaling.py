"""The journal of stays, told: whatever batches it comes in, however often, by whomever, each transition once."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveroom import faults
from liveroom.clock import SystemClock
from liveroom.domain.events.records import Target
from liveroom.domain.ids import BroadcastId, RoomId, StayId, TenantName, UserId
from liveroom.domain.presence.members import LeaveReason, Role, Stay
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.instants import optional_millis
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.presence.recovery import Journaling
from tests.recorded_events.rebuilding import EVERYTHING, Event, Rebuilt, assert_numbered, empty, everybody, read_events
from tests.store.sql.looking import rows_of

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
QUIET = TenantName("quiet")
HOME = TenantName("")
Move = tuple[str, str, str]
"""What happens, in which room, to whom."""


@dataclass
class History:
    """What a live store would journal: every version of every stay, as it happens, one a millisecond."""

    tenant: TenantName = HOME
    versions: list[Stay] = field(default_factory=list)
    recorded: list[tuple[str, str]] = field(default_factory=list)
    """What the plain model says is to be told: kind and stay."""
    here: dict[tuple[str, str], Stay] = field(default_factory=dict)

    def move(self, what: str, room: str, who: str) -> None:
        """Let something happen, where it can."""
        stay = self.here.get((room, who))
        if what == "enter" and stay is None:
            self._note("member.entered", self._fresh(room, who))
        elif what == "role" and stay is not None:
            other = Role.ANCHOR if stay.role is Role.AUDIENCE else Role.AUDIENCE
            self._note("member.role_changed", stay._replace(role=other))
        elif what == "profile" and stay is not None:
            self._note("member.profile_changed", stay._replace(name=f"{stay.name}+"))
        elif what == "device" and stay is not None:
            self._note("", stay._replace(keepalive=not stay.keepalive))
        elif what == "leave" and stay is not None:
            self._note("member.left", stay._replace(left=self._now(), reason=LeaveReason.LEFT))

    def _fresh(self, room: str, who: str) -> Stay:
        id = StayId(f"{room}-{who}-{len(self.versions)}")
        parts = (id, self.tenant, BroadcastId(f"b{room}"), RoomId(room), UserId(who), Role.AUDIENCE, who, "")
        return Stay(*parts, self._now(), 1, (), 0)

    def _now(self) -> datetime:
        return MORNING + timedelta(milliseconds=len(self.versions))

    def _note(self, kind: str, stay: Stay) -> None:
        stay = stay._replace(version=int(self._now().timestamp() * 1000))
        self.versions.append(stay)
        if kind:
            self.recorded.append((kind, stay.id))
        if stay.left is None:
            self.here[stay.room, stay.user] = stay
        else:
            del self.here[stay.room, stay.user]

    def of_room(self, room: str) -> list[tuple[str, str]]:
        return [(kind, stay) for kind, stay in self.recorded if stay.startswith(f"{room}-")]


def history(moves: Sequence[Move], tenant: TenantName = HOME) -> History:
    made = History(tenant)
    for move in moves:
        made.move(*move)
    return made


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["enter", "enter", "role", "profile", "device", "leave"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["ann", "bob"]),
    ),
    max_size=14,
)
BATCHES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6), st.booleans()), max_size=10)
"""Of each: how far before the end of what is written it begins, how far it reaches, and whether the process dies."""


def batches(stays: Sequence[Stay], plan: Sequence[tuple[int, int, bool]]) -> Iterator[tuple[Sequence[Stay], bool]]:
    """Yield batches as writers of a bucket have them: each begins at or before the end of what is written already."""
    written = 0
    for back, length, dies in plan:
        first = max(0, written - back)
        yield stays[first : written + length], dies
        written += 0 if dies else min(length, len(stays) - written)
    yield stays[written:], False


class Died(Exception):
    """The process died."""


def die() -> None:
    raise Died


@pytest.fixture(autouse=True)
def _disarm() -> Iterator[None]:
    yield
    faults.disarm()


async def write(database: SqlDatabase, stays: Sequence[Stay], *, dies: bool = False, targets: Any = everybody) -> None:
    """Write a batch, or die before it is committed."""
    if not dies:
        faults.disarm()
        await Journaling(database, EventRecorder(targets, SystemClock())).save(stays)
        return
    faults.arm("journal.recorded", die)
    with pytest.raises(Died):
        await Journaling(database, EventRecorder(targets, SystemClock())).save(stays)


def transitions(events: Sequence[Event], room: str) -> list[tuple[str, str]]:
    return [(event.kind, event.data["stayId"]) for event in events if event.stream == f"room:{room}"]


async def assert_rebuilds(database: SqlDatabase, made: History, events: Sequence[Event]) -> None:
    """Check that who reads the events alone knows the members as they are."""
    rebuilt = Rebuilt().read(events)
    known = {id: (stay["name"], stay["role"], stay["roomId"]) for id, stay in rebuilt.stays.items()}
    assert known == {stay.id: (stay.name, stay.role, stay.room) for stay in made.here.values()}


FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(MOVES, BATCHES)
def test_whatever_the_batches_each_transition_is_told_once_and_in_order(
    url: str, moves: list[Move], plan: list[tuple[int, int, bool]]
) -> None:
    async def story() -> None:
        database = await SqlDatabase.open(url)
        await empty(database)
        made = history(moves)
        for stays, dies in batches(made.versions, plan):
            await write(database, stays, dies=dies and bool(stays))
        events = await read_events(database)
        await assert_rebuilds(database, made, events)
        await database.close()
        assert_numbered(events)
        assert {room: transitions(events, room) for room in "12"} == {room: made.of_room(room) for room in "12"}

    asyncio.run(story())


@FEW
@given(MOVES, BATCHES)
def test_a_journal_that_keeps_only_the_newest_version_tells_of_beginnings_and_ends_alike(
    url: str, moves: list[Move], plan: list[tuple[int, int, bool]]
) -> None:
    async def story() -> None:
        database = await SqlDatabase.open(url)
        await empty(database)
        made = history(moves)
        for stays, dies in batches(made.versions, plan):
            newest = list({stay.id: stay for stay in stays}.values())
            await write(database, newest, dies=dies and bool(newest))
        events = await read_events(database)
        await assert_rebuilds(database, made, events)
        await database.close()
        assert_numbered(events)
        recorded = [one for room in "12" for one in transitions(events, room)]
        for kind in ("member.entered", "member.left"):
            assert sorted(one for one in recorded if one[0] == kind) == sorted(
                one for one in made.recorded if one[0] == kind
            )

    asyncio.run(story())


@pytest.mark.services
@settings(FEW, max_examples=15)
@given(MOVES.filter(lambda moves: len(moves) > 4), st.integers(1, 5))
def test_two_processes_with_the_same_stays_at_once_tell_them_once(
    mariadb_url: str, moves: list[Move], step: int
) -> None:
    async def story() -> None:
        ours, theirs = [await SqlDatabase.open(mariadb_url) for _ in range(2)]
        await empty(ours)
        made = history(moves)
        for first in range(0, len(made.versions), step):
            window = made.versions[max(0, first - 1) : first + step]
            await asyncio.gather(*(write(database, window) for database in (ours, theirs, ours)))
        events = await read_events(ours)
        await ours.close()
        await theirs.close()
        assert_numbered(events)
        assert {room: transitions(events, room) for room in "12"} == {room: made.of_room(room) for room in "12"}

    asyncio.run(story())


@pytest.mark.services
async def test_what_two_processes_write_in_the_same_moment_is_told_once(mariadb_url: str) -> None:
    ours, theirs = [await SqlDatabase.open(mariadb_url) for _ in range(2)]
    await empty(ours)
    made = history([("enter", "1", f"user{number}") for number in range(20)])
    await asyncio.gather(*(write(database, made.versions) for database in (ours, theirs)))
    events = await read_events(ours)
    await asyncio.gather(ours.close(), theirs.close())
    assert_numbered(events)
    assert sorted(transitions(events, "1")) == sorted(made.recorded)


async def test_of_two_tenants_only_the_one_who_listens_is_told_and_both_are_written(url: str) -> None:
    database = await SqlDatabase.open(url)
    await empty(database)
    loud = history([("enter", "1", "ann"), ("leave", "1", "ann"), ("enter", "1", "bob")])
    quiet = history([("enter", "2", "cid")], QUIET)

    def of_home(tenant: TenantName) -> Sequence[Target]:
        return (EVERYTHING,) if tenant == HOME else ()

    await write(database, [*loud.versions, *quiet.versions], targets=of_home)
    events = await read_events(database)
    assert {event.stream for event in events} == {"room:1"}
    known = await database.stays.known([stay.id for stay in (*loud.versions, *quiet.versions)])
    assert sorted(one.over for one in known.values()) == [False, False, True]
    await database.close()


async def test_who_wants_only_ends_is_told_of_ends_only_and_their_numbers_have_no_gaps(url: str) -> None:
    database = await SqlDatabase.open(url)
    await empty(database)
    made = history([("enter", "1", "ann"), ("leave", "1", "ann"), ("enter", "1", "ann"), ("leave", "1", "ann")])
    ends = Target("wh_ends", frozenset({"member.left"}), frozenset())
    for stay in made.versions:
        await write(database, [stay], targets=lambda _: (ends,))
    events = await read_events(database)
    assert [(event.kind, event.seq) for event in events] == [("member.left", 1), ("member.left", 2)]
    await database.close()


async def test_a_crowd_that_enters_and_leaves_at_once_is_told_of_whole(url: str) -> None:
    database = await SqlDatabase.open(url)
    await empty(database)
    made = history([(what, "1", f"user{number}") for number in range(600) for what in ("enter", "leave")])
    await write(database, made.versions)
    events = await read_events(database)
    assert_numbered(events)
    assert transitions(events, "1") == made.recorded
    await database.close()


ENDS = st.lists(st.sampled_from([None, *LeaveReason]), min_size=1, max_size=7)
"""Of each version of a stay: why it is over, or that it is not (again)."""


@FEW
@given(ENDS, st.data())
def test_a_stay_that_ends_twice_ended_as_the_event_says(
    url: str, ends: list[LeaveReason | None], data: st.DataObject
) -> None:
    """A lost bucket's stays are ended by whoever misses them first, and again by what the journal kept of them."""
    first = history([("enter", "1", "ann")]).versions[0]
    versions = [
        first._replace(
            version=first.version + number,
            name=f"ann {number}",
            left=None if reason is None else first.entered + timedelta(seconds=10 - number),
            reason=reason,
        )
        for number, reason in enumerate([None, *ends])
    ]
    shuffled = data.draw(st.permutations(versions[1:]))
    cut = data.draw(st.integers(0, len(shuffled)))

    async def story() -> None:
        database = await SqlDatabase.open(url)
        await empty(database)
        for batch in (versions[:1], shuffled[:cut], shuffled[cut:]):
            await write(database, batch)
        last = (await read_events(database))[-1].data
        rows = await rows_of(database, "SELECT version, name, left_at, reason FROM lr_stays")
        left = None if last["leftAt"] is None else optional_millis(datetime.fromisoformat(last["leftAt"]))
        assert rows == [(versions[-1].version, last["name"], left, last["reason"])]
        await database.close()

    asyncio.run(story())
