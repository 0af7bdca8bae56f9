"""The seams of the import: the original service's database, which is only read, and rows written by the hundred."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from liveroom.domain.accounts.users import LoginCredential, User
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.importing.accounts import Binding
from liveroom.domain.rooms.model import Room


class OriginalUser(NamedTuple):
    """A row of the original's ``users``; texts that were NULL are empty."""

    id: str
    name: str
    phone: str
    email: str
    avatar: str
    tag: str
    tag2: str
    created: datetime | None
    updated: datetime | None


class OriginalSalt(NamedTuple):
    """A row of the original's ``user_salts``: a registered username."""

    id: int
    name: str
    salt: str
    created: datetime | None
    updated: datetime | None


class OriginalRoom(NamedTuple):
    """A row of the original's ``rooms``; a room whose id was only reserved has no owner."""

    number: int
    id: str
    title: str
    category: str
    created_by: str
    updated_by: str
    owner: str
    subject: str
    description: str
    cover: str
    removed_at: datetime | None
    removed: bool
    star: int
    created: datetime | None
    updated: datetime | None


class OriginalMember(NamedTuple):
    """A row of the original's ``users_in_room``: somebody who entered, and has left only perhaps."""

    room: str
    user: str
    role: str
    created: datetime | None
    updated: datetime | None


class Sizes(NamedTuple):
    """How many rows the original has of each kind."""

    users: int
    logins: int
    rooms: int


class Original(Protocol):
    """The original's database. Raises ``DatabaseUnavailable`` only."""

    async def missing_tables(self) -> Sequence[str]:
        """Return which of the tables that are read are not there."""

    async def sizes(self) -> Sizes: ...
    async def users(self, after: str, limit: int) -> Sequence[OriginalUser]: ...
    async def salts(self, after: int, limit: int) -> Sequence[OriginalSalt]: ...
    async def rooms(self, after: int, limit: int) -> Sequence[OriginalRoom]: ...
    async def members(self, rooms: Collection[str], since: datetime) -> Sequence[OriginalMember]:
        """Return who entered one of these rooms, or was heard of there, since then."""


class ImportKind(StrEnum):
    """Which kinds of rows are imported."""

    USER = "user"
    LOGIN = "login"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row of the original that was imported: as it was then, and what was written here for it.

    What is here is untouched while its ``mark`` is the same: a user's time of change, a room's ``rev``.
    """

    kind: ImportKind
    id: str
    digest: str
    mark: int
    broadcast: str = ""


class Holding(NamedTuple):
    """To whom an id is given."""

    holder: UserId
    tenant: TenantName


class ImportRows(Protocol):
    """Statements about many rows at once, for the import. Lists of ids hold as many as a batch."""

    async def known(self, kind: ImportKind, ids: Collection[str]) -> Mapping[str, ImportedRow]: ...
    async def note(self, notes: Sequence[ImportedRow]) -> None:
        """Write what was imported, in place of what is known of the same rows."""

    async def claim_ids(self, claims: Mapping[str, Holding]) -> Mapping[str, Holding]:
        """Give each id to its holder unless it is taken; return whose they are now."""

    async def add_users(self, users: Sequence[User]) -> None: ...
    async def signed_in(self, users: Collection[UserId]) -> Collection[UserId]:
        """Return those who have a session here."""

    async def credentials(self, tenant: TenantName, folded: Collection[str]) -> Mapping[str, LoginCredential]: ...
    async def add_credentials(self, credentials: Mapping[str, LoginCredential]) -> None:
        """Add usernames, by their folded form."""

    async def put_salt(self, tenant: TenantName, folded: str, salt: str) -> None: ...
    async def rooms(self, rooms: Collection[RoomId]) -> Mapping[RoomId, Room]: ...
    async def add_rooms(self, rooms: Sequence[Room]) -> None: ...


class Bindings(Protocol):
    """Which user an imported username is, by tag."""

    async def of(self, tenant: TenantName, folded: Collection[str]) -> Sequence[Binding]:
        """Return the bindings of these usernames."""

    async def to(self, users: Collection[UserId]) -> Sequence[Binding]:
        """Return the bindings that lead to these users."""

    async def add(self, bindings: Sequence[Binding]) -> None:
        """Add bindings; a username's tag that has one keeps it."""

    async def put(self, binding: Binding) -> None:
        """Write a binding, in place of the one of the same username and tag."""

    async def contest(self, users: Collection[UserId]) -> None:
        """Leave these users to whoever signs in first."""

    async def remove_to(self, user: UserId) -> None: ...
    async def remove_of(self, tenant: TenantName, folded: str) -> None: ...
