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
            if name == "hit":  # the live store limits nothing while it is down
                return lambda *args, **named: _yes() if self._switch.down else found(*args, **named)
            if name == "hit_each":
                return lambda uses, **named: _all(len(uses)) if self._switch.down else found(uses, **named)
            return found if name == "close" else self._switch.guard(found)
        if isinstance(found, str | int | float | None):
            return found
        return Breakable(found, self._switch)


async def _yes() -> bool:
    return True


async def _all(count: int) -> list[bool]:
    return [True] * count


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
