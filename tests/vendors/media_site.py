"""Everything real at once: liveroom, nginx-rtmp with node-media-server behind it, LiveKit, encoders and players.

Each server's webhooks come over a hop of its own.
"""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from tests.servers import LOOPBACK, free_ports
from tests.service import Device, Process, process
from tests.vendors.encoder import Encoder, ffmpeg
from tests.vendors.lossy_hop import Hop, asks_as_nginx, hop_to
from tests.vendors.real_livekit import RealLivekit, needs_livekit
from tests.vendors.real_nginx_rtmp import CALLBACK_KEY, FlvServer, NginxRtmp

_TIME: Final = re.compile(r"out_time_us=(\d+)")


class Player:
    """A viewer's player: ffmpeg, which reads an address in real time and says how far it is."""

    def __init__(self, url: str, progress: Path) -> None:
        self.url = url
        self._progress = progress
        progress.unlink(missing_ok=True)
        argv = [ffmpeg(), "-v", "error", "-progress", str(progress), "-i", url, "-c", "copy", "-f", "null", "-"]
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def seconds(self) -> float:
        """Return how much it has played."""
        said = _TIME.findall(self._progress.read_text()) if self._progress.exists() else []
        return int(said[-1]) / 1e6 if said else 0.0

    @property
    def has_ended(self) -> bool:
        """Say whether there was nothing more to play."""
        return self._process.poll() is not None

    def close(self) -> None:
        """Close it, as a viewer does."""
        self._process.kill()
        self._process.wait()


@dataclass
class MediaSite:
    """The service and its servers."""

    service: Process
    nginx: NginxRtmp
    livekit: RealLivekit
    hops: Mapping[str, Hop]
    folder: Path
    film: Path
    encoders: list[Encoder] = field(default_factory=list)
    players: dict[str, Player] = field(default_factory=dict)
    """By viewer."""

    def push(self, made: Mapping[str, Any]) -> Encoder:
        """Type what the host was given into an encoder, and start it."""
        (address,) = made["addresses"]
        self.encoders.append(Encoder(self.film, f"{address['server']}/{address['key']}"))
        return self.encoders[-1]

    async def play(self, viewer: Device, room: str, protocol: str) -> None:
        """Open a player at the viewer's own address of the room's only stream; without a stream nothing happens."""
        if viewer.user in self.players:
            self.players.pop(viewer.user).close()
        for stream in (await viewer.call("streams/current", {"roomId": room})).data:
            url = next(one["url"] for one in stream["addresses"] if one["protocol"] == protocol)
            self.players[viewer.user] = Player(url, self.folder / f"{viewer.user}.progress")

    def close(self) -> None:
        """Close all players and encoders."""
        for one in self.players.values():
            one.close()
        for encoder in self.encoders:
            encoder.kill()


@asynccontextmanager
async def media_site(folder: Path, film: Path, kind: type[NginxRtmp], **settings: Any) -> AsyncIterator[MediaSite]:
    """Yield it; skip the test where a server is not here."""
    needs_livekit()
    if missing := FlvServer.missing():
        pytest.skip(missing)
    if shutil.which("ffprobe") is None:
        pytest.skip("ffprobe is missing: scripts/get-test-streams.sh gets it")
    (port,) = free_ports(1)
    service_url = f"http://{LOOPBACK}:{port}"
    async with AsyncExitStack() as stack:
        hops = {
            "livekit": await stack.enter_async_context(hop_to(service_url)),
            "nginx": await stack.enter_async_context(hop_to(service_url, asks_as_nginx)),
        }
        livekit = RealLivekit(folder / "livekit", f"{hops['livekit'].url}/callbacks/livekit")
        nginx = kind(folder / "nginx")
        flv = FlvServer(folder / "flv", nginx)
        nginx.ask(int(hops["nginx"].url.rpartition(":")[2]), relays=True)
        for server in (livekit, flv, nginx):
            await asyncio.to_thread(server.start)
            stack.callback(server.stop)
        given = {
            **livekit.settings,
            "streams": "nginx_rtmp",
            "streams_callback_key": CALLBACK_KEY,
            "streams_play_key": "play-key-0123456789",
            "streams_rtmp_url": nginx.rtmp_url,
            "streams_http_url": nginx.hls_url,
            "streams_flv_url": nginx.flv_url,
            "streams_api_url": nginx.control_url,
            "recordings_folder": nginx.recordings,
            "recordings_recorder": "liveroom",
            "recordings_notice": "3s",
            **settings,
        }
        service = await stack.enter_async_context(process(folder / "data", port=port, **given))
        site = MediaSite(service, nginx, livekit, hops, folder, film)
        stack.callback(site.close)
        yield site
