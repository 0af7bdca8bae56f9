"""One call of each method and what it was answered, as they were recorded from the service (`make examples`)."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

import msgspec

FILE: Final = "examples.json"


class Example(NamedTuple):
    """A call that succeeded."""

    call: dict[str, Any]
    """Its parameters, beside those that say who calls."""
    answer: dict[str, Any]
    """The envelope, without ``version`` and ``requestId``."""


def example_of(path: str) -> Example | None:
    """Return the recorded call of the method at this path; None for a method of another package."""
    return _recorded().get(path)


@cache
def _recorded() -> Mapping[str, Example]:
    text = (resources.files("liveroom.api") / FILE).read_bytes()
    return {path: Example(one["call"], one["answer"]) for path, one in msgspec.json.decode(text).items()}
