"""What is declared is also found: a module of methods or an event that nothing lists would silently not be there."""

from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

from liveroom import api, domain
from liveroom.api import methods
from liveroom.domain.events.catalog import EVENT_PAYLOADS
from liveroom.domain.events.records import EventPayload


def import_all(package: ModuleType) -> None:
    """Import every module of a package, so that all that they declare is declared."""
    for found in walk_packages(package.__path__, f"{package.__name__}."):
        import_module(found.name)


def test_every_module_that_declares_methods_is_in_the_list_of_them() -> None:
    import_all(api)
    listed = {module.__name__ for module in vars(methods).values() if isinstance(module, ModuleType)}
    there = [method for method in methods.METHODS.methods.values() if method.is_offered or method.is_optional]
    declaring = {method.handler.__module__ for method in there}
    assert listed == {name for name in declaring if name.startswith("liveroom.api.")}


def test_every_recorded_event_is_in_the_catalog() -> None:
    import_all(domain)
    found, waiting = set[type[EventPayload]](), [EventPayload]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if "kind" in vars(kind) and kind.__module__.startswith("liveroom.domain"):
                found.add(kind)
    assert {kind.kind for kind in found} == set(EVENT_PAYLOADS)
