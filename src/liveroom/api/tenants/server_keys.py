"""Calls with a server key (``Authorization: Bearer lrk_…``): whose key it is, what it may do, and for whom.

Each is in the audit before it is carried out, also one that is then refused; what comes without a good key is not.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import structlog

from liveroom.api.codes import Code
from liveroom.api.declare import IN_CONSOLE, Method, Who, scope_of
from liveroom.api.identity import RequestContext, missing, text_of
from liveroom.api.parameters import ID_MAX
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import (
    ActsForAnother,
    OtherUser,
    ScopeMissing,
    ServerKeyElsewhere,
    ServerKeyExposed,
    ServerKeyUnknown,
    UserNotFound,
)
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.audit import AuditId, bounded, subject_of
from liveroom.domain.operators.caller import NotedChange, Operator, is_of_installation, only_views
from liveroom.domain.operators.failures import ForeignPage
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.tenants.server_keys import ServerKey
from liveroom.usecases.accounts.sessions import ActingSessions, Authentication
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.tenants.keys import ServerKeys
from liveroom.usecases.tenants.registry import Tenancy

log = structlog.get_logger("liveroom.api")


class KeyUse(NamedTuple):
    """A call with a good key, noted in the audit."""

    tenant: Tenant
    key: ServerKey
    noted: AuditId | None
    change: NotedChange
    """What the call changes, as its use case says."""


class KeyedCalls:
    """Decides what a server key may do."""

    def __init__(
        self,
        server_keys: ServerKeys,
        tenants: Tenancy,
        sessions: Authentication,
        acting: ActingSessions,
        audit: Audit,
    ) -> None:
        self._server_keys = server_keys
        self._tenants = tenants
        self._sessions = sessions
        self._acting = acting
        self.audit = audit

    async def admit(self, method: Method, raw: Mapping[str, Any], context: RequestContext) -> KeyUse:
        """Return whose key was sent, once its use is written down.

        Raises ``ServerKeyUnknown`` and its like, ``ServerKeyExposed``, and ``DatabaseUnavailable`` where it cannot be.
        """
        key = self._server_keys.authenticate(context.bearer)
        tenant = self._tenants.get(key.tenant)
        if tenant is None:
            raise ServerKeyUnknown
        noted = await note_call(
            self.audit, method, raw, context, tenant=key.tenant, actor=key.actor, user=plain(raw, "actAs")
        )
        if context.by_page:
            log.warning("key.in_a_page", key=key.id, address=context.address)
            self.audit.answered(noted, int(Code.PermissionDenied))
            raise ServerKeyExposed
        return KeyUse(tenant, key, noted, NotedChange())

    async def caller(self, method: Method, raw: Mapping[str, Any], use: KeyUse) -> Actor | Operator | None:
        """Return who calls: the operator, or the user for whom the key acts; None where nobody has to call.

        Raises what tells why the key may not do this.
        """
        named = self._tenants.find(text_of(raw, "apaasAppId"))
        if named is not None and named.name != use.tenant.name:
            raise ServerKeyElsewhere
        if method.who in IN_CONSOLE:
            raise ForeignPage
        if not use.key.allows(method.scope):
            raise ScopeMissing(method.scope)
        if method.who is Who.KEY:
            return Operator(
                use.tenant,
                use.key.actor,
                self._sessions.clock.now(),
                may=lambda permission: use.key.allows(scope_of(permission)),
                change=use.change,
                tenants=None if is_of_installation(method.permission) else frozenset({use.tenant.name}),
            )
        user = text_of(raw, "actAs")
        if not user:
            if method.who is Who.ANYONE:
                return None
            raise missing(method, "actAs: required with a server key")
        _check_names(method, raw, user)
        if len(user) > ID_MAX or not user.isprintable():
            raise UserNotFound
        session = await self._acting.of(use.key, UserId(user), keepalive=method.is_keepalive)
        return Actor(UserId(user), session, use.tenant, by_operator=True)

    def token_of(self, actor: Actor) -> str:
        """Return a token of the session in which the key acts, for a method that takes one."""
        sessions = self._sessions
        return sessions.tokens.issue(actor.user, actor.session, actor.tenant.name, sessions.clock.now())[0]


def _check_names(method: Method, raw: Mapping[str, Any], user: str) -> None:
    """Raise ``ActsForAnother`` or ``OtherUser`` where the usual parameters name another caller."""
    names = ("apaasUserId",) if method.who is Who.SEEKER else ("apaasUserId", "userId")
    if any(text_of(raw, name) not in ("", user) for name in names):
        raise ActsForAnother if method.is_original else OtherUser


async def note_call(
    audit: Audit,
    method: Method,
    raw: Mapping[str, Any],
    context: RequestContext,
    *,
    tenant: TenantName,
    actor: str,
    user: str = "",
) -> AuditId | None:
    """Write a call into the audit before it is carried out, if it is to be noted; ``user``: whom it acts for.

    Raises ``DatabaseUnavailable``; then it must not be carried out.
    """
    if not method.noted:
        return None
    return await audit.note(
        tenant,
        actor,
        method.path,
        subject_of(user or plain(raw, "userId"), plain(raw, "roomId")),
        address=context.address,
        request=context.request_id,
        room=_room_of(method, raw),
        reason=plain(raw, "why") or plain(raw, "reason"),
    )


def _room_of(method: Method, raw: Mapping[str, Any]) -> RoomId:
    """Return the room in which the operator is about to change something; "" for none."""
    is_change = bool(method.permission) and not only_views(method.permission)
    return RoomId(bounded(plain(raw, "roomId"), ID_MAX) if is_change else "")


def plain(raw: Mapping[str, Any], key: str) -> str:
    """Return what stands there for the audit, whatever the method will say to it."""
    value = raw.get(key)
    return value if isinstance(value, str) else "" if value is None else str(value)
