"""The seams of messages: the live store judges, counts and publishes them, SQL keeps them, and there is a word list."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.messages.model import Allowed, Draft, Message, Quote
from liveroom.domain.messages.words import Word


class Saying(NamedTuple):
    """Somebody wants to say something in a room."""

    tenant: TenantName
    room: RoomId
    user: UserId
    """"" for the operator, whose notices are no member's and wait for no slow mode."""
    draft: Draft
    id: str
    """A message sent twice under one id is one message; the draft's key, where it has one."""
    allowed: Allowed
    admin: bool = False
    """They may speak up whatever their rank."""
    follows: UserId = UserId("")
    """They follow this user: asked only where the room's owner has to be followed (``FollowersOnly``)."""
    quote: Quote | None = None
    """The message that the draft answers; None: it answers none, or one that cannot be found."""


class Said(NamedTuple):
    """What came of it."""

    number: int
    message: Message | None
    """None: it was said before and is not among the newest any more; ``MessageRows`` has it."""


class TalkPage(NamedTuple):
    """Messages, the newest first."""

    messages: Sequence[Message]
    older: BroadcastId | None
    """The broadcast of which ``MessageRows`` may have older ones; None: there are none before these."""


class Talk(Protocol):
    """What is said in live rooms. Raises ``LiveUnavailable``, ``DatabaseUnavailable``.

    A message that was accepted is in the next page that anybody reads, is told to whoever listens, and reaches SQL
    within a second, in the order of the numbers.
    """

    async def say(self, saying: Saying) -> Said:
        """Say it, unless something is against it; who is mentioned and not in the room is left out.

        Raises ``RoomNotFound``, ``NotInRoom``, ``PermissionDenied`` (high priority), ``UserMuted``, ``RoomMuted``,
        ``FollowersOnly``, ``RateLimited``; ``MessageNotFound`` for an answer to a message that is taken back, is of
        another broadcast, or is none.
        """

    async def page(self, room: RoomId, tenant: TenantName, user: UserId, *, before: int | None, limit: int) -> TalkPage:
        """Return at most so many of the newest messages below a number, for a member.

        What SQL is to be asked for beyond them has been written there. Raises ``RoomNotFound``, ``NotInRoom``.
        """

    async def find(self, room: RoomId, tenant: TenantName, number: int) -> Message | None:
        """Return one of a live room's newest messages; None: if there is any of that number, SQL has it by now."""

    async def recall(self, message: Message) -> None:
        """Take a message of the running broadcast back, as it says (``messages.recalled``); twice is once.

        Raises ``RoomNotFound``.
        """

    async def forget(self, room: RoomId, user: UserId, pseudonym: UserId) -> None:
        """Take a deleted user, and what they said, out of the room's newest messages; SQL has every message by then.

        A room that is not live has none.
        """

    def take_warm(self) -> Sequence[RoomId]:
        """Return rooms that messages of this process have warmed, and that nobody has told the list of for a while."""


class MessageRows(Protocol):
    """Messages in SQL."""

    async def put(self, messages: Sequence[Message]) -> None:
        """Add messages. Of one that is there already only its recall is taken over, and never undone."""

    async def get(self, room: RoomId, number: int) -> Message | None: ...
    async def some(self, room: RoomId, numbers: Collection[int]) -> Sequence[Message]:
        """Return those of these messages that there are, in any order."""

    async def page(self, broadcast: BroadcastId, before: int | None, limit: int) -> Sequence[Message]:
        """Return the newest messages of a broadcast below a number."""

    async def following(self, broadcast: BroadcastId, after: int, limit: int) -> Sequence[Message]:
        """Return messages of a broadcast above a number, the oldest first."""

    async def last(self, room: RoomId) -> tuple[int, BroadcastId] | None:
        """Return the greatest number that a message of the room has, and in which broadcast."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop messages of before that time, the oldest first; return how many."""


class WordFilter(Protocol):
    """The operator's word list: knows which words are not allowed."""

    def cleared(self, text: str) -> str:
        """Return the text as it may be shown, with stars for masked words. Raises ``ContentRefused``."""

    def words_in(self, text: str) -> Sequence[Word]:
        """Return which of the words a text has, each once."""

    async def refresh(self) -> None:
        """Take up a list that has changed."""
