"""What a client does with the channel of a room list, as the documentation tells it to."""

from typing import Any


def reduce(rooms: dict[str, dict[str, Any]], data: dict[str, Any]) -> None:
    """Apply a publication to the rooms known so far."""
    for room in data["del"]:
        rooms.pop(room, None)
    for card in data["set"]:
        rooms[card["roomId"]] = card
    for room, (users, joined) in data["nn"].items():
        if room in rooms:
            rooms[room] |= {"nnUsers": users, "totalJoined": joined}
