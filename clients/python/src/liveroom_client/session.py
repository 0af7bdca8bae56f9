"""A signed-in user: calls, rooms, room lists, what is told to the user, and the token that is renewed in time."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from typing import Any, Final, Literal
from weakref import WeakSet

from liveroom_client.calls import Calls
from liveroom_client.closing import ClosedAtTheEnd
from liveroom_client.errors import LiveroomError, SignedOut, Unavailable, Unreachable
from liveroom_client.events import ConnectionChanged, UserEvent
from liveroom_client.feed import Feed, Reader
from liveroom_client.link import Following, Link
from liveroom_client.lists import RoomList
from liveroom_client.polling import Polling
from liveroom_client.room import Entering, Room
from liveroom_client.shapes import Login, RoomInfo, ShownRoom
from liveroom_client.tokens import TokenStore, User, lifetime_of

_RENEWED_AFTER: Final = 2 / 3
"""Of a token's lifetime."""
_RENEW_PAUSE: Final = 60.0
"""Seconds at most between two attempts to renew a token."""
_CODES: Final[dict[int, "SessionEnd"]] = {4500: "logout", 4501: "banned", 4502: "replaced", 4503: "refused"}
_UNAUTHORIZED: Final = frozenset((1, 3500))
"""The codes of a token that has expired, and of one that is not valid (any more)."""

logger = logging.getLogger("liveroom_client")

SessionEnd = Literal["logout", "deleted", "banned", "replaced", "refused", "expired", "closed", "connection"]
"""Why a session is over: ``logout`` (perhaps elsewhere), a ``deleted`` or ``banned`` account, ``replaced`` by another
device or ``refused`` because of one (LIVEROOM_DEVICES), an ``expired`` or invalid token, ``closed`` by this program, or
a ``connection`` that the service has ended for good."""


def user_of(login: Login) -> User:
    """Return who signed in."""
    return User(login["userId"], login["name"], login["avatar"], login["token"])


class Session(ClosedAtTheEnd):
    """One user's session; ``Liveroom`` makes it. Close it, or the ``Liveroom``, when the program ends."""

    def __init__(self, calls: Calls, user: User, store: TokenStore | None = None, *, socket: bool | str = True) -> None:
        self.user = user
        self._calls = calls
        self._store = store
        own = "ws" + calls.url.removeprefix("http") + "/connection/websocket"
        self._address = own if socket is True else socket or ""
        self._data: dict[str, Any] = {"token": user.token}
        self._feed: Feed[UserEvent] = Feed(_nothing_skipped)
        self._rooms: dict[str, Room] = {}
        self._lists: WeakSet[RoomList] = WeakSet()
        self._link: Link | None = None
        self._opening = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: SessionEnd | None = None
        self._keep(user)
        self._renewing = self.spawn(self._keep_token())

    @property
    def user_id(self) -> str:
        """Return the user's id."""
        return self.user.user_id

    @property
    def ended(self) -> SessionEnd | None:
        """Return why the session is over, or None."""
        return self._ended

    async def call(self, method: str, **params: Any) -> Any:
        """Call any method of the service (docs/api.md) as this user; return its data. None is not sent.

        Raises ``Refused`` or ``Unreachable``.
        """
        try:
            return (await self._calls.call(method, params, self.user.token)).data
        except SignedOut:
            self._finish("expired")
            raise

    def pages(self, method: str, **params: Any) -> AsyncIterator[Any]:
        """Yield the rows of any method that answers page by page."""
        return self._calls.pages(method, params, self.user.token)

    # rooms

    def enter(
        self,
        room_id: str | None = None,
        *,
        role: str = "audience",
        password: str | None = None,
        link_key: str | None = None,
        **opening: Any,
    ) -> Entering:
        """Enter a room: ``async with session.enter(room_id) as room``, which leaves it at the end.

        ``role``: ``audience`` watches, ``anchor`` hosts, any other text is a label. ``link_key``: of a private room's
        link. ``opening``: ``title``, ``category``, ``type``, ``capacity`` of a room that this call opens.
        """
        entering = {"roomId": room_id, "role": role, "password": password, "linkKey": link_key, **opening}
        return Entering(Room(self, room_id or "", entering), is_host=False)

    def go_live(self, *, room_id: str | None = None, title: str = "", category: str = "", **opening: Any) -> Entering:
        """Open a room (a new one, unless one is named) and host it: ``async with``, which closes it at the end."""
        opened = {"title": title, "category": category, **opening}
        entering = {"roomId": room_id, "role": "anchor", **{name: value for name, value in opened.items() if value}}
        return Entering(Room(self, room_id or "", entering), is_host=True)

    async def room(self, room_id: str, link_key: str | None = None) -> ShownRoom:
        """Return a room without entering it."""
        found: ShownRoom = await self.call("rooms/room_detail", roomId=room_id, linkKey=link_key)
        return found

    def list_rooms(
        self, category: str = "", *, order: Literal["createUtc", "totalJoined"] = "createUtc"
    ) -> AsyncIterator[RoomInfo]:
        """Yield the public rooms that are live, page by page: the newest first, or the most visited."""
        return self.pages("rooms/query_room", category=category, orderBy=order)

    def search_rooms(self, text: str, *, category: str = "") -> AsyncIterator[RoomInfo]:
        """Yield the public live rooms with these words in title, host's name or category, the most watched first."""
        return self.pages("rooms/search", text=text, category=category, limit=50)

    def follow_rooms(self, category: str = "") -> RoomList:
        """Follow the room list: ``async with session.follow_rooms() as rooms``, then ``async for`` each change."""
        return RoomList(self, category)

    # the user

    def events(self) -> Reader[UserEvent]:
        """Return a reader of what is told to this user from now on; it stops when the session is over."""
        self.spawn(self._connect())
        return self._feed.read()

    async def update(self, **fields: str) -> None:
        """Change ``name``, ``avatar``, ``tag``, ``tag2`` or ``language`` of the user."""
        await self.call("auth_users/user_update", **fields)
        self.user = replace(self.user, **{name: fields[name] for name in ("name", "avatar") if name in fields})
        self._keep(self.user)

    async def log_out(self) -> None:
        """End the session at the service, on every device that has its token, and forget it."""
        token = self.user.token
        self._finish("logout")
        await self._drain()
        await self._calls.call("auth_users/user_logout", {"userId": self.user_id}, token)

    async def delete_account(self) -> None:
        """Delete the user, with all that is theirs."""
        await self.call("auth_users/user_delete")
        self._finish("deleted")
        await self._drain()

    async def close(self) -> None:
        """Leave the rooms and end the connection; a stored token stays good."""
        rooms = list(self._rooms.values())
        await asyncio.gather(*(room.leave() for room in rooms), return_exceptions=True)
        self._finish("closed")
        await self._drain()

    # for rooms and lists

    def claim(self, room: Room) -> None:
        """Note that the session is in the room. Raises ``LiveroomError`` if it was already."""
        if self._rooms.setdefault(room.id, room) is not room:
            raise LiveroomError(f"this session is in room {room.id} already")

    async def follow(self, room: Room) -> Following | Polling:
        """Subscribe to a room's channel; without a socket, ask for its state from time to time."""
        if not self._address:
            polling = Polling(self.call, self.spawn, room.id, room)
            await polling.again()
            return polling
        return await (await self._connect_link()).follow(f"room:{room.id}", room)

    async def follow_list(self, channel: str, follower: RoomList) -> Following:
        """Subscribe to a room list."""
        link = await self._connect_link()
        self._lists.add(follower)
        return await link.follow(channel, follower)

    def forget(self, room: Room) -> None:
        """Hear that a room is over."""
        if self._rooms.get(room.id) is room:
            del self._rooms[room.id]

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside everything else; what is not done when the session is closed is cancelled."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            logger.error("something failed in the background", exc_info=problem)

    # what the socket tells

    def connection(self, *, connected: bool) -> None:
        """Hear that the socket is connected, or trying to come back."""
        self._feed.put(ConnectionChanged(type="connection", state="connected" if connected else "away"))

    def personal(self, event: Any) -> None:
        """Take an event of the user's own channel."""
        self._feed.put(event)
        if event["type"] == "user.removed":
            for room in list(self._rooms.values()):
                room.removed(event["data"])
        if event["type"] == "user.signed_out":
            self._finish(event["reason"])

    def over(self, code: int, reason: str) -> None:
        """Hear that the socket was closed for good."""
        del reason
        self._finish("expired" if code in _UNAUTHORIZED else _CODES.get(code, "connection"))

    async def _connect(self) -> None:
        if self._ended is None and self._address:
            await self._connect_link()

    async def _connect_link(self) -> Link:
        if self._ended is not None:
            raise LiveroomError(f"the session is over: {self._ended}")
        if not self._address:
            raise LiveroomError("this needs a socket: Liveroom(…, socket=True)")
        async with self._opening:
            if self._link is None:
                self._link = Link(self._address, self._data, self)
                await self._link.open()
        return self._link

    def _finish(self, why: SessionEnd) -> None:
        if self._ended is not None:
            return
        self._ended = why
        if self._store is not None and why not in ("closed", "connection", "refused"):
            self._store.clear()
        for room in list(self._rooms.values()):
            room.session_over(why)
        for followed in list(self._lists):
            followed.lost(0)
        self._feed.end()
        if self._renewing is not asyncio.current_task():
            self._renewing.cancel()
        if self._link is not None:
            self.spawn(self._link.close())

    async def _drain(self) -> None:
        """Let the connection end, and cancel what else is under way."""
        if self._link is not None:
            await self._link.close()
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # the token

    async def _keep_token(self) -> None:
        """Renew the token long before it expires, as long as the session lasts."""
        pause = lifetime_of(self.user.token) * _RENEWED_AFTER
        while self._ended is None:
            await asyncio.sleep(pause)
            try:
                await self.renew()
                pause = lifetime_of(self.user.token) * _RENEWED_AFTER
            except (Unreachable, Unavailable):
                pause = min(_RENEW_PAUSE, lifetime_of(self.user.token) / 10)
            except LiveroomError:
                return

    async def renew(self) -> None:
        """Exchange the token for a new one of the same session; it happens by itself in time."""
        login: Login = await self.call("auth_users/user_login_token")
        self._keep(replace(self.user, token=login["token"]))

    def _keep(self, user: User) -> None:
        self.user = user
        self._data["token"] = user.token
        if self._store is not None:
            self._store.save(user)


def _nothing_skipped() -> UserEvent:
    return ConnectionChanged(type="connection", state="connected")
