"""A host whose broadcast is recorded: starting, letting time pass, and what they see of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.service import Device, Service


@dataclass
class RecordingStudio:
    """The service and the host, who has a live room."""

    service: Service
    host: Device
    room: str

    async def start(self) -> str:
        """Let a recording begin."""
        answer = await self.host.call("recordings/start", {"roomId": self.room})
        assert answer.code == 0, answer.text
        await self.go_on(6)
        await self.go_on(6)
        return str(answer.data["recordingId"])

    async def go_on(self, seconds: float) -> None:
        """Let time pass, and do what is due."""
        self.service.clock.advance(seconds)
        await self.service.core.jobs.recordings.run()
        while await self.service.core.jobs.vendors.run(timedelta(seconds=30)):
            pass

    async def get(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.host.call("recordings/get", {"recordingId": id})).data
        return found
