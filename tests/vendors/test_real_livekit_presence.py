"""A real LiveKit's webhooks as signs of life, in their real order and in a worse one; and its crash during a show."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.vendors.real_livekit import joined
from tests.vendors.real_livekit_stage import SOON, Stage, until, with_real_livekit
from tests.worlds import a_moment

pytestmark = [pytest.mark.long, pytest.mark.slow]

_GRACE: Final = 40.0
"""Twenty seconds after somebody has left the media their stay ends; the machine may be slow."""
_AFTER: Final = 60.0
"""Longer than the grace and two lists: by then somebody who stays has not been taken for gone."""
_LISTED: Final = 120.0
"""LiveKit is listed every 30 seconds; somebody is gone whom two lists do not have, after the grace."""
_BACK: Final = 60.0
"""For clients to notice that a server has come back."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a service with a real LiveKit."""
    async with with_real_livekit(tmp_path) as made:
        yield made


@pytest.mark.parametrize("longest", [0.0, 4.0], ids=["in-order", "late-doubled-shuffled"])
async def test_whoever_left_the_media_is_gone_and_whoever_came_back_stays(stage: Stage, longest: float) -> None:
    stage.hop.longest = longest
    leavers, returners = [await stage.guest() for _ in range(3)], [await stage.guest() for _ in range(3)]
    async with AsyncExitStack() as inside:
        await inside.enter_async_context(joined(await stage.credential(stage.host)))
        for one in (*leavers, *returners):
            async with joined(await stage.credential(one)):
                pass
        for one in returners:
            await inside.enter_async_context(joined(await stage.credential(one)))
        for one in leavers:
            async with joined(await stage.credential(one)):
                pass
        await stage.hop.settle()
        await stage.until_members(_GRACE, stage.host, *returners)
    assert stage.hop.refused == []


async def test_whatever_is_lost_nobody_who_is_in_the_media_loses_their_place(stage: Stage) -> None:
    stage.hop.lost = 0.5
    stayers, leaver = [await stage.guest() for _ in range(3)], await stage.guest()
    async with AsyncExitStack() as inside:
        await inside.enter_async_context(joined(await stage.credential(stage.host)))
        for one in stayers:
            async with joined(await stage.credential(one)):
                pass
            await inside.enter_async_context(joined(await stage.credential(one)))
        async with joined(await stage.credential(leaver)):
            stage.hop.lost = 0.0
        await stage.hop.settle()
        await stage.until_members(_GRACE, stage.host, *stayers)
        await a_moment(_AFTER)
        await stage.until_members(SOON, stage.host, *stayers)


async def test_with_every_webhook_lost_the_lists_tell_who_came_and_who_is_gone(stage: Stage) -> None:
    stage.hop.lost = 1.0
    admin, stayer, leaver = await stage.admin(), await stage.guest(), await stage.guest()
    async with joined(await stage.credential(stage.host)), joined(await stage.credential(stayer)):
        async with joined(await stage.credential(leaver)):
            await until(lambda: stage.is_seen(leaver, admin), _LISTED)
        await stage.until_members(_LISTED, stage.host, stayer)
        assert await stage.is_seen(stayer, admin)


@pytest.mark.parametrize(("seconds", "bound"), [(2, _GRACE), (0, _LISTED)], ids=["a-while-after", "at-once"])
async def test_a_show_goes_on_after_a_crash_of_livekit_without_those_who_went_meanwhile(
    stage: Stage, seconds: int, bound: float
) -> None:
    """LiveKit tells whole seconds: who joined in the one before it starts again is only missed in its lists."""
    ada, speaking, leaving = [await stage.guest() for _ in range(3)]
    async with (
        joined(await stage.credential(stage.host)) as host,
        joined(await stage.credential(ada)) as viewer,
        joined(await stage.credential(speaking)) as speaker,
    ):
        async with joined(await stage.credential(leaving)):
            await host.show()
            await viewer.until(lambda: viewer.sees(stage.host.user), SOON)
            await a_moment(seconds)
            stage.livekit.kill()
        await stage.ask(speaking, "seats/take", seat=1)
        stage.livekit.start()
        await viewer.until(lambda: viewer.is_connected and viewer.sees(stage.host.user), _BACK)
        await stage.until_may_show(speaking, _BACK)
        await speaker.show()
        await viewer.until(lambda: viewer.sees(speaking.user), SOON)
        await stage.until_members(bound, stage.host, ada, speaking)
    assert "participant_left" not in stage.hop.events(leaving.user)
