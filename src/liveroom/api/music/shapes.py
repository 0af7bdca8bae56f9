"""What methods of music answer."""

from liveroom.api.shapes import Shape
from liveroom.domain.activities.song_payloads import ShownSongQueue, SongObject, shown_queue, song_object
from liveroom.domain.moments import milliseconds, moment
from liveroom.domain.payloads import Counter
from liveroom.usecases.music.catalogue import KnownSong
from liveroom.usecases.music.queue import SongQueueView

_ALL = 1 << 20
"""Bytes: no queue has as many."""


class LyricsLineObject(Shape):
    """A line of a song."""

    time: Counter
    """Milliseconds of the song at which it begins."""
    text: str
    """Empty: nothing is sung from here on."""


class SongWithLyricsObject(SongObject):
    """A song, with what is needed to sing it."""

    url: str
    """Where its music is heard: absolute, or a path on the service's own host; good for some hours. Empty: the
    catalogue does not say.
    """
    lyrics: list[LyricsLineObject]


class SongQueueObject(ShownSongQueue, kw_only=True):
    """A queue, with all that waits."""

    activity_id: str
    version: int
    """Increases with each change, as that of ``activity.changed``."""
    now: Counter
    """When this was answered: milliseconds since 1970, by the service's clock."""


def song_with_lyrics(known: KnownSong) -> SongWithLyricsObject:
    """Return a song as it is answered."""
    song = song_object(known.found.song)
    return SongWithLyricsObject(
        song_id=song.song_id,
        title=song.title,
        artist=song.artist,
        length=song.length,
        cover=song.cover,
        url=known.found.url,
        lyrics=[LyricsLineObject(time=milliseconds(line.at), text=line.text) for line in known.lyrics],
    )


def queue_object(seen: SongQueueView) -> SongQueueObject:
    """Return a queue as it is answered."""
    shown, activity = shown_queue(seen.state, most=_ALL), seen.view.activity
    return SongQueueObject(
        activity_id=activity.id,
        version=activity.version,
        now=moment(seen.now),
        who=shown.who,
        most=shown.most,
        playing=shown.playing,
        waiting=shown.waiting,
        queued=shown.queued,
        last=shown.last,
        sung=shown.sung,
    )
