"""The example's ledger: each event once, whatever comes twice, and the state that follows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from operator_server.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Yield an empty one."""
    opened = Ledger(tmp_path / "operator.sqlite")
    yield opened
    opened.close()


def event(seq: int, kind: str = "room.updated", id: str = "", **data: Any) -> dict[str, Any]:
    return {"id": id or f"e{seq}", "stream": "room:r1", "seq": seq, "type": kind, "data": {"roomId": "r1", **data}}


def entered(seq: int, stay: str, role: str = "audience") -> dict[str, Any]:
    return event(seq, "member.entered", stayId=stay, userId=f"user of {stay}", role=role)


def test_the_newest_telling_of_a_room_says_it_all(ledger: Ledger) -> None:
    ledger.take([event(1, "room.opened", title="one"), event(2, title="two"), event(3, "room.closed", title="three")])
    (room,) = ledger.rooms()
    assert (room["title"], room["members"], ledger.faults()) == ("three", [], [])


def test_members_come_change_and_go_by_their_stays(ledger: Ledger) -> None:
    changed = event(3, "member.role_changed", stayId="s1", userId="user of s1", role="anchor")
    ledger.take([entered(1, "s1"), entered(2, "s2"), changed, event(4, "member.left", stayId="s2")])
    (room,) = ledger.rooms()
    assert [(member["stayId"], member["role"]) for member in room["members"]] == [("s1", "anchor")]


def test_what_comes_twice_is_passed_over(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.take([event(1, title="one"), event(2, title="two")])
    ledger.take([event(1, title="one")])
    (room,) = ledger.rooms()
    assert (room["title"], ledger.faults()) == ("two", [])


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (event(3, title="three"), "room:r1: 3 came after 1; what is between is missing"),
        (event(1, id="other", title="another"), "room:r1: 1 came after 1"),
        (event(1, title="another"), "e1 came again with another content"),
    ],
)
def test_what_is_not_as_it_should_be_is_noted(ledger: Ledger, wrong: dict[str, Any], fault: str) -> None:
    ledger.take([event(1, title="one")])
    ledger.take([wrong])
    assert ledger.faults() == [fault]


def test_a_dead_letter_that_comes_late_changes_nothing_of_the_state(ledger: Ledger) -> None:
    ledger.take([event(1, title="one"), event(3, title="three"), event(2, title="two")])
    (room,) = ledger.rooms()
    assert room["title"] == "three"


def test_of_a_message_that_cannot_be_read_nothing_is_kept(ledger: Ledger) -> None:
    with pytest.raises(KeyError):
        ledger.take([event(1, title="one"), {"id": "e2", "type": "room.updated"}])
    assert ledger.rooms() == []
    ledger.take([event(1, title="one")])
    assert ledger.faults() == []


def test_a_sample_event_and_kinds_that_are_not_known_change_nothing(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.take([{**event(1, "webhook.test"), "stream": "test"}])
    ledger.take([event(1, title="one"), event(2, "polls.closed", votes=3)])
    (room,) = ledger.rooms()
    assert (room["title"], ledger.faults()) == ("one", [])


def test_what_was_taken_is_there_after_a_crash(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "file")
    first.take([event(1, title="one")])
    second = Ledger(tmp_path / "file")
    assert [room["title"] for room in second.rooms()] == ["one"]
    for ledger in (first, second):
        ledger.close()
