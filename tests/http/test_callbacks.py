"""The doors of vendors by themselves: who is let in, how long they are kept, and what a failure looks like to each."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from liveroom.domain.errors import BadRequest, DatabaseUnavailable, PermissionDenied
from liveroom.domain.presence.outside import OutsideReport
from liveroom.http.callbacks import CallbackSource, callback_routes

SECOND = timedelta(seconds=1)


def read(query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> OutsideReport:
    """Take what is signed with an s; the names in queries come in small letters."""
    if query.get("sign") != "s" and headers.get("sign") != "s":
        raise PermissionDenied("not signed")
    if body == b"junk":
        raise BadRequest("must be a JSON object")
    return OutsideReport(7)


async def handle(_: OutsideReport) -> None:
    """Be content."""


def caller(*, repeats: bool = True, known: bool = True, timeout: timedelta = SECOND) -> CallbackSource:
    return CallbackSource(name="v", read=read if known else None, thanks={"code": 0}, timeout=timeout, repeats=repeats)


async def post(
    who: CallbackSource, handle: Callable[[OutsideReport], Awaitable[None]] = handle, body: bytes = b"{}", **query: str
) -> int:
    transport = httpx.ASGITransport(Starlette(routes=callback_routes([who], handle)))
    async with httpx.AsyncClient(transport=transport, base_url="http://door", trust_env=False) as client:
        return (await client.post("/callbacks/v", params=query, content=body)).status_code


async def test_who_is_signed_is_handled_once() -> None:
    handled: list[OutsideReport] = []

    async def keep(report: OutsideReport) -> None:
        handled.append(report)

    assert await post(caller(), keep, Sign="s") == 200
    assert handled == [OutsideReport(7)]


@pytest.mark.parametrize(("known", "body", "sign", "status"), [
    (False, b"{}", "s", 403), (True, b"{}", "", 403), (True, b"junk", "s", 400), (True, b"x" * 300_000, "s", 413),
])  # fmt: skip
async def test_what_is_not_taken_is_not_handled(known: bool, body: bytes, sign: str, status: int) -> None:
    async def never(_: OutsideReport) -> None:
        raise AssertionError("heard")

    with capture_logs() as logs:
        assert await post(caller(known=known), never, body, sign=sign) == status
    assert [line["event"] for line in logs] == (["callback.refused"] if known or status == 403 else [])


@pytest.mark.parametrize(("repeats", "status"), [(True, 503), (False, 200)])
async def test_what_cannot_be_handled_now_is_asked_for_again_where_it_is_repeated(repeats: bool, status: int) -> None:
    async def fail(_: OutsideReport) -> None:
        raise DatabaseUnavailable

    with capture_logs() as logs:
        assert await post(caller(repeats=repeats), fail, sign="s") == status
    assert [line["event"] for line in logs] == ["callback.unavailable"]


async def test_nobody_is_kept_waiting_longer_than_they_wait() -> None:
    async def hang(_: OutsideReport) -> None:
        await asyncio.Event().wait()

    assert await post(caller(timeout=timedelta(milliseconds=10)), hang, sign="s") == 503
    assert await post(caller(timeout=timedelta(milliseconds=10), repeats=False), hang, sign="s") == 200


async def test_an_application_of_nobody_is_told_so() -> None:
    async def refuse(_: OutsideReport) -> None:
        raise PermissionDenied("the SDKAppID is no tenant's")

    assert await post(caller(), refuse, sign="s") == 403
