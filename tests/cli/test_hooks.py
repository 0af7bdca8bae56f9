"""`liveroom hooks`, and what the doctor says of hooks and of the event log."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from liveroom.app.checkup.event_log import look_at_event_log
from liveroom.app.checkup.hooks import look_at_hooks
from liveroom.clock import SystemClock
from liveroom.domain.findings import Level
from liveroom.keys.keyfile import read_key_file
from liveroom.settings import load_settings
from liveroom.simulate.endpoint import Mood
from tests.hook_server import HookServer, hook_server, refuse
from tests.operator import Operator
from tests.servers import LOOPBACK, Redis, free_ports


@contextmanager
def beside() -> Iterator[HookServer]:
    """Yield a server that answers in a loop of its own: commands have theirs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = hook_server()
    try:
        yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def add(operator: Operator, server: HookServer, *options: str, moment: str = "enter") -> str:
    """Add a hook that leads to the server; return its id."""
    said = operator.run("hooks", "add", moment, f"{server.endpoint.url}/ask", *options)
    server.secrets.append(said.split()[-1])
    return said.split()[0]


def test_a_hook_is_added_tried_out_and_taken_away(operator: Operator) -> None:
    operator.run("tenants", "add", "shop")
    with beside() as server:
        options = ("--tenant", "shop", "--timeout", "2s", "--otherwise", "refuse", "--category", "ktv")
        hook = add(operator, server, *options)
        row = [hook, "shop", "enter in ktv", f"{server.endpoint.url}/ask", "2s", "refuse"]
        assert operator.row(hook, "hooks", "list") == row
        assert operator.run("hooks", "test", hook).startswith("allow (")
        assert [(asked["type"], asked["tenant"]) for asked in server.questions] == [("ask.enter", "shop")]
        server.decide = refuse
        assert operator.run("hooks", "test", hook).startswith("refuse 'members only' (")
        server.endpoint.mood = Mood.BROKEN
        assert "it answered HTTP 502; until that is fixed, nobody is let in" in operator.run(
            "hooks", "test", hook, status=2
        )
        assert "is removed" in operator.run("hooks", "remove", hook)
        assert f"there is no hook {hook}" in operator.run("hooks", "remove", hook, status=2)
        assert f"there is no hook {hook}" in operator.run("hooks", "test", hook, status=2)


def test_a_new_secret_signs_and_the_one_before_does_too(operator: Operator) -> None:
    with beside() as server:
        hook = add(operator, server, moment="go_live")
        old, new = server.secrets[0], operator.run("hooks", "rotate", hook).split()[-1]
        for secret in (old, new):
            server.secrets = [secret]
            assert operator.run("hooks", "test", hook).startswith("allow")


def test_secrets_move_to_a_new_key_of_the_installation(operator: Operator, tmp_path: Path) -> None:
    with beside() as server:
        hook = add(operator, server)
        (old,) = [key.id for key in read_key_file(tmp_path / "data")]
        operator.run("keys", "rotate")
        assert f"1 texts can be opened only with {old}" in operator.run("keys", "drop", old, status=2)
        assert "1 of 1 sealed texts were re-sealed" in operator.run("keys", "reseal")
        assert f"{old} is removed" in operator.run("keys", "drop", old)
        assert operator.run("hooks", "test", hook).startswith("allow")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["enter", "ftp://example.com"], "has to be https://"),
        (["enter", "example.com/ask"], "has to be https://"),
        (["enter", "https://me:word@example.com/"], "a password in it"),
        (["enter", "https://example.com/#part"], "no #part"),
        (["enter", "https://example.com/", "--timeout", "99ms"], "100ms to 5s"),
        (["enter", "https://example.com/", "--timeout", "6s"], "100ms to 5s"),
        (["enter", "https://example.com/", "--timeout", "soon"], "as 800ms or 2s"),
        (["enter", "https://example.com/", "--tenant", "nobody"], "there is no tenant 'nobody'"),
    ],
)
def test_what_cannot_be_a_hook_is_refused_with_a_sentence(words: list[str], problem: str, operator: Operator) -> None:
    assert problem in operator.run("hooks", "add", *words, status=2)


def test_one_moment_has_four_hooks_at_most(operator: Operator) -> None:
    for _ in range(4):
        operator.run("hooks", "add", "enter", "https://example.com/ask")
    assert "there are 4 hooks for enter already" in operator.run(
        "hooks", "add", "enter", "https://example.com/ask", status=2
    )
    operator.run("hooks", "add", "go_live", "https://example.com/ask")


def test_the_doctor_asks_every_hook(operator: Operator, tmp_path: Path) -> None:
    async def look() -> list[tuple[Level, str]]:
        settings = load_settings({"data_dir": tmp_path / "data"}, environ={}, dotenv=None)
        return [(found.level, found.fact) async for found in look_at_hooks(settings, SystemClock())]

    assert asyncio.run(look()) == []
    with beside() as server:
        add(operator, server)
        assert asyncio.run(look()) == [(Level.OK, "it answers in time (before enter)")]
        server.endpoint.mood = Mood.DOWN
        ((level, fact),) = asyncio.run(look())
        assert (level, fact) == (Level.WARN, "it hung up before it answered (before enter)")
    hook = operator.run("hooks", "add", "go_live", f"http://{LOOPBACK}:{free_ports(1)[0]}/", "--otherwise", "refuse")
    assert hook
    levels = {level for level, _ in asyncio.run(look())}
    assert levels == {Level.WARN, Level.FAIL}


async def test_the_doctor_looks_where_events_are_logged(tmp_path: Path) -> None:
    async def look(text: str) -> tuple[Level, str]:
        settings = load_settings({"data_dir": tmp_path, "event_log": text}, environ={}, dotenv=None)
        (found,) = [found async for found in look_at_event_log(settings)]
        return found.level, found.fact

    assert (await look(f"file://{tmp_path}/events.jsonl"))[0] is Level.OK
    level, fact = await look(f"file://{tmp_path}/nowhere/events.jsonl")
    assert (level, fact) == (Level.FAIL, f"the folder {tmp_path}/nowhere does not exist")
    level, fact = await look(f"redis://{LOOPBACK}:{free_ports(1)[0]}?stream=events")
    assert (level, fact[:26]) == (Level.FAIL, "its Redis does not answer:")


@pytest.mark.services
async def test_the_doctor_counts_what_a_stream_holds(tmp_path: Path, redis_server: Redis) -> None:
    redis_server.flushall()
    given = {"data_dir": tmp_path, "event_log": f"{redis_server.url}?stream=events"}
    (found,) = [one async for one in look_at_event_log(load_settings(given, environ={}, dotenv=None))]
    assert (found.level, found.fact) == (Level.OK, "its Redis answers; the stream holds 0 events")
