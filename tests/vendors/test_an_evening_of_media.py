"""One evening with real servers only: ffmpeg opens a room, twenty watch, one sings from a seat, the film is kept.

The same where every webhook of both servers is lost: what they list says what is so.
"""

import asyncio
import logging
import time
from pathlib import Path
from typing import Any, Final

import pytest

from tests.service import Device
from tests.vendors.encoder import HEIGHT, WIDTH, probed
from tests.vendors.media_site import MediaSite, media_site
from tests.vendors.real_livekit import joined
from tests.vendors.real_livekit_stage import until
from tests.vendors.real_nginx_rtmp import NginxRtmp

pytestmark = [pytest.mark.long, pytest.mark.slow]
log = logging.getLogger(__name__)
_VIEWERS: Final = 20
_PLAYED: Final = 2.0
"""Seconds that a player has to have played: it goes on."""
_SOON: Final = 60.0
_LISTED: Final = 240.0
"""For what two lists say, half a minute apart, and the graces behind it."""
_SETTINGS: Final = {"streams_grace": "15s", "grace_owner": "10s"}


@pytest.mark.parametrize("lost", [0.0, 1.0], ids=["webhooks-come", "every-webhook-is-lost"])
async def test_an_evening(tmp_path: Path, film: Path, nginx_rtmp: type[NginxRtmp], lost: float) -> None:
    async with media_site(tmp_path, film, nginx_rtmp, **_SETTINGS) as site:
        for hop in site.hops.values():
            hop.lost = lost
        evening = _Evening(site, await site.service.sign_up())
        await evening.open()
        await evening.let_viewers_watch()
        await evening.ask(evening.host, "seats/configure", mode="free", seats=4)
        singer, listener = evening.viewers[:2]
        async with (
            joined(await evening.credential(singer)) as on_seat,
            joined(await evening.credential(listener)) as ear,
        ):
            await evening.ask(singer, "seats/take", seat=1)
            await until(lambda: site.livekit.may_show(evening.room, singer.user), _SOON)
            await on_seat.show()
            await ear.until(lambda: ear.sees(singer.user), _SOON)
            recording = (await evening.ask(evening.host, "recordings/start"))["recordingId"]
            await evening.until_recorded(files=1)
            await evening.lose_the_encoder_and_come_back(is_told=lost == 0)
            await evening.until_recorded(files=2)
            assert ear.sees(singer.user), "who sings from a seat goes on singing"
            await evening.play_the_recording(recording)
            await evening.end()
            for one in (on_seat, ear):
                await one.until_out(_SOON)
        assert await site.livekit.there(evening.room) == []
        await evening.play_the_recording(recording)
        for name, hop in site.hops.items():
            log.info("%s: %d webhooks, of which %d were lost", name, len(hop.said), hop.lost_in_all)
            assert hop.said
            assert hop.lost_in_all == (len(hop.said) if lost else 0)
            assert hop.refused == []


class _Evening:
    def __init__(self, site: MediaSite, host: Device) -> None:
        self.site = site
        self.host = host
        self.viewers: list[Device] = []
        self.room = ""
        self.made: dict[str, Any] = {}

    async def ask(self, by: Device, method: str, **params: Any) -> dict[str, Any]:
        answer = await by.call(method, {"roomId": self.room, **params})
        assert answer.code == 0, answer.text
        return dict(answer.data or {})

    async def credential(self, of: Device) -> dict[str, Any]:
        return dict((await self.ask(of, "rtc/credential"))["livekit"])

    async def open(self) -> None:
        """Go live by an encoder alone."""
        self.room = (await self.ask(self.host, "rooms/generate_roomid", title="Real servers only"))["roomId"]
        self.made = await self.ask(self.host, "streams/create")
        began = time.monotonic()
        self.site.push(self.made)

        async def is_open() -> bool:
            return (await self.host.detail(self.room)).code == 0 and await self._state() == "live"

        await until(is_open, _SOON)
        log.info("the room is open %.2f s after the encoder was started", time.monotonic() - began)

    async def let_viewers_watch(self) -> None:
        """Let people come, of whom one half has players for HLS, the other for FLV."""
        self.viewers = [await self.site.service.sign_up() for _ in range(_VIEWERS)]
        for viewer in self.viewers:
            assert (await viewer.enter(self.room, "audience")).code == 0
        began = time.monotonic()
        await self._until_all_play()
        log.info("%d players go on after %.2f s", _VIEWERS, time.monotonic() - began)
        assert set(await self.host.members(self.room)) == {self.host.user, *(one.user for one in self.viewers)}

    async def _until_all_play(self) -> None:
        """Open a player for whoever has none that goes on, as apps do, until each has played a while."""
        protocols = {one.user: "hls" if number % 2 else "flv" for number, one in enumerate(self.viewers)}

        async def all_play() -> bool:
            for viewer in self.viewers:
                player = self.site.players.get(viewer.user)
                if player is None or player.has_ended:
                    await self.site.play(viewer, self.room, protocols[viewer.user])
            return (
                all(one.seconds >= _PLAYED for one in self.site.players.values()) and len(self.site.players) == _VIEWERS
            )

        await until(all_play, _SOON)

    async def lose_the_encoder_and_come_back(self, *, is_told: bool) -> None:
        """Kill the encoder and start another within the grace; players begin anew."""
        self.site.encoders[-1].kill()
        if is_told:
            await until(lambda: self._is("interrupted"), _SOON)
        self.site.push(self.made)
        await until(lambda: self._is("live"), _SOON)
        for player in self.site.players.values():
            player.close()
        await self._until_all_play()
        assert len(await self.host.members(self.room)) == 1 + _VIEWERS

    async def until_recorded(self, *, files: int) -> None:
        """Return when so many films have something in them."""

        async def are_there() -> bool:
            found = [path for path in self.site.nginx.recordings.iterdir() if path.stat().st_size > 50_000]
            return len(found) >= files

        await until(are_there, _LISTED)

    async def play_the_recording(self, id: str) -> None:
        """Stop it if it runs; then all its films can be played."""
        await self.host.call("recordings/stop", {"recordingId": id})

        async def is_ready() -> bool:
            found = await self._get(id)
            return found["state"] == "ready" and len(found["playable"]) >= 2

        await until(is_ready, _LISTED)
        for number, file in enumerate((await self._get(id))["playable"]):
            played = await self.site.service.http.get(file["url"])
            film = self.site.folder / f"played-{number}.flv"
            film.write_bytes(played.content)
            size, seconds = await asyncio.to_thread(probed, film)
            assert size == f"{WIDTH},{HEIGHT}"
            assert seconds > 1

    async def _get(self, id: str) -> dict[str, Any]:
        return dict((await self.host.call("recordings/get", {"recordingId": id})).data)

    async def end(self) -> None:
        """End the encoder for good: the room closes by itself."""
        began = time.monotonic()
        self.site.encoders[-1].kill()

        async def is_closed() -> bool:
            return (await self.viewers[-1].detail(self.room)).code != 0

        await until(is_closed, _LISTED)
        log.info("the room is closed %.2f s after the encoder has gone", time.monotonic() - began)
        assert await self._state() == "ended"

    async def _state(self) -> str:
        streams = (await self.host.call("streams/list", {"roomId": self.room})).data["streams"]
        return str(streams[0]["state"])

    async def _is(self, state: str) -> bool:
        return await self._state() == state
