"""Recordings on a stage, calls about them that are refused, and a part of the evening: a part of ``stages``."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from liveroom.api.codes import Code
from tests.contract.evening import Evening
from tests.contract.scene import ADMIN, Params, Scene, Scenes, Stage, set_stage
from tests.service import Answer, Service

_RECORDINGS: Final = "base/v1/recordings/"


async def started(stage: Stage) -> str:
    """Have the host record the room; return the recording's id."""
    return str((await stage.host.call("recordings/start", {"roomId": stage.room})).data["recordingId"])


async def _start(stage: Stage) -> Scene:
    return Scene(stage.host, {"roomId": stage.room})


async def _list(stage: Stage) -> Scene:
    await started(stage)
    return Scene(stage.host, {"roomId": stage.room, "limit": "5", "cursor": ""})


async def _one(stage: Stage) -> Scene:
    return Scene(stage.host, {"recordingId": await started(stage)})


async def _one_for_operator(stage: Stage) -> Params:
    return {"recordingId": await started(stage)}


async def _chat(stage: Stage) -> Scene:
    return Scene(stage.host, {"recordingId": await started(stage), "since": "0", "limit": "5", "cursor": ""})


RECORDINGS: Final[Mapping[str, Callable[[Stage], Awaitable[Scene]]]] = {
    _RECORDINGS + "start": _start,
    _RECORDINGS + "stop": _one,
    _RECORDINGS + "list": _list,
    _RECORDINGS + "get": _one,
    _RECORDINGS + "delete": _one,
    _RECORDINGS + "replay": _one,
    _RECORDINGS + "chat": _chat,
}
ADMIN_RECORDINGS: Final[Scenes] = {
    ADMIN + "list_recordings": lambda stage: {"roomId": stage.room, "limit": "5"},
    ADMIN + "get_recording": _one_for_operator,
    ADMIN + "stop_recording": _one_for_operator,
    ADMIN + "delete_recording": _one_for_operator,
}


async def a_recording_that_is_none(service: Service) -> Answer:
    stage = await set_stage(service)
    return await stage.host.call("recordings/get", {"recordingId": "none"})


async def a_recording_of_somebody_else(service: Service) -> Answer:
    stage = await set_stage(service)
    return await stage.guest.call("recordings/stop", {"recordingId": await started(stage)})


async def a_replay_of_what_runs(service: Service) -> Answer:
    stage = await set_stage(service)
    return await stage.guest.call("recordings/replay", {"recordingId": await started(stage)})


async def a_recording_while_another_ends(service: Service) -> Answer:
    stage = await set_stage(service)
    id = await started(stage)
    service.clock.advance(timedelta(seconds=6))
    await service.core.jobs.recordings.run()
    await stage.host.call("recordings/stop", {"recordingId": id})
    return await stage.host.call("recordings/start", {"roomId": stage.room})


RECORDING_CASES: Final[Mapping[Code, Sequence[Callable[[Service], Awaitable[Answer]]]]] = {
    Code.RecordingNotExists: [a_recording_that_is_none, a_recording_of_somebody_else, a_replay_of_what_runs],
    Code.RoomRecorded: [a_recording_while_another_ends],
}


async def tell_of_recordings(evening: Evening, server: str, host: str, room: str) -> None:
    """Let the host record; the operator looks, and both end and delete."""
    first: dict[str, Any] = await evening.call(host, "recordings/start", roomId=room)
    id = first["recordingId"]
    await evening.call(host, "recordings/get", recordingId=id)
    await evening.call(host, "recordings/list", roomId=room)
    await evening.call(host, "recordings/replay", recordingId=id)
    await evening.call(host, "recordings/chat", recordingId=id, since=0, limit=100)
    await evening.call(server, "admin/list_recordings", limit=20)
    await evening.call(server, "admin/get_recording", recordingId=id)
    await evening.call(host, "recordings/stop", recordingId=id)
    await evening.call(host, "recordings/delete", recordingId=id)
    second: dict[str, Any] = await evening.call(host, "recordings/start", roomId=room)
    await evening.call(server, "admin/stop_recording", recordingId=second["recordingId"])
    await evening.call(server, "admin/delete_recording", recordingId=second["recordingId"])
