"""What is declared is also found: a module of methods or an event that nothing lists would silently not be there."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import liveroom
from liveroom.api import methods
from liveroom.domain.events.catalog import EVENT_PAYLOADS
from liveroom.domain.events.records import EventPayload

_ROOT = Path(liveroom.__file__).parent


def _modules(layer: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((_ROOT / layer).rglob("*.py")):
        name = ".".join(("liveroom", *path.relative_to(_ROOT).with_suffix("").parts)).removesuffix(".__init__")
        yield name, ast.parse(path.read_text())


def _declares_methods(tree: ast.Module) -> bool:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)]
    decorators = [by.func for function in functions for by in function.decorator_list if isinstance(by, ast.Call)]
    return any(isinstance(by, ast.Name) and by.id == "method" for by in decorators)


def test_every_module_that_declares_methods_is_in_the_list_of_them() -> None:
    listed = {module.__name__ for module in vars(methods).values() if isinstance(module, ModuleType)}
    assert listed == {name for name, tree in _modules("api") if _declares_methods(tree)}


def test_every_recorded_event_is_in_the_catalog() -> None:
    for name, _ in _modules("domain"):
        importlib.import_module(name)
    found, waiting = set[type[EventPayload]](), [EventPayload]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if "kind" in vars(kind) and kind.__module__.startswith("liveroom.domain"):
                found.add(kind)
    assert {kind.kind for kind in found} == set(EVENT_PAYLOADS)
