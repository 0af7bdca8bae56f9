"""``wallet/*``: what the caller has, and how it came to be."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.ledger.shapes import WalletLine, line_of
from liveroom.api.parameters import Id, Nothing, Request, Text, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.wallets import WalletState, state_of
from liveroom.usecases.ledger.wallets import Wallets

PAGE_MAX = 100


@method("base/v1/wallet/balance", bad_request=Code.RoomQueryParams, reply=WalletState)
async def balance(call: Nothing, actor: Actor, wallets: Wallets) -> WalletState:
    """Return what the caller has now. Open connections receive ``wallet.changed`` when it changes."""
    return state_of(await wallets.get(actor.tenant.name, actor.user))


class OwnStatement(Request):
    """``currency``: ``coin`` (default) or ``point``. ``cursor``: the ``nextCursor`` of the previous page."""

    currency: Annotated[str, Text(16)] = Currency.COIN.value
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method("base/v1/wallet/statement", bad_request=Code.RoomQueryParams, reply=list[WalletLine], data=Data.LIST)
async def statement(call: OwnStatement, actor: Actor, wallets: Wallets) -> Page:
    """List what has moved in the caller's wallet, newest first."""
    tenant, currency = actor.tenant.name, read_currency(call.currency)
    found, cursor = await wallets.statement(tenant, actor.user, currency, cursor=call.cursor, limit=call.limit)
    return Page.of([line_of(entry) for entry in found], cursor)


def read_currency(text: str) -> Currency:
    """Return the currency of that name. Raises ``BadRequest``."""
    if text not in set(Currency):
        raise BadRequest(f"currency: must be one of {', '.join(Currency)}")
    return Currency(text)
