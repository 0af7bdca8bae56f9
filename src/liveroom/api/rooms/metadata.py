"""``rooms/*`` about metadata: a JSON object that a room's hosts share with everybody in it."""

from typing import Annotated, Any, Final, cast

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.parameters import JsonObject, Whole
from liveroom.api.rooms.methods import OneRoom
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import StaleVersion
from liveroom.domain.ids import RoomId
from liveroom.domain.payloads import Counter
from liveroom.domain.rooms.metadata import METADATA_MAX, Metadata
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.rooms.metadata import RoomMetadata

VERSION_MAX: Final = 2**53 - 1
"""What every client's numbers hold."""


class KeptMetadata(Shape):
    """A room's metadata."""

    version: Counter
    """Increases with each change; a change must name the version it is based on."""
    metadata: dict[str, Any]
    """The object; empty at the beginning of a broadcast."""


@method(
    "base/v1/rooms/metadata",
    bad_request=Code.RoomQueryParams,
    reply=KeptMetadata,
    codes=(
        Code.RoomNotExists,
        Code.NotInRoom,
    ),
)
async def metadata(call: OneRoom, actor: Actor, metadata: RoomMetadata) -> msgspec.Raw:
    """Return a room's metadata with its version; members only (3007)."""
    return _written(await metadata.get(actor, RoomId(call.room_id)))


class SetMetadata(OneRoom):
    """``version``: the version that was changed; 0 if there was none."""

    metadata: Annotated[bytes, JsonObject(METADATA_MAX)]
    version: Annotated[int, Whole(0, VERSION_MAX)]


@method(
    "base/v1/rooms/set_metadata",
    bad_request=Code.RoomCreateParams,
    right=Right.ARRANGE,
    reply=KeptMetadata,
    codes=(
        Code.RoomNotExists,
        Code.PermissionDenied,
        Code.RateLimited,
        Code.StaleVersion,
    ),
)
async def set_metadata(call: SetMetadata, actor: Actor, metadata: RoomMetadata) -> msgspec.Raw:
    """Replace a room's metadata; owner, moderators and admins only (3000). Returns it with its new version.

    If somebody else has changed it: 3009, with the current value in ``data``; apply the change to it and retry.
    """
    room = RoomId(call.room_id)
    try:
        return _written(await metadata.set(actor, room, call.metadata, version=call.version))
    except StaleVersion as stale:
        raise StaleVersion(_written(cast(Metadata, stale.current))) from None


def _written(metadata: Metadata) -> msgspec.Raw:
    return msgspec.Raw(b'{"version":%d,"metadata":%b}' % metadata)
