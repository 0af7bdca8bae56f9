"""Several serving processes on one port: each takes calls, a killed one is replaced, and none outlives its parent.

Also what `liveroom serve` says and with which status it ends when it cannot serve.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from liveroom.settings import Settings
from liveroom.store.sql.schema import migrate
from tests.chaos.processes import Liveroom
from tests.servers import LOOPBACK, Mariadb, Redis, running, wait_until

_SECONDS_TO_END = 60


class Serving(Liveroom):
    """`liveroom serve`: a parent and the processes that serve for it, or one alone."""

    is_forked = False

    def wait(self) -> int:
        """Return the exit status, also where several processes have to start and end before there is one."""
        assert self._process is not None
        status = self._process.wait(timeout=_SECONDS_TO_END)
        self._process = None
        return status

    @property
    def parent(self) -> int:
        assert self._process is not None
        return self._process.pid

    def workers(self) -> set[int]:
        """Return the processes that serve."""
        children = Path(f"/proc/{self.parent}/task/{self.parent}/children").read_text().split()
        return {int(child) for child in children if b"spawn_main" in _command_of(int(child))}

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit status."""
        self._signal(signal.SIGINT)
        return self.wait()


def _command_of(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def is_gone(processes: set[int]) -> bool:
    return not any(_command_of(process) for process in processes)


def listeners(port: int) -> int:
    """Return how many sockets listen on a port."""
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(row.split()[3] == "0A" and row.split()[1].endswith(f":{port:04X}") for row in rows)


@pytest.fixture
def shared(tmp_path: Path, redis_server: Redis) -> Settings:
    """Return settings for several processes on one machine: SQLite and Redis."""
    redis_server.flushall()
    return Settings(data_dir=tmp_path / "data", redis_url=redis_server.url)


@pytest.fixture
def crew(tmp_path: Path, shared: Settings) -> Iterator[Serving]:
    """Yield a parent with two processes, all of which serve."""
    with running(Serving(tmp_path / "crew", shared, LIVEROOM_WORKERS="2")) as crew:
        wait_until(lambda: listeners(crew.port) == 2, "both processes")
        yield crew
        workers = crew.workers() if crew.is_running() else set()
    wait_until(lambda: is_gone(workers), "the end of the workers of a parent that was killed")


@pytest.mark.services
def test_two_processes_serve_on_one_port_and_a_killed_one_is_replaced(crew: Serving) -> None:
    before = crew.workers()
    assert len(before) == 2
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: len(crew.workers() - {killed}) == 2 and listeners(crew.port) == 2, "the new process")
    assert before & crew.workers() == before - {killed}
    assert crew.answers()
    assert "worker.died" in crew.log()


@pytest.mark.services
@pytest.mark.parametrize("stop", [Serving.terminate, Serving.interrupt], ids=["SIGTERM", "Ctrl-C"])
def test_a_stop_ends_everybody_within_the_grace_and_well(stop: Callable[[Serving], int], crew: Serving) -> None:
    workers = crew.workers()
    assert stop(crew) == 0
    assert is_gone(workers)
    assert "Traceback" not in crew.log()


@pytest.mark.services
def test_processes_whose_parent_was_killed_end_by_themselves(crew: Serving) -> None:
    workers = crew.workers()
    crew.kill()
    wait_until(lambda: is_gone(workers), "the end of the workers")
    assert listeners(crew.port) == 0
    assert "Traceback" not in crew.log()


@pytest.mark.slow
@pytest.mark.services
def test_processes_that_cannot_start_end_the_service_with_their_reason(tmp_path: Path, shared: Settings) -> None:
    taken = Serving(tmp_path / "taken", shared, LIVEROOM_WORKERS="2", LIVEROOM_HOST="192.0.2.1")
    try:
        taken.launch()
        assert taken.wait() == 2
        assert "has no address 192.0.2.1" in taken.log()
        assert "their log above says why" in taken.log()
        assert "Traceback" not in taken.log()
    finally:
        taken.stop()


@pytest.mark.services
@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"LIVEROOM_WORKERS": "2", "LIVEROOM_PORT": "0"}, "LIVEROOM_PORT"),
        ({"LIVEROOM_HOST": "192.0.2.1"}, "has no address 192.0.2.1"),
        ({"LIVEROOM_HOST": "nowhere.invalid"}, "no address to listen on"),
        ({"LIVEROOM_WROKERS": "2"}, "LIVEROOM_WORKERS"),
    ],
    ids=["no port", "foreign address", "no address", "misspelt"],
)
def test_a_service_that_cannot_be_says_so_in_a_sentence_and_ends_with_2(
    environment: dict[str, str], sentence: str, tmp_path: Path, shared: Settings
) -> None:
    service = Serving(tmp_path / "refused", shared, **environment)
    try:
        service.launch()
        assert service.wait() == 2
        assert sentence in service.log()
        assert "Traceback" not in service.log()
    finally:
        service.stop()


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with running(Serving(tmp_path / "first", settings)) as first:
        second = Liveroom(
            tmp_path / "second", replace(settings, data_dir=tmp_path / "other"), LIVEROOM_PORT=str(first.port)
        )
        try:
            second.launch()
            assert second.wait() == 2
            assert f"Port {first.port} of {LOOPBACK} is taken" in second.log()
        finally:
            second.stop()


@pytest.mark.services
def test_a_service_without_its_schema_names_the_command_and_ends_with_2(tmp_path: Path, mariadb: Mariadb) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url=mariadb.create_database("unmigrated"))
    service = Serving(tmp_path / "service", settings)
    try:
        service.launch()
        assert service.wait() == 2
        assert "run `liveroom migrate`" in service.log()
        assert "Traceback" not in service.log()
    finally:
        service.stop()


@pytest.mark.slow
def test_a_second_process_on_the_embedded_default_is_refused_and_a_third_starts_after_a_clean_stop(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with running(Serving(tmp_path / "first", settings)) as first:
        second = Serving(tmp_path / "second", settings)
        try:
            second.launch()
            assert second.wait() == 2
            assert "another liveroom process serves from this database" in second.log()
            assert first.terminate() == 0
            second.start()
            assert second.terminate() == 0
        finally:
            second.stop()


@pytest.mark.services
def test_a_service_whose_database_is_gone_still_stops_well(tmp_path: Path) -> None:
    with running(Mariadb(tmp_path / "mariadb")) as server:
        settings = Settings(data_dir=tmp_path / "data", database_url=server.create_database("gone"))
        asyncio.run(migrate(settings.database_url))
        with running(Serving(tmp_path / "service", settings)) as service:
            server.kill()
            wait_until(lambda: service.status("/readyz") == 503, "the loss of the database")
            assert service.terminate() == 0
            assert "Traceback" not in service.log()
