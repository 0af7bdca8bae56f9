"""The live page in Debian's Firefox, driven over WebDriver BiDi, with a Chromium at the other end."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall

_PROGRAM: Final = Path(__file__).parent / "firefox" / "visit.mjs"
_FIREFOX: Final = shutil.which("firefox-esr") or ""
_MISSING: Final = "needs Firefox (apt-get install firefox-esr) and `sh scripts/npm-install.sh tests/page/firefox`"
_SECONDS: Final = 120.0
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.long,
    pytest.mark.skipif(not _FIREFOX or not (_PROGRAM.parent / "node_modules").is_dir(), reason=_MISSING),
]


async def _next(program: asyncio.subprocess.Process, step: str) -> dict[str, Any]:
    assert program.stdout is not None
    said: dict[str, Any] = json.loads(await asyncio.wait_for(program.stdout.readline(), _SECONDS))
    assert said["step"] == step, said
    return said


async def test_firefox_watches_and_is_watched(hall: Hall) -> None:
    host = await hall.guest("Mara")
    room = await host.go_live("For every browser")
    node = shutil.which("node")
    assert node is not None
    program = await asyncio.create_subprocess_exec(
        *(node, str(_PROGRAM), _FIREFOX, hall.url, room),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdin is not None
    try:
        assert "firefox" in (await _next(program, "watches"))["browser"].lower()
        await _next(program, "speaks")
        await expect(host.at("message")).to_contain_text("Hello from Firefox")
        hosted = await _next(program, "hosts")
        assert hosted["problems"] == []
        viewer = await hall.guest("Ada", f"/room/{hosted['room']}")
        await viewer.check_moving()
    finally:
        program.stdin.close()
        await asyncio.wait_for(program.wait(), _SECONDS)
