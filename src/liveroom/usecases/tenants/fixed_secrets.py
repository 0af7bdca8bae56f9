"""The fixed secrets of tenants: all kept in memory, so that a login needs no extra query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from liveroom.domain.accounts.own_users import SECRETS_MAX, FixedSecret, fresh_secret, read_secret, read_tag
from liveroom.domain.errors import BadRequest, KeyMissing
from liveroom.domain.ids import TenantName, new_id
from liveroom.ports import Clock, Database, Tx, Vault


def fixed_context(tenant: TenantName, id: str) -> str:
    """Return what a fixed secret is bound to when it is sealed: whose it is, and which."""
    return f"fixed:{tenant}:{id}"


@dataclass(slots=True)
class FixedSecrets:
    """All of them (``operator_configuration.Configured``)."""

    db: Database
    clock: Clock
    vault: Vault
    _by_tag: Mapping[tuple[TenantName, str], Sequence[str]] = field(default_factory=dict)

    async def reload(self) -> None:
        """Take up what changed."""
        found: dict[tuple[TenantName, str], list[str]] = {}
        for one in await self.db.fixed_secrets.list():
            try:
                secret = self.vault.open(one.secret, fixed_context(one.tenant, one.id))
            except KeyMissing:
                continue
            found.setdefault((one.tenant, one.tag), []).append(secret)
        self._by_tag = found

    def of(self, tenant: TenantName, tag: str) -> Sequence[str]:
        """Return the secrets that sign logins with the tag; none where its users register."""
        return self._by_tag.get((tenant, tag), ())

    async def listed(self, tenant: TenantName) -> Sequence[FixedSecret]:
        """Return the tenant's secrets as they are stored, by tag."""
        return [one for one in await self.db.fixed_secrets.list() if one.tenant == tenant]

    async def add(self, tenant: TenantName, tag: str, secret: str = "") -> FixedSecret:
        """Add a secret, a fresh one unless it is given; return it unsealed. Raises ``BadRequest``.

        A secret that is in use already is refused: what it signs could be meant for either tag or tenant.
        """
        now = self.clock.now()
        text = read_secret(secret) if secret else fresh_secret()
        await self.reload()
        if any(text in known for known in self._by_tag.values()):
            raise BadRequest("the secret is in use already: each tag of each tenant has its own")
        added = FixedSecret(f"fs_{new_id(now)}", tenant, read_tag(tag), text, now)
        sealed = replace(added, secret=self.vault.seal(text, fixed_context(tenant, added.id)))

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            there = [one for one in await tx.fixed_secrets.list() if (one.tenant, one.tag) == (tenant, tag)]
            if len(there) >= SECRETS_MAX:
                raise BadRequest(f"the tag {tag} has {SECRETS_MAX} secrets already: remove the one that is out of use")
            await tx.fixed_secrets.add(sealed)

        await self.db.transact(work)
        return added

    async def remove(self, tenant: TenantName, id: str) -> None:
        """Drop a secret: what it signs is refused from then on. Raises ``BadRequest`` for one that is not there."""

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            if not any((one.tenant, one.id) == (tenant, id) for one in await tx.fixed_secrets.list()):
                raise BadRequest(f"there is no secret {id} of this tenant")
            await tx.fixed_secrets.remove(id)

        await self.db.transact(work)
