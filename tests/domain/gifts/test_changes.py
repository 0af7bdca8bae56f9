"""What operators change of a gift, which of it makes a version, and what is refused."""

from datetime import timedelta

import pytest

from liveroom.domain.errors import BadRequest, QuotaExceeded, StaleVersion
from liveroom.domain.gifts.builtin import Defaults
from liveroom.domain.gifts.catalogue import CataloguedGift
from liveroom.domain.gifts.changes import GiftChange, Terms
from liveroom.domain.gifts.model import (
    LEAD,
    VERSIONS_MAX,
    GiftId,
    GiftState,
    Shares,
    read_id,
    read_shares,
    read_url,
)
from liveroom.domain.gifts.texts import GiftTexts, read_languages, read_tag, texts_in
from tests.domain.gifts.test_catalogue import HOME, NOW, SHARES, gift, version

DEFAULTS = Defaults(50, SHARES)
LATER = NOW + timedelta(days=1)


def first(terms: Terms, **more: object) -> CataloguedGift:
    """Return the gift that somebody makes."""
    change = GiftChange(terms, **{"name": "Rose", **more})  # type: ignore[arg-type]
    return change.first(HOME, GiftId("rose"), DEFAULTS, "key:1", NOW)


def test_a_new_gift_counts_at_once_and_earns_as_the_settings_say() -> None:
    (made,) = first(Terms(price=15)).versions
    assert made[:5] == (1, 15, 7, SHARES, 0)
    assert (made.begins, made.made_by) == (NOW, "key:1")
    (later,) = first(Terms(price=15, points=3, shares=Shares(1000, 0, 0), level=4, begins=LATER)).versions
    assert later[:6] == (1, 15, 3, Shares(1000, 0, 0), 4, LATER)


@pytest.mark.parametrize(
    ("terms", "more"),
    [
        (Terms(), {}),
        (Terms(price=1), {"name": None}),
        (Terms(price=1), {"name": " "}),
        (Terms(price=1), {"name": "R" * 61}),
        (Terms(price=1), {"since": LATER, "until": LATER}),
        (Terms(price=1, begins=NOW - LEAD), {}),
    ],
)
def test_a_gift_without_name_or_price_or_out_of_time_is_refused(terms: Terms, more: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        first(terms, **more)


KNOWN = CataloguedGift(gift(), [version(1, -100, price=10)])


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (Terms(price=20), (2, 20, 10, SHARES, 0, NOW + LEAD)),
        (Terms(price=10, level=2), (2, 10, 10, SHARES, 2, NOW + LEAD)),
        (Terms(points=3, begins=LATER), (2, 10, 3, SHARES, 0, LATER)),
        (Terms(shares=Shares(0, 0, 1000)), (2, 10, 10, Shares(0, 0, 1000), 0, NOW + LEAD)),
        (Terms(begins=LATER), (2, 10, 10, SHARES, 0, LATER)),
        (Terms(price=20, begins=NOW), (2, 20, 10, SHARES, 0, NOW + LEAD)),
    ],
)
def test_another_price_points_shares_level_or_time_make_the_next_version(
    terms: Terms, said: tuple[object, ...]
) -> None:
    changed = GiftChange(terms).apply(KNOWN, DEFAULTS, "key:2", NOW)
    assert changed.versions == (*KNOWN.versions, changed.newest)
    assert tuple(changed.newest)[:6] == said


@pytest.mark.parametrize("terms", [Terms(), Terms(price=10, points=10, level=0, shares=SHARES), Terms(seen=1)])
def test_what_changes_no_price_makes_no_version(terms: Terms) -> None:
    changed = GiftChange(terms, name="Red rose", hidden=True, icon="/gifts/rose.webp").apply(KNOWN, DEFAULTS, "", NOW)
    assert changed.versions == KNOWN.versions
    assert (changed.gift.texts.name, changed.gift.state, changed.gift.icon) == (
        "Red rose",
        GiftState.HIDDEN,
        "/gifts/rose.webp",
    )
    shown = GiftChange(Terms(), hidden=False, since=LATER).apply(changed, DEFAULTS, "", NOW)
    assert (shown.gift.state, shown.gift.since, shown.gift.icon) == (GiftState.OFFERED, LATER, "/gifts/rose.webp")


def test_who_has_not_seen_the_newest_version_does_not_replace_it() -> None:
    with pytest.raises(StaleVersion):
        GiftChange(Terms(price=11, seen=2)).apply(KNOWN, DEFAULTS, "", NOW)


def test_a_retired_gift_is_not_changed_and_versions_are_bounded() -> None:
    with pytest.raises(BadRequest):
        GiftChange(Terms(price=11)).apply(
            CataloguedGift(gift(state=GiftState.RETIRED), KNOWN.versions), DEFAULTS, "", NOW
        )
    full = CataloguedGift(gift(), [version(number, -1) for number in range(1, VERSIONS_MAX + 1)])
    with pytest.raises(QuotaExceeded):
        GiftChange(Terms(price=11)).apply(full, DEFAULTS, "", NOW)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("zh", "玫瑰"),
        ("zh-Hant", "玫瑰花"),
        ("zh-Hant-TW", "玫瑰花"),
        ("zh-Hans", "玫瑰"),
        ("pt-BR", "Rose"),
        ("", "Rose"),
    ],
)
def test_readers_get_the_nearest_language(asked: str, name: str) -> None:
    languages = {"zh": GiftTexts("玫瑰"), "zh-Hant": GiftTexts("玫瑰花", "一朵")}
    assert texts_in(asked, GiftTexts("Rose", "one"), languages).name == name
    assert texts_in("zh", GiftTexts("Rose", "one"), languages).description == "one"


def test_languages_are_kept_in_the_form_of_bcp_47() -> None:
    assert [read_tag(tag) for tag in ("EN", "zh-hant-tw", "pt-br", "sr-latn")] == [
        "en",
        "zh-Hant-TW",
        "pt-BR",
        "sr-Latn",
    ]
    for wrong in ("", "e", "en_US", "english language", "x" * 36):
        with pytest.raises(BadRequest):
            read_tag(wrong)
    with pytest.raises(BadRequest):
        read_languages({f"a{a}{b}": GiftTexts("x") for a in "abcdef" for b in "abcdef"})


@pytest.mark.parametrize(
    "url", ["", "https://cdn.example.com/a.webp?v=2", "http://10.0.0.2:9000/u/a", "/gifts/rose.webp"]
)
def test_pictures_are_at_addresses_of_the_web_or_of_this_service(url: str) -> None:
    assert read_url(url, "iconUrl") == url


@pytest.mark.parametrize(
    "url", ["//evil.example/a", "javascript:alert(1)", "ftp://a/b", "https://", "/", "https://a/ b"]
)
def test_no_other_address_is_kept(url: str) -> None:
    with pytest.raises(BadRequest):
        read_url(url, "iconUrl")


def test_ids_and_shares_have_their_form() -> None:
    assert read_id("super-rocket_2", "giftId") == "super-rocket_2"
    assert read_shares([700, 0, 300]) == Shares(700, 0, 300)
    for wrong in ("", "Rose", "-rose", "r" * 33, "玫瑰"):
        with pytest.raises(BadRequest):
            read_id(wrong, "giftId")
    for shares in ([1000], [500, 500, 500], [1100, -100, 0], [1000, 0, 0, 0]):
        with pytest.raises(BadRequest):
            read_shares(shares)
