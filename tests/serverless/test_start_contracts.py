"""The packages, each started as its platform's documentation says: unpacked and read-only, a bare environment, a port.

What a platform does that is no part of the contract (freezing, killing) is in `test_show`. The interpreter is this
machine's: that of the platform is at another path.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from liveroom.cli.pack import package
from tests.serverless.unpacked import UnpackedFunction, unpack
from tests.servers import Mariadb

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.long]

KEY = "a-timer-s-key-0123456789"
SYSTEM_PYTHON = Path("/usr/bin/python3.11")
"""Debian's: whoever is nobody cannot run one that is in somebody's home."""


class Contract(NamedTuple):
    """How a platform starts a function and tells it the time."""

    start: str
    port: str
    """The variable in which the platform says it; ours, where it is always 9000."""
    tick_path: str
    tick: Mapping[str, Any]
    """The body of the timer's call; without one, the key is in a header."""


CONTRACTS = {
    "scf": Contract("scf_bootstrap", "LIVEROOM_PORT", "/internal/tick", {}),
    "aws": Contract("run.sh", "AWS_LWA_PORT", "/internal/tick", {"key": KEY}),
    "aliyun": Contract(
        "bootstrap",
        "FC_SERVER_PORT",
        "/invoke",
        {"triggerTime": "2026-11-30T20:00:00Z", "triggerName": "tick", "payload": KEY},
    ),
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a folder that nobody may enter."""
    made = Path(tempfile.mkdtemp(prefix="liveroom-function-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def environment(server: Mariadb, redis_url: str, database: str) -> dict[str, str]:
    """Return what a function is given, by the names of the original service."""
    server.create_database(database)
    sql, redis = urlsplit(server.url(database)), urlsplit(redis_url)
    return {
        "PYTHON": str(SYSTEM_PYTHON),
        "MYSQL_HOST": str(sql.hostname),
        "MYSQL_PORT": str(sql.port),
        "MYSQL_USER": server.user,
        "MYSQL_PASSWORD": server.password,
        "MYSQL_DB": database,
        "REDIS_HOST": str(redis.hostname),
        "REDIS_PORT": str(redis.port),
        "LIVEROOM_SECRET": "a-signing-secret-of-functions-0123456789",
        "LIVEROOM_INTERNAL_KEY": KEY,
    }


@pytest.mark.skipif(not SYSTEM_PYTHON.exists(), reason="there is no Python 3.11 of the system")
@pytest.mark.parametrize("target", ["scf", "aws", "aliyun"])
def test_a_package_starts_as_its_platform_starts_it(
    target: Literal["scf", "aws", "aliyun"],
    folder: Path,
    mariadb: Mariadb,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contract, file = CONTRACTS[target], tmp_path / "function.zip"
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("LIVEROOM_SECRET=what-is-here-stays-here-0123456789\n")
    package(serverless=True, target=target, python="3.11", output=file)
    assert file.stat().st_size < 50 * 1024 * 1024
    code = unpack(file, folder / "code")
    before = sorted(code.rglob("*"))
    assert not [path for path in before if path.name == ".env" or path.suffix in (".c", ".pyx")]

    function = UnpackedFunction(
        folder / "log", code, contract.start, environment(mariadb, redis_url, f"function_{target}")
    )
    function.port_named = contract.port
    try:
        function.start()
        url = f"http://127.0.0.1:{function.port}"
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
            assert client.post("/base/v1/auth_users/guest", json={"nickname": "Ann"}).json()["errorCode"] == 0
            assert client.post(contract.tick_path).status_code == 403
            assert tick(client, contract) == 200
        assert function.terminate() == 0
    finally:
        function.kill()
    assert sorted(code.rglob("*")) == before
    assert "Traceback" not in (folder / "log" / "log").read_text()


def tick(client: httpx.Client, contract: Contract) -> int:
    """Be the platform's timer."""
    headers = {"content-type": "application/octet-stream"} if contract.tick else {"authorization": f"Bearer {KEY}"}
    answer = client.post(
        contract.tick_path, headers=headers, content=json.dumps(contract.tick).encode() if contract.tick else b""
    )
    return answer.status_code
