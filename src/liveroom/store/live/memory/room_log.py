"""What one room tells: its events in their order, gathered into publications, and those that it remembers."""

import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Final

from liveroom.domain.events.model import (
    CROWD,
    KEPT,
    LISTENED_FOR,
    Announcement,
    Counts,
    Event,
    EventKind,
    MemberSummary,
    Position,
    Publication,
    Recent,
    announced_cause,
    cause_of,
    known_kind,
)
from liveroom.domain.events.pace import COUNTED, OF_MEMBERS, held_until, leaves_in
from liveroom.domain.gifts.events import GiftEvent
from liveroom.domain.ids import UserId
from liveroom.domain.moments import milliseconds
from liveroom.domain.rooms.model import LiveRoom
from liveroom.store.live.memory.gathered_gifts import GatheredGifts, gift_event, seq_of
from liveroom.store.live.memory.gift_counts import GiftCounts

_LISTENED_FOR: Final = milliseconds(LISTENED_FOR)


def _new_epoch() -> str:
    return secrets.token_urlsafe(6)


@dataclass(slots=True)
class RoomLog:
    """The publications of one epoch of a room, and the events that will make the next one."""

    epoch: str = field(default_factory=_new_epoch)
    seq: int = 0
    offset: int = 0
    _gathered: list[Event] = field(default_factory=list)
    _out: dict[UserId, None] = field(default_factory=dict)
    """Users who have left since the last publication and are not back."""
    _counted: bool = False
    """Members have come or left since the last publication."""
    _unnamed: bool = False
    """Some of them are not named in an event."""
    _announced: bool = False
    """Something that keeps the pace has been announced since the last publication."""
    _paced: int = 0
    """When the last publication left that had to keep the pace."""
    _held: int = 0
    """Until when what is gathered is kept back at most, because the list has to show it first; 0: it is not."""
    _shows: int = 0
    """The version of the room that the list has to show for that."""
    _listened_until: int = 0
    """Until when somebody listens, or may come back and ask what was missed."""
    _seen: bool = False
    """Somebody has seen a position of this epoch."""
    gifts: GiftCounts = field(default_factory=GiftCounts)
    """All of the broadcast, whatever is told of them."""
    _gifts: GatheredGifts = field(default_factory=GatheredGifts)
    _kept: deque[Publication] = field(default_factory=lambda: deque(maxlen=KEPT))

    def position(self) -> Position:
        """Return where the publications are; from now on somebody knows it."""
        self._seen = True
        return Position(self.epoch, self.offset)

    def listen(self, now: int) -> None:
        """Note that somebody listens."""
        self._listened_until = now + _LISTENED_FOR

    def has_listeners(self, now: int) -> bool:
        """Say whether what happens is told and kept, for those who listen or were heard of a while ago."""
        return self._listened_until > now

    def skip(self) -> None:
        """Note that something happens which is not told: whoever has seen a position is to find it outdated."""
        if self._seen:
            self._forget_gathered()
            self._begin_epoch()
            self._seen = False

    def _forget_gathered(self) -> None:
        self._gathered.clear()
        self._gifts = GatheredGifts()
        self._out.clear()
        self._counted = self._unnamed = self._announced = False
        self._held = 0

    @property
    def waiting(self) -> bool:
        """Say whether something is gathered."""
        return bool(self._gathered) or self._counted or self._gifts.waiting

    @property
    def held(self) -> bool:
        """Say whether what is gathered is kept back."""
        return self._held > 0

    def hold(self, now: int, version: int) -> None:
        """Keep back what is gathered, and what comes, until the list shows this version of the room."""
        self._held, self._shows = held_until(self._held, now), version

    def waits_for(self, version: int) -> bool:
        """Say whether what is kept back has waited for no more than that the list shows this version."""
        return self.held and self._shows <= version

    def leaves_in(self, now: int, *, urgent: bool = False) -> int:
        """Return in how many milliseconds what was gathered leaves; 0: now."""
        return leaves_in(now, published=self._paced, held=self._held, urgent=urgent)

    def add(
        self, kind: EventKind, at: datetime, *, reason: str = "", member: MemberSummary | None = None,
        room: LiveRoom | None = None, crowded: bool = False,
    ) -> None:  # fmt: skip
        """Note that something happened; in a crowd, and past a crowd of events, nobody who comes or goes is named."""
        if member is not None and kind in COUNTED:
            self._counted = True
            if kind is EventKind.MEMBER_LEFT:
                self._out[member.user] = None
            else:
                self._out.pop(member.user, None)
        if kind in OF_MEMBERS and (crowded or len(self._gathered) >= CROWD):
            self._unnamed = self._unnamed or kind in COUNTED
            return
        self._note(Event(kind, self.seq + 1, at, cause_of(kind, reason), None, reason, member, room))

    def announce(
        self, announcement: Announcement, at: datetime, *, spared: bool = False, reason: str = ""
    ) -> bool:  # fmt: skip
        """Note an announcement; say whether it was, as past a crowd of events one that keeps the pace is not.

        ``spared``: this one is, whatever is gathered: something else bounds how many of its kind come.
        """
        _, kind, data, by, paced = announcement
        if paced and not spared and len(self._gathered) >= CROWD:
            return False
        self._announced = self._announced or paced
        cause = announced_cause(kind, by, reason)
        self._note(Event(known_kind(kind), self.seq + 1, at, cause, by, data=data))
        return True

    def give(self, gifts: Sequence[GiftEvent], at: datetime) -> None:
        """Note gifts, which are counted already; of those that are not urgent, only sums may be told.

        Two numbers behind them are left free for the events with these sums, and with those of the broadcast.
        """
        for gift in gifts:
            self.seq += 1
            event = gift_event(EventKind.GIFT_SENT, self.seq, at, gift.data)
            if gift.urgent:
                self._gathered.append(event)
            else:
                self._gifts.add(gift, event)
        self.seq += 2
        self._gifts.close(self.seq, self.gifts.totals)

    def _place_gifts(self, at: datetime) -> None:
        """Put the gifts that wait where they came, and their sums behind them."""
        if self._gifts.waiting:
            self._gathered = list(merge(self._gathered, self._gifts.events(at), key=seq_of))
            self._gifts, self._announced = GatheredGifts(), True

    def _note(self, event: Event) -> None:
        self.seq = event.seq
        self._gathered.append(event)

    def publish(self, now: int, at: datetime, room: LiveRoom, newcomers: Sequence[MemberSummary]) -> Publication:
        """Return the publication of what was gathered; ``newcomers`` are shown where members came unnamed.

        A room's last words are those of its closing, without counts.
        """
        self._place_gifts(at)
        paced = self._counted or self._announced or any(event.kind in OF_MEMBERS for event in self._gathered)
        closed = bool(self._gathered) and self._gathered[-1].kind is EventKind.ROOM_CLOSED
        if self._counted and not closed:
            counts = Counts(room.members, room.joined, tuple(newcomers) if self._unnamed else ())
            kind = EventKind.COUNTS
            self._note(Event(kind, self.seq + 1, at, cause_of(kind), counts=counts))
        self.offset += 1
        publication = Publication(self.offset, at, tuple(self._gathered), tuple(self._out))
        self._kept.append(publication)
        self._forget_gathered()
        if paced:
            self._paced = now
        return publication

    def renew(self, at: datetime) -> None:
        """Begin a new epoch: what was published is forgotten, what was gathered begins it."""
        self._place_gifts(at)
        self._begin_epoch()

    def _begin_epoch(self) -> None:
        self.epoch, self.seq, self.offset = _new_epoch(), 0, 0
        self._kept.clear()
        gathered, self._gathered = self._gathered, []
        for event in gathered:
            self._note(event._replace(seq=self.seq + 1))

    def recent(self, after: int, limit: int, *, reverse: bool) -> Recent:
        """Return remembered publications after an offset, or before it (0: all), newest first."""
        kept = self._kept
        first = self.offset - len(kept) + 1
        if reverse:
            newer = max(0, self.offset - after + 1) if after else 0
            found = islice(reversed(kept), newer, newer + max(limit, 0))
        else:
            older = max(0, after + 1 - first)
            found = islice(kept, older, older + max(limit, 0))
        return Recent(self.position(), tuple(found))
