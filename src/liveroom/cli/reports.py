"""`liveroom reports`: what users tell of others, of messages and of rooms, and what came of it."""

from typing import Final, Literal

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import SortedId, find_tenant, run
from liveroom.cli.output import Row, list_rows, say, show_facts
from liveroom.cli.trail import actor, noted
from liveroom.domain.errors import ReportNotFound
from liveroom.domain.ids import RoomId
from liveroom.domain.moderation.audit import subject_of
from liveroom.domain.moderation.reports import OUTCOME_MAX, Report, ReportState
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.ports import ReportQuery
from liveroom.settings import SettingsError

app = App(name="reports", help="List, show and resolve what users report.")

_MOST: Final = 1000
_COLUMNS: Final = ("report", "at", "about", "room", "reason", "words", "note")


@app.command(name="list")
def show(
    *,
    tenant: str = DEFAULT_WORD,
    room: str = "",
    state: Literal["open", "resolved"] = "open",
    before: SortedId = "",
    limit: int = 50,
) -> None:
    """List reports, newest first; for the next page, pass the last one shown as `--before`.

    Parameters
    ----------
    room
        Only of this room.
    state
        Open or resolved ones.
    """

    async def work(core: Core) -> None:
        about, most = RoomId(room) if room else None, max(1, min(limit, _MOST))
        query = ReportQuery(find_tenant(core, tenant).name, about, ReportState(state), before, most)
        found, _ = await core.services.reports.page_of(query)
        columns = _COLUMNS if state == "open" else (*_COLUMNS, "outcome")
        list_rows(columns, [_facts(report) for report in found])

    run(work)


@app.command(name="show")
def one(report: SortedId) -> None:
    """Show one report: who filed it, about whom, what was said, and the outcome."""

    async def work(core: Core) -> None:
        show_facts(_facts(await _find(core, report)))

    run(work)


@app.command
def resolve(report: SortedId, *, outcome: str = "") -> None:
    """Resolve a report and record the outcome; the first outcome of a report stands.

    Parameters
    ----------
    outcome
        What was done, for later readers; 200 characters at most.
    """
    if len(outcome) > OUTCOME_MAX:
        raise SettingsError([f"--outcome: at most {OUTCOME_MAX} characters"])

    async def work(core: Core) -> None:
        found = await _find(core, report)
        tenant, subject = found.tenant, subject_of(found.target, found.room)
        async with noted(core, "reports resolve", subject, tenant=tenant, room=found.room, reason=outcome):
            done = await core.services.reports.resolve_as(actor(), tenant, report, outcome)
        if found.state is ReportState.RESOLVED:
            said = f"report {report} was resolved before, by {done.handled_by}: {done.outcome or 'no outcome noted'}"
        else:
            said = f"report {report} is resolved"
        say(said, **_facts(done))

    run(work)


async def _find(core: Core, id: str) -> Report:
    found = await core.db.reports.get(id)
    if found is None:
        raise ReportNotFound(f"there is no report {id}")
    return found


def _facts(report: Report) -> Row:
    return {
        "report": report.id,
        "at": report.at,
        "tenant": report.tenant or DEFAULT_WORD,
        "state": report.state.value,
        "about": f"user:{report.target}" if report.target else "the room",
        "room": report.room,
        "message": report.message,
        "words": report.words,
        "reporter": report.reporter,
        "reason": report.reason,
        "note": report.note,
        "handled_by": report.handled_by,
        "handled": report.handled,
        "outcome": report.outcome,
    }
