"""The SQL seams of what operators look up: what users are found by, notes on them, and what happened in broadcasts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.accounts.notes import Note, NoteId
from liveroom.domain.ids import BroadcastId, RoomId, StayId, TenantName, UserId
from liveroom.domain.messages.model import Message
from liveroom.domain.rooms.timeline import Edge, KeptMoment, Moment, MomentKind


class UserTerm(NamedTuple):
    """A term that a user is found by."""

    tenant: TenantName
    term: str
    user: UserId


class NamedUser(NamedTuple):
    """What a user is found by: "" is the name of one who is deleted."""

    user: UserId
    tenant: TenantName
    name: str


class UserTermRows(Protocol):
    """What users are found by: an index of words, beside their own rows."""

    async def waiting(self, limit: int) -> Sequence[UserId]:
        """Return users whose row was written since their terms were, or who have none yet."""

    async def lock(self, users: Collection[UserId]) -> Sequence[NamedUser]:
        """Return these users and keep others from changing them until the transaction ends."""

    async def of(self, users: Collection[UserId]) -> Collection[UserTerm]: ...
    async def put(self, terms: Collection[UserTerm]) -> None:
        """Add terms; those that there are stay."""

    async def drop(self, terms: Collection[UserTerm]) -> None: ...
    async def written(self, users: Collection[UserId]) -> None:
        """Note that the terms of these locked users are as their rows are."""

    async def find(self, tenant: TenantName, word: str, limit: int) -> Sequence[UserId]:
        """Return users with a term that begins with the word, by their terms: one for each such term."""

    async def among(self, users: Collection[UserId], word: str) -> Collection[UserId]:
        """Return those of the users that have a term which begins with the word."""


class NoteRows(Protocol):
    """Notes of operators on users."""

    async def add(self, note: Note) -> None: ...
    async def get(self, id: NoteId) -> Note | None: ...
    async def remove(self, id: NoteId) -> None: ...
    async def of_user(self, user: UserId, before: str, limit: int) -> Sequence[Note]:
        """Return what was written about a user, the newest first: what was made before that one ("": all)."""


class TimelineRows(Protocol):
    """Moments of broadcasts. Each source returns those behind an edge, or if not ``up`` before it, the nearest first;
    ``whom``: only this user's, "" for everybody's.
    """

    async def add(self, kept: Sequence[KeptMoment]) -> None:
        """Keep changes; one that is kept already stays, but for a greater number of likes."""

    async def stays_of(
        self, people: Collection[tuple[BroadcastId, UserId]]
    ) -> Mapping[tuple[BroadcastId, UserId], StayId]:
        """Return the last stay of each who has one in that broadcast."""

    async def came(self, of: BroadcastId, edge: Edge, limit: int, *, whom: UserId, up: bool) -> Sequence[Moment]: ...
    async def left(self, of: BroadcastId, edge: Edge, limit: int, *, whom: UserId, up: bool) -> Sequence[Moment]: ...
    async def kept(
        self, kind: MomentKind, of: BroadcastId, edge: Edge, limit: int, *, whom: UserId, up: bool
    ) -> Sequence[Moment]: ...
    async def said(self, of: BroadcastId, edge: Edge, limit: int, *, whom: UserId, up: bool) -> Sequence[Message]: ...
    async def told(self, room: RoomId, edge: Edge, limit: int, *, whom: UserId, up: bool) -> Sequence[Moment]:
        """Return recorded events of a room, in all of its broadcasts."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop what was kept before that time, the oldest first; return how many."""
