"""What /metrics can show of a service on which everything is on: names, kinds and labels."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from liveroom.app.metrics import make_figures
from liveroom.app.sockets import SocketServer, make_hub, socket_figures
from liveroom.domain.webhooks.signing import fresh_secret
from liveroom.http.metrics import Meter
from tests.service import Service, serving
from tests.worlds import WoundClock

_NOBODY: Final = "http://127.0.0.1:9"
_SUFFIXES: Final = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "info": ("_info",)}


@asynccontextmanager
async def with_everything(folder: Path) -> AsyncIterator[Service]:
    """Yield a service with gifts, its operator's wallet and Tencent; none of them is asked."""
    everything: dict[str, Any] = {
        "simulator": _NOBODY,
        "trtc_sdk_app_id": 0,
        "trtc_secret": None,
        "im_mirror": True,
        "wallet": "operator",
        "wallet_url": f"{_NOBODY}/charges",
        "wallet_secret": fresh_secret(WoundClock().now()).text,
    }
    async with serving(folder, **everything) as service:
        yield service


async def series(service: Service) -> Mapping[str, frozenset[str]]:
    """Return the name of each series that the service may show, and its labels."""
    hub = make_hub(service.core)
    meter = Meter()
    meter.observe("base/v1/gslb", 0, 0.1)
    sockets = SocketServer(gauges={"open_sockets": hub.count}, counted=socket_figures(hub))
    page = make_figures(service.core, meter, sockets)
    await page.render("text/plain")
    found: dict[str, frozenset[str]] = {}
    for family in page.registry.collect():
        named: set[str] = {*getattr(family, "_labelnames", ())}
        named |= {name for one in family.samples for name in one.labels if name != "le"}
        for suffix in _SUFFIXES.get(family.type, ("",)):
            found[family.name + suffix] = frozenset(named | {"le"} if suffix == "_bucket" else named)
    return found
