"""Watches what the doors depend on: the certificate, and which proxies stand in front."""

from collections.abc import Collection
from dataclasses import dataclass

from liveroom.http.asgi import LiveroomAsgi
from liveroom.http.certificates import Tls
from liveroom.ports import Clock, Database
from liveroom.usecases.untrusted_proxies import note_proxy


@dataclass(slots=True)
class DoorWatch:
    """Looks now and then; ``tls`` None: the service has no certificate of its own."""

    tls: Tls | None
    apps: Collection[LiveroomAsgi]
    db: Database
    clock: Clock
    _noted: str = ""

    async def look_at_certificate(self) -> None:
        """Take over a certificate that has changed."""
        if self.tls is not None:
            self.tls.refresh(self.clock.now())

    async def look_at_proxies(self) -> None:
        """Note the address of a proxy that is not trusted, for ``liveroom doctor``."""
        found = next(filter(None, (app.untrusted_proxy for app in self.apps)), "")
        if found != self._noted:
            await note_proxy(self.db, self.clock, found)
            self._noted = found
