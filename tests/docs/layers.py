"""The diagram of docs/architecture.md: which packages of the program import which, read from the code.

`python -m tests.docs.layers` draws it anew.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from tests.docs.pages import ROOT
from tests.imports import imported

PAGE = ROOT / "docs/architecture.md"
_PACKAGES = ROOT / "src/liveroom"
_LEFT_OUT = {"bench", "conform", "simulate", "tracing"}
"""What the running program does not have, or only while the operator wants it."""
_DIAGRAM = re.compile(r"```mermaid\n.*?^```\n", re.MULTILINE | re.DOTALL)
Graph = Mapping[str, Collection[str]]


def diagram() -> str:
    """Return the diagram. What is reached by way of another package has no arrow of its own."""
    graph = reduced(_imports())
    arrows = [f"    {package} --> {' & '.join(sorted(graph[package]))}" for package in sorted(graph) if graph[package]]
    return "\n".join(["```mermaid", "flowchart TD", *arrows, "```", ""])


def drawn(page: str) -> str:
    """Return the page with the diagram as it is now."""
    return _DIAGRAM.sub(lambda _: diagram(), page, count=1)


def reduced(graph: Graph) -> Graph:
    """Return the graph without the arrows that a longer way makes needless."""
    return {
        package: {other for other in others if not any(other in _reached(graph, way) for way in others)}
        for package, others in graph.items()
    }


def _reached(graph: Graph, package: str) -> set[str]:
    return {found for other in graph.get(package, ()) for found in (other, *_reached(graph, other))}


def _imports() -> Graph:
    names = {folder.name for folder in _PACKAGES.iterdir() if (folder / "__init__.py").is_file()} - _LEFT_OUT
    return {
        name: {other for file in (_PACKAGES / name).rglob("*.py") for other in _imported(file)} & names - {name}
        for name in names
    }


def _imported(file: Path) -> Iterator[str]:
    """Yield the packages of liveroom that a file imports from."""
    names = (name.split(".") for name in imported(ast.parse(file.read_text(encoding="utf-8"))))
    yield from (parts[1] for parts in names if parts[0] == "liveroom" and len(parts) > 1)


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
