"""`liveroom backup`: the database and the key file in one file, while the service runs."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from liveroom.app.archive import Manifest
from liveroom.app.backup import back_up, note
from liveroom.app.outages import cause_of
from liveroom.cli.output import name_data, prints_json, say
from liveroom.cli.trail import note_done
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
    """Back up a snapshot of the database, and the key file.

    Parameters
    ----------
    file
        Where to; the file appears when it is complete, readable only by its owner.
    without_keys
        Leave out the key file, to keep it elsewhere. Without it, no password in the backup works.
    replace
        Overwrite an existing file.
    """
    settings, clock = load_settings(), SystemClock()
    path = file.absolute()
    name_data(settings)
    try:
        made = asyncio.run(
            back_up(settings, clock, path, with_keys=not without_keys, replace=replace, on_table=print_table)
        )
    except DatabaseUnavailable as failure:
        raise SettingsError([f"the database does not answer: {cause_of(failure)}"]) from failure
    rows, size = sum(table.rows for table in made.tables.values()), path.stat().st_size
    keys = _about_keys(made, settings)
    files = f", {len(made.files)} uploaded files" if made.files else ""
    sentence = f"{path}: {rows} rows{files}, {size} bytes\n{keys}"
    say(sentence, file=str(path), rows=rows, files=len(made.files), bytes=size, keys=keys)
    if not asyncio.run(note(settings, clock)):
        print("the database is not writable, so `liveroom doctor` will not know of this backup", file=sys.stderr)
    asyncio.run(note_done(settings, clock.now(), "backup", path.name))


def print_table(name: str, rows: int) -> None:
    """Say how many rows of a table are through; of an empty one nobody needs to hear."""
    if rows and not prints_json():
        print(f"  {name}: {rows}")


def _about_keys(made: Manifest, settings: Settings) -> str:
    if made.key_file and not settings.secret:
        return (
            f"it includes {NAME}: anyone who has this file can sign in as anybody, so store it as you store passwords"
        )
    if settings.secret:
        beside = f"; the keys of {NAME} are" if made.key_file else ""
        lacking = f"it does not include the secrets of LIVEROOM_SECRET{beside}"
        return f"{lacking}: keep them elsewhere too, because no password works without them"
    if not made.needed_keys():
        return "it needs no key"
    return f"it does not include {NAME}: keep a copy elsewhere, because no password works without it"
