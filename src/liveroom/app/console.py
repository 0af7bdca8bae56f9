"""What operators do, by the console or with a server key: each part is wired in a file of its own."""

from dataclasses import dataclass

from liveroom.app.drift import DriftServices, make_drift
from liveroom.app.exports import ExportServices, make_exports
from liveroom.app.figures import OverviewServices, make_overviews
from liveroom.app.groups import ServiceGroup
from liveroom.app.modules import Modules
from liveroom.app.operators import OperatorServices, make_operators
from liveroom.app.people import People
from liveroom.app.statistics import StatisticsServices, make_statistics
from liveroom.app.system import System, make_system
from liveroom.app.wiring import Wiring
from liveroom.usecases.drift.streams import StreamDrift
from liveroom.usecases.operators.console import ConsoleAccess
from liveroom.usecases.signed_texts import SignedTexts


@dataclass(frozen=True, slots=True)
class ConsoleServices(ServiceGroup):
    """The use cases."""

    access: ConsoleAccess
    operators: OperatorServices
    exports: ExportServices
    system: System
    overview: OverviewServices
    statistics: StatisticsServices
    drift: DriftServices


def make_console(wiring: Wiring, people: People, modules: Modules, streams: StreamDrift) -> ConsoleServices:
    """Build them."""
    has_sockets = wiring.settings.realtime == "builtin" and not wiring.settings.serverless
    system = make_system(wiring, people, modules)
    server_keys = system.keys.server_keys
    operators = make_operators(wiring, modules.needed)
    tokens, sessions = SignedTexts(wiring.stamps, "console socket "), operators.sessions
    return ConsoleServices(
        access=ConsoleAccess(tokens, wiring.clock, wiring.tenants, server_keys, sessions, has_sockets),
        operators=operators,
        system=system,
        overview=make_overviews(wiring),
        exports=make_exports(wiring),
        statistics=make_statistics(wiring),
        drift=make_drift(wiring, streams),
    )
