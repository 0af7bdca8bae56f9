"""What has to be so of connections at any time: in SQL, in the live store, and in what was recorded."""

from collections.abc import Iterable, Mapping, Sequence

from liveroom.app.assembly import Core
from liveroom.domain.connections.model import ROOMS_MAX, RoomConnection
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomStatus
from tests.recorded_events.rebuilding import Event


async def connections_of(core: Core, rooms: Iterable[RoomId]) -> Mapping[RoomId, RoomConnection | None]:
    """Return what each room is connected with, having seen that every place says the same."""
    ids = list(rooms)
    rows = {row.id: row for row in await core.db.rooms.some(ids)}
    live = {room.id: room.options.connection for room in await core.live.rooms(ids)}
    found: dict[RoomId, RoomConnection | None] = {}
    for id in ids:
        connection = rows[id].options.connection
        assert live.get(id) == connection, f"{id}: {live.get(id)} is live, and {connection} in SQL"
        assert connection is None or rows[id].state is RoomStatus.LIVE, f"{id} is closed and connected"
        found[id] = connection
    for id, connection in found.items():
        if connection is not None:
            assert connection.has(id)
            assert 2 <= len(connection.rooms) <= ROOMS_MAX
            assert len(set(connection.ids)) == len(connection.ids)
            for other in connection.ids:
                assert found[other] == connection, f"{id} and {other} do not agree"
    return found


def told(events: Sequence[Event], room: str) -> list[tuple[str, int, list[str]]]:
    """Return what a room's stream says of connections: kind (or reason of an end), version, rooms."""
    return [
        (event.data.get("reason", event.kind), event.data["version"], [one["roomId"] for one in event.data["rooms"]])
        for event in events
        if event.stream == f"room:{room}" and event.kind.startswith("connection.")
    ]


def connected_by_events(events: Sequence[Event], room: str) -> list[str] | None:
    """Return what a reader of the events takes a room to be connected with: None, with none."""
    rooms: list[str] | None = None
    for event in events:
        if event.stream == f"room:{room}" and event.kind.startswith("connection."):
            ends = event.kind == "connection.ended"
            assert (rooms is None) is (event.kind == "connection.started"), f"{room}: {event.kind} after {rooms}"
            rooms = None if ends else [one["roomId"] for one in event.data["rooms"]]
    return rooms
