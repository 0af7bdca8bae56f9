"""Roles of operators: which permissions each has, and who may give what to whom.

A built-in role is a rule over all permissions that there are, so that a new method is in it by its name alone. Roles of
one's own are lists. Nobody gives away a permission that they lack, nor changes whoever has one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.operators.caller import INSTALLATION, is_of_installation, only_views, subject_of
from liveroom.domain.operators.console import SEES_INSTALLATION
from liveroom.domain.operators.contacts import CONTACTS
from liveroom.domain.operators.failures import GrantsMore

BESIDE_METHODS: Final = frozenset({CONTACTS, SEES_INSTALLATION})
"""Permissions that no method needs as a whole."""
ROLES_MAX: Final = 50
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_SENSITIVE: Final = INSTALLATION | {
    *("agencies", "audit", "keys", "webhooks", "hooks", "money", "wallets", "payouts", "charges", "orders"),
}
"""Subjects of which a viewer sees nothing: they are about the installation, about operators, or about money."""
_MODERATED: Final = frozenset({"rooms", "users", "messages", "reports", "words", "bans", "notices", "presence"})
_MODERATING: Final = frozenset({"moderate", "handle", "send", "note", "watch"})
_SUPPORTED: Final = frozenset({CONTACTS, "users.manage", "users.note", "tokens.revoke", "users.export"})
_MONEY: Final = frozenset({"agencies", "money", "wallets", "gifts", "payouts", "charges", "orders", "statistics"})


class BuiltIn(StrEnum):
    """The roles that there always are."""

    VIEWER = "viewer"
    """Sees people, rooms and figures; changes nothing."""
    MODERATOR = "moderator"
    """Handles reports; warns, mutes, bans, closes."""
    SUPPORT = "support"
    """Helps people: sees and changes accounts, signs them out."""
    FINANCE = "finance"
    """Sees figures, and everything about money."""
    ADMINISTRATOR = "administrator"
    """Everything."""


@dataclass(frozen=True, slots=True)
class OperatorRole:
    """A role of one's own."""

    id: str
    """Its name."""
    permissions: frozenset[str]
    created: datetime


def is_built_in(name: str) -> bool:
    """Say whether a role is always there."""
    return name in BuiltIn.__members__.values()


def is_in(role: BuiltIn, permission: str) -> bool:
    """Say whether a built-in role has a permission."""
    subject, _, verb = permission.partition(".")
    if role is BuiltIn.ADMINISTRATOR:
        return True
    if only_views(permission) and subject not in _SENSITIVE:
        return True
    if role is BuiltIn.MODERATOR:
        return subject in _MODERATED and verb in _MODERATING
    if role is BuiltIn.SUPPORT:
        return permission in _SUPPORTED
    return role is BuiltIn.FINANCE and subject in _MONEY


@dataclass(frozen=True, slots=True)
class RoleBook:
    """All roles, and all permissions that there are."""

    known: frozenset[str]
    own: Mapping[str, OperatorRole]

    def names(self) -> list[str]:
        """Return every role, the built-in ones first."""
        return [*BuiltIn, *sorted(self.own)]

    def of_role(self, name: str) -> frozenset[str]:
        """Return the permissions of a role; none of one that there is no more."""
        if is_built_in(name):
            return frozenset(one for one in self.known if is_in(BuiltIn(name), one))
        role = self.own.get(name)
        return frozenset() if role is None else role.permissions & self.known

    def of(self, roles: Iterable[str], within: frozenset[str] | None) -> frozenset[str]:
        """Return the permissions of whoever has these roles in some tenants, or in all (None): what is about all
        tenants at once is for those alone who act in all.
        """
        found = frozenset[str]().union(*map(self.of_role, roles))
        return found if within is None else frozenset(one for one in found if not is_of_installation(one))

    def check_names(self, roles: Iterable[str]) -> frozenset[str]:
        """Return roles as they are kept. Raises ``BadRequest`` for none, and for one that there is not."""
        named = frozenset(roles)
        if not named:
            raise BadRequest(f"roles: at least one of {', '.join(self.names())}")
        if unknown := sorted(named - set(self.names())):
            raise BadRequest(f"there is no role {', '.join(unknown)}: there are {', '.join(self.names())}")
        return named

    def read_role(self, name: str, permissions: Iterable[str], now: datetime) -> OperatorRole:
        """Return a role as it is kept. Raises ``BadRequest``."""
        if not _NAME.fullmatch(name):
            raise BadRequest("a role's name is 1 to 32 of a-z, 0-9, - and _, and begins with a letter")
        if is_built_in(name):
            raise BadRequest(f"{name} is built in: take another name")
        wanted = frozenset(permissions)
        if unknown := sorted(wanted - self.known):
            raise BadRequest(f"there is no permission {', '.join(unknown)}: admin/list_permissions lists them")
        if not wanted:
            raise BadRequest("permissions: at least one")
        if name not in self.own and len(self.own) >= ROLES_MAX:
            raise BadRequest(f"there are {ROLES_MAX} roles already")
        return OperatorRole(name, wanted, self.own[name].created if name in self.own else now)


@dataclass(frozen=True, slots=True)
class Granter:
    """Who gives roles: what they have themselves."""

    permissions: frozenset[str]
    tenants: frozenset[str] | None
    """None: all."""

    def check(self, permissions: Iterable[str], tenants: frozenset[str] | None) -> None:
        """Raise ``GrantsMore`` where that is more than they have."""
        if lacking := sorted(set(permissions) - self.permissions):
            raise GrantsMore(", ".join(lacking))
        if self.tenants is not None and (tenants is None or not tenants <= self.tenants):
            raise GrantsMore("tenants")


def subjects(permissions: Iterable[str]) -> dict[str, list[str]]:
    """Return permissions by what they are about."""
    found: dict[str, list[str]] = {}
    for permission in sorted(permissions):
        found.setdefault(subject_of(permission), []).append(permission)
    return found
