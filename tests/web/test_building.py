"""How the page is built: with which Node, whether there is anything to do, and what ends up in a distribution."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from liveroom.http import guide
from liveroom.http.pages import FOLDER, are_built

ROOT = Path(__file__).parent.parent.parent
ENGINES = "^20.19.0 || >=22.12.0"


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("web_build", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def building() -> ModuleType:
    return load(ROOT / "web" / "build.py")


@pytest.mark.parametrize(
    ("version", "is_fit"),
    [
        ("18.19.0", False),
        ("20.18.3", False),
        ("20.19.0", True),
        ("20.19.2", True),
        ("21.7.0", False),
        ("22.11.9", False),
        ("22.12.0", True),
        ("24.0.0", True),
        ("100.0.0", True),
    ],
)
def test_a_node_is_fit_if_the_packages_engines_say_so(building: ModuleType, version: str, is_fit: bool) -> None:
    assert building.fits(version, ENGINES) is is_fit


def test_a_range_of_another_form_is_refused_rather_than_guessed(building: ModuleType) -> None:
    with pytest.raises(building.CannotBuild, match="write"):
        building.fits("20.19.0", "20 - 22")


Tree = Callable[[str, str], None]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Return what writes a file of a small copy of the source, which is there already."""

    def put(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    for folder in ("web", "clients"):
        left_out = shutil.ignore_patterns("node_modules", "tests", "dist")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=left_out)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    return put


def stamp(copy: ModuleType) -> None:
    """Leave what says that all is built."""
    for product in copy.products():
        product.folder.mkdir(parents=True)
        (product.folder / "built-from.sha256").write_text(f"{product.digest()}\n")


def test_pages_are_good_until_something_changes_that_they_are_made_of(tmp_path: Path, tree: Tree) -> None:
    copy = load(tmp_path / "web" / "build.py")
    assert not copy.is_built()
    stamp(copy)
    assert copy.is_built()
    tree("clients/js/src/openapi.ts", "// made by npm run types")
    tree("web/tests/some.test.ts", "// no part of the page")
    assert copy.is_built()
    for added in ("clients/js/src/added.ts", "web/src/added.ts", "web/guide/added.ts", "docs/added.md"):
        tree(added, "export const added = 1;")
        assert not copy.is_built()
        (tmp_path / added).unlink()
        assert copy.is_built()


def test_without_a_node_the_command_says_what_to_install(tmp_path: Path, tree: Tree) -> None:
    done = subprocess.run(
        [sys.executable, "-S", tmp_path / "web" / "build.py"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "there is no Node ^20.19.0 || >=22.12.0 here; install it, or the Python package" in done.stderr
    assert "Traceback" not in done.stderr


def test_with_nothing_to_do_the_command_succeeds(tmp_path: Path, tree: Tree) -> None:
    # It once said nothing and ended with status 1.
    stamp(load(tmp_path / "web" / "build.py"))
    done = subprocess.run([sys.executable, tmp_path / "web" / "build.py"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tarfile.TarFile]:
    if not are_built():
        pytest.skip("the live page is not built here (LIVEROOM_SKIP_WEB)")
    folder = tmp_path_factory.mktemp("sdist")
    hatchling("sdist", folder, ROOT, dict(os.environ))
    (found,) = folder.glob("*.tar.gz")
    with tarfile.open(found) as archive:
        yield archive


def hatchling(target: str, folder: Path, root: Path, environment: dict[str, str]) -> None:
    argv = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    done = subprocess.run(argv, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_source_distribution_carries_the_pages_and_what_they_are_made_of(sdist: tarfile.TarFile) -> None:
    names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "package-lock.json",
        "clients/js/src/index.ts",
        "web/build.py",
        "web/src/main.ts",
        "hatch_build.py",
    } <= names
    for folder in (FOLDER, guide.FOLDER):
        built = {path.relative_to(ROOT).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert built
        assert built <= names
    assert [name for name in names if "node_modules" in name or ".venv" in name] == []


@pytest.mark.slow
def test_a_machine_with_python_alone_makes_the_wheel_of_it_with_the_same_pages(
    sdist: tarfile.TarFile, tmp_path: Path
) -> None:
    sdist.extractall(tmp_path / "unpacked", filter="data")
    (root,) = (tmp_path / "unpacked").iterdir()
    (root / ".gitignore").unlink()  # The image's build has none: the pages were in its wheel twice, which ended it.
    hatchling("wheel", tmp_path, root, {"PATH": str(tmp_path)})
    (found,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(found) as wheel:
        index = wheel.read("liveroom/http/pages/index.html")
        assert [name for name in wheel.namelist() if name.startswith(("web/", "clients/", "tests/"))] == []
        assert [name for name in wheel.namelist() if name.startswith("liveroom/http/pages/assets/") and ".js" in name]
        page = wheel.read("liveroom/http/guide/zh/guide.html.gz")
    assert index == (FOLDER / "index.html").read_bytes()
    assert page == (guide.FOLDER / "zh/guide.html.gz").read_bytes()


@pytest.mark.slow
def test_whoever_wants_no_page_needs_no_node(sdist: tarfile.TarFile, tmp_path: Path) -> None:
    sdist.extractall(tmp_path / "unpacked", filter="data")
    (root,) = (tmp_path / "unpacked").iterdir()
    shutil.rmtree(root / "src/liveroom/http/pages")
    shutil.rmtree(root / "src/liveroom/http/guide")
    hatchling("wheel", tmp_path, root, {"PATH": str(tmp_path), "LIVEROOM_SKIP_WEB": "1"})
    (found,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(found) as wheel:
        assert [name for name in wheel.namelist() if "/pages/" in name or "/guide/" in name] == []
