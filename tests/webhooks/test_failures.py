"""Receivers that fail: what is told waits, comes again, is given up in the end, and stops nobody else."""

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import insert
from structlog.testing import capture_logs

from liveroom.domain.ids import TenantName
from liveroom.domain.webhooks.deliveries import LONGEST_WAIT, Undelivered, wait_before
from liveroom.domain.webhooks.model import WebhookState
from liveroom.simulate.endpoint import Mood, VendorRequest, VendorResponse
from liveroom.store.sql.backend_tables import event_partitions
from liveroom.store.sql.dialect import Value, Values, statement
from tests.webhooks.receiver import FINE, Event, Rule, listening
from tests.webhooks.stage import Stage, turn

NO = VendorResponse(b"no\nsecond line", 500)
DAY = 24 * 3600.0


def refuses(*streams: str) -> Rule:
    """Return a rule that refuses every message with an event of one of these streams."""
    return lambda events: NO if any(event["stream"] in streams for event in events) else FINE


async def until_quiet(stage: Stage, spans: int = 12, seconds: float = 3700) -> None:
    """Let all that may be tried again be tried again."""
    for _ in range(spans):
        await stage.later(seconds)


def test_waits_grow_from_seconds_to_an_hour() -> None:
    longest = [wait_before(tries, 1.0).total_seconds() for tries in (1, 2, 3, 9, 10, 11, 100)]
    assert longest == [5, 10, 20, 1280, 2560, 3600, 3600]
    assert wait_before(1, 0.0) == timedelta(seconds=3.75)
    assert wait_before(10_000, 1.0) == LONGEST_WAIT


def test_a_reason_is_cut_to_what_is_kept() -> None:
    assert len(str(Undelivered("x" * 5000))) == 500


@pytest.mark.parametrize("status", [500, 404, 301, 400])
async def test_whatever_is_no_success_is_tried_again_with_the_same_ids(stage: Stage, status: int) -> None:
    await stage.add()
    stage.receiver.rule = lambda _: VendorResponse(b"", status, "Location: http://127.0.0.1:9/\r\n")
    await stage.tell("room:1", 3)
    assert (await stage.deliver(), await stage.failing()) == (0, [1])
    stage.receiver.rule = lambda _: FINE
    assert await stage.later(3) == 0, "too early"
    assert await stage.later(3) == 3
    first, again = stage.receiver.seen
    assert first == again
    assert stage.receiver.messages[0] == stage.receiver.messages[1]


async def test_a_poisoned_room_stops_itself_alone(stage: Stage) -> None:
    await stage.add()
    for room in range(20):
        await stage.tell(f"room:{room}", 2)
    stage.receiver.rule = refuses("room:7")
    assert await stage.deliver() == 0, "they travelled together"
    assert await stage.later(6) == 38
    for room in range(20):
        await stage.tell(f"room:{room}", 2)
    await stage.deliver()
    assert {room: stage.receiver.of(f"room:{room}") for room in (3, 7)} == {3: [1, 2, 3, 4], 7: []}
    stage.receiver.rule = lambda _: FINE
    await until_quiet(stage, 2)
    assert stage.receiver.of("room:7") == [1, 2, 3, 4]


async def test_after_two_failures_a_partition_travels_event_by_event(stage: Stage) -> None:
    await stage.add()
    await stage.tell("room:1", 4)
    stage.receiver.rule = lambda events: NO if any(event["seq"] == 3 for event in events) else FINE
    await until_quiet(stage, 4)
    assert stage.receiver.of("room:1") == [1, 2], "those before the one that is refused arrive"
    assert [len(ids) for ids in stage.receiver.seen[:2]] == [4, 4]


async def test_what_is_refused_for_three_days_is_a_dead_letter_and_the_stream_goes_on(stage: Stage) -> None:
    webhook = await stage.add()
    await stage.tell("room:1", 3)
    stage.receiver.rule = lambda events: NO if any(event["seq"] == 2 for event in events) else FINE
    await until_quiet(stage, 69)
    assert stage.receiver.of("room:1") == [1]
    assert await stage.core.db.dead_letters.count(webhook.id) == 0
    await until_quiet(stage, 4)
    assert stage.receiver.of("room:1") == [1, 3]
    (dead,) = await stage.core.db.dead_letters.list(webhook.id, 10)
    assert (dead.stream, dead.seq, dead.reason, dead.body) == ("room:1", 2, "HTTP 500: no", '{"n":1}')
    assert await stage.waiting() == 0


async def test_a_dead_receiver_is_left_alone_and_found_again(stage: Stage) -> None:
    await stage.add(batch=1)
    for room in range(30):
        await stage.tell(f"room:{room}")
    stage.receiver.endpoint.mood = Mood.DOWN
    with capture_logs() as logs:
        await stage.deliver()
        asked = stage.receiver.endpoint.asked
        assert 5 <= asked <= 10, "then the breaker is open"
        for _ in range(20):
            await stage.later(1)
        assert stage.receiver.endpoint.asked - asked <= 3
        stage.receiver.endpoint.mood = Mood.WELL
        for _ in range(4):
            await stage.later(61)
    assert sorted(event["stream"] for event in stage.receiver.taken) == sorted(f"room:{room}" for room in range(30))
    assert [line["event"] for line in logs if line["event"].startswith("webhook")] == [
        "webhook.unavailable",
        "webhook.recovered",
    ]


async def test_what_waits_too_long_for_a_receiver_that_never_answers_is_given_up_untried(stage: Stage) -> None:
    webhook = await stage.add(batch=1)
    for room in range(30):
        await stage.tell(f"room:{room}", 2)
    stage.receiver.endpoint.mood = Mood.DOWN
    await stage.deliver()
    await stage.later(3 * DAY + 60)
    for _ in range(60):
        await stage.later(61)
    assert await stage.waiting() == 0
    assert await stage.core.db.dead_letters.count(webhook.id) == 60


async def test_a_receiver_that_asks_for_quiet_gets_it(stage: Stage) -> None:
    await stage.add(batch=1)
    for room in range(3):
        await stage.tell(f"room:{room}")
    stage.receiver.rule = lambda _: VendorResponse(b"", 429, "Retry-After: 120\r\n")
    await stage.deliver()
    asked = stage.receiver.endpoint.asked
    stage.receiver.rule = lambda _: FINE
    for _ in range(11):
        await stage.later(10)
    assert stage.receiver.endpoint.asked == asked
    await stage.later(11)
    assert len(stage.receiver.taken) == 3


async def test_a_good_answer_counts_whatever_it_says_of_trying_again(stage: Stage) -> None:
    await stage.add()
    stage.receiver.rule = lambda _: VendorResponse(
        b"", 200, "Retry-After: Mon, 19 Mar 99999999999999999999 12:08:40 GMT\r\n"
    )
    await stage.tell("room:1")
    await stage.deliver()
    assert await stage.waiting() == 0
    assert stage.receiver.endpoint.asked == 1


async def test_no_receiver_leaves_a_cookie(stage: Stage) -> None:
    headers: list[dict[str, str]] = []

    def bake(request: VendorRequest) -> VendorResponse:
        headers.append(request.headers)
        return VendorResponse(b"", 204, f"Set-Cookie: n{len(headers)}=1; Path=/\r\n")

    stage.receiver.endpoint.answer = bake
    await stage.add()
    for room in range(3):
        await stage.tell(f"room:{room}")
        await stage.deliver()
    assert len(headers) == 3
    assert all("cookie" not in sent for sent in headers)


async def test_a_receiver_that_is_gone_is_switched_off_and_nothing_waits_for_it(stage: Stage) -> None:
    webhook = await stage.add()
    stage.receiver.rule = lambda _: VendorResponse(b"there is no such thing", 410)
    for room in range(5):
        await stage.tell(f"room:{room}")
    await stage.deliver()
    known = stage.core.outward.webhooks.find(webhook.id)
    assert (known.state, known.reason) == (WebhookState.GONE, "HTTP 410: there is no such thing")
    await stage.tell("room:9")
    assert await stage.waiting() == 0


async def test_a_receiver_that_hangs_keeps_no_other_waiting(stage: Stage) -> None:
    async with listening() as other:
        await stage.add(timeout=timedelta(seconds=1))
        await stage.add(other, TenantName("acme"))
        stage.receiver.endpoint.hold()
        await stage.tell("room:1")
        await stage.core.outward.workers.run()
        await asyncio.wait_for(stage.receiver.endpoint.come.wait(), 5)
        await stage.tell("room:acme-1", tenant=TenantName("acme"))
        begun = time.perf_counter()
        await stage.core.outward.workers.run()
        assert time.perf_counter() - begun < 0.5, "no job waits for a receiver"
        async with asyncio.timeout(5):
            while not other.taken:
                await stage.core.outward.workers.run()
                await turn()
        assert stage.receiver.taken == []


async def test_a_message_that_hangs_keeps_no_other_room_waiting(stage: Stage) -> None:
    await stage.add()
    stage.receiver.endpoint.hold()
    for number in range(3):
        await stage.tell(f"room:{number}")
        stage.receiver.endpoint.come.clear()
        await stage.core.outward.workers.run()
        await asyncio.wait_for(stage.receiver.endpoint.come.wait(), 5)
        assert stage.receiver.endpoint.under_way == number + 1
    stage.receiver.endpoint.let_go()
    await stage.deliver()
    assert len(stage.receiver.taken) == 3


async def test_an_answer_that_never_ends_is_read_to_its_bound(stage: Stage) -> None:
    await stage.add()
    stage.receiver.rule = lambda _: VendorResponse(b"x" * 1_000_000, 500)
    await stage.tell("room:1")
    await stage.deliver()
    (waiting,) = await stage.core.db.event_partitions.waiting()
    assert waiting.reason == f"HTTP 500: {'x' * 200}"


async def test_what_is_no_http_is_a_failure_like_others(stage: Stage) -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    async with server:
        stage.receiver.endpoint.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await stage.add()
        await stage.tell("room:1")
        await stage.deliver()
    (waiting,) = await stage.core.db.event_partitions.waiting()
    assert (waiting.failing, waiting.reason) == (1, "it answered what cannot be read, or hung up")


async def test_a_database_that_goes_away_loses_nothing(stage: Stage) -> None:
    await stage.add()
    await stage.tell("room:1", 3)
    went: list[int] = []

    def rule(events: list[Event]) -> VendorResponse:
        stage.world.sql.down = not went
        went.append(len(events))
        return FINE

    stage.receiver.rule = rule
    with pytest.raises(Exception, match="down"):
        await stage.deliver()
    stage.world.sql.down = False
    assert await stage.later(61) == 3, "sent again, because nobody could note that it was"
    assert stage.receiver.of("room:1") == [1, 2, 3]
    assert stage.receiver.seen[0] == stage.receiver.seen[1]


async def test_a_stop_in_the_middle_gives_back_what_was_claimed(stage: Stage) -> None:
    await stage.add()
    await stage.tell("room:1", 2)
    stage.receiver.endpoint.hold()
    await stage.core.outward.workers.run()
    await asyncio.wait_for(stage.receiver.endpoint.come.wait(), 5)
    begun = time.perf_counter()
    await stage.core.outward.close()
    assert time.perf_counter() - begun < 2
    stage.receiver.endpoint.let_go()
    async with stage.world.neighbour() as other:
        assert await stage.deliver(other) == 2, "at once, not when the lease is over"
        await other.leave_vendors()


async def test_a_hundred_thousand_partitions_of_a_dead_receiver_make_no_job_long(stage: Stage) -> None:
    webhook = await stage.add()
    now = int(stage.world.service.clock.now().timestamp() * 1000) - 5000
    fields: dict[str, Value] = {
        "tenant": "",
        "sent": 0,
        "last": 1,
        "seen": 0,
        "tries": 0,
        "holder": "",
        "leased": 0,
        "reason": "",
    }
    rows: list[Values] = [
        {**fields, "target": webhook.id, "stream": f"room:{number}", "due": now} for number in range(100_000)
    ]
    await stage.core.db.engine.run_many(statement(insert(event_partitions)), rows)
    await stage.tell("room:real", 1)
    stage.receiver.endpoint.mood = Mood.DOWN
    await stage.deliver()
    asked, took = stage.receiver.endpoint.asked, []
    for _ in range(40):
        stage.world.pass_by(0.25)
        begun = time.process_time()  # of SQLite's threads too: what it costs, whatever else this machine does
        await stage.core.outward.workers.run()
        took.append(time.process_time() - begun)
        await turn()
    assert max(took) < 0.05
    assert stage.receiver.endpoint.asked - asked <= 1
