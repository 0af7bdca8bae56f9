"""A queue of songs as clients read it: in a room's state, in its events, and in answers."""

from typing import Annotated, Any, Final

import msgspec

from liveroom.domain.activities.model import SHOWN_MAX
from liveroom.domain.activities.song_queue import PlayingSong, QueuedSong, SongQueueState, SungSong, WhoSings
from liveroom.domain.ids import UserId
from liveroom.domain.moments import milliseconds, moment
from liveroom.domain.music.model import Song
from liveroom.domain.payloads import Counter, Payload

WhoText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(WhoSings)})]
_ROOM_FOR_THE_REST: Final = 64
"""Bytes of a queue that is shown, beside its songs."""
_encode: Final = msgspec.json.Encoder().encode


class SongObject(Payload):
    """A song."""

    song_id: str
    title: str
    artist: str
    length: Counter
    """Milliseconds; 0: nobody knows, and whoever sings it says when it is over (``music/next``)."""
    cover: str


class QueuedSongObject(Payload):
    """A song that waits."""

    entry_id: Counter
    """Its number in the queue: the same song may wait twice."""
    song: SongObject
    user_id: str
    """Who chose it, and leads it."""
    name: str


class SungSongObject(QueuedSongObject):
    """A song that is over."""

    chorus: list[str]
    """Who sang along."""
    scores: dict[str, int]
    """0 to 100, by singers: what their apps said."""


class PlayingSongObject(SungSongObject):
    """The song that plays."""

    position: Counter
    """Milliseconds of the song that were over at ``time``."""
    time: Counter
    """Milliseconds since 1970, by the service's clock."""
    paused: bool
    """It stands at ``position``; else it has gone on since ``time``."""


class ShownSongQueue(Payload):
    """A queue as everybody in the room sees it."""

    who: WhoText
    """Who may add songs and sing along: ``everyone``, ``seated`` people, or ``hosts``."""
    most: int
    """Songs of one person that wait."""
    playing: PlayingSongObject | None
    waiting: list[QueuedSongObject]
    """The next ones: as many as there is room for, all of them in ``music/queue``."""
    queued: int
    """How many wait."""
    last: SungSongObject | None
    """The song that was sung to its end last."""
    sung: int
    """How many were sung to their end."""


class SongQueueResult(Payload):
    """What came of a queue that is closed."""

    sung: int
    queued: int
    """How many still waited."""


def song_object(song: Song) -> SongObject:
    """Return a song as it is answered."""
    length = milliseconds(song.length)
    return SongObject(song_id=song.id, title=song.title, artist=song.artist, length=length, cover=song.cover)


def shown_queue(state: SongQueueState, *, most: int = SHOWN_MAX) -> ShownSongQueue:
    """Return a queue as JSON of so many bytes at most: songs at its end are left out."""
    shown = ShownSongQueue(
        who=state.who.value,
        most=state.most,
        playing=None if state.playing is None else _playing(state.playing),
        waiting=[],
        queued=len(state.waiting),
        last=None if state.last is None else SungSongObject(**_sung(state.last)),
        sung=state.sung,
    )
    left = most - len(_encode(shown)) - _ROOM_FOR_THE_REST
    for queued in state.waiting:
        one = _queued(queued)
        left -= len(_encode(one)) + 1
        if left < 0:
            break
        shown.waiting.append(one)
    return shown


def _playing(song: PlayingSong) -> PlayingSongObject:
    position, time = milliseconds(song.position), moment(song.since)
    return PlayingSongObject(**_sung(song), position=position, time=time, paused=song.paused)


def _queued(queued: QueuedSong) -> QueuedSongObject:
    return QueuedSongObject(**_fields(queued))


def _sung(song: PlayingSong | SungSong) -> dict[str, Any]:
    scores: dict[UserId, int] = song.scores
    return {**_fields(song.queued), "chorus": list(song.chorus), "scores": dict(scores)}


def _fields(queued: QueuedSong) -> dict[str, Any]:
    return {"entry_id": queued.entry, "song": song_object(queued.song), "user_id": queued.by, "name": queued.name}
