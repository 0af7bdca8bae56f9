"""A room without a socket: its state is asked for again and again, which also says that the user is still there.

For a service that runs as a web function, and where sockets are blocked. There are no events of a room then, only
states in place of the former ones.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from liveroom_client.errors import NotFound, NotInRoom, RateLimited, Refused, SignedOut, Unavailable, Unreachable
from liveroom_client.link import NO_MEMBER, Follower

EVERY: Final = 3.0
"""Seconds between two questions; after thirty without one the service takes the user for gone."""
_NO_MEMBER: Final = min(NO_MEMBER)

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class Polling:
    """Follows one room; it stands in for a subscription."""

    def __init__(self, call: Callable[..., Any], spawn: Spawn, room_id: str, follower: Follower) -> None:
        self._call = call
        self._spawn = spawn
        self._room_id = room_id
        self._follower = follower
        self._known: tuple[str, int] | None = None
        self._asking: asyncio.Task[None] | None = None

    async def again(self) -> None:
        """Begin to ask, or begin again after the membership was lost."""
        self._asking = self._spawn(self._ask())

    async def stop(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()

    async def _ask(self) -> None:
        while True:
            try:
                state = (await self._call("rooms/state", roomId=self._room_id))["state"]
            except (NotInRoom, NotFound):
                self._follower.lost(_NO_MEMBER)
                return
            except SignedOut:
                return  # the session tells the room
            except (Unreachable, Unavailable, RateLimited):
                pass  # it is away for a moment
            except Refused as refused:
                self._follower.lost(refused.code)
                return
            else:
                if (position := (state["epoch"], state["seq"])) != self._known:
                    self._known = position
                    self._follower.state_came(state)
            await asyncio.sleep(EVERY)
