"""The SQL seam of red envelopes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.envelopes.model import Envelope, Grab
from liveroom.domain.ids import BroadcastId, RoomId, TenantName
from liveroom.domain.ledger.accounts import AccountId


class AmissEnvelope(NamedTuple):
    """An envelope that should be over, or that is over and has coins."""

    id: str
    tenant: TenantName
    coins: int


class EnvelopeRows(Protocol):
    """Envelopes, and who has grabbed which part. Whoever changes one has locked it."""

    async def add(self, envelope: Envelope) -> None: ...
    async def get(self, id: str) -> Envelope | None: ...
    async def of_attempt(self, attempt: str) -> Envelope | None: ...
    async def lock(self, ids: Collection[str]) -> Mapping[str, Envelope]:
        """Return envelopes and keep others from changing them, in the order of their ids."""

    async def put(self, envelopes: Sequence[Envelope]) -> None:
        """Write how far envelopes have come."""

    async def close(self, ids: Collection[str], now: datetime) -> None:
        """Set back the end of those of the envelopes that are not over: nobody grabs anything after that time."""

    async def due(self, now: datetime, limit: int) -> Sequence[Envelope]:
        """Return envelopes that are to be opened or ended, those first that have waited longest."""

    async def amiss(self, late: datetime, since: datetime, limit: int) -> Sequence[AmissEnvelope]:
        """Return what was to be ended before ``late`` and is not, and what has ended since then and has coins."""

    async def of_broadcast(self, broadcast: BroadcastId, before: str, limit: int) -> Sequence[Envelope]:
        """Return the envelopes of a broadcast, the newest first; ``before``: "" for the newest."""

    async def page(self, tenant: TenantName, before: str, limit: int) -> Sequence[Envelope]:
        """Return a tenant's envelopes, the newest first."""

    async def of_room(self, room: RoomId, before: str, limit: int) -> Sequence[Envelope]:
        """Return the envelopes of all broadcasts of a room, the newest first."""

    async def add_grabs(self, grabs: Sequence[Grab]) -> None: ...
    async def grabs(self, envelope: str) -> Sequence[Grab]:
        """Return what was grabbed of an envelope, in the order of the parts."""

    async def grabs_of(self, envelopes: Collection[str], accounts: Collection[AccountId]) -> Sequence[Grab]:
        """Return what these accounts have grabbed of these envelopes."""
