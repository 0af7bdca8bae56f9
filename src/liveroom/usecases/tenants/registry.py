"""Which tenant a call belongs to. All tenants are kept here; a change is noticed within two seconds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import DEFAULT_TENANT, TenantName, is_tenant_name
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Database, Vault

_PORT = re.compile(r":\d+$")


@dataclass(slots=True)
class Tenancy:
    """The tenants of this installation. ``default`` is made of the settings, the others are rows."""

    db: Database
    vault: Vault
    default: Tenant
    _by_name: Mapping[str, Tenant] = field(default_factory=dict)
    _by_host: Mapping[str, Tenant] = field(default_factory=dict)
    _seen: int = -1

    def get(self, name: TenantName) -> Tenant | None:
        """Return the tenant of that name, or None."""
        return self.default if name == DEFAULT_TENANT else self._by_name.get(name)

    def find(self, name: str) -> Tenant | None:
        """Return the tenant that an ``apaasAppId`` names; a text that names none means nothing."""
        return self._by_name.get(name) if name else None

    def at_host(self, host: str) -> Tenant:
        """Return the tenant bound to a host name, or the default one."""
        if not self._by_host:
            return self.default
        return self._by_host.get(_PORT.sub("", host).lower(), self.default)

    def all(self) -> list[Tenant]:
        """Return every tenant, the default one first."""
        return [self.default, *self._by_name.values()]

    async def refresh(self) -> None:
        """Take up what changed."""
        newest = await self.db.tenants.newest()
        if newest == self._seen:
            return
        tenants = [self._unsealed(tenant) for tenant in await self.db.tenants.list()]
        self._by_name = {tenant.name: tenant for tenant in tenants}
        self._by_host = {host: tenant for tenant in tenants for host in tenant.hosts}
        self._seen = newest

    async def put(self, tenant: Tenant) -> None:
        """Add a tenant or change it. Raises ``BadRequest`` for a bad name, or a host bound to another tenant."""
        if not is_tenant_name(tenant.name):
            raise BadRequest("a tenant's name is 1 to 15 of A-Z, a-z, 0-9 and _")
        await self.refresh()
        for host in tenant.hosts:
            bound = self._by_host.get(host)
            if bound is not None and bound.name != tenant.name:
                raise BadRequest(f"{host} is bound to the tenant {bound.name}")
        existing = self.get(tenant.name)
        if existing is not None and existing.plain != tenant.plain:
            raise BadRequest("plain ids are chosen when a tenant is made: its ids are in use")
        sealed = self.vault.seal(tenant.sdk_secret, secret_context(tenant.name)) if tenant.sdk_secret else ""
        await self.db.tenants.put(replace(tenant, sdk_secret=sealed))
        await self.refresh()

    def _unsealed(self, tenant: Tenant) -> Tenant:
        if not tenant.sdk_secret:
            return tenant
        return replace(tenant, sdk_secret=self.vault.open(tenant.sdk_secret, secret_context(tenant.name)))


def secret_context(tenant: TenantName) -> str:
    """Return what a tenant's secret is bound to when it is sealed: whose it is."""
    return f"tenant:{tenant}"
