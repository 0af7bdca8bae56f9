"""@liveroom/client over a long time: tokens that expire in the middle, and a service that starts anew."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.clients.conftest import Apps
from tests.clients.test_rooms import settled, show, unbroken
from tests.sdk.cuts import wire
from tests.sdk.stages import Stage, builtin
from tests.servers import LOOPBACK

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hasty(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Yield a service whose tokens last for six seconds."""
    async with builtin(tmp_path_factory.mktemp("hasty"), LIVEROOM_TOKEN_TTL="6s") as made:
        yield made


async def test_who_outlasts_their_token_stays_in_the_room(apps: Apps, hasty: Stage) -> None:
    host, room = await show(apps, hasty)
    async with wire(hasty.port) as line:
        guest = await apps.open(f"http://{LOOPBACK}:{line.port}", "guest", "Bob")
        await guest.enter(room)
        await guest.client.until_that(lambda: len(guest.client.seen("token")) == 3)
        known = len(guest.client.events)
        line.cut(0.5)
        await guest.client.until("status", after=known, status="connected")
        await host.act("room.send", "still here?")
        await guest.client.until("message", text="still here?")
        await settled(guest, members={host.user, guest.user}, status="inside")
        assert guest.client.seen("signed out") == []
        assert unbroken(guest)
        assert unbroken(host)


async def test_after_a_new_beginning_of_the_service_everybody_is_back(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage, title="Before and after")
    guest = await apps.open(stage.liveroom.url, "guest", "Bob")
    before = await guest.enter(room)
    await stage.stop()
    await stage.start()
    await guest.client.until("refreshed", within=30)
    await host.client.until("refreshed", within=30)
    await host.act("room.send", "here we are again")
    await guest.client.until("message", text="here we are again")
    after = await settled(guest, members={host.user, guest.user}, status="inside")
    assert after["epoch"] != before["epoch"]
    assert after["room"]["title"] == "Before and after"
