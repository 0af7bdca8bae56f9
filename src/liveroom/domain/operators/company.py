"""Sign-in by the company's own accounts: who somebody is there, and which roles their groups give them here."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.operators.account import ALL_TENANTS, kept_tenants

_STRANGE: Final = re.compile(r"[^a-z0-9._@+-]+")
_NAME_MAX: Final = 48


class GroupRule(NamedTuple):
    """What members of a group are here."""

    group: str
    role: str
    tenants: frozenset[str]
    """``*`` for all, "" for the default one."""


class Granted(NamedTuple):
    """The roles and tenants that somebody's groups give them."""

    roles: frozenset[str]
    tenants: frozenset[str]


@dataclass(frozen=True, slots=True)
class CompanyIdentity:
    """Who somebody is for the company, as its provider vouches."""

    issuer: str
    subject: str
    """Never given to anybody else by this issuer."""
    name: str
    """A username or mail address; "" for none."""
    display_name: str
    groups: frozenset[str]
    authenticated: datetime | None
    """When they last gave their password there, if the provider says so."""

    @property
    def key(self) -> str:
        """Return what an operator's account is found by."""
        return f"{self.issuer}|{self.subject}"


def granted(rules: Sequence[GroupRule], groups: Collection[str]) -> Granted | None:
    """Return what the first rule that fits gives, together with the others for the same tenants; None where none fits.

    Rules for other tenants are left out: a role is never had in more tenants than its rule says.
    """
    fitting = [rule for rule in rules if rule.group in groups]
    if not fitting:
        return None
    tenants = fitting[0].tenants
    return Granted(frozenset(rule.role for rule in fitting if rule.tenants == tenants), tenants)


def read_rule_tenants(text: str) -> frozenset[str]:
    """Return the tenants of a rule: names with a + between them; none is all."""
    names = [name.strip() for name in text.split("+") if name.strip()]
    return kept_tenants(names or [ALL_TENANTS])


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return a name that no operator has, like the one that somebody has at the company."""
    base = _STRANGE.sub("-", wanted.lower()).strip("-._@+")[:_NAME_MAX] or "operator"
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
