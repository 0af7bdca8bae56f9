"""Apple's notifications at their door: believed by their signature alone, and said again where they were not done."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.applications import Starlette

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.receipts.model import RefundNotice
from liveroom.http.store_notices import PATH, app_store_route
from liveroom.providers.app_store import AppleApp, AppleStore, der_of
from tests.app_store import APP_ID, BUNDLE, Authority, apple

NOW = datetime(2026, 11, 30, tzinfo=UTC)


class Door:
    """The route, and what came through it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.noted: list[RefundNotice] = []
        self.down = False

    async def note(self, notice: RefundNotice) -> bool:
        if self.down:
            raise DatabaseUnavailable
        self.noted.append(notice)
        return True

    async def post(self, body: Any) -> int:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return (await self.http.post(PATH, content=content)).status_code


@asynccontextmanager
async def door() -> AsyncIterator[Door]:
    app = AppleApp(BUNDLE, APP_ID, der_of([apple().root]), takes_tests=False, asks_apple=False)
    store, application = AppleStore(app), Starlette()
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://door", trust_env=False) as http:
        found = Door(http)
        application.router.routes.append(app_store_route(store, found.note))
        yield found
        await store.close()


async def test_a_refund_is_noted_and_thanked_for_and_said_again_while_the_database_is_away() -> None:
    said = apple().said("somebody", NOW)
    async with door() as found:
        found.down = True
        assert await found.post({"signedPayload": apple().refund(said, NOW)}) == 503
        found.down = False
        assert await found.post({"signedPayload": apple().refund(said, NOW)}) == 200
        assert [notice.id for notice in found.noted] == [said["transactionId"]]
        assert await found.post({"signedPayload": apple().notification("TEST", said, NOW)}) == 200
        assert len(found.noted) == 1


async def test_what_apple_has_not_signed_for_this_app_is_refused() -> None:
    said = apple().said("somebody", NOW)
    async with door() as found:
        assert await found.post({"signedPayload": Authority().refund(said, NOW)}) == 403
        assert await found.post({"signedPayload": apple().refund({**said, "environment": "Sandbox"}, NOW)}) == 403
        for body in (b"", b"junk", b"[]", {}, {"signedPayload": 7}, {"signedPayload": ""}):
            assert await found.post(body) == 400
        assert await found.post(b"x" * 300_000) == 413
        assert found.noted == []
