"""How commands print what they found: one line for each thing, with the remedy where something is not right."""

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from liveroom.cli.output import list_rows, name_data, prints_json
from liveroom.clock import SystemClock
from liveroom.domain.findings import Finding, Level, fail, ok
from liveroom.ports import Clock
from liveroom.settings import Settings, SettingsError, load_settings

_STYLES: Final = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


async def examined(look: Callable[[Settings, Clock], AsyncIterator[Finding]]) -> Sequence[Finding]:
    """Return what a look at this installation finds, after what the settings say; wrong settings end it."""
    try:
        settings = load_settings()
    except SettingsError as stopped:
        return [
            fail("settings", problem, "the service does not start until this is fixed") for problem in stopped.problems
        ]
    name_data(settings)
    return [ok("settings", "complete and consistent"), *[found async for found in look(settings, SystemClock())]]


def report(findings: Sequence[Finding]) -> None:
    """Print findings, and end with exit status 1 if anything fails."""
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


def _line(finding: Finding) -> Text:
    line = Text(f"{finding.level:5}", style=_STYLES[finding.level])
    line.append(f"{finding.subject}: {finding.fact}", style="default")
    if finding.remedy:
        line.append(f" → {finding.remedy}", style="default")
    return line
