"""How reports are handled: what is done because of them, by whom a report is kept, and what came of each."""

from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.errors import BadRequest
from liveroom.domain.moderation.reports import Measure, Report

BATCH_MAX: Final = 50
"""Reports that are resolved with one call."""
_LASTING: Final = frozenset({Measure.MUTE, Measure.BAN})


class Handling(NamedTuple):
    """What an operator decides about reports."""

    measure: Measure
    everywhere: bool = False
    """A ban holds in the whole tenant; a report that is about no room is always meant so."""
    lasts: timedelta | None = None
    """How long a mute or ban holds; None: for ever."""
    with_address: bool = False
    """A ban of the whole tenant also covers the addresses of the user's last logins, for a day at most."""
    reason: str = ""
    """The id of a reason."""
    text: str = ""
    """For whom it is about: beside the reason's words."""
    note: str = ""
    """For other operators."""
    force: bool = False
    """Also reports that another operator keeps for themselves."""


class ReportOutcome(StrEnum):
    """What came of one report of a call."""

    DONE = "done"
    ALREADY = "already"
    """It was resolved before; nothing was done now."""
    CLAIMED = "claimed"
    """Another operator keeps it for themselves."""
    UNKNOWN = "unknown"
    """There is no such report."""
    REFUSED = "refused"
    """The action is impossible, such as closing a room that has closed: the report stays open."""


class Handled(NamedTuple):
    """One report after a call."""

    id: str
    outcome: ReportOutcome
    report: Report | None
    statement: str = ""
    """The id of the statement of reasons that was sent."""
    problem: str = ""
    """Why it was refused."""


def check_handling(handling: Handling) -> None:
    """Raise ``BadRequest`` for what contradicts itself."""
    measure = handling.measure
    if handling.lasts is not None and measure not in _LASTING:
        raise BadRequest("seconds: only with mute and ban")
    if handling.everywhere and measure is not Measure.BAN:
        raise BadRequest("everywhere: only with ban")
    if measure is Measure.DISMISS and (handling.reason or handling.text):
        raise BadRequest("reasonId, text: not with dismiss")
