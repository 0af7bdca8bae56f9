"""Bans that cover addresses: all kept in memory, so that logins and registrations need no query for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from liveroom.domain.accounts.users import User
from liveroom.domain.addresses import network_of
from liveroom.domain.errors import AddressBanned
from liveroom.domain.ids import TenantName
from liveroom.domain.moderation.address_bans import COVERED_MAX, LONGEST, AddressBan
from liveroom.ports import Clock, Database, Stamps, Tx


@dataclass(slots=True)
class AddressBans:
    """All of them (``operator_configuration.Configured``)."""

    db: Database
    clock: Clock
    stamps: Stamps
    _by_address: Mapping[tuple[TenantName, str], AddressBan] = field(default_factory=dict)

    async def reload(self) -> None:
        """Take up what changed."""
        found = await self.db.address_bans.list(self.clock.now())
        self._by_address = {(ban.tenant, ban.address): ban for ban in found}

    def all(self) -> Sequence[AddressBan]:
        """Return every ban of an address."""
        return list(self._by_address.values())

    def stamp(self, address: str) -> str:
        """Return the digest that is kept of an address; none without an address."""
        return self.stamps.stamp(f"address\n{network_of(address)}") if address else ""

    def check(self, tenant: TenantName, address: str, made: datetime | None = None) -> None:
        """Raise ``AddressBanned`` for an account made after the ban, or one that is about to be made (None)."""
        if not self._by_address:
            return
        ban = self._by_address.get((tenant, self.stamp(address)))
        if ban is not None and ban.until > self.clock.now() and (made is None or made > ban.made):
            raise AddressBanned

    async def cover(self, tx: Tx, user: User, now: datetime, until: datetime) -> None:
        """Cover the addresses from which a user signed in last."""
        addresses = await tx.sessions.addresses(user.id, COVERED_MAX)
        if addresses:
            await tx.configuration_version.bump()
        for address in addresses:
            await tx.address_bans.put(AddressBan(user.tenant, address, user.id, now, min(until, now + LONGEST)))

    async def uncover(self, tx: Tx, user: User) -> None:
        """Uncover what was covered because of a user."""
        if await tx.address_bans.remove(user.id):
            await tx.configuration_version.bump()
