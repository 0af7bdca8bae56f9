"""``recordings/replay`` and ``recordings/chat``: watching a recording, with what was said at each moment."""

from typing import Annotated, Any, Final

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Text, Whole
from liveroom.api.recordings.methods import OneRecording
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.messages.model import MessageType
from liveroom.domain.payloads import Counter, Instant, instant_text
from liveroom.domain.recordings.payloads import StateText
from liveroom.usecases.recordings.replaying import PlacedMessage, RecordingReplays, Replay

CHAT_MAX: Final = 200
_LONGEST: Final = 7 * 24 * 3600 * 1000
_Type = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(MessageType)})]


class ReplayFile(Shape):
    """A file of a recording: the files play one after the other, as one line."""

    url: str
    """Where the caller plays it. Do not pass it on: it may be signed for the caller alone."""
    expires_at: Instant | None
    """Until when the address is good; null: it does not end. Ask again then."""
    format: str
    """``mp4``, ``m3u8``, ``flv``…"""
    offset: Counter
    """Where on the line it begins, in milliseconds."""
    length: Counter
    """In milliseconds; an estimate if the recorder does not say it."""


class ReplayObject(Shape):
    """A recording for whoever watches it."""

    recording_id: str
    room_id: str
    broadcast_id: str
    owner_id: str
    """Whose broadcast it was."""
    name: str
    """The owner's name."""
    avatar: str
    title: str
    """The broadcast's, as it was opened."""
    state: StateText
    """``ready``; for the owner and admins any other, too."""
    started_at: Instant | None
    ended_at: Instant | None
    length: Counter
    """In milliseconds."""
    line: list[ReplayFile]
    """Empty while no file can be played."""


class ReplayMessage(Shape):
    """A message, at its place in the recording."""

    at: Counter
    """Where in the recording it was sent, in milliseconds."""
    message_id: str
    user_id: str
    """Its author; empty for a notice from the operator."""
    name: str
    """The author's name at that time."""
    avatar: str
    role: str
    """The author's role at that time."""
    type: _Type
    text: str
    data: dict[str, Any] | str | None
    """The app's data; null if there is none."""


@method(
    "base/v1/recordings/replay",
    bad_request=Code.RoomQueryParams,
    reply=ReplayObject,
    codes=(Code.RecordingNotExists,),
)
async def replay(call: OneRecording, actor: Actor, replays: RecordingReplays) -> ReplayObject:
    """Return a recording to watch, with addresses of its files, made for the caller and for a while.

    For whoever could watch the broadcast: everybody, unless it was private, by invitation or with a password while it
    was recorded; then whoever was in it. Users banned from the room or blocked by the owner: 3120, as for all others.
    """
    return _replay(await replays.get(actor, call.recording_id))


class RecordingChat(OneRecording):
    """``since``: a place in the recording, in milliseconds. ``cursor``: the ``nextCursor`` of the previous page."""

    since: Annotated[int, Whole(0, _LONGEST)] = 0
    cursor: Annotated[str, Text(32)] = ""
    limit: Annotated[int, Whole(1, CHAT_MAX)] = 100


@method(
    "base/v1/recordings/chat",
    bad_request=Code.RoomQueryParams,
    reply=list[ReplayMessage],
    data=Data.LIST,
    codes=(Code.RecordingNotExists,),
)
async def chat(call: RecordingChat, actor: Actor, replays: RecordingReplays) -> Page:
    """List what was said in a recording from a place on, oldest first; for whoever may watch it (else 3120).

    Messages that were recalled, and those of deleted accounts, are left out. The ``messageId`` of any message is a
    cursor too.
    """
    found, cursor = await replays.chat(actor, call.recording_id, since=call.since, cursor=call.cursor, limit=call.limit)
    return Page.of([_message(one) for one in found], cursor)


def _replay(found: Replay) -> ReplayObject:
    recording = found.recording
    line = [
        ReplayFile(
            url=file.url,
            expires_at=None if file.expires is None else instant_text(file.expires),
            format=part.file.format,
            offset=part.offset,
            length=part.length,
        )
        for part, file in found.line
    ]
    return ReplayObject(
        recording_id=recording.id,
        room_id=recording.room,
        broadcast_id=recording.broadcast,
        owner_id=recording.owner,
        name=found.owner.name,
        avatar=found.owner.avatar,
        title=found.title,
        state=recording.state.value,
        started_at=None if recording.started is None else instant_text(recording.started),
        ended_at=None if recording.ended is None else instant_text(recording.ended),
        length=line[-1].offset + line[-1].length if line else 0,
        line=line,
    )


def _message(placed: PlacedMessage) -> ReplayMessage:
    message = placed.message
    return ReplayMessage(
        at=placed.place,
        message_id=message.id,
        user_id=message.user,
        name=message.name,
        avatar=message.avatar,
        role="" if message.role is None else message.role.value,
        type=message.type.value,
        text=message.text,
        data=msgspec.json.decode(message.data) if message.data else None,
    )
