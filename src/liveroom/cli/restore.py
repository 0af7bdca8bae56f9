"""`liveroom restore`: a backup back into an empty database, of either kind, with its keys."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from liveroom.app.outages import cause_of
from liveroom.app.restore import Restored
from liveroom.app.restore import restore as bring_back
from liveroom.cli.backup import print_table
from liveroom.cli.output import name_data, say
from liveroom.cli.trail import note_done
from liveroom.clock import SystemClock
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.keys.keyfile import NAME
from liveroom.settings import SettingsError, load_settings


def restore(
    file: Path,
    *,
    force: Annotated[bool, Parameter(negative=())] = False,
    without_keys: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Restore a backup into the configured database; the service must not run meanwhile.

    Parameters
    ----------
    file
        A file written by `liveroom backup`, from SQLite or MySQL.
    force
        Overwrite what the database holds now.
    without_keys
        Restore although keys are missing: the logins they encrypted are lost.
    """
    settings, clock = load_settings(), SystemClock()
    name_data(settings)
    try:
        done = asyncio.run(
            bring_back(settings, clock, file, force=force, without_keys=without_keys, on_table=print_table)
        )
    except DatabaseUnavailable as failure:
        raise SettingsError([f"the database refused: {cause_of(failure)}"]) from failure
    asyncio.run(note_done(settings, clock.now(), "restore", file.name))
    say(
        "\n".join(_sentences(done)),
        release=done.manifest.release,
        made=done.manifest.made,
        migrated_to=done.migrated,
        keys_added=done.keys_added,
        lost=done.lost,
        files=done.files,
    )


def _sentences(done: Restored) -> Iterator[str]:
    yield f"restored the backup made by release {done.manifest.release} at {done.manifest.made}"
    for revision in done.migrated:
        yield f"migrated to {revision}"
    if done.keys_added:
        yield f"restored its keys to {NAME} in the data folder"
    if done.files:
        yield f"restored {done.files} uploaded files to the data folder"
    elif done.manifest.files:
        yield f"its {len(done.manifest.files)} uploaded files are not restored: LIVEROOM_UPLOADS is not folder here"
    for key, count in done.lost.items():
        yield f"lost: {count} logins or secrets sealed with the key {key}"
    yield "start the service: it rebuilds live data from the database; people in rooms have 90 s to come back"
