"""What operators do with tenants and their keys, by commands and by ``admin/*``."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import TenantName
from liveroom.domain.operators.caller import Operator
from liveroom.domain.operators.failures import GrantsMore
from liveroom.domain.tenants.app_signatures import ALL, Rule
from liveroom.domain.tenants.model import RtcKind, Tenant
from liveroom.domain.tenants.server_keys import ServerKey, permissions_of
from liveroom.usecases.tenants.keys import AppSignatures, FixedSecrets, ServerKeys
from liveroom.usecases.tenants.registry import Tenancy


@dataclass(frozen=True, slots=True)
class AdminTenants:
    """The tenants of the installation, for whoever operates it."""

    tenants: Tenancy
    default_media: RtcKind
    """Of tenants that have not chosen."""
    missing: Callable[[RtcKind, Tenant], str]
    """Returns what a media provider needs and the tenant does not have; "" when nothing is missing."""

    async def all(self) -> Sequence[Tenant]:
        """Return every tenant, the default one first."""
        await self.tenants.refresh()
        return self.tenants.all()

    async def add(self, tenant: Tenant) -> None:
        """Add a tenant. Raises ``BadRequest``, also where its media provider is not set up for it."""
        await self.tenants.add(self._checked(tenant))

    async def change(self, name: TenantName, change: Callable[[Tenant], Tenant]) -> tuple[Tenant, Tenant]:
        """Change a tenant; return it as it was and as it is. Raises ``BadRequest``."""
        return await self.tenants.change(name, lambda known: self._checked(change(known)))

    def _checked(self, tenant: Tenant) -> Tenant:
        if tenant.rtc is not None and (missing := self.missing(tenant.rtc, tenant)):
            raise BadRequest(f"{tenant.rtc} needs {missing}")
        return tenant


@dataclass(frozen=True, slots=True)
class AdminKeys:
    """The keys and secrets of a tenant's servers and programs, for whoever operates it."""

    server_keys: ServerKeys
    app_signatures: AppSignatures
    login_secrets: FixedSecrets
    scopes: Callable[[], Sequence[str]]
    """Returns every scope that any method needs."""
    permissions: Callable[[], frozenset[str]]
    """Returns every permission that any method needs, or looks at."""
    modules: Callable[[], frozenset[str]]
    """Returns the modules whose calls can be signed."""

    async def add_server_key(
        self, operator: Operator, name: str, scopes: Iterable[str], *, lasts: timedelta | None
    ) -> tuple[ServerKey, str]:
        """Make a server key; return it, and what its holder sends: shown only now.

        Raises ``BadRequest``, and ``GrantsMore`` where it might do what the operator may not.
        """
        asked = frozenset(scopes)
        lacking = [one for one in sorted(permissions_of(asked, self.permissions())) if not operator.may(one)]
        if lacking:
            raise GrantsMore(", ".join(lacking))
        return await self.server_keys.add(operator.tenant.name, name, asked, self.scopes(), lasts=lasts)

    async def require_signatures(self, tenant: TenantName, asked: str) -> tuple[Rule, Rule]:
        """Require calls of some modules to be signed with app keys; return the rule before, and the one since then.

        ``asked``: ``rooms,seats``, ``all`` or ``none``. Raises ``BadRequest``.
        """
        rule = self.read_rule(asked)
        await self.app_signatures.reload()
        before = self.app_signatures.rules.get(tenant, frozenset())
        await self.app_signatures.require(tenant, rule)
        return before, rule

    def read_rule(self, text: str) -> Rule:
        """Return which modules a list of names means. Raises ``BadRequest`` for one that there is not."""
        if text == "none":
            return frozenset()
        if text == "all":
            return frozenset({ALL})
        rule = frozenset(name.strip() for name in text.split(",") if name.strip())
        known = self.modules()
        if not rule or rule - known:
            raise BadRequest(f"modules: all, none, or some of {', '.join(sorted(known))}, separated by commas")
        return rule


def said_rule(rule: Rule) -> str:
    """Return the modules as people write them."""
    return "all" if ALL in rule else ", ".join(sorted(rule)) or "none"
