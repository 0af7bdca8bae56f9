"""What a client has been told about a room, put together from the publications that it saw."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.sdk.programs import Client, Event

Facts = Mapping[str, Any]


def publications(client: Client, channel: str, *, after: int = 0) -> Sequence[Facts]:
    return client.seen("publication", channel=channel, after=after)


def received(client: Client, channel: str, *, after: int = 0) -> Sequence[Facts]:
    """Return the events of a channel in the order in which the client saw them."""
    return [event for seen in publications(client, channel, after=after) for event in seen["data"]["events"]]


def kinds(client: Client, channel: str, *, since: int) -> Sequence[str]:
    """Return what happened after the event of this number; counts are left out, which come as they are gathered."""
    return [e["type"] for e in received(client, channel) if e["seq"] > since and e["type"] != "room.counts"]


async def until_received(client: Client, channel: str, kind: str, **fields: Any) -> Facts:
    """Wait for an event of a channel, and return it."""

    def look() -> Sequence[Facts]:
        return [
            event
            for event in received(client, channel)
            if event["type"] == kind and all(_at(event, name) == value for name, value in fields.items())
        ]

    return (await client.until_that(look))[0]


def _at(event: Facts, name: str) -> Any:
    """Return a field; ``room__title`` is the title of the room."""
    found: Any = event
    for part in name.split("__"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def check_whole(client: Client, channel: str, subscribed: Event) -> None:
    """Check that everything after a subscription was seen once, in order, by offsets and by the events' numbers.

    A state may hold events that are published after it: those up to its ``seq``.
    """
    offset, seq = subscribed["position"]["offset"], subscribed["data"]["seq"]
    after = next(place for place, event in enumerate(client.events) if event is subscribed)
    seen = publications(client, channel, after=after)
    assert [one["offset"] for one in seen] == list(range(offset + 1, offset + 1 + len(seen)))
    numbers = [event["seq"] for event in received(client, channel, after=after)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert numbers[0] <= seq + 1 <= numbers[-1]
    assert len({event["epoch"] for event in received(client, channel)}) == 1
