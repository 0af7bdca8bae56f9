"""What the Dockerfile makes, in a read-only folder: it serves, says how it is, and stops as it should."""

import os
import subprocess
import time
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.image import ROOT, Image, Step, context, of, read, read_only, tracked
from tests.servers import LOOPBACK, free_ports, wait_until

STEPS: Final = read((ROOT / "Dockerfile").read_text())
IGNORED: Final = [
    line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")
]


def _health() -> list[str]:
    options, _, command = of(STEPS, "HEALTHCHECK").rest.partition("CMD ")
    assert "--interval" in options
    return Step("CMD", command).listed


def _built(folder: Path) -> Image:
    image = Image(folder, context(IGNORED, tracked()))
    image.build(STEPS)
    assert [command for command in image.commands if "wheel" in command]
    pages = list(folder.glob("opt/liveroom/lib/python*/site-packages/liveroom/http/pages/index.html"))
    assert pages, "the wheel has the live page"
    assert not list(folder.glob("opt/liveroom/lib/python*/site-packages/pip"))
    return image


def _read_only(folder: Path, work: Path, scratch: Path) -> list[str]:
    """Return what makes everything else read-only for the command behind it."""
    scratch.mkdir()
    before = read_only(folder, work, scratch)
    if before:
        for place, is_refused in ((folder / "opt", True), (work, False), (scratch, False)):
            done = subprocess.run([*before, "touch", place / "written"], check=False, capture_output=True)
            assert (done.returncode != 0) is is_refused, place
    return before


@pytest.mark.long
def test_what_the_dockerfile_makes_in_a_fresh_folder_serves_and_says_how_it_is(tmp_path: Path) -> None:
    image = _built(tmp_path / "image")
    work, scratch = image.place(of(STEPS, "WORKDIR").rest), image.folder / "tmp"
    before = _read_only(image.folder, work, scratch)
    (port,) = free_ports(1)
    env = {**image.env(), "LIVEROOM_PORT": str(port), "LIVEROOM_HOST": LOOPBACK, "TMPDIR": str(scratch)}
    healthy = [word.replace(":9000/", f":{port}/") for word in _health()]
    assert healthy != _health()

    def is_healthy() -> bool:
        assert service.poll() is None or is_stopped, (tmp_path / "log").read_text()[-2000:]
        return subprocess.run(healthy, env=env, check=False, capture_output=True).returncode == 0

    is_stopped = False
    with (tmp_path / "log").open("w") as log:
        service = subprocess.Popen([*before, *of(STEPS, "CMD").listed], env=env, cwd=work, stderr=log)
    try:
        wait_until(is_healthy, "the health check")
        assert (work / "liveroom.db").exists()
        began = time.monotonic()
        service.terminate()
        assert service.wait(timeout=20) == 0
        is_stopped = True
        assert time.monotonic() - began < 10
        assert not is_healthy()
    finally:
        service.kill()
        service.wait()
    assert os.path.commonpath([work, image.folder]) == str(image.folder)
