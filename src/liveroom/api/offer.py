"""What an installation offers: facts that handlers tell apps, and what the operator has switched on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple


@dataclass(frozen=True, slots=True)
class Offer:
    """What an installation says of itself."""

    query_limit: int
    """Rooms on a page whose caller names no limit."""
    captcha_web_appid: int = 0
    captcha_wxmini_appid: int = 0


class Switches(NamedTuple):
    """What the operator has switched on and off."""

    modules: frozenset[str] | None = None
    """Those that are offered; None offers all."""
    maintenance: Mapping[str, str] | None = None
    """The notice in Chinese and English while everything is to answer 120."""


ALL_ON: Final = Switches()
