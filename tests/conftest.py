"""What tests everywhere ask for: an operator, what is logged, and servers.

Servers are started when first asked for, one set for each pytest-xdist worker. A missing program fails the test that
needs it: a skipped store test would look like a passed one.
"""

import io
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
import structlog

from liveroom import log
from tests.operator import Operator
from tests.servers import Mariadb, Redis, RedisCluster, RedisSentinel, running

MEASURED: Final = ("sync", "contract/test_mutations.py", "page/test_in_time.py")
"""Tests that fill the machine, or look at the clock while it works hard: nothing runs beside them."""
PAIRED: Final = {
    "page": "browsers",
    "backend/test_rebuilding.py": "processes",
    "chaos/test_ghosts.py": "processes",
    "chaos/test_upgrade.py": "processes",
    "deploy/test_built_image.py": "processes",
}
"""Tests that leave half of a machine to others, and of which group each is: one of each group runs at a time."""
_SELECTED: Final[Mapping[str, Callable[[str | None], bool]]] = {
    "not alone": lambda group: group is None,
    "paired": bool,
    "alone and not paired": lambda group: group == "",
}
"""What `make test` asks for, and whether a file has something of it."""


def _group_of(path: Path) -> str | None:
    """Return the group of a file's tests, "" where nothing may run beside them, None where anything may."""
    place = path.relative_to(Path(__file__).parent)
    names = ["/".join(place.parts[:count]) for count in range(1, len(place.parts) + 1)]
    if any(name in MEASURED for name in names):
        return ""
    return next((PAIRED[name] for name in names if name in PAIRED), None)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files of which nothing is asked for: to read all tests takes a quarter of a minute."""
    wanted = _SELECTED.get(config.option.markexpr)
    if wanted is None or collection_path.is_dir() or not collection_path.is_relative_to(Path(__file__).parent):
        return None
    return None if wanted(_group_of(collection_path)) else True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark the tests that run after all others, one by one or in pairs."""
    for item in items:
        group = _group_of(item.path)
        if group is not None:
            item.add_marker(pytest.mark.alone)
        if group:
            item.add_marker(pytest.mark.paired)
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    """Undo what a command that runs in this process does to the log: other tests read it."""
    kept = structlog.get_config()
    yield
    structlog.configure(**kept)


@pytest.fixture
def written_log() -> Iterator[io.StringIO]:
    """Yield what is logged while the test runs, down to the debug level."""
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    log.configure("json", "debug", stream=out)
    yield out
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Operator:
    """Return an operator in a new folder, in which nothing has been started yet."""
    monkeypatch.chdir(tmp_path)
    operator = Operator(monkeypatch, capsys)
    operator.settle(LIVEROOM_DATA_DIR=tmp_path / "data", COLUMNS="200")
    return operator


@pytest.fixture
def operator(newcomer: Operator) -> Operator:
    """Return an operator whose installation is a new folder with a database, its keys in the key file."""
    newcomer.begin()
    return newcomer


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mariadb]:
    """Yield a MariaDB server without databases."""
    with running(Mariadb(tmp_path_factory.mktemp("mariadb"))) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """Yield a single Redis server."""
    with running(Redis(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    """Yield a Redis Cluster of three masters without replicas."""
    with running(RedisCluster(tmp_path_factory.mktemp("cluster"))) as server:
        yield server


@pytest.fixture(scope="session")
def redis_sentinel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisSentinel]:
    """Yield a master and a replica watched by one Sentinel."""
    with running(RedisSentinel(tmp_path_factory.mktemp("sentinel"))) as server:
        yield server
