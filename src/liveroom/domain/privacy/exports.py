"""A person's data in one archive: who asked for it, and the link that hands it out once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import TenantName, UserId

LASTS: Final = timedelta(hours=24)
"""How long a link is good."""
FRESH: Final = timedelta(minutes=10)
"""How long after signing in somebody may ask for their own data."""
MOST: Final = 3
"""How often within ``LASTS`` somebody may."""


class ExportState(StrEnum):
    """How far an export is."""

    READY = "ready"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Export:
    """A link to somebody's archive. The archive is made while it is downloaded, so that nothing of it is kept."""

    id: str
    tenant: TenantName
    user: UserId
    digest: str
    """Of the link's token, which only whoever asked has."""
    created: datetime
    expires: datetime
    asked_by: str = ""
    """As the audit names an operator; "": the user themselves."""
    used: datetime | None = None

    def state(self, now: datetime) -> ExportState:
        """Return how far it is."""
        if self.used is not None:
            return ExportState.USED
        return ExportState.READY if now < self.expires else ExportState.EXPIRED


class NewExport(NamedTuple):
    """An export, and the token of its link, which is shown once."""

    export: Export
    token: str
