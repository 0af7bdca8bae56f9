"""Processes that are forks behave as those that an operator starts."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.forks.client import Forked, command, started
from tests.forks.command import ask
from tests.servers import fetch, free_ports, wait_until


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": f"{command().parent}:{os.environ['PATH']}", "LIVEROOM_DATA_DIR": str(folder / "data")}


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(("words", "status", "printed"), [("--version", 0, "0."), ("users shwo", 2, "shwo")])
def test_a_shell_sees_what_a_command_prints_and_how_it_ends(
    words: str, status: int, printed: str, tmp_path: Path
) -> None:
    line = f"cd {tmp_path} && liveroom {words} 2>&1; echo ended with $?"
    done = subprocess.run(["sh", "-c", line], env=environment(tmp_path), capture_output=True, text=True, check=True)
    assert printed in done.stdout
    assert done.stdout.endswith(f"ended with {status}\n")


def test_a_command_reads_what_a_pipe_gives_it_and_knows_only_its_own_environment(tmp_path: Path) -> None:
    line = "LIVEROOM_PORT=9321 liveroom config show | grep -c 9321; liveroom config show | grep -c 9321"
    done = subprocess.run(["sh", "-c", line], env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["1", "0"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_signal_reaches_the_process_and_its_end_is_told(number: int, status: int, tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log:
        words = ["serve", "--port", str(free_ports(1)[0])]
        running = Forked(words, environment(tmp_path), tmp_path, log.fileno())
    wait_until(lambda: "address" in (tmp_path / "log").read_text(), "a fork")
    assert running.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(0.01)
    running.send_signal(number)
    assert running.wait(30) == status
    assert not is_there(running.pid)
    running.send_signal(number)


def test_a_process_ends_with_whoever_started_it(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    words = [str(command()), "serve", "--port", str(port)]
    with (tmp_path / "log").open("w") as log:
        started = subprocess.Popen(words, env=environment(tmp_path), stderr=log)
    wait_until(lambda: fetch(port, "/healthz")[0] == 200, "a fork")
    started.kill()
    started.wait()
    wait_until(lambda: fetch(port, "/healthz")[0] == 0, "the end of a fork")


def test_who_goes_before_the_answer_takes_nothing_from_others(tmp_path: Path) -> None:
    with open(os.devnull, "r+b") as nothing:
        for _ in range(20):
            ask(
                str(started().socket), ["--version"], environment(tmp_path), str(tmp_path), [nothing.fileno()] * 3
            ).close()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
        line.connect(str(started().socket))
    with (tmp_path / "log").open("w") as log:
        assert Forked(["--version"], environment(tmp_path), tmp_path, log.fileno()).wait(30) == 0
