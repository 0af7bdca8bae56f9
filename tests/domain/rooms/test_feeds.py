"""What the subscribers of a room list's channel are told next, and how channels are named."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName
from liveroom.domain.rooms.feeds import (
    COUNTED,
    PUBLICATION_BYTES,
    Card,
    Change,
    Compared,
    Count,
    Feed,
    KnownRoom,
    ListPublication,
    apply,
    compare,
    read_channel,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def card(room: str, members: int = 1, face: bytes = b"{") -> Card:
    return Card(RoomId(room), NOON, face, members, 9)


def state(*cards: Card) -> dict[RoomId, KnownRoom]:
    return {card.room: KnownRoom(card, NOON) for card in cards}


def later(before: dict[RoomId, KnownRoom], *cards: Card, passed: timedelta = COUNTED) -> Compared:
    return compare(before, cards, 7, NOON + passed)


@pytest.mark.parametrize(
    ("name", "feed"),
    [
        ("rooms:mlvb-show-live", Feed(DEFAULT_TENANT, "mlvb-show-live")),
        ("rooms:_all", Feed(DEFAULT_TENANT)),
        ("rooms:game:_all", Feed(TenantName("game"))),
        ("rooms:a_1:9", Feed(TenantName("a_1"), "9")),
        ("rooms:" + "a" * 32, Feed(DEFAULT_TENANT, "a" * 32)),
    ],
)
def test_a_channel_names_a_tenant_and_a_category(name: str, feed: Feed) -> None:
    assert read_channel(name) == feed
    assert feed.channel == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "rooms",
            "rooms:",
            "room:1",
            "rooms::_all",
            "rooms:game:",
            "rooms:a:b:c",
            "rooms:_a",
            "rooms:" + "a" * 33,
        ),
        *("rooms:语聊", "rooms:a b", "rooms:a\n", "rooms:ga-me:chat", "rooms:-a", "rooms:" + "a" * 33),
    ],
)
def test_other_names_name_no_list(name: str) -> None:
    assert read_channel(name) is None


def test_new_rooms_different_rooms_and_gone_rooms_are_told() -> None:
    found = later(state(card("1"), card("2"), card("3")), card("4"), card("2", face=b"{new"), card("3"))
    assert found == Compared(Change(7, (RoomId("1"),), (card("4"), card("2", face=b"{new")), ()), False, False)


def test_nothing_is_told_of_a_list_that_is_known() -> None:
    assert later(state(card("1")), card("1")).change.is_empty


def test_a_room_of_which_only_the_counts_differ_is_counted() -> None:
    assert later(state(card("1")), card("1", 5)).change == Change(7, (), (), (Count(RoomId("1"), 5, 9),))


def test_what_does_not_last_is_no_news_and_does_not_keep_counts_from_being_told() -> None:
    before, after = card("1", face=b"{a,star:1"), card("1", 5, b"{a,star:2")

    def compared(*cards: Card) -> Change:
        return compare(state(before), cards, 7, NOON + COUNTED, lasting=lambda face: face.partition(b",")[0]).change

    assert compared(before._replace(face=after.face)).is_empty
    assert compared(after) == Change(7, (), (), (Count(RoomId("1"), 5, 9),))
    assert compared(card("1", face=b"{b,star:1")).set == (card("1", face=b"{b,star:1"),)


@pytest.mark.parametrize(
    ("passed", "waits"),
    [(timedelta(0), True), (COUNTED - timedelta(milliseconds=1), True), (COUNTED, False), (timedelta(-1), False)],
)
def test_counts_of_a_room_wait_until_three_seconds_have_passed(passed: timedelta, waits: bool) -> None:
    found = later(state(card("1")), card("1", 5), passed=passed)
    assert (found.change.is_empty, found.waits, found.overflows) == (waits, waits, False)


def test_a_room_that_is_told_whole_is_told_with_its_counts() -> None:
    before = state(card("1"))
    found = later(before, card("1", 5, b"{new"), passed=timedelta(0))
    assert found.change.set == (card("1", 5, b"{new"),)
    assert not found.waits


def apart(cards: Sequence[Card]) -> tuple[list[Change], dict[RoomId, KnownRoom]]:
    """Return the publications that it takes to tell an empty channel of these rooms."""
    known: dict[RoomId, KnownRoom] = {}
    said: list[Change] = []
    while not (found := later(known, *cards)).change.is_empty:
        said.append(found.change)
        known = apply(known, ListPublication(len(said), NOON, found.change))
        assert found.overflows == (len(known) < len(cards))
    return said, known


def test_what_does_not_fit_comes_with_the_next() -> None:
    cards = [card(str(number), face=b"{" + b"x" * 400) for number in range(200)]
    said, known = apart(cards)
    assert [shown.card for shown in known.values()] == cards
    assert len(said) == 6
    assert all(sum(len(one.face) for one in change.set) < PUBLICATION_BYTES for change in said)


def test_a_publication_is_applied_in_the_order_gone_set_counted() -> None:
    said = Change(7, (RoomId("1"),), (card("2", 3),), (Count(RoomId("2"), 8, 9), Count(RoomId("5"), 1, 1)))
    after = apply(state(card("1"), card("2")), ListPublication(1, NOON + COUNTED, said))
    assert after == {RoomId("2"): KnownRoom(card("2", 8), NOON + COUNTED)}
