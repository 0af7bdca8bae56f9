"""Stays: versions in any order, open ones by bucket, and who was there before; on both databases."""

import itertools
import random
from typing import Any

import pytest

from liveroom.domain.ids import BroadcastId, RoomId, UserId, room_bucket, user_bucket
from liveroom.domain.presence.members import LeaveReason, Role, Stay
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.looking import rows_of
from tests.store.sql.samples import NOW, SECOND, stay

VERSIONS = (
    stay(version=1, name="first 🌹"),
    stay(version=2, name="second", role=Role.ANCHOR, avatar="", entries=(), order=8),
    stay(version=3, name="third", left=NOW + SECOND, reason=LeaveReason.LOST),
)


async def _open(database: SqlDatabase, in_room: str = "700") -> list[Stay]:
    found = await database.stays.open_in_room_bucket(room_bucket(RoomId(in_room)))
    return sorted(found, key=lambda one: one.id)


async def test_every_field_of_an_open_stay_comes_back(database: SqlDatabase) -> None:
    await database.stays.put([stay()])
    assert await database.stays.open_in_room_bucket(room_bucket(stay().room)) == [stay()]
    assert await database.stays.open_in_user_bucket(user_bucket(stay().user)) == [stay()]


@pytest.mark.parametrize(
    "order", list(itertools.permutations(VERSIONS)), ids=lambda order: str([o.version for o in order])
)
@pytest.mark.parametrize("batched", [True, False], ids=["one batch", "one by one"])
async def test_the_newest_version_wins_in_any_order(
    database: SqlDatabase, order: tuple[Stay, ...], batched: bool
) -> None:
    for batch in [order] if batched else [[one] for one in order]:
        await database.stays.put(batch)
    query = "SELECT version, name, role, avatar, entries, ord, reason, left_at - entered FROM lr_stays"
    assert await rows_of(database, query) == [
        (3, "third", "audience", "https://a/2.png", '[["s1","p1"],["s2","p2"]]', 7, "lost", 1000)
    ]


async def test_the_same_version_again_changes_nothing(database: SqlDatabase) -> None:
    await database.stays.put([stay()])
    await database.stays.put([stay(name="other")])
    assert await _open(database) == [stay()]


async def test_a_newer_version_that_is_open_takes_the_end_back(database: SqlDatabase) -> None:
    await database.stays.put([stay(left=NOW, reason=LeaveReason.LOST)])
    await database.stays.put([stay(version=2)])
    assert await _open(database) == [stay(version=2)]


async def test_of_two_ends_the_first_stays_and_what_is_older_than_the_second_does_not_open_it(
    database: SqlDatabase,
) -> None:
    """The first has been told by its event."""
    for version in (
        stay(name="first", left=NOW + SECOND, reason=LeaveReason.LOST),
        stay(version=3, name="second", left=NOW, reason=LeaveReason.CLOSED),
        stay(version=2),
    ):
        await database.stays.put([version])
    query = "SELECT version, name, reason, left_at - entered FROM lr_stays"
    assert await rows_of(database, query) == [(3, "first", "lost", 1000)]


async def test_a_thousand_stays_in_several_versions_are_one_call(database: SqlDatabase) -> None:
    first = [stay(f"y{number:04}", str(number)) for number in range(700)]
    second = [one._replace(version=2, left=NOW, reason=LeaveReason.LEFT) for one in first[:400]]
    mixed = [*first, *second]
    random.Random(1).shuffle(mixed)
    await database.stays.put(mixed)
    assert await _open(database) == first[400:]
    await database.stays.put([])


async def test_closed_stays_are_not_open(database: SqlDatabase) -> None:
    await database.stays.put([stay("y1"), stay("y2", "2", left=NOW, reason=LeaveReason.KICKED), stay("y3", "3")])
    assert [one.id for one in await _open(database)] == ["y1", "y3"]
    assert await database.stays.open_in_user_bucket(user_bucket(UserId("2"))) in ([], [stay("y1")], [stay("y3", "3")])


async def test_past_users_are_those_without_an_open_stay_in_that_broadcast(database: SqlDatabase) -> None:
    gone: dict[str, Any] = {"left": NOW, "reason": LeaveReason.LEFT}
    await database.stays.put(
        [
            stay("y1", "left once", **gone),
            stay("y2", "left and came back", **gone),
            stay("y3", "left and came back"),
            stay("y4", "left twice", **gone),
            stay("y5", "left twice", **gone),
            stay("y6", "there"),
            stay("y7", "there", "701", **gone),
        ]
    )
    ours, other, unknown = BroadcastId("b-700"), BroadcastId("b-701"), BroadcastId("b-none")
    found = await database.stays.past_users([ours, other, unknown])
    assert {broadcast: sorted(users) for broadcast, users in found.items()} == {
        ours: ["left once", "left twice"],
        other: ["there"],
        unknown: [],
    }
    assert await database.stays.past_users([]) == {}
