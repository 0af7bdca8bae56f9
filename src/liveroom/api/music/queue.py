"""The queue of a room: opening it, choosing songs, and their order. ``activities/end`` closes it."""

from typing import Annotated, Final

from liveroom.api.activities.choosing import STARTING
from liveroom.api.activities.methods import ActivitiesOfRoom
from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.music.catalogue import OneSong
from liveroom.api.music.shapes import SongQueueObject, queue_object
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.song_queue import PER_PERSON_MAX, WhoSings
from liveroom.domain.activities.songs import SongQueueParams
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.music.queue import SongQueues

IN_QUEUE: Final = (
    Code.RoomNotExists,
    Code.NotInRoom,
    Code.ActivityNotExists,
    Code.ActivityOver,
    Code.RateLimited,
)
WHO_MAX: Final = 16
EntryId = Annotated[int, Whole(1, 2**31 - 1)]


class OpenQueue(Request):
    """``who``: who may add songs and sing along: ``everyone``, ``seated`` people and hosts, or ``hosts``. ``most``:
    how many songs of one person wait.
    """

    room_id: Id
    who: Annotated[str, Text(WHO_MAX)] = WhoSings.EVERYONE.value
    most: Annotated[int, Whole(1, PER_PERSON_MAX)] = 3


class OneEntry(Request):
    """The song in the queue: its ``entryId``."""

    room_id: Id
    entry_id: EntryId


@method(
    "base/v1/music/open",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=SongQueueObject,
    codes=STARTING,
)
async def open_queue(call: OpenQueue, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Open the song queue of a live room; hosts and moderators only (3000). A room has one at a time: 3131.

    The room receives ``activity.started``, ``activity.changed`` after each change, and ``activity.ended`` after
    ``activities/end``.
    """
    if call.who not in set(WhoSings):
        raise BadRequest(f"who: must be one of {', '.join(WhoSings)}")
    params = SongQueueParams(who=WhoSings(call.who), most=call.most)
    return queue_object(await song_queues.open(actor, RoomId(call.room_id), params))


@method(
    "base/v1/music/queue",
    bad_request=Code.RoomQueryParams,
    reply=SongQueueObject,
    codes=(Code.RoomNotExists, Code.NotInRoom, Code.ActivityNotExists),
)
async def queue(call: ActivitiesOfRoom, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Return the queue with all that waits, to members of the room. Events and the room's state have its beginning."""
    return queue_object(await song_queues.read(actor, RoomId(call.room_id)))


@method(
    "base/v1/music/add",
    bad_request=Code.RoomQueryParams,
    reply=SongQueueObject,
    codes=(
        *IN_QUEUE,
        *(Code.PermissionDenied, Code.NotSeated, Code.NotOffered),
        *(Code.SongNotExists, Code.SongQueued, Code.TooManySongs),
    ),
)
async def add(call: OneSong, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Add a song at the end of the queue, as somebody who may; it plays at once if nothing does.

    The same song twice in a row, or waiting already for the caller: 3141. As many songs wait as may, of the caller or
    of all (50): 3142. Songs go when who chose them leaves the room.
    """
    return queue_object(await song_queues.add(actor, RoomId(call.room_id), call.song_id))


@method(
    "base/v1/music/top",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=SongQueueObject,
    codes=(*IN_QUEUE, Code.PermissionDenied, Code.SongNotExists),
)
async def top(call: OneEntry, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Move a song that waits to the top: it comes after the one that plays. Hosts and moderators only (3000)."""
    return queue_object(await song_queues.act(actor, RoomId(call.room_id), "top", {"entry": call.entry_id}))


@method(
    "base/v1/music/remove",
    bad_request=Code.RoomQueryParams,
    reply=SongQueueObject,
    codes=(*IN_QUEUE, Code.PermissionDenied, Code.SongNotExists),
)
async def remove(call: OneEntry, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Remove a song that waits: one's own, or any as a host or moderator (3000)."""
    return queue_object(await song_queues.act(actor, RoomId(call.room_id), "remove", {"entry": call.entry_id}))
