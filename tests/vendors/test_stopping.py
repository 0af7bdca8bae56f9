"""A real process whose vendor hangs: it answers its callers, and stops in time."""

import asyncio
import signal
import time
from pathlib import Path

from liveroom.clock import SystemClock
from liveroom.simulate.im_state import ADMINISTRATOR, ImGroup
from tests.service import SDK_APP_ID, SDK_SECRET, process
from tests.vendors.simulator import simulator

STOPPED_WITHIN = 10.0


async def test_a_process_whose_vendor_hangs_answers_and_stops_and_the_next_one_does_the_work(tmp_path: Path) -> None:
    async with simulator(SystemClock()) as tencent:
        im = tencent.im
        settings = {
            "trtc_sdk_app_id": SDK_APP_ID,
            "trtc_secret": SDK_SECRET,
            "tim_administrator": ADMINISTRATOR,
            "tencent_origin": im.endpoint.url,
            "vendor_timeout": "60s",
        }
        im.endpoint.hold()
        async with process(tmp_path, **settings) as running:
            device = await running.sign_up()
            room = await device.go_live(title="Karaoke")
            async with asyncio.timeout(30):
                await im.endpoint.come.wait()
            assert (await device.detail(room)).code == 0
            begun = time.monotonic()
            running.process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(running.process.wait(), 30) == 0
            assert time.monotonic() - begun < STOPPED_WITHIN
        im.endpoint.let_go()
        im.groups.clear()
        async with process(tmp_path, **settings):
            await seen(im.groups, room)


async def seen(groups: dict[str, ImGroup], room: str) -> None:
    """Wait until the group is there: the call that was broken off is given the time that it may still take."""
    async with asyncio.timeout(25):
        while room not in groups:
            await asyncio.wait({asyncio.create_task(asyncio.Event().wait())}, timeout=0.2)
