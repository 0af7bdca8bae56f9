"""`liveroom doctor`: one line for each thing that has to be right, with the remedy where it is not."""

import asyncio

from liveroom.app.checkup.examining import examine
from liveroom.cli.findings import examined, report


def doctor() -> None:
    """Check settings, keys, database, Redis, providers and clock; exit status 1 if anything fails."""
    report(asyncio.run(examined(examine)))
