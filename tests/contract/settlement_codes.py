"""Calls about agencies and settlements that are answered with a code of their own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from liveroom.api.codes import Code
from tests.contract.scene import set_stage
from tests.contract.settlement_scenes import an_agency, invited, joined
from tests.service import Answer, Service


async def a_month_that_runs(service: Service) -> Answer:
    spans = service.core.services.money.settlement.settlements.spans
    period = await spans.at(service.core.services.tenants.default, service.core.clock.now())
    return await (await service.make_key()).call("admin/settle", {"period": period.id})


async def somebody_elses_agency(service: Service) -> Answer:
    stage = await set_stage(service)
    return await stage.host.call("agencies/hosts", {"agencyId": (await an_agency(stage)).id})


async def a_second_agency(service: Service) -> Answer:
    stage = await set_stage(service)
    await joined(stage)
    invitation = await invited(stage, stage.host.user)
    return await stage.host.call("agencies/accept", {"invitationId": invitation.id})


async def somebody_elses_invitation(service: Service) -> Answer:
    stage = await set_stage(service)
    invitation = await invited(stage, stage.guest.user)
    return await stage.host.call("agencies/accept", {"invitationId": invitation.id})


async def leaving_without_an_agency(service: Service) -> Answer:
    return await (await set_stage(service)).host.call("agencies/leave", {})


async def a_statement_of_a_month_that_was_not_settled(service: Service) -> Answer:
    return await (await set_stage(service)).guest.call("statements/get", {"period": "2020-01"})


SETTLEMENT_CASES: Final[Mapping[Code, Sequence[Callable[[Service], Awaitable[Answer]]]]] = {
    Code.PeriodRunning: [a_month_that_runs],
    Code.AgencyNotExists: [somebody_elses_agency],
    Code.AgencyJoined: [a_second_agency],
    Code.InvitationNotExists: [somebody_elses_invitation],
    Code.AgencyNotJoined: [leaving_without_an_agency],
    Code.StatementNotExists: [a_statement_of_a_month_that_was_not_settled],
}
