"""Numbers of the protocol: errors of commands, ends of connections and of subscriptions.

Those below 4000 are Centrifugo's, so that SDKs know which are final: disconnects 3500 to 3999 and 4500 to 4999,
unsubscribes below 2500, errors that are not ``temporary``.
"""

from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.errors import Failure, RateLimited, RoomNotFound
from liveroom.realtime.messages import Error


class Refusal(Exception):
    """A command is answered with an error; the connection goes on."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.message)
        self.error = error


class End(NamedTuple):
    """Why a connection or a subscription is ended."""

    code: int
    reason: str


INTERNAL: Final = Error(100, "internal server error", temporary=True)
UNKNOWN_CHANNEL: Final = Error(102, "unknown channel")
PERMISSION_DENIED: Final = Error(103, "permission denied")
METHOD_NOT_FOUND: Final = Error(104, "method not found")
ALREADY_SUBSCRIBED: Final = Error(105, "already subscribed")
LIMIT_EXCEEDED: Final = Error(106, "limit exceeded")
BAD_REQUEST: Final = Error(107, "bad request")
NOT_AVAILABLE: Final = Error(108, "not available")
TOKEN_EXPIRED: Final = Error(109, "token expired")
TOO_MANY_REQUESTS: Final = Error(111, "too many requests", temporary=True)
UNRECOVERABLE: Final = Error(112, "unrecoverable position")

SHUTDOWN: Final = End(3001, "shutdown")
EXPIRED: Final = End(3005, "connection expired")
SLOW: Final = End(3008, "slow")
RECONNECT: Final = End(3011, "force reconnect")
NO_PONG: Final = End(3012, "no pong")
RUSHING: Final = End(3013, "too many requests")
INVALIDATED: Final = End(3014, "state invalidated")
INVALID_TOKEN: Final = End(3500, "invalid token")
BAD_FRAME: Final = End(3501, "bad request")
STALE: Final = End(3502, "stale")
CONNECTION_LIMIT: Final = End(3504, "connection limit")
SESSION_ENDED: Final = End(4500, "session ended")
BANNED: Final = End(4501, "banned")
REPLACED: Final = End(4502, "replaced by another device")
DEVICE_REFUSED: Final = End(4503, "another device is connected")

REMOVED: Final = End(2000, "removed")
ROOM_CLOSED: Final = End(2001, "room closed")
RESUBSCRIBE: Final = End(2502, "state invalidated")


def error_of(why: Failure) -> Error:
    """Return how it is answered that somebody may not listen to a room."""
    if isinstance(why, RateLimited):
        return TOO_MANY_REQUESTS
    return UNKNOWN_CHANNEL if isinstance(why, RoomNotFound) else PERMISSION_DENIED


_OF_SESSIONS: Final = {SessionEnd.BANNED: BANNED, SessionEnd.REPLACED: REPLACED}


def end_of(why: SessionEnd) -> End:
    """Return how the connections of a session end."""
    return _OF_SESSIONS.get(why, SESSION_ENDED)
