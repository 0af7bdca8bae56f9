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
        if callable(found):
            # While the live store is down each process counts uses for itself.
            return found if name in ("close", "hit", "hit_each", "window_left") else self._switch.guard(found)
        if isinstance(found, str | int | float | None):
            return found
        return Breakable(found, self._switch)


class Switch:
    """Whether a store answers."""

    def __init__(self, failure: type[Unavailable]) -> None:
        self.failure = failure
        self.down = False

    def guard(self, call: Any) -> Any:
        """Return the call, which fails while the store is down if there is anything to wait for in it."""

        def guarded(*args: Any, **named: Any) -> Any:
            answer = call(*args, **named)
            if self.down and inspect.iscoroutine(answer):
                answer.close()
                raise self.failure("down, as the test wants it")
            return answer

        return guarded

    def over(self, store: Any) -> Any:
        """Return the store behind this switch."""
        return Breakable(store, self)
