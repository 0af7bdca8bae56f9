"""Which modules are installed: Python packages bring them by the entry point group ``liveroom.modules``."""

import re
from collections.abc import Callable, Collection, Iterable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final, NamedTuple

import structlog

from liveroom.api.declare import Registry
from liveroom.domain.events.model import EventKind
from liveroom.domain.operators.caller import subject_of
from liveroom.modules.declaring import DeclaredWrongly, Module

log = structlog.get_logger("liveroom.modules")

GROUP: Final = "liveroom.modules"
_RESERVED: Final = frozenset({"admin", "all", "ask", "liveroom", "webhook"}) | {
    kind.partition(".")[0] for kind in EventKind
}
"""Names that mean something else: in the setting, in events, in scopes."""


_OF_PYTHON: Final = re.compile(r"^<|[/\\]importlib[/\\]")


Check = Callable[[Module[Any]], None]


class Installed(NamedTuple):
    """A module and the package that brings it."""

    module: Module[Any]
    package: str
    version: str

    @property
    def name(self) -> str:
        return self.module.name


class Unfit(Exception):
    """Installed packages with which the service does not start; ``problems`` are sentences."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def found_entries() -> Collection[EntryPoint]:
    """Return what installed packages say that they bring."""
    return entry_points(group=GROUP)


def load(
    entries: Iterable[EntryPoint], registry: Registry, is_on: Callable[[str], bool], check: Check
) -> list[Installed]:
    """Return the modules of the entries, by name; a broken one that is switched off is passed over.

    ``check`` raises ``DeclaredWrongly`` for one that cannot be described. Raises ``Unfit``.
    """
    loaded: dict[str, Installed] = {}
    problems: list[str] = []
    taken = registry.modules | {subject_of(method.permission) for method in registry.methods.values()}
    for entry in sorted(entries, key=lambda entry: entry.name):
        package, version = _origin(entry)
        try:
            module = _load(entry, taken, check)
            if entry.name in loaded:
                raise DeclaredWrongly(f"{loaded[entry.name].package} brings a module of that name too")
        except DeclaredWrongly as problem:
            about = f"the module {entry.name} of the package {package} cannot be used: {problem}"
            if is_on(entry.name):
                leaving = f"mend or uninstall the package, or leave it out: LIVEROOM_MODULES=all,-{entry.name}"
                # Left out, a name of ours would leave ours out too.
                is_ours = entry.name in registry.modules
                problems.append(f"{about}; {'give it another, or uninstall the package' if is_ours else leaving}")
            else:
                log.warning("module.broken", module=entry.name, package=package, cause=str(problem))
            continue
        loaded[entry.name] = Installed(module, package, version)
    if problems:
        raise Unfit(problems)
    return list(loaded.values())


def _load(entry: EntryPoint, taken: Collection[str], check: Check) -> Module[Any]:
    try:
        module = entry.load()
    except DeclaredWrongly:
        raise
    except Exception as problem:
        raise DeclaredWrongly(sentence_of(problem)) from problem
    if not isinstance(module, Module):
        raise DeclaredWrongly(f"{entry.value} is no liveroom.modules.Module")
    if module.name != entry.name:
        raise DeclaredWrongly(f"it calls itself {module.name!r}, its entry point {entry.name!r}: let both be the same")
    if module.name in taken or module.name in _RESERVED:
        raise DeclaredWrongly("the name is liveroom's own")
    check(module)
    return module


def sentence_of(problem: Exception) -> str:
    """Return an error of a module's code and where it comes from, without what else a traceback shows."""
    frames = [frame for frame in extract_tb(problem.__traceback__) if not _OF_PYTHON.search(frame.filename)]
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if len(frames) > 1 else ""
    return f"{type(problem).__name__}: {problem}{where}"


def _origin(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist is not None else (entry.value, "")
