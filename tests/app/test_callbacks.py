"""Callbacks without a scheduler: a vendor's call runs due jobs like any other."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from liveroom.app.running import running
from liveroom.app.serving import make_app
from liveroom.domain.accounts.users import User
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.settings import load_settings
from tests import callbacks
from tests.callbacks import KEYS, Callback
from tests.service import SDK_APP_ID, SDK_SECRET
from tests.worlds import WoundClock

ALICE = UserId("40000001")


def unhandled() -> None:
    raise AssertionError("another process serves")


async def post(app: Any, given: Callback) -> int:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door", trust_env=False) as client:
        answer = await client.post(given.path, params=given.query, content=given.content, headers=given.headers)
    return answer.status_code


async def test_a_web_function_receives_vendors_reports_with_its_jobs(tmp_path: Path) -> None:
    flags = {"data_dir": tmp_path, "trtc_sdk_app_id": SDK_APP_ID, "trtc_secret": SDK_SECRET, **KEYS}
    settings = replace(load_settings(flags, environ={}, dotenv=None), serverless=True)
    clock = WoundClock()
    async with running(settings, clock, on_lost=unhandled) as core:
        now = clock.now()
        await core.db.users.add(User(ALICE, DEFAULT_TENANT, now, now))
        app, _ = make_app(core)
        assert core.request_driven is not None
        clock.advance(2)
        assert await post(app, callbacks.trtc(103, "r1", ALICE, clock.now())) == 200
        assert [source.source for source in await core.live.sources(ALICE)] == ["trtc"]
        assert core.request_driven.start_due() is None, "the call has run the jobs of this second"
