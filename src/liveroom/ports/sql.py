"""The SQL seam: rows by aggregate, in transactions. Implemented once, on two engines."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from liveroom.domain.ids import BroadcastId, RoomId, SessionId, TenantName, UserId
from liveroom.domain.members import Stay
from liveroom.domain.outbox import OutboxRow, Told
from liveroom.domain.rooms import Room
from liveroom.domain.sessions import EndedSessions, Session, SessionEnd
from liveroom.domain.tenants import Tenant
from liveroom.domain.users import Credential, User

T = TypeVar("T")


class Tenants(Protocol):
    async def list(self) -> Sequence[Tenant]: ...
    async def put(self, tenant: Tenant) -> None:
        """Add the tenant, or replace the one of that name; its ``rev`` becomes newer than every other."""

    async def newest(self) -> int:
        """Return the highest ``rev`` of any tenant: it grows whenever one changes."""


class Ids(Protocol):
    async def take(self, count: int) -> int:
        """Take this many consecutive numbers of the sequence; return the first."""

    async def claim(self, id: str, tenant: TenantName, holder: UserId) -> tuple[UserId, TenantName]:
        """Give the id to the holder unless it is taken; return whose it is now, and in which tenant.

        Within a transaction the id stays locked until its end, so that two who open one room wait for each other.
        """


class Users(Protocol):
    async def get(self, user: UserId) -> User | None: ...
    async def lock(self, user: UserId) -> User | None:
        """Return the user and keep others from changing it until the transaction ends."""

    async def list(self, users: Collection[UserId]) -> Sequence[User]: ...
    async def with_session(self, user: UserId, session: SessionId) -> tuple[User, Session | None] | None:
        """Return the user with that session of theirs, in one statement."""

    async def add(self, user: User) -> None: ...
    async def put(self, user: User) -> None:
        """Write every field of an existing user."""

    async def count(self, tenant: TenantName) -> int: ...
    async def page(self, tenant: TenantName, after: UserId, limit: int) -> Sequence[User]:
        """Return users in the order of their ids, for the command line."""

    async def credential(self, tenant: TenantName, folded: str) -> tuple[Credential, User] | None: ...
    async def add_credential(self, credential: Credential, folded: str) -> bool:
        """Add a username unless it is taken; say whether it was added."""

    async def remove_credentials(self, user: UserId) -> None: ...


class Sessions(Protocol):
    async def add(self, session: Session) -> None: ...
    async def open_of(self, user: UserId) -> Sequence[SessionId]:
        """Return the sessions of the user that have not ended."""

    async def end(self, session: Session, at: datetime, why: SessionEnd) -> None:
        """Note the end of a session, also of one that has no row (a token of the original)."""

    async def end_all(self, user: UserId, at: datetime, why: SessionEnd) -> None: ...
    async def use_signature(self, digest: str, session: SessionId, at: datetime) -> tuple[SessionId, datetime]:
        """Note that a signature opened this session, unless it was used; return its first use: session and time."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop used signatures and ended sessions that no token can refer to any more; return how many."""


class Rooms(Protocol):
    async def get(self, room: RoomId) -> Room | None: ...
    async def lock(self, room: RoomId) -> Room | None:
        """Return the room and keep others from changing it until the transaction ends."""

    async def add(self, room: Room) -> None: ...
    async def put(self, room: Room) -> None:
        """Write every field of an existing room."""

    async def open_broadcast(self, room: Room) -> None:
        """Note the start of the room's broadcast."""

    async def close_broadcast(self, broadcast: BroadcastId, at: datetime, reason: str) -> None: ...
    async def owned_live(self, owner: UserId) -> Sequence[RoomId]: ...
    async def count_live(self, tenant: TenantName) -> int: ...
    async def live(self, tenant: TenantName | None, after: RoomId, limit: int) -> Sequence[Room]:
        """Return live rooms (of one tenant, or of all) in the order of their ids."""

    async def live_in_bucket(self, bucket: int) -> Sequence[Room]: ...


class Stays(Protocol):
    async def put(self, stays: Sequence[Stay]) -> None:
        """Write stays; a version that is not newer than the stored one changes nothing. Any number, any order."""

    async def open_in_room_bucket(self, bucket: int) -> Sequence[Stay]: ...
    async def open_in_user_bucket(self, bucket: int) -> Sequence[Stay]:
        """Return stays that are open in broadcasts that are not over."""

    async def past_users(self, broadcasts: Sequence[BroadcastId]) -> Mapping[BroadcastId, Sequence[UserId]]:
        """Return who was in each broadcast and has no open stay there now."""


class Outbox(Protocol):
    async def add(self, tenant: TenantName, told: Told, at: datetime) -> OutboxRow: ...
    async def due(self, before: datetime, limit: int, *, after: int = 0) -> Sequence[OutboxRow]:
        """Return rows of a higher id than ``after``, made before that time and not done yet, in order."""

    async def done(self, rows: Sequence[int]) -> None: ...
    async def purge(self, before: datetime, limit: int) -> int:
        """Drop rows done and made before that time, the oldest first; return how many."""

    async def ended_sessions(self, bucket: int, since: datetime) -> Sequence[EndedSessions]:
        """Return which sessions of a user bucket have ended since then: what a lost bucket has to know again."""


class Leases(Protocol):
    async def claim(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take or keep the lease unless another holds it; say whether it is the holder's."""

    async def release(self, name: str, holder: str) -> None: ...


class Tx(Protocol):
    """The statements, by aggregate; inside ``transact`` all in one transaction."""

    tenants: Tenants
    ids: Ids
    users: Users
    sessions: Sessions
    rooms: Rooms
    stays: Stays
    outbox: Outbox
    leases: Leases


class Database(Tx, Protocol):
    """The SQL database. Its own statements each commit by themselves. Raises ``DatabaseUnavailable`` only."""

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the work in one transaction; run it again from its start where the database asks for that.

        The work writes first what it decides on (``lock``), awaits nothing but the transaction, and tells nobody.
        """

    async def ping(self) -> None: ...
