"""versitygw: a real store that speaks S3 and refuses forgeries, on a folder; for long tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.servers import LOOPBACK, free_ports

KEY: Final = "AKIAliveroomtests"
SECRET: Final = "secret-of-the-store-of-these-tests"
VERSITYGW: Final = Path(".venv/bin/versitygw").absolute()


@asynccontextmanager
async def versitygw(folder: Path, bucket: str) -> AsyncIterator[str]:
    """Yield where a store is that has one bucket, a folder of that name; skips the test where it is not built."""
    if not VERSITYGW.exists():
        pytest.skip("versitygw is not built: sh scripts/get-test-stores.sh")
    (port,) = free_ports(1)
    folder.mkdir()
    (folder / bucket).mkdir()
    gateway = await asyncio.create_subprocess_exec(
        str(VERSITYGW), "--port", f"{LOOPBACK}:{port}", "posix", str(folder),
        env={"ROOT_ACCESS_KEY": KEY, "ROOT_SECRET_KEY": SECRET},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://{LOOPBACK}:{port}"
    try:
        async with asyncio.timeout(30), httpx.AsyncClient() as client:
            while True:
                try:
                    await client.get(url)
                    break
                except httpx.TransportError:
                    await asyncio.wait({asyncio.ensure_future(gateway.wait())}, timeout=0.05)
        yield url
    finally:
        gateway.terminate()
        await gateway.wait()
