"""A process that dies at a fault point: nothing catches it, and nothing is cleaned up."""

from collections.abc import Callable


class Died(BaseException):
    """The process is gone."""


def die() -> None:
    """Die at once."""
    raise Died


def dying_after(passes: int) -> Callable[[], None]:
    """Return what lets the process die once the point was passed so many times."""
    left = iter(range(passes))

    def look() -> None:
        if next(left, None) is None:
            raise Died

    return look
