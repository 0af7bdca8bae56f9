"""A host of the demo sends a moving picture to whoever asks for it, by the signals of the live page."""

import asyncio
from typing import Any, cast

import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from av import VideoFrame

from liveroom.cli.demo.pictures import HEIGHT, WIDTH, Publisher
from liveroom_client import Liveroom, Room, Session
from tests.sdk.stages import builtin

pytestmark = [pytest.mark.asyncio, pytest.mark.long]
SECONDS = 60.0


async def signals_of(session: Session, kind: str) -> dict[str, Any]:
    """Wait for a signal of this kind."""
    async for event in session.events():
        if event["type"] == "rtc.signal" and isinstance(event["payload"], dict) and event["payload"]["kind"] == kind:
            return event["payload"]
    raise AssertionError("the session ended")


async def watch(viewer: Session, room: Room, host: str) -> list[bytes]:
    """Ask for the host's picture; return the brightness of two frames."""
    connection = RTCPeerConnection()
    try:
        offered = asyncio.create_task(signals_of(viewer, "offer"))
        await asyncio.sleep(0)
        await room.signal(host, {"kind": "hello", "from": "page-1"})
        offer = await offered
        assert offer["to"] == "page-1"
        await connection.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        answer = {"kind": "answer", "from": "page-1", "to": offer["from"], "stream": offer["stream"]}
        await room.signal(host, {**answer, "sdp": connection.localDescription.sdp})
        (receiver,) = connection.getReceivers()
        frames = [cast(VideoFrame, await receiver.track.recv()) for _ in range(6)]
        assert {(frame.width, frame.height) for frame in frames} == {(WIDTH, HEIGHT)}
        return [bytes(frame.planes[0]) for frame in (frames[0], frames[-1])]
    finally:
        await connection.close()


async def test_a_viewer_who_asks_sees_a_picture_that_moves(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with builtin(tmp_path_factory.mktemp("pictures")) as stage, Liveroom(stage.liveroom.url) as service:
        host, viewer = await service.guest("Ann"), await service.guest("Bob")
        async with (
            asyncio.timeout(SECONDS),
            host.go_live(title="Pictures") as own,
            Publisher(host, own, "Pictures"),
            viewer.enter(own.id) as room,
        ):
            first, last = await watch(viewer, room, host.user_id)
            assert first != last
