"""Messages: what may be said, who may take it back, and how it is told."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.messages.model import (
    RECALLED_WITHIN,
    Draft,
    Message,
    MessageType,
    Priority,
    check_draft,
    forgotten,
    is_still_theirs,
    muted_until,
    read_number,
    recalled,
    too_often,
)
from liveroom.domain.messages.payloads import (
    MessageObject,
    RecalledMessage,
    SaidMessage,
    event_size,
    write_event,
    write_message,
    write_notice,
    write_recall,
)
from liveroom.domain.moderation.room_access import FOREVER
from liveroom.domain.presence.members import Role

NOW = datetime(2026, 11, 26, 10, 0, 0, 123_000, tzinfo=UTC)
BOB, ANN = UserId("40000002"), UserId("40000001")
SAID = Message(
    RoomId("1"), TenantName(""), BroadcastId("b"), 1_795_687_200_123, NOW, BOB, 'Bob "B" \u2028', "https://a/b.png",
    Role.AUDIENCE, MessageType.CUSTOM, Priority.NORMAL, "hi / \\ \x01", b'{"n":[1,12345678901234567890,1e300]}',
)  # fmt: skip


@pytest.mark.parametrize(
    "draft",
    [
        Draft(MessageType.TEXT, Priority.NORMAL),
        Draft(MessageType.TEXT, Priority.NORMAL, " \n\t", b"{}"),
        Draft(MessageType.CUSTOM, Priority.NORMAL, "words"),
        Draft(MessageType.NOTICE, Priority.NORMAL, "words"),
    ],
)
def test_what_nobody_can_say_is_refused(draft: Draft) -> None:
    with pytest.raises(BadRequest):
        check_draft(draft)


@pytest.mark.parametrize(
    "draft",
    [Draft(MessageType.TEXT, Priority.LOW, "hi"), Draft(MessageType.CUSTOM, Priority.HIGH, "", b"{}")],
)
def test_everything_else_may_be_said(draft: Draft) -> None:
    check_draft(draft)


def test_a_message_is_told_as_its_struct_says() -> None:
    read = msgspec.json.decode(write_message(SAID), type=MessageObject)
    assert msgspec.to_builtins(read) == json.loads(write_message(SAID))
    assert (read.message_id, read.time, read.text) == ("1795687200123", "2026-11-26T10:00:00.123Z", SAID.text)
    assert b"12345678901234567890" in write_message(SAID), "numbers stay as the app wrote them"
    named = msgspec.json.decode(write_message(SAID, "k"), type=SaidMessage)
    assert named.key == "k"
    assert json.loads(write_message(SAID._replace(data=b"")))["data"] is None


def test_a_recall_is_told_as_its_struct_says() -> None:
    gone = recalled(SAID, ANN, NOW)
    read = msgspec.json.decode(write_recall(gone), type=RecalledMessage)
    assert (read.message_id, read.user_id, read.by) == (SAID.id, BOB, ANN)
    shown = json.loads(write_message(gone))
    assert (shown["text"], shown["data"], shown["recalled"], shown["userId"]) == ("", None, True, BOB)


def test_a_notice_is_told_with_its_words_alone() -> None:
    assert json.loads(write_notice(SAID._replace(data=b""))) == {"text": SAID.text, "data": None}


def test_an_event_says_what_has_become_of_a_message() -> None:
    notice, gone = SAID._replace(user=UserId("")), recalled(SAID, ANN, NOW)
    assert write_event(SAID, "k") == write_message(SAID, "k")
    assert write_event(notice) == write_notice(notice)
    assert write_event(gone) == write_recall(gone)


@pytest.mark.parametrize("said", [SAID, SAID._replace(user=UserId("")), SAID._replace(text="", data=b"")])
@pytest.mark.parametrize("key", ["", 'k "1"'])
def test_how_long_an_event_will_be_is_known_but_for_the_name_and_picture(said: Message, key: str) -> None:
    size = event_size(Draft(said.type, said.priority, said.text, said.data, key), said.user)
    assert 0 <= size - len(write_event(said._replace(name="", avatar=""), key)) <= len("moderator") - len("owner")


@pytest.mark.parametrize(
    ("user", "late", "theirs"),
    [
        (BOB, timedelta(0), True),
        (BOB, RECALLED_WITHIN, True),
        (BOB, RECALLED_WITHIN * 1.01, False),
        (ANN, timedelta(0), False),
    ],
)
def test_people_take_back_their_own_for_two_minutes(user: UserId, late: timedelta, theirs: bool) -> None:
    assert is_still_theirs(SAID, user, NOW + late) is theirs


def test_of_a_deleted_user_nothing_stays() -> None:
    gone = forgotten(SAID, BOB, UserId("gone-1"))
    assert (gone.user, gone.name, gone.avatar, gone.text, gone.data) == ("gone-1", "", "", "", b"")
    assert forgotten(SAID, ANN, UserId("gone-1")) == SAID
    assert forgotten(recalled(SAID, ANN, NOW), ANN, UserId("gone-1")).recalled_by == "gone-1"


@pytest.mark.parametrize(
    ("id", "number"), [("12", 12), ("0", 0), ("", None), ("-1", None), ("²", None), ("9" * 16, None)]
)
def test_ids_are_numbers(id: str, number: int | None) -> None:
    assert read_number(id) == number


def test_a_vendor_knows_a_message_again() -> None:
    others: list[dict[str, Any]] = [{"number": SAID.number + 1}, {"room": RoomId("2")}]
    assert SAID.fingerprint == SAID._replace(text="").fingerprint
    assert all(SAID._replace(**other).fingerprint != SAID.fingerprint for other in others)
    assert 0 <= SAID.fingerprint < 2**32


def test_refusals_say_from_when_on_it_is_allowed() -> None:
    assert muted_until(NOW).detail == "2026-11-26 10:00:00 UTC"
    assert muted_until(FOREVER).detail == ""
    assert muted_until(FOREVER.replace(microsecond=0)).detail == ""
    assert too_often(timedelta(milliseconds=1001)).detail == "2 s"
    assert too_often(timedelta(milliseconds=1)).retry_after == timedelta(milliseconds=1)
