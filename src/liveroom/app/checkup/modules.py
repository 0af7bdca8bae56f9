"""Which modules other packages bring, and whether they can be used."""

from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint

from liveroom.app.modules import find_modules
from liveroom.domain.findings import Finding, fail, ok
from liveroom.settings import Settings, SettingsError


def look_at_modules(settings: Settings, entries: Iterable[EntryPoint] | None = None) -> Iterator[Finding]:
    """Name each installed module with its package, and what keeps the service from starting."""
    try:
        modules = find_modules(settings, entries)
    except SettingsError as stopped:
        for problem in stopped.problems:
            yield fail("modules", problem, "the service does not start until this is fixed")
        return
    for one in modules.installed:
        state = "on" if one.name in modules.offered else "switched off"
        yield ok("modules", f"{one.name} from the package {one.package} {one.version}, {state}")
