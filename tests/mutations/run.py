"""Runs the deliberate defects one after another, each in a copy of the repository: every one has to be caught.

First the tests of all chosen defects run on the copy as it is, so that a test that fails anyway does not count as one
that has noticed something. Then each defect is made, its tests run until the first one fails, and it is undone.

    python -m tests.mutations.run              all of them
    python -m tests.mutations.run last-seat    this one
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import chain, count, takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple, Protocol

from tests.mutations.defect import ROOT, Defect
from tests.mutations.table import DEFECTS

SECONDS: Final = 600
"""Tests that take longer hang."""
_PYTEST: Final = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider")
_VITEST: Final = "node_modules/vitest/vitest.mjs"
_CLIENT: Final = "clients/js/"
_NO_GIT: Final = ("src/liveroom/http/pages", "clients/js/src/openapi.ts")
"""What is made and not in git: tests look at it where it is there."""
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)|^ *(?:×|FAIL) +(.+)$", re.MULTILINE)


class Verdict(Enum):
    """What the tests said."""

    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"
    """Neither: there are no such tests, they cannot be read, or they hang."""


class Run(NamedTuple):
    """One run of tests."""

    verdict: Verdict
    said: str
    seconds: float

    @property
    def failed(self) -> str:
        """Return the test that failed first."""
        found = _FAILED.search(self.said)
        return next(filter(None, found.groups()), "") if found else ""


_CAUGHT: Final = {Verdict.FAILED: "caught", Verdict.PASSED: "MISSED", Verdict.BROKEN: "BROKEN"}


class Tested(Protocol):
    """Where defects are made and tests run."""

    def make(self, defect: Defect) -> None: ...
    def undo(self, defect: Defect) -> None: ...
    def test(self, tests: str) -> Run: ...


class Copy:
    """A copy of the repository, as it is now, in which defects are made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stamps = count(int(time.time()) + 1)
        self._before = ""
        """What the file that has a defect says without it."""
        for name in _files():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
        self._environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
        told = self._said([sys.executable, "-c", "import liveroom; print(liveroom.__file__)"])
        if not told.startswith(str(folder)):
            raise SystemExit(f"the tests would not run on the copy, but on {told}")

    def make(self, defect: Defect) -> None:
        """Make a defect."""
        self._before = (self.folder / defect.file).read_text("utf-8")
        self._write(defect.file, defect.apply(self._before))

    def undo(self, defect: Defect) -> None:
        """Undo it."""
        self._write(defect.file, self._before)

    def test(self, tests: str) -> Run:
        """Run tests in a session of their own, so that servers that they start end with them."""
        argv, folder = self._command(tests)
        began, verdict, said = time.monotonic(), Verdict.BROKEN, ""
        with subprocess.Popen(
            argv,
            cwd=folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                said = _said_by(process)
                verdict = {0: Verdict.PASSED, 1: Verdict.FAILED}.get(process.returncode, Verdict.BROKEN)
            except subprocess.TimeoutExpired as late:
                said = f"{late}\n"
            finally:
                _end(process)
        return Run(verdict, said, time.monotonic() - began)

    def _command(self, tests: str) -> tuple[Sequence[str], Path]:
        words = shlex.split(tests)
        if not tests.startswith(_CLIENT):
            return (*_PYTEST, *words), self.folder
        node = self._said([sys.executable, str(ROOT / "web/build.py"), "node"]).split()[0]
        vitest = (node, str(self.folder / _VITEST), "run")
        return (*vitest, *(word.removeprefix(_CLIENT) for word in words)), self.folder / _CLIENT

    def _said(self, argv: Sequence[str]) -> str:
        done = subprocess.run(argv, cwd=self.folder, env=self._environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def _write(self, name: str, text: str) -> None:
        """Write a file with a time that no version of it has had: Python knows compiled files by it."""
        path, stamp = self.folder / name, next(self._stamps)
        path.write_text(text, "utf-8")
        os.utime(path, (stamp, stamp))


def chosen(names: Sequence[str]) -> Sequence[Defect]:
    """Return the defects of these names; all where none is named."""
    known = {defect.name: defect for defect in DEFECTS}
    if strange := [name for name in names if name not in known]:
        raise SystemExit(f"there is no defect {strange[0]}; there are: {', '.join(known)}")
    return [known[name] for name in names] or DEFECTS


def sound(copy: Tested, defects: Sequence[Defect]) -> Mapping[str, bool]:
    """Run the tests of these defects on the copy as it is; say of each selection whether it passes.

    Those with the same options run together, and by themselves only where that fails: most of a run is its start.
    """
    passes: dict[str, bool] = {}
    for (_, options), paths in _together(defects).items():
        is_sound = _passes(copy, shlex.join((*dict.fromkeys(chain(*paths.values())), *options)))
        for tests in paths:
            passes[tests] = is_sound or (len(paths) > 1 and _passes(copy, tests))
    return passes


def _together(defects: Iterable[Defect]) -> Mapping[tuple[bool, Sequence[str]], Mapping[str, Sequence[str]]]:
    """Return by their options the selections of these defects, with their paths."""
    found: dict[tuple[bool, Sequence[str]], dict[str, Sequence[str]]] = {}
    for defect in defects:
        words = shlex.split(defect.tests)
        paths = tuple(takewhile(lambda word: not word.startswith("-"), words))
        group = defect.tests.startswith(_CLIENT), tuple(words[len(paths) :])
        found.setdefault(group, {})[defect.tests] = paths
    return found


def _passes(copy: Tested, tests: str) -> bool:
    run = copy.test(tests)
    _say(run, run.verdict.value, tests)
    if run.verdict is not Verdict.PASSED:
        sys.stdout.write(run.said)
    return run.verdict is Verdict.PASSED


def missed(copy: Tested, defects: Iterable[Defect]) -> Iterator[Defect]:
    """Make each defect, run its tests, and yield those that were not caught."""
    for defect in defects:
        copy.make(defect)
        run = copy.test(defect.tests)
        copy.undo(defect)
        _say(run, _CAUGHT[run.verdict], f"{defect.name}: {run.failed or defect.breaks}")
        if run.verdict is Verdict.BROKEN:
            sys.stdout.write(run.said)
        if run.verdict is not Verdict.FAILED:
            yield defect


def _say(run: Run, word: str, about: str) -> None:
    sys.stdout.write(f"{word:8}{run.seconds:6.1f} s  {about}\n")
    sys.stdout.flush()


def main() -> int:
    """Say of each defect whether it was caught; return 0 when all were."""
    defects, began = chosen(sys.argv[1:]), time.monotonic()
    with TemporaryDirectory(prefix="liveroom-mutations-") as folder:
        copy = Copy(Path(folder))
        passes = sound(copy, defects)
        good = [defect for defect in defects if passes[defect.tests]]
        left = list(missed(copy, good))
    seconds = time.monotonic() - began
    sys.stdout.write(f"{len(good) - len(left)} of {len(defects)} defects were caught, in {seconds:.0f} s\n")
    return 0 if len(good) == len(defects) and not left else 1


def _files() -> Iterator[str]:
    """Yield what git has or would take, and what is made beside it."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    made = [file for name in _NO_GIT for file in ((ROOT / name), *(ROOT / name).rglob("*"))]
    for name in (*listed, *(str(file.relative_to(ROOT)) for file in made)):
        if (ROOT / name).is_file():
            yield name


def _said_by(process: "subprocess.Popen[str]") -> str:
    """Return what it has said when it is over. Seconds in which this process itself was stopped do not count."""
    for left in range(SECONDS, 0, -1):
        try:
            return process.communicate(timeout=1)[0]
        except subprocess.TimeoutExpired:
            if left == 1:
                raise
    raise AssertionError("the last second returns or raises")


def _end(process: "subprocess.Popen[str]") -> None:
    """End what the tests have left running."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    sys.exit(main())
