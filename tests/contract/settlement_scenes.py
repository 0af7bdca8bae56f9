"""With which parameters methods about agencies and settlements are called: a part of ``stages``."""

import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.agencies.model import Agency, Membership
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.settlement.model import SettlementState
from liveroom.domain.settlement.periods import SettlementPeriod
from liveroom.usecases.ledger.credits import Credit
from liveroom.usecases.ledger.posting import Ledger
from tests.contract.money_scenes import operator_of
from tests.contract.scene import ADMIN, Params, Scene, Scenes, Stage
from tests.worlds import WoundClock

_AGENCIES: Final = "base/v1/agencies/"
_STATEMENTS: Final = "base/v1/statements/"
RULE: Final = {"whose": "host", "points": 100, "hours": 0, "bonusPoints": 5, "bonusPerMille": 10}
_numbers = itertools.count(1)


async def an_agency(stage: Stage) -> Agency:
    """Have the operator make an agency that the guest owns."""
    services = stage.service.core.services.money.settlement
    operator = await operator_of(stage.service.core, stage.guest.user)
    return await services.admin_agencies.create(operator, "星光公会", UserId(stage.guest.user), "公会分成 10%")


async def invited(stage: Stage, host: str, agency: Agency | None = None) -> Membership:
    """Have the operator invite a host; return the invitation."""
    made, hosts = agency or await an_agency(stage), stage.service.core.services.money.settlement.agency_hosts
    return await hosts.invite(await operator_of(stage.service.core, host), made.id, UserId(host))


async def joined(stage: Stage) -> Agency:
    """Have the host join an agency of the guest's, whatever they were with."""
    hosts, agency = stage.service.core.services.money.settlement.agency_hosts, await an_agency(stage)
    one = await invited(stage, stage.host.user, agency)
    operator = await operator_of(stage.service.core, stage.host.user)
    await hosts.accept(Actor(UserId(stage.host.user), SessionId(""), operator.tenant), one.id)
    return agency


async def settled(stage: Stage) -> SettlementPeriod:
    """Have the guest earn points in the last period, and settle it; return it."""
    core = stage.service.core
    settlements = core.services.money.settlement.settlements
    operator = await operator_of(core, stage.guest.user)
    calendar = settlements.spans.calendars.of(operator.tenant)
    period = calendar.before(calendar.at(core.clock.now()))
    then = WoundClock()
    then.advance(period.begins - then.now() + timedelta(days=1))
    credits = replace(core.services.money.credits, ledger=Ledger(then))
    credit = Credit(UserId(stage.guest.user), MoveKind.ADJUST, Currency.POINT, 50, f"s-{next(_numbers)}")
    await credits.credit(operator, credit)
    if (known := await core.db.settlements.get(operator.tenant.name, period.id)) is not None:
        # Another scene has settled it: what this one has added is to be in it too.
        anew = replace(known, state=SettlementState.COUNTING, closed=None, statements=0, gifts=0, bonus=0)
        await core.db.settlements.put(anew)
    await settlements.settle(operator, period.id)
    return period


def _by_owner(**params: Any) -> Callable[[Stage], Awaitable[Scene]]:
    async def make(stage: Stage) -> Scene:
        return Scene(stage.guest, {"agencyId": (await joined(stage)).id, **params})

    return make


async def _host_of(stage: Stage) -> Scene:
    return Scene(stage.guest, {"agencyId": (await joined(stage)).id, "targetId": stage.host.user})


async def _inviting(stage: Stage) -> Scene:
    return Scene(stage.guest, {"agencyId": (await an_agency(stage)).id, "targetId": stage.host.user})


async def _answering(stage: Stage) -> Scene:
    return Scene(stage.host, {"invitationId": (await invited(stage, stage.host.user)).id})


async def _leaving(stage: Stage) -> Scene:
    await joined(stage)
    return Scene(stage.host, {})


async def _mine(stage: Stage) -> Scene:
    await invited(stage, stage.guest.user, await joined(stage))
    return Scene(stage.guest, {})


async def _listing(stage: Stage) -> Scene:
    await settled(stage)
    return Scene(stage.guest, {"limit": "5", "cursor": "", "agencyId": ""})


async def _getting(stage: Stage) -> Scene:
    return Scene(stage.guest, {"period": (await settled(stage)).id, "agencyId": ""})


AGENCIES: Final[Mapping[str, Callable[[Stage], Awaitable[Scene]]]] = {
    _AGENCIES + "mine": _mine,
    _AGENCIES + "accept": _answering,
    _AGENCIES + "refuse": _answering,
    _AGENCIES + "leave": _leaving,
    _AGENCIES + "invite": _inviting,
    _AGENCIES + "dismiss": _host_of,
    _AGENCIES + "hosts": _by_owner(limit="5", cursor=""),
    _AGENCIES + "totals": _by_owner(period="", limit="5", cursor=""),
    _STATEMENTS + "list": _listing,
    _STATEMENTS + "get": _getting,
}


async def _one(stage: Stage, **params: Any) -> Params:
    return {"agencyId": (await joined(stage)).id, **params}


async def _to_invite(stage: Stage) -> Params:
    return {"agencyId": (await an_agency(stage)).id, "userId": stage.host.user}


async def _period(stage: Stage, **params: Any) -> Params:
    return {"period": (await settled(stage)).id, **params}


ADMIN_SETTLEMENT: Final[Scenes] = {
    ADMIN + "create_agency": lambda stage: {
        "name": "星光公会", "ownerId": stage.guest.user, "terms": "公会分成 10%",
    },
    ADMIN + "update_agency": lambda stage: _one(stage, name="月光公会", ownerId=stage.host.user, terms=""),
    ADMIN + "close_agency": _one,
    ADMIN + "list_agencies": lambda _: {"limit": "5", "cursor": ""},
    ADMIN + "list_agency_hosts": lambda stage: _one(stage, limit="5", cursor=""),
    ADMIN + "invite_host": _to_invite,
    ADMIN + "dismiss_host": lambda stage: _one(stage, userId=stage.host.user),
    ADMIN + "settle": _period,
    ADMIN + "list_settlements": lambda _: {"limit": "5", "cursor": ""},
    ADMIN + "list_account_statements": lambda stage: _period(stage, limit="5", cursor=""),
    ADMIN + "get_account_statement": lambda stage: _period(stage, userId=stage.guest.user, agencyId=""),
    ADMIN + "export_statements": _period,
    ADMIN + "bonus_rules": lambda _: {},
    ADMIN + "set_bonus_rules": lambda _: {"rules": json.dumps({"gold": RULE})},
}  # fmt: skip
