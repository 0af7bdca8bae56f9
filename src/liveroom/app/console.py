"""The console's live side: who may listen, and what they are told."""

from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.keys import KeyedStamps
from liveroom.usecases.operators.console import ConsoleAccess
from liveroom.usecases.tenants.keys import ServerKeys


@dataclass(frozen=True, slots=True)
class ConsoleServices(ServiceGroup):
    """The use cases."""

    access: ConsoleAccess


def make_console(wiring: Wiring) -> ConsoleServices:
    """Build them."""
    has_sockets = wiring.settings.realtime == "builtin" and not wiring.settings.serverless
    server_keys = ServerKeys(wiring.db, wiring.keys, wiring.clock)
    access = ConsoleAccess(KeyedStamps(wiring.keys), wiring.clock, wiring.tenants, server_keys, has_sockets)
    return ConsoleServices(access)
