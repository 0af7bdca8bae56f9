"""Metadata of a room: one JSON object of the broadcast's, changed by whoever knows its version.

Versions are a hybrid clock (docs/decisions/0008): over all broadcasts of a room none is used twice, so that nobody
changes in this one what they have read in the last.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.ids import BroadcastId, RoomId, UserId

METADATA_MAX: Final = 16 * 1024
"""Bytes of JSON."""
TOLD_MAX: Final = 4 * 1024
"""Bytes up to which an event has all of it."""
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Metadata(NamedTuple):
    """What is known of a room's metadata: ``value`` is a JSON object."""

    version: int
    value: bytes


@dataclass(frozen=True, slots=True)
class MetadataRow:
    """What was written last, in whichever broadcast that was."""

    room: RoomId
    broadcast: BroadcastId
    metadata: Metadata
    updated_by: UserId
    updated: datetime


def metadata_in(broadcast: BroadcastId, row: MetadataRow | None) -> Metadata:
    """Return a broadcast's metadata: an empty object until something is written, of a version that the last has not."""
    if row is None:
        return Metadata(0, b"{}")
    if row.broadcast != broadcast:
        return Metadata(row.metadata.version + 1, b"{}")
    return row.metadata


def next_version(version: int, now: datetime) -> int:
    """Return the version of a change."""
    return max(version + 1, (now - _EPOCH) // _MILLISECOND)


def described(metadata: Metadata) -> bytes:
    """Return what a room is told of its metadata."""
    whole = b',"metadata":' + metadata.value if len(metadata.value) <= TOLD_MAX else b""
    return b'{"version":%d%b}' % (metadata.version, whole)
