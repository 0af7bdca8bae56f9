"""`liveroom gifts`: gifts to begin with (docs/gifts.md)."""

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import SOON, find_tenant, run
from liveroom.cli.output import say
from liveroom.cli.trail import noted
from liveroom.domain.tenants.model import DEFAULT_WORD

app = App(name="gifts", help="Gifts that users send.")


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
