"""The dependencies of a package: the versions that are installed here, as they are built for the platform."""

import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import distributions, requires
from pathlib import Path
from typing import Final

from liveroom.cli.pack.targets import PackageTarget
from liveroom.settings import SettingsError

_OURS: Final = "liveroom"
_EARLY: Final = {"3.11": ("async-timeout",)}
"""What the first releases of a Python need, such as Debian's 3.11.2; pip asks the Python that it runs on."""
_LINES: Final = 4
"""How much of what pip says at the end is told."""
_EXTRA: Final = re.compile(r"""extra\s*==\s*['"]([\w-]+)""")


def install(packages: Path, target: PackageTarget, python: str, *, extras: Sequence[str], added: Sequence[str]) -> None:
    """Install what liveroom needs, and what was added, into a folder. Raises ``SettingsError``."""
    packages.mkdir(parents=True)
    constraints = packages.with_name("constraints.txt")
    constraints.write_text("\n".join(pins([*target.older, *added])), encoding="utf-8")
    platforms = [word for name in target.platforms() for word in ("--platform", name)]
    run = [
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "install"),
        *("--target", str(packages), "--no-compile", "--only-binary", ":all:", "--implementation", "cp"),
        *(
            "--python-version",
            python,
            *platforms,
            "--constraint",
            str(constraints),
            *needed(extras),
            *_EARLY.get(python, ()),
            *added,
        ),
    ]
    try:
        done = subprocess.run(run, check=False, capture_output=True, text=True)  # noqa: S603
    finally:
        constraints.unlink()
    if done.returncode != 0:
        said = "\n".join(done.stderr.strip().splitlines()[-_LINES:])
        raise SettingsError([f"the dependencies could not be had; pip says:\n{said}"])


def needed(extras: Sequence[str]) -> list[str]:
    """Return what this release needs, and its extras. Raises ``SettingsError``."""
    wanted, known = [], set[str]()
    for line in requires(_OURS) or ():
        text, _, marker = line.partition(";")
        extra = _extra(marker)
        known |= {extra} if extra else set()
        if not extra or extra in extras:
            wanted.append(text.strip())
    if unknown := sorted(set(extras) - known):
        raise SettingsError([f"liveroom has no extra {unknown[0]!r}; it has {', '.join(sorted(known - {'dev'}))}"])
    return wanted


def _extra(marker: str) -> str:
    found = _EXTRA.search(marker)
    return found[1] if found else ""


def pins(instead: Sequence[str]) -> list[str]:
    """Return the versions that are installed here, but for packages that are named otherwise."""
    named = {_name(one) for one in instead} | {_OURS}
    here = {_name(found.name): found.version for found in distributions()}
    kept = [f"{name}=={version}" for name, version in sorted(here.items()) if name not in named and "+" not in version]
    return [*kept, *(one for one in instead if "==" in one and "/" not in one)]


def _name(requirement: str) -> str:
    return requirement.partition("==")[0].strip().lower().replace("_", "-").replace(".", "-")
