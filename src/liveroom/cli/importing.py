"""`liveroom import`: moving in from the original service, as often as one likes, while it still runs."""

import asyncio
from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from liveroom import faults, log
from liveroom.app.importing import import_original, open_original
from liveroom.app.outages import cause_of
from liveroom.cli.output import Row, list_rows, name_data, prints_json, say
from liveroom.cli.trail import note_done
from liveroom.clock import SystemClock
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.settings import Settings, SettingsError, load_settings
from liveroom.usecases.importing.report import ImportReport, Tally

_KINDS: Final = ("users", "logins", "rooms")


def run_import(original: str = "", *, dry_run: bool = False, force: bool = False) -> None:
    """Import users, logins and rooms from the original live-room service. Running it again imports what is new.

    Parameters
    ----------
    original
        Its database, mysql://user:password@host:port/database, which is only read. By default: the tables beside ours
        in the configured database.
    dry_run
        Show what would be imported, and write nothing.
    force
        Continue although the original signed its tokens with the word `default`: they are not accepted here, so
        everybody signs in once more.
    """
    settings = load_settings(forget_default=force)
    log.configure(settings.log_format, "warning")
    if settings.fault:
        faults.arm_as_set(settings.fault)
    if not (original or settings.on_mysql):
        raise SettingsError(
            ["name the original's database: `liveroom import mysql://user:password@host:port/database`"]
        )
    _check_secret(settings, force=force)
    name_data(settings)
    try:
        report = asyncio.run(_run(settings, original or settings.database_url, rehearsed=dry_run))
    except DatabaseUnavailable as failure:
        cause = cause_of(failure)
        raise SettingsError([f"the import stopped: {cause}. What was imported is kept; run it again."]) from failure
    if not dry_run:
        asyncio.run(note_done(settings, SystemClock().now(), "import"))
    _print(report, "Nothing was written." if dry_run else _about_tokens(settings))


async def _run(settings: Settings, url: str, *, rehearsed: bool) -> ImportReport:
    columns = (TextColumn("{task.description:>6}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    async with open_original(url) as original:
        sizes = await original.sizes()
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            bars = {kind: progress.add_task(kind, total=total) for kind, total in zip(_KINDS, sizes, strict=True)}
            return await import_original(
                settings,
                original,
                SystemClock(),
                rehearsed=rehearsed,
                on_progress=lambda kind, count: progress.advance(bars[kind], count),
            )


def _check_secret(settings: Settings, *, force: bool) -> None:
    """Refuse when the tokens of the original would stop working without anybody having decided that."""
    if not (force or _accepts_original(settings)):
        raise SettingsError(
            [
                "which secret did the original sign its tokens with? Set JWT_SECRET to it, so that they keep working; "
                "new tokens are signed with LIVEROOM_SECRET, or the key file of the data folder.",
                "Without JWT_SECRET it signed with the word default, which everybody knows, so such tokens are "
                "not accepted here: `liveroom import --force` continues, and everybody signs in again.",
            ]
        )


def _accepts_original(settings: Settings) -> bool:
    """Say whether a second secret is accepted beside the one that signs, or the original's is that one."""
    return len(settings.secret) > 1 or any(named.original for named in settings.secret)


def _about_tokens(settings: Settings) -> str:
    if not _accepts_original(settings):
        return "Tokens of the original are not accepted: everybody signs in again, with the same name and password."
    is_shared = settings.on_mysql or settings.redis_url is not None
    if is_shared and settings.secret[0].original:
        return (
            "Tokens of the original keep working. There is no other secret, so JWT_SECRET also signs new ones and "
            "seals the salts: before you remove it, put a new one into LIVEROOM_SECRET and run `liveroom keys reseal`."
        )
    return "Tokens of the original keep working until the last one expires, in 30 days: keep JWT_SECRET until then."


def _print(report: ImportReport, last: str) -> None:
    tallies = {"users": report.users, "usernames": report.logins, "rooms": report.rooms}
    notes = [line for tally in tallies.values() for line in _notes(tally)]
    rows = [{"what": name, **_counts(tally)} for name, tally in tallies.items()]
    if prints_json():
        say(last, taken_over=rows, notes=notes, said=last)
    else:
        list_rows(tuple(rows[0]), rows, *notes, last)


def _counts(tally: Tally) -> Row:
    return {
        "in_the_original": tally.seen,
        "taken": tally.imported,
        "changed": tally.changed,
        "as_before": tally.unchanged,
        "kept_as_here": tally.kept,
        "left_out": tally.left_out,
    }


def _notes(tally: Tally) -> Iterator[str]:
    for what, count in tally.notes.items():
        yield f"{count} {what}"
        examples = tally.examples.get(what, [])
        yield from (f"    {example}" for example in examples)
        if examples and count > len(examples):
            yield f"    … and {count - len(examples)} more"
