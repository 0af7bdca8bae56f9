"""The arguments of scripts on room lists, and on the channels that tell of them."""

from typing import NamedTuple


class ClaimListArguments(NamedTuple):
    """Who wants to build a list."""

    me: str
    lease: int
    run_id: str


class FinishListArguments(NamedTuple):
    """Who has built a list, and the name of what begins with it."""

    me: str
    epoch: str
    run_id: str


class ListCreatedArguments(NamedTuple):
    """A page of a list, newest room first."""

    token: bytes
    first: bytes
    last_name: bytes
    skip: int
    offset: int
    limit: int


class ListRankedArguments(NamedTuple):
    """A page of a list, ranked by what is counted. ``placed`` (1): pinned rooms first, demoted ones last."""

    token: bytes
    first: bytes
    last_name: bytes
    skip: int
    placed: int
    since: int | str
    till: int | str
    position: int
    limit: int
    is_first: int
    most: int
    lives: int


class ListNewestArguments(NamedTuple):
    """The newest rooms of a list."""

    token: bytes
    first: bytes
    last_name: bytes
    skip: int
    most: int


class ListSomeArguments(NamedTuple):
    """Which of the rooms behind this to show, and in which order."""

    category: str
    since: int | str
    till: int | str
    order: str
    placed: int
    offset: int
    limit: int


class PutListedArguments(NamedTuple):
    """Entries of a list, packed ``ListedRow``; their cards stand behind this."""

    builder: str
    rooms: bytes
    remembered: int


class FeedsArguments(NamedTuple):
    """Who asks for a channel; what every script on the channels of lists is given first."""

    who: str
    lease: int
    unheard: int


class BeginFeedArguments(NamedTuple):
    """A channel begins; the list's state stands behind this."""

    known: str
    epoch: str
    list_epoch: str
    rev: int


class PollFeedArguments(NamedTuple):
    """The position that a process knows, and what it wants at most."""

    least: int
    epoch: str
    after: int
    most: int


class PublishFeedArguments(NamedTuple):
    """A publication of a channel; the rooms that it is about stand behind this."""

    epoch: str
    after: int
    rev: int
    publication: bytes
    most: int
    gone: int


class RecentFeedArguments(NamedTuple):
    """Which of a channel's last publications to read."""

    after: int
    reverse: int
    most: int
