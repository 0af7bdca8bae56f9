"""Wires what hands people their data, and says how long what is kept."""

from dataclasses import dataclass
from datetime import timedelta

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.privacy.exports import LASTS
from liveroom.domain.webhooks.deliveries import DEAD_LETTERS_KEPT
from liveroom.settings.declaring import variable
from liveroom.usecases.presence.recovery import REMEMBERED
from liveroom.usecases.privacy.archives import Archives
from liveroom.usecases.privacy.exports import Exports
from liveroom.usecases.privacy.purging import EVENTS_KEPT
from liveroom.usecases.privacy.retention import KeptFor, KeptKind


@dataclass(frozen=True, slots=True)
class ExportServices(ServiceGroup):
    """The use cases."""

    exports: Exports
    kept: KeptFor


def make_exports(wiring: Wiring) -> ExportServices:
    """Build them."""
    db, clock = wiring.db, wiring.clock
    return ExportServices(Exports(db, wiring.live, clock, Archives(db, clock)), _kept(wiring))


def _kept(wiring: Wiring) -> KeptFor:
    set_by_operator = ("messages", "reports", "stays", "audit")
    fixed = {
        "events": EVENTS_KEPT,
        "dead_letters": DEAD_LETTERS_KEPT,
        "ended_sessions": REMEMBERED,
        "sign_in_codes": timedelta(days=1),
        "export_links": LASTS,
        "accounts": timedelta(0),
        "broadcasts": timedelta(0),
    }
    return KeptFor(
        (
            *(
                KeptKind(what, getattr(wiring.settings, f"{what}_keep"), variable(f"{what}_keep"))
                for what in set_by_operator
            ),
            *(KeptKind(what, keep) for what, keep in fixed.items()),
        )
    )
