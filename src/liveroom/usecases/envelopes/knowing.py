"""What a process remembers of envelopes: their terms, which never change, and who has what of those that are over.

So whoever comes too late is answered without any database, however many they are.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from liveroom import deadlines
from liveroom.domain.envelopes.failures import EnvelopeNotFound
from liveroom.domain.envelopes.model import Envelope, EnvelopeState, Grab
from liveroom.domain.ids import TenantName, UserId
from liveroom.ports import Database

_KEPT: Final = 1_000
"""Envelopes: some 20 MB if all have a hundred parts."""


class KnownEnvelope(NamedTuple):
    """An envelope as it was when it was read."""

    envelope: Envelope
    sender: UserId
    """"": the operator."""
    grabs: Mapping[UserId, Grab] | None
    """Who has what, once nobody can grab any more; None: it may change."""


@dataclass(frozen=True, slots=True)
class KnownEnvelopes:
    """Reads envelopes, each once until something of it is known to be over."""

    db: Database
    _kept: OrderedDict[str, KnownEnvelope] = field(default_factory=OrderedDict)
    _reading: dict[str, "asyncio.Task[KnownEnvelope | None]"] = field(default_factory=dict)

    async def get(self, tenant: TenantName, id: str) -> KnownEnvelope:
        """Return an envelope of the tenant. Raises ``EnvelopeNotFound``, ``DatabaseUnavailable``."""
        known = self._kept.get(id) or await self._read(id)
        if known is None or known.envelope.tenant != tenant:
            raise EnvelopeNotFound
        return known

    def forget(self, id: str) -> None:
        """Read an envelope anew when it is asked for next: it is over."""
        self._kept.pop(id, None)

    async def _read(self, id: str) -> KnownEnvelope | None:
        """Read an envelope, once for all who ask meanwhile."""
        if (reading := self._reading.get(id)) is None:
            reading = self._reading[id] = deadlines.spawn(self._load(id))
            reading.add_done_callback(lambda _: self._reading.pop(id, None))
        return await asyncio.shield(reading)

    async def _load(self, id: str) -> KnownEnvelope | None:
        envelope = await self.db.envelopes.get(id)
        if envelope is None or envelope.state is EnvelopeState.UNPAID:
            return None
        grabs = await self.db.envelopes.grabs(id) if envelope.is_final else []
        names = await self.db.ledger_accounts.names({envelope.source, *(grab.account for grab in grabs)})
        by_user = {UserId(names[grab.account].owner): grab for grab in grabs} if envelope.is_final else None
        known = KnownEnvelope(envelope, UserId(names[envelope.source].owner), by_user)
        self._keep(known)
        return known

    def _keep(self, known: KnownEnvelope) -> None:
        self._kept[known.envelope.id] = known
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
