"""What an operator's server was told, beside what the service has: every difference, as a sentence.

It believes nobody: the order is that in which the server kept the events, the state of the service is read out of its
rows and, once more, by server key.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Event = Mapping[str, Any]
Fields = Mapping[str, Any]


class Received(NamedTuple):
    """What the operator's server has."""

    events: Sequence[Event]
    """As they came first."""
    rooms: Mapping[str, Fields]
    """The rooms that it has made of them, each with its ``members``."""
    faults: Sequence[str]
    """What it has complained of itself."""


class Service(NamedTuple):
    """What the service has."""

    written: Sequence[Event]
    """All that it has noted to be told: ``id``, ``stream``, ``seq``, ``type``, ``timestamp``, ``data``."""
    rooms: Mapping[str, Fields]
    """By its rows."""
    answers: Mapping[str, Fields]
    """The same rooms as a call answers them, under the names under which they are told."""
    stays: Sequence[Fields]
    """Each with ``stayId``, ``roomId``, ``userId``, ``broadcastId``, ``name``, ``avatar``, ``role``, ``enteredAt``,
    ``leftAt``, ``reason``."""
    members: Mapping[str, Sequence[Fields]]
    """Of live rooms, as a call answers it: ``userId``, ``name``, ``avatar``, ``role``."""


def differences(received: Received, service: Service) -> list[str]:
    """Return all that is not the same."""
    return [
        *received.faults,
        *_disorder(received.events),
        *_unlike(received.events, service.written),
        *_wrong_rooms(received.rooms, service.rooms),
        *_wrong_rooms(received.rooms, service.answers),
        *_wrong_members(received.rooms, service),
        *_wrong_stories(received.events, service.stays),
    ]


def _disorder(events: Sequence[Event]) -> Iterator[str]:
    """Every stream counts from 1, in the order in which its events came first; no id comes with two contents."""
    last: dict[str, int] = {}
    ids: set[str] = set()
    for event in events:
        stream, seq = event["stream"], event["seq"]
        if seq != last.get(stream, 0) + 1:
            yield f"{stream}: {seq} came behind {last.get(stream, 0)}"
        if event["id"] in ids:
            yield f"{event['id']} was kept twice"
        ids.add(event["id"])
        last[stream] = max(seq, last.get(stream, 0))


def _unlike(events: Sequence[Event], written: Sequence[Event]) -> Iterator[str]:
    """What came is what was noted: each event, with the same content."""
    came = {event["id"]: _received(event) for event in events}
    noted = {event["id"]: _received(event) for event in written}
    yield from (f"{noted[id]} never came" for id in noted.keys() - came.keys())
    yield from (f"{came[id]} was never noted" for id in came.keys() - noted.keys())
    yield from (f"{came[id]} came for {noted[id]}" for id in came.keys() & noted.keys() if came[id] != noted[id])


def _received(event: Event) -> tuple[Any, ...]:
    return event["stream"], event["seq"], event["type"], event["timestamp"], event["data"]


def _wrong_rooms(received: Mapping[str, Fields], rooms: Mapping[str, Fields]) -> Iterator[str]:
    for room in received.keys() | rooms.keys():
        if room not in received or room not in rooms:
            yield f"room {room} is only {'received' if room in received else 'there'}"
            continue
        for name, value in rooms[room].items():
            if received[room].get(name) != value:
                yield f"room {room}: {name} is {value!r}, told was {received[room].get(name)!r}"


def _wrong_members(received: Mapping[str, Fields], service: Service) -> Iterator[str]:
    """Compare who is in each room: as told, by the rows of stays, and by the answer of the service."""
    rows: dict[str, list[Fields]] = {}
    for stay in service.stays:
        if stay["leftAt"] is None:
            rows.setdefault(stay["roomId"], []).append(stay)
    for room in received.keys() | rows.keys() | service.members.keys():
        members = received.get(room, {}).get("members", ())
        by_stay = sorted((stay["stayId"], *_person(stay)) for stay in rows.get(room, ()))
        if (found := sorted((member["stayId"], *_person(member)) for member in members)) != by_stay:
            yield f"room {room}: in it are {by_stay}, told was {found}"
        answered = sorted(map(_person, service.members.get(room, ())))
        if (people := sorted(map(_person, members))) != answered:
            yield f"room {room}: list_members says {answered}, told was {people}"


def _person(member: Fields) -> tuple[str, ...]:
    return member["userId"], member["name"], member["avatar"], member["role"]


def _wrong_stories(events: Sequence[Event], stays: Sequence[Fields]) -> Iterator[str]:
    """Each stay begins once, ends if it has ended, and its last event says of it what its row says."""
    received: dict[str, list[Event]] = {}
    for event in events:
        if event["type"].startswith("member."):
            received.setdefault(event["data"]["stayId"], []).append(event)
    rows = {stay["stayId"]: stay for stay in stays}
    for stay in received.keys() | rows.keys():
        if stay not in received or stay not in rows:
            yield f"stay {stay} is only {'received' if stay in received else 'there'}"
        else:
            yield from _wrong_story(rows[stay], received[stay])


def _wrong_story(row: Fields, received: Sequence[Event]) -> Iterator[str]:
    kinds = [event["type"] for event in received]
    ends = 0 if row["leftAt"] is None else 1
    if kinds[0] != "member.entered" or kinds.count("member.entered") != 1 or kinds.count("member.left") != ends:
        yield f"stay {row['stayId']} is told as {_short(received)}"
    if ends and kinds[-1] != "member.left":
        yield f"stay {row['stayId']} goes on behind its end: {_short(received)}"
    last = received[-1]["data"]
    for name, value in row.items():
        if last[name] != value:
            yield f"stay {row['stayId']}: {name} is {value!r}, told was {last[name]!r}"


def _short(received: Sequence[Event]) -> str:
    """Return a story in one line."""
    words = ((event["stream"], event["seq"], event["type"], event["timestamp"]) for event in received)
    return " · ".join(
        " ".join(map(str, (*one, event["data"]["reason"] or ""))) for one, event in zip(words, received, strict=True)
    )
