"""The arguments of scripts on whole buckets, and on what processes share out: claims, walks, journals."""

from typing import NamedTuple


class ClaimArguments(NamedTuple):
    """Who wants to rebuild a bucket."""

    me: str
    run_id: str


class FinishArguments(NamedTuple):
    """A bucket is rebuilt."""

    epoch: str
    lease: int


class ClaimComparingArguments(NamedTuple):
    """Who wants to compare index and members."""

    who: str
    lease: int
    doubtful: int


class ClaimRelaysArguments(NamedTuple):
    """Which process relays."""

    who: str
    lease: int
    buckets: int


class WalkArguments(NamedTuple):
    """The next part of a walk through all that a key has."""

    cursor: bytes
    most: int


class TakeJournalArguments(NamedTuple):
    """Who writes a journal."""

    me: str
    lease: int
    most: int


class TrimJournalArguments(NamedTuple):
    """Who has saved the entries that stand behind this."""

    me: str


class LogEventsArguments(NamedTuple):
    """How many events the log keeps; new ones stand behind this."""

    most: int


class NoteAddressesArguments(NamedTuple):
    """For how long the bits that stand behind this are known."""

    lasts: int
