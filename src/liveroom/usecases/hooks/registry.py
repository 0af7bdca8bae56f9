"""Which hooks there are: configured by the operator, kept whole here, changes noticed within two seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.hooks.model import HOOKS_MAX, TIMEOUT, Hook, HookType, Otherwise, check_address, check_timeout
from liveroom.domain.ids import TenantName, new_id
from liveroom.domain.webhooks.signing import SigningSecret, fresh_secret, read_secrets, rotated, write_secrets
from liveroom.ports import Clock, Database, StoredHook, Tx, Vault

OVERLAP: Final = timedelta(hours=24)
"""How long a secret goes on signing beside the one that followed it."""


@dataclass(slots=True)
class Hooks:
    """The hooks of this installation; one of the kinds of ``OperatorConfiguration``."""

    db: Database
    vault: Vault
    clock: Clock
    _by_tenant: Mapping[TenantName, Mapping[HookType, tuple[Hook, ...]]] = field(default_factory=dict)

    def has_any(self, tenant: TenantName) -> bool:
        """Say whether the tenant has any hook: without one, this check is all that a call costs."""
        return tenant in self._by_tenant

    def of(self, tenant: TenantName, hook_type: HookType) -> Sequence[Hook]:
        """Return the tenant's hooks of a type, in the order of their making."""
        return self._by_tenant.get(tenant, {}).get(hook_type, ())

    def all(self) -> Sequence[Hook]:
        """Return every hook of every tenant."""
        return [hook for hook_types in self._by_tenant.values() for hooks in hook_types.values() for hook in hooks]

    async def reload(self) -> None:
        """Read all of it anew."""
        found: dict[TenantName, dict[HookType, tuple[Hook, ...]]] = {}
        for stored in await self.db.hooks.list():
            hook = self._unsealed(stored)
            hook_types = found.setdefault(hook.tenant, {})
            hook_types[hook.hook_type] = (*hook_types.get(hook.hook_type, ()), hook)
        self._by_tenant = found

    async def add(
        self,
        tenant: TenantName,
        hook_type: HookType,
        url: str,
        *,
        categories: frozenset[str] = frozenset(),
        timeout: timedelta = TIMEOUT,
        otherwise: Otherwise = Otherwise.ALLOW,
    ) -> Hook:
        """Add a hook, and return it with its secret. Raises ``BadRequest``."""
        check_address(url)
        check_timeout(timeout)
        now = self.clock.now()
        hook = Hook(
            f"hk_{new_id(now)}", tenant, hook_type, url, (fresh_secret(now),), now, categories, timeout, otherwise
        )

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            there = [one.hook for one in await tx.hooks.list()]
            if sum((one.tenant, one.hook_type) == (tenant, hook_type) for one in there) >= HOOKS_MAX:
                raise BadRequest(
                    f"there are {HOOKS_MAX} hooks for {hook_type.value} already, and somebody waits for each"
                )
            await tx.hooks.add(StoredHook(hook, self._sealed(hook.id, hook.secrets)))

        await self.db.transact(work)
        await self.reload()
        return hook

    async def remove(self, id: str) -> None:
        """Take a hook away. Raises ``BadRequest`` when there is none of that id."""

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            if not await tx.hooks.remove(id):
                raise _unknown(id)

        await self.db.transact(work)
        await self.reload()

    async def rotate(self, id: str) -> Hook:
        """Give a hook a new secret; the present one goes on signing beside it for a day. Raises ``BadRequest``."""
        fresh = fresh_secret(self.clock.now())

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            stored = next((one for one in await tx.hooks.list() if one.hook.id == id), None)
            if stored is None:
                raise _unknown(id)
            secrets = rotated(self._unsealed(stored).secrets, fresh, fresh.created + OVERLAP)
            await tx.hooks.replace_secrets(id, stored.sealed, self._sealed(id, secrets))

        await self.db.transact(work)
        await self.reload()
        return self.find(id)

    def find(self, id: str) -> Hook:
        """Return the hook of that id. Raises ``BadRequest``."""
        for hook in self.all():
            if hook.id == id:
                return hook
        raise _unknown(id)

    def _sealed(self, id: str, secrets: Sequence[SigningSecret]) -> str:
        return self.vault.seal(write_secrets(secrets), hook_context(id))

    def _unsealed(self, stored: StoredHook) -> Hook:
        opened = self.vault.open(stored.sealed, hook_context(stored.hook.id))
        return replace(stored.hook, secrets=read_secrets(opened))


def hook_context(id: str) -> str:
    """Return what a hook's secrets are bound to when they are sealed."""
    return f"hook:{id}"


def _unknown(id: str) -> BadRequest:
    return BadRequest(f"there is no hook {id}: `liveroom hooks list` shows those there are")
