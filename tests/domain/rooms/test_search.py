"""By what a room is found, and what somebody has to look for."""

import pytest

from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.rooms.search import (
    NAME_TERMS,
    TITLE_TERMS,
    WORDS_MAX,
    SearchedRoom,
    contains,
    words_of,
)


def terms(title: str, category: str = "", host: str = "") -> set[str]:
    return set(SearchedRoom(RoomId("1"), TenantName(""), title, category, host).terms())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Late  JAZZ", ["late", "jazz"]),
        ("mlvb-show_live", ["mlvb", "show", "live"]),
        ("ｆｕｌｌ ｗｉｄｔｈ", ["full", "width"]),
        ("STRASSE straße", ["strasse"]),
        ("cafe\u0301 café", ["café"]),
        ("音乐之夜", ["音乐之夜"]),
        ("K歌之王", ["k", "歌之王"]),
        ("หมวดหมู่", ["หมวดหมู่"]),
        ("нет 3", ["нет", "3"]),
        ("x" * 40, ["x" * 16]),
        ("周" * 20, ["周" * 8]),
        ("a b c d e f", ["a", "b", "c", "d"]),
        (" !? 😀 ", []),
        ("", []),
    ],
)
def test_words_are_compared_without_case_width_and_signs(text: str, words: list[str]) -> None:
    assert words_of(text) == words
    assert len(words_of(text)) <= WORDS_MAX


def test_a_word_is_a_term_and_unspaced_text_has_one_at_each_character() -> None:
    assert terms("Late jazz", "show", "Ann Lee") == {"late", "jazz", "show", "ann", "lee"}
    assert terms("爵士电台") == {"爵士电台", "士电台", "电台", "台"}
    assert terms("第3期 jazz") == {"第", "3", "期", "jazz"}
    assert "周" * 8 in terms("周" * 50)


def test_whatever_somebody_looks_for_begins_a_term_of_its_room() -> None:
    title = "The 周六 深夜的爵士电台 Late-Night"
    for text in ("the", "周六", "夜的爵士", "late night", "电台 late"):
        assert all(any(term.startswith(word) for term in terms(title)) for word in words_of(text)), text


def test_a_long_title_leaves_room_for_the_hosts_name() -> None:
    found = terms(" ".join(f"word{number}" for number in range(90)), "category", "Ann " * 3 + "长" * 100)
    assert {"ann", "category", "word0"} <= found
    assert len(found) <= TITLE_TERMS + 2 * NAME_TERMS


@pytest.mark.parametrize(
    ("name", "text", "is_in"),
    [
        ("Anna", "nn", True),
        ("小安娜", "安", True),
        ("ＡＮＮ", "ann", True),
        ("Bob", "ob b", False),
        ("Bob", "x", False),
    ],
)
def test_a_part_of_a_name_is_found_whatever_the_case(name: str, text: str, is_in: bool) -> None:
    assert contains(name, text) == is_in
