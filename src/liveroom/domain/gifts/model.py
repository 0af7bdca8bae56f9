"""A gift: its texts and looks, which change, and its versions, which never do.

What a gift costs and earns is a version. Each change makes the next one, which counts from some time on; of those that
have begun, the last made counts. So what was sent can always be told by gift and version.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, NewType

from liveroom.domain.errors import BadRequest
from liveroom.domain.gifts.texts import GiftTexts
from liveroom.domain.ids import TenantName

GiftId = NewType("GiftId", str)

GIFT_ID_MAX: Final = 32
GIFTS_MAX: Final = 500
"""Of one tenant, retired ones too."""
CATEGORIES_MAX: Final = 30
VERSIONS_MAX: Final = 1000
"""Of one gift."""
PRICE_MAX: Final = 1_000_000_000
"""Coins that one gift may cost: 999 of them to nine people are still counted exactly by every JSON parser."""
LEVEL_MAX: Final = 9
BIG: Final = 3
"""The level from which on a gift is big: its event leaves at once, and is never gathered with others."""
POSITION_MAX: Final = 9999
URL_MAX: Final = 500
EXTENSION_MAX: Final = 1024
"""Bytes of JSON."""
LEAD: Final = timedelta(seconds=5)
"""How long before it counts a next version is known at least: by then every process has it."""
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_URL: Final = re.compile(r"(?:https?://[^\s/\"<>\\]+|(?=/[^/]))[^\s\"<>\\]*")
_WHOLE: Final = 1000


class GiftReceivers(StrEnum):
    """Who may receive a gift in a room."""

    HOST = "host"
    """The room's owner."""
    STAGE = "stage"
    """The owner, and whoever has a seat or is an anchor."""


class AnimationKind(StrEnum):
    """How the file of an animation is played."""

    SVGA = "svga"
    MP4 = "mp4"
    VAP = "vap"
    """An MP4 whose other half is how transparent it is."""
    LOTTIE = "lottie"
    WEBP = "webp"


class GiftState(StrEnum):
    """Whether a gift can be sent."""

    OFFERED = "offered"
    HIDDEN = "hidden"
    """Not for now."""
    RETIRED = "retired"
    """Never again: it stays for what was sent."""


class Shares(NamedTuple):
    """Who gets the points that a gift earns, per mille."""

    host: int
    agency: int
    platform: int


class GiftVersion(NamedTuple):
    """What a gift costs and earns from some time on."""

    number: int
    """From 1."""
    price: int
    """Coins."""
    points: int
    """What one of it earns altogether."""
    shares: Shares
    level: int
    """How dear it is, 0 to ``LEVEL_MAX``: what is told first where much is sent."""
    begins: datetime
    made: datetime
    made_by: str
    """As the audit calls them."""

    @property
    def is_big(self) -> bool:
        """Say whether its event leaves at once."""
        return self.level >= BIG


class Animation(NamedTuple):
    """What is played when a gift is sent."""

    url: str
    kind: AnimationKind


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift without its versions."""

    tenant: TenantName
    id: GiftId
    texts: GiftTexts
    """For readers of a language that it does not have."""
    created: datetime
    updated: datetime
    languages: Mapping[str, GiftTexts]
    category: str = ""
    position: int = 0
    state: GiftState = GiftState.OFFERED
    receivers: GiftReceivers = GiftReceivers.STAGE
    icon: str = ""
    animation: Animation | None = None
    extension: str = ""
    """A JSON object of the operator's for their apps; "": none."""
    since: datetime | None = None
    """From when it can be sent; None: since ever."""
    until: datetime | None = None
    """Until when; None: for ever."""

    def is_offered(self, now: datetime) -> bool:
        """Say whether it can be sent."""
        is_begun = self.since is None or self.since <= now
        is_over = self.until is not None and self.until <= now
        return self.state is GiftState.OFFERED and is_begun and not is_over


@dataclass(frozen=True, slots=True)
class GiftCategory:
    """Gifts that apps show together."""

    tenant: TenantName
    id: str
    texts: GiftTexts
    languages: Mapping[str, GiftTexts]
    position: int = 0


def read_id(text: str, name: str) -> str:
    """Return the id of a gift or category; ``name`` is the parameter's. Raises ``BadRequest``."""
    if len(text) > GIFT_ID_MAX or not _ID.fullmatch(text):
        raise BadRequest(f"{name}: 1 to {GIFT_ID_MAX} small letters, digits, - and _, beginning with a letter or digit")
    return text


def read_url(text: str, name: str) -> str:
    """Return where a picture or animation is: https, http, or a path of this service. Raises ``BadRequest``."""
    if text and (len(text) > URL_MAX or not _URL.fullmatch(text)):
        raise BadRequest(f"{name}: an address that begins with https://, or a path of this service")
    return text


def read_shares(said: Sequence[int]) -> Shares:
    """Return how points are shared. Raises ``BadRequest`` unless it is three per mille that make a whole."""
    if len(said) != 3 or min(said) < 0 or sum(said) != _WHOLE:
        raise BadRequest(f"shares: host, agency and platform per mille, {_WHOLE} together")
    return Shares(*said)


def points_of(price: int, percent: int) -> int:
    """Return what a gift of a price earns where nobody says it for that gift: so many percent, rounded down."""
    return price * percent // 100


def check_times(since: datetime | None, until: datetime | None) -> None:
    """Raise ``BadRequest`` where a gift is over before it begins."""
    if since is not None and until is not None and until <= since:
        raise BadRequest("untilUtc: must be after sinceUtc")
