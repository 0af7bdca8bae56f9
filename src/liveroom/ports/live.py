"""The seam to the live store: what is true now. Implemented in memory and on Redis; one suite proves both."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.accounts.users import Profile
from liveroom.domain.events.model import Announcement
from liveroom.domain.ids import BroadcastId, EntryId, RoomId, SessionId, TenantName, UserId
from liveroom.domain.messages.model import Message
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import LeaveReason, Member, PresenceEntry, Stay
from liveroom.domain.presence.signs import Heartbeat, Presence, Source
from liveroom.domain.rooms.model import CloseReason, HostPolicy, LiveRoom, Room
from liveroom.domain.rooms.paging import ListedRoom, RoomPage, RoomQuery
from liveroom.ports.accounts import KnownAddresses
from liveroom.ports.activities import LiveActivities
from liveroom.ports.comparing import Comparing
from liveroom.ports.entering import Admission, ClaimedPresence, Entered, Left, Looked, PresenceClaim
from liveroom.ports.feeds import Feeds
from liveroom.ports.forwarding import Forwarding
from liveroom.ports.limits import Use
from liveroom.ports.live_battles import LiveBattles
from liveroom.ports.live_gifts import GiftsSoFar, LiveGifts
from liveroom.ports.messages import Talk
from liveroom.ports.outside import OutsideStore
from liveroom.ports.relays import Relays
from liveroom.ports.rooms import LiveLikes, LiveMetadata
from liveroom.ports.seat_maps import SeatMaps
from liveroom.ports.sizes import RoomSizes
from liveroom.ports.sync import Channels, Sockets


@dataclass(frozen=True, slots=True)
class Orphan:
    """A room whose grace is over: to be handed to the heir, or closed.

    The heir is an appointed anchor, else a moderator, else another host: of each kind whoever has been there longest.
    """

    room: RoomId
    broadcast: BroadcastId
    heir: UserId | None


@dataclass(frozen=True, slots=True)
class StaleRoom:
    """A room whose list entry has to reach this version; ``live`` None: it is not live any more."""

    room: RoomId
    tenant: TenantName
    version: int
    live: LiveRoom | None


@dataclass(frozen=True, slots=True)
class UserBucketSnapshot:
    """What a lost user bucket is filled with again."""

    entries: Sequence[PresenceEntry]
    keepalive: frozenset[SessionId]
    """Those of their sessions that are judged by keepalives; the others are not judged by silence."""
    ended: Sequence[EndedSessions]
    entered: Mapping[EntryId, datetime] = field(default_factory=dict)
    """When presence entries were taken, of those of which it is known."""


@dataclass(frozen=True, slots=True)
class RoomSnapshot:
    """One live room of a lost room bucket: its members, and who was there before in this broadcast."""

    room: Room
    policy: HostPolicy
    card: bytes
    stays: Sequence[Stay]
    past: Sequence[UserId]
    room_access: Sequence[RoomAccess] = ()
    likes: int = 0
    gifts: GiftsSoFar | None = None
    """None: none were sent."""


class AlarmKind(StrEnum):
    """What is due in a room."""

    END = "end"
    """Its broadcast is to end."""
    REQUESTS = "requests"
    """Applications or invitations for seats are over."""


class Alarm(NamedTuple):
    """Something that is due in a room; it comes again after 30 s until it is not due any more."""

    room: RoomId
    kind: AlarmKind


class ExpiredEntries(NamedTuple):
    """Presence entries that are to end. ``over``: nothing vouches for them any more."""

    over: Sequence[PresenceEntry]
    unseen: Sequence[PresenceEntry]
    """Nothing about the room does: the media is said to be left, or nothing of an audience was heard for hours."""


class RecoveryStore(Protocol):
    """What a live store keeps in SQL: its journals, and what lost buckets are rebuilt from (LIVE.md 3)."""

    async def save(self, stays: Sequence[Stay]) -> None: ...
    async def save_messages(self, messages: Sequence[Message]) -> None: ...
    async def last_message(self, room: RoomId) -> tuple[int, BroadcastId] | None:
        """Return the greatest number that a message of the room has, and in which broadcast."""

    async def newest_messages(self, broadcast: BroadcastId, limit: int) -> Sequence[Message]:
        """Return the newest messages of a broadcast, the newest first."""

    async def save_likes(self, likes: Mapping[BroadcastId, int]) -> None:
        """Note how many likes broadcasts have; one that is over may be among them, and fewer than are known."""

    async def user_bucket_snapshot(self, bucket: int) -> UserBucketSnapshot: ...
    async def room_snapshots(self, bucket: int) -> Sequence[RoomSnapshot]: ...


class Live(Protocol):
    """What is true now. Raises ``LiveUnavailable``, and what each method names.

    A bucket that was lost is rebuilt from the recovery store by whoever meets it; others wait up to 2 s for that.
    """

    @property
    def sockets(self) -> Sockets: ...
    @property
    def channels(self) -> Channels: ...
    @property
    def feeds(self) -> Feeds: ...
    @property
    def relays(self) -> Relays: ...
    @property
    def comparing(self) -> Comparing: ...
    @property
    def forwarding(self) -> Forwarding: ...
    @property
    def sizes(self) -> RoomSizes: ...
    @property
    def outside(self) -> OutsideStore: ...
    @property
    def seat_maps(self) -> SeatMaps: ...
    @property
    def talk(self) -> Talk: ...
    @property
    def likes(self) -> LiveLikes: ...
    @property
    def gifts(self) -> LiveGifts: ...
    @property
    def battles(self) -> LiveBattles: ...
    @property
    def activities(self) -> LiveActivities: ...
    @property
    def metadata(self) -> LiveMetadata: ...
    @property
    def known_addresses(self) -> KnownAddresses: ...

    # sessions and signs of life
    async def touch(self, heartbeat: Heartbeat) -> None:
        """Renew the session's lease and wait for the verdict; raises ``TokenInvalid`` when the session has ended.

        Here as below: a heartbeat that came by socket renews nothing and makes no session known.
        """

    def renew(self, heartbeat: Heartbeat) -> None:
        """Renew the session's lease with the next batch (within 500 ms); never fails."""

    def knows(self, heartbeat: Heartbeat) -> bool:
        """Say whether the session was found valid before and nothing has been heard against it (LIVE.md 4)."""

    async def end_sessions(self, ended: EndedSessions) -> None:
        """End sessions everywhere within a second: leases, cached session, and (marked to go) their presence
        entries.
        """

    async def put_profile(
        self, user: UserId, profile: Profile, blockers: Sequence[UserId] = (), *, first: bool = False
    ) -> None:
        """Keep name and picture with the user's record, if there is one, and with the memberships it names; and who has
        blocked the user with the record. ``first``: only if the record has none of that.
        """

    async def presence(self, users: Sequence[UserId]) -> Sequence[Presence]: ...
    async def sources(self, user: UserId) -> Sequence[Source]: ...
    async def entries(self, user: UserId) -> Sequence[PresenceEntry]:
        """Return the presence entries that the user's record names."""

    # presence entries and members
    async def claim_presence(self, presence_claim: PresenceClaim) -> ClaimedPresence:
        """Renew the session and note its presence entry; raises ``TokenInvalid`` when the session has ended."""

    async def drop_entries(self, entries: Sequence[PresenceEntry]) -> None:
        """Forget presence entries in their users' records; a presence entry that is not there changes nothing."""

    async def give_back(self, entry: PresenceEntry) -> None:
        """Forget a presence entry whose enter was refused: those that it was to end are as they were before."""

    def drop_later(self, entries: Sequence[PresenceEntry]) -> None:
        """Forget presence entries that an enter elsewhere has ended, with the next ``flush``; what is lost expires.

        Until then they are known to be former ones: an enter of such a room gets a presence entry of its own.
        """

    async def admit(self, admission: Admission) -> Entered:
        """Make the user a member; twice is once.

        Raises ``RoomNotFound``, ``RoomConcealed``, ``RoomFull``, ``RoomBanned``, ``PasswordWrong``.
        """

    async def leave(
        self,
        room: RoomId,
        user: UserId,
        session: SessionId | None,
        entry: EntryId | None,
        reason: LeaveReason,
        *,
        if_deserted: bool = False,
    ) -> Left | None:
        """End the session's presence entry in the room (every session's when None), and the stay with its last
        presence entry.

        With ``entry``, only if the session's presence entry still is that one; with ``if_deserted``, only if the user
        has not entered or subscribed since ``channels.deserted`` named them. None: there was no such place.
        """

    async def persist(self) -> None:
        """Return when all stays changed and messages said so far will survive the end of this process."""

    # rooms
    async def put_room(
        self, room: Room, policy: HostPolicy, card: bytes, room_access: Sequence[RoomAccess] = ()
    ) -> LiveRoom | None:
        """Bring a live room to the version of its row, unless it has that or a newer one; a new broadcast has no
        members.

        ``room_access``: the room's access records, for a broadcast that begins.
        """

    async def put_room_access(self, access: RoomAccess, announcement: Announcement) -> bool:
        """Bring a user's access record in a live room to the version of its row, unless it has that or a newer one.

        Their role changes with it, and the room is notified. A ban does not evict. Returns False if the room is not
        live.
        """

    async def close_room(self, room: Room, reason: CloseReason) -> Sequence[PresenceEntry]:
        """Take a closed room away, ending every stay; return the presence entries that its members had."""

    async def room(self, room: RoomId) -> LiveRoom | None: ...
    async def look(self, room: RoomId, user: UserId) -> Looked | None:
        """Return a live room, and what a user is to it."""

    async def rooms(self, rooms: Sequence[RoomId]) -> Sequence[LiveRoom]:
        """Return those of the rooms that are live."""

    async def member(self, room: RoomId, user: UserId) -> Member | None: ...
    async def members(
        self, tenant: TenantName, room: RoomId, *, after: int, offset: int, limit: int, viewer: UserId | None = None
    ) -> Sequence[Member]:
        """Return members in the order of joining: those of a higher ``order`` than ``after``, past the offset.

        Raises ``RoomNotFound`` when the room is not live, or is another tenant's; with a ``viewer`` also what
        ``privacy.check_visible`` does.
        """

    # the list
    async def list_rooms(self, query: RoomQuery) -> RoomPage:
        """Return a page of a tenant's list. Raises ``ListLost`` when the list has to be built first, ``BadRequest``
        for a cursor that is none."""

    def put_listed(self, tenant: TenantName, rooms: Sequence[ListedRoom]) -> Awaitable[None]:
        """Bring rooms of the list up to date; a version that is not newer changes nothing."""

    async def claim_list(self, tenant: TenantName) -> bool:
        """Claim the building of the tenant's lost list; return whether the caller has to build it (others wait)."""

    async def abandon_list(self, tenant: TenantName) -> None:
        """Give the claim back after a failed build, so that the next caller begins at once."""

    async def finish_list(self, tenant: TenantName) -> None:
        """Note that the tenant's list is complete."""

    async def stale_rooms(
        self, limit: int, *, shown: Sequence[tuple[RoomId, int]] = (), since: timedelta = timedelta(0)
    ) -> Sequence[StaleRoom]:
        """Note that the list shows the versions ``shown`` of these rooms; then return rooms whose entry is outdated.

        ``since``: only rooms whose last change is at least this old. The process that made a younger change is about to
        bring the list up to date itself.
        """

    async def listed(self, rooms: Sequence[tuple[RoomId, int]]) -> None:
        """Note that the list shows these versions of these rooms."""

    # limits
    async def hit(self, key: str, *, limit: int, window: timedelta, count: int = 1) -> bool:
        """Count uses of the key in a window that begins with its first; say whether they are within the limit.

        ``count`` 0 counts nothing and says whether one more would be within it; below 0 it takes uses back. Does
        not fail: while the store is down, each process counts for itself.
        """

    async def hit_each(self, uses: Sequence[Use], *, window: timedelta) -> Sequence[bool]:
        """Do the same with several keys at once; return the answers in this order."""

    async def window_left(self, key: str, *, window: timedelta) -> timedelta:
        """Return how long the key's window lasts on, and the whole of it while the store is down."""

    # background work: each does what is due and returns
    async def flush(self) -> int:
        """Send the waiting renewals, and write what is journaled to the recovery store; return how many stays were
        written.
        """

    async def expired(self, limit: int, *, gap: timedelta) -> ExpiredEntries:
        """Return presence entries that are to end (at most once a second per bucket, whoever asks). Those that neither
        end nor are spared come again after 30 s.

        A bucket without expiry for longer than ``gap`` gives its users one whole lease first.
        """

    async def orphans(self, limit: int) -> Sequence[Orphan]:
        """Return rooms whose grace is over; one that nobody closes or hands over comes again after 30 s."""

    async def alarms(self, limit: int) -> Sequence[Alarm]:
        """Return what is due in rooms."""

    async def online(self) -> int:
        """Return how many users have a live lease."""

    async def ping(self) -> None: ...
    async def refresh(self) -> None:
        """Renew all connections: the process was frozen, and those that it had may be dead without saying so."""

    async def start(self) -> None: ...
    async def close(self) -> None: ...


class ListLost(Exception):
    """The tenant's room list is not there and has to be built from the rooms."""

    def __init__(self, tenant: TenantName) -> None:
        super().__init__(tenant)
        self.tenant = tenant
