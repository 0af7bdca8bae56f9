"""`liveroom webhooks`, and what the doctor says of webhooks."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom.app.assembly import Core
from liveroom.app.checkup.webhooks import look_at_webhooks
from liveroom.clock import SystemClock
from liveroom.domain.events.records import NewEvent
from liveroom.domain.findings import Level
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.webhooks.deliveries import DeadLetter, Delivery
from liveroom.domain.webhooks.model import WebhookState
from liveroom.keys.keyfile import read_key_file
from liveroom.settings import load_settings
from liveroom.simulate.endpoint import VendorResponse
from tests.operator import Operator
from tests.payloads import saying
from tests.webhooks.receiver import Receiver, listening

URL = "https://shop.example/hook"


@contextmanager
def beside() -> Iterator[Receiver]:
    """Yield a receiver in a loop of its own: commands have theirs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    opened = listening()
    try:
        yield asyncio.run_coroutine_threadsafe(opened.__aenter__(), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(opened.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def add(operator: Operator, *options: str, url: str = URL) -> str:
    """Add a webhook and return its id."""
    return operator.run("webhooks", "add", url, *options).split()[0]


def fail_once(operator: Operator, webhook: str) -> None:
    """Let something wait, a delivery have failed and an event have died."""

    async def work(core: Core) -> None:
        now = core.clock.now()
        events = [NewEvent("room.opened", "", now, saying())]
        await core.db.transact(lambda tx: core.recorder.record(tx, DEFAULT_TENANT, "room:1", events))
        await core.db.deliveries.add(Delivery(webhook, now, "m1", 3, 500, 12, "HTTP 500: no"))
        dead = DeadLetter("e1", webhook, DEFAULT_TENANT, "room:9", 4, "room.closed", now, now, "HTTP 500: no", "{}")
        await core.db.dead_letters.add([dead])

    operator.within(work)


def test_a_webhook_is_added_tried_out_changed_and_taken_away(operator: Operator) -> None:
    operator.run("tenants", "add", "shop")
    with beside() as receiver:
        said = operator.run(
            "webhooks", "add", receiver.url, "--tenant", "shop", "--kind", "member.*", "--category", "ktv"
        )
        webhook, secret = said.split()[0], said.split()[-1]
        receiver.secrets.append(secret)
        assert re.fullmatch(r"HTTP 204 \(\d+ ms\)\n", operator.run("webhooks", "test", webhook))
        (event,) = receiver.taken
        assert (event["type"], event["tenant"]) == ("webhook.test", "shop")
        assert secret not in operator.run("webhooks", "list"), "it is shown once"
        receiver.rule = lambda _: VendorResponse(b"out of order", 503)
        assert "HTTP 503" in operator.run("webhooks", "test", webhook, status=2)
    assert "it cannot be reached" in operator.run("webhooks", "test", webhook, status=2)
    operator.run("webhooks", "set", webhook, "--url", URL, "--kind", "all", "--category", "all", "--batch", "7")

    async def look(core: Core) -> None:
        known = core.outward.webhooks.find(webhook)
        assert (known.url, known.kinds, known.categories, known.batch) == (URL, frozenset(), frozenset(), 7)
        assert known.timeout == timedelta(seconds=15)

    operator.within(look)
    assert "is removed" in operator.run("webhooks", "remove", webhook)
    for words in (["remove"], ["test"], ["rotate"], ["off"], ["log"], ["dead"], ["replay"], ["set", "--batch", "3"]):
        command, *options = words
        assert f"there is no webhook {webhook}" in operator.run("webhooks", command, webhook, *options, status=2)


def test_a_new_secret_signs_and_the_one_before_does_too(operator: Operator) -> None:
    with beside() as receiver:
        said = operator.run("webhooks", "add", receiver.url)
        webhook, old = said.split()[0], said.split()[-1]
        new = operator.run("webhooks", "rotate", webhook).split()[-1]
        for secret in (old, new):
            receiver.secrets = [secret]
            assert operator.run("webhooks", "test", webhook).startswith("HTTP 204")


def test_secrets_move_to_a_new_key_of_the_installation(operator: Operator, tmp_path: Path) -> None:
    with beside() as receiver:
        said = operator.run("webhooks", "add", receiver.url)
        receiver.secrets.append(said.split()[-1])
        (old,) = [key.id for key in read_key_file(tmp_path / "data")]
        operator.run("keys", "rotate")
        assert f"1 texts can be opened only with {old}" in operator.run("keys", "drop", old, status=2)
        assert "1 of 1 sealed texts were re-sealed" in operator.run("keys", "reseal")
        assert f"{old} is removed" in operator.run("keys", "drop", old)
        assert operator.run("webhooks", "test", said.split()[0]).startswith("HTTP 204")


def test_what_waits_what_failed_and_what_died_is_shown(operator: Operator) -> None:
    webhook = add(operator)
    fail_once(operator, webhook)
    shown = operator.run("webhooks", "list")
    assert all(word in shown for word in ("1 of 1", "HTTP 500"))
    assert "m1" in operator.run("webhooks", "log", webhook)
    assert all(word in operator.run("webhooks", "dead", webhook) for word in ("e1", "room.closed", "room:9"))


def test_a_change_that_changes_nothing_or_asks_for_an_unknown_kind_is_refused(operator: Operator) -> None:
    webhook = add(operator)
    assert "nothing to change" in operator.run("webhooks", "set", webhook, status=2)
    assert "do you mean room.closed?" in operator.run("webhooks", "set", webhook, "--kind", "room.close", status=2)


def test_what_commands_take_and_where_it_goes_are_whole_in_a_narrow_terminal(operator: Operator) -> None:
    webhook = add(operator, url="https://hooks.example.com/a/very/long/way/to/go")
    fail_once(operator, webhook)
    operator.settle(COLUMNS=80)
    shown = operator.run("webhooks", "list")
    assert webhook in shown
    assert "…" not in shown


def test_dead_letters_and_kept_events_are_delivered_again_when_asked_for(operator: Operator) -> None:
    webhook = add(operator)
    fail_once(operator, webhook)
    assert "no dead letter e2" in operator.run("webhooks", "replay", webhook, "--id", "e2", status=2)
    # Ids of events begin with a hyphen these years, and were taken for options.
    assert "no dead letter -Pe" in operator.run("webhooks", "replay", webhook, "--id", "-Pe", status=2)
    assert operator.run("webhooks", "replay", webhook, "--id", "e1").startswith("1 events will be delivered again")
    assert "waiting to be" in operator.run("webhooks", "dead", webhook)
    assert operator.run("webhooks", "replay", webhook, "--since", "1h").startswith("1 events will be delivered again")
    assert operator.run("webhooks", "replay", webhook).startswith("2 events will be delivered again")
    assert "not both" in operator.run("webhooks", "replay", webhook, "--since", "1h", "--id", "e1", status=2)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["ftp://example.com"], "has to be https://"),
        (["https://me:word@example.com/"], "a password in it"),
        ([URL, "--kind", "room"], "a kind of event is written room.opened"),
        ([URL, "--kind", "*"], "a kind of event is written room.opened"),
        ([URL, "--kind", "room.close"], "'room.close': do you mean room.closed?"),
        ([URL, "--kind", "membr.*"], "'membr.*': do you mean member.*?"),
        ([URL, "--category", "a b"], "a category is"),
        ([URL, "--batch", "0"], "1 to 1000 events"),
        ([URL, "--batch", "1001"], "1 to 1000 events"),
        ([URL, "--timeout", "31s"], "1s to 30s"),
        ([URL, "--timeout", "soon"], "as 800ms or 2s"),
        ([URL, "--tenant", "nobody"], "there is no tenant 'nobody'"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_with_a_sentence(
    words: list[str], problem: str, operator: Operator
) -> None:
    assert problem in operator.run("webhooks", "add", *words, status=2)


def test_a_tenant_has_sixteen_webhooks_at_most(operator: Operator) -> None:
    async def work(core: Core) -> None:
        for _ in range(16):
            await core.outward.webhooks.add(DEFAULT_TENANT, URL)

    operator.within(work)
    assert "there are 16 webhooks already" in operator.run("webhooks", "add", URL, status=2)


def test_the_doctor_says_how_each_webhook_stands(operator: Operator, tmp_path: Path) -> None:
    async def look() -> list[tuple[Level, str]]:
        settings = load_settings({"data_dir": tmp_path / "data"}, environ={}, dotenv=None)
        return [(found.level, found.fact) async for found in look_at_webhooks(settings, SystemClock())]

    assert asyncio.run(look()) == []
    webhook = add(operator)
    assert asyncio.run(look()) == [(Level.OK, "0 events are waiting")]
    fail_once(operator, webhook)
    assert asyncio.run(look()) == [(Level.WARN, "1 events were given up")]
    operator.run("webhooks", "off", webhook)
    assert asyncio.run(look()) == [(Level.WARN, "it is paused")]

    async def work(core: Core) -> None:
        await core.outward.webhooks.switch(webhook, WebhookState.GONE, "HTTP 410")

    operator.within(work)
    ((level, fact),) = asyncio.run(look())
    assert (level, "HTTP 410" in fact) == (Level.WARN, True)
    operator.run("webhooks", "remove", webhook)
    add(operator, url="http://shop.internal/hook")
    assert asyncio.run(look()) == [(Level.WARN, "it receives events without encryption")]
