"""The vendors that may call us: which keys the settings give, and how each is read and thanked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from starlette.routing import Route

from liveroom.app.assembly import Core
from liveroom.app.media import reveal
from liveroom.app.request_driven import RequestDrivenScheduler
from liveroom.app.stream_servers import make_stream_callbacks, make_stream_tokens
from liveroom.domain.presence.outside import OutsideReport
from liveroom.domain.streams.model import StreamCall, StreamReportKind, StreamServerName
from liveroom.http.callbacks import CallbackSource, Read, ReportHandler, callback_routes
from liveroom.http.stream_callbacks import jwks_route, stream_callback_routes
from liveroom.ports import Clock
from liveroom.providers.livekit.webhooks import read_webhook
from liveroom.providers.tencent.im_callbacks import check_im, read_im
from liveroom.providers.tencent.trtc_callbacks import read_trtc
from liveroom.settings import Settings
from liveroom.usecases.presence.outside import Outside

_IM_THANKS: Final = {"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0}
_IM_TIMEOUT: Final = timedelta(seconds=1.7)
"""Tencent IM waits for two seconds."""
_TIMEOUT: Final = timedelta(seconds=4.5)
"""TRTC and LiveKit wait for five; servers of streams for ten or more."""


def make_callbacks(core: Core) -> list[Route]:
    """Return the routes of all vendors; those without a key refuse everything."""
    settings, clock = core.settings, core.clock
    return _of_vendors(core, settings, clock) + _of_streams(core)


def _of_vendors(core: Core, settings: Settings, clock: Clock) -> list[Route]:
    return callback_routes(
        [
            CallbackSource(name="im", read=_im(settings, clock), thanks=_IM_THANKS, timeout=_IM_TIMEOUT, repeats=False),
            CallbackSource(
                name="trtc", read=_trtc(settings, clock), thanks={"code": 0}, timeout=_TIMEOUT, repeats=True
            ),
            CallbackSource(
                name="livekit", read=_livekit(settings, clock), thanks={"code": 0}, timeout=_TIMEOUT, repeats=True
            ),
        ],
        core.outside.receive if core.request_driven is None else _with_jobs(core.outside, core.request_driven),
    )


def _of_streams(core: Core) -> list[Route]:
    callers, request_driven = make_stream_callbacks(core.settings), core.request_driven
    services, recordings = core.services.media.streams, core.services.recordings.stream_files

    async def decide(server: StreamServerName, call: StreamCall) -> bool:
        if call.play is not None:
            return await services.viewers.may_watch(call.play, server)
        if call.file is not None and server == core.settings.streams:
            await recordings.written(call.file)
        if call.report is None:
            return True
        verdict = await services.reports.receive(call.report, server)
        if verdict.allowed and call.report.kind is not StreamReportKind.ENDED:
            await recordings.pushed(call.report.name)
        return verdict.allowed or call.report.kind is not StreamReportKind.ASKED

    async def with_jobs(server: StreamServerName, call: StreamCall) -> bool:
        if request_driven is None:
            return await decide(server, call)
        await request_driven.begin()
        async with request_driven.beside():
            return await decide(server, call)

    keys = [jwks_route(name, tokens.jwks()) for name, tokens in make_stream_tokens(core.settings).items()]
    return keys + stream_callback_routes(callers, with_jobs, core.clock, _TIMEOUT)


def _with_jobs(outside: Outside, request_driven: RequestDrivenScheduler) -> ReportHandler:
    """Return what receives reports and runs due jobs beside that."""

    async def receive(report: OutsideReport) -> None:
        await request_driven.begin()
        async with request_driven.beside():
            await outside.receive(report)

    return receive


def _im(settings: Settings, clock: Clock) -> Read | None:
    token = reveal(settings.im_callback_token)

    def read(query: Mapping[str, str], _headers: Mapping[str, str], body: bytes) -> OutsideReport:
        now = clock.now()
        check_im(token, query, now)
        return read_im(query, body, now)

    return read if token else None


def _trtc(settings: Settings, clock: Clock) -> Read | None:
    """Read TRTC's; where its console lets anybody send, nobody is held to what our credentials allow."""
    key, holds = reveal(settings.trtc_callback_key), settings.trtc_permission_control

    def read(_query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> OutsideReport:
        report = read_trtc(key, headers, body, clock.now())
        return report if holds else report._replace(published=None)

    return read if key else None


def _livekit(settings: Settings, clock: Clock) -> Read | None:
    key, secret = settings.livekit_key, reveal(settings.livekit_secret)

    def read(_query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> OutsideReport:
        return read_webhook(key, secret, headers, body, clock.now())

    return read if key and secret else None
