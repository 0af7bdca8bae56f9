"""Wires red envelopes, and the background job about them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.app.background import MaintenanceJob, Processes
from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.usecases.envelopes.ending import EnvelopeEndings
from liveroom.usecases.envelopes.filling import EnvelopeFilling
from liveroom.usecases.envelopes.giving import Giving
from liveroom.usecases.envelopes.grabbing import EnvelopeGrabs
from liveroom.usecases.envelopes.knowing import KnownEnvelopes
from liveroom.usecases.envelopes.listing import EnvelopeLists
from liveroom.usecases.envelopes.sending import AdminEnvelopes, EnvelopeRules, Envelopes, EnvelopeSenders
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.posting import Ledger
from liveroom.usecases.protection.adults import Adults
from liveroom.usecases.rooms.ranks import Ranks

_SECOND: Final = timedelta(seconds=1)
ENVELOPES: Final[MaintenanceJob[EnvelopeEndings]] = MaintenanceJob(
    "envelopes",
    "opens red envelopes, and gives back what is left of those that are over",
    EnvelopeEndings.run,
    Processes.ANY,
    _SECOND,
    beside_calls=_SECOND,
    counted="envelopes",
    on=EnvelopeEndings,
)
"""The background job about them."""


@dataclass(frozen=True, slots=True)
class EnvelopeServices(ServiceGroup):
    """The use cases."""

    envelopes: Envelopes
    admin: AdminEnvelopes
    grabs: EnvelopeGrabs
    endings: EnvelopeEndings
    lists: EnvelopeLists


def senders_of(wiring: Wiring) -> EnvelopeSenders:
    """Return who may send envelopes by the settings."""
    return EnvelopeSenders(wiring.settings.envelopes if wiring.settings.offers("envelopes") else "off")


def make_envelopes(wiring: Wiring, ledger: Ledger, approvals: Approvals, adults: Adults) -> EnvelopeServices:
    """Build them."""
    db, live, clock, settings = wiring.db, wiring.live, wiring.clock, wiring.settings
    filling = EnvelopeFilling(db, clock, ledger, wiring.recorder, wiring.relay)
    endings = EnvelopeEndings(db, clock, ledger, wiring.recorder, wiring.relay)
    giving = Giving(db, clock, ledger, wiring.recorder, settings.envelope_coins)
    senders = senders_of(wiring)
    return EnvelopeServices(
        envelopes=Envelopes(live, filling, adults, EnvelopeRules(senders, settings.envelope_max)),
        admin=AdminEnvelopes(filling, approvals),
        grabs=EnvelopeGrabs(live, clock, KnownEnvelopes(db), adults, giving, endings),
        endings=endings,
        lists=EnvelopeLists(db, Ranks(db, live), clock),
    )
