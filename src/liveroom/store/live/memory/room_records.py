"""What the live store knows of one room and its members. Whether a host is present is decided here."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from liveroom.domain.battles.model import RoomBattle
from liveroom.domain.events.model import EventKind, MemberSummary
from liveroom.domain.ids import BroadcastId, EntryId, RoomId, SessionId, StayId, TenantName, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.moments import at, moment
from liveroom.domain.presence.members import LeaveReason, Member, PresenceEntry, Role, Stay, displayed_role
from liveroom.domain.privacy.visibility import Onlooker, onlooker_of
from liveroom.domain.rooms.heat import COLD, HeatRule, warmed
from liveroom.domain.rooms.hosting import HeirCandidate, heir_of, is_hosted
from liveroom.domain.rooms.metadata import Metadata
from liveroom.domain.rooms.model import HostPolicy, LiveRoom, Room
from liveroom.domain.rooms.options import DEFAULTS, RoomOptions
from liveroom.domain.rooms.placement import NORMAL
from liveroom.domain.seats.model import EMPTY, SeatMap
from liveroom.store.live.memory.liking import Liking
from liveroom.store.live.memory.room_log import RoomLog
from liveroom.store.live.memory.subscribers import Subscribers
from liveroom.store.live.memory.talk_pace import RoomTalk


@dataclass(slots=True)
class MemberRecord:
    """One member: the stay that runs, and each session's presence entry in it."""

    user: UserId
    stay: StayId
    role: Role
    label: str
    name: str
    avatar: str
    entered: datetime
    order: int
    entries: tuple[tuple[SessionId, EntryId], ...]
    keepalive: bool
    moderates: bool = False
    """The room's owner has made them a moderator."""
    seat: int = 0
    mutes: int = 0

    @property
    def shown(self) -> Role:
        """Return what others see them as."""
        return displayed_role(self.role, moderates=self.moderates, seated=self.seat > 0)

    def entry_of(self, session: SessionId) -> EntryId | None:
        """Return the presence entry of one of the member's sessions."""
        return next((entry for id, entry in self.entries if id == session), None)

    def put_entry(self, session: SessionId, entry: EntryId) -> None:
        """Give the session this presence entry instead of any other."""
        others = tuple(pair for pair in self.entries if pair[0] != session)
        self.entries = (*others, (session, entry))

    def value(self) -> Member:
        return Member(
            self.user, self.name, self.avatar, self.shown, self.entered, self.order, self.seat, self.mutes
        )  # fmt: skip

    def guest(self) -> MemberSummary:
        return MemberSummary(self.user, self.name, self.avatar, self.shown)

    def named(self, room: RoomId, session: SessionId, entry: EntryId) -> PresenceEntry:
        """Return one of the presence entries as a user's record names it."""
        return PresenceEntry(entry, self.user, session, room, self.role.is_host)


@dataclass(slots=True)
class ToldBattle:
    """What is counted and told of a room's battle."""

    id: str
    likes: int = 0
    version: int = 0
    data: bytes | None = None
    """The last scores that the room was told, as JSON."""


class ToldTally(NamedTuple):
    """What a room was told last of what is counted in an activity, as JSON."""

    votes: int
    data: bytes


@dataclass(slots=True)
class RoomRecord:
    """One live room."""

    id: RoomId
    tenant: TenantName
    owner: UserId
    holder: UserId
    policy: HostPolicy
    capacity: int
    broadcast: BroadcastId
    rev: int
    category: str
    opened: datetime
    card: bytes
    version: int
    delisted: bool
    hidden: bool = False
    members: dict[UserId, MemberRecord] = field(default_factory=dict)
    in_order: list[MemberRecord] = field(default_factory=list)
    hosts: dict[UserId, MemberRecord] = field(default_factory=dict)
    gone: set[UserId] = field(default_factory=set)
    last: int = 0
    """The order of the member who joined last."""
    log: RoomLog = field(default_factory=RoomLog)
    talk: RoomTalk | None = None
    """None: nobody has asked SQL yet what was said before."""
    subscribers: Subscribers = field(default_factory=Subscribers)
    options: RoomOptions = DEFAULTS
    room_access: dict[UserId, RoomAccess] = field(default_factory=dict)
    likes: int = 0
    cools: float = COLD
    """When its heat is down to one."""
    zone: int = NORMAL
    liking: Liking = field(default_factory=Liking)
    seat_map: SeatMap = EMPTY
    seat_map_version: int = 0
    metadata: Metadata | None = None
    """None: SQL has not been asked yet."""
    told_battle: ToldBattle | None = None
    tallies: Mapping[str, ToldTally] = field(default_factory=dict)
    """Of activities that run."""
    announced_metadata: int = 0
    """The version of which the room was told."""
    _value: LiveRoom | None = None

    @classmethod
    def opened_as(cls, row: Room, policy: HostPolicy, card: bytes, version: int) -> "RoomRecord":
        """Return the room at the start of a broadcast."""
        opened = at(moment(row.opened))
        return cls(
            row.id, row.tenant, row.owner, row.holder, policy, row.capacity,
            row.broadcast, row.rev, row.category, opened, bytes(card), version, row.is_unlisted, options=_kept(row),
            zone=row.placement.zone,
        )  # fmt: skip

    def change(self, row: Room, policy: HostPolicy, card: bytes) -> Sequence[EventKind]:
        """Bring the room up to a newer row of the same broadcast; return as what others are told of it.

        Whether it is delisted is told to nobody in it: lists show that. Its options are told as such.
        """
        owner, facts, shown = self.owner, self._facts(), self.card
        aside, before = (self.delisted, self.zone, self.options), self.options
        self.delisted, self.zone, self.options = row.is_unlisted, row.placement.zone, _kept(row)
        self.owner, self.holder, self.policy, self.capacity = row.owner, row.holder, policy, row.capacity
        self.rev, self.category, self.opened, self.card = row.rev, row.category, at(moment(row.opened)), bytes(card)
        kinds = [] if _public(before) == _public(self.options) else [EventKind.OPTIONS_CHANGED]
        if before.connection != self.options.connection:
            kinds.append(EventKind.CONNECTION_CHANGED)
        if before.streams != self.options.streams:
            kinds.append(EventKind.STREAM_CHANGED)
        if (news := _battle_news(before.battle, self.options.battle)) is not None:
            kinds.append(news)
        is_same = facts == self._facts()
        is_only_aside = is_same and shown == self.card and aside != (self.delisted, self.zone, self.options)
        if not is_same or (owner == self.owner and not is_only_aside):
            kinds.append(EventKind.ROOM_UPDATED)
        if owner != self.owner:
            kinds.append(EventKind.OWNER_CHANGED)
        return kinds

    def _facts(self) -> tuple[object, ...]:
        """Return what a hand-over leaves as it is (the card is another after each change)."""
        return self.holder, self.policy, self.capacity, self.category, self.opened

    def raise_version(self, now: int) -> int:
        """Note that something changed: the next version, never below the time."""
        self.version = max(self.version + 1, now)
        self._value = None
        return self.version

    def put_room_access(self, access: RoomAccess) -> None:
        """Keep somebody's access record."""
        self.room_access[access.user] = access
        self.options = replace(self.options, guarded=True)
        self._value = None

    def add_likes(self, count: int) -> None:
        """Count likes; what others see of the room changes, its version does not."""
        self.likes += count
        self._value = None

    def battle_of(self, id: str) -> ToldBattle:
        """Return what is counted and told of a battle: nothing yet, of one that is new here."""
        if self.told_battle is None or self.told_battle.id != id:
            self.told_battle = ToldBattle(id)
        return self.told_battle

    def warm(self, rule: HeatRule, weight: float, now: int) -> None:
        """Note that something has happened; what lists show of the room changes, its version does not."""
        self.cools = warmed(self.cools, now, weight, rule.span)
        self._value = None

    def value(self) -> LiveRoom:
        if self._value is None:
            self._value = LiveRoom(
                self.id, self.tenant, self.owner, self.holder, self.broadcast, self.category, self.opened, self.card,
                self.hidden, len(self.members), len(self.members) + len(self.gone), self.version, self.delisted,
                self.options, self.likes, self.zone, int(self.cools),
            )  # fmt: skip
        return self._value

    def owns(self, user: UserId) -> bool:
        return user in (self.owner, self.holder)

    def onlooker(self, user: UserId, now: datetime) -> Onlooker | None:
        """Return what a user is to a room that does not show everything to everybody."""
        if self.options.shows_members and not self.options.guarded:
            return None
        known, is_member = self.room_access.get(user), user in self.members
        return onlooker_of(known, now, owner=user == self.owner, holder=user == self.holder, member=is_member)

    def is_hosted(self) -> bool:
        """Say whether somebody is there who has to be, by the room's host policy."""
        return is_hosted(self.policy, owner=self.owner in self.members, hosts=bool(self.hosts))

    def appointed(self, user: UserId) -> Role | None:
        """Return to what the room's owner has appointed a user."""
        known = self.room_access.get(user)
        return None if known is None else known.role

    def heir(self) -> UserId | None:
        """Return who gets the room if its owner is gone."""
        named = {*self.hosts, *(user for user, access in self.room_access.items() if access.role is not None)}
        present = [self.members[user] for user in named if user in self.members]
        return heir_of(
            self.owner,
            [HeirCandidate(one.user, one.order, self.appointed(one.user), one.role.is_host) for one in present],
        )

    def add(self, member: MemberRecord) -> None:
        """Put a member last in the order of joining."""
        self.members[member.user] = member
        self.in_order.append(member)
        self.last = member.order
        self.gone.discard(member.user)
        self.give_role(member, member.role)

    def give_role(self, member: MemberRecord, role: Role) -> None:
        member.role = role
        if role.is_host:
            self.hosts[member.user] = member
        else:
            self.hosts.pop(member.user, None)

    def remove(self, member: MemberRecord) -> None:
        """Take a member out; the broadcast remembers that they were there."""
        del self.members[member.user]
        del self.in_order[bisect_left(self.in_order, member.order, key=_order)]
        self.hosts.pop(member.user, None)
        self.gone.add(member.user)

    def page(self, after: int, offset: int, limit: int) -> Sequence[Member]:
        """Return members of a higher order than ``after``, past the offset."""
        first = bisect_right(self.in_order, after, key=_order) + offset
        return [member.value() for member in self.in_order[first : first + limit]]

    def stay(self, member: MemberRecord, left: datetime | None = None, reason: LeaveReason | None = None) -> Stay:
        """Return the member's stay as the journal keeps it."""
        return Stay(
            member.stay, self.tenant, self.broadcast, self.id, member.user, member.role, member.name, member.avatar,
            member.entered, member.order, () if left else member.entries, self.version, left, reason,
            member.keepalive, 0 if left else member.seat, 0 if left else member.mutes,
        )  # fmt: skip


def _public(options: RoomOptions) -> RoomOptions:
    """Return what members are told of as options, and of nothing else."""
    travelling = replace(options, connection=None, battle=None, envelopes=(), streams=(), recording=None)
    return replace(travelling, guarded=False, activities=()).without_live_cover()


def _battle_news(was: RoomBattle | None, now: RoomBattle | None) -> EventKind | None:
    """Return as what a change of the battle is told; None where it is the same."""
    if was == now:
        return None
    if now is not None and not now.is_running and (was is None or was.is_running):
        return EventKind.BATTLE_ENDED
    if now is not None and (was is None or was.id != now.id):
        return EventKind.BATTLE_STARTED
    return EventKind.BATTLE_CHANGED


def _kept(row: Room) -> RoomOptions:
    """Return the options that a live room has: when a scheduled broadcast begins says nothing of one that runs."""
    ends = row.options.ends
    return replace(row.options, starts=None, ends=None if ends is None else at(moment(ends)))


def _order(member: MemberRecord) -> int:
    return member.order
