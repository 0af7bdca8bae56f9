"""Single processes of a function: who may answer, and what a stop leaves behind."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from liveroom.settings import Settings
from tests.migrated import DATABASE
from tests.serverless.platform import KEY, Function
from tests.servers import Mariadb, wait_until
from tests.stories.world import BASE, salt_of, signed

pytestmark = pytest.mark.services


@pytest.fixture
def functions(on_mysql: Settings, tmp_path: Path) -> Iterator[list[Function]]:
    """Yield two processes on a MySQL, not started yet."""
    settings = replace(on_mysql, lease_keepalive=timedelta(minutes=5))
    made = [Function(tmp_path / name, replace(settings, data_dir=tmp_path / f"tmp {name}")) for name in ("a", "b")]
    yield made
    for function in made:
        function.kill()


def ask(function: Function, path: str, **given: str) -> dict[str, object]:
    answer = httpx.post(f"{function.url}/{BASE}{path}", json=given, timeout=30, trust_env=False)
    assert answer.status_code == 200
    reply: dict[str, object] = answer.json()
    return reply


def sign_in(function: Function, name: str) -> dict[str, str]:
    """Make an account and sign in; return who is calling."""
    assert ask(function, "oauth/register", username=name, salt=salt_of(name))["errorCode"] == 0
    data = ask(function, "oauth/signature", **signed(name, int(time.time() * 1000)))["data"]
    assert isinstance(data, dict)
    return {"userId": data["userId"], "token": data["token"]}


def test_a_process_that_resumes_after_another_took_over_answers_100_writes_nothing_and_leaves(
    functions: list[Function], mariadb: Mariadb
) -> None:
    first, second = functions
    first.start()
    anchor = sign_in(first, "anchor")
    assert ask(first, "rooms/enter_room", **anchor, roomId=anchor["userId"], role="anchor")["errorCode"] == 0
    first.pause()
    second.start()
    left = ask(second, "rooms/leave_room", **anchor, roomId=anchor["userId"])
    assert left["errorCode"] == 0
    stays = mariadb.execute("SELECT * FROM lr_stays", DATABASE)

    first.resume()
    reply = ask(first, "rooms/leave_room", **anchor, roomId=anchor["userId"])
    assert reply["errorCode"] == 100
    assert first.wait() == 0
    assert "service.lease_lost" in first.log()
    assert mariadb.execute("SELECT * FROM lr_stays", DATABASE) == stays
    assert ask(second, "rooms/query_room", **anchor)["errorCode"] == 0


def test_a_process_that_is_told_to_stop_writes_who_was_heard_and_makes_room_for_the_next(
    functions: list[Function], mariadb: Mariadb
) -> None:
    first, second = functions
    first.start()
    user = sign_in(first, "user")
    assert ask(first, "auth_users/user_keepalive", **user)["errorCode"] == 0
    (before,) = mariadb.execute("SELECT written, sessions FROM lr_signs_of_life", DATABASE)
    assert ask(first, "auth_users/user_keepalive", **user)["errorCode"] == 0
    assert mariadb.execute("SELECT written, sessions FROM lr_signs_of_life", DATABASE) == [before]
    assert first.terminate() == 0
    (after,) = mariadb.execute("SELECT written, sessions FROM lr_signs_of_life", DATABASE)
    assert int(after[0]) > int(before[0])
    assert after[1] != before[1]

    second.start()
    assert "service.waiting" not in second.log()
    found = ask(second, "presence/query", **user, userIds=user["userId"])["data"]
    assert isinstance(found, list)
    assert found[0]["online"] is True


def test_a_tick_that_finds_another_process_serving_says_so_to_the_timer(functions: list[Function]) -> None:
    first, second = functions
    first.start()
    first.pause()
    second.start()
    first.resume()
    answer = httpx.post(
        f"{first.url}/internal/tick", headers={"authorization": f"Bearer {KEY}"}, timeout=30, trust_env=False
    )
    assert answer.status_code == 503


def test_there_are_no_sockets(functions: list[Function]) -> None:
    first, _ = functions
    first.start()
    assert first.status("/connection/websocket") == 404
    wait_until(lambda: first.status("/readyz") == 200, "ready")


async def test_a_function_is_refused_with_what_it_lacks(functions: list[Function]) -> None:
    first, _ = functions
    run = [part for part in first.command_line() if not part.startswith("LIVEROOM_INTERNAL_KEY")]
    child = await asyncio.create_subprocess_exec(*run, stdout=asyncio.subprocess.PIPE, cwd=first.folder)
    said, _ = await child.communicate()
    assert child.returncode == 2
    assert b"LIVEROOM_INTERNAL_KEY" in said
