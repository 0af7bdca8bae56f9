"""The comparison that the acceptance test believes: what may go wrong on the way does not escape it."""

import copy
from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.backend.comparing import Received, Service, differences

ROOM: Final = "room:r1"


def _event(seq: int, kind: str, **data: Any) -> dict[str, Any]:
    at = f"2026-01-01T00:00:0{seq}.000Z"
    return {"id": f"e{seq}", "stream": ROOM, "seq": seq, "type": kind, "timestamp": at, "data": data}


def _stay(stay: str, user: str, role: str = "audience", **more: Any) -> dict[str, Any]:
    return {
        "stayId": stay,
        "roomId": "r1",
        "broadcastId": "b1",
        "userId": user,
        "name": f"name of {user}",
        "avatar": "",
        "role": role,
        "enteredAt": "2026-01-01T00:00:00.000Z",
        "leftAt": None,
        "reason": None,
        **more,
    }


def _gone(stay: str, user: str) -> dict[str, Any]:
    return _stay(stay, user, leftAt="2026-01-01T00:00:09.000Z", reason="left")


def _both() -> tuple[Received, Service]:
    """Return a small story that is told as it was."""
    events = [
        _event(1, "room.opened", title="one"),
        _event(2, "member.entered", **_stay("s1", "u1")),
        _event(3, "member.entered", **_stay("s2", "u2")),
        _event(4, "room.updated", title="two"),
        _event(5, "member.role_changed", **_stay("s1", "u1", "anchor")),
        _event(6, "member.left", **_gone("s2", "u2")),
    ]
    anchor = _stay("s1", "u1", "anchor")
    received = Received(copy.deepcopy(events), {"r1": {"title": "two", "members": [anchor]}}, [])
    service = Service(
        events, {"r1": {"title": "two"}}, {"r1": {"title": "two"}}, [anchor, _gone("s2", "u2")], {"r1": [anchor]}
    )
    return copy.deepcopy((received, service))


def _swap(received: Any, _: Any) -> None:
    received.events[2:4] = [received.events[3], received.events[2]]


def _other_content(received: Any, _: Any) -> None:
    received.events[3]["data"]["title"] = "three"


def _other_name(received: Any, _: Any) -> None:
    received.rooms["r1"]["members"][0]["name"] = "somebody"


def _stale_room(received: Any, _: Any) -> None:
    received.rooms["r1"]["title"] = "one"


def _never_sent(_: Any, service: Any) -> None:
    service.stays.append(_gone("s3", "u3"))


def _nobody_asked(_: Any, service: Any) -> None:
    service.rooms["r2"] = {"title": "there"}


def _answered_otherwise(_: Any, service: Any) -> None:
    service.answers["r1"] = {"title": "one"}


def _not_listed(_: Any, service: Any) -> None:
    service.members["r1"] = []


def _sent_again_with_another_id(received: Any, service: Any) -> None:
    for events in (received.events, service.written):
        events.append({**events[5], "id": "e7", "seq": 7})


MISHAPS: Final[dict[str, Callable[[Any, Any], object]]] = {
    "an event in the middle is lost": lambda received, _: received.events.pop(2),
    "the first event is lost": lambda received, _: received.events.pop(0),
    "the last event is lost": lambda received, _: received.events.pop(),
    "two events change places": _swap,
    "an event is kept twice": lambda received, _: received.events.append(received.events[5]),
    "an event has another content": _other_content,
    "an event was made up": lambda received, _: received.events.append(_event(7, "room.updated", title="two")),
    "a transition is told twice, under two ids": _sent_again_with_another_id,
    "a stay was never told": _never_sent,
    "a room was never told": _nobody_asked,
    "a room is as it was before": _stale_room,
    "a member has another name": _other_name,
    "a member is forgotten": lambda received, _: received.rooms["r1"]["members"].clear(),
    "the service answers another title": _answered_otherwise,
    "the service lists somebody else": _not_listed,
    "the server complained": lambda received, _: received.faults.append("e1 came again with another content"),
}


def test_a_story_that_is_told_as_it_was_has_no_differences() -> None:
    assert differences(*_both()) == []


@pytest.mark.parametrize("mishap", MISHAPS)
def test_a_mishap_is_found(mishap: str) -> None:
    received, service = _both()
    MISHAPS[mishap](received, service)
    assert differences(received, service)
