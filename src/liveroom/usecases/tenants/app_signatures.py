"""Application authentication: an operator may require calls to be signed with app keys, for some modules or all.

A tenant without a rule costs its calls one look into a dict.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from liveroom.domain.accounts.users import NAME_MAX
from liveroom.domain.errors import BadRequest, CallUnsigned
from liveroom.domain.ids import TenantName, new_id
from liveroom.domain.tenants.app_signatures import (
    ALL,
    AppKey,
    Rule,
    SignedCall,
    check_call,
    fresh_key_secret,
    read_signature,
)
from liveroom.ports import Clock, Database, Tx, Vault
from liveroom.usecases.tenants.configuration_registry import ConfigurationRegistry, secret_kind

KEYS_MAX: Final = 20
"""App keys of one tenant."""
APP_KEYS: Final = secret_kind("app key", "app", lambda tx: tx.app_keys)


class AppSignatures(ConfigurationRegistry[AppKey]):
    """The app keys and rules of all tenants."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        super().__init__(APP_KEYS, db, vault, clock)
        self.rules: Mapping[TenantName, Rule] = {}
        """Which tenants have calls signed, for which modules."""

    async def reload(self) -> None:
        """Read keys and rules anew."""
        await super().reload()
        self.rules = await self.db.app_rules.list()

    def check(
        self, rule: Rule, module: str, tenant: TenantName, call: SignedCall | None, *, by_socket: bool = False
    ) -> None:
        """Raise ``CallUnsigned`` for a call of the module that has to be signed and is not.

        Calls through a socket are never signed: a signature is for one call, and a socket carries many.
        """
        if module not in rule and ALL not in rule:
            return
        if by_socket:
            raise CallUnsigned(f"calls of {module} must be signed: make them over HTTP, not over the socket")
        if call is None:
            raise CallUnsigned(f"calls of {module} must be signed: Authorization: hmac …")
        signature = read_signature(call.authorization)
        key = self.get(signature.key)
        if key is None or key.tenant != tenant:
            raise CallUnsigned("id: not an app key of this tenant")
        check_call(call, signature, key.secret, self.clock.now())

    async def add(self, tenant: TenantName, name: str) -> AppKey:
        """Make a key; return it with its secret, which is told this once. Raises ``BadRequest``."""
        now = self.clock.now()
        return await self._add(AppKey(f"ak_{new_id(now)}", tenant, name, fresh_key_secret(), now))

    async def require(self, tenant: TenantName, rule: Rule) -> None:
        """Require the calls of these modules, and no others, to be signed.

        Raises ``BadRequest`` while there is no key.
        """

        async def work(tx: Tx) -> None:
            if rule and not await _keys_of(tx, tenant):
                raise BadRequest("there is no app key yet, so nobody could call: add one first")
            await tx.app_rules.put(tenant, rule)

        await self._in_turn(work)

    def _check(self, item: AppKey) -> None:
        if not 1 <= len(item.name) <= NAME_MAX:
            raise BadRequest(f"name: 1 to {NAME_MAX} characters")

    def _check_space(self, item: AppKey, others: Sequence[AppKey]) -> None:
        if sum(one.tenant == item.tenant for one in others) >= KEYS_MAX:
            raise BadRequest(f"at most {KEYS_MAX} app keys of a tenant")

    async def _check_removal(self, tx: Tx, item: AppKey) -> None:
        if await _keys_of(tx, item.tenant) == 1 and item.tenant in await tx.app_rules.list():
            raise BadRequest("this is the last app key, and calls have to be signed: end that first, or add a key")


async def _keys_of(tx: Tx, tenant: TenantName) -> int:
    """Return how many keys a tenant has."""
    return sum(stored.item.tenant == tenant for stored in await tx.app_keys.list())
