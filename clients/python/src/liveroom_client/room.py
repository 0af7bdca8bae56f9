"""A room that the user is in: its state, which stays right by itself, its events, and its end.

Membership begins with a call, not with the subscription. When the service has given it up (a cut of more than twenty
seconds) the room is entered again; when the user was removed, or the room was closed, it ends and says why.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Generator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, Protocol

from liveroom_client.errors import Banned, LiveroomError, NotFound, Refused, Unavailable, Unreachable
from liveroom_client.events import RoomEvent, StateReplaced
from liveroom_client.feed import Feed, Reader
from liveroom_client.link import CLOSED, NO_MEMBER, REMOVED, Following
from liveroom_client.polling import Polling
from liveroom_client.room_calls import RoomCalls
from liveroom_client.room_state import Me, RoomState
from liveroom_client.shapes import EnteredRoom, GiftTotals, Member, Message, Options, RoomInfo, Seat, SeatRequest

NAMED_MAX: Final = 500
"""Of more members than these the service does not name everybody."""
_READY: Final = 15.0
_PATIENCE: Final = 5.0
"""Seconds: a membership that is lost again so soon after it was renewed is not worth another attempt."""
_REASON_COMES: Final = 0.5
"""Seconds: why a user was removed is told beside the end of the subscription, and may come after it."""
_FILL_PAUSE: Final = 2.0
_HISTORY: Final = 50
_HOSTS: Final = ("anchor", "owner", "")
_LIVE: Final = (0, 1)
"""Of a room whose broadcast goes on, hidden or not."""
_PAUSES: Final = (0.5, 1.0, 2.0, 4.0)

Why = Literal["closed", "left", "kicked", "banned", "elsewhere", "signed_out", "lost"]


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a room is over for this user.

    ``closed``: the broadcast has ended (``detail``: how). ``left``: the user left, perhaps with another device.
    ``kicked``, ``banned``: they were removed (``detail``: why, for people; ``until``: when a ban ends, UTC, "" if
    never). ``elsewhere``: they entered another room. ``signed_out``: their session has ended (``detail``: why).
    ``lost``: the room could not be entered again (``detail``: what the service said).
    """

    why: Why
    detail: str = ""
    until: str = ""


class Inside(Protocol):
    """What a room needs of its session."""

    @property
    def user_id(self) -> str:
        """Return the user's id."""

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method."""

    def pages(self, method: str, **params: Any) -> AsyncIterator[Any]:
        """Yield the rows of a paged method."""

    def claim(self, room: "Room") -> None:
        """Note that the session is in the room. Raises ``LiveroomError`` if it was already."""

    async def follow(self, room: "Room") -> Following | Polling:
        """Subscribe to the room's channel."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> object:
        """Do something beside everything else, until the session ends."""

    def forget(self, room: "Room") -> None:
        """Hear that the room is over."""


def _skipped() -> RoomEvent:
    return StateReplaced(type="state.replaced")


class Room(RoomCalls):
    """A room that was entered; ``session.enter`` makes it."""

    def __init__(self, session: Inside, room_id: str, entering: Mapping[str, Any]) -> None:
        super().__init__(room_id, session.call, session.pages)
        self._session = session
        self._entering = dict(entering)
        self._feed: Feed[RoomEvent] = Feed(_skipped)
        self._loop = asyncio.get_running_loop()
        self._first: asyncio.Future[None] = self._loop.create_future()
        self._over: asyncio.Future[Ending] = self._loop.create_future()
        self._follows: Following | Polling | None = None
        self._came_back_at = -_PATIENCE
        self._filling = False
        self._journal: list[Mapping[str, Any]] | None = None
        self._state: RoomState | None = None
        self._role = ""

    # what is true now

    @property
    def state(self) -> RoomState:
        """Return the room's whole state, as one object that changes with each event."""
        if self._state is None:
            raise LiveroomError("the room has not been entered yet")
        return self._state

    @property
    def info(self) -> RoomInfo:
        """Return title, owner, counts and so on."""
        return self.state.info

    @property
    def options(self) -> Options:
        """Return the room's options."""
        return self.state.options

    @property
    def members(self) -> dict[str, Member]:
        """Return the members by user id, in the order in which they joined; of more than 500 only some."""
        return self.state.members

    @property
    def seats(self) -> list[Seat]:
        """Return all seats, in order."""
        return self.state.seats

    @property
    def requests(self) -> list[SeatRequest]:
        """Return the open applications for seats and invitations to them, the oldest first."""
        return self.state.requests

    @property
    def messages(self) -> list[Message]:
        """Return the newest messages, at most 300, the latest last."""
        return self.state.messages

    @property
    def gifts(self) -> GiftTotals:
        """Return what was sent in the broadcast so far."""
        return self.state.gifts

    @property
    def likes(self) -> int:
        """Return the likes of the broadcast."""
        return self.state.likes

    @property
    def me(self) -> Me:
        """Return the user's role, mute and seat in this room."""
        return self.state.me

    @property
    def ended(self) -> Ending | None:
        """Return why the room is over for this user, or None."""
        return self._over.result() if self._over.done() else None

    async def wait_ended(self) -> Ending:
        """Wait until the room is over for this user."""
        return await asyncio.shield(self._over)

    def events(self) -> Reader[RoomEvent]:
        """Return a reader of what happens from now on; it stops when the room is over.

        The state may be ahead of the event that is being read. A reader that falls 1,000 events behind skips them.
        """
        return self._feed.read()

    # coming and going

    async def begin(self) -> None:
        """Enter, and return when the first state is there. Raises ``Refused`` or ``Unreachable``."""
        await self._enter()
        self._session.claim(self)
        try:
            self._follows = await self._session.follow(self)
            async with asyncio.timeout(_READY):
                await asyncio.shield(self._first)
        except TimeoutError:
            await self._give_up()
            raise Unreachable("the room was entered, but its state did not come: is the socket blocked?") from None
        except BaseException:
            await self._give_up()
            raise

    async def leave(self) -> None:
        """Leave the room, on this device."""
        if self.ended is None:
            self._end(Ending("left"))
            await self.call("rooms/leave_room")

    async def close(self) -> None:
        """End the broadcast, for everybody."""
        if self.ended is None:
            await self.call("rooms/destroy_room")
            self._end(Ending("closed", "destroyed"))

    async def _give_up(self) -> None:
        self._end(Ending("lost"))
        if self._follows is not None:
            await self._follows.stop()
        self._session.spawn(self._leave_quietly())

    async def _leave_quietly(self) -> None:
        try:
            await self.call("rooms/leave_room")
        except LiveroomError:
            return  # without a sign of life the membership ends by itself

    async def _enter(self) -> None:
        entered: EnteredRoom = await self._session.call("rooms/enter_room", **self._entering)
        self.id = self._entering["roomId"] = entered["roomId"]
        self._role = entered["role"]

    # what the socket tells

    def state_came(self, snapshot: Any) -> None:
        """Take a state in place of everything known."""
        if self._state is None:
            self._state = RoomState.of(snapshot, Me(self._session.user_id, self._role))
        else:
            self._state.replace(snapshot)
        self._session.spawn(self._complete())

    def news_came(self, publication: Any) -> None:
        """Apply a publication, and pass its events on."""
        state = self._state
        if state is None:
            return
        for event in publication["events"]:
            if state.apply(event):
                if self._journal is not None:
                    self._journal.append(event)
                self._feed.put(event)
        if state.closed:
            self._end(Ending("closed", state.closed))
        elif self._lacks_members and not self._filling:
            self._session.spawn(self._fill_members())

    def removed(self, removal: Mapping[str, Any]) -> None:
        """Hear on the user's own channel that they were removed, and why."""
        if removal["roomId"] in ("", self.id):
            why: Why = "banned" if removal["reason"] == "banned" else "kicked"
            self._end(Ending(why, removal.get("text", ""), removal.get("untilUtc", "")))

    def lost(self, code: int) -> None:
        """Hear that the subscription has ended: find out why, and come back if possible."""
        if self.ended is None:
            self._session.spawn(self._come_back(code))

    def session_over(self, why: str) -> None:
        """Hear that the session has ended, and why."""
        self._end(Ending("banned" if why == "banned" else "signed_out", why))

    async def _come_back(self, code: int) -> None:
        ending = await self._ending_of(code)
        if self.ended is not None:
            return
        if ending is None and self._loop.time() - self._came_back_at < _PATIENCE:
            ending = Ending("lost", "no member any more")
        self._came_back_at = self._loop.time()
        if ending is not None:
            self._end(ending)
            return
        attempt = 0
        while self.ended is None:
            try:
                await self._enter_again()
            except (Unreachable, Unavailable):
                await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
                attempt += 1
            except Refused as refused:
                self._end(_ending_after(refused))
            else:
                return

    async def _ending_of(self, code: int) -> Ending | None:
        """Return why the subscription ended, if that was for good."""
        if code == CLOSED:
            return Ending("closed", self._state.closed if self._state else "")
        if code != REMOVED:
            return None if code in NO_MEMBER else Ending("lost", str(code))
        await asyncio.wait({self._over}, timeout=_REASON_COMES)
        left = self._state.left if self._state else ""
        known: dict[str, Ending] = {
            "left": Ending("left"),
            "elsewhere": Ending("elsewhere"),
            "kicked": Ending("kicked"),
            "closed": Ending("closed", self._state.closed if self._state else ""),
        }
        return known.get(left)

    async def _enter_again(self) -> None:
        """Enter the room again; a host looks whether it is still there, which they would open anew otherwise."""
        if self._entering["role"] in _HOSTS:
            named = {"roomId": self.id, "linkKey": self._entering.get("linkKey")}
            if (await self._session.call("rooms/room_detail", **named))["status"] not in _LIVE:
                self._end(Ending("closed"))
                return
        await self._enter()
        if self.ended is None and self._follows is not None:
            await self._follows.again()

    def _end(self, ending: Ending) -> None:
        if self._over.done():
            return
        self._over.set_result(ending)
        if not self._first.done():
            self._first.set_exception(LiveroomError(f"the room is over: {ending.why}"))
            self._first.exception()  # nobody may be waiting for it
        self._feed.end()
        self._session.forget(self)
        if self._follows is not None:
            self._session.spawn(self._follows.stop())

    # what the snapshot does not have

    async def _complete(self) -> None:
        """Read what the snapshot leaves out; then the state can be used, or is known to have been replaced."""
        if self._lacks_members:
            await self._read_members()
        await self._read_messages()
        if not self._first.done():
            self._first.set_result(None)
        else:
            self._feed.put(_skipped())

    async def _read_messages(self) -> None:
        """Read the newest messages; if they do not reach those known, the older ones go, so that there is no gap."""
        state = self.state
        try:
            page = await self.call("messages/history", limit=_HISTORY)
        except LiveroomError:
            return
        known = {message["messageId"] for message in state.messages}
        if len(page) == _HISTORY and not any(message["messageId"] in known for message in page):
            oldest = int(page[-1]["messageId"])
            state.messages = [message for message in state.messages if int(message["messageId"]) > oldest]
        state.add_messages(page)

    @property
    def _lacks_members(self) -> bool:
        return not self.state.members_complete and self.state.members_total <= NAMED_MAX

    async def _fill_members(self) -> None:
        """Read all members, after a crowd that the service did not name has become small again."""
        self._filling = True
        try:
            await self._read_members()
            self._feed.put(_skipped())
            await asyncio.sleep(_FILL_PAUSE)
        finally:
            self._filling = False

    async def _read_members(self) -> None:
        """Read all members; what happens meanwhile is applied to them once more."""
        self._journal = []
        try:
            members = [member async for member in self.list_members()]
            self.state.set_members(members)
            for event in self._journal:
                self.state.apply_to_members(event)
        except LiveroomError:
            return
        finally:
            self._journal = None


def _ending_after(refused: Refused) -> Ending:
    if isinstance(refused, NotFound):
        return Ending("closed")
    return Ending("banned" if isinstance(refused, Banned) else "lost", refused.message)


class Entering:
    """A room about to be entered: ``async with`` it, or ``await`` it and ``leave`` (or ``close``) it yourself."""

    def __init__(self, room: Room, *, is_host: bool) -> None:
        self._room = room
        self._is_host = is_host

    def __await__(self) -> Generator[Any, None, Room]:
        return self.__aenter__().__await__()

    async def __aenter__(self) -> Room:
        await self._room.begin()
        return self._room

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, problem, trace
        try:
            await (self._room.close() if self._is_host else self._room.leave())
        except LiveroomError:
            return  # without a sign of life the membership ends by itself
