"""The song that plays: its singer and hosts steer it, others sing along, and each singer's app says their score."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.music.queue import IN_QUEUE, OneEntry
from liveroom.api.music.shapes import SongQueueObject, queue_object
from liveroom.api.parameters import Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.song_queue import SCORE_MAX
from liveroom.domain.ids import RoomId
from liveroom.domain.moments import milliseconds
from liveroom.domain.music.model import LENGTH_MAX
from liveroom.usecases.music.queue import SongQueues

_STEERING: Final = (*IN_QUEUE, Code.PermissionDenied, Code.SongNotPlaying)


class SeekSong(OneEntry):
    """``position``: milliseconds from the beginning."""

    position: Annotated[int, Whole(0, milliseconds(LENGTH_MAX))]


class ScoreSong(OneEntry):
    """``score``: 0 to 100."""

    score: Annotated[int, Whole(0, SCORE_MAX)]


@method("base/v1/music/skip", bad_request=Code.RoomQueryParams, reply=SongQueueObject, codes=_STEERING)
async def skip(call: OneEntry, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Leave the song that plays, and play the next one: as who chose it, or as a host or moderator (3000).

    Another song plays, or none: 3143; so a call that is repeated skips one song.
    """
    return await _act(call, actor, song_queues, "skip")


@method("base/v1/music/next", bad_request=Code.RoomQueryParams, reply=SongQueueObject, codes=_STEERING)
async def next_song(call: OneEntry, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Say that the song was sung to its end, and play the next one; for the same people as ``music/skip``.

    A song whose length is known is over by itself.
    """
    return await _act(call, actor, song_queues, "next")


@method("base/v1/music/pause", bad_request=Code.RoomQueryParams, reply=SongQueueObject, codes=_STEERING)
async def pause(call: OneEntry, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Hold the song; for the same people as ``music/skip``."""
    return await _act(call, actor, song_queues, "pause")


@method("base/v1/music/resume", bad_request=Code.RoomQueryParams, reply=SongQueueObject, codes=_STEERING)
async def resume(call: OneEntry, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Let the song go on; for the same people as ``music/skip``."""
    return await _act(call, actor, song_queues, "resume")


@method("base/v1/music/seek", bad_request=Code.RoomQueryParams, reply=SongQueueObject, codes=_STEERING)
async def seek(call: SeekSong, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Go to another position of the song; for the same people as ``music/skip``."""
    position = timedelta(milliseconds=call.position)
    return await _act(call, actor, song_queues, "seek", {"position": position})


@method(
    "base/v1/music/join",
    bad_request=Code.RoomQueryParams,
    reply=SongQueueObject,
    codes=(*_STEERING, Code.NotSeated, Code.TooManySongs),
)
async def join(call: OneEntry, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Sing the song that plays along, as somebody who may add songs. Eight do already: 3142."""
    return await _act(call, actor, song_queues, "join")


@method(
    "base/v1/music/leave",
    bad_request=Code.RoomQueryParams,
    reply=SongQueueObject,
    codes=(*IN_QUEUE, Code.SongNotPlaying),
)
async def leave(call: OneEntry, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Sing along no longer."""
    return await _act(call, actor, song_queues, "leave")


@method(
    "base/v1/music/score",
    bad_request=Code.RoomQueryParams,
    reply=SongQueueObject,
    codes=(*IN_QUEUE, Code.SongNotPlaying),
)
async def score(call: ScoreSong, actor: Actor, song_queues: SongQueues) -> SongQueueObject:
    """Say the caller's score, as one of those who sing the song that plays or was over last; a later one replaces it.

    Not singing it: 3143. The service shows what apps say, and does not listen.
    """
    return await _act(call, actor, song_queues, "score", {"score": call.score})


async def _act(
    call: OneEntry, actor: Actor, song_queues: SongQueues, action: str, data: Mapping[str, Any] | None = None
) -> SongQueueObject:
    asked = {"entry": call.entry_id, **(data or {})}
    return queue_object(await song_queues.act(actor, RoomId(call.room_id), action, asked))
