"""Making a backup: the database as it is at one moment, beside the service that runs, and the key file with it."""

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection

from liveroom import __version__
from liveroom.app.archive import Manifest, OnTable, Writer
from liveroom.app.uploads import published_files
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.keys.keyfile import key_file_text, read_key_file
from liveroom.ports import Clock
from liveroom.settings import Settings, SettingsError
from liveroom.store.sql import copying, schema
from liveroom.store.sql.instants import millis
from liveroom.store.sql.schema import SchemaState
from liveroom.store.sql.tenants.sealed import sealed_by_key

_REFUSALS = {
    SchemaState.EMPTY: "there is nothing to back up: the database has no tables of liveroom yet",
    SchemaState.ORIGINAL: "there is nothing to back up: the database holds the original service's tables alone",
    SchemaState.UNRELEASED: (
        "the database's schema is from before the first release, and this release could not restore it: run "
        f"`liveroom migrate` of commit {schema.LAST_WITH_UNRELEASED} first"
    ),
    SchemaState.NEWER: "the database's schema is newer than this release: use the release that runs on it",
}


async def back_up(
    settings: Settings,
    clock: Clock,
    path: Path,
    *,
    with_keys: bool = True,
    replace: bool = False,
    on_table: OnTable = lambda *_: None,
) -> Manifest:
    """Write the backup; return what is in it. Raises ``SettingsError`` where that is impossible."""
    _check_place(path, replace=replace)
    state = await schema.schema_state(settings.database_url)
    if state in _REFUSALS:
        raise SettingsError([_REFUSALS[state]])
    keys = read_key_file(settings.data_dir) if with_keys else ()
    made = clock.now()

    def write(connection: Connection) -> Manifest:
        copying.freeze(connection)
        with Writer(path) as archive:
            for table in copying.our_tables(connection):
                columns = [str(column.name) for column in table.columns]
                on_table(table.name, archive.add_table(str(table.name), columns, copying.batches(connection, table)))
            for file in published_files(settings):
                with suppress(FileNotFoundError):  # It was withdrawn meanwhile.
                    archive.add_file(file)
            if keys:
                archive.add_keys(key_file_text(keys))
            return archive.finish(
                release=__version__,
                schema=schema.revision_of(connection),
                made=made.isoformat(timespec="seconds"),
                database="mysql" if settings.on_mysql else "sqlite",
                sealed={kind: dict(counted) for kind, counted in sealed_by_key(connection).items()},
                key_file=bool(keys),
            )

    try:
        return await schema.on_connection(settings.database_url, write)
    except OSError as problem:
        raise SettingsError([f"{path} cannot be written: {problem.strerror or problem}"]) from problem


async def note(settings: Settings, clock: Clock) -> bool:
    """Note in the database that a backup was made, for the doctor; say whether that was possible."""
    at = millis(clock.now())
    try:
        await schema.on_connection(settings.database_url, lambda connection: copying.note_backup(connection, at))
    except DatabaseUnavailable:
        return False
    return True


def _check_place(path: Path, *, replace: bool) -> None:
    if not path.parent.is_dir():
        raise SettingsError([f"there is no folder {path.parent}: make it, or name another place"])
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise SettingsError([f"this user may not write into {path.parent}: name another place"])
    if path.is_dir():
        raise SettingsError([f"{path} is a folder: name a file in it"])
    if path.exists() and not replace:
        raise SettingsError([f"{path} is there already: name another file, or say --replace"])
