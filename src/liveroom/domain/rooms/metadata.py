"""Metadata of a room: one JSON object of the broadcast's, changed by whoever knows its version.

Versions are a hybrid clock (docs/decisions/0008): over all broadcasts of a room none is used twice, so that nobody
changes in this one what they have read in the last.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from liveroom.domain.ids import BroadcastId, RoomId, UserId
from liveroom.domain.moments import moment
from liveroom.domain.payloads import Counter, Payload

METADATA_MAX: Final = 16 * 1024
"""Bytes of JSON."""
WHOLE_MAX: Final = 4 * 1024
"""Bytes up to which an event has all of it."""
_encode: Final = msgspec.json.Encoder().encode


class Metadata(NamedTuple):
    """What is known of a room's metadata: ``value`` is a JSON object."""

    version: int
    value: bytes


class NewMetadata(Payload):
    """The room's metadata after a change."""

    version: Counter
    """Increases with each change."""
    metadata: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    """The metadata; left out above 4 KB of JSON: call ``rooms/metadata``."""


@dataclass(frozen=True, slots=True)
class MetadataRow:
    """What was written last, in whichever broadcast that was."""

    room: RoomId
    broadcast: BroadcastId
    metadata: Metadata
    updated_by: UserId
    updated: datetime


def metadata_in(broadcast: BroadcastId, row: MetadataRow | None) -> Metadata:
    """Return a broadcast's metadata: an empty object until something is written, with a version that no earlier one
    has."""
    if row is None:
        return Metadata(0, b"{}")
    if row.broadcast != broadcast:
        return Metadata(row.metadata.version + 1, b"{}")
    return row.metadata


def next_version(version: int, now: datetime) -> int:
    """Return the version of a change."""
    return max(version + 1, moment(now))


def write_new(metadata: Metadata) -> bytes:
    """Return a ``NewMetadata`` as JSON."""
    value: Any = msgspec.Raw(metadata.value) if len(metadata.value) <= WHOLE_MAX else msgspec.UNSET
    return _encode(NewMetadata(version=metadata.version, metadata=value))
