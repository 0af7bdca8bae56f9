"""What lags behind, or is left behind: it keeps nothing else from being looked at, given up or dropped."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from liveroom.domain.events.records import NewEvent, StoredEvent, Target
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.webhooks.deliveries import (
    DEAD_LETTERS_KEPT,
    LOGGED,
    Backlog,
    Delivery,
    Undelivered,
    dead_letter,
    sample,
)
from liveroom.domain.webhooks.model import WebhookState
from liveroom.ports import StreamEvents
from liveroom.simulate.endpoint import Mood
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.webhooks.partitions import SqlEventPartitions
from liveroom.usecases.partitions import PartitionWorkers
from liveroom.usecases.webhooks.queue import EventQueue
from liveroom.usecases.webhooks.receivers import Receiver
from tests.payloads import saying
from tests.webhooks.stage import Stage

DAY = timedelta(days=1)
EVERYTHING: frozenset[str] = frozenset()


class Everybody:
    """Receivers, each with the same way to it."""

    def __init__(self, send: Callable[[Sequence[StoredEvent]], Awaitable[int]]) -> None:
        self._send = send

    edition, is_nobody = 1, False

    def find(self, target: str) -> Receiver:
        return Receiver(Target(target, EVERYTHING, EVERYTHING), self._send)

    async def is_over(self, target: str) -> bool:
        return False

    async def gone(self, target: str, reason: str) -> None:
        raise AssertionError(target)


def workers(stage: Stage, send: Callable[[Sequence[StoredEvent]], Awaitable[int]]) -> PartitionWorkers[EventQueue]:
    """Return the workers of a process that has just started."""
    core = stage.core
    return PartitionWorkers(EventQueue(core.db, core.clock, Everybody(send), give_up=3 * DAY, chance=lambda: 1.0))


async def test_what_waits_for_a_webhook_that_is_off_keeps_no_other_old_event(stage: Stage) -> None:
    webhook = await stage.add(kinds=frozenset({"room.opened"}))
    await stage.add()
    for number in range(12):
        await stage.tell(f"room:{number}", 100, kind="room.opened")
    await stage.tell("room:behind", 3)
    await stage.core.outward.webhooks.switch(webhook.id, WebhookState.OFF)
    await stage.deliver()
    stage.world.pass_by(9 * DAY.total_seconds())
    await stage.core.jobs.purge.run()
    rows = await stage.core.db.engine.rows(statement(text("SELECT COUNT(*), MIN(kind) FROM lr_events")))
    assert rows == [(1200, "room.opened")]


async def test_of_a_receiver_that_is_gone_all_that_is_too_old_is_given_up_at_one_probe(stage: Stage) -> None:
    webhook = await stage.add()
    for room in range(700):
        await stage.tell(f"room:{room}")
    stage.receiver.endpoint.mood = Mood.DOWN
    for _ in range(10):
        await stage.later(6)
    assert await stage.core.outward.workers.queue.broken() == 1
    await stage.later(3 * DAY.total_seconds() + 60)
    assert await stage.core.db.dead_letters.count(webhook.id) > 600


async def test_a_claim_that_has_lapsed_gives_nothing_up(stage: Stage) -> None:
    db = stage.core.db
    claims = 0

    async def lapse(_: Sequence[StoredEvent]) -> int:
        nonlocal claims
        claims += 1
        await db.engine.run(statement(text("UPDATE lr_event_partitions SET holder = 'another'")))
        raise Undelivered("HTTP 500", status=500)

    event = NewEvent("room.opened", "", stage.core.clock.now(), saying())
    targets = [Target("wh_slow", EVERYTHING, EVERYTHING)]
    await db.transact(lambda tx: tx.events.append(DEFAULT_TENANT, "room:1", [event], targets, event.at))
    await db.engine.run(statement(text("UPDATE lr_event_partitions SET tries = 1")))
    stage.world.pass_by(4 * DAY.total_seconds())
    await workers(stage, lapse).run_once()
    assert (claims, await db.dead_letters.count("wh_slow"), await stage.waiting()) == (1, 0, 1)


async def test_a_process_that_has_just_started_leaves_a_receiver_alone_that_has_asked_for_quiet(stage: Stage) -> None:
    db, asked = stage.core.db, 0

    async def busy(_: Sequence[StoredEvent]) -> int:
        nonlocal asked
        asked += 1
        raise Undelivered("HTTP 429", status=429, again=timedelta(minutes=2))

    event = NewEvent("room.opened", "", stage.core.clock.now(), saying())
    targets = [Target("wh_busy", EVERYTHING, EVERYTHING)]
    await db.transact(lambda tx: tx.events.append(DEFAULT_TENANT, "room:1", [event], targets, event.at))
    for passed, times in ((0, 1), (119, 1), (2, 2)):
        stage.world.pass_by(passed)
        await workers(stage, busy).run_once()
        assert asked == times


async def test_a_tick_of_a_new_process_looks_at_every_target(stage: Stage) -> None:
    now = stage.core.clock.now()
    targets = [Target(f"wh_{number:03}", EVERYTHING, EVERYTHING) for number in range(EventQueue.limits.partitions + 10)]
    stream_events = StreamEvents(DEFAULT_TENANT, "room:1", [NewEvent("room.opened", "", now, saying())], targets)
    await stage.core.db.transact(lambda tx: tx.events.append_all([stream_events], now))

    async def take(events: Sequence[StoredEvent]) -> int:
        return 200

    assert await workers(stage, take).run_once() == EventQueue.limits.partitions + 10


async def test_a_process_that_has_delivered_nothing_drops_what_others_have_logged(stage: Stage) -> None:
    db, now = stage.core.db, stage.core.clock.now()
    for target in ("wh_a", "wh_b"):
        for _ in range(LOGGED + 5):
            await db.deliveries.add(Delivery(target, now, "m", 1, 200, 3))
        await db.dead_letters.add(
            [dead_letter(sample(DEFAULT_TENANT, now), target, now - DEAD_LETTERS_KEPT - DAY, "no")]
        )
    assert await stage.core.outward.workers.queue.purge() == 12
    assert len(await db.deliveries.list("wh_b", 2 * LOGGED)) == LOGGED


async def test_a_receiver_that_was_dead_and_is_removed_is_no_open_breaker_any_more(stage: Stage) -> None:
    webhook = await stage.add(batch=1)
    for room in range(30):
        await stage.tell(f"room:{room}")
    stage.receiver.endpoint.mood = Mood.DOWN
    await stage.deliver()
    assert await stage.core.outward.workers.queue.broken() == 1
    await stage.core.outward.webhooks.remove(webhook.id)
    assert await stage.core.outward.workers.queue.broken() == 0


async def test_partitions_without_anything_that_is_wanted_leave_others_their_turn(stage: Stage) -> None:
    webhook = await stage.add()
    for room in range(1200):
        await stage.tell(f"room:{room}")
    await stage.core.outward.webhooks.change(webhook.id, lambda known: replace(known, kinds=frozenset({"user.*"})))
    delivering = asyncio.create_task(stage.deliver())
    rounds = 0
    while not delivering.done():
        await asyncio.sleep(0)
        rounds += 1 if 0 < await stage.waiting() < 1200 else 0
    assert rounds >= 2
    assert await stage.waiting() == 0


async def test_all_figures_of_one_look_count_what_waits_once(stage: Stage) -> None:
    await stage.add()
    await stage.tell("room:1", 3)
    event_workers, partitions, asked = stage.core.outward.workers.queue, stage.core.db.event_partitions, []

    class Counted(SqlEventPartitions):
        async def waiting(self) -> Sequence[Backlog]:
            asked.append(self)
            return await partitions.waiting()

    stage.core.db.event_partitions = Counted(stage.core.db.engine)
    events, streams, _ = await asyncio.gather(
        event_workers.waiting_events(), event_workers.waiting_partitions(), event_workers.oldest()
    )
    assert (events, streams, len(asked)) == (3, 1, 1)
    await stage.deliver()
    assert await event_workers.waiting_events() == 0
