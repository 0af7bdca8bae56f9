"""Backups: what is in them, that they are of one moment and whole or not there, and what comes back from them."""

import asyncio
import json
import sqlite3
import stat
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from liveroom.app.archive import Damaged, Manifest, opened
from liveroom.app.backup import back_up, note
from liveroom.app.restore import Restored, restore
from liveroom.clock import SystemClock
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.settings import Settings, SettingsError, load_settings
from liveroom.store.sql import copying, schema
from liveroom.store.sql.tables import metadata
from tests.servers import Mariadb, Redis
from tests.service import SECRET, Account, Caller, Device, Service, serving
from tests.store.sql.test_schema import REVISIONS

NEW_USER = (
    "INSERT INTO lr_users (id, tenant, created, updated, name, avatar, tag, tag2, phone, email, admin, ban_reason, "
    "user_bucket) VALUES ('49999999', '', 1, 1, '', '', '', '', '', '', 0, '', 0)"
)
KINDS = [pytest.param("sqlite"), pytest.param("mariadb", marks=pytest.mark.services)]

PresenceEntry = Callable[..., Settings]


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> PresenceEntry:
    """Return what makes the settings of an installation of its own: its name, its database, and what else is set."""

    def make(name: str, kind: str = "sqlite", **given: Any) -> Settings:
        folder = tmp_path / name
        flags = {"data_dir": folder, **given}
        if kind == "mariadb":
            server: Mariadb = request.getfixturevalue("mariadb")
            flags = {"database_url": server.create_database(f"backup_{name}"), "secret": SECRET, **flags}
        return load_settings(flags, environ={}, dotenv=None)

    return make


def serve(settings: Settings) -> Any:
    """Return the service of an installation."""
    return serving(
        settings.data_dir,
        database_url=settings.database_url,
        secret=f"{settings.secret[0].id}:{settings.secret[0].value.reveal()}" if settings.secret else None,
        redis_url=settings.redis_url,
        account_limit=0,
    )


async def backed_up(settings: Settings, path: Path, **given: Any) -> Manifest:
    return await back_up(settings, SystemClock(), path, **given)


async def restored(settings: Settings, path: Path, **given: Any) -> Restored:
    return await restore(settings, SystemClock(), path, **given)


async def _people(service: Service) -> tuple[Device, Device]:
    """Return a host who is live, and a guest of theirs."""
    host, guest = await service.sign_up("小明 😀"), await service.sign_up("bob")
    await guest.enter(await host.go_live(title="唱歌"), "audience")
    return host, guest


def _again(caller: Caller, device: Device) -> Device:
    """Return a device as it calls another installation."""
    account = Account(caller, device.account.username, device.account.salt)
    return Device(account, device.user, device.token)


@pytest.mark.parametrize(
    ("kind", "to"),
    [
        ("sqlite", "sqlite"),
        pytest.param("mariadb", "mariadb", marks=pytest.mark.services),
        pytest.param("sqlite", "mariadb", marks=[pytest.mark.services, pytest.mark.long]),
        pytest.param("mariadb", "sqlite", marks=[pytest.mark.services, pytest.mark.long]),
    ],
)
async def test_backup_wipe_restore_logins_work_rooms_are_there(
    kind: str, to: str, place: PresenceEntry, tmp_path: Path
) -> None:
    here, file = place("here", kind), tmp_path / "backup.zip"
    async with serve(here) as service:
        host, guest = await _people(service)
        await service.make_tenant("shop")
        made = await backed_up(here, file)
    there = place("there", to, secret=f"{here.secret[0].id}:{SECRET}" if here.secret else f"new:{SECRET}")
    done = await restored(there, file)
    assert made == done.manifest
    assert done.keys_added is not bool(here.secret)
    async with serve(there) as service:
        for device in (host, guest):
            again = _again(service, device)
            assert await again.members(host.user) == [host.user, guest.user]
            signed_in = await again.account.sign_in()
            assert signed_in.user == device.user
        assert [room["title"] for room in await again.query()] == ["唱歌"]
        assert service.services.tenants.find("shop").sdk_secret.startswith("shop-sdk-secret")
        newcomer = await service.sign_up("newcomer")
        assert int(newcomer.user) > max(int(host.user), int(guest.user))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(
    kind: str, place: PresenceEntry, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    here, file = place("here", kind), tmp_path / "backup.zip"
    async with serve(here) as service:
        await service.sign_up()
    wrote: list[bool] = []

    def write(*_: object) -> None:
        if not wrote:
            wrote.append(True)
            if kind == "mariadb":
                request.getfixturevalue("mariadb").execute(NEW_USER, "backup_here")
            else:
                with closing(sqlite3.connect(here.data_dir / "liveroom.db", timeout=0)) as connection:
                    connection.execute(NEW_USER)
                    connection.commit()

    made = await backed_up(here, file, on_table=write)
    assert wrote
    assert made.tables["lr_users"].rows == made.tables["lr_credentials"].rows == 1
    later = await backed_up(here, file, replace=True)
    assert later.tables["lr_users"].rows == 2


async def test_a_backup_of_a_service_under_load_holds_every_account_with_its_login(
    place: PresenceEntry, tmp_path: Path
) -> None:
    here, file, stop = place("here"), tmp_path / "backup.zip", asyncio.Event()
    async with serve(here) as service:

        async def register() -> None:
            while not stop.is_set():
                await service.register()
                await asyncio.sleep(0)

        tasks = [asyncio.create_task(register()) for _ in range(4)]
        await service.sign_up()
        made = [await backed_up(here, tmp_path / f"{number}.zip") for number in range(3)]
        stop.set()
        await asyncio.gather(*tasks)
        accounts = [one.tables["lr_users"].rows for one in made]
        assert accounts == [one.tables["lr_credentials"].rows for one in made] == sorted(accounts)
        await backed_up(here, file)
    assert (await restored(place("there"), file)).manifest.tables["lr_users"].rows >= accounts[-1]


def test_nothing_but_texts_numbers_and_nothing_is_stored_so_that_json_holds_it_all() -> None:
    kinds = {str(column.type).partition("(")[0] for table in metadata.tables.values() for column in table.columns}
    assert kinds <= {"VARCHAR", "TEXT", "BIGINT", "INTEGER", "SMALLINT"}


async def test_only_its_owner_reads_a_backup_and_the_key_file_that_it_brings_back(
    place: PresenceEntry, tmp_path: Path
) -> None:
    here, there, file = place("here"), place("there"), tmp_path / "backup.zip"
    async with serve(here) as service:
        await service.sign_up()
    await backed_up(here, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await restored(there, file)
    key = there.data_dir / "liveroom.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert json.loads(key.read_text()) == json.loads((here.data_dir / "liveroom.key").read_text())


async def test_a_backup_that_fails_leaves_nothing_and_spoils_nothing(place: PresenceEntry, tmp_path: Path) -> None:
    here, folder = place("here"), tmp_path / "backups"
    folder.mkdir()
    async with serve(here):
        pass
    await backed_up(here, folder / "backup.zip")
    good = (folder / "backup.zip").read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(SettingsError, match="No space left on device"):
        await backed_up(here, folder / "backup.zip", replace=True, on_table=fail)
    assert [path.name for path in folder.iterdir()] == ["backup.zip"]
    assert (folder / "backup.zip").read_bytes() == good


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from liveroom.app.backup import back_up
from liveroom.clock import SystemClock
from liveroom.settings import load_settings
settings = load_settings({"data_dir": Path(sys.argv[1])}, environ={}, dotenv=None)
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(back_up(settings, SystemClock(), Path(sys.argv[2]), on_table=die))
"""


async def test_a_backup_killed_in_the_middle_is_not_there_and_the_next_one_is_whole(
    place: PresenceEntry, tmp_path: Path
) -> None:
    here, file = place("here"), tmp_path / "backup.zip"
    async with serve(here) as service:
        await service.sign_up()
    killed = subprocess.run([sys.executable, "-c", _KILLED, here.data_dir, file], check=False)
    assert killed.returncode == -9
    assert not file.exists()
    assert (await backed_up(here, file)).tables["lr_users"].rows == 1


async def _refusal(work: Awaitable[object]) -> str:
    with pytest.raises(SettingsError) as refused:
        await work
    return str(refused.value)


async def test_a_backup_is_refused_where_it_cannot_be_or_would_be_of_nothing(
    place: PresenceEntry, tmp_path: Path
) -> None:
    here, file = place("here"), tmp_path / "backup.zip"
    assert "nothing to back up" in await _refusal(backed_up(here, file))
    async with serve(here):
        pass
    await backed_up(here, file)
    assert "--replace" in await _refusal(backed_up(here, file))
    assert "is a folder" in await _refusal(backed_up(here, tmp_path))
    assert "there is no folder" in await _refusal(backed_up(here, tmp_path / "none" / "backup.zip"))


async def test_what_was_restored_half_is_not_there_and_can_be_restored_again(
    place: PresenceEntry, tmp_path: Path
) -> None:
    here, there, file = place("here"), place("there"), tmp_path / "backup.zip"
    async with serve(here) as service:
        host, _ = await _people(service)
    await backed_up(here, file)

    def fail(name: str, _: int) -> None:
        if name == "lr_users":
            raise OSError(5, "Input/output error")

    with pytest.raises(SettingsError):
        await restored(there, file, on_table=fail)
    assert await schema.on_connection(there.database_url, copying.is_empty)
    await restored(there, file)
    async with serve(there) as service:
        assert (await _again(service, host).account.sign_in()).user == host.user


async def test_a_database_that_holds_something_is_kept_unless_it_is_given_up(
    place: PresenceEntry, tmp_path: Path
) -> None:
    here, there, file = place("here"), place("there"), tmp_path / "backup.zip"
    async with serve(here) as service:
        host, _ = await _people(service)
    async with serve(there) as service:
        other = await service.sign_up("other")
    await backed_up(here, file)
    assert "--force" in await _refusal(restored(there, file))
    async with serve(there) as service:
        assert (await _again(service, other).account.sign_in()).user == other.user
    await restored(there, file, force=True)
    async with serve(there) as service:
        again = _again(service, host)
        assert (await again.account.sign_in()).user == host.user
        gone = await service.call("oauth/signature", service.sign("other", other.account.salt))
        assert gone.code != 0


async def test_a_database_from_which_a_process_serves_is_not_touched(place: PresenceEntry, tmp_path: Path) -> None:
    here, file = place("here"), tmp_path / "backup.zip"
    async with serve(here) as service:
        await backed_up(here, file)
        now = service.clock.now()
        lease = f"INSERT INTO lr_leases VALUES ('service', 'x', {int(now.timestamp() * 1000) + 9000})"  # noqa: S608
        with closing(sqlite3.connect(here.data_dir / "liveroom.db")) as connection:
            connection.execute(lease)
            connection.commit()
    assert "stop it" in await _refusal(restored(here, file, force=True))


@pytest.mark.services
async def test_live_data_of_another_database_is_not_joined_with_a_restored_one(
    place: PresenceEntry, tmp_path: Path, redis_server: Redis
) -> None:
    here, file = place("here"), tmp_path / "backup.zip"
    async with serve(here) as service:
        host, guest = await _people(service)
    await backed_up(here, file)
    there = place("there", redis_url=redis_server.url, secret=f"new:{SECRET}")
    redis_server.flushall()
    redis_server.command("SET", "{liveroom}:layout", "x")
    assert "FLUSHDB" in await _refusal(restored(there, file))
    redis_server.flushall()
    await restored(there, file)
    async with serve(there) as service:
        assert await _again(service, guest).members(host.user) == [host.user, guest.user]
    redis_server.flushall()


async def test_a_backup_without_its_keys_says_which_are_missing_and_comes_back_when_they_are_there(
    place: PresenceEntry, tmp_path: Path
) -> None:
    here, there, file = place("here"), place("there"), tmp_path / "backup.zip"
    async with serve(here) as service:
        host, _ = await _people(service)
        key = service.core.keys.signing.id
    assert not (await backed_up(here, file, with_keys=False)).key_file
    with zipfile.ZipFile(file) as archive:
        assert "liveroom.key" not in archive.namelist()
    assert f"2 logins or secrets are sealed with the key {key}" in await _refusal(restored(there, file))
    assert not (there.data_dir / "liveroom.db").exists()
    assert (await restored(there, file, without_keys=True)).lost == {key: 2}
    there.data_dir.joinpath("liveroom.key").write_bytes(here.data_dir.joinpath("liveroom.key").read_bytes())
    assert not (await restored(there, file, force=True)).lost
    async with serve(there) as service:
        assert (await _again(service, host).account.sign_in()).user == host.user


async def test_a_key_id_that_has_another_secret_by_now_is_noticed_before_anything_is_restored(
    place: PresenceEntry, tmp_path: Path
) -> None:
    here, file = place("here", secret=f"a:{SECRET}"), tmp_path / "backup.zip"
    async with serve(here) as service:
        await _people(service)
    assert (await backed_up(here, file)).sealed["logins"] == {"a": 2}
    there = place("there", secret=f"a:another-{SECRET}")
    assert "sealed with the key a" in await _refusal(restored(there, file))
    assert not (there.data_dir / "liveroom.db").exists()


async def test_keys_of_a_service_that_has_begun_stay_beside_those_of_the_backup(
    place: PresenceEntry, tmp_path: Path
) -> None:
    here, there, file = place("here"), place("there"), tmp_path / "backup.zip"
    async with serve(here) as service:
        first = service.core.keys.signing.id
    async with serve(there) as service:
        second = service.core.keys.signing.id
    await backed_up(here, file)
    assert (await restored(there, file)).keys_added
    assert not (await restored(there, file)).keys_added
    kept = json.loads((there.data_dir / "liveroom.key").read_text())["keys"]
    assert [key["id"] for key in kept] == [first, second]


def _rewritten(file: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Write a backup whose manifest was changed."""
    other = file.with_name("rewritten.zip")
    with zipfile.ZipFile(file) as read, zipfile.ZipFile(other, "w") as written:
        for name in read.namelist():
            text = read.read(name)
            if name == "liveroom-backup.json":
                manifest = json.loads(text)
                change(manifest)
                text = json.dumps(manifest).encode()
            written.writestr(name, text)
    return other


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda manifest: manifest.update(format=2), "a later one"),
        (lambda manifest: manifest.update(schema="9999"), "or a later one"),
        (lambda manifest: manifest.update(schema="0011"), "from before the first release: restore it with commit"),
        (lambda manifest: manifest.pop("tables"), "manifest cannot be read"),
        (lambda manifest: manifest["tables"]["lr_users"].update(rows=7), "2 rows where 7 were written"),
        (lambda manifest: manifest["tables"]["lr_users"]["columns"].pop(), "another number of values"),
        (lambda manifest: manifest["tables"].update(lr_more={"columns": [], "rows": 0}), "damaged"),
    ],
)
async def test_a_manifest_that_does_not_fit_is_refused_before_anything_is_touched(
    change: Callable[[dict[str, Any]], None], said: str, place: PresenceEntry, tmp_path: Path
) -> None:
    here, there, file = place("here"), place("there"), tmp_path / "backup.zip"
    async with serve(here) as service:
        await _people(service)
    await backed_up(here, file)
    assert said in await _refusal(restored(there, _rewritten(file, change)))
    assert not there.data_dir.exists() or not list(there.data_dir.iterdir())


@pytest.mark.parametrize("cut", [0, 10, 1000, -1, -30])
async def test_a_file_that_is_not_all_there_is_refused(cut: int, place: PresenceEntry, tmp_path: Path) -> None:
    here, there, file = place("here"), place("there"), tmp_path / "backup.zip"
    async with serve(here) as service:
        await _people(service)
    await backed_up(here, file)
    file.write_bytes(file.read_bytes()[:cut])
    assert "cannot be restored" in await _refusal(restored(there, file))
    assert "cannot be read" in await _refusal(restored(there, tmp_path / "none.zip"))


async def test_bytes_that_were_turned_are_noticed(place: PresenceEntry, tmp_path: Path) -> None:
    here, there, file = place("here"), place("there"), tmp_path / "backup.zip"
    async with serve(here) as service:
        await _people(service)
    await backed_up(here, file)
    whole = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        inside = archive.getinfo("tables/lr_users.jsonl")
    whole[inside.header_offset + 80] ^= 1
    file.write_bytes(whole)
    assert "damaged" in await _refusal(restored(there, file))
    with pytest.raises(Damaged), opened(file) as archive_of_ours:
        list(archive_of_ours.batches("lr_users", 10))


async def test_a_database_from_before_the_first_release_is_not_backed_up(place: PresenceEntry, tmp_path: Path) -> None:
    here, file = place("here"), tmp_path / "backup.zip"
    async with serve(here):
        pass
    older = "UPDATE lr_schema SET version_num = '0011'"
    await schema.on_connection(here.database_url, lambda connection: connection.exec_driver_sql(older))
    assert "from before the first release" in await _refusal(backed_up(here, file))
    assert not file.exists()


async def test_a_backup_of_an_earlier_schema_is_brought_up_to_this_release(
    place: PresenceEntry, tmp_path: Path
) -> None:
    here, there, file = place("here"), place("there"), tmp_path / "backup.zip"
    here.data_dir.mkdir()
    await schema.migrate(here.database_url, to="0012")
    await schema.on_connection(here.database_url, lambda connection: connection.exec_driver_sql(NEW_USER))
    assert (await backed_up(here, file)).schema == "0012"
    async with serve(there):
        pass
    done = await restored(there, file)
    assert done.migrated == REVISIONS[1:]
    async with serve(there) as service:
        assert len(await service.core.db.users.page(DEFAULT_TENANT, UserId(""), 9)) == 1


_MANY = NEW_USER.partition(" VALUES")[0] + (  # noqa: S608 - our own words
    " WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {rows}) "
    "SELECT n, '', 1, 1, '', '', '', '', '', '', 0, '', 0 FROM many"
)


async def _peak(settings: Settings, file: Path, rows: int) -> int:
    """Return the memory at the most while so many users are backed up and restored."""

    def fill(connection: Connection) -> None:
        if connection.dialect.name == "mysql":
            connection.exec_driver_sql("SET max_recursive_iterations = 1000000")
        connection.exec_driver_sql(_MANY.format(rows=rows))

    await schema.on_connection(settings.database_url, fill)
    tracemalloc.start()
    try:
        made = await backed_up(settings, file)
        assert made.tables["lr_users"].rows == rows
        await restored(settings, file, force=True)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("kind", [KINDS[0], pytest.param("mariadb", marks=pytest.mark.services)])
async def test_ten_times_the_rows_take_no_more_memory(kind: str, place: PresenceEntry, tmp_path: Path) -> None:
    few, many = place("few", kind), place("many", kind)
    for settings in (few, many):
        async with serve(settings):
            pass
    at_first = await _peak(few, tmp_path / "few.zip", 4_000)
    # All of the rows at once would be over 15 MB more; what the collector has not got to yet is a few.
    assert await _peak(many, tmp_path / "many.zip", 40_000) < at_first + 5_000_000


async def test_when_the_last_backup_was_made_is_noted_once(place: PresenceEntry) -> None:
    here = place("here")
    async with serve(here):
        pass
    assert await schema.on_connection(here.database_url, copying.last_backup) is None
    assert await note(here, SystemClock())
    assert await note(here, SystemClock())
    assert await schema.on_connection(here.database_url, copying.last_backup)
