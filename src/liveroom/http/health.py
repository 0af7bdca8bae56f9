"""Whether this process lives, whether it can serve, and the tick that an outside timer gives it.

``/healthz`` looks at the process alone: a lost dependency must not make an orchestrator kill every node. ``/readyz``
names what is missing, without saying more about it to strangers than its name.
"""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from structlog import get_logger

from liveroom.domain.errors import Unavailable
from liveroom.http.metrics import MetricsPage

log = get_logger("liveroom.http")

Check = Callable[[], Awaitable[object]]
Tick = Callable[[], Awaitable[Mapping[str, Any]]]

_CHECK_SECONDS: Final = 2.0
_GOOD_FOR_SECONDS: Final = 0.5
_TICK: Final = "/internal/tick"
_EVENTS: Final = "/invoke"
"""Where Alibaba's platform sends a timer's event; the others have a setting for it."""
_SAID_AS: Final = ("key", "payload", "Message")
"""What an event calls the text that its timer was given: AWS as one writes it, Alibaba, Tencent."""
_LARGEST_EVENT: Final = 4096


class Health:
    """Asks each dependency at most twice a second, however many ask for the answer."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        down: Callable[[str, Exception], None] | None = None,
    ) -> None:
        """``down`` is told, each time, which dependency does not answer and why."""
        self._checks = dict(checks)
        self._down = down
        self._monotonic = monotonic
        self._asked = float("-inf")
        self._known: dict[str, bool] = {}
        self._asking = asyncio.Lock()
        self.draining = False
        """Set when the process stops: no new work, please."""

    async def dependencies(self) -> Mapping[str, bool]:
        """Return which dependencies answer."""
        async with self._asking:
            if self._monotonic() - self._asked >= _GOOD_FOR_SECONDS:
                answers = await asyncio.gather(*(self._ask(name) for name in self._checks))
                self._known = dict(zip(self._checks, answers, strict=True))
                self._asked = self._monotonic()
            return self._known

    async def _ask(self, name: str) -> bool:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._checks[name]()
        except Exception as problem:
            if self._down is not None:
                self._down(name, problem)
            return False
        return True


def health_routes(
    health: Health,
    figures: MetricsPage | None,
    *,
    tick: Tick | None = None,
    internal_key: str = "",
    takes_events: bool = False,
) -> list[Route]:
    """Return the routes for whoever runs the service; ``figures`` None answers ``/metrics`` 404.

    ``takes_events``: a platform that runs functions may tick by its own path for events.
    """

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        known = await health.dependencies()
        ready = all(known.values()) and not health.draining
        body = {
            "status": "ready" if ready else "unready",
            "draining": health.draining,
            "dependencies": {name: "ok" if fine else "down" for name, fine in known.items()},
        }
        return JSONResponse(body, 200 if ready else 503)

    async def metrics(request: Request) -> Response:
        if figures is None:
            raise HTTPException(404)
        body, kind = await figures.render(request.headers.get("accept", ""))
        return Response(body, media_type=kind)

    async def internal_tick(request: Request) -> Response:
        if tick is None or not await _has_key(request, internal_key):
            return JSONResponse({"error": "the internal key is missing or wrong"}, 403)
        try:
            return JSONResponse({"done": dict(await tick())})
        except Unavailable as failure:
            log.warning("tick.unavailable", cause=repr(failure.__cause__ or failure))
            return JSONResponse({"error": "the service cannot work now"}, 503)

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        *(Route(path, internal_tick, methods=["POST"]) for path in (_TICK, *([_EVENTS] if takes_events else []))),
    ]


async def _has_key(request: Request, key: str) -> bool:
    """Compare in constant time; without a configured key nobody has it."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    given = request.headers.get("x-internal-key") or (bearer.strip() if scheme.lower() == "bearer" else "")
    given = given or await _key_of_event(request)
    return bool(key) and hmac.compare_digest(given.encode(), key.encode())


async def _key_of_event(request: Request) -> str:
    """Return what a timer says that can send no headers, only an event; "" where it says nothing."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or not 0 < int(length) <= _LARGEST_EVENT:
        return ""
    try:
        event = msgspec.json.decode(await request.body(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return next((text for name in _SAID_AS if isinstance(text := event.get(name), str)), "")
