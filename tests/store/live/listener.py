"""A listener to rooms in a test, which records what it receives."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.events.model import PACE, Event, EventKind, Position, Publication, Socket
from liveroom.domain.ids import RoomId, SessionId, UserId
from tests.store.live.world import World, eventually

R1 = RoomId("r1")


@dataclass
class RecordingListener:
    """The listener of a process. ``read`` counts the events that the test has asked for already."""

    world: World
    rooms: Sequence[RoomId] = (R1,)
    received: list[tuple[RoomId, str, Publication]] = field(default_factory=list)
    came: list[Socket] = field(default_factory=list)
    went: list[Socket] = field(default_factory=list)
    doubts: list[RoomId] = field(default_factory=list)
    ended: list[EndedSessions] = field(default_factory=list)
    read: dict[RoomId, int] = field(default_factory=dict)

    # --- ports.LiveListener ----------------------------------------------------------------------------------------

    def published(self, room: RoomId, epoch: str, publication: Publication) -> None:
        self.received.append((room, epoch, publication))

    def joined(self, room: RoomId, socket: Socket) -> None:
        self.came.append(socket)

    def parted(self, room: RoomId, socket: Socket) -> None:
        self.went.append(socket)

    def doubtful(self, rooms: Sequence[RoomId]) -> None:
        self.doubts += rooms

    def sessions_over(self, ended: EndedSessions) -> None:
        self.ended.append(ended)

    # --- what a test asks ------------------------------------------------------------------------------------------

    async def listen(self) -> "RecordingListener":
        """Be the listener of the process that runs now."""
        channels = self.world.live.channels
        channels.attach(self)
        for room in self.rooms:
            await channels.subscribe(room)
        return self

    def publications(self, room: RoomId = R1) -> list[Publication]:
        return [publication for where, _, publication in self.received if where == room]

    def events(self, room: RoomId = R1) -> list[Event]:
        return [event for publication in self.publications(room) for event in publication.events]

    def last(self, room: RoomId = R1) -> Position | None:
        """Return the position of what was received last of the room."""
        found = [Position(epoch, publication.offset) for where, epoch, publication in self.received if where == room]
        return found[-1] if found else None

    async def catch_up(self, room: RoomId = R1) -> None:
        """Return when everything is received that a live room has published."""
        position = (await self.world.live.channels.positions([room]))[room]
        await eventually(lambda: position.offset == 0 or self.last(room) == position)

    async def closed(self, room: RoomId = R1) -> None:
        """Return when the closing of the room is received."""
        await eventually(lambda: any(event.kind is EventKind.ROOM_CLOSED for event in self.events(room)))

    async def new_events(self, room: RoomId = R1) -> list[str]:
        """Let what is gathered leave; return what was told since the last time, counts apart."""
        self.world.clock.advance(PACE)
        await self.world.live.channels.gathered()
        await self.catch_up(room)
        return self.news(room)

    def news(self, room: RoomId = R1) -> list[str]:
        """Return what was received and not yet asked for, counts apart."""
        events = self.events(room)
        new = events[self.read.get(room, 0) :]
        self.read[room] = len(events)
        return [say(event) for event in new if event.kind is not EventKind.COUNTS]


async def listen(world: World, *rooms: str) -> RecordingListener:
    """Return the listener of the world's process, subscribed to these rooms (room r1 unless others are named)."""
    return await RecordingListener(world, [RoomId(room) for room in rooms] or [R1]).listen()


def users_of(sockets: Sequence[Socket]) -> list[str]:
    return [socket.user for socket in sockets]


def say(event: Event) -> str:
    """Return what happened in a few words."""
    about = "" if event.member is None else f" {event.member.user}"
    return f"{event.kind}{about}{f' ({event.reason})' if event.reason else ''}"


def socket_of(user: str, number: int = 1, session: str = "") -> Socket:
    """Return one of a user's sockets, of their only session unless it is named."""
    return Socket(f"{user}:{number}", UserId(user), SessionId(session or f"{user}-1"))
