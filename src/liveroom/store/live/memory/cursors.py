"""Cursors of the room list: opaque to callers, and refused when they are not ours."""

import re
from base64 import b64decode, urlsafe_b64encode
from typing import Final, NamedTuple

from liveroom.domain.errors import BadRequest
from liveroom.domain.rooms.paging import RoomOrder

_MARKS: Final = {
    RoomOrder.CREATED: "c",
    RoomOrder.JOINED: "j",
    RoomOrder.NEWEST: "n",
    RoomOrder.PEOPLE: "p",
    RoomOrder.LIKES: "l",
    RoomOrder.HEAT: "h",
}
_PLAIN = re.compile(r"([cjnplh])([0-9]{1,18}):(.+)", re.DOTALL)


class Cursor(NamedTuple):
    """Where a page ended: time of opening and room, or position and name of a ranking."""

    number: int
    name: str


def write_cursor(order: RoomOrder, cursor: Cursor) -> str:
    """Return the text that the caller gets."""
    plain = f"{_MARKS[order]}{cursor.number}:{cursor.name}"
    return urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(text: str, order: RoomOrder) -> Cursor:
    """Return what the text says; raises ``BadRequest`` when we did not write it for pages of this order."""
    try:
        plain = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        plain = ""
    read = _PLAIN.fullmatch(plain)
    if read is None or read[1] != _MARKS[order]:
        raise BadRequest("cursor: invalid")
    return Cursor(int(read[2]), read[3])
