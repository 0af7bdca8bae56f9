"""`liveroom tenants app-key` and `require-signature`: calls that programs sign (docs/own-users.md)."""

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import SOON, find_tenant, run
from liveroom.cli.output import Row, list_rows, prints_json, say
from liveroom.cli.trail import noted
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.usecases.tenants.admin import said_rule

app = App(name="app-key", help="App keys: your programs sign their calls with them.")


@app.command
def add(name: str, *, tenant: str = DEFAULT_WORD) -> None:
    """Create a key and show its secret, this once.

    Parameters
    ----------
    name
        Which program it is for.
    tenant
        Whose calls it signs.
    """

    async def work(core: Core) -> None:
        whose = find_tenant(core, tenant).name
        async with noted(core, "tenants app-key add", name, tenant=whose):
            added = await core.services.app_signatures.add(whose, name)
        shown = f"its secret is shown this once: {added.secret}"
        say(f"app key {added.id} signs calls; {SOON}\n{shown}", id=added.id, name=name, secret=added.secret)

    run(work)


@app.command(name="list")
def show(*, tenant: str = DEFAULT_WORD) -> None:
    """List a tenant's keys, and the modules whose calls must be signed."""

    async def work(core: Core) -> None:
        whose = find_tenant(core, tenant)
        keys = await core.services.app_signatures.stored(whose.name)
        rule = core.services.app_signatures.rules.get(whose.name, frozenset())
        rows: list[Row] = [{"id": key.id, "name": key.name, "since": key.created} for key in keys]
        if prints_json():
            say("", keys=rows, signed=sorted(rule))
            return
        list_rows(("id", "name", "since"), rows, f"calls that must be signed: {said_rule(rule)}")

    run(work)


@app.command
def remove(id: str, *, tenant: str = DEFAULT_WORD) -> None:
    """Remove a key: calls signed with it are refused from then on."""

    async def work(core: Core) -> None:
        whose = find_tenant(core, tenant).name
        async with noted(core, "tenants app-key remove", id, tenant=whose):
            await core.services.app_signatures.remove(id, whose)
        say(f"app key {id} is removed; {SOON}", id=id, removed=True)

    run(work)


def require(*, modules: str, tenant: str = DEFAULT_WORD) -> None:
    """Require an app key's signature for calls of some modules, `all` or `none`. Server keys count as a signature.

    Parameters
    ----------
    modules
        `rooms,seats`, or `all`, or `none`.
    tenant
        Whose calls.
    """

    async def work(core: Core) -> None:
        whose, said = find_tenant(core, tenant), said_rule(core.services.console.system.keys.read_rule(modules))
        async with noted(core, "tenants require-signature", said, tenant=whose.name):
            _, rule = await core.services.console.system.keys.require_signatures(whose.name, modules)
        say(f"calls that must be signed: {said}; {SOON}", signed=sorted(rule))

    run(work)
