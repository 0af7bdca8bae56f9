"""Ways in which what is about pushed streams fails."""

from liveroom.domain.errors import Refused


class StreamNotFound(Refused):
    """There is no such stream, or it is not the caller's to see."""
