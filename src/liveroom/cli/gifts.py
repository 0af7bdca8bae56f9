"""`liveroom gifts`: gifts to begin with, and rankings of what was sent (docs/gifts.md)."""

import sys
from datetime import date
from typing import Final, Literal

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import SOON, find_tenant, run
from liveroom.cli.output import say
from liveroom.cli.trail import noted
from liveroom.domain.gifts.ranking import RankPeriod, RankSide
from liveroom.domain.tables import csv_line
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.settings import SettingsError
from liveroom.usecases.gifts.ranking import WantedRanking

app = App(name="gifts", help="Gifts that users send.")

_AT_ONCE: Final = 500
_COLUMNS: Final = ("place", "userId", "name", "coins")


@app.command
def seed(*, tenant: str = DEFAULT_WORD) -> None:
    """Add the built-in gifts that a tenant does not have yet; they can be changed and retired like any other.

    Parameters
    ----------
    tenant
        Whose users send them.
    """

    async def work(core: Core) -> None:
        whose = find_tenant(core, tenant).name
        async with noted(core, "gifts seed", tenant=whose):
            added = await core.services.money.gifts.admin.seed(whose)
        named = ", ".join(added) or "none: all are there"
        say(f"added {named}; {SOON}", gifts=list(added))

    run(work)


@app.command
def ranking(
    by: Literal["receivers", "senders"] = "receivers",
    *,
    tenant: str = DEFAULT_WORD,
    period: Literal["day", "week", "month"] = "month",
    day: str = "",
    room: str = "",
    category: str = "",
) -> None:
    """Write a ranking of gifts to the standard output, as CSV.

    Parameters
    ----------
    by
        Who was sent the most, or who has sent the most.
    day
        A day of the period, such as 2026-11-30; today by default.
    room
        Only what was sent in this room.
    category
        Only what was sent in rooms of this category.
    """
    if room and category:
        raise SettingsError(["use --room or --category"])

    async def work(core: Core) -> None:
        whose, rankings = find_tenant(core, tenant), core.services.money.gifts.rankings
        wanted = WantedRanking(RankSide(by), RankPeriod(period), _day(day), room, category, "", _AT_ONCE)
        sys.stdout.write(csv_line(_COLUMNS))
        while True:
            page, cursor = await rankings.page(whose, wanted)
            sys.stdout.write("".join(csv_line((one.place, one.user, one.name, one.coins)) for one in page))
            if not cursor:
                return
            wanted = wanted._replace(cursor=cursor)

    run(work)


@app.command
def rebuild_rankings() -> None:
    """Count all gifts into rankings anew, beside a running service: after the time zone was changed, say.

    What was counted before is shown until everything is. If it is broken off, the next call goes on with it.
    """

    async def work(core: Core) -> None:
        counting, counted = core.services.money.gifts.rank_counting, 0
        await counting.begin_again()
        while some := await counting.go_on_again():
            counted += some
        say(f"{counted} gifts were counted; the new rankings are shown", gifts=counted)

    run(work)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingsError([f"write a day as 2026-11-30, not {text!r}"]) from None
