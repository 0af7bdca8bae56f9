"""A broadcast's figures are those that its stays give when every millisecond is looked at."""

from datetime import timedelta
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.presence.members import Role
from liveroom.domain.statistics.attendance import (
    DAY,
    HOUR,
    CountedBroadcast,
    CountedStay,
    RawAttendees,
    attendees_of,
    digests_of,
    figures_of,
)
from liveroom.domain.statistics.days import DayTally, PeriodKey, Scope, Unit, returned

HOST = UserId("host")
NOW = 60
MIDNIGHT = 20_000 * DAY


def broadcast(closed: int | None = 50, opened: int = 0) -> CountedBroadcast:
    return CountedBroadcast(
        BroadcastId("b"), TenantName(""), RoomId("r"), HOST, "ktv", opened=opened, closed=closed, likes=3
    )


def stay(user: str, entered: int, left: int | None, role: Role = Role.AUDIENCE, *, sat: bool = False) -> CountedStay:
    return CountedStay(UserId(user), role, entered, left, sat)


@st.composite
def stays(draw: st.DrawFn) -> list[CountedStay]:
    """Draw stays of a few people: some overlap, some take no time, some are open, some end behind the broadcast."""
    found = []
    for _ in range(draw(st.integers(0, 12))):
        entered = draw(st.integers(0, 45))
        left = draw(st.none() | st.integers(entered, 70))
        user, role = (
            draw(st.sampled_from(["host", "ann", "bob", "cyd"])),
            draw(st.sampled_from([Role.OWNER, Role.ANCHOR, Role.AUDIENCE])),
        )
        found.append(stay(user, entered, left, role, sat=draw(st.booleans())))
    return found


@given(stays(), st.sampled_from([None, 50]))
def test_figures_are_what_looking_at_every_millisecond_finds(found: list[CountedStay], closed: int | None) -> None:
    show = broadcast(closed)
    figures = figures_of(show, attendees_of(show, found, NOW))
    end = show.end(NOW)
    there: dict[str, set[int]] = {}
    shown: dict[str, set[int]] = {}
    for one in found:
        if one.user != HOST:
            last = max(one.entered, min(end, end if one.left is None else one.left))
            there.setdefault(one.user, set()).update(range(one.entered, last))
            shown.setdefault(one.user, set()).update(range(one.entered, max(last, one.entered + 1)))
    counts = [sum(moment in shown[user] for user in shown) for moment in range(NOW + 2)]
    assert figures.viewers == len(there)
    assert figures.watched == sum(map(len, there.values()))
    assert figures.median == int(median(map(len, there.values()))) if there else figures.median == 0
    assert figures.entries == sum(one.user != HOST for one in found)
    assert figures.peak.most == max(counts)
    assert figures.peak.at == (counts.index(max(counts)) if there else None)
    assert figures.anchors + figures.audience == figures.viewers
    assert figures.speakers == len({one.user for one in found if one.sat and one.user != HOST})


@given(stays(), st.integers(1, 5))
def test_the_order_and_the_parts_in_which_stays_are_read_change_nothing(found: list[CountedStay], size: int) -> None:
    show = broadcast()
    raw = RawAttendees(show, NOW)
    backwards = found[::-1]
    for first in range(0, len(found), size):
        raw.add(backwards[first : first + size])
    whole = attendees_of(show, found, NOW)
    parts = raw.all()
    assert figures_of(show, parts) == figures_of(show, whole)
    assert digests_of(show, parts, NOW) == digests_of(show, whole, NOW)


def test_somebody_who_leaves_in_the_moment_in_which_another_comes_is_not_there_with_them() -> None:
    show = broadcast()
    assert figures_of(show, attendees_of(show, [stay("ann", 0, 10), stay("bob", 10, 20)], NOW)).peak == (1, 0)


def test_digests_of_days_that_are_over_stay_as_they_are_while_the_broadcast_goes_on() -> None:
    show = broadcast(None, opened=MIDNIGHT)
    people = [stay("ann", MIDNIGHT + HOUR, None), stay("bob", MIDNIGHT + 30 * HOUR, None)]
    early = digests_of(show, attendees_of(show, people[:1], MIDNIGHT + 26 * HOUR), MIDNIGHT + 26 * HOUR)
    later = digests_of(show, attendees_of(show, people, MIDNIGHT + 31 * HOUR), MIDNIGHT + 31 * HOUR)
    assert early.keys() == later.keys() == {MIDNIGHT, MIDNIGHT + DAY}
    assert early[MIDNIGHT] == later[MIDNIGHT]
    assert early[MIDNIGHT + DAY] != later[MIDNIGHT + DAY]


def tally(*people: CountedStay, opened: int = MIDNIGHT - HOUR, closed: int = MIDNIGHT + 26 * HOUR) -> DayTally:
    show = broadcast(closed, opened)
    found = DayTally(MIDNIGHT)
    found.add(show, attendees_of(show, people, closed), [0, 5, *[0] * 22], closed)
    return found


def test_a_day_counts_what_is_of_it_of_what_began_before_and_ends_behind() -> None:
    people = (
        stay("ann", MIDNIGHT - HOUR, MIDNIGHT + HOUR // 2),
        stay("bob", MIDNIGHT + HOUR // 4, MIDNIGHT + 3 * HOUR),
        stay("cyd", MIDNIGHT + 25 * HOUR, None),
        stay("host", MIDNIGHT, MIDNIGHT + HOUR),
        stay("dan", MIDNIGHT - HOUR, MIDNIGHT),
    )
    periods = tally(*people).periods(1, {3: 7})
    whole = periods[PeriodKey(Unit.DAY, Scope.TENANT, "", MIDNIGHT)]
    assert (whole.viewers, whole.entries, whole.peak, whole.peaked) == (2, 1, 2, MIDNIGHT + HOUR // 4)
    assert (whole.live, whole.broadcasts, whole.hosts, whole.messages) == (DAY, 1, 1, 5)
    assert whole.watched == HOUR // 2 + 3 * HOUR - HOUR // 4
    assert (whole.newcomers, whole.accounts, whole.likes) == (1, 7, 0)
    by_hour = {key.begins: one for key, one in periods.items() if key[:3] == (Unit.HOUR, Scope.HOST, "host")}
    assert [by_hour[MIDNIGHT + n * HOUR].viewers for n in range(4)] == [2, 1, 1, 0]
    assert [by_hour[MIDNIGHT + n * HOUR].peak for n in range(4)] == [2, 1, 1, 0]
    assert sum(one.watched for one in by_hour.values()) == whole.watched
    assert sum(one.live for one in by_hour.values()) == whole.live
    assert periods[PeriodKey(Unit.HOUR, Scope.TENANT, "", MIDNIGHT + 3 * HOUR)].accounts == 7


def test_sums_of_categories_and_hosts_are_those_of_the_tenant() -> None:
    periods = tally(stay("ann", MIDNIGHT, MIDNIGHT + 5 * HOUR), stay("bob", MIDNIGHT, None)).periods(0, {})
    by_scope = [{key[3]: one for key, one in periods.items() if key.scope is scope} for scope in Scope]
    assert by_scope[0] == by_scope[1] == by_scope[2]


def test_who_came_earlier_in_the_week_is_counted_in_it_once() -> None:
    monday = MIDNIGHT // (7 * DAY) * 7 * DAY + 4 * DAY
    ann, bob = UserId("ann"), UserId("bob")
    found = returned(monday + DAY, {ann: monday - DAY, bob: monday + 5}, {bob}, timedelta(days=9))
    assert {(one.unit, one.cohort): count for one, count in found.items()} == {
        ("day", "2024-10-06"): 1,
        ("week", "2024-09-30"): 1,
        ("day", "2024-10-07"): 1,
    }
