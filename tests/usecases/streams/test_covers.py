"""Live covers: whose frame lists show, since when, for how long, and that one process of many takes it."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.usecases.streams.covers import CoverWriter, LiveCovers
from tests.service import Device, Service, serving
from tests.streaming import Encoder, make_encoder

OWN: Final = "https://example.com/own.jpg"
EVERY: Final = 30


@dataclass
class PaintedFrames:
    """``ports.FrameSource``: each frame is as wide as the number of those before it makes it."""

    asked: list[str] = field(default_factory=list)
    fails: bool = False

    async def take(self, address: str) -> bytes:
        self.asked.append(address)
        if self.fails:
            raise VendorFailure(Trouble.BUSY, "nothing came")
        file = io.BytesIO()
        Image.new("RGB", (64 + len(self.asked), 36)).save(file, "JPEG")
        return file.getvalue()


@dataclass
class Show:
    """A host who pushes, and somebody who looks at lists."""

    service: Service
    host: Device
    viewer: Device
    room: str
    obs: Encoder
    frames: PaintedFrames

    async def allow(self, **options: Any) -> None:
        answer = await self.host.call("rooms/set_options", {"roomId": self.room, "liveCover": True, **options})
        assert answer.code == 0, answer.text

    async def options(self) -> dict[str, Any]:
        return dict((await self.host.call("rooms/options", {"roomId": self.room})).data)

    async def pass_by(self, seconds: float, covers: LiveCovers | None = None) -> int:
        """Let time pass, and do what is due about covers then."""
        self.service.clock.advance(seconds)
        return await (covers or self.covers()).run()

    def covers(self) -> LiveCovers:
        """Return what takes covers, as another process has it."""
        streams = self.service.services.media.streams.due_streams
        publishing = self.service.services.uploads.uploads.publishing
        changes = streams.changes
        writer = CoverWriter(changes.db, changes.clock, changes.relay)
        return LiveCovers(changes, writer, streams.servers, publishing, self.frames)

    async def cover(self) -> str:
        """Return the picture that the list has, which is the same elsewhere."""
        (listed,) = [one for one in await self.viewer.query(category="covers") if one["roomId"] == self.room]
        detail = (await self.viewer.detail(self.room)).data
        assert detail["cover"] == listed["cover"]
        return str(listed["cover"])

    async def status(self, cover: str) -> int:
        return (await self.service.http.get(cover)).status_code


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, account_limit=0) as running:
        yield running


@pytest.fixture
async def show(service: Service) -> Show:
    host, viewer = await service.sign_up(), await service.sign_up()
    room = await host.go_live(category="covers")
    assert (await host.call("rooms/update_room", {"roomId": room, "cover": OWN})).code == 0
    obs = await make_encoder(host, room)
    assert await obs.push(1)
    return Show(service, host, viewer, room, obs, PaintedFrames())


async def test_a_room_that_does_not_allow_it_shows_its_own_picture(show: Show) -> None:
    assert await show.pass_by(EVERY) == 0
    assert (await show.cover(), show.frames.asked) == (OWN, [])


async def test_lists_show_another_frame_every_thirty_seconds_and_former_ones_are_removed(show: Show) -> None:
    await show.allow()
    assert await show.cover() == OWN, "none was taken yet"
    assert await show.pass_by(0) == 1
    first = await show.cover()
    assert (first != OWN, await show.status(first)) == (True, 200)
    assert await show.pass_by(EVERY - 1) == 0
    assert await show.pass_by(1) == 1
    second = await show.cover()
    assert second not in (OWN, first)
    show.service.clock.advance(31)
    await show.service.services.uploads.unused.remove()
    assert [await show.status(one) for one in (first, second)] == [404, 200]


async def test_a_room_whose_stream_or_broadcast_is_over_shows_its_own_picture_again(show: Show) -> None:
    await show.allow()
    await show.pass_by(0)
    frame = await show.cover()
    await show.obs.gone(1)
    assert await show.cover() == frame, "the encoder may come back"
    show.service.clock.advance(15)
    await show.service.services.media.streams.due_streams.run()
    assert await show.cover() == OWN
    assert await show.pass_by(EVERY) <= 1
    assert (await show.pass_by(EVERY), len(show.frames.asked)) == (0, 1)
    assert await show.obs.push(2)
    await show.pass_by(0)
    assert await show.cover() != OWN
    await show.host.call("rooms/destroy_room", {"roomId": show.room})
    await show.host.go_live(category="covers")
    assert (await show.cover(), (await show.options())["liveCover"]) == ("", True)
    show.service.clock.advance(120)
    await show.service.services.uploads.unused.remove()
    assert await show.status(frame) == 404


async def test_a_stream_that_only_members_watch_is_shown_in_no_list(show: Show) -> None:
    await show.allow()
    await show.pass_by(0)
    assert await show.cover() != OWN
    await show.allow(password="secret")
    assert await show.cover() == OWN
    await show.pass_by(EVERY)
    assert (await show.cover(), len(show.frames.asked)) == (OWN, 1)
    await show.allow(password="")
    await show.pass_by(0)
    assert await show.cover() != OWN


async def test_of_many_processes_one_takes_a_frame(show: Show) -> None:
    await show.allow()
    await asyncio.gather(*(show.covers().run() for _ in range(5)))
    assert len(show.frames.asked) == 1


async def test_where_no_frame_comes_the_former_one_stays_and_it_is_tried_again(show: Show) -> None:
    await show.allow()
    await show.pass_by(0)
    before, show.frames.fails = await show.cover(), True
    await show.pass_by(EVERY)
    assert await show.cover() == before
    show.frames.fails = False
    await show.pass_by(EVERY)
    assert await show.cover() != before


async def test_of_several_streams_the_hosts_gives_the_picture_and_the_next_one_takes_over(show: Show) -> None:
    other = await make_encoder(show.host, show.room)
    assert await other.push(9)
    await show.allow()
    await show.pass_by(0)
    assert [show.obs.name in address for address in show.frames.asked] == [True]
    await show.obs.gone(1)
    await show.pass_by(0)
    assert other.name in show.frames.asked[-1]
