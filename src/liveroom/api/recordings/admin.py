"""``admin/*`` about recordings: the operator sees all of them, ends and deletes them."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.api.recordings.methods import PAGE_MAX, OneRecording
from liveroom.api.recordings.shapes import PlayableObject, RecordingObject, playable_object, recording_object
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.recordings.model import Recording
from liveroom.usecases.recordings.listing import RecordingLists
from liveroom.usecases.recordings.starting import Recordings


class ListRecordings(Request):
    """``roomId``: only those of this room. ``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id = ""
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/admin/list_recordings",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    needs="recordings",
    reply=list[RecordingObject],
    data=Data.LIST,
)
async def list_recordings(call: ListRecordings, operator: Operator, recording_lists: RecordingLists) -> Page:
    """List the tenant's recordings, newest first."""
    tenant, room = operator.tenant.name, RoomId(call.room_id) if call.room_id else None
    found, cursor = await recording_lists.of_tenant(tenant, room, cursor=call.cursor, limit=call.limit)
    return Page.of([recording_object(one) for one in found], cursor)


@method(
    "base/v1/admin/get_recording",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.watch",
    needs="recordings",
    reply=PlayableObject,
    codes=(Code.RecordingNotExists,),
)
async def get_recording(call: OneRecording, operator: Operator, recording_lists: RecordingLists) -> PlayableObject:
    """Return a recording with addresses of its files, good for a while where the recorder signs them."""
    found = await recording_lists.of(operator.tenant.name, call.recording_id)
    return playable_object(recording_lists.playable(found, UserId(operator.actor)))


@method(
    "base/v1/admin/stop_recording",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    needs="recordings",
    reply=RecordingObject,
    codes=(Code.RecordingNotExists,),
)
async def stop_recording(call: OneRecording, operator: Operator, recordings: Recordings) -> RecordingObject:
    """End a recording; one that is over stays as it is."""
    after = await recordings.stop_as_operator(operator, call.recording_id)
    operator.change.note({}, _facts(after))
    return recording_object(after)


@method(
    "base/v1/admin/delete_recording",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    needs="recordings",
    reply=RecordingObject,
    codes=(Code.RecordingNotExists,),
)
async def delete_recording(call: OneRecording, operator: Operator, recordings: Recordings) -> RecordingObject:
    """Delete a recording with its files. One that runs ends first."""
    after = await recordings.delete_as_operator(operator, call.recording_id)
    operator.change.note({}, _facts(after))
    return recording_object(after)


def _facts(recording: Recording) -> dict[str, str]:
    return {"recording": recording.id, "room": recording.room, "state": recording.state.value}
