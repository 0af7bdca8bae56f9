"""docs/modules.md: what it says to write is written, installed and run, and does what the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import ROOT, blocks, differences, examples, files
from tests.servers import wait_until

PAGE: Final = (ROOT / "docs" / "modules.md").read_text(encoding="utf-8")
MARK: Final = "=== example"
ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:(\d+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the page's package in it, installed from what is here alone."""
    package, folder = tmp_path_factory.mktemp("liveroom-dice"), tmp_path_factory.mktemp("site")
    (module,) = files(PAGE)
    (package / module.name).write_text(module.text, encoding="utf-8")
    (project,) = (block.text for block in blocks(PAGE) if block.kind == "toml")
    (package / "pyproject.toml").write_text(project, encoding="utf-8")
    quietly = ("--disable-pip-version-check", "--quiet", "--no-index", "--no-deps", "--no-build-isolation")
    words = (sys.executable, "-m", "pip", "install", *quietly, "--target", str(folder), str(package))
    subprocess.run(words, check=True, timeout=120)
    return folder


def test_every_example_does_what_the_page_says(site: Path, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {"PATH": path, "HOME": str(tmp_path), "PYTHONPATH": str(site), "LIVEROOM_LOG_FORMAT": "json"}
    log = tmp_path / "log"
    with log.open("w") as out:
        words = (sys.executable, "-m", "liveroom", "serve", "--port", "0")
        service = subprocess.Popen(words, cwd=tmp_path, env=environ, stderr=out)
    run = [example for example in examples(PAGE) if not example.code.why_not_run]
    try:
        wait_until(lambda: bool(ADDRESS.search(log.read_text())) or service.poll() is not None, "liveroom serve")
        found = ADDRESS.search(log.read_text())
        assert found, log.read_text()
        script = "set -eu\n" + "".join(f"echo '{MARK}'\n{example.code.text}" for example in run)
        script = script.replace("127.0.0.1:9000", f"127.0.0.1:{found[1]}")
        done = subprocess.run(
            ["bash"], input=script, capture_output=True, text=True, cwd=tmp_path, env=environ, check=False, timeout=60
        )
    finally:
        service.terminate()
        service.wait(timeout=20)
    assert done.returncode == 0, done.stderr
    printed = re.sub(r'"shows":[12]\b', '"shows":2', done.stdout).split(f"{MARK}\n")[1:]
    assert len(printed) == len(run) > 2
    wrong = [
        what
        for example, said in zip(run, printed, strict=True)
        if example.shown
        for what in differences(example.shown, said)
    ]
    assert wrong == []


def test_the_page_names_all_that_liveroom_does_for_a_module() -> None:
    public = subprocess.run(
        [sys.executable, "-c", "from liveroom.modules import Liveroom; print(*vars(Liveroom))"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    ).stdout.split()  # fmt: skip
    named = [name for name in public if not name.startswith("_") and name not in ("kinds", "name")]
    assert [name for name in named if not re.search(rf"`(await )?{name}\b", PAGE)] == []
