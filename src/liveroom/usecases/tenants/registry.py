"""Which tenant a call belongs to. All tenants are kept here; a change is noticed within two seconds."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import DEFAULT_TENANT, TenantName, is_tenant_name
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Database, Tx, Vault

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
        await self._write(tenant.name, lambda _: tenant)

    async def add(self, tenant: Tenant) -> None:
        """Add a tenant. Raises ``BadRequest``, as ``put`` does and if there is one of that name."""

        def new(known: Tenant | None) -> Tenant:
            if known is not None or tenant.name == DEFAULT_TENANT:
                name = tenant.name
                raise BadRequest(f"there is already a tenant {name!r}: change it with `liveroom tenants set {name}`")
            return tenant

        await self._write(tenant.name, new)

    async def change(self, name: TenantName, change: Callable[[Tenant], Tenant]) -> tuple[Tenant, Tenant]:
        """Change a tenant; return it as it was and as it is. Raises ``BadRequest``."""
        before: list[Tenant] = []

        def changed(known: Tenant | None) -> Tenant:
            if known is None:
                raise BadRequest(f"there is no tenant {name!r}; the default tenant comes from the settings")
            before.append(known)
            return change(known)

        after = await self._write(name, changed)
        return before[-1], after

    async def _write(self, name: TenantName, make: Callable[[Tenant | None], Tenant]) -> Tenant:
        """Write a tenant, made of what is stored of it: one at a time in all processes, as each begins with the
        version of the configuration.
        """

        async def work(tx: Tx) -> Tenant:
            await tx.configuration_version.bump()
            stored = {tenant.name: tenant for tenant in await tx.tenants.list()}
            tenant = make(self._unsealed(stored[name]) if name in stored else None)
            if not is_tenant_name(name):
                raise BadRequest("a tenant's name is 1 to 15 of A-Z, a-z, 0-9 and _")
            _check(tenant, stored)
            sealed = self.vault.seal(tenant.sdk_secret, secret_context(name)) if tenant.sdk_secret else ""
            await tx.tenants.put(replace(tenant, sdk_secret=sealed))
            return tenant

        written = await self.db.transact(work)
        await self.refresh()
        return written

    def _unsealed(self, tenant: Tenant) -> Tenant:
        if not tenant.sdk_secret:
            return tenant
        return replace(tenant, sdk_secret=self.vault.open(tenant.sdk_secret, secret_context(tenant.name)))


def _check(tenant: Tenant, stored: Mapping[TenantName, Tenant]) -> None:
    """Raise ``BadRequest`` for what does not go with the tenants that there are."""
    for other in stored.values():
        for host in tenant.hosts:
            if other.name != tenant.name and host in other.hosts:
                raise BadRequest(f"{host} is bound to the tenant {other.name}")
    existing = stored.get(tenant.name)
    if existing is not None and existing.plain != tenant.plain:
        raise BadRequest("plain ids are chosen when a tenant is made: its ids are in use")


def secret_context(tenant: TenantName) -> str:
    """Return what a tenant's secret is bound to when it is sealed: whose it is."""
    return f"tenant:{tenant}"
