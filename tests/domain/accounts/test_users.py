"""Usernames as they are kept and compared, and when a ban counts."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.accounts.users import User, fold_username, read_username
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import DEFAULT_TENANT, UserId

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ANN = User(UserId("40000001"), DEFAULT_TENANT, NOW, NOW, name="Ann", avatar="https://example.com/a.png")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("alice", "alice"),
        ("  alice\t\r\n", "alice"),
        ("\u3000小明\u3000", "小明"),
        ("e\u0301va", "éva"),
        ("小明😀", "小明😀"),
        ("a b", "a b"),
        ("+8613800138000", "+8613800138000"),
        ("😀" * 128, "😀" * 128),
        ("e\u0301" * 128, "é" * 128),
        (" " * 100 + "a" * 128, "a" * 128),
    ],
)
def test_a_name_is_kept_composed_and_trimmed(sent: str, kept: str) -> None:
    assert read_username(sent) == kept


@pytest.mark.parametrize("sent", ["", " ", "\t\n", "\u3000", "a" * 129, "é" * 129])
def test_a_name_has_1_to_128_characters(sent: str) -> None:
    with pytest.raises(BadRequest, match="1 to 128"):
        read_username(sent)


@pytest.mark.parametrize("sent", ["a\x00b", "a\nb", "a\tb", "\x1b[2Jx", "a\x7fb", "a\x85b", "a\ud83d", "\udc80"])
def test_control_characters_and_half_characters_are_refused(sent: str) -> None:
    with pytest.raises(BadRequest, match="control"):
        read_username(sent)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "aLICE"),
        ("straße", "STRASSE"),
        ("ÉVA", "e\u0301va"),
        ("ΣΑΣ", "σας"),
        ("İstanbul", "i\u0307stanbul"),
        ("ﬃ", "FFI"),
        ("K", "k"),  # the Kelvin sign
        ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
    ],
)
def test_names_that_differ_in_case_alone_are_one(one: str, other: str) -> None:
    assert fold_username(read_username(one)) == fold_username(read_username(other))


@pytest.mark.parametrize(
    ("one", "other"), [("istanbul", "İstanbul"), ("ı", "i"), ("eva", "éva"), ("小明", "小名"), ("a b", "ab")]
)
def test_names_that_differ_in_more_are_two(one: str, other: str) -> None:
    assert fold_username(read_username(one)) != fold_username(read_username(other))


@pytest.mark.parametrize("character", ["ΐ", "ﬃ", "ẞ", "İ", "ᾷ", "և", "a"])
def test_a_folded_name_fits_its_column_and_folds_to_itself(character: str) -> None:
    folded = fold_username(read_username(character * 128))
    assert len(folded) <= 512
    assert fold_username(folded) == folded
    assert unicodedata.is_normalized("NFC", folded)


def test_a_ban_counts_until_its_end_and_not_at_it() -> None:
    banned = replace(ANN, banned_until=NOW)
    assert banned.is_banned(NOW - timedelta(microseconds=1))
    assert not banned.is_banned(NOW)
    assert not ANN.is_banned(NOW)
    assert replace(ANN, banned_until=datetime.max.replace(tzinfo=UTC)).is_banned(NOW + timedelta(days=365_000))


def test_others_see_name_and_picture_alone() -> None:
    assert (ANN.profile.name, ANN.profile.avatar) == ("Ann", "https://example.com/a.png")
