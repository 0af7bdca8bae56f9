"""Statements of reasons: what is done to somebody, and why, as they are told; and their appeals."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.reasons import Reason
from liveroom.domain.moderation.reports import Measure
from liveroom.domain.moderation.room_access import REASON_MAX
from liveroom.domain.tenants.model import Language

APPEAL_MAX: Final = 1000
ANSWER_MAX: Final = 500
WORDS_MAX: Final = 1000
APPEALED_WITHIN: Final = timedelta(days=180)
"""How long somebody may appeal after the statement."""


class AppealState(StrEnum):
    """What came of a statement."""

    NONE = ""
    APPEALED = "appealed"
    GRANTED = "granted"
    """It was undone."""
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class StatementOfReasons:
    """What was done to somebody."""

    id: str
    """Sorts by the time of its making."""
    tenant: TenantName
    user: UserId
    measure: Measure
    at: datetime
    by: str
    """As the audit calls them. Whom it is about does not get to know."""
    report: str = ""
    """The report because of which it was done."""
    room: RoomId = RoomId("")
    """Where it holds; "" everywhere."""
    reason: str = ""
    """The id of the reason; "" for none of the list."""
    words: str = ""
    """Why, in the words and the language of the time."""
    until: datetime | None = None
    """Until when a mute or ban holds."""
    state: AppealState = AppealState.NONE
    appeal: str = ""
    """What they wrote."""
    appealed: datetime | None = None
    decided_by: str = ""
    decided: datetime | None = None
    answer: str = ""
    """What they were answered."""

    def may_be_appealed(self, now: datetime) -> bool:
        """Say whether they can appeal now: once, and within ``APPEALED_WITHIN``."""
        return self.state is AppealState.NONE and now < self.at + APPEALED_WITHIN

    def appealed_with(self, text: str, now: datetime) -> "StatementOfReasons":
        """Return it with an appeal."""
        return replace(self, state=AppealState.APPEALED, appeal=text, appealed=now)

    def answered(self, by: str, text: str, now: datetime, *, granted: bool) -> "StatementOfReasons":
        """Return it with the decision about its appeal."""
        state = AppealState.GRANTED if granted else AppealState.DENIED
        return replace(self, state=state, decided_by=by, decided=now, answer=text)

    @property
    def line(self) -> str:
        """Return why, as a ban or mute keeps it."""
        return self.words[:REASON_MAX]


def words_of(reason: Reason | None, text: str, language: Language) -> str:
    """Return why, for whom it is about: the reason's words, then what was written for this case."""
    parts = [] if reason is None else [reason.title(language), reason.text(language)]
    separator, colon = ("", "：") if language is Language.ZH else (" ", ": ")
    said = colon.join(part for part in parts if part)
    return separator.join(part for part in (said, text) if part)[:WORDS_MAX]
