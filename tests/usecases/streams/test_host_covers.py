"""Live covers that a host's own app sends: who may, when, how often, and what becomes of the former ones."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from liveroom.api.codes import Code
from tests.service import Answer, Device, Service, serving
from tests.streaming import make_encoder
from tests.uploading import picture, send

OWN = "https://example.com/own.jpg"


@dataclass
class Show:
    """A host who is live by their own app, and somebody who looks at the list."""

    service: Service
    host: Device
    viewer: Device
    room: str

    async def allow(self, **options: Any) -> None:
        answer = await self.host.call("rooms/set_options", {"roomId": self.room, "liveCover": True, **options})
        assert answer.code == 0, answer.text

    async def announce(self, by: Device | None = None, **given: Any) -> Answer:
        about = {"purpose": "live_cover", "contentType": "image/jpeg", "size": len(picture()), "roomId": self.room}
        return await (by or self.host).call("uploads/create", {**about, **given})

    async def finish(self, created: Answer) -> Answer:
        assert created.code == 0, created.text
        assert await send(self.service, created.data, picture()) in (200, 204)
        return await self.host.call("uploads/finish", {"uploadId": created.data["uploadId"]})

    async def send_frame(self) -> str:
        finished = await self.finish(await self.announce())
        assert finished.code == 0, finished.text
        return str(finished.data["url"])

    async def cover(self) -> str:
        (listed,) = [one for one in await self.viewer.query(category="covers") if one["roomId"] == self.room]
        return str(listed["cover"])

    async def status(self, url: str) -> int:
        return (await self.service.http.get(url)).status_code


@pytest.fixture
async def show(tmp_path: Path) -> AsyncIterator[Show]:
    async with serving(tmp_path, account_limit=0) as service:
        host, viewer = await service.sign_up(), await service.sign_up()
        room = await host.go_live(category="covers")
        assert (await host.call("rooms/update_room", {"roomId": room, "cover": OWN})).code == 0
        yield Show(service, host, viewer, room)


async def test_lists_show_the_frame_that_was_finished_last_and_former_ones_are_removed(show: Show) -> None:
    await show.allow()
    first = await show.send_frame()
    assert (await show.cover(), await show.status(first)) == (first, 200)
    show.service.clock.advance(30)
    second = await show.send_frame()
    assert await show.cover() == second != first
    show.service.clock.advance(120)
    await show.service.services.uploads.unused.remove()
    assert (await show.status(first), await show.status(second)) == (404, 200)


async def test_only_the_owner_of_a_live_room_that_allows_it_sends_frames(show: Show) -> None:
    assert (await show.announce()).code == Code.NotOffered, "the room does not allow it"
    await show.allow()
    await show.viewer.enter(show.room, "audience")
    assert (await show.announce(show.viewer)).code == Code.PermissionDenied
    assert (await show.announce(roomId="999")).code == Code.RoomNotExists
    assert (await show.announce(contentType="image/png")).code == Code.SystemVerifyError
    assert await show.cover() == OWN


async def test_a_room_that_only_members_see_takes_none(show: Show) -> None:
    await show.allow(password="1234")
    assert (await show.announce()).code == Code.NotOffered


async def test_while_a_stream_gives_the_cover_hosts_send_none_and_a_late_frame_is_not_shown(show: Show) -> None:
    await show.allow()
    announced = await show.announce()
    obs = await make_encoder(show.host, show.room)
    assert await obs.push(1)
    assert (await show.announce()).code == Code.NotOffered
    assert (await show.finish(announced)).code == 0
    assert await show.cover() == OWN


async def test_four_frames_a_minute_are_taken_and_none_counts_for_the_day(show: Show) -> None:
    await show.allow()
    assert [(await show.announce()).code for _ in range(5)] == [0, 0, 0, 0, Code.RateLimited]
    show.service.clock.advance(60)
    assert (await show.announce()).code == 0


async def test_the_next_broadcast_begins_without_a_frame(show: Show) -> None:
    await show.allow()
    await show.send_frame()
    assert (await show.host.call("rooms/destroy_room", {"roomId": show.room})).code == 0
    await show.host.go_live(show.room, category="covers")
    assert await show.cover() == "", "its own picture, of which it has none"
