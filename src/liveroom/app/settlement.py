"""Wires agencies, settlements and statements."""

from dataclasses import dataclass

from starlette.routing import Route

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.protection.rules import ProtectionRules
from liveroom.domain.settlement.periods import Calendars, PeriodUnit
from liveroom.http.exports import export_route
from liveroom.usecases.agencies.admin import AdminAgencies
from liveroom.usecases.agencies.hosts import AgencyHosts
from liveroom.usecases.agencies.showing import AgencyViews
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.posting import Ledger
from liveroom.usecases.settlement.closing import Settlements
from liveroom.usecases.settlement.rules import Bonuses
from liveroom.usecases.settlement.spans import SettlementSpans
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


def make_settlement(wiring: Wiring, ledger: Ledger, approvals: Approvals, rules: ProtectionRules) -> SettlementServices:
    """Build them."""
    db, clock = wiring.db, wiring.clock
    calendars = Calendars(PeriodUnit(wiring.settings.settlement_period), rules.zone_of)
    spans = SettlementSpans(db, calendars)
    hosts = make_agency_hosts(wiring)
    return SettlementServices(
        agency_hosts=hosts,
        admin_agencies=AdminAgencies(db, clock, hosts),
        agency_views=AgencyViews(db, wiring.live, clock, spans),
        settlements=Settlements(db, clock, ledger, approvals, wiring.recorder, spans),
        bonuses=Bonuses(db),
        account_statements=AccountStatements(db, spans),
        statement_exports=StatementExports(db, clock, SignedTexts(wiring.stamps, "statements export "), calendars),
    )


def make_agency_hosts(wiring: Wiring) -> AgencyHosts:
    """Build what hosts do with agencies; who deletes a user needs it too."""
    return AgencyHosts(wiring.db, wiring.clock, wiring.recorder, wiring.settings.agency_notice)


def make_statement_routes(exports: StatementExports) -> list[Route]:
    """Return where statements are fetched."""
    return [export_route("statements", exports.lines)]
