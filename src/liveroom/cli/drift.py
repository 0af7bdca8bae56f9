"""`liveroom drift`: what differs between SQL, the live store and the providers, as running services have found it."""

from typing import Final

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import run
from liveroom.cli.output import Row, list_rows, prints_json, say
from liveroom.cli.trail import actor, noted
from liveroom.domain.drift.model import CASES, DriftRound, DriftSource, KnownDrift
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.settings import SettingsError

app = App(name="drift", help="Show what differs between SQL, the live store and providers; allow repairs.")

_MOST: Final = 10_000
_SOURCES: Final = ("source", "outcome", "compared", "items", "found", "repaired", "next", "reason")
_COLUMNS: Final = ("source", "kind", "tenant", "room", "user", "since", "looks", "tries", "explanation", "next")


@app.default
def show(*, source: str = "", limit: int = 100) -> None:
    """List when each source was compared, what differs, and what is done about it. Nothing is asked of providers now.

    Parameters
    ----------
    source
        Only of this one: live (SQL against the live store), livekit, trtc, im, streams or recordings.
    """
    wanted = _source(source) if source else None

    async def work(core: Core) -> None:
        reports = core.services.console.drift.reports
        rounds = [round for round in await reports.rounds() if wanted in (None, round.source)]
        found, _ = await reports.page(wanted, after="", limit=max(1, min(limit, _MOST)))
        rows = [_facts(one) for one in found]
        if prints_json():
            say("", sources=[_round(round) for round in rounds], differences=rows)
            return
        list_rows(_SOURCES, [_round(round) for round in rounds])
        if rows:
            print()
            list_rows(_COLUMNS, rows)
        else:
            print(_nothing(rounds))

    run(work)


@app.command
def allow(source: str, /) -> None:
    """Let everything that differs at a source be repaired in the next 15 minutes, however much it is."""
    wanted = _source(source)

    async def work(core: Core) -> None:
        async with noted(core, "drift allow", f"drift:{wanted}", tenant=DEFAULT_TENANT):
            round = await core.services.console.drift.reports.allow(wanted, actor())
        say(f"what differs at {wanted} is repaired the next time that it is compared", **_round(round))

    run(work)


def _source(text: str) -> DriftSource:
    if text not in DriftSource.__members__.values():
        raise SettingsError([f"there is no source {text!r}: {', '.join(DriftSource)}"])
    return DriftSource(text)


def _nothing(rounds: list[DriftRound]) -> str:
    if not rounds:
        return "nothing was compared yet: a running service does it within minutes"
    return "nothing differs that is known of"


def _round(round: DriftRound) -> Row:
    return {
        "source": round.source.value,
        "outcome": round.outcome.value,
        "compared": round.ended,
        "items": round.items,
        "found": round.found,
        "repaired": round.repaired,
        "next": round.due,
        "reason": round.reason,
        "allowed_until": round.allowed_until,
        "allowed_by": round.allowed_by,
    }


def _facts(known: KnownDrift) -> Row:
    drift, facts = known.drift, CASES[known.drift.case]
    return {
        "source": drift.source.value,
        "kind": facts.kind.value,
        "case": drift.case.value,
        "tenant": drift.tenant or DEFAULT_WORD,
        "room": drift.room,
        "user": drift.user,
        "subject": drift.subject,
        "detail": drift.detail,
        "since": known.since,
        "looks": known.looks,
        "tries": known.tries,
        "failure": known.failure,
        "explanation": facts.says,
        "next": facts.does,
    }
