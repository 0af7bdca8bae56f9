"""Labels: what a vendor's content moderation has found in a room's media or texts."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import RoomId, TenantName, UserId, derived_id

FRESH: Final = timedelta(minutes=30)
"""How long a label makes its room one that needs eyes."""
KEPT: Final = timedelta(days=30)
LABEL_MAX: Final = 32
FOUND_MAX: Final = 1000


class LabelSource(StrEnum):
    """What was looked at."""

    PICTURE = "picture"
    VOICE = "voice"
    TEXT = "text"


class Suggestion(StrEnum):
    """What the vendor suggests."""

    REVIEW = "review"
    BLOCK = "block"


class LabelReport(NamedTuple):
    """A finding as the vendor reports it."""

    room: RoomId
    user: UserId
    source: LabelSource
    label: str
    """The vendor's word in small letters: porn, abuse, ad …"""
    suggestion: Suggestion
    at: datetime
    found: str = ""
    """An address of the picture or sound at the vendor, or the words."""

    @property
    def key(self) -> str:
        """Return an id by which one that the vendor sends again is the same; it sorts by the vendor's time."""
        return derived_id(self.at, f"{self.room}\n{self.user}\n{self.source}\n{self.label}")


class Label(NamedTuple):
    """A finding as it is kept."""

    id: str
    """Sorts by the time of its coming."""
    tenant: TenantName
    report: LabelReport
