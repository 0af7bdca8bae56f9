"""``recordings/*``: hosts record their broadcasts, and play and delete what was recorded."""

from typing import Annotated, Final

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.api.recordings.shapes import PlayableObject, RecordingObject, playable_object, recording_object
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.recordings.listing import RecordingLists
from liveroom.usecases.recordings.starting import Recordings

PAGE_MAX: Final = 100


class StartRecording(Request):
    """The room."""

    room_id: Id


@method(
    "base/v1/recordings/start",
    bad_request=Code.RoomQueryParams,
    right=Right.RECORD,
    reply=RecordingObject,
    codes=(Code.RoomNotExists, Code.PermissionDenied, Code.NotOffered, Code.RoomRecorded, Code.RateLimited),
)
async def start(call: StartRecording, actor: Actor, recordings: Recordings) -> RecordingObject:
    """Record a live room; owner or admin only (3000). It begins at ``beginsAt``, some seconds from now.

    The room receives ``recording.announced`` at once, then ``recording.started``. Repeated, it answers the recording
    that there is; one that is about to end: 3121, try again soon. Where nothing records the room: 3008.
    """
    return recording_object(await recordings.start(actor, RoomId(call.room_id)))


class OneRecording(Request):
    """The recording."""

    recording_id: Id


@method(
    "base/v1/recordings/stop",
    bad_request=Code.RoomQueryParams,
    reply=RecordingObject,
    codes=(Code.RecordingNotExists, Code.RateLimited),
)
async def stop(call: OneRecording, actor: Actor, recordings: Recordings) -> RecordingObject:
    """End a recording of the caller's broadcast; one that is over stays as it is. It ends with the broadcast anyway.

    One that has not begun is ``deleted``. Others' recordings: 3120, but for admins.
    """
    return recording_object(await recordings.stop(actor, call.recording_id))


class ListOwnRecordings(Request):
    """``roomId``: only those of this room. ``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id = ""
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/recordings/list",
    bad_request=Code.RoomQueryParams,
    reply=list[RecordingObject],
    data=Data.LIST,
)
async def list_recordings(call: ListOwnRecordings, actor: Actor, recording_lists: RecordingLists) -> Page:
    """List the recordings of the caller's broadcasts, newest first."""
    room = RoomId(call.room_id) if call.room_id else None
    found, cursor = await recording_lists.mine(actor, room, cursor=call.cursor, limit=call.limit)
    return Page.of([recording_object(one) for one in found], cursor)


@method(
    "base/v1/recordings/get",
    bad_request=Code.RoomQueryParams,
    reply=PlayableObject,
    codes=(Code.RecordingNotExists,),
)
async def get(call: OneRecording, actor: Actor, recording_lists: RecordingLists) -> PlayableObject:
    """Return a recording of the caller's broadcast with addresses of its files, made for the caller and for a while.

    Others' recordings: 3120, but for admins.
    """
    found = await recording_lists.own(actor, call.recording_id)
    return playable_object(recording_lists.playable(found, actor.user))


@method(
    "base/v1/recordings/delete",
    bad_request=Code.RoomQueryParams,
    reply=RecordingObject,
    codes=(Code.RecordingNotExists, Code.RateLimited),
)
async def delete(call: OneRecording, actor: Actor, recordings: Recordings) -> RecordingObject:
    """Delete a recording of the caller's broadcast, with its files. One that runs ends first.

    Others' recordings: 3120, but for admins.
    """
    return recording_object(await recordings.delete(actor, call.recording_id))
