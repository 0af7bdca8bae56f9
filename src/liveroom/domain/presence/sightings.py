"""What is known of a user from outside sources, and what reports and time make of it.

Vendors' times decide between their reports; ours say how long a source vouches. All are milliseconds since 1970.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from liveroom.domain.ids import RoomId, SessionId
from liveroom.domain.moments import at, milliseconds, moment
from liveroom.domain.presence.outside import ENDED, EVERYBODY, REMEMBERED, VOUCHES, OutsideSource, Sighting
from liveroom.domain.presence.signs import Source

MOST: Final = 16
"""Presences of one user that are kept; of more, those that vouch no more are forgotten first."""
_VOUCHES: Final = milliseconds(VOUCHES)
_ENDED: Final = milliseconds(ENDED)
_REMEMBERED: Final = milliseconds(REMEMBERED)


class OutsidePresence(NamedTuple):
    """One presence of a user at an outside source: when it ``started`` and ``ended`` by the vendor's clock (0: never),
    and until when it vouches by ours.
    """

    source: OutsideSource
    room: RoomId | None
    who: str
    since: int
    started: int = 0
    ended: int = 0
    expires: int = 0
    vouches: bool = False
    """False: only its end is remembered, until it expires."""

    def is_there(self) -> bool:
        """Say whether its newest report is that the user is there."""
        if self.source.has_participants:
            return self.started > 0 and not self.ended
        return self.started > self.ended

    def is_over(self, now: int) -> bool:
        """Say whether it has vouched for as long as it may."""
        return self.vouches and self.expires <= now

    def is_meant(self, sighting: Sighting) -> bool:
        """Say whether a report is about this source and room, whoever it names."""
        return (self.source, self.room) == (sighting.source, sighting.room)

    def reported(self, at: int, now: int, *, present: bool) -> "OutsidePresence":
        """Return it after a report that the user was there at that time, or gone."""
        known, was = self.started > 0, self.is_there()
        started, ended = (max(self.started, at), self.ended) if present else (self.started, max(self.ended, at))
        after = self._replace(started=started, ended=ended)
        if after.is_there():
            since = self.since if self.vouches else now
            return after._replace(since=since, expires=now + _VOUCHES, vouches=True)
        if not after.started:
            return after._replace(expires=now + _REMEMBERED, vouches=False)
        return after._replace(expires=now + _ENDED, vouches=True) if was or not known else after

    def value(self, now: int) -> Source:
        """Return what it says; one that has ended did so at the time that it gave."""
        expires = self.expires if self.vouches else self.ended
        alive = self.vouches and self.expires > now
        return Source(SessionId(""), self.source, at(self.since), at(expires), alive, self.room)


class ExpiredSources(NamedTuple):
    """What is ``kept`` when the time of others is over. ``silent``: rooms of which nothing was heard for long;
    ``left``: those that the user has left, in whose media they are not known to have been by this.
    """

    kept: Sequence[OutsidePresence]
    silent: frozenset[RoomId | None]
    left: frozenset[RoomId | None]


def received(known: Iterable[OutsidePresence], sighting: Sighting, now: int) -> list[OutsidePresence]:
    """Return what is known after a report. One of a participant whom a newer one has replaced says nothing."""
    known, at = list(known), moment(sighting.at)
    if sighting.who == EVERYBODY:
        return [_ended_for_all(one, sighting, at, now) for one in known]
    alike = [one for one in known if one.is_meant(sighting)]
    former = next((one for one in alike if one.who == sighting.who), None)
    comes_once = sighting.present and sighting.source.has_participants
    if comes_once and any(one is not former and one.started > at for one in alike):
        return known
    fresh = OutsidePresence(sighting.source, sighting.room, sighting.who, now)
    mine = (former or fresh).reported(at, now, present=sighting.present)
    replaced = [one for one in alike if comes_once and one.is_there() and one.started < mine.started]
    others = [one for one in known if one is not former and one not in replaced]
    return sorted([*others, mine], key=lambda one: (not one.vouches, -one.expires))[:MOST]


def expired(known: Iterable[OutsidePresence], now: int) -> ExpiredSources:
    """Let presences go whose time is over; that somebody left is remembered, longer while the room's group vouches."""
    known = list(known)
    over = [one for one in known if one.is_over(now)]
    silent = frozenset(one.room for one in over if one.is_there())
    left = frozenset(one.room for one in over if not one.is_there() and not one.source.ends_stays)
    others = [one for one in known if not (one.is_over(now) and one.is_there())]
    rest = [_remembered(one, now) if one.is_over(now) else one for one in others]
    kept = [_remembered(one, now) if _is_to_be_remembered(one, rest, now) else one for one in rest]
    return ExpiredSources([one for one in kept if one.expires > now], silent, left)


def vouch_for(known: Iterable[OutsidePresence], room: RoomId) -> bool:
    """Say whether any of these vouches for a presence entry in the room."""
    return any(one.vouches and one.room in (None, room) for one in known)


def see(known: Iterable[OutsidePresence], room: RoomId) -> bool:
    """Say whether any of these vouches by what it sees of that very room."""
    return any(one.vouches and one.room == room for one in known)


def have_left_media(known: Iterable[OutsidePresence], room: RoomId, entered: int) -> bool:
    """Say whether the user was in the room's media, and is not any more since they entered, nor in its group."""
    here = [one for one in known if one.room == room]
    if any(one.vouches and (one.source.ends_stays or one.is_there()) for one in here):
        return False
    return any(one.source.ends_stays and one.started and one.ended >= entered for one in here)


def _ended_for_all(one: OutsidePresence, sighting: Sighting, at: int, now: int) -> OutsidePresence:
    if one.is_meant(sighting) and one.is_there() and one.started <= at:
        return one.reported(at, now, present=False)
    return one


def _is_to_be_remembered(one: OutsidePresence, known: Iterable[OutsidePresence], now: int) -> bool:
    is_over = one.expires <= now and not one.is_there()
    return is_over and one.source.ends_stays and one.room is not None and see(known, one.room)


def _remembered(one: OutsidePresence, now: int) -> OutsidePresence:
    return one._replace(expires=now + _REMEMBERED, vouches=False)
