"""What counts when: the catalogue beside plain models that look at every moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.gifts.builtin import GIFTS, Defaults, builtin_catalogue
from liveroom.domain.gifts.catalogue import Catalogue, CataloguedGift, empty_catalogue
from liveroom.domain.gifts.failures import GiftNotOffered, PriceChanged
from liveroom.domain.gifts.model import Gift, GiftCategory, GiftId, GiftState, GiftVersion, Shares
from liveroom.domain.gifts.texts import GiftTexts
from liveroom.domain.ids import TenantName

HOME = TenantName("")
NOW = datetime(2026, 11, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SHARES = Shares(500, 100, 400)
PICTURES = Path(__file__).parents[3] / "web" / "public" / "gifts"
_SECONDS = st.integers(-200, 200)


def gift(id: str = "rose", **changes: Any) -> Gift:
    """Return a gift that can be sent."""
    return replace(Gift(HOME, GiftId(id), GiftTexts(id), NOW, NOW, {}), **changes)


def version(number: int, begins: int, price: int = 1) -> GiftVersion:
    """Return a version that counts from so many seconds after ``NOW``."""
    return GiftVersion(number, price, price, SHARES, 0, NOW + begins * SECOND, NOW, "key:1")


def catalogue(*gifts: CataloguedGift, **categories: int) -> Catalogue:
    """Return a catalogue; ``categories`` with their positions."""
    named = {id: GiftCategory(HOME, id, GiftTexts(id), {}, position) for id, position in categories.items()}
    return Catalogue(HOME, 7, {one.gift.id: one for one in gifts}, named)


@given(st.lists(_SECONDS, min_size=1, max_size=6), st.integers(0, 7), _SECONDS)
def test_a_version_is_taken_if_it_counted_within_the_last_minute(begins: list[int], said: int, after: int) -> None:
    item = CataloguedGift(gift(), [version(number, at) for number, at in enumerate(begins, 1)])

    def counted(second: int) -> int:
        return max((number for number, at in enumerate(begins, 1) if at <= second), default=0)

    now = NOW + after * SECOND
    if not counted(after):
        with pytest.raises(GiftNotOffered):
            item.take(said or None, now)
    elif said in (0, *map(counted, range(after - 59, after + 1)), counted(after - 60)):
        assert item.take(said or None, now).number == (said or counted(after))
    else:
        with pytest.raises(PriceChanged) as refused:
            item.take(said, now)
        assert refused.value.current == {"version": counted(after), "price": 1}


def test_a_former_version_is_taken_for_sixty_seconds_and_no_longer() -> None:
    item = CataloguedGift(gift(), [version(1, -100), version(2, 0)])
    assert [item.take(1, NOW + at * SECOND).number for at in (-1, 0, 59)] == [1, 1, 1]
    with pytest.raises(PriceChanged):
        item.take(1, NOW + 60 * SECOND)


@given(st.lists(st.tuples(_SECONDS, st.none() | _SECONDS, st.none() | _SECONDS), max_size=5), _SECONDS, _SECONDS)
def test_at_equal_revisions_the_catalogue_says_the_same(
    gifts: list[tuple[int, int | None, int | None]], one: int, other: int
) -> None:
    def moment(seconds: int | None) -> datetime | None:
        return None if seconds is None else NOW + seconds * SECOND

    shown = catalogue(
        *(
            CataloguedGift(gift(f"g{number}", since=moment(since), until=moment(until)), [version(1, begins)])
            for number, (begins, since, until) in enumerate(gifts)
        )
    )

    def offered(seconds: int) -> list[str]:
        now = NOW + seconds * SECOND
        items = shown.gifts.values()
        return sorted(one.gift.id for one in items if one.gift.is_offered(now) and one.counting(now))

    turns = {seconds: shown.turn(NOW + seconds * SECOND) for seconds in (one, other)}
    for seconds, turn in turns.items():
        assert [one.gift.id for one in shown.offered(turn)] == offered(seconds)
    if shown.revision(turns[one]) == shown.revision(turns[other]):
        assert offered(one) == offered(other)


def test_the_last_made_version_counts_also_where_an_earlier_one_was_to_begin_later() -> None:
    item = CataloguedGift(gift(), [version(1, 0, 10), version(2, 100, 20), version(3, 50, 30)])
    assert [item.take(None, NOW + at * SECOND).price for at in (0, 49, 50, 100, 200)] == [10, 10, 30, 30, 30]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": GiftState.HIDDEN},
        {"state": GiftState.RETIRED},
        {"since": NOW + SECOND},
        {"until": NOW},
    ],
)
def test_what_is_hidden_retired_or_out_of_its_time_is_neither_shown_nor_sent(changes: dict[str, Any]) -> None:
    item = CataloguedGift(gift(**changes), [version(1, -100)])
    shown = catalogue(item)
    assert shown.offered(shown.turn(NOW)) == []
    with pytest.raises(GiftNotOffered):
        item.take(1, NOW)


def test_an_unknown_gift_is_not_offered() -> None:
    with pytest.raises(GiftNotOffered):
        empty_catalogue(HOME).find(GiftId("rose"))


def test_gifts_are_shown_by_category_then_by_position_and_those_without_one_last() -> None:
    places = {"a": ("", 0), "b": ("grand", 2), "c": ("grand", 1), "d": ("small", 9), "e": ("gone", 0)}
    items = [
        CataloguedGift(gift(id, category=category, position=position), [version(1, -1)])
        for id, (category, position) in places.items()
    ]
    shown = catalogue(*items, grand=2, small=1)
    assert [one.gift.id for one in shown.offered(shown.turn(NOW))] == ["d", "c", "b", "a", "e"]


def test_the_built_in_gifts_are_twelve_of_which_the_dearest_are_big() -> None:
    shown = builtin_catalogue(HOME, Defaults(50, SHARES))
    offered = shown.offered(shown.turn(NOW))
    assert [one.gift.id for one in offered] == [one.id for one in GIFTS]
    assert len(offered) == 12
    assert [one.gift.id for one in offered if one.version.is_big] == ["fireworks", "rocket", "castle"]
    assert [one.version.points for one in offered[:3]] == [0, 2, 5]


def test_each_built_in_gift_has_its_icon_of_a_few_kilobytes() -> None:
    files = {path.stem: path.stat().st_size for path in PICTURES.iterdir()}
    assert set(files) == {one.id for one in GIFTS}
    assert max(files.values()) < 8 * 1024
