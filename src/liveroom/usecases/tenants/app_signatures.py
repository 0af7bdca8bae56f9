"""Application authentication: an operator may require calls to be signed with app keys, for some modules or all.

All keys and rules are kept in memory. For a tenant without a rule, a call costs one look into a dict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from liveroom.domain.accounts.users import NAME_MAX
from liveroom.domain.errors import BadRequest, CallUnsigned, KeyMissing
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

KEYS_MAX: Final = 20
"""App keys of one tenant."""


def app_context(tenant: TenantName, id: str) -> str:
    """Return what an app key's secret is bound to when it is sealed: whose it is, and which."""
    return f"app:{tenant}:{id}"


@dataclass(slots=True)
class AppSignatures:
    """The app keys and rules of all tenants (``operator_configuration.Configured``)."""

    db: Database
    clock: Clock
    vault: Vault
    rules: Mapping[TenantName, Rule] = field(default_factory=dict)
    """Which tenants have calls signed, for which modules."""
    _keys: Mapping[str, AppKey] = field(default_factory=dict)

    async def reload(self) -> None:
        """Take up what changed."""
        keys = [self._opened(key) for key in await self.db.app_keys.list()]
        self._keys = {key.id: key for key in keys if key is not None}
        self.rules = await self.db.app_keys.rules()

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
        key = self._keys.get(signature.key)
        if key is None or key.tenant != tenant:
            raise CallUnsigned("id: not an app key of this tenant")
        check_call(call, signature, key.secret, self.clock.now())

    async def keys(self, tenant: TenantName) -> Sequence[AppKey]:
        """Return the tenant's keys, the oldest first; their secrets as they are stored."""
        return [key for key in await self.db.app_keys.list() if key.tenant == tenant]

    async def add(self, tenant: TenantName, name: str) -> AppKey:
        """Make a key; return it with its secret, which is shown only now. Raises ``BadRequest``."""
        if not 1 <= len(name) <= NAME_MAX:
            raise BadRequest(f"name: 1 to {NAME_MAX} characters")
        now = self.clock.now()
        fresh = AppKey(f"ak_{new_id(now)}", tenant, name, fresh_key_secret(), now)
        sealed = replace(fresh, secret=self.vault.seal(fresh.secret, app_context(tenant, fresh.id)))

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            if sum(key.tenant == tenant for key in await tx.app_keys.list()) >= KEYS_MAX:
                raise BadRequest(f"at most {KEYS_MAX} app keys of a tenant")
            await tx.app_keys.add(sealed)

        await self.db.transact(work)
        return fresh

    async def remove(self, tenant: TenantName, id: str) -> None:
        """Drop a key. Raises ``BadRequest`` for one that is not there, and for the last while calls need one."""

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            ids = [key.id for key in await tx.app_keys.list() if key.tenant == tenant]
            if id not in ids:
                raise BadRequest(f"there is no app key {id} of this tenant")
            if len(ids) == 1 and tenant in await tx.app_keys.rules():
                raise BadRequest("this is the last app key, and calls have to be signed: end that first, or add a key")
            await tx.app_keys.remove(id)

        await self.db.transact(work)

    async def require(self, tenant: TenantName, rule: Rule) -> None:
        """Require the calls of these modules, and no others, to be signed.

        Raises ``BadRequest`` while there is no key.
        """

        async def work(tx: Tx) -> None:
            await tx.configuration_version.bump()
            if rule and not any(key.tenant == tenant for key in await tx.app_keys.list()):
                raise BadRequest("there is no app key yet, so nobody could call: add one first")
            await tx.app_keys.put_rule(tenant, rule)

        await self.db.transact(work)

    def _opened(self, key: AppKey) -> AppKey | None:
        """Return the key with its secret; None where nothing opens it, which `liveroom doctor` says."""
        try:
            return replace(key, secret=self.vault.open(key.secret, app_context(key.tenant, key.id)))
        except KeyMissing:
            return None
