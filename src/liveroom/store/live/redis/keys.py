"""The names of the keys. What stands in braces decides the slot, so that one script may touch a whole bucket."""

from functools import lru_cache
from itertools import repeat
from operator import add
from typing import Final

from liveroom.domain.ids import ROOM_BUCKETS, USER_BUCKETS, RoomId, TenantName, UserId, room_bucket

LAYOUT: Final = b"{liveroom}:layout"
"""Holds the fixed numbers of buckets, and the version of what is in them."""
COMPARED: Final = b"{liveroom}:comparing"
"""Says who compares the index with members."""
REVOKED: Final = b"{revoked}"
RELAYS: Final = b"{relays}"
LIMIT_BUCKETS: Final = 8

_USER = ("facts", "users", "due", "wheel", "ended", "absent", "claim")
_ROOM = (
    "facts", "due", "dirty", "tenants", "journal", "rooms", "tombs", "ages", "claim", "writer", "pending", "lapses",
    "alarms", "talk", "scribe", "liked",
)  # fmt: skip
_OF_ROOM = (
    "room", "members", "order", "hosts", "gone", "log", "gathered", "subs", "subscribers", "going", "news", "said",
    "likers",
)  # fmt: skip


class UserKeys:
    """The keys of one user bucket; ``all`` are those of a script on records."""

    def __init__(self, bucket: int) -> None:
        self.facts, self.users, self.due, self.wheel, self.ended, self.absent, self.claim = (
            f"{{u{bucket:03}}}:{name}".encode() for name in _USER
        )
        self.all = (self.facts, self.users, self.due, self.wheel, self.ended, self.absent)


class RoomBucketKeys:
    """The keys that a room bucket has once."""

    def __init__(self, bucket: int) -> None:
        self.tag = f"{{r{bucket:03}}}"
        (
            self.facts, self.due, self.dirty, self.tenants, self.journal,
            self.rooms, self.tombs, self.ages, self.claim, self.writer, self.pending, self.lapses,
            self.alarms, self.talk, self.scribe, self.liked,
        ) = (f"{self.tag}:{name}".encode() for name in _ROOM)  # fmt: skip
        self.prefixes = tuple(f"{self.tag}:{kind}:".encode() for kind in _OF_ROOM)

    def talker(self, room: RoomId, user: UserId) -> bytes:
        """Return the key of what is remembered of somebody who wrote in a room; it has an end of its own."""
        return f"{self.tag}:talk:{room}:{user}".encode()


KEPT_MAX: Final = 16_384
"""Rooms whose keys a process remembers: 3 KB each."""

USERS: Final = tuple(UserKeys(bucket) for bucket in range(USER_BUCKETS))
ROOMS: Final = tuple(RoomBucketKeys(bucket) for bucket in range(ROOM_BUCKETS))


class RoomKeys:
    """The keys of one room, and ``news``, its channel.

    ``all`` are those of a script that tells what it does to members, ``leaving`` of one that sees to subscriptions as
    well, ``whole`` of one that opens or closes the room, ``talking`` of one about what is said in it, ``liking`` of
    one about its likes, ``channel`` of one about subscriptions.
    """

    __slots__ = (
        "all", "bucket", "channel", "facts", "gathered", "going", "gone", "hosts", "leaving", "likers", "liking",
        "log", "members", "news", "number", "order", "room", "said", "subs", "subscribers", "talking", "whole",
    )  # fmt: skip

    def __init__(self, room: RoomId) -> None:
        self.number = room_bucket(room)
        self.bucket = bucket = ROOMS[self.number]
        self.facts = bucket.facts
        (
            self.room, self.members, self.order, self.hosts, self.gone,
            self.log, self.gathered, self.subs, self.subscribers, self.going, self.news, self.said,
            self.likers,
        ) = map(add, bucket.prefixes, repeat(room.encode()))  # fmt: skip
        self.all = (
            bucket.facts, self.room, self.members, self.order, self.hosts, self.gone,
            bucket.due, bucket.dirty, bucket.tenants, bucket.journal,
            self.log, self.gathered, bucket.pending, self.news,
        )  # fmt: skip
        self.leaving = (*self.all, self.subs, self.subscribers, self.going)
        self.whole = (
            *self.all, bucket.rooms, bucket.tombs, bucket.ages,
            self.subs, self.subscribers, self.going, bucket.lapses, bucket.alarms, self.said,
            self.likers,
        )  # fmt: skip
        self.talking = (*self.all, self.said, bucket.talk)
        self.liking = (*self.all, self.likers, bucket.liked)
        self.channel = (
            bucket.facts, self.room, self.members, self.subs, self.subscribers, self.going, bucket.lapses, self.news,
        )  # fmt: skip


_KEPT: Final[dict[RoomId, RoomKeys]] = {}


def room_keys(room: RoomId) -> RoomKeys:
    """Return the keys of a room."""
    found = _KEPT.get(room)
    return RoomKeys(room) if found is None else found


def keep_keys(room: RoomId, keys: RoomKeys) -> None:
    """Remember the keys of a room that is there: those of ids that somebody made up are not kept."""
    if room not in _KEPT:
        if len(_KEPT) >= KEPT_MAX:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[room] = keys


class ListKeys:
    """The keys of a tenant's list."""

    __slots__ = ("all", "cards", "claim", "facts", "facts_of", "index", "tag", "tombs")

    def __init__(self, tenant: TenantName) -> None:
        self.tag = f"{{l:{tenant}}}"
        self.facts, self.facts_of, self.cards, self.index, self.tombs, self.claim = (
            f"{self.tag}:{name}".encode() for name in ("facts", "rooms", "cards", "index", "tombs", "claim")
        )
        self.all = (self.facts, self.facts_of, self.cards, self.index, self.tombs)

    def ranking(self, name: str) -> bytes:
        """Return the key of a frozen ranking."""
        return f"{self.tag}:ranking:{name}".encode()

    def feed(self, category: str) -> tuple[bytes, ...]:
        """Return the keys of a script on the channel of a category ("": of all rooms)."""
        kinds = ("channel", "told", "publications")
        return (self.facts, *(f"{self.tag}:{kind}:{category or '_all'}".encode() for kind in kinds))


@lru_cache(maxsize=4096)
def list_keys(tenant: TenantName) -> ListKeys:
    """Return the keys of a tenant's list."""
    return ListKeys(tenant)


def node_channel(node: str) -> bytes:
    """Return the channel of a process, in a slot of its own."""
    return f"{{n:{node}}}:news".encode()


def known_addresses_key(part: int, half: int) -> bytes:
    """Return the key of a part of the filter of known addresses, in a slot with its other half."""
    return f"{{known:{part:02}}}:{half}".encode()


def limit_key(digest: bytes) -> bytes:
    """Return the key of a limit, in the slot of its bucket."""
    return b"{hit:%d}%b" % (limit_bucket(digest), digest.hex().encode())


def limit_bucket(digest: bytes) -> int:
    """Return the bucket of a limit: few, so that many limits of one moment are one script each."""
    return digest[0] % LIMIT_BUCKETS
