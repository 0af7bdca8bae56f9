"""A viewer's token: who may watch which stream until when; whatever else is shown is refused, and nothing fails."""

from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.ids import UserId
from liveroom.domain.streams.model import PlayRequest, StreamName
from liveroom.providers.streams.addresses import first_values, play_token, read_play, stream_name

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
NAME, ALICE = StreamName("a1B2"), UserId("alice 你好")
SECRET = "play-secret"
TOKEN = play_token(SECRET, NAME, ALICE, NOW + timedelta(seconds=60))


@pytest.mark.parametrize("seconds", [0, 59])
def test_a_token_names_its_viewer_until_it_is_over(seconds: int) -> None:
    call = read_play(SECRET, NAME, TOKEN, NOW + timedelta(seconds=seconds))
    assert (call.play, call.refused) == (PlayRequest(NAME, ALICE), "")


def test_a_token_is_over_on_the_second() -> None:
    call = read_play(SECRET, NAME, TOKEN, NOW + timedelta(seconds=60))
    assert (call.play, call.refused) == (None, "the address has expired")


def test_a_token_stands_in_a_path_without_being_escaped() -> None:
    assert set(TOKEN) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


WHO, UNTIL, SIGNATURE = TOKEN.split(".")
FORGED = [
    "",
    ".",
    "..",
    "a.b",
    f"{TOKEN}.",
    f"{TOKEN}A",
    f"{WHO}.{int(UNTIL, 16) + 1:x}.{SIGNATURE}",
    f"{WHO}A.{UNTIL}.{SIGNATURE}",
    f"{WHO}..{SIGNATURE}",
    f"{WHO}.{UNTIL}.",
    f"{WHO}.zz.{SIGNATURE}",
    "é" * 600,
    "\ud800.1.x",
    play_token("another", NAME, ALICE, NOW + timedelta(seconds=60)),
    play_token(SECRET, StreamName("other"), ALICE, NOW + timedelta(seconds=60)),
]


@pytest.mark.parametrize("token", FORGED)
def test_a_token_that_was_not_signed_for_the_stream_is_refused(token: str) -> None:
    call = read_play(SECRET, NAME, token, NOW)
    assert (call.play, bool(call.refused)) == (None, True)


def test_no_token_is_good_for_a_name_that_no_stream_has() -> None:
    assert read_play(SECRET, None, TOKEN, NOW).refused


def test_without_a_secret_everybody_watches() -> None:
    assert read_play("", NAME, "", NOW).refused == ""


@pytest.mark.parametrize("value", ["", "a b", "a/b", "a_b", "é", "١", "a" * 65, 5, None, ["a"], "a\n"])
def test_other_names_are_none_of_ours(value: object) -> None:
    assert stream_name(value) is None


def test_the_first_value_of_a_name_counts() -> None:
    assert first_values("name=a&token=x&name=b&empty=&token=y") == {"name": "a", "token": "x", "empty": ""}
    assert first_values("&".join("a=1" for _ in range(65))) == {}
