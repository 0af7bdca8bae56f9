"""Rooms and broadcasts: what a room is, who may open and change it, and what its host's absence means."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Protocol, TypeVar

from liveroom.domain.errors import RoomNotFound
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.options import DEFAULTS, RoomOptions
from liveroom.domain.rooms.placement import NORMAL, NOWHERE, Placement

TITLE_MAX: Final = 100
SUBJECT_MAX: Final = 100
CATEGORY_MAX: Final = 32
DESCRIPTION_MAX: Final = 512
COVER_MAX: Final = 512
KIND_MAX: Final = 32
TIMER_ROOM: Final = "TIMER_ROOM"
"""The kind of rooms whose broadcasts are limited in time: released builds of the shipped Android app open no others."""


class RoomStatus(StrEnum):
    """The durable state of a room; *hidden* is a live state of a live room (see ``LiveRoom``)."""

    RESERVED = "reserved"
    LIVE = "live"
    CLOSED = "closed"


class HostPolicy(StrEnum):
    """Who has to be gone for a room to be hidden."""

    OWNER = "owner"
    HOSTS = "hosts"
    """The owner and every anchor (ktv and its kin, as the product document says)."""


@dataclass(frozen=True, slots=True)
class Policies:
    """Which host policy a category has, and who may host in it: the operator's choice."""

    by_category: Mapping[str, HostPolicy] = field(default_factory=dict)
    anyone_hosts: bool = True
    """In categories of policy ``hosts`` anyone may come as anchor."""

    def of(self, category: str) -> HostPolicy:
        """Return the category's policy: ``owner`` unless it is set."""
        return self.by_category.get(category, HostPolicy.OWNER)


class CloseReason(StrEnum):
    """Why a broadcast ended."""

    DESTROYED = "destroyed"
    OWNER_GONE = "owner_gone"
    OWNER_DELETED = "owner_deleted"
    CLOSED_BY_ADMIN = "closed_by_admin"
    TIME_OVER = "time_over"
    """It was to last so long."""
    NOT_HELD = "not_held"
    """It was scheduled, and nobody came to open it."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room as SQL knows it. ``rev`` grows with every committed change, over all its broadcasts."""

    id: RoomId
    tenant: TenantName
    holder: UserId
    """To whom the id was given: who may open the room again."""
    owner: UserId
    """Who owns the running broadcast; a hand-over changes it."""
    state: RoomStatus
    created_by: UserId
    updated_by: UserId
    opened: datetime
    """When the broadcast began; for a reserved room, when it was reserved."""
    updated: datetime
    broadcast: BroadcastId = BroadcastId("")
    category: str = ""
    title: str = ""
    cover: str = ""
    subject: str = ""
    description: str = ""
    capacity: int = 0
    """How many members the room may hold; 0 is unlimited."""
    kind: str = ""
    """The client's ``type``, for example ``TIMER_ROOM``."""
    star: int = 0
    rev: int = 0
    delisted: bool = False
    """The operator keeps it off the list, in this broadcast and in those to come."""
    options: RoomOptions = DEFAULTS
    aside: bool = False
    """The operator keeps this broadcast off the list; the next one is listed again."""
    placement: Placement = NOWHERE
    """What the operator has decided of its place in lists, in this broadcast and in those to come."""

    @property
    def is_unlisted(self) -> bool:
        """Say whether no list may show it while it is live."""
        return self.delisted or self.aside or not self.options.is_listed


class Broadcast(NamedTuple):
    """One broadcast of a room, running or over."""

    id: BroadcastId
    room: RoomId
    tenant: TenantName
    owner: UserId
    """Who opened it."""
    category: str
    title: str
    """As it was opened, as the category is."""
    opened: datetime
    closed: datetime | None
    reason: str
    """Why it was closed (``CloseReason``); "" while it runs."""
    likes: int


class LiveRoom(NamedTuple):
    """A live room as the live store knows it now."""

    id: RoomId
    tenant: TenantName
    owner: UserId
    holder: UserId
    broadcast: BroadcastId
    category: str
    opened: datetime
    card: bytes
    """The room's fields ready for the wire, as the card writer made them."""
    hidden: bool
    members: int
    joined: int
    """Distinct users of this broadcast."""
    version: int
    """Grows with every change of the room, its members included; never steps back."""
    delisted: bool = False
    """The operator or its owner keeps it off the list; nothing changes for its members."""
    options: RoomOptions = DEFAULTS
    likes: int = 0
    """Of this broadcast."""
    zone: int = NORMAL
    """Where lists have it before anything else is compared (``placement``)."""
    heat: int = 0
    """When its heat is down to one (``heat``), in ms."""


class RoomChanges(NamedTuple):
    """What an update changes; None leaves a field as it is."""

    category: str | None = None
    title: str | None = None
    cover: str | None = None
    subject: str | None = None
    description: str | None = None
    capacity: int | None = None

    def apply(self, room: Room, *, by: UserId, now: datetime) -> Room:
        """Return the room with the changes. An empty category leaves the category as it is."""
        given = {
            name: value
            for name in ("title", "cover", "subject", "description", "capacity")
            if (value := getattr(self, name)) is not None
        }
        if self.category:
            given["category"] = self.category
        return replace(room, **given, updated_by=by, updated=now, rev=room.rev + 1)


class OfTenant(Protocol):
    """A room, as SQL or a live store has it."""

    @property
    def tenant(self) -> TenantName: ...


R = TypeVar("R", bound=OfTenant)


def present_room(room: R | None, tenant: TenantName) -> R:
    """Return the room, if there is one and it is the tenant's. Raises ``RoomNotFound``."""
    if room is None or room.tenant != tenant:
        raise RoomNotFound
    return room


def running_room(room: Room | None, tenant: TenantName) -> Room:
    """Return the room, if it is the tenant's and live. Raises ``RoomNotFound``."""
    found = present_room(room, tenant)
    if found.state is not RoomStatus.LIVE:
        raise RoomNotFound
    return found


def open_again(room: Room, *, by: UserId, broadcast: BroadcastId, now: datetime) -> Room:
    """Return the room at the start of a new broadcast: it keeps its id, its holder, and what the operator decided."""
    return Room(
        id=room.id,
        tenant=room.tenant,
        holder=room.holder,
        owner=by,
        state=RoomStatus.LIVE,
        created_by=by,
        updated_by=by,
        opened=now,
        updated=now,
        broadcast=broadcast,
        rev=room.rev + 1,
        delisted=room.delisted,
        placement=room.placement,
        options=_begun(room, now),
    )


def limit_time(room: Room, limit: timedelta) -> Room:
    """Return the room at its opening with an end after that time if it is one that is limited, and has none yet."""
    if room.kind != TIMER_ROOM or not limit or room.options.ends is not None:
        return room
    return replace(room, options=replace(room.options, ends=room.opened + limit))


def _begun(room: Room, now: datetime) -> RoomOptions:
    """Return the options of a fresh broadcast: those that were set for it while the room was reserved."""
    if room.state is RoomStatus.RESERVED:
        return room.options.begun(now)
    before = room.options
    allows_covers = before.live_cover is not None
    return RoomOptions(guarded=before.guarded, recorded=before.recorded, live_cover="" if allows_covers else None)
