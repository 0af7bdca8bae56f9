"""``wallet/caps`` and ``wallet/set_cap``: how much the caller may give, and a lower cap of their own."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.parameters import Nothing, Request, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ledger.accounts import AMOUNT_MAX
from liveroom.domain.payloads import Counter, time_or_empty
from liveroom.domain.protection.caps import Caps
from liveroom.usecases.protection.own_caps import GivingCaps, ShownCaps

_Coins = Annotated[int, Whole(0, AMOUNT_MAX)]


class CapsObject(Shape):
    """How many coins may be given; 0: any number."""

    gift: Counter
    """At once."""
    day: Counter
    month: Counter


class OwnCapsObject(Shape):
    """How much the caller may give, and has given."""

    caps: CapsObject
    """What holds now: the operator's and their own, whichever is lower."""
    own: CapsObject
    """Their own."""
    later: CapsObject
    """Their own from ``laterUtc`` on."""
    later_utc: str
    """Empty: nothing is to change."""
    given_today: Counter
    """In the tenant's time zone, with bought and promotional coins, also what was refunded."""
    given_this_month: Counter
    left: Counter | None
    """How many coins they may give at once now; null: any number."""


class SetCap(Request):
    """In coins: ``gift`` at once, ``day``, ``month``; 0 for none. What is not given stays as it is."""

    gift: _Coins | None = None
    day: _Coins | None = None
    month: _Coins | None = None


@method("base/v1/wallet/caps", bad_request=Code.RoomQueryParams, reply=OwnCapsObject)
async def caps(call: Nothing, actor: Actor, giving_caps: GivingCaps) -> OwnCapsObject:
    """Return how much the caller may give, and what is left of it."""
    return _shown(await giving_caps.get(actor))


@method("base/v1/wallet/set_cap", bad_request=Code.RoomQueryParams, reply=OwnCapsObject)
async def set_cap(call: SetCap, actor: Actor, giving_caps: GivingCaps) -> OwnCapsObject:
    """Set caps of the caller's own. Lower ones count at once; higher ones, and none, only after 24 hours.

    The operator's caps hold beside them.
    """
    given = {"gift": call.gift, "day": call.day, "month": call.month}
    wanted = {name: coins for name, coins in given.items() if coins is not None}
    return _shown(await giving_caps.set(actor, lambda known: known._replace(**wanted)))


def _shown(found: ShownCaps) -> OwnCapsObject:
    return OwnCapsObject(
        caps=_caps(found.caps),
        own=_caps(found.own.caps),
        later=_caps(found.own.later if found.own.since is not None else found.own.caps),
        later_utc=time_or_empty(found.own.since),
        given_today=found.given.in_day,
        given_this_month=found.given.in_month,
        left=found.left,
    )


def _caps(caps: Caps) -> CapsObject:
    return CapsObject(gift=caps.gift, day=caps.day, month=caps.month)
