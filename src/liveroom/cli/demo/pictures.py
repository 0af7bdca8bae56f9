"""A host's moving test picture, sent to everybody who asks for it, as the live page does (clients/js/src/media/mesh).

Each stream from a publisher to a viewer is a connection of its own, and only the publisher offers.
"""

import asyncio
import fractions
import secrets
from types import TracebackType
from typing import Any, Final, cast

from aiortc import (
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.contrib.media import MediaRelay
from aiortc.sdp import candidate_from_sdp
from av import VideoFrame

from liveroom_client import LiveroomError, Room, Session

WIDTH: Final = 480
HEIGHT: Final = 270
_FRAMES_A_SECOND: Final = 12
_CLOCK: Final = 90_000
_VIEWERS_MAX: Final = 10
_STRIPE: Final = 96


class MovingStripes(VideoStreamTrack):
    """Diagonal stripes that move, in a colour of the show's own."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._number = 0
        self._begun = 0.0
        hue = sum(name.encode())
        ramp = [*range(60, 200, 3), *range(200, 60, -3)]
        pattern = bytes(ramp[place * len(ramp) // _STRIPE] for place in range(_STRIPE))
        self._row = pattern * (WIDTH // _STRIPE + 2)
        quarter = (WIDTH // 2) * (HEIGHT // 2)
        self._colours = bytes([64 + hue * 37 % 128]) * quarter, bytes([64 + hue * 91 % 128]) * quarter

    async def recv(self) -> Any:
        """Return the next frame when it is due."""
        loop = asyncio.get_running_loop()
        self._begun = self._begun or loop.time()
        self._number += 1
        await asyncio.sleep(max(0.0, self._begun + self._number / _FRAMES_A_SECOND - loop.time()))
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, content in zip(frame.planes, (self._stripes(), *self._colours), strict=True):
            plane.update(_padded(content, plane.width, plane.line_size))
        frame.pts = self._number * _CLOCK // _FRAMES_A_SECOND
        frame.time_base = fractions.Fraction(1, _CLOCK)
        return frame

    def _stripes(self) -> bytes:
        at = self._number * 4
        return b"".join(self._row[(at + line) % _STRIPE :][:WIDTH] for line in range(HEIGHT))


def _padded(content: bytes, width: int, line_size: int) -> bytes:
    """Return a plane with its lines as long as the encoder wants them."""
    if width == line_size:
        return content
    gap = bytes(line_size - width)
    return b"".join(content[at : at + width] + gap for at in range(0, len(content), width))


class Publisher:
    """Sends a host's picture as long as ``async with`` lasts."""

    def __init__(self, session: Session, room: Room, name: str) -> None:
        self._session = session
        self._room = room
        self._page = secrets.token_urlsafe(9)
        self._track = MovingStripes(name)
        self._relay = MediaRelay()
        self._streams: dict[str, tuple[str, Any]] = {}
        """By stream: the viewer's page, and the connection to it."""
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Publisher":
        credential = await self._room.credential()
        if credential["provider"] != "mesh":
            raise LiveroomError(
                f"pictures of a demo go through the mesh, and this service uses {credential['provider']}"
            )
        self._configuration = RTCConfiguration([RTCIceServer(**server) for server in credential["mesh"]["iceServers"]])
        self._listening = asyncio.get_running_loop().create_task(self._listen())
        for user in list(self._room.members):
            if user != self._session.user_id:
                await self._send(user, {"kind": "live"})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, problem, trace
        if self._listening is not None:
            self._listening.cancel()
        self._track.stop()
        for stream in list(self._streams):
            await self._close(stream)

    async def _listen(self) -> None:
        async for event in self._session.events():
            if event["type"] == "rtc.signal" and event["roomId"] == self._room.id:
                payload = event["payload"]
                if isinstance(payload, dict) and payload.get("to", self._page) == self._page:
                    await self._follow(event["fromUserId"], payload)

    async def _follow(self, user: str, signal: dict[str, Any]) -> None:
        known = self._streams.get(str(signal.get("stream")))
        match signal.get("kind"):
            case "hello":
                await self._offer(user, str(signal["from"]))
            case "answer" if known is not None:
                await known[1].setRemoteDescription(RTCSessionDescription(signal["sdp"], "answer"))
            case "ice" if known is not None:
                for candidate in signal["candidates"]:
                    await _add(known[1], candidate)
            case "bye":
                for stream, (page, _) in list(self._streams.items()):
                    if page == signal.get("from"):
                        await self._close(stream)

    async def _offer(self, user: str, page: str) -> None:
        for stream, (known, _) in list(self._streams.items()):
            if known == page:
                await self._close(stream)
        if len(self._streams) >= _VIEWERS_MAX:
            await self._send(user, {"kind": "bye", "to": page, "full": True})
            return
        connection = RTCPeerConnection(self._configuration)
        stream = secrets.token_urlsafe(9)
        self._streams[stream] = page, connection
        connection.addTransceiver(self._relay.subscribe(self._track), direction="sendonly")

        @connection.on("connectionstatechange")
        async def changed() -> None:
            if connection.connectionState in ("failed", "closed"):
                await self._close(stream)

        await connection.setLocalDescription(await connection.createOffer())
        sdp = connection.localDescription.sdp
        await self._send(user, {"kind": "offer", "to": page, "stream": stream, "sdp": sdp})

    async def _send(self, user: str, signal: dict[str, Any]) -> None:
        try:
            await self._room.signal(user, {"from": self._page, **signal})
        except LiveroomError:
            return  # the viewer has gone, or asks again

    async def _close(self, stream: str) -> None:
        found = self._streams.pop(stream, None)
        if found is not None:
            await found[1].close()


async def _add(connection: Any, candidate: dict[str, Any]) -> None:
    line = str(candidate.get("candidate", ""))
    if not line:
        return
    read = cast(Any, candidate_from_sdp(line.removeprefix("candidate:")))
    read.sdpMid, read.sdpMLineIndex = candidate.get("sdpMid"), candidate.get("sdpMLineIndex")
    await connection.addIceCandidate(read)
