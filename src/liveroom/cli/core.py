"""A core for commands: built on the settings, closed when the command is done.

A command says first which data it acts on. Only `serve`, `migrate`, `import` and `restore` make a database.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Final

from cyclopts import Parameter

from liveroom import log
from liveroom.app.assembly import Core, assemble
from liveroom.app.backends import make_idle_live, open_database
from liveroom.cli.output import name_data
from liveroom.clock import SystemClock
from liveroom.domain.errors import Failure
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.tenants.model import DEFAULT_WORD, Tenant
from liveroom.settings import SettingsError, load_settings
from liveroom.settings.values import parse_duration
from liveroom.usecases.accounts.demo_users import DemoUsers

SortedId = Annotated[str, Parameter(allow_leading_hyphen=True)]
"""An id that sorts by its time (``new_id``): it may begin with a hyphen, and is no option for that."""
SOON: Final = "running services apply it within two seconds"
"""When a change of the operator configuration takes effect."""
_MILLISECOND: Final = timedelta(milliseconds=1)


@asynccontextmanager
async def writing_core() -> AsyncIterator[Core]:
    """Yield a core that writes to SQL; a running service takes up what it wrote within a second."""
    settings = load_settings()
    log.configure(settings.log_format, "warning")
    name_data(settings)
    db = await open_database(settings, make=False)
    try:
        yield await assemble(settings, SystemClock(), db, make=make_idle_live)
    finally:
        await db.close()


def run(work: Callable[[Core], Awaitable[None]]) -> None:
    """Run a command's work on a core; what it refuses is printed as a sentence."""

    async def inside() -> None:
        async with writing_core() as core:
            await work(core)

    try:
        asyncio.run(inside())
    except Failure as failure:
        raise SettingsError([failure.detail or failure.slug().replace("_", " ")]) from failure


def demo_users(core: Core) -> DemoUsers:
    """Return what makes and finds the accounts of `liveroom demo`."""
    admin = core.services.admin_users
    return DemoUsers(core.db, core.clock, admin.own_accounts, admin.sessions)


def find_tenant(core: Core, name: str) -> Tenant:
    """Return the tenant of that name. Raises ``SettingsError`` when there is none."""
    found = core.services.tenants.get(DEFAULT_TENANT if name == DEFAULT_WORD else TenantName(name))
    if found is None:
        raise SettingsError([f"there is no tenant {name!r}: `liveroom tenants list` lists the tenants"])
    return found


def read_span(text: str) -> timedelta:
    """Read a time such as 800ms or 2s. Raises ``SettingsError``."""
    if found := re.fullmatch(r"(\d{1,7})\s*ms", text, re.ASCII):
        return int(found[1]) * _MILLISECOND
    try:
        return parse_duration(text)
    except ValueError:
        raise SettingsError([f"write a time as 800ms or 2s, not {text!r}"]) from None


def show_span(span: timedelta) -> str:
    """Return a time as it is written."""
    return f"{span // _MILLISECOND}ms" if span % timedelta(seconds=1) else f"{span.total_seconds():g}s"
