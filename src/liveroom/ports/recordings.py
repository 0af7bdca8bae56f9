"""The seams of recordings: whoever records, and their rows."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.recordings.model import RecorderKind, Recording, RecordingFile, RecordingReport
from liveroom.domain.streams.model import StreamFile, StreamName
from liveroom.domain.tenants.model import Tenant

StreamsOf = Callable[[RoomId], Awaitable[Sequence[StreamName]]]
"""Says which streams a room has."""


class PlayableFile(NamedTuple):
    """A file with an address for one viewer."""

    file: RecordingFile
    url: str
    expires: datetime | None
    """Until when the address is good; None: it does not end."""


class RunningTask(NamedTuple):
    """Something that a recorder records now, whoever began it."""

    task: str
    room: RoomId


class Recorder(Protocol):
    """Whoever records. What asks it over the network raises ``VendorFailure``, within its own time limit; every call
    may be made again, and nobody waits for it.
    """

    @property
    def kind(self) -> RecorderKind: ...

    @property
    def can_list(self) -> bool:
        """Say whether it lists what it records; else it is asked about each recording alone."""

    def records(self, tenant: Tenant) -> bool:
        """Say whether it can record the tenant's rooms."""

    async def start(self, tenant: Tenant, recording: Recording) -> str:
        """Begin, and return what the recorder calls it; what was begun by a call that broke off goes on, or ends."""

    async def stop(self, tenant: Tenant, recording: Recording) -> None:
        """End; what is over, or never was, is no failure."""

    async def look(self, tenant: Tenant, recording: Recording, now: datetime) -> RecordingReport | None:
        """Return how a recording with a task is there; None: there is nothing new to say."""

    async def running(self) -> Sequence[RunningTask]:
        """Return everything that it records now, in one call; nothing where it cannot list."""

    async def remove(self, tenant: Tenant, file: RecordingFile) -> None:
        """Delete a file; one that is gone is no failure."""

    def playable(self, file: RecordingFile, viewer: UserId, now: datetime) -> PlayableFile:
        """Return a file with an address for a viewer: short-lived where the recorder, or our bucket, has such."""

    async def close(self) -> None:
        """Let the connections go."""


class RecordedFiles(Protocol):
    """What knows the files that a server of streams writes by itself."""

    @property
    def kind(self) -> RecorderKind: ...

    async def described(self, said: StreamFile) -> RecordingFile | None:
        """Return a file that the server says it has written; None: it is none of ours, or there is nothing in it.

        Raises ``VendorFailure``.
        """


class RecordingRows(Protocol):
    """Recordings. Whoever changes one has locked its room's row, then it."""

    async def add(self, recording: Recording) -> None: ...
    async def get(self, id: str) -> Recording | None: ...
    async def of_task(self, recorder: RecorderKind, task: str) -> Recording | None: ...
    async def lock(self, id: str) -> Recording | None:
        """Return a recording and keep others from changing it until the transaction ends."""

    async def put(self, recording: Recording) -> None:
        """Write how far a recording is."""

    async def hurry(self, id: str, now: datetime) -> None:
        """Have a recording looked at: its broadcast is over."""

    async def seclude(self, id: str) -> None:
        """Note that the broadcast is not open to everybody."""

    async def erase_of(self, owner: UserId, now: datetime) -> None:
        """Have all recordings of an owner deleted."""

    async def due(self, now: datetime, limit: int) -> Sequence[Recording]:
        """Return recordings that are to be looked at, those first that have waited longest."""

    async def running(self, recorder: RecorderKind, after: str, limit: int) -> Sequence[Recording]:
        """Return recordings that a recorder makes now, in the order of their ids: those behind that one."""

    async def of_tasks(self, recorder: RecorderKind, tasks: Collection[str]) -> Sequence[Recording]: ...
    async def of_owner(self, owner: UserId, room: RoomId | None, before: str, limit: int) -> Sequence[Recording]:
        """Return an owner's recordings, of one room or of all, the newest first; ``before``: "" for the newest."""

    async def page(self, tenant: TenantName, room: RoomId | None, before: str, limit: int) -> Sequence[Recording]:
        """Return a tenant's recordings likewise."""

    async def of_broadcast(self, broadcast: BroadcastId) -> Sequence[Recording]:
        """Return the recordings of a broadcast, the oldest first."""
