"""The image: what reaches the engine, what the Dockerfile says, and, done in a folder, that what it makes serves."""

import os
import subprocess
import time
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.image import ROOT, Image, Step, context, of, read, tracked
from tests.servers import LOOPBACK, free_ports, wait_until

STEPS: Final = read((ROOT / "Dockerfile").read_text())
IGNORED: Final = [
    line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")
]


def test_nothing_secret_and_nothing_that_was_made_reaches_the_engine() -> None:
    there = ["src/liveroom/cli/serve.py", "web/package-lock.json", "web/src/main.ts", "pyproject.toml", "README.md"]
    secret = [".env", "deploy/.env", "web/.env", "liveroom-data/liveroom.key", "src/liveroom.key", "web/tls.pem"]
    made = [".git/config", ".venv/bin/python", "web/node_modules/a/b.js", "src/liveroom/http/pages/index.html"]
    made += ["src/liveroom/__pycache__/a.pyc", "web/src/openapi.d.ts", "docs/index.md", "tests/conftest.py"]
    assert context(IGNORED, [*there, *secret, *made]) == there


def test_everything_that_is_copied_is_there() -> None:
    files = context(IGNORED, tracked())
    for step in STEPS:
        if step.word == "COPY" and "--from=" not in step.rest:
            for source in step.rest.split()[:-1]:
                assert [name for name in files if name == source or name.startswith(f"{source}/")], source


def test_it_runs_as_a_user_of_its_own_without_a_shell_and_stops_as_the_service_wants() -> None:
    words = [step.word for step in STEPS]
    assert of(STEPS, "USER").rest == "liveroom"
    assert words.index("USER") > len(words) - 1 - words[::-1].index("RUN")
    assert of(STEPS, "CMD").listed == ["liveroom", "serve"]
    assert of(STEPS, "STOPSIGNAL").rest == "SIGTERM"
    assert of(STEPS, "VOLUME").rest == "/data"
    assert "LIVEROOM_DATA_DIR=/data" in of(STEPS, "ENV").rest
    bases = {step.rest.split()[0] for step in STEPS if step.word == "FROM"}
    assert len(bases) == 1
    assert ":" in bases.pop()


def test_no_instruction_holds_a_secret() -> None:
    assert not any("SECRET" in step.rest or "PASSWORD" in step.rest for step in STEPS)


def _health() -> list[str]:
    options, _, command = of(STEPS, "HEALTHCHECK").rest.partition("CMD ")
    assert "--interval" in options
    return Step("CMD", command).listed


@pytest.mark.alone
@pytest.mark.slow
def test_what_the_dockerfile_makes_in_a_fresh_folder_serves_and_says_how_it_is(tmp_path: Path) -> None:
    image = Image(tmp_path / "image", context(IGNORED, tracked()))
    image.build(STEPS)
    assert [command for command in image.commands if "wheel" in command]
    pages = list(image.folder.glob("opt/liveroom/lib/python*/site-packages/liveroom/http/pages/index.html"))
    assert pages, "the wheel has the live page"
    (port,) = free_ports(1)
    env = {**image.env(), "LIVEROOM_PORT": str(port), "LIVEROOM_HOST": LOOPBACK}
    healthy = [word.replace(":9000/", f":{port}/") for word in _health()]
    assert healthy != _health()

    def is_healthy() -> bool:
        assert service.poll() is None or is_stopped, (tmp_path / "log").read_text()[-2000:]
        return subprocess.run(healthy, env=env, check=False, capture_output=True).returncode == 0

    is_stopped = False
    work = image.place(of(STEPS, "WORKDIR").rest)
    with (tmp_path / "log").open("w") as log:
        service = subprocess.Popen(of(STEPS, "CMD").listed, env=env, cwd=work, stderr=log)
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
