"""What a user's record says of their presence entries: which one replaces which, and which are to end.

Times are milliseconds since 1970 here, spans milliseconds. Scripts have their own form of this (``lua/modules``:
``entries``, ``expiry``); a test compares the two.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final, NamedTuple

from liveroom.domain.ids import EntryId, RoomId, SessionId, UserId
from liveroom.domain.moments import milliseconds
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.sightings import OutsidePresence, have_left_media, see, vouch_for
from liveroom.domain.presence.signs import NAMED_AGAIN

_AGAIN: Final = milliseconds(NAMED_AGAIN)


class EntryDecision(Enum):
    """What a look at a presence entry finds."""

    STAYS = 0
    GOES = 1
    UNSEEN = 2
    """It goes, unless a subscription to its room vouches: nothing else about the room does."""


class KeptEntry(NamedTuple):
    """A presence entry in a user's record. At most one of ``going`` and ``replaced_by`` decides when it is looked at
    again.
    """

    id: EntryId
    session: SessionId
    room: RoomId
    host: bool
    entered: int
    replaced_by: EntryId | None = None
    replaced_at: int = 0
    going: int = 0
    """When it was last told to go; 0 while it may stay."""
    restored: bool = False
    """It was filled from the recovery store, and not entered since."""

    def value(self, user: UserId) -> PresenceEntry:
        """Return it as others name it."""
        return PresenceEntry(self.id, user, self.session, self.room, self.host)

    def goes_at_once(self, now: int) -> "KeptEntry":
        """Return it as one that the next look tells to go."""
        return self._replace(going=now - _AGAIN)

    def next_look(self, sources: Sequence[OutsidePresence], *, audience: int, hold: int) -> int | None:
        """Return when it may be over; before ``hold`` an ``audience``'s hours without evidence are not."""
        if self.going:
            return self.going + _AGAIN
        at = None if self.replaced_by is None else self.replaced_at + _AGAIN
        if self.host or (sources and see(sources, self.room)):
            return at
        old = max(self.entered + audience, hold)
        return old if at is None else min(at, old)


class ClaimedEntries(NamedTuple):
    """All entries of a user when a session has claimed one: ``mine``, and the ``former`` ones which that ends."""

    entries: list[KeptEntry]
    mine: KeptEntry
    former: Sequence[KeptEntry]


def claimed(entries: Iterable[KeptEntry], new: KeptEntry, now: int) -> ClaimedEntries:
    """Let a session have an entry in a room: this one, unless it has one there. Its audience entries elsewhere end.

    One that was about to end, or perhaps was before all was lost, gives way to the new one, so that whoever is ending
    it does not end that. What it had replaced ends with what did so to it. Those that were replaced before are named
    again: who did that may have broken off.
    """
    known, mine = list(entries), new
    for at, old in enumerate(known):
        if old.room == new.room and old.session == new.session:
            mine = new._replace(host=old.host or new.host)
            if old.going or old.replaced_by is not None or old.restored:
                known = [_replaced_anew(one, old.id, old.replaced_by or new.id) for one in known]
            else:
                mine = old._replace(host=mine.host, entered=new.entered)
            known[at] = mine
            break
    else:
        known.append(new)
    former = list[KeptEntry]()
    for at, one in enumerate(known):
        if one.session == mine.session and one.room != mine.room and not one.host:
            if one.replaced_by is None:
                known[at] = one._replace(replaced_by=mine.id, replaced_at=now)
            former.append(known[at])
    return ClaimedEntries(known, mine, former)


def dropped(entries: Iterable[KeptEntry], id: EntryId, now: int, *, refused: bool) -> list[KeptEntry]:
    """Forget an entry. What it replaced ends with the one that replaced it in turn, or now; only where its enter was
    refused it is as before.
    """
    known = list(entries)
    gone = next((one for one in known if one.id == id), None)
    return [_released(one, gone, now, refused=refused) if gone else one for one in known if one is not gone]


def only_newest(entries: Iterable[KeptEntry], now: int) -> list[KeptEntry]:
    """Let only the newest of each session's audience entries stay: the end of the others was lost."""
    known = list(entries)
    audience = [one for one in known if not one.host and not one.going and one.replaced_by is None]
    newest = {one.session: one.id for one in sorted(audience, key=lambda one: one.id)}
    return [one.goes_at_once(now) if one in audience and newest[one.session] != one.id else one for one in known]


def decided(
    entry: KeptEntry,
    entries: Iterable[KeptEntry],
    sources: Sequence[OutsidePresence],
    now: int,
    *,
    lives: bool,
    audience: int,
    held: bool,
) -> EntryDecision:
    """Say whether one of the entries is to end. ``lives``: its session does; ``held``: an outage is just over.

    One that was told to go already is told so again after a while.
    """
    if entry.going and entry.going + _AGAIN > now:
        return EntryDecision.STAYS
    spared = EntryDecision.GOES if entry.going else EntryDecision.STAYS
    room, by = entry.room, entry.replaced_by
    if not lives and not vouch_for(sources, room):
        return EntryDecision.GOES
    if by is not None and (entry.replaced_at + _AGAIN <= now or all(one.id != by for one in entries)):
        return EntryDecision.GOES
    if held:
        return spared
    is_old = not entry.host and entry.entered + audience <= now and not see(sources, room)
    is_unseen = is_old or (len(sources) > 0 and have_left_media(sources, room, entry.entered))
    return EntryDecision.UNSEEN if is_unseen else spared


def _replaced_anew(one: KeptEntry, former: EntryId, by: EntryId) -> KeptEntry:
    return one._replace(replaced_by=by) if one.replaced_by == former else one


def _released(one: KeptEntry, gone: KeptEntry, now: int, *, refused: bool) -> KeptEntry:
    if one.replaced_by != gone.id:
        return one
    if gone.replaced_by is not None:
        return one._replace(replaced_by=gone.replaced_by)
    return one._replace(replaced_by=None, replaced_at=0) if refused else one.goes_at_once(now)
