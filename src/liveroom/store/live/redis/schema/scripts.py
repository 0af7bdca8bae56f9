"""The keys and arguments of every script, in the order in which they travel.

A name that begins with a star stands for all that is left of its sort: for any number, also none. What comes after it
is counted from the end. What guards and modules need is not repeated by the scripts that use them (``USED``).
"""

from collections.abc import Iterable
from sys import maxsize
from typing import Final, NamedTuple

from liveroom.store.live.redis.keys import LISTS, USERS_CLAIMED, USERS_WHOLE, KeySet
from liveroom.store.live.redis.schema.arguments import (
    AdmitArguments,
    LeaveArguments,
    LikeArguments,
    LoadRoomArguments,
    PutAccessArguments,
    PutMetadataArguments,
    PutRoomArguments,
    PutSeatMapArguments,
    ReadMembersArguments,
    SayArguments,
    TakeEntryArguments,
)


class AddedArguments(NamedTuple):
    """The arguments that a guard or module adds: before those of the script, or behind them."""

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


class DeclaredScript(NamedTuple):
    """A script's keys, and its own arguments."""

    keys: tuple[str, ...]
    args: tuple[str, ...]


DUE: Final = "waits_until"
"""Until when somebody waits for the script, in the server's time: added to what ``awaited`` scripts are given."""

USED: Final = {
    "time": AddedArguments(("clock_ahead",)),
    "users": AddedArguments(("wait_keepalive", "wait_silent", "wait_host", "wait_audience")),
    "sockets": AddedArguments(("sockets", "lease", "grace")),
    "rooms": AddedArguments(("room",)),
    "channels": AddedArguments(("room",)),
    "feeds": AddedArguments(("who", "lease", "unheard")),
    "awaited": AddedArguments(last=(DUE,)),
    "verify": AddedArguments(last=("run_id",)),
    "claimed": AddedArguments(last=("me", "run_id")),
}


def arguments(declared: DeclaredScript, uses: Iterable[str]) -> tuple[str, ...]:
    """Return all arguments of a script that uses these guards and modules."""
    added = [USED[use] for use in uses if use in USED]
    first = tuple(name for one in added for name in one.first)
    last = tuple(name for one in added for name in one.last)
    return *first, *declared.args, *last


def numbers(names: Iterable[str]) -> range:
    """Return how many words a caller may give for these names."""
    given = [name for name in names if name != DUE]
    if any(name.startswith("*") for name in given):
        return range(len(given) - 1, maxsize)
    return range(len(given), len(given) + 1)


def _takes(keys: str | KeySet | tuple[str, ...], args: str | type[NamedTuple] = "", more: str = "") -> DeclaredScript:
    """Return a declaration; ``more``: keys behind those of the set."""
    named = keys.split() if isinstance(keys, str) else keys.value if isinstance(keys, KeySet) else keys
    return DeclaredScript((*named, *more.split()), tuple(args.split()) if isinstance(args, str) else args._fields)


_USERS: Final = {
    "close_sockets": _takes(USERS_WHOLE),
    "count_online": _takes("facts users absent"),
    "drop_entries": _takes(USERS_WHOLE, "entries refused"),
    "end_sessions": _takes(USERS_WHOLE, "user sessions at original_before remembered"),
    "expire_users": _takes(USERS_WHOLE, "looks most gap remembered"),
    "heartbeats": _takes(USERS_WHOLE, "heartbeats"),
    "load_users": _takes(USERS_CLAIMED, "users dropped ended"),
    "open_sockets": _takes(USERS_WHOLE),
    "put_outside": _takes(USERS_WHOLE, "decided"),
    "put_profile": _takes(USERS_WHOLE, "user name avatar"),
    "read_users": _takes("facts users", "*users"),
    "renew_sockets": _takes(USERS_WHOLE),
    "spare_entries": _takes(USERS_WHOLE, "entries"),
    "take_entry": _takes(USERS_WHOLE, TakeEntryArguments),
}

_ROOMS: Final = {
    "admit": _takes(KeySet.LEAVING, AdmitArguments),
    "close_room": _takes(KeySet.WHOLE, "rev tenant remembered most reason"),
    "dirty_rooms": _takes("facts dirty tenants", "most unchanged *listed"),
    "due_alarms": _takes("facts alarms", "most again"),
    "due_rooms": _takes("facts due", "most"),
    "forget_room": _takes(KeySet.REBUILT),
    "leave": _takes(KeySet.LEAVING, LeaveArguments),
    "load_room": _takes(KeySet.REBUILT, LoadRoomArguments),
    "orphan": _takes(KeySet.CHANGED),
    "put_metadata": _takes(KeySet.CHANGED, PutMetadataArguments),
    "put_room": _takes(KeySet.WHOLE, PutRoomArguments),
    "put_access": _takes(KeySet.CHANGED, PutAccessArguments),
    "read_held": _takes("facts *rooms", "*users"),
    "read_member": _takes("facts members", "user"),
    "read_members": _takes(KeySet.LISTED, ReadMembersArguments),
    "read_metadata": _takes("facts room members", "tenant user"),
    "read_room": _takes(KeySet.SUMMARY, "*viewer"),
    "rename": _takes(KeySet.CHANGED, "user name avatar"),
    "survey_rooms": _takes("facts due dirty journal pending lapses alarms talk liked", "grace gap orphans spared"),
    "walk_many": _takes("facts *members", "most"),
    "walk_members": _takes("facts members", "cursor most"),
    "walk_rooms": _takes("facts rooms", "cursor most"),
}

_EVENTS: Final = {
    "announce": _takes(KeySet.CHANGED, "tenant id kind data by paced"),
    "positions": _takes("facts *rooms"),
    "publish_gathered": _takes(KeySet.CHANGED),
    "recent": _takes("facts room log", "after most reverse"),
    "release_room": _takes(KeySet.CHANGED, "version"),
    "renew_epoch": _takes(KeySet.CHANGED, "epoch"),
    "snapshot": _takes(KeySet.SEEN, "tenant most"),
}

_CHANNELS: Final = {
    "expire_subscriptions": _takes(KeySet.CHANNEL, "most lease"),
    "join": _takes(KeySet.CHANNEL, "tenant user subscription lease"),
    "part": _takes(KeySet.CHANNEL, "user subscription grace"),
    "renew_subscriptions": _takes("facts subs room", "lease *subscriptions"),
}

_TALK: Final = {
    "forget_talk": _takes("facts said", "user pseudonym"),
    "like": _takes(KeySet.LIKING, LikeArguments),
    "open_talk": _takes("facts room said", "broadcast last older *messages"),
    "put_seat_map": _takes(KeySet.WHOLE, PutSeatMapArguments),
    "read_seat_map": _takes(KeySet.SUMMARY, "*users"),
    "read_talk": _takes("facts room members said talk", "tenant user below limit"),
    "recall": _takes(KeySet.TALKING, "tenant broadcast number by message"),
    "say": _takes(KeySet.TALKING, SayArguments, more="speaker"),
    "strike_likes": _takes(KeySet.LIKING, "broadcast kept"),
    "take_likes": _takes("liked", "rest"),
}

_LISTS: Final = {
    "abandon_list": _takes("claim", "me"),
    "claim_list": _takes("facts claim", "me lease run_id"),
    "finish_list": _takes("facts claim", "me epoch run_id"),
    "list_created": _takes("facts rooms cards index", "token first last_name skip offset limit"),
    "list_joined": _takes(
        "facts rooms cards index ranking",
        "token first last_name skip since till position limit is_first most lives",
    ),
    "list_newest": _takes("facts rooms cards index", "token first last_name skip most"),
    "list_some": _takes("facts rooms cards", "category since till by_joined offset limit *rooms"),
    "purge_list": _takes(LISTS, "cursor most"),
    "put_listed": _takes(LISTS, "builder rooms remembered *cards"),
}

_FEED: Final = "facts channel state publications"
_FEEDS: Final = {
    "begin_feed": _takes(_FEED, "known epoch list_epoch rev *state"),
    "poll_feed": _takes(_FEED, "least epoch after most"),
    "publish_feed": _takes(_FEED, "epoch after rev publication most gone *rooms"),
    "read_feed": _takes(_FEED),
    "recent_feed": _takes(_FEED, "after reverse most"),
}

_BESIDES: Final = {
    "claim": _takes("facts claim", "me run_id"),
    "claim_comparing": _takes("comparing", "who lease doubtful"),
    "claim_relays": _takes("relays", "who lease buckets"),
    "finish": _takes("facts claim", "epoch lease"),
    "hit": _takes("*limits", "*uses"),
    "hold": _takes("claim"),
    "knows_address": _takes("newer older", "*bits"),
    "log_events": _takes("stream", "most *events"),
    "note_addresses": _takes("half", "lasts *bits"),
    "release": _takes("claim", "me"),
    "take_journal": _takes("journal claim", "me lease most"),
    "trim_journal": _takes("journal claim", "me *ids"),
    "window_left": _takes("limit", "window"),
}

SCRIPTS: Final = {**_USERS, **_ROOMS, **_EVENTS, **_CHANNELS, **_TALK, **_LISTS, **_FEEDS, **_BESIDES}
