"""What a module imports, read from its source."""

import ast
from collections.abc import Iterator


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield every name that is imported, types included: ``package.module`` or ``package.module.name``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
