"""``wallet/*``: what the caller has, and how it came to be."""

from typing import Annotated

import msgspec

from liveroom.api.choices import read_choice
from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.ledger.shapes import OwnWallet, TestCoins, WalletLine, line_of
from liveroom.api.parameters import Id, Nothing, Request, Text, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.wallets import state_of
from liveroom.domain.payloads import wire_time
from liveroom.usecases.ledger.coins_for_tests import CoinsForTests
from liveroom.usecases.ledger.wallets import Wallets

PAGE_MAX = 100


@method("base/v1/wallet/balance", bad_request=Code.RoomQueryParams, reply=OwnWallet)
async def balance(call: Nothing, actor: Actor, wallets: Wallets, coins_for_tests: CoinsForTests) -> OwnWallet:
    """Return what the caller has now. Open connections receive ``wallet.changed`` when it changes."""
    wallet = await wallets.get(actor.tenant.name, actor.user)
    return OwnWallet(
        **msgspec.structs.asdict(state_of(wallet)), test_coins=coins_for_tests.is_on, external=wallets.is_external
    )


@method(
    "base/v1/wallet/test_coins",
    bad_request=Code.RoomQueryParams,
    reply=TestCoins,
    codes=(Code.NotOffered, Code.UserNotExists, Code.AccountFrozen, Code.QuotaExceeded),
)
async def test_coins(call: Nothing, actor: Actor, coins_for_tests: CoinsForTests, wallets: Wallets) -> TestCoins:
    """Give the caller 1,000 promotional coins, once an hour, to try gifts with; 3008 unless ``LIVEROOM_GIFTS`` is
    ``test``. The caller receives ``wallet.changed``.
    """
    tenant = actor.tenant.name
    given = await coins_for_tests.give(tenant, actor.user)
    wallet = await wallets.notify(tenant, actor.user)
    return TestCoins(added=given.added, next_utc=wire_time(given.next), wallet=state_of(wallet))


class OwnStatement(Request):
    """``currency``: ``coin`` (default) or ``point``. ``cursor``: the ``nextCursor`` of the previous page."""

    currency: Annotated[str, Text(16)] = Currency.COIN.value
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method("base/v1/wallet/statement", bad_request=Code.RoomQueryParams, reply=list[WalletLine], data=Data.LIST)
async def statement(call: OwnStatement, actor: Actor, wallets: Wallets) -> Page:
    """List what has moved in the caller's wallet, newest first."""
    tenant, currency = actor.tenant.name, read_choice("currency", call.currency, Currency)
    found, cursor = await wallets.statement(tenant, actor.user, currency, cursor=call.cursor, limit=call.limit)
    return Page.of([line_of(entry) for entry in found], cursor)
