"""With which parameters methods about money are called: a part of ``stages``."""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from liveroom.app.assembly import Core
from liveroom.domain.gifts.charges import Charge, ChargeState
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId, new_id
from liveroom.domain.ledger.accounts import AccountKind, AccountName, Currency
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.ledger.credits import Credit
from liveroom.usecases.ledger.posting import Ledger
from tests.contract.scene import ADMIN, Params, Scene, Scenes, Stage
from tests.worlds import WoundClock

_WALLET: Final = "base/v1/wallet/"
MUCH: Final = 60_000
"""More than one person moves alone."""
_numbers = itertools.count(1)


def _key() -> str:
    return f"GPA.{next(_numbers)}"


async def operator_of(core: Core, user: str) -> Operator:
    """Return an operator of the user's tenant who may do everything."""
    tenant = core.services.tenants.get(await _tenant_of(core, user))
    return Operator(tenant or core.services.tenants.default, "key:shop", core.clock.now(), may=lambda _: True)


async def _tenant_of(core: Core, user: str) -> TenantName:
    found = await core.db.users.get(UserId(user))
    return found.tenant if found is not None else DEFAULT_TENANT


async def bought(stage: Stage, amount: int = 100) -> str:
    """Have the guest buy coins; return the credit's id."""
    core = stage.service.core
    operator = await operator_of(core, stage.guest.user)
    credit = Credit(UserId(stage.guest.user), MoveKind.PURCHASE, Currency.COIN, amount, _key())
    return (await core.services.money.credits.credit(operator, credit)).journal.id


async def earned(core: Core, user: str, points: int) -> None:
    """Have a user earn points that have cleared."""
    operator = await operator_of(core, user)
    credit = Credit(UserId(user), MoveKind.ADJUST, Currency.POINT, points, _key())
    earlier = WoundClock()
    earlier.advance(core.clock.now() - earlier.now() - timedelta(days=15))
    credits = replace(core.services.money.credits, ledger=Ledger(earlier))
    await credits.credit(operator, credit)


async def doubted(core: Core, user: str) -> None:
    """Have a charge for a gift of a user's of which nobody knows."""
    now, name = core.clock.now(), AccountName(await _tenant_of(core, user), AccountKind.WALLET, user)
    charge = Charge(
        id=new_id(now),
        tenant=name.tenant,
        sender=(await core.db.ledger_accounts.open([name]))[name],
        attempt=_key(),
        digest="",
        room=RoomId("80000001"),
        gift="rose",
        count=9,
        coins=9,
        state=ChargeState.UNKNOWN,
        created=now,
        due=now + timedelta(seconds=1),
        said="it did not answer within 2 s",
    )
    await core.db.charges.add([charge])


async def _doubted(stage: Stage) -> Params:
    await doubted(stage.service.core, stage.guest.user)
    return {"state": "unknown", "limit": "5"}


async def held(stage: Stage, points: int = 100) -> Params:
    """Have points of the guest's held for a payout; return with which parameters it is settled."""
    await earned(stage.service.core, stage.guest.user, points)
    given = {"userId": stage.guest.user, "points": points, "key": _key()}
    await (stage.by or await stage.service.make_key()).call("admin/hold_payout", given)
    return {"key": given["key"]}


async def _payout(stage: Stage) -> Params:
    await earned(stage.service.core, stage.guest.user, 100)
    return {"userId": stage.guest.user, "points": 100, "key": _key(), "reason": "November"}


def much(stage: Stage, key: str) -> Params:
    """Return a grant for which a second person is needed."""
    return {"userId": stage.guest.user, "amount": MUCH, "kind": "grant", "key": key, "reason": "contest"}


async def waiting(stage: Stage) -> str:
    """Have somebody else's server ask for more than one person moves alone; return the request's id."""
    key = await stage.service.make_key(await _tenant_of(stage.service.core, stage.guest.user))
    return str((await key.call("admin/credit_wallet", much(stage, _key()))).body["approvalId"])


async def _reversal(stage: Stage) -> Params:
    return {"creditId": await bought(stage), "key": _key(), "reason": "refunded by the store"}


async def _minor(stage: Stage) -> Params:
    await bought(stage)
    period = {"sinceUtc": "2026-01-01 00:00:00", "untilUtc": "2026-02-01 00:00:00"}
    return {"userId": stage.guest.user, "key": _key(), "reason": "a minor", **period}


async def _decision(stage: Stage) -> Params:
    return {"approvalId": await waiting(stage), "approve": "true"}


def _by_guest(**params: Any) -> Callable[[Stage], Awaitable[Scene]]:
    async def make(stage: Stage) -> Scene:
        await bought(stage)
        return Scene(stage.guest, params)

    return make


MONEY: Final[Mapping[str, Callable[[Stage], Awaitable[Scene]]]] = {
    _WALLET + "balance": _by_guest(),
    _WALLET + "payouts": _by_guest(limit="5", cursor=""),
    _WALLET + "test_coins": _by_guest(),
    _WALLET + "caps": _by_guest(),
    _WALLET + "set_cap": _by_guest(gift="500", day="2000", month="20000"),
    _WALLET + "statement": _by_guest(currency="coin", limit="5", cursor=""),
}
ADMIN_MONEY: Final[Scenes] = {
    ADMIN + "credit_wallet": lambda stage: {
        "userId": stage.guest.user, "amount": 100, "kind": "grant", "key": _key(), "reason": "welcome",
    },
    ADMIN + "reverse_credit": _reversal,
    ADMIN + "wallet": lambda stage: {"userId": stage.guest.user},
    ADMIN + "wallet_statement": lambda stage: {"userId": stage.guest.user, "currency": "coin", "limit": "5"},
    ADMIN + "freeze_wallet": lambda stage: {"userId": stage.guest.user, "frozen": "true", "reason": "disputed"},
    ADMIN + "refund_minor": _minor,
    ADMIN + "hold_payout": _payout,
    ADMIN + "settle_payout": held,
    ADMIN + "cancel_payout": held,
    ADMIN + "list_payouts": lambda _: {"state": "held", "limit": "5"},
    ADMIN + "list_charges": _doubted,
    ADMIN + "list_approvals": lambda _: {"state": "asked", "limit": "5"},
    ADMIN + "decide_approval": _decision,
}  # fmt: skip
