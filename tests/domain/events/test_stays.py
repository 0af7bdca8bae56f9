"""What is told of members: real transitions, each once, in the order in which they happened."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liveroom.domain.events.stays import Known, MemberEventPayload, MemberRole, Step, event_of, steps
from liveroom.domain.ids import BroadcastId, RoomId, StayId, TenantName
from liveroom.domain.presence.members import LeaveReason, Role, Stay

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
BORN = int(MORNING.timestamp() * 1000)


def at(milliseconds: int) -> datetime:
    return MORNING + timedelta(milliseconds=milliseconds)


def stay(id: str, version: int, *, entered: int = 0, left: int | None = None, **fields: Any) -> Stay:
    """Return a version of a stay; times are milliseconds of that morning."""
    given: dict[str, Any] = {"user": id.partition("-")[0], "room": "r", "role": Role.AUDIENCE, "name": "n", **fields}
    over: dict[str, Any] = {} if left is None else {"left": at(left), "reason": LeaveReason.LEFT}
    return Stay(
        id=StayId(id),
        tenant=TenantName(""),
        broadcast=BroadcastId("b"),
        avatar="",
        entered=at(entered),
        order=1,
        entries=(),
        version=BORN + version,
        **given,
        **over,
    )


def known(one: Stay) -> Mapping[StayId, Known]:
    return {one.id: Known(one.version, one.role, one.name, one.avatar, one.left is not None)}


def transitions(found: Mapping[RoomId, Sequence[Step]], room: str = "r") -> list[str]:
    return [f"{step.after.id} {step.what.kind.removeprefix('member.')}" for step in found.get(RoomId(room), ())]


def test_a_stay_that_nobody_knew_has_begun() -> None:
    assert transitions(steps({}, [stay("ann", 1)])) == ["ann entered"]


def test_a_stay_that_began_and_ended_in_one_batch_tells_both() -> None:
    assert transitions(steps({}, [stay("ann", 2, left=2)])) == ["ann entered", "ann left"]
    assert transitions(steps({}, [stay("ann", 2, left=2), stay("ann", 1)])) == ["ann entered", "ann left"]


def test_every_version_in_a_batch_tells_what_it_changed() -> None:
    versions = [stay("ann", 1), stay("ann", 2, role=Role.ANCHOR), stay("ann", 3, role=Role.ANCHOR, name="Ann")]
    found = steps({}, versions)
    assert transitions(found) == ["ann entered", "ann role_changed", "ann profile_changed"]
    assert [step.at for step in found[RoomId("r")]] == [at(0), at(2), at(3)]


@pytest.mark.parametrize("again", [stay("ann", 1), stay("ann", 2), stay("ann", 2, role=Role.ANCHOR)])
def test_a_version_that_is_not_newer_tells_nothing(again: Stay) -> None:
    assert steps(known(stay("ann", 2)), [again]) == {}


def test_a_newer_version_without_a_visible_change_tells_nothing() -> None:
    assert steps(known(stay("ann", 1)), [stay("ann", 2)]) == {}


def test_a_stay_ends_once() -> None:
    assert transitions(steps(known(stay("ann", 1)), [stay("ann", 5, left=5), stay("ann", 6, left=6)])) == ["ann left"]
    assert steps(known(stay("ann", 5, left=5)), [stay("ann", 6, left=6, role=Role.ANCHOR)]) == {}


def test_a_stay_that_was_thought_over_has_begun_again() -> None:
    assert transitions(steps(known(stay("ann", 5, left=5)), [stay("ann", 6)])) == ["ann entered"]


def test_a_room_is_told_of_by_time() -> None:
    versions = [stay("ann", 9, left=9), stay("bob", 4, entered=4), stay("cid", 2, entered=1, left=2)]
    assert transitions(steps({}, versions)) == ["ann entered", "cid entered", "cid left", "bob entered", "ann left"]


def test_a_former_stay_ends_before_the_next_begins_even_in_the_same_millisecond() -> None:
    versions = [stay("ann-2", 5, entered=4), stay("ann-1", 4, left=4)]
    assert transitions(steps({}, versions)) == ["ann-1 entered", "ann-1 left", "ann-2 entered"]
    late = [stay("ann-2", 5, entered=3), stay("ann-1", 8, left=8)]
    assert transitions(steps(known(stay("ann-1", 1)), late)) == ["ann-1 left", "ann-2 entered"]


def test_rooms_are_told_of_apart() -> None:
    found = steps({}, [stay("ann", 1), stay("bob", 1, room="s")])
    assert (transitions(found), transitions(found, "s")) == (["ann entered"], ["bob entered"])


def test_a_version_that_no_time_could_have_is_told_all_the_same() -> None:
    changed = stay("ann", 0, role=Role.ANCHOR)._replace(version=1 << 62)
    (step,) = steps(known(stay("ann", 1)), [changed])[RoomId("r")]
    assert step.what is MemberRole


def test_who_left_is_told_with_time_and_reason_and_who_entered_without() -> None:
    entered, left = (event_of(step, "ktv") for step in steps({}, [stay("ann", 1500, left=1500)])[RoomId("r")])
    assert isinstance(entered.data, MemberEventPayload)
    assert isinstance(left.data, MemberEventPayload)
    assert entered.data.left_at is entered.data.reason is None
    assert (left.data.left_at, left.data.reason) == ("2026-03-01T08:00:01.500Z", "left")
    assert (left.category, left.at) == ("ktv", at(1500))
