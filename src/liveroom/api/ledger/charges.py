"""``admin/list_charges``: what the operator's own wallet was asked to take for gifts."""

from typing import Annotated

import msgspec

from liveroom.api.choices import read_choice
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.ledger.wallet import PAGE_MAX
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.gifts.charges import ChargeState
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import Counter, time_or_empty, wire_time
from liveroom.usecases.charges.listing import AdminCharges, ShownCharge

_State = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(ChargeState)})]


class ChargeObject(Shape):
    """A charge, or the coins of a refunded gift that are given back."""

    charge_id: str
    """As your wallet was asked; of coins that are given back their ``refundId``."""
    refund_of: str
    """Of coins that are given back: the charge that took them; empty of a charge."""
    user_id: str
    """Who sends the gift; a pseudonym once they are erased."""
    room_id: str
    gift_id: str
    """Its id in the catalogue."""
    sent_id: str
    """Of coins that are given back: the gift that was sent; empty of a charge."""
    count: Counter
    coins: Counter
    state: _State
    receipt: str
    """Your wallet's own number."""
    said: str
    """Why it was refused, or why the last try to reverse it came to nothing."""
    tries: Counter
    """How often a reversal was asked for."""
    time_utc: str
    next_utc: str
    """When it is tried again; empty: it is over."""


class ListCharges(Request):
    """``state``: ``unknown`` (default), ``returning``, ``asked``, ``charged``, ``refused``, ``reversed``, ``returned``.
    ``cursor``: the ``nextCursor`` of the previous page.
    """

    state: Annotated[str, Text(16)] = ChargeState.UNKNOWN.value
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/admin/list_charges",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="charges.view",
    needs="wallet",
    reply=list[ChargeObject],
    data=Data.LIST,
)
async def list_charges(call: ListCharges, operator: Operator, charges: AdminCharges) -> Page:
    """List charges at your own wallet by how far they have come, newest first. ``unknown``: your wallet did not answer;
    the gift is not sent, and the charge is being reversed. ``returning``: coins of a refunded gift.
    """
    state = read_choice("state", call.state, ChargeState)
    found, cursor = await charges.page(operator.tenant.name, state, cursor=call.cursor, limit=call.limit)
    return Page.of([_shown(one) for one in found], cursor)


def _shown(shown: ShownCharge) -> ChargeObject:
    charge = shown.charge
    return ChargeObject(
        charge_id=charge.id,
        refund_of=charge.charge,
        user_id=shown.user,
        room_id=charge.room,
        gift_id=charge.gift,
        sent_id=charge.attempt if charge.charge else "",
        count=charge.count,
        coins=charge.coins,
        state=charge.state.value,
        receipt=charge.receipt,
        said=charge.said,
        tries=charge.tries,
        time_utc=wire_time(charge.created),
        next_utc=time_or_empty(charge.due),
    )
