"""What outside sources say of one user, in memory. The rules of `redis/lua/note_sightings.lua`, word for word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.domain.ids import RoomId, SessionId
from liveroom.domain.presence.outside import ENDED, EVERYBODY, REMEMBERED, VOUCHES, OutsideSource, Sighting
from liveroom.domain.presence.signs import Source
from liveroom.store.live.memory.moments import at, milliseconds, moment

MOST: Final = 16
"""Sources of one user that are kept; of more, those that vouch no more are forgotten first."""
_VOUCHES: Final = milliseconds(VOUCHES)
_ENDED: Final = milliseconds(ENDED)
FORGET: Final = milliseconds(REMEMBERED)


@dataclass(slots=True)
class OutsideRecord:
    """One presence: when it started and ended by the vendor's clock (0: never), until when it vouches by ours."""

    source: OutsideSource
    room: RoomId | None
    who: str
    since: int
    started: int = 0
    ended: int = 0
    until: int = 0
    vouches: bool = False
    """False: only its end is remembered, until then."""

    def is_there(self) -> bool:
        """Say whether its newest word is that the user is there."""
        if self.source.has_participants:
            return self.started > 0 and not self.ended
        return self.started > self.ended

    def put(self, when: int, now: int, *, present: bool) -> None:
        """Take a word up."""
        known, was = self.started > 0, self.is_there()
        if not present:
            self.ended = max(self.ended, when)
        else:
            self.started = max(self.started, when)
        self._settle(now, known=known, was=was)

    def _settle(self, now: int, *, known: bool, was: bool) -> None:
        if self.is_there():
            if not self.vouches:
                self.since = now
            self.until, self.vouches = now + _VOUCHES, True
        elif not self.started:
            self.until, self.vouches = now + FORGET, False
        elif was or not known:
            self.until, self.vouches = now + _ENDED, True

    def value(self, now: int) -> Source:
        """Return what it says; one that has ended did so at the time that it gave."""
        expires = self.until if self.vouches else self.ended
        alive = self.vouches and self.until > now
        return Source(SessionId(""), self.source, at(self.since), at(expires), alive, self.room)


def receive(known: Sequence[OutsideRecord], word: Sighting, now: int) -> list[OutsideRecord]:
    """Return what is known after a word. One of a participant whom a newer one has replaced says nothing."""
    when = moment(word.at)
    alike = [one for one in known if (one.source, one.room) == (word.source, word.room)]
    if word.who == EVERYBODY:
        for one in alike:
            if one.is_there() and one.started <= when:
                one.put(when, now, present=False)
        return list(known)
    mine = next((one for one in alike if one.who == word.who), None)
    comes_once = word.present and word.source.has_participants
    if comes_once and any(one is not mine and one.started > when for one in alike):
        return list(known)
    if mine is None:
        mine = OutsideRecord(word.source, word.room, word.who, now)
        known = [*known, mine]
    mine.put(when, now, present=word.present)
    replaced = [one for one in alike if comes_once and one.is_there() and one.started < mine.started]
    kept = [one for one in known if not any(one is other for other in replaced)]
    return sorted(kept, key=lambda one: (not one.vouches, -one.until))[:MOST]
