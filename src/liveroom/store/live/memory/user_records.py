"""What the live store knows of one user, and what a look at it finds (LIVE.md 5).

The policy of silence lives in ``UserRecord.judge``: which sessions are gone, which places nothing vouches for.
"""

from dataclasses import dataclass, field
from typing import Final

from liveroom.domain.ids import PlaceId, RoomId, SessionId, UserId
from liveroom.domain.members import Place
from liveroom.domain.presence import Patience
from liveroom.domain.users import Profile
from liveroom.store.live.memory.moments import NEVER, milliseconds

AGAIN: Final = 30_000
"""A place that was told to go and is still there is told again; a superseded one is given this long to be left."""


class Waits:
    """The service's patience, in milliseconds."""

    def __init__(self, patience: Patience) -> None:
        self.keepalive = milliseconds(patience.keepalive)
        self.silent = milliseconds(patience.silent)
        self.silent_host = milliseconds(patience.silent_host)
        self.audience = milliseconds(patience.audience)
        self.grace = milliseconds(patience.grace)


@dataclass(slots=True)
class SessionRecord:
    """One session that gave a sign of life, and until when that counts."""

    since: int
    expires: int = 0
    keepalive: bool = False
    """A keepalive was sent: from then on the session is judged by it."""
    sound: bool = False
    """Found valid; not so a session that is only known from the ledger's places."""
    issued: int = 0


@dataclass(slots=True)
class PlaceRecord:
    """One place of a session. At most one of ``going`` and ``superseded_by`` decides when it is looked at again."""

    id: PlaceId
    session: SessionId
    room: RoomId
    host: bool
    entered: int
    superseded_by: PlaceId | None = None
    superseded_at: int = 0
    going: int = 0
    """When it was last told to go; 0 while it may stay."""

    def value(self, user: UserId) -> Place:
        return Place(self.id, user, self.session, self.room, self.host)


@dataclass(slots=True)
class UserRecord:
    """One user: sessions, places, and when to look next."""

    since: int = 0
    profile: Profile | None = None
    sessions: dict[SessionId, SessionRecord] = field(default_factory=dict)
    places: list[PlaceRecord] = field(default_factory=list)
    due: int = NEVER

    def is_empty(self) -> bool:
        return not self.sessions and not self.places

    def lease(self, id: SessionId, waits: Waits) -> int:
        """Return how long a sign of life of this session counts."""
        if self.sessions[id].keepalive:
            return waits.keepalive
        hosting = any(place.host and place.session == id for place in self.places)
        return waits.silent_host if hosting else waits.silent

    def is_online(self, now: int) -> bool:
        return any(session.expires > now for session in self.sessions.values())

    def newest(self) -> PlaceRecord | None:
        """Return the place taken last."""
        return max(reversed(self.places), key=lambda place: place.entered, default=None)

    def take(self, place: PlaceRecord, now: int) -> tuple[PlaceRecord, list[PlaceRecord]]:
        """Note the place unless the session has one in that room; return which it has, and those which that ends.

        One that was about to end gives way to the new one, so that whoever is ending it does not end that.
        """
        mine = next((old for old in self.places if old.room == place.room and old.session == place.session), None)
        if mine is None:
            self.places.append(mine := place)
        elif mine.going or mine.superseded_by is not None:
            place.host = mine.host or place.host
            self.places[self.places.index(mine)] = mine = place
        else:
            mine.host = mine.host or place.host
        former = [old for old in self.places if old.session == mine.session and old is not mine and not old.host]
        for old in former:
            old.superseded_by, old.superseded_at = mine.id, now
        return mine, former

    def drop(self, id: PlaceId) -> None:
        """Forget a place; others that it superseded are free again."""
        self.places = [place for place in self.places if place.id != id]

    def end(self, sessions: set[SessionId], now: int) -> None:
        """Forget sessions that have ended; the next look tells their places to go."""
        for id in sessions:
            self.sessions.pop(id, None)
        for place in self.places:
            if place.session in sessions:
                place.going = now - AGAIN

    def judge(self, now: int, waits: Waits, *, held: bool) -> list[PlaceRecord]:
        """Drop what has expired, unless it is held; return the places that are to go now."""
        if not held:
            for id in [id for id, session in self.sessions.items() if session.expires <= now]:
                del self.sessions[id]
        going = [place for place in self.places if self._goes(place, now, waits, held=held)]
        for place in going:
            place.going = now
        return going

    def _goes(self, place: PlaceRecord, now: int, waits: Waits, *, held: bool) -> bool:
        if place.going:
            return place.going + AGAIN <= now
        if place.session not in self.sessions:
            return True
        if place.superseded_by is not None and place.superseded_at + AGAIN <= now:
            if self._holds(place.superseded_by):
                return True
            place.superseded_by = None
        return not held and not place.host and place.entered + waits.audience <= now

    def _holds(self, id: PlaceId) -> bool:
        return any(place.id == id for place in self.places)

    def next_look(self, waits: Waits, hold: int) -> int:
        """Return when something of this user may be over."""
        looks = [max(session.expires, hold) for session in self.sessions.values()]
        for place in self.places:
            if place.going:
                looks.append(place.going + AGAIN)
                continue
            if place.superseded_by is not None:
                looks.append(place.superseded_at + AGAIN)
            if not place.host:
                looks.append(max(place.entered + waits.audience, hold))
        return min(looks, default=NEVER)
