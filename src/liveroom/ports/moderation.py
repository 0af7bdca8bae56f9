"""The SQL seams of moderation: access records, bans of addresses, reports, and the audit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.address_bans import AddressBan
from liveroom.domain.moderation.audit import AuditEntry, AuditId, AuditOutcome
from liveroom.domain.moderation.reports import Report, ReportState
from liveroom.domain.moderation.room_access import RoomAccess


class RoomAccessRows(Protocol):
    """Rows of access records. Whoever changes one holds the room's lock."""

    async def get(self, room: RoomId, user: UserId) -> RoomAccess | None: ...
    async def put(self, access: RoomAccess) -> None:
        """Add the access record, or replace the one that there is."""

    async def remove(self, room: RoomId, user: UserId) -> None: ...
    async def of_room(self, room: RoomId) -> Sequence[RoomAccess]:
        """Return every access record in the room, those that are over too."""

    async def appointed(self, room: RoomId) -> Sequence[RoomAccess]:
        """Return those whom the owner has appointed, by their ids."""

    async def banned(self, room: RoomId, now: datetime, after: UserId, limit: int) -> Sequence[RoomAccess]:
        """Return who is banned from the room now, by their ids, those behind ``after``."""

    async def muted(self, room: RoomId, now: datetime, after: UserId, limit: int) -> Sequence[RoomAccess]:
        """Return who is muted in the room now, by their ids, those behind ``after``."""

    async def count(self, room: RoomId) -> int: ...
    async def drop_over(self, room: RoomId, now: datetime, limit: int) -> int:
        """Drop expired access records of the room; return how many."""

    async def rooms_of(self, user: UserId) -> Sequence[RoomId]:
        """Return the rooms in which a user has an access record."""

    async def held(self, user: UserId, now: datetime, limit: int) -> Sequence[RoomAccess]:
        """Return access records by which a user is banned from a room, or muted in it, now."""

    async def banned_from(self, user: UserId, now: datetime) -> Sequence[RoomId]:
        """Return the rooms from which a user is banned now."""


class AddressBanRows(Protocol):
    """Bans that cover addresses, kept as keyed digests: at most one for an address of a tenant."""

    async def list(self, now: datetime) -> Sequence[AddressBan]:
        """Return those that are not over."""

    async def put(self, ban: AddressBan) -> None:
        """Cover an address, or extend the end of its ban; drop bans that are over."""

    async def remove(self, user: UserId) -> int:
        """Uncover the addresses of a user; return how many."""


class ReportQuery(NamedTuple):
    """Which reports are asked for: the newest first, those made before ``before`` (an id; "": all)."""

    tenant: TenantName
    room: RoomId | None
    """None: of every room, and of none."""
    state: ReportState | None
    """None: of any, which only a target's or a reporter's are asked for."""
    before: str
    limit: int
    but: frozenset[UserId] = frozenset()
    """Of a room: without those of these users; "" is the room itself."""
    after: str = ""
    """Only those made after this one (an id; "": all)."""
    target: UserId = UserId("")
    reporter: UserId = UserId("")
    reason: str = ""
    claimed: datetime | None = None
    """Only those that an operator keeps for themselves at this time."""
    claimed_by: str = ""
    """Only those that this operator has claimed."""


class ReportRows(Protocol):
    """Rows of reports."""

    async def add(self, report: Report) -> None: ...
    async def get(self, id: str) -> Report | None: ...
    async def lock(self, id: str) -> Report | None:
        """Return the report and keep others from changing it until the transaction ends."""

    async def resolve(self, report: Report) -> None:
        """Write how an open report ended; of one that is resolved already nothing changes."""

    async def claim(self, report: Report) -> None:
        """Write who keeps an open report for themselves, and until when."""

    async def open_of_rooms(self, tenant: TenantName, limit: int) -> Mapping[RoomId, int]:
        """Return how many of a tenant's newest open reports are of each room; "" is of none."""

    async def page(self, query: ReportQuery) -> Sequence[Report]: ...
    async def purge(self, before: datetime, limit: int) -> int:
        """Drop reports made before that time; return how many."""


class AuditRows(Protocol):
    """Rows are added before what they say is done; after that only their outcome is ever written, once."""

    async def add(self, entries: Sequence[AuditEntry]) -> None: ...
    async def answered(self, outcomes: Sequence[AuditOutcome]) -> None:
        """Note how things ended, each once, and what they changed."""

    async def newest(
        self, *, tenant: TenantName | None, actor: str, since: datetime | None, limit: int
    ) -> Sequence[AuditEntry]:
        """Return the newest entries of one actor, else of one tenant, else of all, the newest first."""

    async def page(
        self, tenant: TenantName, *, room: RoomId | None, before: AuditId, limit: int, by_users: bool = False
    ) -> Sequence[AuditEntry]:
        """Return what was done in a room, else in the tenant, before that entry ("": all), the newest first.

        ``by_users``: without what the operator did in the room.
        """

    async def of_room(
        self, tenant: TenantName, room: RoomId, edge: str, limit: int, *, whom: str, up: bool
    ) -> Sequence[AuditEntry]:
        """Return what was done in a room, and not refused, behind an entry, or if not ``up`` before it.

        The nearest comes first.
        ``whom``: only by or to that one (``user:<id>``); "": whomever.
        """

    async def page_of(self, actor: str, *, before: AuditId, limit: int) -> Sequence[AuditEntry]:
        """Return what one actor did before that entry ("": all), in whatever tenant, the newest first."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop entries made before that time, the oldest first; return how many."""
