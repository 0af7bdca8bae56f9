"""`liveroom operators`: people who sign in to the console."""

import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import App, Parameter

from liveroom.app.assembly import Core
from liveroom.cli.banner import addresses, console_address
from liveroom.cli.core import run
from liveroom.cli.output import Row, list_rows, say
from liveroom.cli.trail import noted
from liveroom.domain.operators.account import ALL_TENANTS, OperatorAccount, show_tenants
from liveroom.domain.operators.roles import BuiltIn

app = App(name="operators", help="Manage operators: people who sign in to the console.")

_LINK = "works once and for a day; it sets the password and the second factor, and is shown only now"


@app.command
def add(
    name: str,
    *,
    role: Annotated[Sequence[str], Parameter(negative="")] = (BuiltIn.ADMINISTRATOR,),
    tenant: Annotated[Sequence[str], Parameter(negative="")] = (ALL_TENANTS,),
    display_name: str = "",
    url: str = "",
) -> None:
    """Add an operator, and print the link with which they set their password.

    Parameters
    ----------
    name
        With which they sign in, such as their mail address.
    role
        viewer, moderator, support, finance, administrator, or one of your own; may be given several times.
    tenant
        In which they act: a name, default for the default one, or * for all; may be given several times.
    display_name
        How others see them.
    url
        Where they open the console, such as https://console.example.com; by default this service's own address.
    """

    async def work(core: Core) -> None:
        async with noted(core, "operators add", name):
            account, token = await core.services.console.operators.accounts.add(
                None, name, roles=role, tenants=tenant, display_name=display_name
            )
        _show_link(core, account, token, url)

    run(work)


@app.command(name="list")
def show() -> None:
    """List operators."""

    async def work(core: Core) -> None:
        rows: list[Row] = [
            {
                "name": one.name,
                "roles": sorted(one.roles),
                "tenants": show_tenants(one.tenants),
                "second_factor": "yes" if one.has_totp else "no",
                "state": "disabled" if one.disabled is not None else "invited" if one.link else "active",
                "signed_in": one.signed_in,
            }
            for one in await core.services.console.operators.accounts.list()
        ]
        list_rows(("name", "roles", "tenants", "second_factor", "state", "signed_in"), rows)

    run(work)


@app.command
def reset(name: str, *, url: str = "") -> None:
    """Take password and second factor from an operator, end their sessions, and print a link that sets new ones.

    Parameters
    ----------
    name
        The operator's name or id.
    url
        Where they open the console, such as https://console.example.com; by default this service's own address.
    """

    async def work(core: Core) -> None:
        accounts = core.services.console.operators.accounts
        async with noted(core, "operators reset", name):
            account, token = await accounts.reset(None, (await accounts.find(name)).id)
        _show_link(core, account, token, url)

    run(work)


@app.command
def disable(name: str) -> None:
    """Keep an operator from signing in, and end their sessions within a second.

    Parameters
    ----------
    name
        The operator's name or id.
    """
    run(lambda core: _disable(core, name, disabled=True))


@app.command
def enable(name: str) -> None:
    """Let an operator sign in again.

    Parameters
    ----------
    name
        The operator's name or id.
    """
    run(lambda core: _disable(core, name, disabled=False))


@app.command
def remove(name: str) -> None:
    """Remove an operator for good; what they did stays in the audit.

    Parameters
    ----------
    name
        The operator's name or id.
    """

    async def work(core: Core) -> None:
        accounts = core.services.console.operators.accounts
        async with noted(core, "operators remove", name):
            account = await accounts.remove(None, (await accounts.find(name)).id)
        say(f"{account.name} is removed", id=account.id, name=account.name)

    run(work)


async def _disable(core: Core, name: str, *, disabled: bool) -> None:
    accounts, word = core.services.console.operators.accounts, "disable" if disabled else "enable"
    async with noted(core, f"operators {word}", name):
        changed = await accounts.disable(None, (await accounts.find(name)).id, disabled=disabled)
    say(f"{changed.after.name} is {word}d", id=changed.after.id, name=changed.after.name)


def _show_link(core: Core, account: OperatorAccount, token: str, url: str) -> None:
    settings = core.settings
    base = url.rstrip("/") or console_address(settings, addresses(settings, settings.port, ()))
    link = f"{base}/#invitation={token}"
    where = ", ".join(show_tenants(account.tenants)).replace(ALL_TENANTS, "all tenants")
    say(link, id=account.id, name=account.name, link=link, until=account.link_until)
    print(f"{account.name} ({', '.join(sorted(account.roles))}; {where}): the link {_LINK}", file=sys.stderr)
