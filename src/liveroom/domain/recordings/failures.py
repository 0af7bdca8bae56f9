"""Why a recording is not started, stopped or found (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import Refused


class RecordingNotFound(Refused):
    """There is no such recording in the tenant, or the caller may not see it."""


class RoomRecorded(Refused):
    """The recording of the room is about to end; then there may be another one."""
