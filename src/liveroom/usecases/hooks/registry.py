"""Which hooks there are."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.hooks.model import HOOKS_MAX, TIMEOUT, Hook, HookType, Otherwise, check_timeout
from liveroom.domain.ids import TenantName, new_id
from liveroom.domain.webhooks.endpoints import check_address
from liveroom.domain.webhooks.signing import fresh_secret
from liveroom.ports import Clock, Database, Vault
from liveroom.usecases.tenants.configuration_registry import EndpointRegistry, endpoint_kind

HOOKS: Final = endpoint_kind("hook", lambda tx: tx.hooks)


class Hooks(EndpointRegistry[Hook]):
    """The hooks of this installation."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        super().__init__(HOOKS, db, vault, clock)
        self._by_tenant: Mapping[TenantName, Mapping[HookType, Sequence[Hook]]] = {}

    def has_any(self, tenant: TenantName) -> bool:
        """Say whether the tenant has any hook: without one, this check is all that a call costs."""
        return tenant in self._by_tenant

    def of(self, tenant: TenantName, hook_type: HookType) -> Sequence[Hook]:
        """Return the tenant's hooks of a type, in the order of their making."""
        return self._by_tenant.get(tenant, {}).get(hook_type, ())

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
        """Arrange for a hook and return it with its secret. Raises ``BadRequest``."""
        now = self.clock.now()
        secrets = (fresh_secret(now),)
        return await self._add(
            Hook(f"hk_{new_id(now)}", tenant, url, secrets, now, hook_type, categories, timeout, otherwise)
        )

    def _arrange(self, items: Sequence[Hook]) -> None:
        found: dict[TenantName, dict[HookType, list[Hook]]] = {}
        for hook in items:
            found.setdefault(hook.tenant, {}).setdefault(hook.hook_type, []).append(hook)
        self._by_tenant = found

    def _check(self, item: Hook) -> None:
        check_address(item.url)
        check_timeout(item.timeout)

    def _check_space(self, item: Hook, others: Sequence[Hook]) -> None:
        if sum((one.tenant, one.hook_type) == (item.tenant, item.hook_type) for one in others) >= HOOKS_MAX:
            raise BadRequest(
                f"there are {HOOKS_MAX} hooks for {item.hook_type.value} already, and somebody waits for each"
            )
