"""What liveroom promises of LiveKit, with a real one: who may show something, and who has to go goes at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from tests.vendors.real_livekit import joined
from tests.vendors.real_livekit_stage import A_SECOND, SOON, Stage, gone, with_real_livekit

pytestmark = [pytest.mark.long, pytest.mark.slow]

_POLLED: Final = 20.0
_COMPARED: Final = 60.0


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a service with a real LiveKit."""
    async with with_real_livekit(tmp_path) as made:
        yield made


async def test_a_host_shows_and_viewers_see_but_show_nothing(stage: Stage) -> None:
    ada = await stage.guest()
    async with joined(await stage.credential(stage.host)) as host, joined(await stage.credential(ada)) as viewer:
        await host.show()
        await viewer.until(lambda: viewer.sees(stage.host.user), SOON)
        with pytest.raises(Exception, match=r"(?i)permission|not allowed|timed? ?out"):
            await viewer.show()
        assert not host.sees(ada.user)


async def test_a_seat_lets_somebody_show_until_they_leave_it(stage: Stage) -> None:
    ada = await stage.guest()
    async with joined(await stage.credential(stage.host)) as host, joined(await stage.credential(ada)) as speaker:
        await stage.ask(ada, "seats/take", seat=1)
        await stage.until_may_show(ada)
        await speaker.show()
        await host.until(lambda: host.sees(ada.user), SOON)
        await stage.ask(ada, "seats/leave")
        await host.until(lambda: not host.sees(ada.user), A_SECOND)


async def test_a_muted_seat_shows_nothing_until_it_is_unmuted(stage: Stage) -> None:
    ada = await stage.guest()
    await stage.ask(ada, "seats/take", seat=1)
    async with joined(await stage.credential(stage.host)) as host, joined(await stage.credential(ada)) as speaker:
        await speaker.show()
        await host.until(lambda: host.sees(ada.user), SOON)
        await stage.ask(stage.host, "seats/mute", targetId=ada.user, video=True)
        await host.until(lambda: not host.sees(ada.user), A_SECOND)
        await stage.ask(stage.host, "seats/mute", targetId=ada.user, video=False)
        await stage.until_may_show(ada)
        await speaker.show()
        await host.until(lambda: host.sees(ada.user), SOON)


async def test_an_old_token_of_a_seat_lets_nobody_show_for_longer_than_a_second(stage: Stage) -> None:
    ada = await stage.guest()
    await stage.ask(ada, "seats/take", seat=1)
    old = await stage.credential(ada)
    await stage.ask(ada, "seats/leave")
    async with joined(await stage.credential(stage.host)) as host, joined(old) as speaker:
        showing = asyncio.ensure_future(speaker.show())
        await stage.until_may_not_show(ada, A_SECOND)
        await host.until(lambda: not host.sees(ada.user), A_SECOND)
        await asyncio.wait({showing})
        assert showing.exception() is not None or not host.sees(ada.user)


async def test_without_webhooks_an_old_token_of_a_seat_lets_nobody_show_for_longer_than_a_minute(stage: Stage) -> None:
    stage.hop.lost = 1.0
    ada = await stage.guest()
    await stage.ask(ada, "seats/take", seat=1)
    old = await stage.credential(ada)
    await stage.ask(ada, "seats/leave")
    async with joined(await stage.credential(stage.host)) as host, joined(old) as speaker:
        await speaker.show()
        await host.until(lambda: host.sees(ada.user), SOON)
        await host.until(lambda: not host.sees(ada.user), _COMPARED)


async def test_whoever_is_kicked_is_out_within_a_second_and_again_with_the_same_token(stage: Stage) -> None:
    ada = await stage.guest()
    credential = await stage.credential(ada)
    async with joined(credential) as viewer:
        began = time.monotonic()
        await stage.ask(stage.host, "moderation/kick", targetId=ada.user)
        await gone(viewer, began)
    async with joined(credential) as again:
        await gone(again, time.monotonic())


async def test_whoever_was_kicked_and_enters_again_stays(stage: Stage) -> None:
    ada = await stage.guest()
    credential = await stage.credential(ada)
    await stage.ask(stage.host, "moderation/kick", targetId=ada.user)
    assert (await ada.enter(stage.room, "audience")).code == 0
    async with joined(await stage.credential(stage.host)) as host, joined(credential) as viewer:
        await host.show()
        await viewer.until(lambda: viewer.sees(stage.host.user), SOON)
        with pytest.raises(TimeoutError):
            await viewer.until(lambda: not viewer.is_connected, _POLLED)


async def test_without_webhooks_somebody_who_was_removed_is_out_within_twenty_seconds(stage: Stage) -> None:
    stage.hop.lost = 1.0
    ada = await stage.guest()
    credential = await stage.credential(ada)
    await stage.ask(stage.host, "moderation/ban", targetId=ada.user)
    async with joined(credential) as again:
        await gone(again, time.monotonic(), within=_POLLED)
    assert "participant_joined" in stage.hop.events(ada.user)


async def test_whoever_is_banned_is_out_within_a_second(stage: Stage) -> None:
    ada = await stage.guest()
    async with joined(await stage.credential(ada)) as viewer:
        began = time.monotonic()
        await stage.ask(stage.host, "moderation/ban", targetId=ada.user)
        await gone(viewer, began)
    assert (await ada.call("rtc/credential", {"roomId": stage.room})).code != 0


async def test_everybody_is_out_when_the_show_ends(stage: Stage) -> None:
    ada = await stage.guest()
    async with joined(await stage.credential(stage.host)) as host, joined(await stage.credential(ada)) as viewer:
        began = time.monotonic()
        await stage.ask(stage.host, "rooms/destroy_room")
        await asyncio.gather(gone(host, began), gone(viewer, began))
