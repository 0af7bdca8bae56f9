"""What transactions tell: what the rows of former releases say is still understood."""

from datetime import UTC, datetime

import msgspec
import pytest

from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.events.outbox import (
    Arrival,
    OutboxMessage,
    RoomChanged,
    RoomImported,
    SessionsEnded,
    UserProfileChanged,
)
from liveroom.domain.ids import RoomId, SessionId, UserId
from liveroom.domain.rooms.model import CloseReason

AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
BODIES: list[tuple[str, OutboxMessage]] = [
    ('{"room":"700","reason":null}', RoomChanged(RoomId("700"))),
    ('{"room":"700","reason":"owner_gone"}', RoomChanged(RoomId("700"), CloseReason.OWNER_GONE)),
    ('{"user":"40000001"}', UserProfileChanged(UserId("40000001"))),
    (
        '{"user":"40000001","sessions":["s1","s2"],"at":"2026-03-01T12:00:00.250000Z","everything":true,"why":"banned"}',
        SessionsEnded(
            UserId("40000001"), (SessionId("s1"), SessionId("s2")), AT, everything=True, why=SessionEnd.BANNED
        ),
    ),
]


@pytest.mark.parametrize(("body", "message"), BODIES)
def test_a_row_is_written_and_read_as_before(body: str, message: OutboxMessage) -> None:
    assert msgspec.json.encode(message).decode() == body
    assert msgspec.json.decode(body, type=type(message)) == message


def test_people_who_were_in_a_room_that_was_taken_over_are_a_change_to_former_releases() -> None:
    imported = RoomImported(RoomId("700"), arrivals=(Arrival(UserId("1"), "anchor", AT),))
    body = msgspec.json.encode(imported)
    assert msgspec.json.decode(body, type=RoomImported) == imported
    assert msgspec.json.decode(body, type=RoomChanged) == RoomChanged(RoomId("700"))


def test_a_row_of_a_newer_release_may_say_more_and_one_of_an_older_less() -> None:
    message = msgspec.json.decode('{"room":"700","why":"newer"}', type=RoomChanged)
    assert message == RoomChanged(RoomId("700"))
    over = msgspec.json.decode(
        '{"user":"40000001","sessions":["s1"],"at":"2026-03-01T12:00:00.250000Z","everything":false}',
        type=SessionsEnded,
    )
    assert over == SessionsEnded(UserId("40000001"), (SessionId("s1"),), AT, why=SessionEnd.LOGOUT)


@pytest.mark.parametrize("body", ["{}", '{"room":7}', '{"room":"7","reason":"because"}', "[]"])
def test_a_row_that_says_something_else_is_not_taken_for_one(body: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=RoomChanged)
