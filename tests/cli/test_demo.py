"""`liveroom demo` fills a real service with life, and takes all of it away again, however it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from liveroom.cli import main
from liveroom.domain.accounts.own_users import DEMO_TAG, read_tag
from liveroom.domain.errors import BadRequest
from liveroom_client import Liveroom, Session
from liveroom_client.shapes import RoomInfo
from tests.forks.client import command
from tests.sdk.stages import Stage, _secret, builtin

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECONDS = 60.0
HOSTS, VIEWERS = 2, 4


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Yield a service with nobody in it."""
    async with builtin(tmp_path_factory.mktemp("stage"), LIVEROOM_SEAT_REQUEST="60s") as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def guest(stage: Stage) -> AsyncIterator[Session]:
    """Yield somebody who looks at the service."""
    async with Liveroom(stage.liveroom.url) as service:
        yield await service.guest("Guest")


async def started(stage: Stage, *words: str) -> asyncio.subprocess.Process:
    """Run a command beside the service."""
    given = {"LIVEROOM_DATA_DIR": str(stage.folder), "LIVEROOM_SECRET": _secret(), "PATH": os.environ["PATH"]}
    argv = (str(command()), *words)
    out = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*argv, env=given, stdout=out, stderr=asyncio.subprocess.STDOUT)


@asynccontextmanager
async def playing(stage: Stage) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a demo; one that still runs in the end is killed."""
    demo = await started(
        stage,
        *("demo", "--no-video", "--pace", "30", "--viewers", str(VIEWERS)),
        "--hosts",
        str(HOSTS),
        "--url",
        stage.liveroom.url,
    )
    try:
        yield demo
    finally:
        if demo.returncode is None:
            demo.kill()
        await demo.wait()


async def until_rooms(guest: Session, holds: Callable[[list[RoomInfo]], bool]) -> list[RoomInfo]:
    """Wait for the list of live rooms to be so."""
    async with asyncio.timeout(SECONDS), guest.follow_rooms() as followed:
        async for rooms in followed:
            if holds(rooms):
                return rooms
    raise AssertionError("the list ended")


async def listed(stage: Stage) -> str:
    """Return what `liveroom users list` prints."""
    command = await started(stage, "users", "list")
    printed, _ = await command.communicate()
    return printed.decode()


async def test_rooms_fill_with_life_and_all_of_it_goes_with_the_demo_or_with_the_next(
    stage: Stage, guest: Session
) -> None:
    async with playing(stage) as demo:
        await until_rooms(guest, lambda rooms: len(rooms) == HOSTS)
        demo.kill()
    assert (await listed(stage)).count(" demo") == HOSTS + VIEWERS
    async with playing(stage) as demo:
        assert demo.stdout is not None
        async with asyncio.timeout(SECONDS):
            lines = [line.decode() async for line in _lines_until(demo.stdout, b"are live at")]
        assert f"removed {HOSTS + VIEWERS} accounts" in lines[-2]
        (first, *_) = await until_rooms(guest, lambda rooms: len(rooms) == HOSTS)
        async with asyncio.timeout(SECONDS), guest.enter(first["roomId"]) as room:
            seen = set()
            async for event in room.events():
                seen.add(event["type"])
                if {"member.entered", "member.left", "message.sent", "room.likes"} <= seen:
                    break
        demo.send_signal(signal.SIGTERM)
        printed, _ = await asyncio.wait_for(demo.communicate(), SECONDS)
        assert demo.returncode == 0, printed.decode()
        assert f"its {HOSTS + VIEWERS} accounts are removed" in printed.decode()
        await until_rooms(guest, lambda rooms: rooms == [])


async def _lines_until(stream: asyncio.StreamReader, wanted: bytes) -> AsyncIterator[bytes]:
    while line := await stream.readline():
        yield line
        if wanted in line:
            return


@pytest.mark.parametrize(
    ("url", "database", "said"),
    [
        ("https://live.example.com", "", "not this machine"),
        ("http://192.0.2.7:9000", "", "not this machine"),
        ("", "mysql://live:secret@127.0.0.1/live", "MySQL"),
    ],
)
async def test_what_may_have_real_users_is_not_filled_unless_that_is_said(
    url: str,
    database: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("LIVEROOM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LIVEROOM_SECRET", _secret())
    if database:
        monkeypatch.setenv("LIVEROOM_DATABASE_URL", database)
    with pytest.raises(SystemExit):
        main(["demo", "--no-video", *(("--url", url) if url else ())])
    printed = capsys.readouterr().err
    assert said in printed
    assert "--yes-fill-this-service" in printed


async def test_without_aiortc_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("LIVEROOM_DATA_DIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "aiortc", None)
    with pytest.raises(SystemExit):
        main(["demo"])
    assert "pip install 'liveroom[demo]', or say --no-video" in capsys.readouterr().err


async def test_nobody_else_can_have_a_flagged_user() -> None:
    with pytest.raises(BadRequest, match="reserved"):
        read_tag(DEMO_TAG)
