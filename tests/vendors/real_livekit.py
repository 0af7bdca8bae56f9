"""A real LiveKit of this machine, and people who join its rooms with its own client."""

import asyncio
import importlib.util
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import httpx
import jwt
import pytest
import yaml

from tests.docs.pages import ROOT
from tests.servers import LOOPBACK, Server, fetch, free_ports, wait_until

KEY: Final = "APItestkey"
SECRET: Final = "a-secret-of-livekit-s-tests-0123456789"
PROGRAM: Final = ROOT / ".venv/bin/livekit-server"
MISSING: Final = "livekit-server or its client is not here: scripts/get-test-livekit.sh gets both, where Go is"
_SIZE: Final = (64, 48)
_SECONDS_TO_JOIN: Final = 30.0


class RealLivekit(Server):
    """One server, which calls ``webhooks`` if that is an address. Its rooms live in its memory."""

    def __init__(self, folder: Path, webhooks: str = "") -> None:
        super().__init__(folder)
        tcp, udp = free_ports(2)
        # Without a candidate of the loopback interface joins are broken off.
        rtc = {"tcp_port": tcp, "udp_port": udp, "node_ip": LOOPBACK, "enable_loopback_candidate": True}
        configuration: dict[str, Any] = {
            "port": self.port,
            "bind_addresses": [LOOPBACK],
            "rtc": {**rtc, "interfaces": {"includes": ["lo"]}},
            "keys": {KEY: SECRET},
        }
        if webhooks:
            configuration["webhook"] = {"api_key": KEY, "urls": [webhooks]}
        (folder / "livekit.yaml").write_text(yaml.safe_dump(configuration))

    @property
    def url(self) -> str:
        """Return where clients join."""
        return f"ws://{LOOPBACK}:{self.port}"

    @property
    def settings(self) -> Mapping[str, Any]:
        """Return those with which a service carries its media by it."""
        return {"rtc": "livekit", "livekit_url": self.url, "livekit_key": KEY, "livekit_secret": SECRET}

    async def may_show(self, room: str, user: str) -> bool:
        """Say whether the server lets somebody who is there publish a picture."""
        permission = (await self.ask("GetParticipant", room=room, identity=user)).get("permission", {})
        sources = permission.get("can_publish_sources", [])
        return bool(permission.get("can_publish")) and (not sources or "CAMERA" in sources)

    async def there(self, room: str) -> list[str]:
        """Return who is in a room, as the server lists them."""
        listed = await self.ask("ListParticipants", room=room)
        return sorted(one["identity"] for one in listed.get("participants", []))

    async def ask(self, method: str, **said: str) -> dict[str, Any]:
        """Ask the room service; of what is not there, nothing is answered."""
        video = {"roomAdmin": True, "room": said["room"]}
        claims = {"iss": KEY, "nbf": int(time.time()), "exp": int(time.time()) + 60, "video": video}
        headers = {"Authorization": f"Bearer {jwt.encode(claims, SECRET, algorithm='HS256')}"}
        async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{self.port}", trust_env=False) as client:
            answer = await client.post(f"/twirp/livekit.RoomService/{method}", json=said, headers=headers)
        return {} if answer.status_code == httpx.codes.NOT_FOUND else dict(answer.raise_for_status().json())

    def end(self) -> None:
        """End the server as an operator does who does not wait until everybody has left: it tells them that it goes."""
        wait_until(self._has_ended, "the end of LiveKit")
        self._process = None

    def _has_ended(self) -> bool:
        """Ask it to end; when it is asked again it waits for nobody."""
        self._signal(signal.SIGINT)
        return self._process is None or self._process.poll() is not None

    def command_line(self) -> list[str]:
        return [str(PROGRAM), "--config", str(self.folder / "livekit.yaml")]

    def answers(self) -> bool:
        return fetch(self.port, "/")[0] == 200


class Participant:
    """Somebody in a room at LiveKit, by its own client."""

    def __init__(self) -> None:
        self._rtc: Any = import_module("livekit.rtc")
        self.room = self._rtc.Room()
        self._changed = asyncio.Event()
        for event in (
            *("participant_connected", "participant_disconnected", "track_subscribed", "track_unsubscribed"),
            *("local_track_published", "local_track_unpublished", "disconnected", "reconnecting", "reconnected"),
        ):
            self.room.on(event, lambda *_: self._changed.set())

    async def join(self, credential: dict[str, Any]) -> None:
        """Join with what ``rtc/credential`` has answered."""
        async with asyncio.timeout(_SECONDS_TO_JOIN):
            await self.room.connect(credential["url"], credential["token"], self._rtc.RoomOptions(auto_subscribe=True))

    async def show(self) -> None:
        """Publish a picture. Raises what the client does where that is not allowed."""
        track = self._rtc.LocalVideoTrack.create_video_track("camera", self._rtc.VideoSource(*_SIZE))
        options = self._rtc.TrackPublishOptions(source=self._rtc.TrackSource.SOURCE_CAMERA)
        await self.room.local_participant.publish_track(track, options)

    def sees(self, user: str) -> bool:
        """Say whether they receive a track of somebody."""
        other = self.room.remote_participants.get(user)
        return other is not None and any(one.track is not None for one in other.track_publications.values())

    @property
    def is_connected(self) -> bool:
        """Say whether they are in the room."""
        return bool(self.room.isconnected())

    async def until(self, done: Callable[[], bool], seconds: float) -> None:
        """Return when something is so; fail if that takes longer."""
        async with asyncio.timeout(seconds):
            while not done():
                self._changed.clear()
                if not done():
                    await self._changed.wait()

    async def until_it_sees(self, seconds: float) -> None:
        """Return when they receive a track of anybody."""
        await self.until(lambda: any(self.sees(user) for user in list(self.room.remote_participants)), seconds)

    async def until_out(self, seconds: float) -> None:
        """Return when they are out of the room."""
        await self.until(lambda: not self.is_connected, seconds)

    async def leave(self) -> None:
        """Leave; nothing happens if they are out."""
        await self.room.disconnect()


@asynccontextmanager
async def joined(credential: dict[str, Any]) -> AsyncIterator[Participant]:
    """Yield somebody who has joined; they leave at the end."""
    participant = Participant()
    await participant.join(credential)
    try:
        yield participant
    finally:
        await participant.leave()


def needs_livekit() -> None:
    """Skip the test where server or client are not here."""
    if not PROGRAM.exists() or importlib.util.find_spec("livekit") is None:
        pytest.skip(MISSING)
