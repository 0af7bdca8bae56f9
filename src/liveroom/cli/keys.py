"""`liveroom keys`: which keys there are and what needs them; a new one, and what has to be done to drop an old one.

The order of a change, also over several machines, stands in docs/deploy.md.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Final

from cyclopts import App
from rich.console import Console

from liveroom.app.assembly import Core
from liveroom.app.outages import cause_of
from liveroom.cli.core import run
from liveroom.cli.output import Row, list_rows, name_data, say
from liveroom.cli.trail import note_done, noted
from liveroom.clock import SystemClock
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.keys import KeyRing, known_keys, missing_keys
from liveroom.keys.keyfile import NAME, change_key_file, fresh_key, read_key_file
from liveroom.settings import NamedSecret, Settings, SettingsError, load_settings
from liveroom.store.sql import schema
from liveroom.store.sql.schema import SchemaState
from liveroom.store.sql.tenants.sealed import SEALED, sealed_by_key
from liveroom.usecases.tenants.resealing import Resealed, Resealing

app = App(name="keys", help="List and rotate the keys that sign tokens and encrypt salts.")

_IN_SETTINGS: Final = "LIVEROOM_SECRET"
_NO_KEY: Final = "there is no key yet; the first start of the service generates one"


@app.command(name="list")
def show() -> None:
    """List the keys: where each comes from, what it does, and how much it has sealed."""
    settings = load_settings()
    name_data(settings)
    needed = sealed_texts(settings)
    named = [(key, _IN_SETTINGS) for key in settings.secret]
    named += [(key, NAME) for key in read_key_file(settings.data_dir)]
    if not named and not any(needed.values()):
        raise SettingsError([_NO_KEY])
    rows: list[Row] = []
    ring = known_keys(settings)
    for place, (key, origin) in enumerate(named):
        does = "signs and seals" if place == 0 else "is accepted"
        sealed = {kind: _count(counted, ring, key.id) for kind, counted in needed.items()}
        rows.append({"key": key.id, "from": origin, "what_it_does": does, **sealed})
    for missing in sorted(missing_keys(sum(needed.values(), Counter[str]()), ring)):
        does = "missing: what it sealed cannot be opened"
        sealed = {kind: counted[missing] for kind, counted in needed.items()}
        rows.append({"key": missing, "from": "nowhere", "what_it_does": does, **sealed})
    list_rows(("key", "from", "what_it_does", *SEALED), rows)


@app.command
def rotate() -> None:
    """Put a new key before the others in liveroom.key; the service uses it from its next start."""
    settings = load_settings()
    name_data(settings)
    if settings.secret:
        raise SettingsError(
            [
                f"the keys are in {_IN_SETTINGS}: add a new one (`liveroom config secret`) after the old one, as in "
                "old:…,new:…, and restart every process; then move it to the front, and restart them again"
            ]
        )
    if not read_key_file(settings.data_dir):
        raise SettingsError([_NO_KEY])
    first, *others = change_key_file(settings.data_dir, lambda there: (fresh_key(), *there))
    asyncio.run(note_done(settings, SystemClock().now(), "keys rotate", first.id))
    say(
        f"{first.id} signs and seals from the next start of the service on; {_ids(others)} still accepted\n"
        "restart the service, then run `liveroom keys reseal`; a backup from before has the old key alone",
        signs=first.id,
        accepted=[other.id for other in others],
    )


@app.command
def reseal() -> None:
    """Encrypt with the first key whatever an older one has encrypted; the service may run, with that key first."""

    async def work(core: Core) -> None:
        console = Console(stderr=True)
        with console.status("re-sealing") as status:

            def show(done: Resealed) -> None:
                status.update(f"re-sealing: {done.changed} of {done.looked_at}")

            async with noted(core, "keys reseal", core.keys.signing.id):
                done = await Resealing(core.db, core.keys).run(show)
        said = f"{done.changed} of {done.looked_at} sealed texts were re-sealed with {core.keys.signing.id}"
        others = [key.id for key in core.keys.all if key is not core.keys.signing]
        until = core.clock.now() + core.settings.token_ttl
        if others and not done.stuck:
            said += (
                f"\n{', '.join(others)}: needed until {until:%Y-%m-%d}, when the last token signed before expires, if "
                f"every process already has {core.keys.signing.id} first"
            )
        say(said, changed=done.changed, of=done.looked_at, key=core.keys.signing.id, others=others, needed_until=until)
        if done.stuck:
            raise SettingsError([f"{count} were left unchanged: {why}" for why, count in done.stuck.items()])

    run(work)


@app.command
def drop(key: str) -> None:
    """Remove a key from liveroom.key once nothing is encrypted with it; tokens it signed end with it."""
    settings = load_settings()
    name_data(settings)
    there = read_key_file(settings.data_dir)
    if key not in [one.id for one in there]:
        raise SettingsError([f"there is no key {key} in {NAME}: `liveroom keys list` lists the keys"])
    if not settings.secret and there[0].id == key:
        raise SettingsError([f"{key} signs and seals: run `liveroom keys rotate` first"])
    ring = KeyRing(there)
    if count := sum(_count(counted, ring, key) for counted in sealed_texts(settings).values()):
        raise SettingsError([f"{count} texts can be opened only with {key}: run `liveroom keys reseal` first"])
    change_key_file(settings.data_dir, lambda now: tuple(one for one in now if one.id != key))
    asyncio.run(note_done(settings, SystemClock().now(), "keys drop", key))
    say(f"{key} is removed; from the next start of the service, tokens that it signed are refused", key=key)


def sealed_texts(settings: Settings) -> Mapping[str, Counter[str]]:
    """Return how many texts of each kind each key has sealed; none where there are no tables yet."""

    async def look() -> Mapping[str, Counter[str]]:
        if await schema.schema_state(settings.database_url) in (SchemaState.EMPTY, SchemaState.ORIGINAL):
            return {kind: Counter() for kind in SEALED}
        return await schema.on_connection(settings.database_url, sealed_by_key)

    try:
        return asyncio.run(look())
    except DatabaseUnavailable as failure:
        raise SettingsError([f"the database does not answer: {cause_of(failure)}"]) from failure


def _count(counted: Mapping[str, int], ring: KeyRing | None, key: str) -> int:
    """Count what a key has sealed under each of its names."""
    if ring is None:
        return 0
    return sum(count for name, count in counted.items() if (found := ring.find(name)) and found.id == key)


def _ids(keys: list[NamedSecret]) -> str:
    return f"{', '.join(key.id for key in keys)} {'is' if len(keys) == 1 else 'are'}"
