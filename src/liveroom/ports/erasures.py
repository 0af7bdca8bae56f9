"""The seam to deleted users: which of them are being erased, and the rows that name them, some at a time.

No call changes more rows than it is given, and repeating one changes nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.ids import BroadcastId, RoomId, UserId
from liveroom.domain.privacy.erasures import Erasure, PersonalDataKind

Key = tuple[str | int, ...]


class PersonalRows(NamedTuple):
    """Rows of one kind that name a user."""

    keys: Sequence[Key]
    rooms: Collection[RoomId]
    """Those that they are about."""
    users: Collection[UserId] = ()
    """Others than the user whom they are about."""


class PersonalEvent(NamedTuple):
    """An event that names a user. ``target``: whom it waits for apart from its stream; "" for one in the stream."""

    stream: str
    seq: int
    id: str
    kind: str
    body: str
    target: str = ""


class Erasures(Protocol):
    """Deleted users who are being erased."""

    async def add(self, erasure: Erasure) -> None: ...
    async def due(self, now: datetime, limit: int) -> Sequence[Erasure]:
        """Return erasures that are to go on, those that wait longest first."""

    async def take(self, erasure: Erasure, until: datetime) -> bool:
        """Keep others from an erasure until then; say whether nobody else has it."""

    async def put_off(self, erasure: Erasure) -> None:
        """Note how far it is, and when it goes on."""

    async def end(self, user: UserId) -> None:
        """Delete the erasure, and with it whose the pseudonym is."""


class PersonalData(Protocol):
    """The rows that name deleted users."""

    async def running(self, user: UserId) -> Collection[BroadcastId]:
        """Return the broadcasts in which the user has an open stay and that are not over."""

    async def find(
        self, kind: PersonalDataKind, user: UserId, limit: int, apart: Collection[BroadcastId] = ()
    ) -> PersonalRows:
        """Return some rows that name the user, but for those of broadcasts that are left apart."""

    async def erase(self, kind: PersonalDataKind, erasure: Erasure, keys: Sequence[Key]) -> None:
        """Write the pseudonym into these rows, and empty what says who it was."""

    async def rooms(self, user: UserId, after: RoomId, limit: int) -> Sequence[RoomId]:
        """Return rooms whose id is the user's to open, or whose last broadcast was theirs, in order."""

    async def forget_room(self, room: RoomId) -> None:
        """Delete what is kept of a closed room beside its row."""

    async def forget_user(self, user: UserId) -> None:
        """Delete the user's rows in tables that have only a few."""

    async def is_left(self, user: UserId) -> bool:
        """Say whether stays or broadcasts still name the user."""

    async def events_naming(self, user: UserId, stream: str) -> Sequence[PersonalEvent]:
        """Return the events of a stream that name the user, wherever they wait or are kept."""

    async def rewrite(self, events: Sequence[PersonalEvent]) -> None:
        """Write the bodies of these events anew."""
