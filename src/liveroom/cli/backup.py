"""`liveroom backup`: the database and the key file in one file, while the service runs."""

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from liveroom.app.archive import Manifest
from liveroom.app.backup import back_up, note
from liveroom.clock import SystemClock
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.keys.keyfile import NAME
from liveroom.settings import Settings, SettingsError, load_settings


def backup(
    file: Path,
    *,
    without_keys: Annotated[bool, Parameter(negative=())] = False,
    replace: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Write a backup: the database as it is at this moment, and the key file.

    Parameters
    ----------
    file
        Where to; it is there when it is whole, and only its owner may read it.
    without_keys
        Leave the key file out, to keep it elsewhere. Without it no password of the backup works again.
    replace
        Write over a file that is there already.
    """
    settings, clock = load_settings(), SystemClock()
    path = file.absolute()
    try:
        made = asyncio.run(
            back_up(settings, clock, path, with_keys=not without_keys, replace=replace, on_table=print_table)
        )
    except DatabaseUnavailable as failure:
        raise SettingsError([f"the database does not answer: {failure.__cause__ or failure}"]) from failure
    print(f"{path}: {sum(table.rows for table in made.tables.values())} rows, {path.stat().st_size} bytes")
    print(_about_keys(made, settings))
    if not asyncio.run(note(settings, clock)):
        print("the database cannot be written, so `liveroom doctor` will not know of this backup")


def print_table(name: str, rows: int) -> None:
    """Say how many rows of a table are through; of an empty one nobody needs to hear."""
    if rows:
        print(f"  {name}: {rows}")


def _about_keys(made: Manifest, settings: Settings) -> str:
    if made.key_file and not settings.secret:
        return f"{NAME} is in it: whoever has this file can sign in as anybody, so keep it as you keep passwords"
    if settings.secret:
        beside = f"; the keys of {NAME} are" if made.key_file else ""
        return f"the secrets of LIVEROOM_SECRET are not in it{beside}: keep them too, no password works without them"
    if not made.needed_keys():
        return "nothing in it needs a key"
    return f"{NAME} is not in it: keep a copy of it elsewhere, no password works without it"
