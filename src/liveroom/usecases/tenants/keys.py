"""Keys and secrets of tenants: their servers call and sign users in with them, and their apps sign calls.

Server keys are made, shown once, and revoked. A key that was revoked or has expired stops working within two seconds
in every process (``OperatorConfiguration``). With login secrets a login costs no query more.

An operator may require calls to be signed with app keys, for some modules or all. A tenant without such a rule costs
its calls one look into a dict.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.accounts.own_users import SECRETS_MAX, FixedSecret, fresh_secret, read_secret, read_tag
from liveroom.domain.accounts.users import NAME_MAX
from liveroom.domain.errors import BadRequest, CallUnsigned, ServerKeyUnknown
from liveroom.domain.ids import TenantName, digest_of, new_id
from liveroom.domain.tenants.app_signatures import (
    ALL,
    AppKey,
    Rule,
    SignedCall,
    check_call,
    fresh_key_secret,
    read_signature,
)
from liveroom.domain.tenants.server_keys import ServerKey, join_key, new_key, read_key_name, read_scopes, split_key
from liveroom.ports import Clock, Database, Tx, Vault
from liveroom.usecases.tenants.operator_configuration import ConfigurationKind, ConfigurationRegistry, secret_kind

SERVER_KEYS: Final[ConfigurationKind[ServerKey]] = ConfigurationKind(
    "there is no server key {id}", lambda tx: tx.server_keys
)
_BETWEEN_NOTES: Final = timedelta(minutes=1)
"""Between two writes of a key's last use by one process."""
FIXED_SECRETS: Final = secret_kind("secret", "fixed", lambda tx: tx.fixed_secrets)
KEYS_MAX: Final = 20
"""App keys of one tenant."""
APP_KEYS: Final = secret_kind("app key", "app", lambda tx: tx.app_keys)


class ServerKeys(ConfigurationRegistry[ServerKey]):
    """The server keys of all tenants."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        super().__init__(SERVER_KEYS, db, vault, clock)
        self._used: dict[str, datetime] = {}
        self._noted: dict[str, datetime] = {}

    def authenticate(self, text: str) -> ServerKey:
        """Return the key that was sent.

        Raises ``ServerKeyUnknown``; and for whoever knows its secret ``ServerKeyRevoked``, ``ServerKeyExpired``.
        """
        parts = split_key(text)
        key = self.get(parts[0]) if parts else None
        if parts is None or key is None or not key.has(parts[1]):
            raise ServerKeyUnknown
        now = self.clock.now()
        key.check(now)
        self._used[key.id] = now
        return key

    async def add(
        self, tenant: TenantName, name: str, scopes: Iterable[str], known: Iterable[str], *, lasts: timedelta | None
    ) -> tuple[ServerKey, str]:
        """Make a key with scopes of those that there are; return it, and what its holder sends: shown only now.

        Raises ``BadRequest``.
        """
        now = self.clock.now()
        if lasts is not None and lasts <= timedelta(0):
            raise BadRequest("a key has to last for a while")
        id, secret = new_key()
        expires = None if lasts is None else now + lasts
        granted = read_scopes(tenant, scopes, known)
        key = ServerKey(id, tenant, read_key_name(name), digest_of(secret), granted, now, expires)
        return await self._add(key), join_key(id, secret)

    async def revoke(self, id: str, tenant: TenantName | None = None) -> ServerKey:
        """Let a key count no more; again: nothing changes. Raises ``BadRequest`` when there is none."""
        now = self.clock.now()
        return await self.change(id, lambda key: replace(key, revoked=key.revoked or now), tenant)

    async def flush(self) -> int:
        """Write when keys were last used, each at most once a minute; return how many."""
        if not self._used:
            return 0
        now = self.clock.now()
        due = {id: at for id, at in self._used.items() if id not in self._noted or self._is_old(self._noted[id], now)}
        await self.db.server_keys.used(due)
        for id, at in due.items():
            self._noted[id] = now
            if self._used.get(id) == at:
                del self._used[id]
        return len(due)

    @staticmethod
    def _is_old(noted: datetime, now: datetime) -> bool:
        return not timedelta(0) <= now - noted < _BETWEEN_NOTES


class FixedSecrets(ConfigurationRegistry[FixedSecret]):
    """The login secrets of all tenants."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        super().__init__(FIXED_SECRETS, db, vault, clock)
        self._by_tag: Mapping[tuple[TenantName, str], Sequence[str]] = {}

    def of(self, tenant: TenantName, tag: str) -> Sequence[str]:
        """Return the secrets that sign logins with the tag; none where its users register."""
        return self._by_tag.get((tenant, tag), ())

    async def add(self, tenant: TenantName, tag: str, secret: str = "") -> FixedSecret:
        """Add a secret, a fresh one unless it is given; return it. Raises ``BadRequest``.

        A secret that is in use already is refused: what it signs could be meant for either tag or tenant.
        """
        now = self.clock.now()
        text = read_secret(secret) if secret else fresh_secret()
        await self.reload()
        if any(text in known for known in self._by_tag.values()):
            raise BadRequest("the secret is in use already: each tag of each tenant has its own")
        return await self._add(FixedSecret(f"fs_{new_id(now)}", tenant, read_tag(tag), text, now))

    def _arrange(self, items: Sequence[FixedSecret]) -> None:
        found: dict[tuple[TenantName, str], list[str]] = {}
        for one in items:
            found.setdefault((one.tenant, one.tag), []).append(one.secret)
        self._by_tag = found

    def _check_space(self, item: FixedSecret, others: Sequence[FixedSecret]) -> None:
        if sum((one.tenant, one.tag) == (item.tenant, item.tag) for one in others) >= SECRETS_MAX:
            raise BadRequest(f"the tag {item.tag} has {SECRETS_MAX} secrets already: remove the one that is out of use")


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
