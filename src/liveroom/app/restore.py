"""Bringing a backup back: everything is looked at before anything is touched, and the rows come in one transaction."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from liveroom.app.archive import Damaged, Manifest, OnTable, Reader, opened
from liveroom.app.data_folder import make_data_folder
from liveroom.app.occupancy import LEASE
from liveroom.app.uploads import uploads_folder
from liveroom.domain.errors import DatabaseUnavailable, KeyMissing, Unavailable
from liveroom.domain.ids import TenantName
from liveroom.domain.tenants.model import Tenant
from liveroom.keys import KeyRing, known_keys, missing_keys, sealing_key
from liveroom.keys.keyfile import NAME, change_key_file, parse_key_file, read_key_file
from liveroom.ports import Clock
from liveroom.providers.uploads.folder import PUBLISHED
from liveroom.settings import NamedSecret, Settings, SettingsError
from liveroom.store.live.redis.leftovers import holds_live_data
from liveroom.store.sql import copying, schema
from liveroom.store.sql.instants import millis
from liveroom.store.sql.schema import SchemaState
from liveroom.usecases.accounts.registration import salt_context

_TRIED: Final = 3
"""So many salts of each key are opened before anything is restored: an id may have another secret by now."""
_LOGINS: Final = "lr_credentials"
"""The table whose salts are tried."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done."""

    manifest: Manifest
    keys_added: bool
    migrated: Sequence[str]
    lost: Mapping[str, int]
    """How many sealed texts nothing opens, by the id of the key that is missing."""
    files: int = 0
    """How many published files were put into the data folder."""


async def restore(
    settings: Settings,
    clock: Clock,
    path: Path,
    *,
    force: bool = False,
    without_keys: bool = False,
    on_table: OnTable = lambda *_: None,
) -> Restored:
    """Restore the backup. Raises ``SettingsError`` with nothing changed where that is not to be done."""
    try:
        with opened(path) as archive:
            return await _Restoring(settings, clock, archive, force=force, on_table=on_table).run(without_keys)
    except Damaged as problem:
        raise SettingsError([f"{path} cannot be restored: {problem}"]) from problem
    except OSError as problem:
        raise SettingsError([f"{path} cannot be read: {problem.strerror or problem}"]) from problem


class _Restoring:
    """One restore, step by step."""

    def __init__(self, settings: Settings, clock: Clock, archive: Reader, *, force: bool, on_table: OnTable) -> None:
        self._settings = settings
        self._clock = clock
        self._archive = archive
        self._manifest = archive.manifest
        self._force = force
        self._on_table = on_table

    async def run(self, without_keys: bool) -> Restored:
        self._check_schema()
        lost = self._check_content(self._ring())
        if lost and not without_keys:
            raise SettingsError(
                [*map(_missing, lost.items()), "`--without-keys` restores all the same, without these logins"]
            )
        await self._check_target()
        keys_added = self._put_keys()
        files = self._put_files()
        await self._fill()
        migrated = await schema.migrate(self._settings.database_url)
        return Restored(self._manifest, keys_added, migrated, lost, files)

    def _check_schema(self) -> None:
        """Refuse a backup whose schema this release does not know."""
        state = schema.state_of(self._manifest.schema)
        if state is SchemaState.NEWER:
            raise SettingsError(
                [f"it was made by release {self._manifest.release}: restore it with that or a later one"]
            )
        if state is SchemaState.UNRELEASED:
            then = "run its `liveroom migrate`, and make a new backup"
            raise SettingsError(
                [f"it is from before the first release: restore it with commit {schema.LAST_WITH_UNRELEASED}, {then}"]
            )

    def _keys(self) -> tuple[NamedSecret, ...]:
        """Return the keys of the backup's key file."""
        text = self._archive.keys()
        try:
            return parse_key_file(text) if text is not None else ()
        except ValueError as problem:
            raise Damaged("its key file is damaged") from problem

    def _ring(self) -> KeyRing | None:
        """Return every key that there will be: those of the settings, of the backup, and of the data folder."""
        return known_keys(self._settings, self._keys())

    def _check_content(self, ring: KeyRing | None) -> Mapping[str, int]:
        """Read everything once, and try the keys; return which are missing, and how much they have sealed."""
        needed = self._manifest.needed_keys()
        for _ in self._archive.files():
            pass
        lost = missing_keys(needed, ring)
        tried: Counter[str] = Counter()
        for table in self._manifest.tables:
            for batch in self._archive.batches(table, copying.BATCH):
                if table == _LOGINS and ring is not None:
                    lost |= {key: needed.get(key, 1) for key in self._wrong(ring, batch, tried)}
        return lost

    def _wrong(self, ring: KeyRing, batch: Sequence[Sequence[Any]], tried: Counter[str]) -> Iterator[str]:
        """Yield the ids of keys that do not open what they have sealed."""
        columns = self._manifest.tables[_LOGINS].columns
        for row in batch:
            named = dict(zip(columns, row, strict=True))
            sealed = str(named["salt"])
            key = sealing_key(sealed)
            if ring.find(key) is None or tried[key] >= _TRIED:
                continue
            tried[key] += 1
            try:
                ring.open(sealed, salt_context(Tenant(TenantName(named["tenant"])), named["folded"]))
            except KeyMissing:
                yield key

    async def _check_target(self) -> None:
        """Refuse a database that is in use or would lose something, and live data that belongs to another one."""
        settings = self._settings
        make_data_folder(settings)
        if await schema.schema_state(settings.database_url) is not SchemaState.EMPTY:
            await schema.on_connection(settings.database_url, self._refuse_what_is_there)
        if settings.redis_url is not None:
            await self._check_redis(settings.redis_url)

    def _refuse_what_is_there(self, connection: Connection) -> None:
        if copying.held_by(connection, LEASE, millis(self._clock.now())):
            raise SettingsError(
                ["a liveroom process serves from this database: stop it, wait ten seconds, and try again"]
            )
        if not self._force and not copying.is_empty(connection):
            raise SettingsError(
                ["the database is not empty: name an empty one, or say --force to throw away what is there"]
            )

    @staticmethod
    async def _check_redis(url: str) -> None:
        try:
            is_used = await holds_live_data(url)
        except Unavailable as problem:
            raise SettingsError([problem.detail]) from problem
        if is_used:
            empty_it = "stop every liveroom process, empty it (redis-cli FLUSHDB), and try again"
            raise SettingsError([f"Redis still holds live data: {empty_it}; it is filled again from the database"])

    def _put_keys(self) -> bool:
        """Put the backup's keys into the data folder, before what they open; say whether there were any to put."""
        folder, theirs = self._settings.data_dir, self._keys()
        ours = {key.id: key for key in read_key_file(folder)}
        changed = [key.id for key in theirs if key.id in ours and ours[key.id] != key]
        if changed:
            raise SettingsError([f"{folder / NAME} has another secret under the id {changed[0]}: move it away first"])
        if not theirs or all(key.id in ours for key in theirs):
            return False
        ids = {key.id for key in theirs}
        change_key_file(folder, lambda there: (*theirs, *(key for key in there if key.id not in ids)))
        return True

    def _put_files(self) -> int:
        """Put published files where the service looks for them, before the rows that show them."""
        if self._settings.uploads != "folder":
            return 0
        folder = uploads_folder(self._settings) / PUBLISHED
        for name, content in self._archive.files():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return len(self._manifest.files)

    async def _fill(self) -> None:
        """Make the tables that the backup is of, and write its rows in one transaction."""
        url, revision = self._settings.database_url, self._manifest.schema
        if await schema.schema_state(url) is not SchemaState.EMPTY:
            await schema.exclusively(url, self._make_room)
        await schema.migrate(url, to=revision)
        await schema.exclusively(url, self._write)

    def _make_room(self, connection: Connection) -> None:
        """Take away tables of another revision, and what the operator gave up."""
        self._refuse_what_is_there(connection)
        if not copying.is_empty(connection) or schema.revision_of(connection) != self._manifest.schema:
            copying.drop(connection)

    def _write(self, connection: Connection) -> None:
        self._refuse_what_is_there(connection)
        copying.clear(connection)
        there = {table.name: table for table in copying.our_tables(connection)}
        for name, note in self._manifest.tables.items():
            if name not in there:
                raise DatabaseUnavailable(f"The schema {self._manifest.schema} has no table {name}.")
            for batch in self._archive.batches(name, copying.BATCH):
                copying.write(connection, there[name], note.columns, batch)
            self._on_table(name, note.rows)


def _missing(lost: tuple[str, int]) -> str:
    key, count = lost
    return (
        f"{count} logins or secrets are sealed with the key {key}, which is neither in the backup nor configured, or "
        "has another secret: put it into LIVEROOM_SECRET as it was"
    )
