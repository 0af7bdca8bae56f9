"""Ids: fresh ones sort by time, buckets never move, and what may be an id of whom."""

import string
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.ids import (
    DEFAULT_TENANT,
    FIRST_ID,
    LAST_ID,
    ROOM_BUCKETS,
    USER_BUCKETS,
    RoomId,
    TenantName,
    UserId,
    first_id,
    is_plain_id,
    is_tenant_name,
    made_at,
    new_id,
    ordered_id,
    room_bucket,
    user_bucket,
)
from liveroom.domain.tenants.model import Tenant

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DEFAULT = Tenant(DEFAULT_TENANT)
GAME = Tenant(TenantName("game"))
PLAIN = Tenant(TenantName("plain"), plain=True)


def test_fresh_ids_sort_by_the_time_of_their_making() -> None:
    moments = [NOW + timedelta(milliseconds=step) for step in (0, 1, 63, 64, 4096, 10**6, 10**9, 10**12)]
    ids = [new_id(moment) for moment in moments]
    assert ids == sorted(ids)


def test_fresh_ids_of_one_moment_are_all_different_and_fit_their_column() -> None:
    ids = {new_id(NOW) for _ in range(2000)}
    assert len(ids) == 2000
    assert {len(id) for id in ids} == {16}
    assert set("".join(ids)) <= set(string.ascii_letters + string.digits + "-_")
    assert {id[:8] for id in ids} == {new_id(NOW)[:8]}


@pytest.mark.parametrize(
    ("text", "of_user", "of_room"),
    [
        ("40000001", 111, 111),
        ("40000002", 85, 213),
        ("2147483647", 80, 208),
        ("1", 55, 183),
        ("game-40000001", 26, 26),
        ("", 0, 0),
    ],
)
def test_a_bucket_is_the_same_in_every_release(text: str, of_user: int, of_room: int) -> None:
    """SQL stores the numbers, and Redis keys carry them: another hash would lose every row and record."""
    assert user_bucket(UserId(text)) == of_user
    assert room_bucket(RoomId(text)) == of_room


def test_ids_in_a_row_spread_over_all_buckets() -> None:
    numbers = range(FIRST_ID, FIRST_ID + 20_000)
    assert {user_bucket(UserId(str(number))) for number in numbers} == set(range(USER_BUCKETS))
    assert {room_bucket(RoomId(str(number))) for number in numbers} == set(range(ROOM_BUCKETS))


@pytest.mark.parametrize("text", ["1", "9", "10", "40000001", str(LAST_ID)])
def test_a_decimal_that_fits_an_int_is_a_plain_id(text: str) -> None:
    assert is_plain_id(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "01", "-1", "+1", "1.0", "1e3", " 1", "1 ", "1\n", str(LAST_ID + 1), "9" * 10, "1" * 400),
        *("１２", "٣", "²", "1_000", "0x1", "game-1", "\udc80"),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_plain_id(text)


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        *((text, True) for text in ("a", "A_9", "_", "a" * 15)),
        *((text, False) for text in ("", "a" * 16, "a-b", "a b", "小", "a\n", "é")),
    ],
)
def test_a_tenant_is_named_by_1_to_15_letters_digits_and_underscores(text: str, is_name: bool) -> None:
    assert is_tenant_name(text) is is_name


@pytest.mark.parametrize(("tenant", "written"), [(DEFAULT, "40000001"), (PLAIN, "40000001"), (GAME, "game-40000001")])
def test_a_number_is_written_bare_or_with_its_tenant_and_may_be_chosen_again(tenant: Tenant, written: str) -> None:
    assert tenant.write_id(FIRST_ID) == written
    assert tenant.may_choose(RoomId(written))


@pytest.mark.parametrize("tenant", [DEFAULT, PLAIN])
@pytest.mark.parametrize("text", ["", "0", "007", "room", "game-1", "-1", "2147483648"])
def test_where_ids_are_plain_only_plain_ones_may_be_chosen(tenant: Tenant, text: str) -> None:
    assert not tenant.may_choose(RoomId(text))


@pytest.mark.parametrize(
    "text", ["1", "-1", "game", "game-", "game-0", "game-01", "game--1", "Game-1", "plain-1", "game-1-1", "game-x"]
)
def test_other_tenants_choose_ids_with_their_own_prefix_only(text: str) -> None:
    assert not GAME.may_choose(RoomId(text))


def test_ordered_ids_sort_by_time_then_number_and_a_bound_lies_before_them() -> None:
    at = datetime(2025, 3, 1, 12, tzinfo=UTC)
    millis = int(at.timestamp() * 1000)
    made = [ordered_id(millis + late, number) for late in (0, 1, 77) for number in (0, 1, 255, 256, 65_535)]
    assert made == sorted(made)
    assert {len(id) for id in made} == {16}
    assert {made_at(id) for id in made} == {millis, millis + 1, millis + 77}
    assert [made_at(id) for id in ("", "h1-0", "x" * 15, "ä" * 16, "=" * 16)] == [None] * 5
    earlier, later = new_id(at - timedelta(milliseconds=1)), new_id(at)
    assert earlier < first_id(at) < made[0]
    assert first_id(at) < later < first_id(at + timedelta(milliseconds=1))
