"""The list of rooms, followed live: the 200 newest of a category, and every change."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Final, Protocol

from liveroom_client.errors import LiveroomError, Unreachable
from liveroom_client.link import Following
from liveroom_client.shapes import ListNews, ListSnapshot, RoomInfo

ALL: Final = "_all"
_READY: Final = 15.0


class Lister(Protocol):
    """What a list needs of its session."""

    async def follow_list(self, channel: str, follower: "RoomList") -> Following:
        """Subscribe to the channel."""


class RoomList:
    """A room list that is followed as long as ``async with`` lasts.

    ``async for rooms in room_list`` yields the rooms, the newest first: at once, and then after each change (of several
    that come while the program is busy, the last).
    """

    def __init__(self, session: Lister, category: str = "") -> None:
        self._session = session
        self._channel = f"rooms:{category or ALL}"
        self._rooms: dict[str, RoomInfo] = {}
        self._changed = asyncio.Event()
        self._first = asyncio.Event()
        self._follows: Following | None = None
        self._over = False

    async def __aenter__(self) -> "RoomList":
        self._follows = await self._session.follow_list(self._channel, self)
        try:
            async with asyncio.timeout(_READY):
                await self._first.wait()
        except TimeoutError:
            await self._follows.stop()
            raise Unreachable("the room list did not come: is the socket blocked?") from None
        if self._over:
            raise LiveroomError(f"{self._channel} cannot be followed")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, problem, trace
        if self._follows is not None:
            await self._follows.stop()
        self._end()

    @property
    def rooms(self) -> list[RoomInfo]:
        """Return the rooms as they are now, the newest first; of two of one second the one with the higher id."""
        return sorted(self._rooms.values(), key=lambda room: (room["createUtc"], room["roomId"]), reverse=True)

    async def __aiter__(self) -> AsyncIterator[list[RoomInfo]]:
        while not self._over:
            self._changed.clear()
            yield self.rooms
            await self._changed.wait()

    def state_came(self, snapshot: ListSnapshot) -> None:
        """Take the list in place of what was known."""
        self._rooms = {room["roomId"]: room for room in snapshot["rooms"]}
        self._first.set()
        self._changed.set()

    def news_came(self, publication: ListNews) -> None:
        """Apply what has changed."""
        self._rooms |= {room["roomId"]: room for room in publication["set"]}
        for room_id, (members, joined) in publication["nn"].items():
            if room_id in self._rooms:
                self._rooms[room_id] = {**self._rooms[room_id], "nnUsers": members, "totalJoined": joined}
        for room_id in publication["del"]:
            self._rooms.pop(room_id, None)
        self._changed.set()

    def lost(self, code: int) -> None:
        """Hear that the list cannot be followed any more."""
        del code
        self._end()

    def _end(self) -> None:
        self._over = True
        self._first.set()
        self._changed.set()
