"""`liveroom conform`: plays shipped apps against a running service, and says which app would break where."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from liveroom.settings import SettingsError

if TYPE_CHECKING:
    from liveroom.conform.playing import ContactCode
    from liveroom.conform.session import ConformReport, ConformWish
    from liveroom.conform.shipped import ShippedApp

_CONFIRMATION: Final = "--yes-i-operate-it"


def conform(
    url: str,
    /,
    *,
    yes_i_operate_it: Annotated[bool, Parameter(negative=())] = False,
    app: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    code: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    pace: Annotated[float, Parameter(validator=Number(gt=0, lte=1000))] = 4,
    timeout: Annotated[float, Parameter(validator=Number(gt=0, lte=300))] = 10,
    origin: str = "https://app.example.com",
    junit: Path | None = None,
) -> None:
    """Play shipped apps against a service of this API, liveroom's or another one; exit status 1 if one would break.

    It registers accounts of its own, opens rooms with them, and removes both at the end. Exit status 2: the service
    could not be judged.

    Parameters
    ----------
    url
        The address that the apps have, such as https://live.example.com/.
    yes_i_operate_it
        Confirm that you operate the service; without it, nothing is sent.
    app
        Only this app, such as xzb-android; repeat it for more.
    code
        NUMBER:CODE or MAILBOX:CODE: where a code can be sent, and which it is. Repeat it, once for each app that signs
        in by code; without it, these logins are not tried.
    pace
        Requests a second, at most.
    timeout
        Seconds after which an app gives up.
    origin
        The web origin of your pages, if the service does not allow all.
    junit
        Write the results to this file, as JUnit's XML.
    """
    from liveroom.conform.sending import CannotConform, read_url
    from liveroom.conform.session import ConformWish, plan_of
    from liveroom.http.server import run

    try:
        address = read_url(url)
    except CannotConform as problem:
        raise SettingsError([str(problem)]) from problem
    wish = ConformWish(address, _find_apps(app), [_read_code(text) for text in code], pace, timeout, origin)
    if not yes_i_operate_it:
        raise SettingsError(
            [plan_of(wish), f"Nothing has been sent. If you operate this service, add {_CONFIRMATION}."]
        )
    print(plan_of(wish), file=sys.stderr)
    _end(run(_play(wish)), junit)


def _end(report: "ConformReport", junit: Path | None) -> None:
    """Print what was found, write it to the file, and end with the status that says so."""
    from liveroom.cli.output import list_rows, prints_json, show_facts
    from liveroom.conform.report import COLUMNS, as_document, as_junit, count_rows, sentences

    if prints_json():
        show_facts(as_document(report))
    elif report.results:
        list_rows(COLUMNS, count_rows(report), *sentences(report))
    if junit is not None:
        try:
            junit.write_bytes(as_junit(report))
        except OSError as problem:
            raise SettingsError([f"{junit} cannot be written: {problem.strerror}"]) from problem
    if report.stopped:
        raise SettingsError([report.stopped])
    if report.is_broken:
        sys.exit(1)


async def _play(wish: "ConformWish") -> "ConformReport":
    import httpx

    from liveroom.clock import SystemClock
    from liveroom.conform.session import run_conform

    async with httpx.AsyncClient() as http:
        return await run_conform(wish, http, SystemClock(), lambda app: print(f"  {app.name}", file=sys.stderr))


def _find_apps(keys: Sequence[str]) -> "Sequence[ShippedApp]":
    from liveroom.conform.shipped import shipped_apps

    apps = shipped_apps()
    if unknown := [key for key in keys if key not in apps]:
        raise SettingsError([f"there is no app {unknown[0]!r}; there are: {', '.join(apps)}"])
    return [app for key, app in apps.items() if not keys or key in keys]


def _read_code(text: str) -> "ContactCode":
    from liveroom.conform.playing import ContactCode

    contact, separator, code = text.rpartition(":")
    if not (separator and contact and code):
        raise SettingsError([f"write --code as NUMBER:CODE or MAILBOX:CODE, not {text!r}"])
    return ContactCode(contact.removeprefix("+"), code)
