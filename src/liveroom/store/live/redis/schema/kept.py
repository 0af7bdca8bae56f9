"""What scripts alone read: records in Redis that Python never sees, and the shape of Redis's own answers."""

from typing import NamedTuple

from liveroom.ports import CountedLive


class AccessRow(NamedTuple):
    """What was arranged for a user in a room: a field of the room.

    ``role``: 0 none, 1 anchor, 3 moderator; times 0: not.
    """

    role: int
    banned_until: int
    muted_until: int
    invited: int
    rev: int


class TombRow(NamedTuple):
    """A room that was closed: what is no newer than this cannot revive it."""

    rev: int
    version: int


class TalkRow(NamedTuple):
    """How far a room's messages are.

    ``last``: the newest number; ``older`` (1): SQL may have messages of this broadcast that are older than those kept
    here; what was counted in the second that ``began`` then, apart for those of high priority.
    """

    last: int
    older: int
    began: int
    messages: int
    bytes: int
    high_messages: int
    high_bytes: int


class SpeakerRow(NamedTuple):
    """What is remembered of somebody who wrote in a room.

    ``times``: of their last messages, in ms; ``ids``: id and number of the last messages by turns.
    """

    broadcast: str
    last: int
    times: list[int]
    ids: list[str | int]


class LikerRow(NamedTuple):
    """Likes of a user.

    ``likes`` in the window that ``began`` then; ``batches``: the names of the last, eight letters each; ``counted`` in
    the room's ``battle`` ("": in none).
    """

    began: int
    likes: int
    batches: str
    battle: str
    counted: int


class BattleRow(NamedTuple):
    """What is counted and told of a room's battle.

    ``likes`` in this room; ``data``: the last scores that it was told, as JSON ("": none), and their ``version``.
    """

    id: str
    likes: int
    version: int
    data: str

    def value(self) -> CountedLive:
        """Return what the room knows of it."""
        return CountedLive(self.likes, self.data.encode() or None)


class TallyRow(NamedTuple):
    """What a room was told last of what is counted in an activity: ``data`` as JSON, when there were so many
    ``votes``.
    """

    activity: str
    votes: int
    data: str


class LikingRow(NamedTuple):
    """Who may write likes of a room when.

    ``last``: when somebody did; ``free``: the first turn that nobody has; ``tokens``: of the last writes, and what they
    answered, by turns.
    """

    last: int
    free: int
    tokens: list[str]


class PresentsRow(NamedTuple):
    """Gifts that wait for the pace of a room, and only count in the epoch in which they came.

    ``more``, ``more_coins``: of those that have no event of their own. ``totals``: ``GiftTotalsRow``, at ``seq``, the
    number that is left free for its event; the one before it is for ``gift.more``.
    """

    epoch: str
    seq: int
    more: int
    more_coins: int
    totals: list[int]
    waiting: list[object]


class WaitingGiftRow(NamedTuple):
    """A gift that waits: its event's number and time, what it cost, of how many pieces it is, and the event's data."""

    seq: int
    at: int
    coins: int
    number: int
    data: str


class ListedRoomRow(NamedTuple):
    """A room of the list. A former release has written nothing from ``members`` on; ``room`` is only there while a page
    is sorted."""

    version: int
    generation: int
    category: str
    opened: int
    joined: int
    listed: int
    members: int
    likes: int
    heat: int
    zone: int
    room: str


class MoveRow(NamedTuple):
    """A member who gets another seat (0: none) while a script runs."""

    user: str
    member: list[object]
    number: int
    mutes: int


class StreamEntryRow(NamedTuple):
    """An entry of a stream as Redis answers it; ``fields``: names and values by turns."""

    id: str
    fields: list[str]


class StreamFieldRow(NamedTuple):
    """The fields of an entry that has only one."""

    name: str
    value: str
