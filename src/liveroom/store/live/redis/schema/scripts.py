"""The keys and arguments of every script, in the order in which they travel.

Two or more arguments are declared in ``arguments``. A name that begins with a star stands for all that is left of its
sort: for any number, also none. What comes after it is counted from the end. What guards and modules need is not
repeated by the scripts that use them (``USED``).
"""

from collections.abc import Iterable
from sys import maxsize
from types import UnionType
from typing import Any, Final, NamedTuple, NewType, get_args, get_type_hints

from liveroom.store.live.redis.keys import LISTS, USERS_CLAIMED, USERS_WHOLE, KeySet
from liveroom.store.live.redis.lua_names import ScriptWrong
from liveroom.store.live.redis.schema.arguments import (
    activities,
    battles,
    buckets,
    channels,
    gifts,
    lists,
    rooms,
    talk,
    users,
)


class AddedArguments(NamedTuple):
    """The arguments that a guard or module adds: before those of the script, or behind them."""

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


class DeclaredScript(NamedTuple):
    """A script's keys, and its own arguments."""

    keys: tuple[str, ...]
    args: tuple[str, ...]


def names_of(args: type[NamedTuple]) -> tuple[str, ...]:
    """Return the names of declared arguments; raises ``ScriptWrong`` for one that is no word of a command."""
    for name, kind in get_type_hints(args).items():
        if not all(map(_is_word, get_args(kind) if isinstance(kind, UnionType) else (kind,))):
            raise ScriptWrong(f"{args.__name__}.{name} is {kind}: it has to be bytes, a text or a whole number")
    return args._fields


def _is_word(kind: Any) -> bool:
    while isinstance(kind, NewType):
        kind = kind.__supertype__
    return kind in (bytes, str, int)


DUE: Final = "waits_until"
"""Until when somebody waits for the script, in the server's time: added to what ``awaited`` scripts are given."""

USED: Final = {
    "time": AddedArguments(("clock_ahead",)),
    "users": AddedArguments(names_of(users.UserWaits)),
    "sockets": AddedArguments(names_of(users.SocketsArguments)),
    "rooms": AddedArguments(("room",)),
    "channels": AddedArguments(("room",)),
    "feeds": AddedArguments(names_of(lists.FeedsArguments)),
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


def _takes(
    keys: str | KeySet | tuple[str, ...], args: str | type[NamedTuple] = "", *, rest: str = "", more: str = ""
) -> DeclaredScript:
    """Return a declaration. ``args``: what names several arguments, or the name of the only one. ``rest``: the name of
    all arguments behind these; ``more``: keys behind those of the set.
    """
    named = keys.split() if isinstance(keys, str) else keys.value if isinstance(keys, KeySet) else keys
    words = names_of(args) if isinstance(args, type) else (args,) if args else ()
    return DeclaredScript((*named, *more.split()), (*words, *([f"*{rest}"] if rest else [])))


_USERS: Final = {
    "close_sockets": _takes(USERS_WHOLE),
    "count_online": _takes("facts users absent"),
    "drop_entries": _takes(USERS_WHOLE, users.DropEntriesArguments),
    "end_sessions": _takes(USERS_WHOLE, users.EndSessionsArguments),
    "expire_users": _takes(USERS_WHOLE, users.ExpireUsersArguments),
    "heartbeats": _takes(USERS_WHOLE, "heartbeats"),
    "load_users": _takes(USERS_CLAIMED, users.LoadUsersArguments),
    "open_sockets": _takes(USERS_WHOLE),
    "put_outside": _takes(USERS_WHOLE, "decided"),
    "put_profile": _takes(USERS_WHOLE, users.PutProfileArguments),
    "read_users": _takes("facts users", "*users"),
    "renew_sockets": _takes(USERS_WHOLE),
    "spare_entries": _takes(USERS_WHOLE, "entries"),
    "take_entry": _takes(USERS_WHOLE, users.TakeEntryArguments),
}

_ROOMS: Final = {
    "admit": _takes(KeySet.LEAVING, rooms.AdmitArguments),
    "close_room": _takes(KeySet.WHOLE, rooms.CloseRoomArguments),
    "count_members": _takes("facts *rooms"),
    "dirty_rooms": _takes("facts dirty tenants", rooms.DirtyRoomsArguments, rest="listed"),
    "due_alarms": _takes("facts alarms", rooms.DueAlarmsArguments),
    "due_rooms": _takes("facts due", "most"),
    "forget_room": _takes(KeySet.REBUILT),
    "leave": _takes(KeySet.LEAVING, rooms.LeaveArguments),
    "load_room": _takes(KeySet.REBUILT, rooms.LoadRoomArguments),
    "orphan": _takes(KeySet.CHANGED),
    "put_metadata": _takes(KeySet.CHANGED, rooms.PutMetadataArguments),
    "put_room": _takes(KeySet.WHOLE, rooms.PutRoomArguments),
    "put_access": _takes(KeySet.CHANGED, rooms.PutAccessArguments),
    "read_held": _takes("facts *rooms", "*users"),
    "read_member": _takes("facts members", "user"),
    "read_members": _takes(KeySet.LISTED, rooms.ReadMembersArguments),
    "read_metadata": _takes("facts room members", rooms.ReadMetadataArguments),
    "read_room": _takes(KeySet.SUMMARY, "*viewer"),
    "rename": _takes(KeySet.CHANGED, users.ProfileArguments),
    "survey_rooms": _takes("facts due dirty journal pending lapses alarms talk liked", rooms.SurveyRoomsArguments),
    "walk_many": _takes("facts *members", "most"),
    "walk_members": _takes("facts members", buckets.WalkArguments),
    "walk_rooms": _takes("facts rooms", buckets.WalkArguments),
}

_EVENTS: Final = {
    "announce": _takes(KeySet.CHANGED, channels.AnnounceArguments),
    "positions": _takes("facts *rooms"),
    "publish_gathered": _takes(KeySet.CHANGED),
    "recent": _takes("facts room log", channels.RecentArguments),
    "release_room": _takes(KeySet.CHANGED, "version"),
    "renew_epoch": _takes(KeySet.CHANGED, "epoch"),
    "snapshot": _takes(KeySet.SEEN, channels.SnapshotArguments),
}

_CHANNELS: Final = {
    "expire_subscriptions": _takes(KeySet.CHANNEL, channels.ExpireSubscriptionsArguments),
    "join": _takes(KeySet.CHANNEL, channels.JoinArguments),
    "part": _takes(KeySet.CHANNEL, channels.PartArguments),
    "renew_subscriptions": _takes("facts subs room", channels.RenewSubscriptionsArguments, rest="subscriptions"),
}

_TALK: Final = {
    "forget_talk": _takes("facts said", talk.ForgetTalkArguments),
    "like": _takes(KeySet.LIKING, talk.LikeArguments),
    "open_talk": _takes("facts room said", talk.OpenTalkArguments, rest="messages"),
    "put_seat_map": _takes(KeySet.WHOLE, rooms.PutSeatMapArguments),
    "read_seat_map": _takes(KeySet.SUMMARY, "*users"),
    "read_talk": _takes("facts room members said talk", talk.ReadTalkArguments),
    "recall": _takes(KeySet.TALKING, talk.RecallArguments),
    "say": _takes(KeySet.TALKING, talk.SayArguments, rest="links", more="speaker"),
    "strike_likes": _takes(KeySet.LIKING, talk.StrikeLikesArguments),
    "take_likes": _takes("liked", "rest"),
}

_GIFTS: Final = {
    "load_gifts": _takes(KeySet.REBUILT, gifts.LoadGiftsArguments),
    "read_gifts": _takes("facts room senders receivers", gifts.ReadGiftsArguments),
    "tell_gifts": _takes(KeySet.GIVING, gifts.TellGiftsArguments),
}

_BATTLES: Final = {
    "read_battle": _takes("facts room"),
    "tell_tally": _takes(KeySet.CHANGED, activities.TellTallyArguments),
    "tell_battle": _takes(KeySet.CHANGED, battles.TellBattleArguments),
}

_LISTS: Final = {
    "abandon_list": _takes("claim", "me"),
    "claim_list": _takes("facts claim places", lists.ClaimListArguments),
    "finish_list": _takes("facts claim", lists.FinishListArguments),
    "list_created": _takes("facts rooms cards index", lists.ListCreatedArguments),
    "list_ranked": _takes("facts rooms cards index ranking", lists.ListRankedArguments),
    "list_newest": _takes("facts rooms cards index", lists.ListNewestArguments),
    "list_some": _takes("facts rooms cards", lists.ListSomeArguments, rest="rooms"),
    "purge_list": _takes(LISTS, buckets.WalkArguments),
    "put_listed": _takes(LISTS, lists.PutListedArguments, rest="cards"),
}

_FEED: Final = "facts channel state publications"
_FEEDS: Final = {
    "begin_feed": _takes(_FEED, lists.BeginFeedArguments, rest="state"),
    "poll_feed": _takes(_FEED, lists.PollFeedArguments),
    "publish_feed": _takes(_FEED, lists.PublishFeedArguments, rest="rooms"),
    "read_feed": _takes(_FEED),
    "recent_feed": _takes(_FEED, lists.RecentFeedArguments),
}

_BESIDES: Final = {
    "claim": _takes("facts claim", buckets.ClaimArguments),
    "claim_comparing": _takes("comparing", buckets.ClaimComparingArguments),
    "claim_relays": _takes("relays", buckets.ClaimRelaysArguments),
    "finish": _takes("facts claim", buckets.FinishArguments),
    "hit": _takes("*limits", "*uses"),
    "hold": _takes("claim"),
    "knows_address": _takes("newer older", "*bits"),
    "log_events": _takes("stream", buckets.LogEventsArguments, rest="events"),
    "note_addresses": _takes("half", buckets.NoteAddressesArguments, rest="bits"),
    "release": _takes("claim", "me"),
    "take_journal": _takes("journal claim", buckets.TakeJournalArguments),
    "trim_journal": _takes("journal claim", buckets.TrimJournalArguments, rest="ids"),
    "window_left": _takes("limit", "window"),
}

SCRIPTS: Final = {
    **_USERS,
    **_ROOMS,
    **_EVENTS,
    **_CHANNELS,
    **_TALK,
    **_GIFTS,
    **_BATTLES,
    **_LISTS,
    **_FEEDS,
    **_BESIDES,
}
