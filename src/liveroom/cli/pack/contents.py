"""What is in a package: the program, its start file, and dependencies without what only their developers need."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import liveroom
from liveroom.cli.pack.elf import blank_debug
from liveroom.settings import SettingsError

_SOURCES: Final = frozenset({".c", ".cc", ".cpp", ".h", ".hpp", ".pxd", ".pxi", ".pyi", ".pyx"})
"""What the compiled files were made of, and what only tools read."""
_UNUSED: Final = frozenset({"__pycache__", "bin", "tests"})
_RECORDS: Final = frozenset({"direct_url.json", "INSTALLER", "RECORD", "REQUESTED", "uv_cache.json"})
"""What installers note, which is about this machine, or no longer true."""
_NEEDS: Final = re.compile(rb"GLIBC_2\.(\d+)\0")
_COMPILE: Final = ("-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash")
_UNCOMPILED: Final = r"/(pygments|rich_rst|markdown_it|dialects/(mssql|oracle|postgresql))/"
"""What no service imports: compiled, it would be a tenth of the package."""
_START: Final = Path(__file__).with_name("start.sh")


def strip(packages: Path) -> None:
    """Take out of installed packages what no function needs; licences stay."""
    for path in sorted(packages.rglob("*"), reverse=True):
        if path.is_dir() and path.name in _UNUSED and (path.name != "bin" or path.parent == packages):
            shutil.rmtree(path)
        elif path.is_file() and (path.suffix in _SOURCES or _is_record(path)):
            path.unlink()
        elif ".so" in path.suffixes:
            blank_debug(path)


def _is_record(path: Path) -> bool:
    return path.name in _RECORDS and path.parent.suffix == ".dist-info"


def check_builds(packages: Path, glibc: int) -> None:
    """Return if the platform can load every compiled file. Raises ``SettingsError``."""
    found = {path: _needed(path) for path in sorted(packages.rglob("*.so*"))}
    if late := [path for path, minor in found.items() if minor > glibc]:
        path = late[0].relative_to(packages)
        said = f"{path} needs glibc 2.{found[late[0]]}, and the platform has 2.{glibc}"
        raise SettingsError([f"{said}: name an older version of its package with --add."])


def _needed(path: Path) -> int:
    return max((int(minor) for minor in _NEEDS.findall(path.read_bytes())), default=0)


def add_program(packages: Path) -> Iterator[str]:
    """Add this release; yield what somebody should know about it."""
    source = Path(liveroom.__file__).parent
    shutil.copytree(source, packages / "liveroom", ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    if not (source / "http" / "pages").is_dir():
        yield "The live page is not built here (`make`), so it is not in the package."


def add_start(folder: Path, name: str, interpreter: str) -> None:
    """Add the file that the platform runs."""
    text = _START.read_text(encoding="utf-8").replace("@python@", interpreter)
    (folder / name).write_text(text, encoding="utf-8", newline="\n")


def compile_all(folder: Path, version: str) -> bool:
    """Compile all files, which a process could not keep; False: there is no Python of this version here."""
    python = _python(version)
    if python is None:
        return False
    command = [python, *_COMPILE, "-x", _UNCOMPILED, "-s", str(folder), str(folder / "python")]
    # What cannot be compiled is a template, or for another version: nobody imports it.
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    return True


def _python(version: str) -> str | None:
    """Return an interpreter of this version."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(f"python{version}")
    if found is None:
        return None
    asked = subprocess.run([found, "-c", ""], check=False, capture_output=True)  # noqa: S603 - pyenv has names for nothing
    return found if asked.returncode == 0 else None
