"""Builds a package: dependencies, program, start file, compiled files; then the zip, with what has to be true of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from liveroom.cli.pack.archive import Zipped, write_zip
from liveroom.cli.pack.contents import add_program, add_start, check_builds, compile_all, strip
from liveroom.cli.pack.requirements import install
from liveroom.cli.pack.targets import LARGEST, MEGABYTE, TARGETS
from liveroom.settings import SettingsError


@dataclass(frozen=True)
class BuiltPackage:
    """What was written."""

    file: Path
    start: str
    python: str
    zipped: Zipped
    notes: tuple[str, ...]

    @property
    def bytes(self) -> int:
        return self.zipped.bytes

    @property
    def sha256(self) -> str:
        return self.zipped.sha256

    def __str__(self) -> str:
        size = f"{self.bytes / MEGABYTE:.1f} MB of at most {LARGEST // MEGABYTE}"
        lines = [
            f"{self.file}: {size}, {self.zipped.files} files, started by {self.start} with Python {self.python}",
            f"SHA-256 {self.sha256}",
        ]
        return "\n".join([*lines, *self.notes])


def build(
    folder: Path,
    file: Path,
    name: str,
    *,
    python: str = "",
    extras: Sequence[str] = (),
    added: Sequence[str] = (),
    told: Callable[[str], None],
) -> BuiltPackage:
    """Build the package of a target in an empty folder, and write the zip. Raises ``SettingsError``."""
    target = TARGETS[name]
    version = python or target.python
    packages = folder / "python"
    told(f"Getting the dependencies for Linux with Python {version}")
    install(packages, target, version, extras=extras, added=added)
    strip(packages)
    check_builds(packages, target.glibc)
    notes = list(add_program(packages))
    add_start(folder, target.start, target.command(version))
    told("Compiling")
    if not compile_all(folder, version):
        notes.append(
            f"There is no Python {version} here to compile the files with, so the function's processes start some "
            "seconds later than they could."
        )
    zipped = write_zip(folder, file, executable=target.start)
    if zipped.bytes > LARGEST:
        file.unlink()
        said = f"the package has {zipped.bytes / MEGABYTE:.1f} MB, and platforms take {LARGEST // MEGABYTE} MB"
        raise SettingsError([f"{said}: leave out what was added, or deploy the container image instead."])
    return BuiltPackage(file, target.start, version, zipped, tuple(notes))
