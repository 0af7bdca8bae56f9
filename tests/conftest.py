"""What tests everywhere ask for: an operator, what is logged, and servers.

Servers are started when first asked for, one set for each pytest-xdist worker. A missing program fails the test that
needs it: a skipped store test would look like a passed one.
"""

import gc
import io
import logging
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import structlog

from liveroom import log
from tests.operator import Operator
from tests.sentinels import RedisSentinel
from tests.servers import Mariadb, Redis, RedisCluster, running
from tests.side_by_side import FilesAndGroups, Niceness, group_of

_SELECTED: Final[Mapping[str, Callable[[str | None], bool]]] = {
    "not alone and not long": lambda group: group != "",
    "alone and not long": lambda group: group == "",
}
"""What `make test` asks for, and whether a file has something of it."""
_niceness: Final = Niceness(os.environ, os.nice)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files of which nothing is asked for: to read all tests takes a quarter of a minute."""
    wanted = _SELECTED.get(config.option.markexpr)
    if wanted is None or collection_path.is_dir() or not collection_path.is_relative_to(Path(__file__).parent):
        return None
    return None if wanted(group_of(collection_path)) else True


def pytest_configure() -> None:
    """Stop at Ctrl-C, as Python does by itself.

    Where the handler is Python's own, each run of a loop sets another one, and has the main task written out for that:
    a fixture's with the whole service that it yields, 13 ms of processor for each test.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _stop)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no rubbish among what is collected, now and later: all of it stays. Elsewhere seldom, as a service."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(100_000)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run after all others, one by one; let those begin of which some wait for real time."""
    for item in items:
        if group_of(item.path) == "":
            item.add_marker(pytest.mark.alone)
    items.sort(key=lambda item: not group_of(item.path))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesAndGroups:
    """Return what divides the tests among several workers, in the order in which they are collected."""
    config.option.loadscopereorder = False
    return FilesAndGroups(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Let others have the processor first where they need it."""
    _niceness.begin(item.path)


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
