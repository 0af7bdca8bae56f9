"""Why a song is not queued or sung (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import Refused


class SongNotFound(Refused):
    """There is no such song, in the catalogue or in the queue."""


class SongQueued(Refused):
    """The song would come twice in a row, or waits already for the same person."""


class TooManySongs(Refused):
    """As many songs wait as may: of one person, or of all."""


class SongNotPlaying(Refused):
    """Another song plays than the caller means, or none."""
