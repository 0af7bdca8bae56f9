"""The login secrets of tenants, with which their own servers sign users in: a login costs no query more."""

from collections.abc import Mapping, Sequence
from typing import Final

from liveroom.domain.accounts.own_users import SECRETS_MAX, FixedSecret, fresh_secret, read_secret, read_tag
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import TenantName, new_id
from liveroom.ports import Clock, Database, Vault
from liveroom.usecases.tenants.configuration_registry import ConfigurationRegistry, secret_kind

FIXED_SECRETS: Final = secret_kind("secret", "fixed", lambda tx: tx.fixed_secrets)


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
