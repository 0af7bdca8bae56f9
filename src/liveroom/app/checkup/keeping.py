"""What would be missed: keys without which stored logins do not open, and backups that are not made any more."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.keys import KeyRing, known_keys, missing_keys
from liveroom.ports import Clock
from liveroom.settings import Settings, SettingsError
from liveroom.store.sql import copying, schema
from liveroom.store.sql.instants import instant
from liveroom.store.sql.schema import SchemaState
from liveroom.store.sql.tenants.sealed import sealed_by_key

_OLD: Final = timedelta(days=8)
"""A weekly backup that is late by a day."""


async def look_at_keeping(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Look into the database; one that does not answer, or has another schema, is another check's finding."""
    try:
        if await schema.schema_state(settings.database_url) is not SchemaState.CURRENT:
            return
        sealed, made = await schema.on_connection(settings.database_url, _look)
    except DatabaseUnavailable:
        return
    for finding in (*judge_keys(sealed, _ring(settings)), judge_backup(made, clock.now())):
        yield finding


def _look(connection: Connection) -> tuple[Mapping[str, Counter[str]], int | None]:
    return sealed_by_key(connection), copying.last_backup(connection)


def _ring(settings: Settings) -> KeyRing | None:
    """Return the keys that there are; a damaged key file is another check's finding."""
    try:
        return known_keys(settings)
    except SettingsError:
        return None


def judge_keys(sealed: Mapping[str, Counter[str]], ring: KeyRing | None) -> Iterator[Finding]:
    """Compare the keys that have sealed something with those that are configured."""
    needed = sum(sealed.values(), Counter[str]())
    missing = missing_keys(needed, ring)
    for key, count in missing.items():
        yield fail(
            "keys",
            f"{count} logins or secrets were sealed with the key {key}, which is not configured: they cannot be opened",
            "restore its secret: in LIVEROOM_SECRET as id:secret, or with the liveroom.key of a backup",
        )
    if ring is None or missing:
        return
    older = sum(count for key, count in needed.items() if ring.find(key) is not ring.signing)
    if older:
        yield ok("keys", f"all are configured; {older} sealed texts still need keys older than {ring.signing.id}")
    else:
        yield ok("keys", f"all {needed.total()} logins and secrets are sealed with {ring.signing.id}")


def judge_backup(made: int | None, now: datetime, *, oldest: timedelta = _OLD) -> Finding:
    """Say how old the last backup is; one that was never made here may be made by other means."""
    if made is None:
        return ok("backup", "none made with `liveroom backup`: make sure backups are taken another way")
    age = now - instant(made)
    fact = f"the last one was made on {instant(made):%Y-%m-%d at %H:%M} UTC"
    if age > oldest:
        return warn("backup", f"{fact}, {age.days} days ago", "check the timer that runs `liveroom backup`")
    return ok("backup", fact)
