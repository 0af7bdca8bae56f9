"""Who may listen to what the console shows live: makes and reads its tokens, and knows which of them still count."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from liveroom.domain.errors import NotOffered, ServerKeyExpired, ServerKeyRevoked, TokenExpired, TokenInvalid
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.operators.caller import Operator
from liveroom.domain.operators.console import (
    EVERYWHERE,
    SEEN_BY_SOCKET,
    SEES_INSTALLATION,
    TOKEN_LASTS,
    ConsoleGrant,
    read_grant,
    write_grant,
)
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock
from liveroom.usecases.operators.sessions import OperatorSessions
from liveroom.usecases.signed_texts import SignedTexts
from liveroom.usecases.tenants.keys import ServerKeys
from liveroom.usecases.tenants.registry import Tenancy

_LONGEST: Final = 2048
"""Characters of a token."""
_KEY: Final = "key:"
_OPERATOR: Final = "operator:"


class GrantState(Enum):
    """Whether what a token grants still counts."""

    LASTS = "lasts"
    CHANGED = "changed"
    """The operator may see something else now: a new token says what."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ConsoleAccess:
    """Tokens of the console's socket."""

    tokens: SignedTexts
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
        now, tenant, session = operator.now.replace(microsecond=0), operator.tenant.name, operator.session
        permissions = frozenset(filter(operator.may, SEEN_BY_SOCKET))
        if sees_installation(operator):
            permissions |= {EVERYWHERE}
        grant = ConsoleGrant(operator.actor, session, tenant, permissions, now, now + TOKEN_LASTS)
        return self.tokens.sign(write_grant(grant)), grant

    def read(self, token: str) -> tuple[ConsoleGrant, Tenant]:
        """Return what a token says, and the tenant. Raises ``TokenExpired``, ``TokenInvalid``."""
        if len(token) > _LONGEST:
            raise TokenInvalid
        grant = read_grant(self.tokens.read(token))
        tenant = self.tenants.get(grant.tenant)
        if tenant is None:
            raise TokenInvalid
        if grant.expires <= self.clock.now():
            raise TokenExpired
        return grant, tenant

    async def standing(self, grant: ConsoleGrant) -> GrantState:
        """Say whether a grant still counts. Raises ``DatabaseUnavailable``."""
        if grant.session:
            return await self._in_session(grant)
        key = self.server_keys.get(grant.actor.removeprefix(_KEY))
        try:
            if key is None:
                return GrantState.ENDED
            key.check(self.clock.now())
        except (ServerKeyRevoked, ServerKeyExpired):
            return GrantState.ENDED
        return GrantState.LASTS

    async def _in_session(self, grant: ConsoleGrant) -> GrantState:
        found = await self.sessions.lasting(grant.actor.removeprefix(_OPERATOR), grant.session)
        if found is None or not found.account.may_enter(grant.tenant):
            return GrantState.ENDED
        seen = found.permissions.intersection(SEEN_BY_SOCKET)
        if found.account.within is None:
            seen |= {EVERYWHERE}
        return GrantState.LASTS if seen == grant.permissions else GrantState.CHANGED


def sees_installation(operator: Operator) -> bool:
    """Say whether the caller sees figures of all tenants: an operator of all, or a key that is allowed to."""
    if operator.session:
        return operator.tenants is None
    return operator.tenant.name == DEFAULT_TENANT and operator.may(SEES_INSTALLATION)
