"""`liveroom upgrade --check`: what an upgrade to this program would find, before it is made."""

import asyncio
from typing import Annotated

from cyclopts import Parameter

from liveroom.app.checkup.upgrading import look_at_upgrade
from liveroom.cli.findings import examined, report
from liveroom.settings import SettingsError


def upgrade(
    *, check: Annotated[bool, Parameter(negative=(), help="Look, and change nothing: the only thing it does.")] = False
) -> None:
    """Say whether this program may take over: settings, schema, migrations, backup; exit status 1 if it may not."""
    if not check:
        raise SettingsError(
            ["say `liveroom upgrade --check`: it looks at what an upgrade would find; `liveroom migrate` makes it"]
        )
    report(asyncio.run(examined(look_at_upgrade)))
