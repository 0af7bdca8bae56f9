"""What makes the parts of the program that record themselves while traces are on (``traced``): here, as they are."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from liveroom.api.dispatch import Dispatcher
from liveroom.app.backends import make_live
from liveroom.ports import Clock, Live, LiveListener, RecoveryStore
from liveroom.providers.hooks import HttpHookClient
from liveroom.providers.webhooks import WebhookPosts
from liveroom.settings import Settings
from liveroom.store.sql.database import SqlDatabase

if TYPE_CHECKING:
    from liveroom.http.asgi import LiveroomAsgi
    from liveroom.http.metrics import Meter
    from liveroom.realtime.batch_writer import BatchWriter
    from liveroom.realtime.client import CarryOut
    from liveroom.realtime.hub import Hub


class Instruments:
    """Makes the parts that would record themselves: while traces are off, as they are."""

    spans: Mapping[tuple[str, ...], float] = {}
    """How many were sent, and how many were lost."""
    dispatcher: type[Dispatcher] = Dispatcher

    def database(self, db: SqlDatabase) -> SqlDatabase:
        """Return the database that the program is to use in place of this one."""
        return db

    def live(self, settings: Settings, recovery: RecoveryStore, clock: Clock) -> Live:
        """Return the live store (``wiring.LiveMaker``)."""
        return make_live(settings, recovery, clock)

    def posts(self, clock: Clock) -> WebhookPosts:
        """Return the way to webhooks."""
        return WebhookPosts(clock)

    def hook_client(self) -> HttpHookClient:
        """Return the way to asking hooks."""
        return HttpHookClient()

    def asgi(self, make: "Callable[..., LiveroomAsgi]") -> "Callable[..., LiveroomAsgi]":
        """Return what makes the ASGI application."""
        return make

    def meter(self, make: "Callable[[Iterable[str]], Meter]") -> "Callable[[Iterable[str]], Meter]":
        """Return what makes the counter of calls."""
        return make

    def writer(self, make: "Callable[[], BatchWriter]") -> "Callable[[], BatchWriter]":
        """Return what makes the writer to sockets."""
        return make

    def commands(self, carry_out: "CarryOut") -> "CarryOut":
        """Return what carries out the commands of sockets."""
        return carry_out

    def listener(self, live: Live, hub: "Hub") -> LiveListener:
        """Return what the live store tells of publications."""
        return hub


UNRECORDED: Final = Instruments()
