"""Notes of operators on users, for each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType

from liveroom.domain.ids import TenantName, UserId

NoteId = NewType("NoteId", str)

TEXT_MAX: Final = 500
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that an operator wrote about a user. ``id`` sorts by the time of its making."""

    id: NoteId
    tenant: TenantName
    user: UserId
    text: str
    by: str
    """As the audit calls them: ``operator:<id>`` or ``key:<id>``."""
    at: datetime
