"""Which declared method a path means, whatever prefix a gateway or an app put before it."""

import re
from collections.abc import Iterable

from liveroom.api.declare import Method, Registry

_SLASHES = re.compile("/{2,}")


class Paths:
    """Knows the path under which the service is offered and the stages, path elements that mean nothing."""

    def __init__(self, base_path: str = "", stages: Iterable[str] = ()) -> None:
        self._base = base_path.strip("/")
        self._stages = frozenset(stages) - {""}

    def relative(self, path: str) -> str:
        """Return the path below the service's root: without base path, stage, doubled and outer slashes."""
        return self._parted(path)[1]

    def root(self, path: str) -> str:
        """Return where the service's root is for whoever asked for a path, without a slash at the end.

        A proxy may have taken the base path off, but it is there for the browser.
        """
        stage, _ = self._parted(path)
        return "".join(f"/{part}" for part in (self._base, stage) if part)

    def _parted(self, path: str) -> tuple[str, str]:
        """Return the stage, if the path has one, and what comes behind it."""
        if "//" in path:
            path = _SLASHES.sub("/", path)
        path = path.strip("/")
        if self._base and (path == self._base or path.startswith(f"{self._base}/")):
            path = path[len(self._base) + 1 :]
        first, _, rest = path.partition("/")
        return (first, rest) if first in self._stages else ("", path)

    def spellings(self, path: str) -> list[str]:
        """Return how the apps write a relative path: under each stage, with and without the base path."""
        roots = {"/", f"/{self._base}/" if self._base else "/"}
        return [f"{root}{stage}{path}" for root in roots for stage in ("", *(f"{name}/" for name in self._stages))]


class Routes:
    """The declared methods by path. Usual spellings cost one look into a dict, others are taken apart."""

    def __init__(self, registry: Registry, paths: Paths) -> None:
        self._paths = paths
        self._methods = registry.methods
        self._known = {
            spelling: method for path, method in registry.methods.items() for spelling in paths.spellings(path)
        }

    def find(self, path: str) -> Method | None:
        """Return the method that a request's path means, or None."""
        return self._known.get(path) or self._methods.get(self._paths.relative(path))
