"""A host who is live, whose calls are not the client's, and a guest, who is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from liveroom_client import Liveroom, Room, Session
from liveroom_client.feed import Reader
from tests.sdk.cuts import Wire, wire
from tests.sdk.stages import Stage
from tests.service import Device

SECONDS: Final = 30.0
Event = TypeVar("Event")


@dataclass(frozen=True)
class Evening:
    """A service, a host with a room, and a guest."""

    stage: Stage
    host: Device
    guest: Session
    room_id: str

    async def retitle(self, *titles: str) -> None:
        for title in titles:
            await self.act("rooms/update_room", title=title)

    async def act(self, method: str, **params: Any) -> Any:
        """Do something as the host."""
        return (await self.host.call(method, {"roomId": self.room_id, **params})).data

    async def visitor(self) -> Device:
        """Return somebody else who has entered."""
        person = await self.stage.people.sign_up()
        assert (await person.enter(self.room_id, "audience")).code == 0
        return person


async def evening_on(stage: Stage, service: Liveroom) -> Evening:
    host = await stage.people.sign_up()
    return Evening(stage, host, await service.guest("Bob"), await host.go_live(title="Evening"))


@asynccontextmanager
async def through_a_wire(evening: Evening) -> AsyncIterator[tuple[Wire, Session]]:
    """Yield a wire that can be cut, and the guest's session through it."""
    async with wire(evening.stage.port) as line, Liveroom(f"http://127.0.0.1:{line.port}") as service:
        yield line, await service.sign_in_with_token(evening.guest.user.token)


async def until(events: Reader[Event], holds: Callable[[Event], bool], *, within: float = SECONDS) -> list[Event]:
    """Read events until one holds; return them, it included."""
    read: list[Event] = []
    try:
        async with asyncio.timeout(within):
            async for event in events:
                read.append(event)
                if holds(event):
                    return read
    except TimeoutError:
        pass
    raise AssertionError(f"read {len(read)}, last: {read[-3:]}")


async def until_title(events: Reader[Any], title: str, *, within: float = SECONDS) -> list[Any]:
    """Read a room's events until its title is this one."""
    return await until(events, lambda event: event.get("room", {}).get("title") == title, within=within)


async def ended(room: Room) -> Any:
    """Wait for the room's end."""
    async with asyncio.timeout(SECONDS):
        return await room.wait_ended()


def kinds(events: list[Any]) -> list[str]:
    """Return what happened; counts are left out, which come as they are gathered."""
    return [event["type"] for event in events if event["type"] != "room.counts"]


async def check_same(room: Room, host: Device) -> None:
    """Check that the client's room is the service's."""
    state = (await host.call("rooms/state", {"roomId": room.id})).data["state"]
    assert room.info == state["room"]
    assert list(room.members) == [member["userId"] for member in state["members"]]
    assert {user: member["role"] for user, member in room.members.items()} == {
        member["userId"]: member["role"] for member in state["members"]
    }
    assert room.state.members_total == state["membersTotal"]
    assert room.options == state["options"]
    assert {"mode": room.state.seat_mode, "seats": room.seats, "requests": room.requests} == state["seats"]
    history = (await host.call("messages/history", {"roomId": room.id, "limit": 50})).data
    assert [message["text"] for message in room.messages[-50:]] == [message["text"] for message in reversed(history)]
