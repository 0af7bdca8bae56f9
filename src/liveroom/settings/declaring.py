"""How one setting is declared: a dataclass field whose metadata carries an `About`."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

from liveroom.settings import values

T = TypeVar("T")

_PARSERS: dict[type, Callable[[str], Any]] = {
    bool: values.parse_switch,
    int: values.parse_whole,
    float: values.parse_number,
    str: values.parse_text,
    timedelta: values.parse_duration,
}


@dataclass(frozen=True, slots=True)
class About:
    """What a declaration says beside type and default."""

    doc: str
    parse: Callable[[str], Any]
    starts: str
    secret: bool
    hidden: bool
    shown_default: str


class DisplayedSetting(NamedTuple):
    """One line of `liveroom config show`."""

    name: str
    value: str
    source: str
    doc: str
    default: str
    group: str


def setting(
    default: T,
    doc: str,
    *,
    parse: Callable[[str], Any] | None = None,
    starts: str = "",
    secret: bool = False,
    hidden: bool = False,
    shown_default: str | None = None,
) -> T:
    """Declare a setting; `starts` opens a group of settings, which runs to the next one that does."""
    about = About(
        doc=doc,
        parse=parse or _PARSERS[type(default)],
        starts=starts,
        secret=secret,
        hidden=hidden,
        shown_default=values.show(default) if shown_default is None else shown_default,
    )
    return field(default=default, metadata={"about": about})


def abouts(declared: type) -> dict[str, About]:
    """Return the settings of a declaring class by name, in order."""
    return {found.name: found.metadata["about"] for found in fields(declared) if "about" in found.metadata}


def variable(name: str) -> str:
    """Return the environment name of a setting."""
    return f"LIVEROOM_{name.upper()}"
