"""`liveroom doctor`: one line for each thing that has to be right, with the remedy where it is not."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from itertools import chain
from typing import Final

from rich.console import Console
from rich.text import Text

from liveroom.cli.checkup.callbacks import look_at_callbacks
from liveroom.cli.checkup.codes import look_at_codes
from liveroom.cli.checkup.database import look_at_database
from liveroom.cli.checkup.event_log import look_at_event_log
from liveroom.cli.checkup.findings import Finding, Level, fail, ok
from liveroom.cli.checkup.hooks import look_at_hooks
from liveroom.cli.checkup.keeping import look_at_keeping
from liveroom.cli.checkup.local import (
    look_at_clock,
    look_at_folder,
    look_at_open_access,
    look_at_secrets,
    look_at_words,
)
from liveroom.cli.checkup.media import look_at_media, look_at_tenants
from liveroom.cli.checkup.modules import look_at_modules
from liveroom.cli.checkup.page import look_at_https, look_at_page
from liveroom.cli.checkup.providers import look_at_trtc
from liveroom.cli.checkup.proxies import look_at_proxies
from liveroom.cli.checkup.redis import look_at_redis
from liveroom.cli.checkup.server_keys import look_at_server_keys
from liveroom.cli.checkup.vendors import look_at_vendors
from liveroom.cli.checkup.webhooks import look_at_webhooks
from liveroom.cli.output import list_rows, name_data, prints_json
from liveroom.clock import SystemClock
from liveroom.ports import Clock
from liveroom.settings import Settings, SettingsError, load_settings

_STYLES: Final = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


def doctor() -> None:
    """Check settings, keys, database, Redis, providers and clock; exit status 1 if anything fails."""
    findings = asyncio.run(_examined())
    columns = ("level", "subject", "fact", "remedy")
    if prints_json():
        list_rows(columns, [dict(zip(columns, finding, strict=True)) for finding in findings])
    else:
        _print(findings)
    if any(finding.level is Level.FAIL for finding in findings):
        sys.exit(1)


def _print(findings: Sequence[Finding]) -> None:
    console = Console()
    for finding in findings:
        console.print(_line(finding), soft_wrap=True)
    counts = {level: sum(finding.level is level for finding in findings) for level in Level}
    console.print(f"{counts[Level.OK]} passed, {counts[Level.WARN]} warnings, {counts[Level.FAIL]} failures")


async def _examined() -> Sequence[Finding]:
    try:
        settings = load_settings()
    except SettingsError as stopped:
        return [
            fail("settings", problem, "the service does not start until this is fixed") for problem in stopped.problems
        ]
    name_data(settings)
    return [ok("settings", "complete and consistent"), *[found async for found in examine(settings, SystemClock())]]


async def examine(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Yield every finding about an installation with these settings."""
    now = clock.now()
    for finding in chain(
        look_at_secrets(settings),
        look_at_folder(settings),
        look_at_words(settings),
        look_at_clock(now),
        look_at_modules(settings),
    ):
        yield finding
    for found in (look_at_database(settings, clock), look_at_keeping(settings, clock), look_at_redis(settings, clock)):
        async for finding in found:
            yield finding
    for finding in chain(look_at_trtc(settings, now), look_at_media(settings)):
        yield finding
    for found in (
        look_at_tenants(settings),
        look_at_vendors(settings, clock),
        look_at_codes(settings, clock),
        look_at_server_keys(settings, clock),
        look_at_hooks(settings, clock),
        look_at_webhooks(settings, clock),
        look_at_event_log(settings),
        look_at_proxies(settings, clock),
    ):
        async for finding in found:
            yield finding
    for finding in chain(
        look_at_callbacks(settings), look_at_page(), look_at_https(settings, now), look_at_open_access(settings)
    ):
        yield finding


def _line(finding: Finding) -> Text:
    line = Text(f"{finding.level:5}", style=_STYLES[finding.level])
    line.append(f"{finding.subject}: {finding.fact}", style="default")
    if finding.remedy:
        line.append(f" → {finding.remedy}", style="default")
    return line
