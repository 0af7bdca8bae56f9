"""Dead letters and kept events are delivered again when an operator asks for it, beside everything else."""

from datetime import timedelta

from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.webhooks.deliveries import DeadLetter
from liveroom.domain.webhooks.model import Webhook
from liveroom.simulate.endpoint import VendorResponse
from tests.webhooks.receiver import FINE
from tests.webhooks.stage import LONG, Stage

NO = VendorResponse(b"no", 500)


async def make_dead_letters(stage: Stage, webhook: Webhook, count: int) -> None:
    """Make dead letters."""
    now = stage.world.service.clock.now()
    dead = [
        DeadLetter(
            f"e{number}", webhook.id, DEFAULT_TENANT, "room:1", number, "room.updated", now, now, "HTTP 500", "{}"
        )
        for number in range(count)
    ]
    await stage.core.db.dead_letters.add(dead)


async def replay(stage: Stage) -> int:
    """Deliver what was asked for."""
    return await stage.core.outward.replays.run(LONG)


async def test_dead_letters_come_again_with_their_ids_and_are_dead_no_more(stage: Stage) -> None:
    webhook = await stage.add()
    await make_dead_letters(stage, webhook, 5)
    assert await replay(stage) == 0, "nobody has asked"
    assert await stage.core.outward.webhooks.replay(webhook.id) == 5
    assert await replay(stage) == 5
    assert [event["id"] for event in stage.receiver.taken] == [f"e{number}" for number in range(5)]
    assert await stage.core.db.dead_letters.count(webhook.id) == 0


async def test_one_that_is_refused_again_is_dead_again_and_the_others_arrive(stage: Stage) -> None:
    webhook = await stage.add()
    await make_dead_letters(stage, webhook, 5)
    stage.receiver.rule = lambda events: NO if any(event["seq"] == 2 for event in events) else FINE
    await stage.core.outward.webhooks.replay(webhook.id)
    await replay(stage)
    assert sorted(event["seq"] for event in stage.receiver.taken) == [0, 1, 3, 4]
    (dead,) = await stage.core.db.dead_letters.list(webhook.id, 10)
    assert (dead.seq, dead.due) == (2, None)


async def test_what_is_kept_can_be_had_again_also_when_it_was_delivered(stage: Stage) -> None:
    webhook = await stage.add(kinds=frozenset({"room.*"}))
    await stage.tell("room:1", 3)
    await stage.deliver()
    stage.world.pass_by(3600)
    await stage.tell("room:1", 2)
    await stage.tell("room:1", 2, kind="member.entered")
    await stage.deliver()
    first = [event["id"] for event in stage.receiver.taken]
    stage.receiver.taken.clear()
    assert await stage.core.outward.webhooks.replay(webhook.id, timedelta(minutes=30)) == 2
    await replay(stage)
    assert [event["id"] for event in stage.receiver.taken] == first[3:]


async def test_of_two_processes_one_delivers_again(stage: Stage) -> None:
    webhook = await stage.add()
    await make_dead_letters(stage, webhook, 3)
    await stage.core.outward.webhooks.replay(webhook.id)
    async with stage.world.neighbour() as other:
        stage.receiver.endpoint.hold()
        await stage.core.outward.replays.run()
        await stage.receiver.endpoint.come.wait()
        assert await other.outward.replays.run(LONG) == 0
        stage.receiver.endpoint.let_go()
        assert await replay(stage) == 3
        await other.leave_vendors()
    assert len(stage.receiver.messages) == 1
