"""What the program's classes are given to work with, as their constructors say."""

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_VALUES = {"NamedTuple", "Struct", "Enum", "StrEnum", "IntEnum"}


_STORES = {"Database", "Live"}


class Dependent(NamedTuple):
    """A class with a constructor."""

    name: str
    line: int
    dependencies: tuple[str, ...]
    """The parameters that do something, unlike names, limits and other values."""
    has_store: bool
    """It is given a store, as use cases are."""


class Dependencies:
    """Knows which types do something: classes with methods, but for values and what ``domain`` has, and functions."""

    def __init__(self, trees: Iterable[tuple[str, ast.Module]]) -> None:
        self._active = {"Callable"}
        for name, tree in trees:
            if not name.startswith("src/liveroom/domain/"):
                self._active |= {found for node in tree.body if (found := _active(node))}

    def of(self, tree: ast.Module) -> Iterator[Dependent]:
        """Yield the classes of a module that have a constructor."""
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and (parameters := list(_parameters(node))):
                active = [name for name, annotation in parameters if self._active & set(_names(annotation))]
                has_store = any(_STORES & set(_names(annotation)) for _, annotation in parameters)
                yield Dependent(node.name, node.lineno, tuple(active), has_store)


def made_in_functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield what functions but constructors call by a name alone, and in which lines."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name != "__init__":
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield node.func.id, node.lineno


def _active(node: ast.stmt) -> str:
    """Return the name of a class with methods, or of a type of functions; "" of anything else."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and "Callable" in _names(node.value):
        return node.targets[0].id
    if not isinstance(node, ast.ClassDef) or _VALUES & {name for base in node.bases for name in _names(base)}:
        return ""
    methods = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return node.name if any(not one.name.startswith("_") and not one.decorator_list for one in methods) else ""


def _parameters(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield what the class's constructor takes: of ``__init__``, or the public fields of a dataclass."""
    for one in node.body:
        if isinstance(one, ast.FunctionDef) and one.name == "__init__":
            arguments = one.args
            yield from ((each.arg, each.annotation) for each in [*arguments.args[1:], *arguments.kwonlyargs])
            return
    if any("dataclass" in _names(decorator) for decorator in node.decorator_list):
        for one in node.body:
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.target.id[0] != "_":
                yield one.target.id, one.annotation


def _names(expression: ast.expr | None) -> list[str]:
    """Return all names in an expression, also in a type that is written as a text."""
    found: list[str] = []
    for node in ast.walk(expression) if expression is not None else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            found.append(node.value)
        elif isinstance(node, ast.Name | ast.Attribute):
            found.append(node.id if isinstance(node, ast.Name) else node.attr)
    return found
