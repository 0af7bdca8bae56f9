"""What the methods about webhooks and hooks have in common: both are addresses of an operator's server."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from liveroom.api.parameters import Many, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.webhooks.endpoints import URL_MAX

ALL: Final = "all"
"""In a list of names: every one, as an empty list counts as not given."""
Url = Annotated[str, Text(URL_MAX)]
NameList = Annotated[tuple[str, ...], Many(100, ",")]
Milliseconds = Annotated[int, Whole(100, 30_000)]
_MILLISECOND: Final = timedelta(milliseconds=1)


class ShownSecret(Shape):
    """A secret that is shown once."""

    secret: str


def named(names: Sequence[str]) -> frozenset[str]:
    """Return which names are meant; none for all."""
    return frozenset() if ALL in names else frozenset(names)


def millis_of(span: timedelta) -> int:
    """Return a time as it is told."""
    return span // _MILLISECOND


def span_of(millis: int) -> timedelta:
    """Return a time as it was told."""
    return millis * _MILLISECOND


def shown_url(url: str, *, whole: bool) -> str:
    """Return an address for people: whole, or without path and query, which may be secrets."""
    if whole:
        return url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/…"
