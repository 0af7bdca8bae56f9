"""Words that are not allowed: which writings of one count, which only look like one, and what is shown instead."""

import unicodedata
from collections.abc import Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.errors import ContentRefused
from liveroom.domain.messages.words import (
    APART,
    LONGEST,
    WORD_MAX,
    Spot,
    TextKind,
    Word,
    WordsUnreadable,
    cleared,
    read_words,
)

LIST: Final = "shit\n~badword\n法轮功\n傻逼\na$$\nenculé\n~垃圾\n64\n🖕\nf*ck\nass\n바보\nバカ\nлох\nсука\n~ﷺ word"
_ALPHABET: Final = "ab c-'法轮\u200bé\u0301Ａ㎏1"


def naive(words: Sequence[Word], letters: str) -> Sequence[Spot]:
    """Find spots as slowly as can be: at every place, every word."""
    return [
        Spot(word, start, start + len(word.letters))
        for start in range(len(letters))
        for word in words
        if letters.startswith(word.letters, start)
    ]


def judged(text: str, listed: str = LIST) -> str | None:
    """Return the text as it may be shown; None: it is refused."""
    words = read_words(listed)
    try:
        return cleared(text, lambda letters: naive(words, letters))
    except ContentRefused:
        return None


@pytest.mark.parametrize(
    "text",
    [
        *("shit", "oh SHIT!", "s h i t", "S.H-I_T", "shit's", "'shit'", "shit123", "我说shit你"),
        *("ｓｈｉｔ", "ⓢⓗⓘⓣ", "𝓼𝓱𝓲𝓽", "s\u0336h\u0336i\u0336t\u0336", "sh\u00adit", "sh\u200b\u2060it", "s\u3164hit"),
        *("法轮功", "我法 轮-功啊", "你傻逼啊", "你傻\u200b逼", "六64四", "v64", "a$$ hole", "f*c*k", "fck"),
        *("l'enculé", "l\u2019ENCULE\u0301", "😀🖕", "바보야", "ﾊﾞｶ", "Сука, да", "an ass", "п. с у к а"),
    ],
)
def test_a_word_counts_however_it_is_written(text: str) -> None:
    assert judged(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "hello", "glass hit", "Adele's hit", "don't hit", "class", "Scunthorpe", "shitake", "assess"),
        *("你傻 逼啊", "1964", "6 4", "ass\u0301", "плохо", "法轮", "法\n轮", "enculer"),
        "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    ],
)
def test_what_only_looks_like_one_is_left_as_it_is(text: str) -> None:
    assert judged(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("BadWord!", "*******!"),
        ("a bad-word here", "a ******** here"),
        ("垃圾圾垃圾", "**圾**"),
        ("cafe\u0301 垃圾", "café **"),
        ("垃圾 and badword", "** and *******"),
    ],
)
def test_a_masked_word_is_shown_as_stars(text: str, shown: str) -> None:
    assert judged(text) == shown


def test_one_that_is_refused_counts_beside_one_that_is_masked() -> None:
    assert judged("badword shit") is None


def test_what_is_shown_is_never_longer_than_what_was_written() -> None:
    """Some characters are many once they are compared: a name must still fit where names are kept."""
    written = "\ufdfa word" + "ﾊﾞ" + "\ufdfa" * 20
    shown = judged(written, "~\ufdfa word")
    assert shown is not None
    assert "*" in shown
    assert len(shown) <= len(written)


def test_a_list_has_comments_masks_and_the_stricter_of_two() -> None:
    words = read_words("\ufeff# ours\n\n  One \n~two\n~ONE\n~ｔｗｏ\n#two\n")
    assert words == [Word("one"), Word("two", masks=True)]
    assert read_words("") == []


@pytest.mark.parametrize(
    ("text", "where"), [("good\n***\n", "line 2"), ("~", "line 1"), ("a\n\n" + "x" * (WORD_MAX + 1), "line 3")]
)
def test_a_line_that_cannot_be_used_is_named(text: str, where: str) -> None:
    with pytest.raises(WordsUnreadable, match=where):
        read_words(text)


def test_every_kind_of_wording_has_its_length() -> None:
    assert set(LONGEST) == set(TextKind)


@given(st.text(_ALPHABET, max_size=30), st.lists(st.text("abc法轮é1", min_size=1, max_size=4), min_size=1, max_size=5))
def test_no_word_stays_in_what_is_shown(text: str, words: list[str]) -> None:
    """Masking again finds nothing, and a list without stars refuses exactly what it would mask."""
    masked = judged(text, "\n".join(f"~{word}" for word in words))
    assert masked is not None
    assert judged(masked, "\n".join(f"~{word}" for word in words)) == masked
    assert (judged(text, "\n".join(words)) is None) == (masked != text)


@given(st.text("abcdefgh", min_size=APART, max_size=8), st.data())
def test_nothing_between_the_letters_hides_a_long_word(word: str, data: st.DataObject) -> None:
    between = st.text(" .,-_'\u200b\u00ad!?", max_size=3)
    spaced = "".join(letter + data.draw(between) for letter in word)
    assert judged(spaced, word) is None


@given(st.text(max_size=60))
def test_any_text_at_all_can_be_judged(text: str) -> None:
    shown = judged(text, "~a\n~法\n~e\u0301\n~ss")
    assert shown is not None
    assert shown == text or "*" in shown
    if text.isascii():
        assert len(shown) == len(text)


def test_the_letters_are_those_of_nfkc() -> None:
    for word in ("Straße", "ﬁne", "①②③", "ǅ", "Ω"):
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
        assert read_words(word)[0].letters == folded
