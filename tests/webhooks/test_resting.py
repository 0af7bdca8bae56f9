"""While nobody is told anything a process looks seldom what waits; it looks at once when others may be told."""

import pytest

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.webhooks.model import WebhookState
from liveroom.usecases.webhooks.queue import SELDOM
from tests.webhooks.stage import Stage


async def looks(stage: Stage) -> bool:
    """Say whether the next run asks the database."""
    stage.world.sql.down = True
    try:
        await stage.core.outward.workers.run()
    except DatabaseUnavailable:
        return True
    finally:
        stage.world.sql.down = False
    return False


async def rests(stage: Stage) -> None:
    """Let the process look once, and see that it does not look again."""
    await stage.core.outward.workers.run()
    assert not await looks(stage)


async def test_while_nobody_is_told_a_process_looks_every_five_seconds(stage: Stage) -> None:
    await rests(stage)
    stage.world.pass_by(SELDOM.total_seconds() / 2)
    assert not await looks(stage)
    stage.world.pass_by(SELDOM.total_seconds() / 2)
    assert await looks(stage)


async def test_what_waits_for_a_webhook_that_another_process_took_away_is_dropped_nevertheless(stage: Stage) -> None:
    await rests(stage)
    async with stage.world.neighbour() as other:
        webhook = await stage.add()
        await stage.tell("room:1")
        await other.outward.webhooks.reload()
        await other.db.webhooks.remove(webhook.id)
        await other.outward.webhooks.reload()
        await other.outward.workers.run()
    assert await stage.waiting() == 0


@pytest.mark.parametrize("state", [WebhookState.OFF, WebhookState.GONE])
async def test_it_looks_once_more_when_nobody_is_told_any_longer(stage: Stage, state: WebhookState) -> None:
    webhook = await stage.add()
    assert await looks(stage)
    assert await looks(stage)
    await stage.core.outward.webhooks.switch(webhook.id, state)
    assert await looks(stage)
    await rests(stage)


async def test_a_webhook_that_is_added_while_the_process_rests_gets_events_at_the_next_run(stage: Stage) -> None:
    await rests(stage)
    await stage.add()
    await stage.tell("room:1")
    assert await looks(stage)
    assert (await stage.deliver(), len(stage.receiver.taken)) == (1, 1)


async def test_a_webhook_that_is_switched_on_again_gets_what_waits_at_the_next_run(stage: Stage) -> None:
    webhook = await stage.add()
    await stage.tell("room:1")
    await stage.core.outward.webhooks.switch(webhook.id, WebhookState.OFF)
    await rests(stage)
    await stage.core.outward.webhooks.switch(webhook.id, WebhookState.ON)
    assert await looks(stage)
    assert (await stage.deliver(), len(stage.receiver.taken)) == (1, 1)
