"""A connection as each of its rooms' rows has it: a JSON array."""

from typing import Final

import msgspec

from liveroom.domain.connections.model import RoomConnection

_decode: Final = msgspec.json.Decoder(RoomConnection).decode


def read_connection(stored: str | None) -> RoomConnection | None:
    """Return the connection that a room's row has."""
    return _decode(stored) if stored else None


def write_connection(connection: RoomConnection | None) -> str | None:
    """Return what a room's row keeps of a connection."""
    return None if connection is None else msgspec.json.encode(connection).decode()
