"""The systemd unit: systemd itself finds nothing to say about it, and it gives the service the time it needs."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import pytest

from liveroom.settings import load_settings
from tests.deploy.image import ROOT
from tests.servers import LOOPBACK, free_ports, wait_until

UNIT: Final = ROOT / "deploy" / "liveroom.service"
COMMAND: Final = ROOT / "deploy" / "liveroom.sh"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return the unit as if liveroom were installed."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not here")
    program = str(Path(sys.executable).with_name("liveroom"))
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("ExecStart=/opt/liveroom/bin/liveroom", f"ExecStart={program}"))
    return unit


def test_systemd_has_nothing_to_say(installed: Path) -> None:
    done = subprocess.run(["systemd-analyze", "verify", installed], check=False, capture_output=True, text=True)
    assert (done.returncode, [line for line in done.stderr.splitlines() if installed.name in line]) == (0, [])


def test_little_of_the_machine_is_exposed(installed: Path) -> None:
    argv = ["systemd-analyze", "security", "--offline=true", "--threshold=12", str(installed)]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-600:]


@pytest.mark.long
def test_the_service_needs_no_memory_that_is_written_and_executed(tmp_path: Path) -> None:
    """The kernel refuses it here as ``MemoryDenyWriteExecute`` does there."""
    assert "MemoryDenyWriteExecute=yes" in UNIT.read_text()
    deny = "ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) and sys.exit(77)"
    deny = f"import ctypes, os, sys; {deny}; os.execv(sys.argv[1], sys.argv[1:])"
    denied = [sys.executable, "-c", deny]
    if subprocess.run([*denied, "/bin/true"], check=False).returncode == 77:
        pytest.skip("this kernel has no PR_SET_MDWE")
    maps = "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)"
    refused = subprocess.run([*denied, sys.executable, "-c", maps], check=False, capture_output=True)
    assert refused.returncode != 0, "the kernel does refuse it"
    (port,) = free_ports(1)
    argv = [*denied, str(Path(sys.executable).with_name("liveroom")), "serve", "--port", str(port)]
    with (tmp_path / "log").open("w") as log:
        service = subprocess.Popen(argv, cwd=tmp_path, stdout=log, stderr=log)

    def answers() -> bool:
        assert service.poll() is None, (tmp_path / "log").read_text()[-2000:]
        try:
            with urlopen(f"http://{LOOPBACK}:{port}/readyz") as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    try:
        wait_until(answers, "the service")
    finally:
        service.terminate()
        assert service.wait(timeout=60) == 0


def test_it_has_time_to_stop_and_comes_back_by_itself() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    service = unit["Service"]
    grace = load_settings(environ={}, dotenv=None).shutdown_grace
    assert int(service["TimeoutStopSec"]) >= 2 * grace.total_seconds()
    assert service["Restart"] == "always"
    assert service["KillMode"] == "mixed"
    assert int(service["LimitNOFILE"]) >= 65536
    assert service["User"] == "liveroom"
    assert service["Environment"] == f"LIVEROOM_DATA_DIR=/var/lib/{service['StateDirectory']}"
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}", "where it finds .env"


def test_the_command_acts_as_the_service_does() -> None:
    unit, command = UNIT.read_text(), COMMAND.read_text()
    program = re.search(r"^ExecStart=(\S+) serve$", unit, re.MULTILINE)
    folder = re.search(r"^WorkingDirectory=(\S+)$", unit, re.MULTILINE)
    assert program
    assert folder
    assert f'exec {program[1]} "$@"' in command
    assert f"cd {folder[1]}\n" in command
    assert f"export LIVEROOM_DATA_DIR={folder[1]}\n" in command
    assert os.access(COMMAND, os.X_OK)


def test_the_instructions_replace_a_program_of_the_same_version() -> None:
    """They said --upgrade, with which pip leaves a wheel of the installed version alone, and ends well."""
    page = (ROOT / "docs" / "deploy.md").read_text()
    steps = page[page.index("To install a new release") : page.index("## Behind a proxy")]
    (install,) = re.findall(r"^/opt/liveroom/bin/pip install .*$", steps, re.MULTILINE)
    assert "--force-reinstall" in install
    assert steps.index("liveroom migrate") < steps.index("systemctl restart liveroom")


def test_every_place_that_the_instructions_name_is_the_unit_s() -> None:
    """They said /srv/liveroom in the guide and /opt/liveroom in the unit, and not where the wheel comes from."""
    page = (ROOT / "docs" / "deploy.md").read_text()
    steps = page[page.index("## With systemd") : page.index("## Behind a proxy")]
    for named in ("make wheel", "/opt/liveroom", "/var/lib/liveroom", "/usr/local/bin/liveroom", "deploy/liveroom.sh"):
        assert named in steps, named
    assert re.search(r"^wheel:.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for other in ("guide.md", "guide.zh-CN.md", "deploy.md"):
        assert not re.search(r"/srv/liveroom|/etc/liveroom", (ROOT / "docs" / other).read_text()), other
