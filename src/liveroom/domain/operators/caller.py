"""Whoever calls as the operator, and what a call of theirs changes.

A permission is ``<subject>.<verb>``, such as ``rooms.moderate``; those that only show something end in ``.view``. A
server key has all of a subject by the scope ``admin:<subject>``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from liveroom.domain.operators.contacts import CONTACTS, masked
from liveroom.domain.tenants.model import Tenant

INSTALLATION: Final = frozenset({"operators", "settings", "system", "tenants"})
"""Subjects that are about all tenants at once: for operators of every tenant, and for server keys of the default tenant
that name the scope (no ``*`` means them)."""
_SHAPE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}\.[a-z][a-z_]{0,31}")


def read_permission(text: str) -> str:
    """Return a permission as it is declared. Raises ``ValueError`` for what is none."""
    if not _SHAPE.fullmatch(text):
        raise ValueError(f"{text} is no permission: <subject>.<verb>")
    return text


def subject_of(permission: str) -> str:
    """Return what a permission is about."""
    return permission.partition(".")[0]


def is_of_installation(permission: str) -> bool:
    """Say whether a permission is about all tenants at once."""
    return subject_of(permission) in INSTALLATION


def only_views(permission: str) -> bool:
    """Say whether a permission allows nothing to be changed."""
    return permission.endswith(".view")


@dataclass(slots=True)
class NotedChange:
    """What a call changed, for the audit: the values that differ, before and after."""

    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    seen: set[str] = field(default_factory=set)
    """What the caller was shown that others are not, such as ``contacts``."""

    def note(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Keep what differs of the two. Values are texts, numbers, truths, None, or lists of them."""
        differ = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        self.before = {name: before[name] for name in differ if name in before}
        self.after = {name: after[name] for name in differ if name in after}


@dataclass(frozen=True, slots=True)
class Operator:
    """Who calls with a server key, or is signed in to the console, where the call is no user's."""

    tenant: Tenant
    actor: str
    """How the audit calls them: ``key:<id>`` or ``operator:<id>``."""
    now: datetime
    may: Callable[[str], bool]
    """Says whether they have a permission beside the one that the method needs, such as ``users.contacts``."""
    change: NotedChange = field(default_factory=NotedChange)
    tenants: frozenset[str] | None = frozenset()
    """In which tenants they act; None for all: only those change what is the whole installation's."""
    session: str = ""
    """The session of the console from which they call; "" for a server key."""

    def contact(self, text: str) -> str:
        """Return a phone number or e-mail address as the caller may see it: whole, which the audit notes, or masked."""
        if not self.may(CONTACTS):
            return masked(text)
        if text and self.session:
            self.change.seen.add("contacts")
        return text

    @property
    def id(self) -> str:
        """Return the operator's id; "" for a server key."""
        return self.actor.removeprefix("operator:") if self.session else ""
