"""Hosts and viewers of a demo: what they do, and how long they take, as people do."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Final

from liveroom.cli.demo.script import LINES, Show
from liveroom_client import LiveroomError, Room, Session

_SEATS: Final = 4
_TALK: Final = (6.0, 20.0)
"""Seconds between two lines of one viewer: at least, at most."""


@dataclass
class DemoScene:
    """What all people of a demo share."""

    dice: random.Random
    pace: float
    video: bool
    rooms: list[Room] = field(default_factory=list)

    async def pause(self, least: float, most: float) -> None:
        """Let so many seconds pass, of the demo's time."""
        await asyncio.sleep(self.dice.uniform(least, most) / self.pace)

    def chance(self, share: float) -> bool:
        """Say yes so often."""
        return self.dice.random() < share


class Host:
    """Somebody who is live: greets, thanks, and gives seats."""

    def __init__(self, around: DemoScene, session: Session, show: Show) -> None:
        self._around = around
        self._session = session
        self._show = show
        self._lines = LINES[show.language]
        self._room: Room | None = None

    async def open(self) -> Room:
        """Go live."""
        self._room = room = await self._session.go_live(title=self._show.title, category=self._show.category)
        await room.configure_seats(_SEATS, "apply")
        return room

    async def live(self) -> None:
        """Host the room, until it is over: then open it anew."""
        room = self._room
        if room is None or room.ended is not None:
            room = await self._reopen(room)
        if self._around.video:
            from liveroom.cli.demo.pictures import Publisher

            async with Publisher(self._session, room, self._show.title):
                await self._attend(room)
        else:
            await self._attend(room)

    async def _reopen(self, former: Room | None) -> Room:
        room = await self.open()
        self._around.rooms[:] = [one for one in self._around.rooms if one is not former] + [room]
        return room

    async def _attend(self, room: Room) -> None:
        async for event in room.events():
            match event["type"]:
                case "member.entered" if self._around.chance(0.4):
                    await self._say(room, self._around.dice.choice(self._lines.welcome).format(event["name"]))
                case "room.likes" if self._around.chance(0.1):
                    await self._say(room, self._around.dice.choice(self._lines.thanks))
                case "seats.requested":
                    await self._decide(room, event["data"]["requestId"])

    async def _decide(self, room: Room, request: str) -> None:
        await self._around.pause(2, 5)
        try:
            if self._around.chance(0.7):
                await room.approve_request(request)
            else:
                await room.refuse_request(request)
        except LiveroomError:
            return  # it was taken back, or no seat is free

    async def _say(self, room: Room, text: str) -> None:
        await self._around.pause(1, 4)
        try:
            await room.send(text)
        except LiveroomError:
            return  # too much is said as it is


class Viewer:
    """Somebody who looks into one room after the other, writes, likes, and sometimes wants a seat."""

    def __init__(self, around: DemoScene, session: Session, language: str) -> None:
        self._around = around
        self._session = session
        self._lines = LINES[language]

    async def live(self) -> None:
        """Watch one room for a while."""
        around = self._around
        await around.pause(0, 15)
        if not around.rooms:
            return
        async with self._session.enter(around.dice.choice(around.rooms).id) as room:
            await around.pause(1, 4)
            await room.send(around.dice.choice(self._lines.hello))
            for _ in range(around.dice.randint(2, 12)):
                await around.pause(*_TALK)
                if room.ended is not None:
                    return
                await self._do_something(room)
            await room.send(around.dice.choice(self._lines.goodbye))

    async def _do_something(self, room: Room) -> None:
        dice = self._around.dice
        if self._around.chance(0.5):
            await room.send(dice.choice(self._lines.chat))
        elif self._around.chance(0.8):
            await room.like(dice.randint(1, 9))
        elif room.me.seat:
            await room.leave_seat()
        elif self._around.chance(0.5):
            await room.apply_for_seat()
