"""What the live store knows of one user, and what a look at it finds (LIVE.md 5).

The policy of silence lives in ``UserRecord.judge``: which sessions are gone, which presence entries nothing vouches
for.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from itertools import product

from liveroom.domain.accounts.users import Profile
from liveroom.domain.ids import RoomId, SessionId, UserId
from liveroom.domain.moments import milliseconds
from liveroom.domain.presence.entries import ClaimedEntries, EntryDecision, KeptEntry, claimed, decided
from liveroom.domain.presence.sightings import OutsidePresence, expired, have_left_media, see, vouch_for
from liveroom.domain.presence.signs import SOCKET, SOCKET_CLOSED, SOCKETS_MAX, PresenceTimeouts
from liveroom.store.live.memory.moments import NEVER


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
class UserRecord:
    """One user: sessions, presence entries, and when to look next."""

    since: int = 0
    profile: Profile | None = None
    blockers: tuple[UserId, ...] = ()
    sessions: dict[SessionId, SessionRecord] = field(default_factory=dict)
    entries: list[KeptEntry] = field(default_factory=list)
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

    def newest(self) -> KeptEntry | None:
        """Return the presence entry taken last."""
        return max(reversed(self.entries), key=lambda entry: entry.entered, default=None)

    def claim(self, entry: KeptEntry, now: int) -> ClaimedEntries:
        """Note the presence entry unless the session has one in that room (``domain.presence.entries``)."""
        found = claimed(self.entries, entry, now)
        self.entries = found.entries
        return found

    def end(self, sessions: set[SessionId], now: int) -> None:
        """Forget sessions that have ended; the next look tells their presence entries to go."""
        for id in sessions:
            self.sessions.pop(id, None)
        self.entries = [one.goes_at_once(now) if one.session in sessions else one for one in self.entries]

    def judge(
        self, now: int, waits: Waits, ended: Container[SessionId], *, held: bool
    ) -> tuple[list[KeptEntry], list[KeptEntry]]:
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
        going, doubtful = list[KeptEntry](), list[KeptEntry]()
        known, self.entries = self.entries, []
        for entry in known:
            decision = self._decide(entry, known, now, waits, held=held)
            if decision is EntryDecision.STAYS:
                self.entries.append(entry)
                continue
            told = entry._replace(going=now)
            self.entries.append(told)
            (doubtful if decision is EntryDecision.UNSEEN else going).append(told)
        return going, doubtful

    def _decide(
        self, entry: KeptEntry, known: Sequence[KeptEntry], now: int, waits: Waits, *, held: bool
    ) -> EntryDecision:
        lives = entry.session in self.sessions
        return decided(entry, known, self.outside, now, lives=lives, audience=waits.audience, held=held)

    def _expire_outside(self, now: int, waits: Waits, ended: Container[SessionId]) -> None:
        """Let outside sources go whose time is over. That an old one goes ends no stay: a presence entry that it alone
        held is given one lease. An audience's hours without evidence begin anew.
        """
        self.outside, silent, left = expired(self.outside, now)
        for at, entry in enumerate(self.entries):
            room, is_known = entry.room, entry.session in self.sessions
            alone = not entry.going and not is_known and not vouch_for(self.outside, room)
            if alone and (room in silent or None in silent) and entry.session not in ended:
                self.sessions[entry.session] = SessionRecord(now)
                self.sessions[entry.session].expires = now + self.lease(entry.session, waits)
            if room in silent or (room in left and not have_left_media(self.outside, room, entry.entered)):
                self.entries[at] = entry._replace(entered=now)

    def next_look(self, waits: Waits, hold: int) -> int:
        """Return when something of this user may be over."""
        looks = [max(session.until(), hold) for session in self.sessions.values()]
        for entry in self.entries:
            look = entry.next_look(self.outside, audience=waits.audience, hold=hold)
            looks += [] if look is None else [look]
        looks += [max(one.expires, hold) for one in self.outside]
        return min(looks, default=NEVER)
