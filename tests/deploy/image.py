"""Does what a Dockerfile says, in a folder: there is no container engine where the tests run.

Understands what our own Dockerfile uses. Absolute paths are taken below the folder, COPY takes what `.dockerignore`
leaves of the files that git knows, and making a system user is left out.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_OURS: Final = re.compile(r"(?<![\w./-])/(?:build|opt/liveroom|data)(?![\w-])")
"""The absolute paths of the image that are ours; others are the machine's."""


@dataclass(frozen=True)
class Step:
    """One instruction and what stands behind it, continued lines joined."""

    word: str
    rest: str

    @property
    def listed(self) -> list[str]:
        """Return the exec form, which is the only one that we use for commands that go on."""
        found = json.loads(self.rest)
        assert isinstance(found, list), self.rest
        return found


def read(dockerfile: str) -> list[Step]:
    """Return the instructions."""
    joined = re.sub(r"\\\n\s*", "", "\n".join(line for line in dockerfile.splitlines() if not line.startswith("#")))
    return [Step(*line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def of(steps: Sequence[Step], word: str) -> Step:
    """Return the last instruction of that word."""
    return next(step for step in reversed(steps) if step.word == word)


def context(ignored: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return which files reach the engine: the last pattern that matches a file or a folder above it decides."""
    return [name for name in names if not _is_ignored(name, ignored)]


def _is_ignored(name: str, patterns: Sequence[str]) -> bool:
    verdict = False
    parts = Path(name).parts
    above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    for line in patterns:
        pattern = line.removeprefix("!").strip("/")
        if any(_matches(path, pattern) for path in above):
            verdict = not line.startswith("!")
    return verdict


def _matches(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch(path.rpartition("/")[2], pattern[3:])
    return path.count("/") == pattern.count("/") and fnmatch(path, pattern)


def tracked() -> list[str]:
    """Return the files that git has or would take."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@dataclass
class Image:
    """The folder in which the instructions are done."""

    folder: Path
    files: Sequence[str]
    work: str = "/"
    environ: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)

    def build(self, steps: Sequence[Step]) -> None:
        """Do every instruction that leaves something."""
        for step in steps:
            match step.word:
                case "WORKDIR":
                    self.work = step.rest
                    self.place(step.rest).mkdir(parents=True, exist_ok=True)
                case "COPY" if "--from=" not in step.rest:
                    self._copy(shlex.split(step.rest))
                case "ENV":
                    self.environ |= dict(pair.split("=", 1) for pair in shlex.split(step.rest))
                case "RUN" if "useradd" not in step.rest:
                    self.run(step.rest)

    def place(self, path: str) -> Path:
        """Return where a path of the image is."""
        return self.folder / path.lstrip("/")

    def translated(self, text: str) -> str:
        return _OURS.sub(lambda found: f"{self.folder}{found[0]}", text)

    def env(self) -> dict[str, str]:
        """Return the environment of a command of the image."""
        kept = {name: os.environ[name] for name in ("HOME", "PIP_INDEX_URL", "PIP_CONFIG_FILE") if name in os.environ}
        own = {name: self.translated(value) for name, value in self.environ.items()}
        path = f"{own.pop('PATH', '')}:{Path(sys.executable).parent}:{os.environ['PATH']}".lstrip(":")
        return {**kept, **own, "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def run(self, command: str) -> None:
        self.commands.append(command)
        done = subprocess.run(
            ["sh", "-c", self.translated(command)],
            cwd=self.place(self.work),
            env=self.env(),
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"

    def _copy(self, words: Sequence[str]) -> None:
        *sources, target = words
        to = self.place(self.work) if target == "./" else self.place(f"{self.work}/{target}")
        for source in sources:
            found = list(_below(source, self.files))
            assert found, f"COPY {source}: nothing of that name reaches the engine"
            for name in found:
                inside = Path(name).name if name == source else Path(name).relative_to(source)
                place = to / inside
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, place)


def read_only(folder: Path, *writable: Path) -> list[str]:
    """Return what to put before a command, for which all file systems are read-only then, but for some folders.

    Empty where the kernel lets us make no mounts of our own.
    """
    mounts = [f"mount --bind {folder} {folder}", f"mount -o remount,bind,ro {folder}"]
    for place in writable:  # what is bound from a read-only mount begins as one
        mounts += [f"mount --bind {place} {place}", f"mount -o remount,bind,rw {place}"]
    script = f'set -e; mount --make-rprivate /; {"; ".join(mounts)}; mount -o remount,bind,ro /; exec "$@"'
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    prefix = ["unshare", "--mount", *user, "sh", "-c", script, "sh"]
    return prefix if subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode == 0 else []


def _below(source: str, files: Sequence[str]) -> Iterator[str]:
    return (name for name in files if name == source or name.startswith(f"{source}/"))
