"""What a room without its host comes to: it is hidden for a while, then another gets it, or it is closed.

Times are milliseconds since 1970 here, spans milliseconds, as live stores count.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom.domain.ids import UserId
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import HostPolicy

CLOSED_REMEMBERED: Final = timedelta(minutes=10)
"""How long a closed room's rev is remembered, so that a late row cannot revive it."""

_FIRST: Final[dict[Role | None, int]] = {Role.ANCHOR: 0, Role.MODERATOR: 1}


class HostAbsence(NamedTuple):
    """Whether a room is ``hidden`` for want of a host, and when its grace is ``over`` (None: its host is there)."""

    hidden: bool
    over: int | None

    def next(self, now: int, grace: int, *, hosted: bool) -> "HostAbsence":
        """Return what follows from whether its host is there now.

        A room that was just opened has a grace, and waits for its host without being hidden.
        """
        if hosted:
            return _PRESENT
        return HostAbsence(hidden=True, over=now + grace) if self.over is None else self


_PRESENT: Final = HostAbsence(hidden=False, over=None)


class HeirCandidate(NamedTuple):
    """A member of a room whose owner is gone. ``order`` counts the members in the order of their joining."""

    user: UserId
    order: int
    appointed: Role | None
    hosts: bool


def is_hosted(policy: HostPolicy, *, owner: bool, hosts: bool) -> bool:
    """Say whether somebody is in the room who has to be: its ``owner``, or by its policy any of the ``hosts``."""
    return owner or (policy is HostPolicy.HOSTS and hosts)


def heir_of(owner: UserId, candidates: Iterable[HeirCandidate]) -> UserId | None:
    """Return who gets a room whose owner is gone, of each kind who has been there longest: an appointed anchor, a
    moderator, another host.
    """
    others = (one for one in candidates if one.user != owner and (one.appointed is not None or one.hosts))
    heir = min(others, key=lambda one: (_FIRST.get(one.appointed, len(_FIRST)), one.order), default=None)
    return None if heir is None else heir.user


def role_of_new_owner(role: Role) -> Role:
    """Return the role of a member who has been given the room: a host."""
    return role if role.is_host else Role.ANCHOR


def role_of_former_owner(role: Role, policy: HostPolicy, appointed: Role | None) -> Role:
    """Return the role of a member who has given the room away: what they are without owning it."""
    return role if policy is HostPolicy.HOSTS or appointed is Role.ANCHOR else Role.AUDIENCE
