"""The rules of the house that no other tool checks, each a function from files to breaches.

Every rule is run on the repository, and on a snippet that breaks it: a rule that cannot bite is a wish.
Layers are import-linter's, banned names are ruff's; here both are shown to bite on this repository's settings.
"""

import ast
import io
import re
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Callable, Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.dependencies import Dependencies, made_in_functions
from tests.imports import imported

ROOT = Path(__file__).parent.parent
MIB = 1 << 20
_DESCRIPTION = "docs/openapi.json"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# This page names what it forbids; the others wait for processes, which no hand-wound clock can hurry, or measure time.
_EXEMPT = {"tests/test_promises.py"}
_MAY_SLEEP = {
    "tests/servers.py",
    "tests/bench/expiry.py",
    "tests/bench/fanout/sends.py",
    "tests/bench/gifts/inside.py",
    "tests/bench/growth.py",
    "tests/bench/idle/crowd.py",
    "tests/bench/idle/measure.py",
    "tests/bench/processes.py",
    "tests/bench/soak.py",
    "tests/bench/trial.py",
}
_MAY_BEGIN_TASKS = ("src/liveroom/deadlines.py", "src/liveroom/bench/", "src/liveroom/cli/")
_PUTS_TOGETHER = ("src/liveroom/app/", "src/liveroom/cli/", "src/liveroom/settings/")
_DEPENDENCIES = 7
_DIVIDED = ("src/liveroom/domain/", "src/liveroom/usecases/", "src/liveroom/api/", "src/liveroom/store/sql/")
_VAGUE = {"utils", "helpers", "common", "base", "manager", "service", "impl"}
_RETIRED = frozenset(
    re.findall(
        r"\w+",
        """
    Arranged Arrangement Arrangements Arranging Asker Asking Beat BrokerWhispers Chapter Chronicle Coming
    Consents Crowd Deed Door Ear Ears EventLanes Ground Happening Heard Hearing Herald HttpAsker HttpDoor
    KeyedDoor Lane ListAudience MoveIn MysqlWording OriginalGuest Outlet Parting Patience Permits Piece
    Place PlaceId PlaceRecord Placed RoomSeed RoomTaken Scene Seating Settled SocketDoor SqlArrangements
    SqlDeadEvents SqlEventLanes SqlLedger SqliteWording StageKeeper StageView Staged Stages StandingChanges
    Standings Strays Takings Telling Thaw Told ToldMember ToldOf ToldRoom ToldUser
    ToldVerdict Trace TraceRows Traces TurnedCalls Turns Upkeep UserSeed
    VendorDesk Verdicts Warrant Whispers Wording
    add_own arrangements arranging asker bury check_shown chronicle consents dead_events deed deeds
    drop_places ear ears event_lanes fate fates heard hearing herald is_on_stage knock lanes
    make_ground outlet partings patience permits put_back put_out put_standing reckon retell serve_doors
    stage_version stray strays superseded_at superseded_by sweep swept take_place takings tell_removed
    telling tellings
    thaw told_at told_of unmeet upkeep user_put_out user_seed warrant whisper whispered whispers wording
    """,
    )
)
"""Identifiers of a former language of our own. The field's words for them stand in docs/glossary.md."""
_MACHINE_PATHS = re.compile(r"(?<![\w.$}~-])/(?:home|root|Users|work)/[\w.]")
_MIRRORS = re.compile(r"https?://[^/\s\"']*(?:pypi|pythonhosted|npmjs|mirror)|--(?:extra-)?index-url|trusted-host")


class Files:
    """The files that git has or would take, as text, by their path from the root."""

    def __init__(self, root: Path, names: list[str]) -> None:
        self._root = root
        self.names = [name for name in names if (root / name).is_file()]

    def size(self, name: str) -> int:
        return (self._root / name).stat().st_size

    def read(self, name: str) -> str:
        return (self._root / name).read_bytes().decode(errors="replace")

    def under(self, *folders: str) -> Iterator[tuple[str, str]]:
        """Yield the Python files of these folders."""
        for name in self.names:
            if name.endswith(".py") and name.startswith(folders) and name not in _EXEMPT:
                yield name, self.read(name)

    def trees(self, *folders: str) -> Iterator[tuple[str, ast.Module]]:
        """Yield the same, parsed."""
        for name, text in self.under(*folders):
            yield name, ast.parse(text)


def long_files(files: Files) -> Iterator[str]:
    """At most 400 lines in a file of the program, 500 in a file of tests."""
    for name, text in files.under("src/", "tests/"):
        lines, most = text.count("\n"), 500 if name.startswith("tests/") else 400
        if lines > most:
            yield f"{name}: {lines} lines"


def long_functions(files: Files) -> Iterator[str]:
    """At most 60 lines in a function."""
    for name, tree in files.trees("src/", "tests/"):
        for node in ast.walk(tree):
            if isinstance(node, _FUNCTIONS) and (node.end_lineno or 0) - node.lineno >= 60:
                yield f"{name}:{node.lineno}: {node.name}"


def silent_modules(files: Files) -> Iterator[str]:
    """Every module says what it is responsible for."""
    for name, tree in files.trees("src/", "tests/"):
        if not ast.get_docstring(tree):
            yield name


def vague_names(files: Files) -> Iterator[str]:
    """A module is named for what is in it."""
    for name in files.names:
        if name.startswith("src/") and _VAGUE & {Path(part).stem for part in Path(name).parts}:
            yield name


def put_off_work(files: Files) -> Iterator[str]:
    """What is to be done stands in an issue, not in the code."""
    for name in files.names:
        if name.startswith(("src/", "tests/", "scripts/", "web/src/", "clients/")) and name not in _EXEMPT:
            for number, line in enumerate(files.read(name).splitlines(), 1):
                if re.search(r"\b(TODO|FIXME|XXX)\b", line):
                    yield f"{name}:{number}"


def sleeping_tests(files: Files) -> Iterator[str]:
    """No test waits for the clock on the wall."""
    for name, tree in files.trees("tests/"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name not in _MAY_SLEEP and _sleeps(node):
                yield f"{name}:{node.lineno}"


def _sleeps(call: ast.Call) -> bool:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called != "sleep" or not call.args:
        return False
    return not (isinstance(call.args[0], ast.Constant) and call.args[0].value == 0)


def mocks(files: Files) -> Iterator[str]:
    """A test passes its fakes through the constructor."""
    for name, text in files.under("tests/"):
        if re.search(r"unittest.{0,9}\bmock\b|\bmock\.patch|\bmocker\b|monkeypatch\.setattr", text):
            yield name


def machine_paths(files: Files) -> Iterator[str]:
    """No path of somebody's machine."""
    return _lines_with(files, _MACHINE_PATHS)


def mirrors(files: Files) -> Iterator[str]:
    """No address of a package registry: whoever installs has their own."""
    return _lines_with(files, _MIRRORS)


def _lines_with(files: Files, pattern: re.Pattern[str]) -> Iterator[str]:
    for name in files.names:
        if name not in _EXEMPT and files.size(name) < 2 * MIB:
            for number, line in enumerate(files.read(name).splitlines(), 1):
                if pattern.search(line):
                    yield f"{name}:{number}: {line.strip()[:100]}"


def large_files(files: Files) -> Iterator[str]:
    """No file above 1 MiB, but for the description of all methods, which is generated: 4 MiB."""
    for name in files.names:
        if files.size(name) > (4 * MIB if name == _DESCRIPTION else MIB):
            yield f"{name}: {files.size(name)} bytes"


def unwritten_changes(files: Files) -> Iterator[str]:
    """The changelog has a place for what is not released yet."""
    if "## [Unreleased]" not in files.read("CHANGELOG.md"):
        yield "CHANGELOG.md"


def unknown_fault_points(files: Files) -> Iterator[str]:
    """Every fault point in the code is registered, and every registered one is in the code."""
    registered: set[str] = set()
    called: set[str] = set()
    for name, tree in files.trees("src/"):
        for node in ast.walk(tree):
            if name == "src/liveroom/faults.py" and isinstance(node, ast.Assign | ast.AnnAssign):
                registered |= _points_registered(node)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("point", "faults.point"):
                called.add(ast.literal_eval(node.args[0]))
    yield from sorted(registered ^ called)


def _points_registered(node: ast.Assign | ast.AnnAssign) -> set[str]:
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if getattr(target, "id", "") != "POINTS" or node.value is None:
        return set()
    return {
        leaf.value for leaf in ast.walk(node.value) if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
    }


def inherited_deadlines(files: Files) -> Iterator[str]:
    """Tasks are begun with ``deadlines.spawn``: what several requests share must not end with the first of them."""
    for name, tree in files.trees("src/"):
        if not name.startswith(_MAY_BEGIN_TASKS):
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and node.attr in ("create_task", "TaskGroup"):
                    yield f"{name}:{node.lineno}"


def shared_class_names(files: Files) -> Iterator[str]:
    """A class name stands for one idea: no two classes of the program have the same."""
    found: dict[str, str] = {}
    for name, tree in files.trees("src/"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                here = f"{name}:{node.lineno}"
                if (other := found.setdefault(node.name, here)) != here:
                    yield f"{here}: {node.name}, also at {other}"


def retired_identifiers(files: Files) -> Iterator[str]:
    """What the field has a word for is called by it: former words of our own do not come back."""
    for name, text in files.under("src/"):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NAME and token.string in _RETIRED:
                yield f"{name}:{token.start[0]}: {token.string}"


def import_cycles(files: Files) -> Iterator[str]:
    """No two modules need each other, not even for their types: either can be read, and changed, without the other."""
    trees = {_module(name): tree for name, tree in files.trees("src/")}
    graph = {module: _needed(tree, trees.keys()) for module, tree in trees.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as problem:
        yield " <- ".join(problem.args[1])


def _module(name: str) -> str:
    return ".".join(Path(name).with_suffix("").parts[1:]).removesuffix(".__init__")


def _needed(tree: ast.Module, modules: Collection[str]) -> set[str]:
    return {name if name in modules else name.rpartition(".")[0] for name in imported(tree)} & set(modules)


def splat_arguments(files: Files) -> Iterator[str]:
    """No call takes a literal apart, as ``Rooms(*(db, live))`` does: arguments stand by themselves or by name."""
    for name, tree in files.trees("src/"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and any(_is_splat(argument) for argument in node.args):
                yield f"{name}:{node.lineno}"


def _is_splat(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Starred) and isinstance(argument.value, ast.Tuple | ast.List)


def many_dependencies(files: Files) -> Iterator[str]:
    """No class is given more than seven others to work with, but for the lists of all that ``app`` puts together."""
    trees = list(files.trees("src/"))
    known = Dependencies(trees)
    for name, tree in trees:
        for one in known.of(tree) if not name.startswith(_PUTS_TOGETHER) else ():
            if len(one.dependencies) > _DEPENDENCIES:
                yield f"{name}:{one.line}: {one.name}: {', '.join(one.dependencies)}"


def hidden_dependencies(files: Files) -> Iterator[str]:
    """What is given a store is made where the program is put together, not in the midst of what somebody does."""
    trees = list(files.trees("src/"))
    known = Dependencies(trees)
    with_store = {one.name for _, tree in trees for one in known.of(tree) if one.has_store}
    for name, tree in trees:
        for called, line in made_in_functions(tree) if not name.startswith(_PUTS_TOGETHER) else ():
            if called in with_store:
                yield f"{name}:{line}: {called}"


def strange_folders(files: Files) -> Iterator[str]:
    """Each layer has folders of the subjects that docs/architecture.md names, whose modules do not repeat the name."""
    page = "docs/architecture.md"
    subjects = re.findall(r"^\| `(\w+)` \|", files.read(page), re.MULTILINE) if page in files.names else []
    for name, _ in files.under(*_DIVIDED):
        subject, _, module = name.removeprefix(next(filter(name.startswith, _DIVIDED))).partition("/")
        if module and subject != "migrations" and (subject not in subjects or module.startswith(subject.rstrip("s"))):
            yield name


Rule = Callable[[Files], Iterator[str]]
_DOC = '"""Doc."""\n'
_CLASS = "@dataclass\nclass Rooms:\n"
_STORE = "\n\nclass Store:\n    def get(self): ...\n"
BREACHES: list[tuple[Rule, str, str]] = [
    (long_files, "src/liveroom/long.py", "\n" * 401),
    (long_files, "tests/test_long.py", "\n" * 501),
    (long_functions, "src/liveroom/long.py", "def f():\n" + "    f()\n" * 60),
    (silent_modules, "src/liveroom/silent.py", "import os\n"),
    (vague_names, "src/liveroom/store/utils.py", _DOC),
    (vague_names, "src/liveroom/common/rooms.py", _DOC),
    (put_off_work, "src/liveroom/store/live/enter.lua", "-- TODO: later\n"),
    (sleeping_tests, "tests/test_a.py", "import time\ntime.sleep(0.1)\n"),
    (sleeping_tests, "tests/test_a.py", "async def test_a():\n    await asyncio.sleep(LONG)\n"),
    (mocks, "tests/test_a.py", "from unittest import mock\n"),
    (mocks, "tests/test_a.py", "def test_a(monkeypatch):\n    monkeypatch.setattr(rooms, 'enter', None)\n"),
    (machine_paths, "docs/guide.md", "cd /home/xiaoming/liveroom\n"),
    (machine_paths, "Makefile", "X=/root/.pyenv\n"),
    (mirrors, "constraints.txt", "--index-url https://example.org/simple\n"),
    (mirrors, "docs/guide.md", "see https://mirrors.example.org/\n"),
    (large_files, "docs/picture.svg", "x" * (MIB + 1)),
    (unwritten_changes, "CHANGELOG.md", "# Changelog\n"),
    (unknown_fault_points, "src/liveroom/store/rooms.py", 'faults.point("rooms.entered")\n'),
    (inherited_deadlines, "src/liveroom/store/rooms.py", "task = asyncio.create_task(work())\n"),
    (shared_class_names, "src/liveroom/store/rooms.py", "class Rooms:\n    pass\n\n\nclass Rooms:\n    pass\n"),
    (retired_identifiers, "src/liveroom/store/live/rooms.py", "def f(lanes):\n    pass\n"),
    (import_cycles, "src/liveroom/rooms.py", "if TYPE_CHECKING:\n    from liveroom.rooms import Room\n"),
    (splat_arguments, "src/liveroom/app/wiring.py", "rooms = Rooms(*(db, live), clock)\n"),
    (
        many_dependencies,
        "src/liveroom/rooms.py",
        _CLASS + "".join(f"    on{n}: Callable[[], None]\n" for n in range(8)),
    ),
    (many_dependencies, "src/liveroom/rooms.py", _CLASS + "".join(f"    s{n}: Store\n" for n in range(8)) + _STORE),
    (hidden_dependencies, "src/liveroom/rooms.py", _CLASS + "    db: Database\n\n\ndef f(db):\n    Rooms(db)\n"),
    (strange_folders, "src/liveroom/domain/chairs/model.py", _DOC),
    (unknown_fault_points, "src/liveroom/faults.py", 'POINTS: Final = ("rooms.left",)\n'),
]
RULES = list(dict.fromkeys(rule for rule, _, _ in BREACHES))


@pytest.fixture(scope="session")
def repository() -> Files:
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True)
    return Files(ROOT, listed.stdout.split("\0"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_repository_keeps_the_rule(rule: Rule, repository: Files) -> None:
    assert list(rule(repository)) == [], rule.__doc__


@pytest.mark.parametrize(("rule", "name", "text"), BREACHES, ids=lambda value: getattr(value, "__name__", ""))
def test_the_rule_bites(rule: Rule, name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert len(list(rule(Files(tmp_path, [name])))) == 1


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (sleeping_tests, "async def test_a():\n    await asyncio.sleep(0)\n"),
        (machine_paths, "GET /base/v1/rooms/home/work/1; ~/work/liveroom; docs/home/page\n"),
        (mirrors, "https://keepachangelog.com/ https://semver.org/\n"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_rule_lets_pass_what_it_should(rule: Rule, text: str, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text(text)
    assert list(rule(Files(tmp_path, ["tests/test_a.py"]))) == []


@pytest.mark.parametrize(
    ("name", "line", "code"),
    [
        ("usecases/rooms/entering.py", "import os\n\nkey = os.environ\n", "TID251"),
        ("usecases/rooms/entering.py", "import os\n\nkey = os.getenv('KEY')\n", "TID251"),
        ("domain/rooms/model.py", "import datetime\n\nnow = datetime.datetime.now(datetime.UTC)\n", "TID251"),
        ("store/rooms.py", "import time\n\nnow = time.time()\n", "TID251"),
        ("usecases/rooms/entering.py", "from . import presence\n", "TID252"),
        ("http/rooms.py", "print('entered')\n", "T201"),
        ("domain/rooms/model.py", "import os\n", "D100"),
    ],
)
def test_ruff_bites(name: str, line: str, code: str) -> None:
    argv = [sys.executable, "-m", "ruff", "check", "--quiet", "--output-format=concise", "--no-cache"]
    argv += [f"--stdin-filename={ROOT / 'src/liveroom' / name}", "-"]
    done = subprocess.run(argv, check=False, input=line, capture_output=True, text=True, cwd=ROOT)
    assert f" {code} " in done.stdout


PARTS = ["cli", "app", "http", "store/sql", "store/live", "providers", "modules", "api", "usecases", "ports", "keys"]
PARTS += ["domain", "settings", "clock", "caches", "deadlines", "faults", "log", "simulate", "tracing", "translations"]


@pytest.mark.parametrize(
    ("name", "text", "broken"),
    [
        ("domain/nothing.py", "", "4 kept, 0 broken"),
        ("domain/breach.py", "import liveroom.ports", "3 kept, 1 broken"),
        ("http/breach.py", "import liveroom.store", "3 kept, 1 broken"),
        ("app/breach.py", "import liveroom.simulate", "3 kept, 1 broken"),
        ("unplaced.py", "", "3 kept, 1 broken"),
        ("usecases/breach.py", "import redis", "3 kept, 1 broken"),
        ("providers/breach.py", "import liveroom.usecases", "3 kept, 1 broken"),
        ("store/sql/breach.py", "import liveroom.store.live", "3 kept, 1 broken"),
    ],
)
def test_import_linter_bites(name: str, text: str, broken: str, tmp_path: Path) -> None:
    package = tmp_path / "liveroom"
    for part in PARTS:
        (package / part).mkdir(parents=True)
    for folder in [package, *package.glob("*/"), *package.glob("*/*/")]:
        (folder / "__init__.py").touch()
    (package / name).write_text(text)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    argv = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    done = subprocess.run(argv, check=False, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": "."})
    assert f"Contracts: {broken}" in done.stdout
