"""What is told is delivered: all of it, in order within a stream, signed, in as few messages as may be."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.events.records import NewEvent, StoredEvent
from liveroom.domain.ids import TenantName
from liveroom.domain.webhooks.deliveries import dead_letter, message_of
from liveroom.domain.webhooks.model import Webhook, WebhookState
from liveroom.domain.webhooks.signing import fresh_secret
from liveroom.simulate.endpoint import VendorRequest, VendorResponse
from tests.payloads import saying
from tests.webhooks.receiver import is_signed, listening
from tests.webhooks.stage import Stage

AT = datetime(2026, 3, 1, 12, 0, 0, 5_000, tzinfo=UTC)
STORED = StoredEvent("e1", "room:7", 3, TenantName("acme"), "room.opened", "ktv", AT, '{"title":"歌 \\"🎶\\""}')


def test_one_event_is_a_message_of_its_own_with_its_own_id() -> None:
    message = message_of([STORED], AT)
    assert message.id == "e1"
    assert json.loads(message.body) == {
        "id": "e1",
        "type": "room.opened",
        "timestamp": "2026-03-01T12:00:00.005Z",
        "tenant": "acme",
        "stream": "room:7",
        "seq": 3,
        "data": {"title": '歌 "🎶"'},
    }


def test_several_events_are_a_batch_whose_id_is_that_of_the_same_events_again() -> None:
    other = STORED._replace(id="e2", seq=4)
    first, again = message_of([STORED, other], AT), message_of([STORED, other], AT + timedelta(hours=1))
    body = json.loads(first.body)
    assert (body["type"], [event["id"] for event in body["data"]["events"]]) == ("batch", ["e1", "e2"])
    assert first.id == again.id
    assert len({first.id, message_of([STORED], AT).id, message_of([STORED, STORED._replace(id="e3")], AT).id}) == 3
    assert "." not in first.id, "the signature separates with a dot"


async def test_what_is_told_is_delivered_whole_and_in_order(stage: Stage) -> None:
    await stage.add()
    for count in (3, 4):
        for room in range(5):
            await stage.tell(f"room:{room}", count)
    assert await stage.deliver() == 35
    assert {stream: stage.receiver.of(stream) for stream in ("room:0", "room:4")} == {
        "room:0": [1, 2, 3, 4, 5, 6, 7],
        "room:4": [1, 2, 3, 4, 5, 6, 7],
    }
    assert (await stage.waiting(), stage.receiver.forged) == (0, 0)
    assert len(stage.receiver.messages) == 1, "thirty-five fit one message"


async def test_no_message_has_more_events_than_the_webhook_takes(stage: Stage) -> None:
    await stage.add(batch=10)
    for room in range(30):
        await stage.tell(f"room:{room}", 3)
    await stage.tell("room:long", 95)
    await stage.deliver()
    assert max(len(ids) for ids in stage.receiver.seen) == 10
    assert stage.receiver.of("room:long") == list(range(1, 96))
    assert Counter(event["id"] for event in stage.receiver.taken).most_common(1)[0][1] == 1


async def test_a_large_message_is_as_large_as_the_webhook_takes(stage: Stage) -> None:
    await stage.add(batch=1000)
    await stage.tell("room:1", 1200)
    await stage.deliver()
    assert [len(ids) for ids in stage.receiver.seen] == [1000, 200]


async def test_a_change_counts_in_the_middle_of_what_is_delivered(stage: Stage) -> None:
    webhook = await stage.add(batch=100)
    await stage.tell("room:1", 4000)
    async with listening() as other:
        other.secrets = stage.receiver.secrets

        async def move() -> None:
            await stage.receiver.endpoint.come.wait()
            await stage.core.outward.webhooks.change(webhook.id, lambda known: replace(known, url=other.url))

        moving = asyncio.create_task(move())
        await stage.deliver()
        await moving
        numbers = [event["seq"] for event in [*stage.receiver.taken, *other.taken]]
        assert numbers == list(range(1, 4001))
        assert other.taken, "what was left came there"


async def test_what_a_target_does_not_want_is_passed_over(stage: Stage) -> None:
    await stage.add(kinds=frozenset({"member.*"}), categories=frozenset({"ktv"}))
    await stage.add(kinds=frozenset({"room.closed"}))
    for kind in ("room.opened", "member.entered", "room.closed"):
        await stage.tell("room:1", 2, kind=kind)
    await stage.tell("room:2", kind="member.entered", category="other")
    await stage.deliver()
    received = Counter(event["type"] for event in stage.receiver.taken)
    assert received == {"member.entered": 2, "room.closed": 2}
    assert await stage.waiting() == 0


async def test_a_tenant_is_told_of_its_own_and_nothing_else(stage: Stage) -> None:
    acme = TenantName("acme")
    async with listening() as other:
        await stage.add()
        await stage.add(other, acme)
        await stage.tell("room:1")
        await stage.tell("room:acme-1", tenant=acme)
        await stage.deliver()
        assert [event["tenant"] for event in stage.receiver.taken] == [""]
        assert [event["tenant"] for event in other.taken] == ["acme"]


async def test_while_nobody_wants_to_be_told_nothing_is_written(stage: Stage) -> None:
    await stage.tell("room:1")
    webhook = await stage.add()
    await stage.core.outward.webhooks.switch(webhook.id, WebhookState.OFF)
    await stage.tell("room:1")
    assert await stage.core.db.event_partitions.next_target("") is None


async def test_after_a_rotation_both_secrets_are_good_for_a_day(stage: Stage) -> None:
    webhook = await stage.add()
    old, new = stage.receiver.secrets[0], (await stage.core.outward.webhooks.rotate(webhook.id)).secrets[0].text
    for secrets in ([old], [new]):
        stage.receiver.secrets = secrets
        await stage.tell("room:1")
        await stage.deliver()
    assert (len(stage.receiver.taken), stage.receiver.forged) == (2, 0)
    stage.world.pass_by(24 * 3600 + 1)
    stage.receiver.secrets = [old]
    await stage.tell("room:1")
    await stage.deliver()
    assert stage.receiver.forged == 1, "the old one has ceased to sign"


async def test_a_signature_is_not_good_for_another_body_or_another_id(stage: Stage) -> None:
    requests: list[VendorRequest] = []
    await stage.add()
    answer = stage.receiver.endpoint.answer

    def overhear(request: VendorRequest) -> VendorResponse:
        requests.append(request)
        return answer(request)

    stage.receiver.endpoint.answer = overhear
    await stage.tell("room:1")
    await stage.deliver()
    (request,), (secret,) = requests, stage.receiver.secrets
    assert is_signed(request, secret)
    assert not is_signed(request._replace(body=request.body + b" "), secret)
    assert not is_signed(request._replace(headers={**request.headers, "webhook-id": "another"}), secret)


async def test_what_waits_while_a_webhook_is_off_is_delivered_when_it_is_on_again(stage: Stage) -> None:
    webhooks = stage.core.outward.webhooks
    webhook = await stage.add()
    await stage.tell("room:1")
    await webhooks.switch(webhook.id, WebhookState.OFF)
    assert (await stage.deliver(), await stage.waiting()) == (0, 1)
    await webhooks.switch(webhook.id, WebhookState.ON)
    assert await stage.deliver() == 1


async def test_a_webhook_that_is_removed_leaves_nothing_behind(stage: Stage) -> None:
    webhook = await stage.add()
    await stage.tell("room:1")
    await stage.core.outward.webhooks.remove(webhook.id)
    assert await stage.waiting() == 0
    assert stage.core.outward.webhooks.all() == []


async def test_partitions_of_a_webhook_that_another_process_removed_are_cleared(stage: Stage) -> None:
    webhook = await stage.add()
    await stage.tell("room:1")
    await stage.core.db.webhooks.remove(webhook.id)
    await stage.core.outward.webhooks.reload()
    await stage.deliver()
    assert await stage.core.db.event_partitions.next_target("") is None


async def test_a_webhook_that_this_process_has_not_heard_of_keeps_what_waits(stage: Stage) -> None:
    async with stage.world.neighbour() as other:
        webhook = await other.outward.webhooks.add(TenantName(""), stage.receiver.url)
        stage.receiver.secrets.append(webhook.secrets[0].text)
        now = stage.world.service.clock.now()
        event = [NewEvent("room.opened", "", now, saying())]
        await other.db.transact(lambda tx: other.recorder.record(tx, TenantName(""), "room:1", event))
    assert (await stage.deliver(), await stage.waiting()) == (0, 1)
    await stage.core.outward.webhooks.reload()
    assert await stage.deliver() == 1


async def test_a_tick_delivers_and_the_figures_say_so(stage: Stage) -> None:
    webhook = await stage.add()
    await stage.tell("room:1", 3)
    shown = (await stage.world.service.http.get("/metrics")).text
    assert "\nliveroom_webhook_events_waiting 3.0\nliveroom_webhook_streams_waiting 1.0\n" in _without_help(shown)
    assert (await stage.core.tick())["told_outside"] == 3
    await stage.core.db.dead_letters.add([dead_letter(STORED, webhook.id, stage.world.service.clock.now(), "no")])
    await stage.core.outward.webhooks.replay(webhook.id)
    assert (await stage.core.tick())["told_outside"] == 1
    shown = _without_help((await stage.world.service.http.get("/metrics")).text)
    assert '\nliveroom_webhook_events_total{outcome="delivered"} 3.0\n' in shown
    assert '\nliveroom_webhook_messages_total{outcome="taken"} 1.0\n' in shown
    (sent,) = await stage.core.db.deliveries.list(webhook.id, 10)
    assert (sent.events, sent.status, sent.reason) == (3, 204, "")


def _without_help(shown: str) -> str:
    return "\n".join(line for line in shown.splitlines() if not line.startswith("#")) + "\n"


@pytest.mark.parametrize("batch", [1, 7])
async def test_a_stream_is_in_order_whatever_its_messages_hold(stage: Stage, batch: int) -> None:
    await stage.add(batch=batch)
    await stage.tell("room:1", 20)
    await stage.tell("room:2", 20)
    await stage.deliver()
    assert stage.receiver.of("room:1") == stage.receiver.of("room:2") == list(range(1, 21))


def test_a_webhook_says_nothing_of_its_secrets() -> None:
    secret = fresh_secret(AT)
    shown = repr(Webhook("wh_1", TenantName(""), "https://a.example", (secret,), AT))
    assert secret.text not in shown
