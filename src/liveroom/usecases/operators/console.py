"""Who may listen to what the console shows live: makes and reads its tokens, and knows which of them still count."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.domain.errors import NotOffered, ServerKeyExpired, ServerKeyRevoked, TokenExpired, TokenInvalid
from liveroom.domain.operators.caller import Operator
from liveroom.domain.operators.console import (
    SEEN_BY_SOCKET,
    TOKEN_LASTS,
    ConsoleGrant,
    read_grant,
    split_token,
    write_grant,
)
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Stamps
from liveroom.usecases.operators.sessions import OperatorSessions
from liveroom.usecases.tenants.keys import ServerKeys
from liveroom.usecases.tenants.registry import Tenancy

_CONTEXT: Final = "console socket "
"""What the signature is bound to: nothing else that is stamped begins like this."""
_KEY: Final = "key:"
_OPERATOR: Final = "operator:"


@dataclass(frozen=True, slots=True)
class ConsoleAccess:
    """Tokens of the console's socket."""

    stamps: Stamps
    clock: Clock
    tenants: Tenancy
    server_keys: ServerKeys
    sessions: OperatorSessions
    has_sockets: bool
    """Whether this service holds the sockets: a Centrifugo in front, or none at all, knows nothing of operators."""

    def issue(self, operator: Operator) -> tuple[str, ConsoleGrant]:
        """Return a token with what the operator may listen to, and what it says. Raises ``NotOffered``."""
        if not self.has_sockets:
            raise NotOffered
        now = operator.now.replace(microsecond=0)
        permissions = frozenset(filter(operator.may, SEEN_BY_SOCKET))
        grant = ConsoleGrant(
            operator.actor, operator.session, operator.tenant.name, permissions, now, now + TOKEN_LASTS
        )
        signed = write_grant(grant)
        return f"{signed}.{self.stamps.stamp(_CONTEXT + signed)}", grant

    def read(self, token: str) -> tuple[ConsoleGrant, Tenant]:
        """Return what a token says, and the tenant. Raises ``TokenExpired``, ``TokenInvalid``."""
        signed, signature = split_token(token)
        if not self.stamps.is_stamp(signature, _CONTEXT + signed):
            raise TokenInvalid
        grant = read_grant(signed)
        tenant = self.tenants.get(grant.tenant)
        if tenant is None:
            raise TokenInvalid
        if grant.expires <= self.clock.now():
            raise TokenExpired
        return grant, tenant

    async def ended(self, grants: Sequence[ConsoleGrant]) -> frozenset[ConsoleGrant]:
        """Return those whose key or session does not count any more."""
        return frozenset([grant for grant in grants if not await self._lasts(grant)])

    async def _lasts(self, grant: ConsoleGrant) -> bool:
        if grant.session:
            operator = grant.actor.removeprefix(_OPERATOR)
            return grant.permissions <= await self.sessions.permissions(operator, grant.session)
        key = self.server_keys.get(grant.actor.removeprefix(_KEY)) if grant.actor.startswith(_KEY) else None
        if key is None:
            return False
        try:
            key.check(self.clock.now())
        except (ServerKeyRevoked, ServerKeyExpired):
            return False
        return True
