"""Parameters that name one of several values."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from liveroom.domain.errors import BadRequest

Choice = TypeVar("Choice", bound=StrEnum)


def read_choice(name: str, text: str, choices: Iterable[Choice]) -> Choice:
    """Return the choice of that text. Raises ``BadRequest``, which says of the parameter ``name`` what it may be."""
    known = {choice.value: choice for choice in choices}
    if text not in known:
        raise BadRequest(f"{name}: must be one of {', '.join(known)}")
    return known[text]
