"""The SQL seam: rows by aggregate, in transactions. Implemented once, on two engines."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.accounts.contacts import CodeSession, CodeSessionId, Contact, SentCodes
from liveroom.domain.accounts.sessions import EndedSessions, Session, SessionEnd
from liveroom.domain.accounts.users import LoginCredential, Timed, User
from liveroom.domain.events.outbox import OutboxMessage, OutboxRow
from liveroom.domain.events.stays import Known
from liveroom.domain.ids import BroadcastId, RoomId, SessionId, StayId, TenantName, UserId
from liveroom.domain.presence.members import Stay
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Achieved, Key, VendorBacklog, Work


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

    async def claimed(self, ids: Sequence[str]) -> Collection[str]:
        """Return which of the ids are somebody's."""


class UserRows(Protocol):
    async def get(self, user: UserId) -> User | None: ...
    async def lock(self, user: UserId) -> User | None:
        """Return the user and keep others from changing it until the transaction ends."""

    async def list(self, users: Collection[UserId]) -> Sequence[User]: ...
    async def adults(self, users: Collection[UserId]) -> Collection[UserId]:
        """Return those of the users whom the operator has called adults."""

    async def with_session(self, user: UserId, session: SessionId) -> tuple[User, Session | None] | None:
        """Return the user with that session of theirs, in one statement."""

    async def add(self, user: User) -> None: ...
    async def add_new(self, user: User) -> bool:
        """Add a user who is neither banned nor gone, unless the id is a user's already; say whether they were added."""

    async def put(self, user: User) -> None:
        """Write every field of an existing user."""

    async def count(self, tenant: TenantName) -> int: ...
    async def page(self, tenant: TenantName, after: UserId, limit: int) -> Sequence[User]:
        """Return users in the order of their ids, for the command line."""

    async def banned(
        self, tenant: TenantName, now: datetime, limit: int, *, after: tuple[datetime, UserId] | None = None
    ) -> Sequence[User]:
        """Return banned users in the order in which their bans end: those behind an end and a user."""

    async def credential(self, tenant: TenantName, folded: str) -> tuple[LoginCredential, User | None] | None:
        """Return a username with its user: none where that depends on the tag (``Bindings``)."""

    async def by_tag(self, tenant: TenantName, folded: str, tag: str) -> User | None:
        """Return the user to whom such a username is bound with the tag."""

    async def bound(self, tenant: TenantName, folded: str) -> Sequence[UserId]:
        """Return the users to whom such a username is bound, with whatever tag."""

    async def own(self, tenant: TenantName, tag: str, username: str) -> User | None:
        """Return the operator's own user of that name."""

    async def lock_own(self, tenant: TenantName, tag: str, username: str) -> User | None:
        """Do the same, and keep others from changing them until the transaction ends."""

    async def lock_credential(self, tenant: TenantName, folded: str) -> LoginCredential | None:
        """Return the username and keep others from changing it until the transaction ends."""

    async def add_credential(self, credential: LoginCredential, folded: str) -> bool:
        """Add a username unless it is taken; say whether it was added."""

    async def add_timed(self, tenant: TenantName, known: Timed, tag: str) -> None:
        """Note a tag with which signatures carry their time, unless others have been noted since."""

    async def forget_timed(self, user: UserId) -> int:
        """Drop that for every username that leads to the user; return how many had any."""

    async def looks_taken(self, tenant: TenantName, folded: str) -> bool:
        """Say whether there is a username that is easily taken for this one, or is the same."""

    async def remove_credential(self, tenant: TenantName, folded: str) -> None: ...
    async def remove_credentials(self, user: UserId) -> None: ...


class Sessions(Protocol):
    async def add(self, session: Session) -> None: ...
    async def open_of(self, user: UserId) -> Sequence[SessionId]:
        """Return the sessions of the user that have not ended."""

    async def open_with(self, user: UserId, tag: str) -> SessionId | None:
        """Return a session of the user with that tag that has not ended."""

    async def newest_of(self, user: UserId, limit: int) -> Sequence[Session]:
        """Return sessions of the user: those that go on, then those that ended last."""

    async def began(self, session: SessionId) -> datetime | None:
        """Return when a session that has not ended began; None: there is no such row."""

    async def addresses(self, user: UserId, limit: int) -> Sequence[str]:
        """Return from where the user's newest sessions began, as digests: each once."""

    async def end(self, session: Session, at: datetime, why: SessionEnd) -> None:
        """Note the end of a session, also of one that has no row (a token of the original)."""

    async def end_all(self, user: UserId, at: datetime, why: SessionEnd) -> None: ...
    async def use_signature(self, digest: str, session: SessionId, at: datetime) -> tuple[SessionId, datetime]:
        """Note that a signature opened this session, unless it was used; return its first use: session and time."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop used signatures and ended sessions that no token can refer to any more; return how many."""


class CodeRows(Protocol):
    """Codes that were sent, as keyed digests."""

    async def add(self, session: CodeSession) -> None: ...
    async def spend_try(self, session: CodeSessionId, most: int) -> bool:
        """Count a try of a code that is not used and has been tried less often; say whether there was one to spend.

        Within a transaction the session stays locked until its end.
        """

    async def get(self, session: CodeSessionId) -> CodeSession | None: ...
    async def use(self, session: CodeSessionId, at: datetime) -> None: ...
    async def sent_to(self, contact: str, since: datetime, *, address: str = "") -> SentCodes:
        """Return what the contact (its digest) was sent since then, at the request of one address or of any.

        ``sent_from``: what an address had sent.
        """

    async def sent_from(self, address: str, since: datetime) -> SentCodes: ...
    async def purge(self, before: datetime, limit: int) -> int:
        """Drop what was sent before that time; return how many."""


class Contacts(Protocol):
    """Whose phone numbers and mailboxes are."""

    async def claim(self, tenant: TenantName, contact: Contact, user: UserId) -> UserId:
        """Give the contact to the user unless it is bound; return whose it is now."""

    async def holder(self, tenant: TenantName, contact: Contact) -> UserId | None: ...
    async def move(self, tenant: TenantName, contact: Contact, user: UserId) -> None:
        """Give a bound contact to another user."""

    async def release(self, user: UserId) -> None:
        """Free every contact of the user."""

    async def release_one(self, tenant: TenantName, contact: Contact, user: UserId) -> None: ...
    async def carried_by(self, tenant: TenantName, contact: Contact) -> Sequence[UserId]:
        """Return the users in whose rows the contact stands, bound or imported."""


class RoomRows(Protocol):
    async def get(self, room: RoomId) -> Room | None: ...
    async def lock(self, room: RoomId) -> Room | None:
        """Return the room and keep others from changing it until the transaction ends."""

    async def add(self, room: Room) -> None: ...
    async def put(self, room: Room) -> None:
        """Write every field of an existing room."""

    async def open_broadcast(self, room: Room) -> None:
        """Note the start of the room's broadcast."""

    async def close_broadcast(self, broadcast: BroadcastId, at: datetime, reason: str) -> None: ...
    async def categories(self, broadcasts: Collection[BroadcastId]) -> Mapping[BroadcastId, str]:
        """Return the category of each broadcast: the room's as it is now while the broadcast is its newest."""

    async def likes(self, broadcasts: Collection[BroadcastId]) -> Mapping[BroadcastId, int]:
        """Return how many likes each broadcast has had."""

    async def put_likes(self, likes: Mapping[BroadcastId, int]) -> None:
        """Note how many likes broadcasts have, running or over; fewer than are known change nothing."""

    async def owned_live(self, owner: UserId) -> Sequence[RoomId]:
        """Return the live rooms of an owner, those opened first first."""

    async def reserved(self, holder: UserId) -> Sequence[RoomId]:
        """Return rooms that are reserved for the holder and not scheduled, those reserved first first."""

    async def count_live(self, tenant: TenantName) -> int: ...
    async def live(self, tenant: TenantName | None, after: RoomId, limit: int) -> Sequence[Room]:
        """Return live rooms (of one tenant, or of all) in the order of their ids."""

    async def of_state(self, tenant: TenantName, state: RoomStatus, after: RoomId, limit: int) -> Sequence[Room]:
        """Return a tenant's rooms of that state in the order of their ids."""

    async def barred(self, tenant: TenantName, after: RoomId, limit: int) -> Sequence[Room]:
        """Return a tenant's rooms that the operator keeps off every list, in the order of their ids."""

    async def some(self, rooms: Collection[RoomId]) -> Sequence[Room]:
        """Return those of the rooms that there are, in any order."""

    async def live_in_bucket(self, bucket: int) -> Sequence[Room]: ...
    async def overdue_placements(self, now: datetime, limit: int) -> Sequence[RoomId]: ...


class Stays(Protocol):
    async def put(self, stays: Sequence[Stay]) -> None:
        """Write stays; a version that is not newer than the stored one changes nothing. Any number, any order."""

    async def known(self, stays: Sequence[StayId]) -> Mapping[StayId, Known]:
        """Return what is stored of these stays."""

    async def open_in_room_bucket(self, bucket: int) -> Sequence[Stay]: ...
    async def open_in_user_bucket(self, bucket: int) -> Sequence[Stay]:
        """Return stays that are open in broadcasts that are not over."""

    async def newest_of(self, user: UserId, limit: int) -> Sequence[Stay]:
        """Return stays of the user, those entered last first."""

    async def page_of(self, user: UserId, until: datetime, limit: int) -> Sequence[Stay]:
        """Return the same of those entered until then."""

    async def past_users(self, broadcasts: Sequence[BroadcastId]) -> Mapping[BroadcastId, Sequence[UserId]]:
        """Return who was in each broadcast and has no open stay there now."""

    async def was_in(self, broadcast: BroadcastId, user: UserId) -> bool:
        """Say whether a user was, or is, in a broadcast."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop stays that ended before that time, those entered first; return how many."""


class Outbox(Protocol):
    async def add(self, tenant: TenantName, message: OutboxMessage, at: datetime) -> OutboxRow: ...
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

    async def renew(self, name: str, holder: str, until: datetime) -> bool:
        """Keep the lease, also one that has lapsed, unless anybody else has had it since; say whether it is kept."""

    async def release(self, name: str, holder: str) -> None: ...
    async def holder(self, name: str, now: datetime) -> str:
        """Return who holds the lease; "" for nobody."""


class VendorWork(Protocol):
    """What has to be done at vendors. Whoever has claimed a row changes it only while it is theirs; what a change has
    asked for meanwhile stays to be done.
    """

    async def want(self, key: Key, tenant: TenantName, at: datetime) -> None:
        """Note that something has to be looked at because it changed."""

    async def want_once(self, key: Key, tenant: TenantName, at: datetime) -> None:
        """Do the same unless there is a row, whatever came of it."""

    async def get(self, key: Key) -> Work | None: ...
    async def forget_achieved(self, key: Key) -> None:
        """Note that what was achieved is there no more, unless somebody works on it now."""

    async def next_partition(self, after: str) -> str | None:
        """Return the first partition after that one in which work waits."""

    async def claim(self, partition: str, holder: str, now: datetime, until: datetime, limit: int) -> Sequence[Work]:
        """Take rows that are due and nobody holds, the oldest first."""

    async def ack(self, work: Work, holder: str, achieved: Achieved, again: datetime | None) -> None:
        """Acknowledge: note what is achieved now, and when to look again."""

    async def nack(self, work: Work, holder: str, achieved: Achieved, again: datetime, reason: str) -> None:
        """Note a failed try and when the next one is due; without a reason it does not count as a try."""

    async def give_up(self, work: Work, holder: str, reason: str, at: datetime) -> None: ...
    async def drop(self, work: Work, holder: str) -> None: ...
    async def of_rooms(self, bucket: int) -> Sequence[Work]:
        """Return all work about groups of the bucket's rooms, done or not."""

    async def failed(self, limit: int) -> Sequence[Work]:
        """Return work that was given up, the oldest first."""

    async def waiting(self) -> Sequence[VendorBacklog]: ...
