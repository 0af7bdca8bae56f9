"""Wires agencies, settlements and statements."""

from dataclasses import dataclass

from starlette.routing import Route

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.settlement.periods import Calendar, PeriodUnit
from liveroom.http.exports import export_route
from liveroom.settings import Settings
from liveroom.settings.values import zone_of
from liveroom.usecases.agencies.admin import AdminAgencies
from liveroom.usecases.agencies.hosts import AgencyHosts
from liveroom.usecases.agencies.showing import AgencyViews
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.posting import Ledger
from liveroom.usecases.settlement.closing import Settlements
from liveroom.usecases.settlement.rules import Bonuses
from liveroom.usecases.settlement.statements import AccountStatements, StatementExports
from liveroom.usecases.signed_texts import SignedTexts


@dataclass(frozen=True, slots=True)
class SettlementServices(ServiceGroup):
    """The use cases."""

    agency_hosts: AgencyHosts
    admin_agencies: AdminAgencies
    agency_views: AgencyViews
    settlements: Settlements
    bonuses: Bonuses
    account_statements: AccountStatements
    statement_exports: StatementExports


def make_settlement(wiring: Wiring, ledger: Ledger, approvals: Approvals) -> SettlementServices:
    """Build them."""
    db, clock, calendar = wiring.db, wiring.clock, calendar_of(wiring.settings)
    hosts = make_agency_hosts(wiring)
    return SettlementServices(
        agency_hosts=hosts,
        admin_agencies=AdminAgencies(db, clock, hosts),
        agency_views=AgencyViews(db, wiring.live, clock, calendar),
        settlements=Settlements(db, clock, ledger, approvals, wiring.recorder, calendar),
        bonuses=Bonuses(db),
        account_statements=AccountStatements(db, calendar),
        statement_exports=StatementExports(db, clock, SignedTexts(wiring.stamps, "statements export "), calendar),
    )


def make_agency_hosts(wiring: Wiring) -> AgencyHosts:
    """Build what hosts do with agencies; who deletes a user needs it too."""
    return AgencyHosts(wiring.db, wiring.clock, wiring.recorder, wiring.settings.agency_notice)


def calendar_of(settings: Settings) -> Calendar:
    """Return which periods are settled."""
    return Calendar(PeriodUnit(settings.settlement_period), zone_of(settings.settlement_zone))


def make_statement_routes(exports: StatementExports) -> list[Route]:
    """Return where statements are fetched."""
    return [export_route("statements", exports.lines)]
