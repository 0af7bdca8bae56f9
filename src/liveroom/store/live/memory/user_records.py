"""What the live store knows of one user, and what a look at it finds (LIVE.md 5).

The policy of silence lives in ``UserRecord.judge``: which sessions are gone, which presence entries nothing vouches
for.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import product

from liveroom.domain.accounts.users import Profile
from liveroom.domain.ids import EntryId, RoomId, SessionId, UserId
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.sightings import OutsidePresence, expired, have_left_media, see, vouch_for
from liveroom.domain.presence.signs import SOCKET, SOCKET_CLOSED, SOCKETS_MAX, PresenceTimeouts
from liveroom.store.live.memory.moments import AGAIN, NEVER, milliseconds


class SweepDecision(Enum):
    """What a look at a presence entry finds."""

    STAYS = 0
    GOES = 1
    UNSEEN = 2
    """It goes, unless a subscription to its room vouches: nothing else about the room does."""


class Waits:
    """The service's timeouts, in milliseconds."""

    def __init__(self, timeouts: PresenceTimeouts) -> None:
        self.keepalive = milliseconds(timeouts.keepalive)
        self.audience = milliseconds(timeouts.audience)
        self.grace = milliseconds(timeouts.grace)
        self.socket = milliseconds(SOCKET)
        self.closed = milliseconds(SOCKET_CLOSED)
        self._leases = {
            (keepalive, hosts): milliseconds(timeouts.lease(keepalive=keepalive, hosts=hosts))
            for keepalive, hosts in product((False, True), repeat=2)
        }

    def lease(self, *, keepalive: bool, hosts: bool) -> int:
        """Return for how long a sign of life counts (``PresenceTimeouts.lease``)."""
        return self._leases[keepalive, hosts]


@dataclass(slots=True)
class SocketLease:
    """One socket of a session: until when it vouches."""

    since: int
    expires: int
    closed: bool = False


@dataclass(slots=True)
class SessionRecord:
    """One session that gave a sign of life, and until when that counts: of its calls, and of each of its sockets."""

    since: int
    expires: int = 0
    """Of its calls; 0 when none has counted."""
    keepalive: bool = False
    """A keepalive was sent, or a socket opened: from then on the session is judged by silence."""
    sound: bool = False
    """Found valid; not so a session that is only known from the recovery store's presence entries."""
    issued: int = 0
    seen: int = 0
    """When it last called."""
    sockets: dict[str, SocketLease] | None = None

    def until(self) -> int:
        """Return when the last of its leases is over."""
        if self.sockets is None:
            return self.expires
        return max(self.expires, *(lease.expires for lease in self.sockets.values()))

    def renew_socket(self, client: str, now: int, waits: Waits) -> None:
        """Let the socket vouch for another lease, also one that is not known; one that was closed stays so."""
        if not self.keepalive:
            self.keepalive, self.expires = True, min(self.expires, now + waits.keepalive)
        sockets = self.sockets or {}
        lease = sockets.get(client)
        if lease is None:
            self.sockets = {id: old for id, old in sockets.items() if old.expires > now and not old.closed}
            if len(self.sockets) >= SOCKETS_MAX:
                del self.sockets[min(self.sockets, key=lambda id: sockets[id].expires)]
            self.sockets[client] = SocketLease(now, now + waits.socket)
        elif not lease.closed:
            lease.expires = now + waits.socket

    def close_socket(self, client: str, now: int, waits: Waits) -> None:
        """Let the socket vouch for the grace only; where another vouches longer, it is forgotten."""
        lease = (self.sockets or {}).get(client)
        if self.sockets is None or lease is None or lease.closed:
            return
        lease.closed, lease.expires = True, min(lease.expires, now + waits.closed)
        if any(other.expires > lease.expires for other in self.sockets.values()):
            del self.sockets[client]

    def drop_sockets(self, now: int) -> None:
        """Forget sockets whose time is over."""
        if self.sockets is not None:
            self.sockets = {id: lease for id, lease in self.sockets.items() if lease.expires > now} or None

    def is_connected(self, now: int) -> bool:
        """Say whether it has an open socket."""
        return bool(self.open_sockets(now))

    def open_sockets(self, now: int) -> list[str]:
        """Return its sockets that are open, and may be so for a while."""
        return [id for id, lease in (self.sockets or {}).items() if not lease.closed and lease.expires > now]

    def sources(self) -> list[tuple[str, int, int]]:
        """Return what vouches for the session: what it is, since when, until when."""
        found = [("keepalive" if self.keepalive else "calls", self.since, self.expires)] if self.expires else []
        return found + [("socket", lease.since, lease.expires) for lease in (self.sockets or {}).values()]


@dataclass(slots=True)
class PresenceEntryRecord:
    """One presence entry of a session. At most one of ``going`` and ``replaced_by`` decides when it is looked at
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
        return PresenceEntry(self.id, user, self.session, self.room, self.host)


@dataclass(slots=True)
class UserRecord:
    """One user: sessions, presence entries, and when to look next."""

    since: int = 0
    profile: Profile | None = None
    sessions: dict[SessionId, SessionRecord] = field(default_factory=dict)
    entries: list[PresenceEntryRecord] = field(default_factory=list)
    due: int = NEVER
    outside: Sequence[OutsidePresence] = ()
    """What outside sources say, if any does."""

    def is_empty(self) -> bool:
        return not self.sessions and not self.entries and not self.outside

    def counts(self) -> bool:
        """Say whether the user counts as online: until a look has found that nothing vouches for them any more."""
        return bool(self.sessions) or any(one.vouches for one in self.outside)

    def sees(self, room: RoomId, now: int) -> bool:
        """Say whether an outside source sees the user in the room."""
        return see([one for one in self.outside if one.expires > now], room)

    def lease(self, id: SessionId, waits: Waits) -> int:
        """Return how long a sign of life of this session counts."""
        keepalive = self.sessions[id].keepalive
        hosts = not keepalive and any(entry.host and entry.session == id for entry in self.entries)
        return waits.lease(keepalive=keepalive, hosts=hosts)

    def is_online(self, now: int) -> bool:
        vouched = any(one.vouches and one.expires > now for one in self.outside)
        return vouched or any(session.until() > now for session in self.sessions.values())

    def newest(self) -> PresenceEntryRecord | None:
        """Return the presence entry taken last."""
        return max(reversed(self.entries), key=lambda entry: entry.entered, default=None)

    def take(self, entry: PresenceEntryRecord, now: int) -> tuple[PresenceEntryRecord, list[PresenceEntryRecord]]:
        """Note the presence entry unless the session has one in that room; return which it has, and those which that
        ends.

        One that was about to end, or perhaps was before all was lost, gives way to the new one, so that whoever is
        ending it does not end that. What it had replaced ends with what did so to it.
        """
        mine = next((old for old in self.entries if old.room == entry.room and old.session == entry.session), None)
        if mine is None:
            self.entries.append(mine := entry)
        elif mine.going or mine.replaced_by is not None or mine.restored:
            entry.host = mine.host or entry.host
            self._follow(mine.id, mine.replaced_by or entry.id)
            self.entries[self.entries.index(mine)] = mine = entry
        else:
            mine.host, mine.entered = mine.host or entry.host, entry.entered
        former = [old for old in self.entries if old.session == mine.session and old is not mine and not old.host]
        # Those that were superseded before are named again: who did that may have broken off.
        for old in former:
            if old.replaced_by is None:
                old.replaced_by, old.replaced_at = mine.id, now
        return mine, former

    def drop(self, id: EntryId, now: int, *, refused: bool) -> None:
        """Forget a presence entry. What it superseded ends with the presence entry that replaced it in turn, or now;
        only where its enter was refused it is as before.
        """
        dropped = next((entry for entry in self.entries if entry.id == id), None)
        if dropped is None:
            return
        self.entries.remove(dropped)
        for entry in self.entries:
            if entry.replaced_by != id:
                continue
            if dropped.replaced_by is not None:
                entry.replaced_by = dropped.replaced_by
            elif refused:
                entry.replaced_by = None
            else:
                entry.going = now - AGAIN

    def _follow(self, former: EntryId, heir: EntryId) -> None:
        """Let what one presence entry has replaced end with another."""
        for entry in self.entries:
            if entry.replaced_by == former:
                entry.replaced_by = heir

    def keep_newest(self, now: int) -> None:
        """Let only the newest of each session's audience presence entries stay: the end of the others was lost."""
        audience = [entry for entry in self.entries if not entry.host and not entry.going]
        newest = {entry.session: entry.id for entry in sorted(audience, key=lambda entry: entry.id)}
        for entry in audience:
            if newest[entry.session] != entry.id:
                entry.going = now - AGAIN

    def end(self, sessions: set[SessionId], now: int) -> None:
        """Forget sessions that have ended; the next look tells their presence entries to go."""
        for id in sessions:
            self.sessions.pop(id, None)
        for entry in self.entries:
            if entry.session in sessions:
                entry.going = now - AGAIN

    def judge(
        self, now: int, waits: Waits, ended: Container[SessionId], *, held: bool
    ) -> tuple[list[PresenceEntryRecord], list[PresenceEntryRecord]]:
        """Drop what has expired, unless it is held; return the presence entries that are to go now, and those that are
        to unless a subscription to their room vouches. ``ended``: sessions that are over for good.
        """
        if not held:
            for id in [id for id, session in self.sessions.items() if session.until() <= now]:
                del self.sessions[id]
            for session in self.sessions.values():
                session.drop_sockets(now)
            if self.outside:
                self._expire_outside(now, waits, ended)
        going: list[PresenceEntryRecord] = []
        doubtful: list[PresenceEntryRecord] = []
        for entry in self.entries:
            decision = self._decide(entry, now, waits, held=held)
            if decision is not SweepDecision.STAYS:
                entry.going = now
                (doubtful if decision is SweepDecision.UNSEEN else going).append(entry)
        return going, doubtful

    def _decide(self, entry: PresenceEntryRecord, now: int, waits: Waits, *, held: bool) -> SweepDecision:
        if entry.going and entry.going + AGAIN > now:
            return SweepDecision.STAYS
        decision = self._reason(entry, now, waits, held=held)
        return SweepDecision.GOES if entry.going and decision is SweepDecision.STAYS else decision

    def _reason(self, entry: PresenceEntryRecord, now: int, waits: Waits, *, held: bool) -> SweepDecision:
        if entry.session not in self.sessions and not vouch_for(self.outside, entry.room):
            return SweepDecision.GOES
        heir = entry.replaced_by
        if heir is not None and (entry.replaced_at + AGAIN <= now or not self._holds(heir)):
            return SweepDecision.GOES
        if held:
            return SweepDecision.STAYS
        is_old = not entry.host and entry.entered + waits.audience <= now and not see(self.outside, entry.room)
        return (
            SweepDecision.UNSEEN
            if is_old or have_left_media(self.outside, entry.room, entry.entered)
            else SweepDecision.STAYS
        )

    def _expire_outside(self, now: int, waits: Waits, ended: Container[SessionId]) -> None:
        """Let outside sources go whose time is over. That an old one goes ends no stay: a presence entry that it alone
        held is given one lease. An audience's hours without evidence begin anew.
        """
        self.outside, silent, left = expired(self.outside, now)
        for entry in self.entries:
            room, is_known = entry.room, entry.session in self.sessions
            alone = not entry.going and not is_known and not vouch_for(self.outside, room)
            if alone and (room in silent or None in silent) and entry.session not in ended:
                self.sessions[entry.session] = SessionRecord(now)
                self.sessions[entry.session].expires = now + self.lease(entry.session, waits)
            if room in silent or (room in left and not have_left_media(self.outside, room, entry.entered)):
                entry.entered = now

    def _holds(self, id: EntryId) -> bool:
        return any(entry.id == id for entry in self.entries)

    def next_look(self, waits: Waits, hold: int) -> int:
        """Return when something of this user may be over."""
        looks = [max(session.until(), hold) for session in self.sessions.values()]
        for entry in self.entries:
            if entry.going:
                looks.append(entry.going + AGAIN)
                continue
            if entry.replaced_by is not None:
                looks.append(entry.replaced_at + AGAIN)
            if not entry.host and not see(self.outside, entry.room):
                looks.append(max(entry.entered + waits.audience, hold))
        looks += [max(one.expires, hold) for one in self.outside]
        return min(looks, default=NEVER)
