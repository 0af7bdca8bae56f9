"""Options of rooms: what a change changes, how long a broadcast lasts, and what is planned of one that is to come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, RoomId, UserId
from liveroom.domain.rooms.metadata import Metadata, MetadataRow, metadata_in, next_version, write_new
from liveroom.domain.rooms.model import TIMER_ROOM, Room, RoomChanges, RoomStatus, limit_time, open_again
from liveroom.domain.rooms.options import DEFAULTS, Access, OptionChanges, RoomOptions, SeatMode
from liveroom.domain.rooms.schedules import Plan, length_of, schedule

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOST = UserId("40000001")
ROOM = Room(RoomId("7"), DEFAULT_TENANT, HOST, HOST, RoomStatus.RESERVED, HOST, HOST, NOW, NOW)
ARRANGED = RoomOptions(
    Access.PRIVATE, "digest", 3, SeatMode.FREE, 5, timedelta(seconds=9), True, None, NOW + HOUR, True
)
B1, B2 = BroadcastId("b1"), BroadcastId("b2")


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (OptionChanges(), {}),
        (OptionChanges(access=Access.INVITED), {"access": Access.INVITED}),
        (OptionChanges(password=""), {"password": ""}),
        (OptionChanges(slow=timedelta(0)), {"slow": timedelta(0)}),
        (OptionChanges(muted=False), {"muted": False}),
        (OptionChanges(lasts=2 * HOUR), {"ends": NOW + 2 * HOUR}),
        (OptionChanges(lasts=timedelta(0)), {"ends": None}),
    ],
)
def test_a_change_changes_what_it_names(change: OptionChanges, after: dict[str, Any]) -> None:
    assert change.apply(ARRANGED, NOW) == replace(ARRANGED, **after)


def test_access_password_and_length_are_the_owners() -> None:
    assert all(
        change.configures
        for change in (
            OptionChanges(access=Access.PUBLIC),
            OptionChanges(password=""),
            OptionChanges(lasts=timedelta(0)),
        )
    )
    assert not any(
        change.configures for change in (OptionChanges(), OptionChanges(slow=HOUR), OptionChanges(muted=False))
    )


def test_a_broadcast_that_begins_late_lasts_as_long_as_it_was_to() -> None:
    planned = replace(ARRANGED, starts=NOW + HOUR, ends=NOW + 3 * HOUR)
    assert planned.begun(NOW) == replace(planned, starts=None, ends=NOW + 2 * HOUR)
    assert planned.begun(NOW + 2 * HOUR).ends == NOW + 4 * HOUR
    assert replace(planned, ends=None).begun(NOW).ends is None


def test_a_broadcast_is_over_at_its_end() -> None:
    assert not DEFAULTS.is_over(NOW)
    assert [ARRANGED.is_over(NOW + part * HOUR) for part in (0.99, 1, 2)] == [False, True, True]


def test_a_clock_that_is_a_little_behind_does_not_put_off_an_end_that_another_has_rung() -> None:
    assert ARRANGED.is_over(NOW + HOUR - timedelta(seconds=0.9))
    assert not ARRANGED.is_over(NOW + HOUR - timedelta(seconds=1.1))


def test_what_was_arranged_counts_for_one_broadcast_and_standings_stay() -> None:
    reserved = replace(ROOM, options=ARRANGED)
    first = open_again(reserved, by=HOST, broadcast=B1, now=NOW)
    assert first.options == ARRANGED
    closed = replace(first, state=RoomStatus.CLOSED)
    assert open_again(closed, by=HOST, broadcast=B2, now=NOW).options == RoomOptions(guarded=True)


@pytest.mark.parametrize(
    ("kind", "limit", "ends", "limited"),
    [
        (TIMER_ROOM, HOUR, None, NOW + HOUR),
        (TIMER_ROOM, timedelta(0), None, None),
        (TIMER_ROOM, HOUR, NOW + 9 * HOUR, NOW + 9 * HOUR),
        ("timer_room", HOUR, None, None),
        ("", HOUR, None, None),
    ],
)
def test_a_room_whose_kind_says_so_is_limited_unless_its_end_is_arranged(
    kind: str, limit: timedelta, ends: datetime | None, limited: datetime | None
) -> None:
    room = replace(ROOM, kind=kind, options=replace(DEFAULTS, ends=ends))
    assert limit_time(room, limit).options.ends == limited


def plan(starts: datetime | None, **options: Any) -> Plan:
    return Plan(starts, RoomChanges(title="t"), OptionChanges(**options))


def test_a_plan_says_when_and_how_long_and_putting_off_keeps_the_length() -> None:
    first = schedule(ROOM, plan(NOW + HOUR, lasts=2 * HOUR), by=HOST, now=NOW)
    assert (first.options.starts, first.options.ends, first.title) == (NOW + HOUR, NOW + 3 * HOUR, "t")
    assert length_of(first.options) == 2 * HOUR
    later = schedule(first, plan(NOW + 5 * HOUR), by=HOST, now=NOW)
    assert (later.options.starts, later.options.ends) == (NOW + 5 * HOUR, NOW + 7 * HOUR)
    endless = schedule(later, plan(None, lasts=timedelta(0)), by=HOST, now=NOW)
    assert (endless.options.starts, endless.options.ends, length_of(endless.options)) == (
        *(NOW + 5 * HOUR, None, timedelta(0)),
    )


def test_a_start_that_has_passed_may_stay_and_not_be_set() -> None:
    planned = replace(ROOM, options=replace(DEFAULTS, starts=NOW - HOUR))
    for same in (None, NOW - HOUR):
        assert schedule(planned, plan(same), by=HOST, now=NOW).options.starts == NOW - HOUR
    for wrong in (NOW, NOW - 2 * HOUR, NOW + timedelta(days=366)):
        with pytest.raises(BadRequest):
            schedule(planned, plan(wrong), by=HOST, now=NOW)
    with pytest.raises(BadRequest, match="required"):
        schedule(ROOM, plan(None), by=HOST, now=NOW)


def test_metadata_are_empty_in_a_fresh_broadcast_and_their_version_goes_on() -> None:
    assert metadata_in(B1, None) == Metadata(0, b"{}")
    row = MetadataRow(ROOM.id, B1, Metadata(8, b'{"a":1}'), HOST, NOW)
    assert metadata_in(B1, row) == Metadata(8, b'{"a":1}')
    assert metadata_in(B2, row) == Metadata(9, b"{}")


def test_a_version_is_the_time_or_more() -> None:
    millis = int(NOW.timestamp() * 1000)
    assert [next_version(known, NOW) for known in (0, millis - 1, millis, millis + 5)] == [
        *(millis, millis, millis + 1, millis + 6),
    ]


def test_a_room_is_told_all_of_it_up_to_four_kilobytes() -> None:
    for size, whole in ((4096, True), (4097, False)):
        value = b'{"a":"' + b"x" * (size - 8) + b'"}'
        assert len(value) == size
        said = write_new(Metadata(7, value))
        assert said == (b'{"version":7,"metadata":' + value + b"}" if whole else b'{"version":7}')
