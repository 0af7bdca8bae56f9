"""Two processes on one database, each with its own memory as live store: only one may serve, whatever stands still."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from liveroom.settings import Settings
from tests.chaos.processes import Liveroom
from tests.stories.world import BASE, SECRET, salt_of, signed

pytestmark = pytest.mark.slow


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[Liveroom]]:
    """Yield two processes that share a data folder, not started yet."""
    settings = Settings(data_dir=tmp_path / "data", secret=SECRET)
    lasting = replace(settings, lease_keepalive=timedelta(minutes=5))
    made = [Liveroom(tmp_path / name, lasting) for name in ("a", "b")]
    yield made
    for process in made:
        process.kill()


def ask(process: Liveroom, path: str, **given: str) -> dict[str, object]:
    answer = httpx.post(f"{process.url}/{BASE}{path}", json=given, timeout=30, trust_env=False)
    assert answer.status_code == 200
    reply: dict[str, object] = answer.json()
    return reply


def sign_in(process: Liveroom, name: str) -> dict[str, str]:
    """Make an account and sign in; return who is calling."""
    assert ask(process, "oauth/register", username=name, salt=salt_of(name))["errorCode"] == 0
    data = ask(process, "oauth/signature", **signed(name, int(time.time() * 1000)))["data"]
    assert isinstance(data, dict)
    return {"userId": data["userId"], "token": data["token"]}


def test_a_process_that_resumes_after_another_took_over_writes_nothing_and_leaves(
    processes: list[Liveroom], tmp_path: Path
) -> None:
    first, second = processes
    first.start()
    anchor = sign_in(first, "anchor")
    assert ask(first, "rooms/enter_room", **anchor, roomId=anchor["userId"], role="anchor")["errorCode"] == 0
    first.pause()
    second.start()
    assert "service.waiting" in second.log()
    assert ask(second, "rooms/leave_room", **anchor, roomId=anchor["userId"])["errorCode"] == 0
    with sqlite3.connect(tmp_path / "data" / "liveroom.db") as reader:
        stays = reader.execute("SELECT * FROM lr_stays").fetchall()
        first.resume()
        with suppress(httpx.TransportError):
            assert ask(first, "rooms/leave_room", **anchor, roomId=anchor["userId"])["errorCode"] in {100, 103}
        assert first.wait() == 0
        assert "service.lease_lost" in first.log()
        assert reader.execute("SELECT * FROM lr_stays").fetchall() == stays
    assert ask(second, "rooms/query_room", **anchor)["errorCode"] == 0


def test_a_process_that_is_told_to_stop_makes_room_for_the_next(processes: list[Liveroom]) -> None:
    first, second = processes
    first.start()
    assert first.terminate() == 0
    second.start()
    assert "service.waiting" not in second.log()
