"""The switch of modules: which are installed, which of all are on offer, and what those of other packages live with."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import structlog

from liveroom.api.declare import Method, Registry
from liveroom.api.methods import METHODS
from liveroom.api.shapes import Shape
from liveroom.http.openapi import make_openapi
from liveroom.modules.declaring import DeclaredWrongly, Module, local_hook
from liveroom.modules.inside import Liveroom
from liveroom.modules.installed import Installed, Unfit, found_entries, load, sentence_of
from liveroom.settings import Settings, SettingsError
from liveroom.usecases.activities.hosting import Activities
from liveroom.usecases.activities.types import ActivityTypes
from liveroom.usecases.events.announcing import Announcements
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.hooks.calls import HookCalls

log = structlog.get_logger("liveroom.modules")

Inside = Callable[[str, Mapping[type[Shape], str]], Liveroom]
"""Makes what a module of that name may ask of the service, which has these events."""


@dataclass(frozen=True, slots=True)
class Modules:
    """What an installation has: our own modules, and those of installed packages."""

    registry: Registry
    """Every declared method. Those of other packages are not to be called before they are seated."""
    installed: Sequence[Installed]
    offered: frozenset[str]
    """The modules that the operator left on, ours among them."""

    @property
    def at_work(self) -> Sequence[Installed]:
        """Return those of other packages that are on."""
        return [one for one in self.installed if one.name in self.offered]

    @property
    def needed(self) -> Iterable[Method]:
        """Return the methods that need no module which is switched off beside their own."""
        return (one for one in self.registry.methods.values() if not one.needs or one.needs in self.offered)

    @property
    def events(self) -> Sequence[type[Shape]]:
        """Return the events of those that are on, for the reference."""
        return [shape for one in self.at_work for shape in one.module.shapes()]

    def seated(self, inside: Inside, hook_calls: HookCalls, types: ActivityTypes) -> "ModulesAtWork":
        """Give those that are on what they work with."""
        seats = [ModuleSlot(one, inside) for one in self.at_work]
        for seat in seats:
            for hook_type, before in seat.installed.module.before_hooks:
                hook_calls.add_local(hook_type, local_hook(before, seat.own))
            for name, rules in seat.installed.module.activities.items():
                types.add(f"{seat.installed.name}.{name}", rules)
        methods = dict(self.registry.methods)
        for seat in seats:
            methods |= {one.path: replace(one, handler=_handled(one, seat)) for one in seat.installed.module.methods}
        return ModulesAtWork(replace(self, registry=Registry(methods)), seats)


class ModuleSlot:
    """A module at work."""

    def __init__(self, installed: Installed, inside: Inside) -> None:
        self.installed = installed
        self._liveroom = inside(installed.name, {shape: kind for kind, shape in installed.module.events.items()})
        self._own: Any = self._liveroom if installed.module.span is None else None

    def own(self) -> Any:
        """Return what its methods and hooks are called with."""
        if self._own is None:
            raise RuntimeError(f"the module {self.installed.name} has not started")
        return self._own

    async def enter(self, stack: AsyncExitStack) -> None:
        """Begin its life. Raises ``SettingsError`` when it does not start."""
        name, package, version = self.installed.name, self.installed.package, self.installed.version
        if (span := self.installed.module.span) is not None:
            try:
                self._own = await stack.enter_async_context(span(self._liveroom))
            except Exception as problem:
                sentence = f"the module {name} of the package {package} does not start: {sentence_of(problem)}"
                raise SettingsError([sentence]) from problem
        log.info("module.started", module=name, package=package, version=version)


@dataclass(frozen=True, slots=True)
class ModulesAtWork:
    """The modules of a service, ready to be called."""

    modules: Modules
    seats: Sequence[ModuleSlot]

    @property
    def registry(self) -> Registry:
        return self.modules.registry

    @property
    def events(self) -> Sequence[type[Shape]]:
        return self.modules.events

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[None]:
        """Let the modules of other packages live until the block ends."""
        async with AsyncExitStack() as stack:
            for seat in self.seats:
                await seat.enter(stack)
            yield


def find_modules(settings: Settings, entries: Iterable[EntryPoint] | None = None) -> Modules:
    """Return the modules of an installation. Raises ``SettingsError`` for what cannot be used, or is not there."""
    try:
        entries = _entries() if entries is None else tuple(entries)
        installed = load(entries, METHODS, settings.offers, _check)
    except Unfit as unfit:
        raise SettingsError(unfit.problems) from unfit
    registry = Registry(dict(METHODS.methods))
    for one in installed:
        for method in one.module.methods:
            registry.add(method)
    names = METHODS.modules | {entry.name for entry in entries}
    if problems := [
        _unknown(name, names) for name in settings.modules if name.removeprefix("-") not in {*names, "all"}
    ]:
        raise SettingsError(problems)
    return Modules(registry, installed, frozenset(filter(settings.offers, names)))


def make_inside(
    data_dir: Path, announcements: Announcements, recorder: EventRecorder, activities: Activities
) -> Inside:
    """Return what makes what a module may ask of the service."""

    def inside(name: str, kinds: Mapping[type[Shape], str]) -> Liveroom:
        return Liveroom(
            name, data_dir, kinds, replace(announcements, kinds=frozenset(kinds.values())), recorder, activities
        )

    return inside


@cache
def _entries() -> Sequence[EntryPoint]:
    """Look once: what is installed while a process runs counts for the next."""
    return tuple(found_entries())


def _check(module: Module[Any]) -> None:
    """Raise ``DeclaredWrongly`` for what the reference cannot tell, or cannot tell from what is ours."""
    registry = Registry({method.path: method for method in module.methods})
    try:
        described = make_openapi(registry, events=module.shapes())["components"]["schemas"]
    except (TypeError, NameError) as problem:
        raise DeclaredWrongly(f"what it answers or tells cannot be described: {problem}") from problem
    if taken := sorted(_own_names() - described.keys()):
        raise DeclaredWrongly(f"it has a struct {taken[0]}, which is the name of one of liveroom's own")


@cache
def _own_names() -> frozenset[str]:
    """Return the names of our structs: other schemas have no title."""
    described = make_openapi(Registry())["components"]["schemas"]
    return frozenset(name for name, schema in described.items() if "title" in schema)


def _unknown(name: str, names: frozenset[str]) -> str:
    near = get_close_matches(name.removeprefix("-"), names, 1)
    hint = f"do you mean {near[0]}?" if near else f"there are {', '.join(sorted(names))}."
    return f"LIVEROOM_MODULES names {name.removeprefix('-')!r}, and there is no such module: {hint}"


def _handled(method: Method, seat: ModuleSlot) -> Callable[..., Any]:
    handler, own = method.handler, seat.own

    async def handle(request: Any, caller: Any) -> Any:
        return await handler(request, caller, own())

    return handle
