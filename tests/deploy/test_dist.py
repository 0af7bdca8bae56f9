"""What `make dist` builds: the same bytes twice, to install without node or git, with a true bill of materials."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

import httpx
import pytest

from tests.deploy.image import ROOT
from tests.servers import LOOPBACK, find, free_ports, wait_until

TOOLS: Final = ("uv==0.13.9", "pipx==1.18.4")
KEPT: Final = ("HOME", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "PIP_CERT", "UV_DEFAULT_INDEX", "SSL_CERT_FILE")
PINS: Final = str(ROOT / "constraints.txt")
PINNED: Final = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE))

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with what was built of the last commit, twice."""
    if find_spec("cyclonedx") is None:
        pytest.skip("the tools of a release are not here: make .venv/release.stamp")
    folder = tmp_path_factory.mktemp("dist")
    argv = [sys.executable, str(ROOT / "scripts" / "dist.py"), "--twice", "--out", str(folder)]
    done = subprocess.run(argv, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "two builds in different folders gave the same bytes" in done.stdout
    return folder


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with python, uv and pipx, and without node and git."""
    folder = tmp_path_factory.mktemp("tools")
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", *TOOLS], check=True)
    for name in ("dirname", "realpath"):  # of every system: the scripts that uv writes begin with them
        (folder / "bin" / name).symlink_to(find(name))
    return folder / "bin"


def one(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def environment(tools: Path, folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    places = {"PIPX_HOME": folder / "pipx", "PIPX_BIN_DIR": folder / "bin", "UV_CACHE_DIR": folder / "cache"}
    own = {name: str(place) for name, place in places.items()}
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    if index := subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip():
        own.setdefault("UV_DEFAULT_INDEX", index)  # uv reads no pip.conf
    return {**kept, **own, "PATH": str(tools), "UV_PYTHON": os.path.realpath(sys.executable), "PIP_CONSTRAINT": PINS}


def test_the_sums_are_those_of_the_files(dist: Path) -> None:
    sums = dict(line.split()[::-1] for line in (dist / "SHA256SUMS").read_text().splitlines())
    assert sums == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in dist.iterdir() if file.name != "SHA256SUMS"
    }
    assert {name.rpartition(".")[2] for name in sums} == {"whl", "gz", "json"}


def test_the_wheel_of_the_source_distribution_is_the_wheel(dist: Path, tmp_path: Path) -> None:
    with tarfile.open(one(dist, "*.tar.gz")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
        epoch = str(int(max(member.mtime for member in archive.getmembers())))
    root = one(tmp_path / "unpacked", "*")
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(argv, cwd=root, check=True, env={"PATH": str(tmp_path), "SOURCE_DATE_EPOCH": epoch})
    again, wheel = one(tmp_path, "*.whl"), one(dist, "*.whl")
    assert again.read_bytes() == wheel.read_bytes()


def test_nothing_of_tools_or_machines_is_in_it(dist: Path) -> None:
    with tarfile.open(one(dist, "*.tar.gz")) as archive:
        members = archive.getmembers()
    assert {(member.uid, member.uname, member.mtime) for member in members} == {(0, "", members[0].mtime)}
    with zipfile.ZipFile(one(dist, "*.whl")) as archive:
        folders = {name.partition("/")[0] for name in archive.namelist()}
    assert {name for name in folders if not name.endswith(".dist-info")} == {"liveroom", "liveroom_client"}


def components(dist: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    bom = json.loads(one(dist, "*.cdx.json").read_text())
    return bom, {component["purl"]: component for component in bom["components"]}


def test_the_bill_lists_what_runs_and_in_which_versions(dist: Path) -> None:
    bom, found = components(dist)
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    wheel = hashlib.sha256(one(dist, "*.whl").read_bytes()).hexdigest()
    assert bom["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": wheel}]
    pinned = {name.lower().replace("_", "-"): version for name, version in PINNED.items()}
    python = {component["name"]: component for purl, component in found.items() if purl.startswith("pkg:pypi/")}
    assert {"starlette", "hiredis", "greenlet", "h11", "aiortc"} <= python.keys()
    assert not {"pytest", "mypy", "hatchling", "cyclonedx-python-lib"} & python.keys()
    assert {name: component["version"] for name, component in python.items()}.items() <= pinned.items()
    assert (python["starlette"]["scope"], python["aiortc"]["scope"]) == ("required", "optional")
    pages = {purl for purl in found if purl.startswith("pkg:npm/")}
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert f"pkg:npm/livekit-client@{lock['node_modules/livekit-client']['version']}" in pages
    assert not [purl for purl in pages if re.search(r"/(?:vite|typescript|eslint|vitest)@", purl)]
    (root,) = [one for one in bom["dependencies"] if one["ref"] == bom["metadata"]["component"]["bom-ref"]]
    assert pages < set(root["dependsOn"])


@contextmanager
def serving(argv: list[str], env: dict[str, str], folder: Path) -> Iterator[str]:
    """Serve in a new, empty folder; yield what browsers get at the root."""
    folder.mkdir()
    subprocess.run([*argv, "--version"], env=env, cwd=folder, check=True)
    (port,) = free_ports(1)
    log = folder.parent / "log"

    def answers() -> bool:
        assert service.poll() is None, log.read_text()[-2000:]
        try:
            with urlopen(f"http://{LOOPBACK}:{port}/readyz") as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    with log.open("w") as out:
        argv = [*argv, "serve", "--port", str(port)]
        service = subprocess.Popen(argv, env=env, cwd=folder, stdout=out, stderr=out)
    try:
        wait_until(answers, "the service")
        yield httpx.get(f"http://{LOOPBACK}:{port}/", headers={"accept": "text/html"}, trust_env=False).text
    finally:
        service.terminate()
        service.wait(timeout=60)


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_uvx_runs_it_in_an_empty_folder_without_node_or_git(kind: str, dist: Path, tools: Path, tmp_path: Path) -> None:
    argv = [str(tools / "uvx"), "--constraints", PINS, "--from", str(one(dist, kind)), "liveroom"]
    with serving(argv, environment(tools, tmp_path), tmp_path / "empty") as page:
        assert '<script type="module"' in page


def test_pipx_installs_it_without_node_or_git(dist: Path, tools: Path, tmp_path: Path) -> None:
    env = environment(tools, tmp_path)
    subprocess.run([tools / "pipx", "install", str(one(dist, "*.whl"))], cwd=tmp_path, env=env, check=True)
    with serving([str(tmp_path / "bin" / "liveroom")], env, tmp_path / "empty") as page:
        assert '<script type="module"' in page
