"""How long it takes from `git clone` to moving video in two tabs: `python -m tests.page.first_minute`.

Twice: with empty caches of pip and npm, and with the ones that the first time filled. The clone is of the tree as it
is, committed or not. The clicks are made as fast as the page lets them, so a person's own time is not in the figures.
"""

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx

from tests.page.browser import Hall, chromium
from tests.servers import LOOPBACK, free_ports

_ROOT: Final = Path(__file__).parents[2]
_SECONDS: Final = 600.0
_GIT: Final = ("git", "-c", "user.name=liveroom", "-c", "user.email=liveroom@example.com")


def _origin(folder: Path) -> Path:
    """Return a repository with the files that git has or would take."""
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=_ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (_ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((_ROOT / name).read_bytes())
            (folder / name).chmod((_ROOT / name).stat().st_mode)
    for argv in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "As it is")):
        subprocess.run((*_GIT, *argv), cwd=folder, check=True)
    return folder


def _clone_and_run(origin: Path, clone: Path, caches: Path, port: int) -> "subprocess.Popen[bytes]":
    kept = {"PIP_CACHE_DIR": caches / "pip", "npm_config_cache": caches / "npm", "LIVEROOM_DATA_DIR": clone / "data"}
    environ = os.environ | {name: str(path) for name, path in kept.items()}
    subprocess.run(("git", "clone", "-q", str(origin), str(clone)), check=True)
    argv = ("make", "run", f"ARGS=--port {port}")
    return subprocess.Popen(argv, cwd=clone, env=environ, start_new_session=True)


async def _measure(origin: Path, clone: Path, caches: Path) -> tuple[float, float]:
    """Return after how many seconds the service answered, and the second tab showed the first one's picture."""
    (port,) = free_ports(1)
    begun = time.monotonic()
    made = _clone_and_run(origin, clone, caches, port)
    try:
        await _until_it_answers(f"http://{LOOPBACK}:{port}", made)
        ready = time.monotonic() - begun
        async with chromium() as browser:
            hall = Hall(browser, f"http://{LOOPBACK}:{port}")
            host, viewer = await hall.person(), await hall.person()
            await host.come_in("Mara")
            room = await host.go_live("First minute")
            await viewer.come_in("Ada")
            await viewer.watch(room)
            return ready, time.monotonic() - begun
    finally:
        if made.poll() is None:
            os.killpg(made.pid, signal.SIGTERM)
            made.wait()


async def _until_it_answers(url: str, made: "subprocess.Popen[bytes]") -> None:
    async with httpx.AsyncClient() as http, asyncio.timeout(_SECONDS):
        while True:
            try:
                await http.get(url)
            except httpx.TransportError:
                assert made.poll() is None, "make run has ended"
                await asyncio.to_thread(_look_away, made)
            else:
                return


def _look_away(made: "subprocess.Popen[bytes]") -> None:
    try:
        made.wait(timeout=0.1)
    except subprocess.TimeoutExpired:
        return


def main() -> None:
    """Measure, and say it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "origin").mkdir()
        origin = _origin(folder / "origin")
        for caches in ("cold", "warm"):
            ready, moving = asyncio.run(_measure(origin, folder / caches, folder / "caches"))
            print(f"{caches} caches: the service answers after {ready:.0f} s, video moves after {moving:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
