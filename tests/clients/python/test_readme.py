"""The bot of the README is a program of forty lines, which does what the README says."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from liveroom_client import Room, RoomEvent
from liveroom_client.feed import Reader
from tests.clients.python.evenings import SECONDS, Evening, until
from tests.docs.pages import ROOT, anchors, links

pytestmark = pytest.mark.asyncio(loop_scope="session")
README = (ROOT / "clients/python/README.md").read_text("utf-8")
_FILE = re.compile(r"^```python\n# bot\.py\n(.*?)^```$", re.MULTILINE | re.DOTALL)


async def test_every_link_of_the_readme_leads_somewhere() -> None:
    for link in links(README):
        path, _, anchor = link.partition("#")
        if not path.startswith("https://"):
            target = ROOT / "clients/python" / (path or "README.md")
            assert target.exists(), link
            assert not anchor or anchor in anchors(target.read_text("utf-8")), link


async def until_said(room: Room, events: Reader[RoomEvent], text: str) -> None:
    """Wait until the room has a message with this text."""
    said = [message["text"] for message in room.messages]
    if text not in said:
        await until(events, lambda event: text in [message["text"] for message in room.messages])


async def test_the_bot_of_the_readme_welcomes_answers_and_ends_with_the_room(evening: Evening, tmp_path: Path) -> None:
    (text,) = _FILE.findall(README)
    assert len([line for line in text.splitlines() if line.strip()]) <= 40
    (tmp_path / "bot.py").write_text(text, "utf-8")
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "bot.py", evening.stage.liveroom.url, evening.room_id),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "clients/python/src")},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert bot.stdout is not None
        async with asyncio.timeout(2 * SECONDS):
            assert await bot.stdout.readline() == b"Evening 2 members\n"
            async with evening.guest.enter(evening.room_id) as room:
                events = room.events()
                for said, answered in (
                    ("", "Welcome, Bob!"),
                    ("!who", ", Welcome bot, Bob"),
                    ("!like", "One more, thank you Bob"),
                    ("!likes", "1 likes for Evening"),
                ):
                    if said:
                        await room.send(said)
                    await until_said(room, events, answered)
                await evening.act("rooms/destroy_room")
            assert b"closed" in await bot.stdout.read()
            assert await bot.wait() == 0
    finally:
        if bot.returncode is None:
            bot.kill()
            await bot.wait()
