"""Two network namespaces that reach one address of this one and not each other, and a coturn at that address."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.servers import find

MEETING: Final = "10.77.0.1"
"""The one address that both can reach."""
SIDES: Final = ("lrpage1", "lrpage2")
TURN_PORT: Final = 34780
TURN_SECRET: Final = "turn-secret-of-the-tests-0123456789"


def can_make_networks() -> bool:
    """Say whether this process may make network namespaces, and coturn is there."""
    if os.geteuid() != 0 or shutil.which("turnserver") is None:
        return False
    return subprocess.run(("ip", "netns", "list"), capture_output=True, check=False).returncode == 0


needs_networks: Final = pytest.mark.skipif(
    not can_make_networks(), reason="needs root, ip netns and coturn (apt-get install coturn)"
)
SERVED: Final = {"host": "0.0.0.0", "guest_limit": 0, "language": "en"}  # noqa: S104 (reached from a namespace)
"""Settings of a service that people in other networks use."""


def _ip(*words: str, check: bool = True) -> None:
    subprocess.run(("ip", *words), check=check, capture_output=not check)


@contextmanager
def two_networks() -> Iterator[None]:
    """Make both namespaces, each with a link to this one."""
    _remove()
    try:
        _ip("address", "add", f"{MEETING}/32", "dev", "lo")
        for number, side in enumerate(SIDES, 1):
            here, there = f"{side}a", f"{side}b"
            _ip("netns", "add", side)
            _ip("link", "add", here, "type", "veth", "peer", "name", there)
            _ip("link", "set", there, "netns", side)
            _ip("address", "add", f"10.77.{number}.1/24", "dev", here)
            _ip("link", "set", here, "up")
            for words in (
                f"address add 10.77.{number}.2/24 dev {there}",
                f"link set {there} up",
                "link set lo up",
                f"route add {MEETING}/32 via 10.77.{number}.1",
            ):
                _ip("-n", side, *words.split())
        yield
    finally:
        _remove()


def _remove() -> None:
    for side in SIDES:
        _ip("link", "del", f"{side}a", check=False)
        _ip("netns", "del", side, check=False)
    _ip("address", "del", f"{MEETING}/32", "dev", "lo", check=False)


def program_in(side: str, program: str, folder: Path) -> Path:
    """Return a program that starts another one in a namespace."""
    path = folder / f"in-{side}"
    path.write_text(f'#!/bin/sh\nexec ip netns exec {side} {program} "$@"\n')
    path.chmod(0o755)
    return path


@asynccontextmanager
async def coturn(folder: Path) -> AsyncIterator[Path]:
    """Yield the log of a coturn that listens at ``MEETING``, and relays only there."""
    log = folder / "turn.log"
    with log.open("wb") as out:
        child = await asyncio.create_subprocess_exec(
            find("turnserver"),
            *("-n", "--no-cli", "--no-tls", "--no-dtls", "--verbose", "--log-file", "stdout"),
            *("--listening-ip", MEETING, "--listening-port", str(TURN_PORT), "--relay-ip", MEETING),
            *("--use-auth-secret", "--static-auth-secret", TURN_SECRET, "--realm", "liveroom.test"),
            *("--pidfile", str(folder / "turn.pid"), "--userdb", str(folder / "turndb")),
            stdout=out,
            stderr=out,
        )
    try:
        yield log
    finally:
        if child.returncode is None:
            child.terminate()
            await asyncio.wait_for(child.wait(), 15)
