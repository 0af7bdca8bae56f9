"""The seams of drift: what a source lists, how two places are compared and repaired, and the rows of what differs.

Whoever lists says whether the list is whole: from one that is not, nothing is concluded.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.drift.groups import ListedMembers
from liveroom.domain.drift.media import MediaPerson
from liveroom.domain.drift.model import Drift, DriftRound, DriftSource, KnownDrift
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants.model import Tenant


class LookResult(NamedTuple):
    """What a look has found. ``items``: how many things of ours were compared."""

    items: int
    found: Sequence[Drift]
    is_whole: bool = True
    reason: str = ""
    """Why it is not whole, or what was left out of a look that counts."""


Rest = Callable[[float], Awaitable[object]]
"""Lets so many seconds pass, or none where nothing runs beside it: so that much is done a little at a time."""


class Reconciled(Protocol):
    """Two places that should say the same. Raises ``VendorFailure``, ``Unavailable``."""

    @property
    def source(self) -> DriftSource: ...
    def is_there(self) -> bool:
        """Say whether there is anything to compare: the provider is set up, for some tenant."""

    async def compare(self, rest: Rest) -> LookResult:
        """Look once, in few calls, with rests between."""

    async def repair(self, drift: Drift) -> None:
        """Put a difference right, unless it is none any more; doing it twice does nothing more."""


class MediaListing(NamedTuple):
    """Who is in the media rooms of a provider. ``rooms``: every room that is there; those of others without people."""

    rooms: Mapping[RoomId, Sequence[MediaPerson]]
    is_whole: bool = True
    reason: str = ""
    left: Mapping[tuple[RoomId, UserId], datetime] | None = None
    """Who has left which room, and when, where the provider says that of each: then nobody counts as gone of whom it
    does not. None: whoever is not listed is gone.
    """


class MediaLists(Protocol):
    """Lists media rooms. Raises ``VendorFailure``."""

    async def everybody(self, tenants: Sequence[Tenant], ours: Collection[RoomId], rest: Rest) -> MediaListing:
        """Return who is in these tenants' media rooms, in as few calls as the provider allows, with rests between."""


class GroupLists(Protocol):
    """Lists groups of messages. Raises ``VendorFailure``."""

    async def groups(self, tenant: Tenant, rest: Rest) -> Collection[RoomId]:
        """Return the rooms of which the tenant has groups; some may be no rooms of ours."""

    async def online_members(self, tenant: Tenant, room: RoomId) -> ListedMembers | None:
        """Return who is online in a room's group; None where there is none."""


class DriftRows(Protocol):
    """Rows of what differs, and of when each source was compared last."""

    async def rounds(self) -> Sequence[DriftRound]: ...
    async def put_round(self, round: DriftRound) -> None:
        """Write a round, without what an operator has allowed."""

    async def allow(self, source: DriftSource, until: datetime, by: str) -> bool:
        """Note that an operator allows repairs; say False where the source was never compared."""

    async def of_source(self, source: DriftSource) -> Sequence[KnownDrift]: ...
    async def put(self, known: Sequence[KnownDrift]) -> None: ...
    async def drop(self, ids: Collection[str]) -> None: ...
    async def page(self, source: DriftSource | None, after: str, limit: int) -> Sequence[KnownDrift]:
        """Return differences of a source, or of all, in the order of their ids, behind that one."""

    async def of_room(self, room: RoomId) -> Sequence[KnownDrift]: ...
    async def of_user(self, user: UserId) -> Sequence[KnownDrift]: ...
    async def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how much differs, by source and kind."""
