"""Sealing anew what older keys have sealed, so that these can be dropped. Batch by batch, beside a running service."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from liveroom.domain.errors import KeyMissing
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Database, SealedSalt, Tx, Vault
from liveroom.usecases.accounts.registration import salt_context
from liveroom.usecases.hooks.calls import HOOKS
from liveroom.usecases.operators.accounts import OPERATORS
from liveroom.usecases.tenants.keys import APP_KEYS, FIXED_SECRETS
from liveroom.usecases.tenants.operator_configuration import SealedKind
from liveroom.usecases.tenants.registry import secret_context
from liveroom.usecases.webhooks.receivers import WEBHOOKS

KINDS: Final[Sequence[SealedKind[Any]]] = (HOOKS, WEBHOOKS, FIXED_SECRETS, APP_KEYS, OPERATORS)
"""Of the operator configuration, what is sealed."""
_BATCH: Final = 200


@dataclass(slots=True)
class Resealed:
    """What came of it. ``stuck`` are texts that no configured key opens, by the sentence that says why."""

    looked_at: int = 0
    changed: int = 0
    stuck: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Resealing:
    """A text that changes meanwhile stays as it is then: whoever wrote it used the key in use."""

    db: Database
    vault: Vault

    async def run(self, on_batch: Callable[[Resealed], None] = lambda _: None) -> Resealed:
        """Seal everything with the key in use; a second run finds nothing to do."""
        done = Resealed()
        await self._tenants(done)
        await self._configuration(done)
        tenant: TenantName | None = DEFAULT_TENANT
        while tenant is not None:
            await self._salts(tenant, done, on_batch)
            tenant = await self.db.sealed.tenant_after(tenant)
        return done

    async def _tenants(self, done: Resealed) -> None:
        for tenant in await self.db.tenants.list():
            if not tenant.sdk_secret:
                continue
            replace = partial(self.db.sealed.replace_secret, tenant.name)
            await self._one(tenant.sdk_secret, secret_context(tenant.name), replace, done)

    async def _configuration(self, done: Resealed) -> None:
        """Seal the operator configuration: few rows of each kind."""
        for kind in KINDS:
            rows = kind.rows(self.db)
            for stored in await rows.list():
                replace = partial(rows.reseal, stored.item.id)
                await self._one(stored.sealed, kind.context(stored.item), replace, done)

    async def _one(
        self, sealed: str, context: str, replace: Callable[[str, str], Awaitable[bool]], done: Resealed
    ) -> None:
        done.looked_at += 1
        fresh = self._anew(sealed, context, done)
        if fresh and await replace(sealed, fresh):
            done.changed += 1

    async def _salts(self, tenant: TenantName, done: Resealed, on_batch: Callable[[Resealed], None]) -> None:
        after = ""
        while batch := await self.db.sealed.salts(tenant, after, _BATCH):
            fresh = [
                (salt, text)
                for salt in batch
                if (text := self._anew(salt.sealed, salt_context(Tenant(salt.tenant), salt.folded), done))
            ]
            if fresh:
                done.changed += await self._write(fresh)
            done.looked_at += len(batch)
            after = batch[-1].folded
            on_batch(done)

    async def _write(self, fresh: Sequence[tuple[SealedSalt, str]]) -> int:
        async def work(tx: Tx) -> int:
            return sum([await tx.sealed.replace_salt(old, text) for old, text in fresh])

        return await self.db.transact(work)

    def _anew(self, sealed: str, context: str, done: Resealed) -> str | None:
        """Return the text sealed with the key in use; None where it is already, or cannot be opened."""
        if self.vault.is_current(sealed):
            return None
        try:
            return self.vault.seal(self.vault.open(sealed, context), context)
        except KeyMissing as problem:
            done.stuck[problem.detail] += 1
            return None
