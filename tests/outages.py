"""Stores that go down when a test says so, and come back: a switch between the program and a real store."""

import inspect
from typing import Any

from liveroom.domain.errors import Unavailable


class Breakable:
    """A store and everything on it; while ``switch`` is down every call that would ask the store fails."""

    def __init__(self, inner: Any, switch: "Switch") -> None:
        self._inner = inner
        self._switch = switch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if inspect.iscoroutinefunction(found) and name != "close":
            return self._switch.guard(found)
        if callable(found) or isinstance(found, str | int | float | None):
            return found
        return Breakable(found, self._switch)


class Switch:
    """Whether a store answers."""

    def __init__(self, failure: type[Unavailable]) -> None:
        self.failure = failure
        self.down = False

    def guard(self, call: Any) -> Any:
        """Return the call as long as the store is up."""

        async def guarded(*args: Any, **named: Any) -> Any:
            if self.down:
                raise self.failure("down, as the test wants it")
            return await call(*args, **named)

        return guarded

    def over(self, store: Any) -> Any:
        """Return the store behind this switch."""
        return Breakable(store, self)
