"""`liveroom tenants app-key` and `require-signature`: calls that programs sign (docs/own-users.md)."""

from cyclopts import App
from rich.console import Console
from rich.table import Table

from liveroom.api.declare import Registry, Who
from liveroom.app.assembly import Core
from liveroom.cli.core import DEFAULT_WORD, SOON, find_tenant, people_text, run
from liveroom.domain.app_signatures import ALL, Rule
from liveroom.settings import SettingsError

app = App(name="app-key", help="App keys: programs sign their calls with them.")


@app.command
def add(name: str, *, tenant: str = DEFAULT_WORD) -> None:
    """Make a key and show its secret, this once.

    Parameters
    ----------
    name
        Which program it is for.
    tenant
        Whose calls it signs.
    """

    async def work(core: Core) -> None:
        added = await core.services.app_signatures.add(find_tenant(core, tenant).name, name)
        print(f"app key {added.id} signs calls; {SOON}")
        print(f"its secret is shown this once: {added.secret}")

    run(work)


@app.command(name="list")
def show(*, tenant: str = DEFAULT_WORD) -> None:
    """List a tenant's keys, and what has to be signed with one of them."""

    async def work(core: Core) -> None:
        whose = find_tenant(core, tenant)
        table = Table("id", "name", "since")
        for key in await core.services.app_signatures.keys(whose.name):
            table.add_row(key.id, people_text(key.name), f"{key.created:%Y-%m-%d %H:%M}")
        Console().print(table)
        rule = core.services.app_signatures.rules.get(whose.name, frozenset())
        print(f"calls that have to be signed: {_said(rule)}")

    run(work)


@app.command
def remove(id: str, *, tenant: str = DEFAULT_WORD) -> None:
    """Drop a key: calls that it signs are refused from then on."""

    async def work(core: Core) -> None:
        await core.services.app_signatures.remove(find_tenant(core, tenant).name, id)
        print(f"app key {id} is gone; {SOON}")

    run(work)


def require(*, modules: str, tenant: str = DEFAULT_WORD) -> None:
    """Have calls signed by an app key: those of some modules, `all` or `none`. Server keys count as a signature.

    Parameters
    ----------
    modules
        `rooms,seats`, or `all`, or `none`.
    tenant
        Whose calls.
    """

    async def work(core: Core) -> None:
        whose, rule = find_tenant(core, tenant), read_rule(modules, core.modules.registry)
        await core.services.app_signatures.require(whose.name, rule)
        print(f"calls that have to be signed: {_said(rule)}; {SOON}")

    run(work)


def read_rule(text: str, registry: Registry) -> Rule:
    """Return which modules a list of names means. Raises ``SettingsError`` for one that there is not."""
    if text == "none":
        return frozenset()
    if text == "all":
        return frozenset({ALL})
    rule = frozenset(name.strip() for name in text.split(",") if name.strip())
    known = {method.module for method in registry.methods.values() if method.who is not Who.KEY}
    if not rule or rule - known:
        raise SettingsError([f"modules: all, none, or some of {', '.join(sorted(known))}, with commas between"])
    return rule


def _said(rule: Rule) -> str:
    return "all" if ALL in rule else ", ".join(sorted(rule)) or "none"
