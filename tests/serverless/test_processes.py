"""Single processes of a function: what they need, and what they do not offer."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from liveroom.settings import Settings
from tests.serverless.platform import Function
from tests.servers import wait_until

pytestmark = pytest.mark.services


@pytest.fixture
def function(on_mysql: Settings, redis_url: str, tmp_path: Path) -> Iterator[Function]:
    """Yield a process on a MySQL and a Redis, not started yet."""
    settings = replace(on_mysql, redis_url=redis_url, data_dir=tmp_path / "tmp")
    made = Function(tmp_path / "function", settings)
    yield made
    made.kill()


def test_there_are_no_sockets(function: Function) -> None:
    function.start()
    assert function.status("/connection/websocket") == 404
    wait_until(lambda: function.status("/readyz") == 200, "ready")


@pytest.mark.parametrize("lacks", ["LIVEROOM_INTERNAL_KEY", "LIVEROOM_REDIS_URL", "LIVEROOM_DATABASE_URL"])
async def test_a_function_is_refused_with_what_it_lacks(function: Function, lacks: str) -> None:
    run = [part for part in function.command_line() if not part.startswith(lacks)]
    child = await asyncio.create_subprocess_exec(*run, stdout=asyncio.subprocess.PIPE, cwd=function.folder)
    said, _ = await child.communicate()
    assert child.returncode == 2
    assert lacks.encode() in said
    assert b"Traceback" not in said
