"""The names of the keys. What stands in braces decides the slot, so that one script may touch a whole bucket."""

from enum import Enum
from functools import lru_cache
from typing import Final

from liveroom.domain.ids import ROOM_BUCKETS, USER_BUCKETS, RoomId, TenantName, UserId, room_bucket

LAYOUT: Final = b"{liveroom}:layout"
"""Holds the fixed numbers of buckets, and the version of what is in them."""
COMPARED: Final = b"{liveroom}:comparing"
"""Says who compares the index with members."""
REVOKED: Final = b"{revoked}"
RELAYS: Final = b"{relays}"
LIMIT_BUCKETS: Final = 8

_ROOM = (
    "facts", "due", "dirty", "tenants", "journal", "rooms", "tombs", "ages", "claim", "writer", "pending", "lapses",
    "alarms", "talk", "scribe", "liked",
)  # fmt: skip
_OF_ROOM = (
    "room", "members", "order", "hosts", "gone", "log", "gathered", "subs", "subscribers", "going", "news", "said",
    "likers", "senders", "receivers", "told",
)  # fmt: skip


USERS_WHOLE: Final = ("facts", "users", "due", "wheel", "ended", "absent")
"""The keys of a script on the records of a user bucket."""
USERS_CLAIMED: Final = (*USERS_WHOLE, "claim")
"""The keys of a script that rebuilds a user bucket."""
LISTS: Final = ("facts", "rooms", "cards", "index", "places", "tombs", "claim")
"""The keys of a script that changes a tenant's list."""


class UserKeys:
    """The keys of one user bucket; ``all`` are those of a script on records."""

    def __init__(self, bucket: int) -> None:
        self.facts, self.users, self.due, self.wheel, self.ended, self.absent, self.claim = (
            f"{{u{bucket:03}}}:{name}".encode() for name in USERS_CLAIMED
        )
        self.all = (self.facts, self.users, self.due, self.wheel, self.ended, self.absent)


_LISTED: Final = ("facts", "room", "members", "order")
_CHANGED: Final = (
    *_LISTED, "hosts", "gone", "due", "dirty", "tenants", "journal", "log", "gathered", "pending", "news",
)  # fmt: skip
_WHOLE: Final = (
    *_CHANGED, "rooms", "tombs", "ages", "subs", "subscribers", "going", "lapses", "alarms", "said", "likers",
    "senders", "receivers", "told",
)  # fmt: skip


class KeySet(Enum):
    """Which keys of a room, and of its bucket, a script takes."""

    # By identity, which is all that tells members apart: that of Enum is Python, and each call of a script asks for it.
    __hash__ = object.__hash__

    SUMMARY = ("facts", "room", "members", "gone")
    """To read the room."""
    LISTED = _LISTED
    """To read its members."""
    SEEN = (*_LISTED, "gone")
    """To read all that a subscriber sees."""
    CHANGED = _CHANGED
    """To tell what it does to members."""
    LEAVING = (*_CHANGED, "subs", "subscribers", "going")
    """To see to subscriptions as well."""
    WHOLE = _WHOLE
    """To open or close the room."""
    REBUILT = (*_WHOLE, "claim")
    """To fill it again, or forget it, while the bucket is rebuilt."""
    TALKING = (*_CHANGED, "said", "talk")
    """About what is said in it."""
    LIKING = (*_CHANGED, "likers", "liked")
    """About its likes."""
    GIVING = (*_CHANGED, "senders", "receivers", "told")
    """About gifts that are sent in it."""
    CHANNEL = ("facts", "room", "members", "subs", "subscribers", "going", "lapses", "news")
    """About subscriptions."""


class RoomBucketKeys:
    """The keys that a room bucket has once."""

    def __init__(self, bucket: int) -> None:
        self.tag = f"{{r{bucket:03}}}"
        self.named = {name: f"{self.tag}:{name}".encode() for name in _ROOM}
        (
            self.facts, self.due, self.dirty, self.tenants, self.journal,
            self.rooms, self.tombs, self.ages, self.claim, self.writer, self.pending, self.lapses,
            self.alarms, self.talk, self.scribe, self.liked,
        ) = self.named.values()  # fmt: skip
        self.prefixes = {kind: f"{self.tag}:{kind}:".encode() for kind in _OF_ROOM}

    def of(self, which: KeySet, room: bytes) -> tuple[bytes, ...]:
        """Return the keys that such a script takes for the room that has this id."""
        return tuple(self.named[name] if name in self.named else self.prefixes[name] + room for name in which.value)

    def talker(self, room: RoomId, user: UserId) -> bytes:
        """Return the key of what is remembered of somebody who wrote in a room; it has an end of its own."""
        return f"{self.tag}:talk:{room}:{user}".encode()


USERS: Final = tuple(UserKeys(bucket) for bucket in range(USER_BUCKETS))
ROOMS: Final = tuple(RoomBucketKeys(bucket) for bucket in range(ROOM_BUCKETS))


class RoomKeys:
    """The keys of one room, and ``news``, its channel; each is made when it is asked for. ``number``: its bucket."""

    __slots__ = ("bucket", "facts", "id", "number")

    room: bytes
    members: bytes
    order: bytes
    hosts: bytes
    gone: bytes
    log: bytes
    gathered: bytes
    subs: bytes
    subscribers: bytes
    going: bytes
    news: bytes
    said: bytes
    likers: bytes
    senders: bytes
    receivers: bytes
    told: bytes

    def __init__(self, room: RoomId) -> None:
        self.id = room.encode()
        self.number = room_bucket(room)
        self.bucket = bucket = ROOMS[self.number]
        self.facts = bucket.facts

    def __getattr__(self, name: str) -> bytes:
        prefix = self.bucket.prefixes.get(name)
        if prefix is None:
            raise AttributeError(name)
        return prefix + self.id

    def of(self, which: KeySet) -> tuple[bytes, ...]:
        """Return the keys that such a script takes."""
        return self.bucket.of(which, self.id)


class ListKeys:
    """The keys of a tenant's list."""

    __slots__ = ("all", "cards", "claim", "facts", "facts_of", "index", "places", "tag", "tombs")

    def __init__(self, tenant: TenantName) -> None:
        self.tag = f"{{l:{tenant}}}"
        self.facts, self.facts_of, self.cards, self.index, self.places, self.tombs, self.claim = (
            f"{self.tag}:{name}".encode() for name in LISTS
        )
        self.all = (self.facts, self.facts_of, self.cards, self.index, self.places, self.tombs)

    def ranking(self, name: str) -> bytes:
        """Return the key of a frozen ranking."""
        return f"{self.tag}:ranking:{name}".encode()

    def feed(self, category: str) -> tuple[bytes, ...]:
        """Return the keys of a script on the channel of a category ("": of all rooms)."""
        kinds = ("channel", "state", "publications")
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
