"""Accounts of the original service, which know their users by the tag that the app sent at the login.

One username of the original owns a user for each tag. It kept no note of them: each login derived the id anew, by an
arithmetic in doubles that is repeated here to the last bit. Liveroom keeps *bindings* instead (decision 0022).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from operator import mul
from typing import Final

from liveroom.domain.accounts.users import User
from liveroom.domain.ids import TenantName, UserId

MAIN_TAG: Final = "xiaozhibo"
KNOWN_TAGS: Final = (MAIN_TAG, "karaoke", "player", "")
"""What the shipped apps send, in the order in which a user is looked for who has to stand in for another."""

_ODD_POWERS: Final = {26: float.fromhex("0x1.4adf4b7320334p+86"), 29: float.fromhex("0x1.431e0fae6d722p+96")}
"""The original's runtime computes these two powers of ten one step beside the nearest double."""
_POWERS: Final = tuple(_ODD_POWERS.get(exponent, float(f"1e{exponent}")) for exponent in range(32))
_MODULUS: Final = float(0x1FFFFFF)


def derived_id(salt: str, username: str, tag: str) -> UserId:
    """Return the id of the original's user for this login. The order of the additions matters."""
    text = f"{salt}-{username}-{tag}".encode("utf-8", "surrogatepass")
    digits = hashlib.md5(text, usedforsecurity=False).hexdigest().encode()
    total = 0.0
    for share in starmap(mul, zip(digits, _POWERS, strict=True)):
        total += share
    return UserId(str(int(total % _MODULUS)))


@dataclass(frozen=True, slots=True)
class Binding:
    """Whose user a username is with a tag."""

    tenant: TenantName
    folded: str
    tag: str
    user: UserId
    bound: datetime | None
    """Since when; None while several usernames lead to this user: the one that signs in first gets it."""


def has_login(user: User | None) -> bool:
    """Say whether a username may lead to this user: the original's users by phone or e-mail have none."""
    return user is not None and user.deleted is None and not (user.phone or user.email)


def in_place_of(bindings: Iterable[Binding]) -> Sequence[Binding]:
    """Return which users stand in for a tag that has none: that of the main tag, then those bound first."""
    order = {tag: place for place, tag in enumerate(KNOWN_TAGS)}
    bound = [(binding.bound, binding) for binding in bindings if binding.bound is not None]
    bound.sort(key=lambda one: (one[1].tag != MAIN_TAG, one[0], order.get(one[1].tag, len(order)), one[1].tag))
    return [binding for _, binding in bound]
