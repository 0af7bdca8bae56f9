"""Changing keys: old tokens are accepted, salts are sealed anew beside a running service, and the old key can go."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from liveroom.app.assembly import Core
from liveroom.domain.errors import KeyMissing
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.tenants.model import Tenant
from liveroom.keys import KeyRing
from liveroom.settings import NamedSecret, Secret
from liveroom.usecases.accounts.registration import salt_context
from liveroom.usecases.tenants.resealing import Resealing
from tests.operator import Operator
from tests.servers import Mariadb
from tests.service import Account, Device, serving

OLD = "old-secret-0123456789-abcdefghijklmnop"
NEW = "new-secret-9876543210-ponmlkjihgfedcba"
SHOP = Tenant(TenantName("shop"))


def register(operator: Operator, *names: str, tenant: Tenant | None = None) -> None:
    """Make accounts whose salts are sealed with the key in use."""

    async def work(core: Core) -> None:
        at = tenant or core.services.tenants.default
        for name in names:
            await core.services.registration.register(at, "192.0.2.7", name, "5a" * 16)

    operator.within(work)


def opened(operator: Operator) -> list[str]:
    """Return the salts of the default tenant as a service reads them now."""

    async def work(core: Core) -> list[str]:
        salts = await core.db.sealed.salts(DEFAULT_TENANT, "", 100)
        return [core.keys.open(salt.sealed, salt_context(Tenant(salt.tenant), salt.folded)) for salt in salts]

    found: list[str] = operator.within(work)
    return found


def key_ids(tmp_path: Path) -> list[str]:
    return [key["id"] for key in json.loads((tmp_path / "data" / "liveroom.key").read_text())["keys"]]


def test_a_key_is_rotated_everything_sealed_anew_and_the_old_one_dropped(operator: Operator, tmp_path: Path) -> None:
    assert "there is no key yet" in operator.run("keys", "rotate", status=2)
    operator.run("tenants", "add", "shop", "--sdk-app-id", "1400000009", "--sdk-secret", "s" * 64)
    register(operator, "alice", "bob")
    register(operator, "carl", tenant=SHOP)
    (old,) = key_ids(tmp_path)
    user = operator.make_user()
    token = operator.run("token", user).strip()

    said = operator.run("keys", "rotate")
    new = key_ids(tmp_path)[0]
    assert key_ids(tmp_path) == [new, old]
    assert said.startswith(f"{new} signs and seals from the next start of the service on; {old} is still accepted")
    assert operator.row(new, "keys", "list")[:5] == [new, "liveroom.key", "signs and seals", "0", "0"]
    assert operator.row(old, "keys", "list")[:5] == [old, "liveroom.key", "is accepted", "3", "1"]
    assert f"4 texts can be opened only with {old}" in operator.run("keys", "drop", old, status=2)

    said = operator.run("keys", "reseal")
    assert f"4 of 4 sealed texts were re-sealed with {new}" in said
    assert re.search(rf"^{old}: needed until \d{{4}}-\d\d-\d\d, when the last token", said, re.MULTILINE)
    assert f"0 of 4 sealed texts were re-sealed with {new}" in operator.run("keys", "reseal")
    assert opened(operator) == ["5a" * 16] * 2

    def user_of(word: str) -> str:
        async def work(core: Core) -> str:
            return core.services.sessions.read(word).user

        return str(operator.within(work))

    assert user_of(token) == user
    assert f"{new} signs and seals" in operator.run("keys", "drop", new, status=2)
    assert f"{old} is removed" in operator.run("keys", "drop", old)
    assert "there is no key" in operator.run("keys", "drop", old, status=2)
    assert key_ids(tmp_path) == [new]
    assert opened(operator) == ["5a" * 16] * 2
    with pytest.raises(Exception, match="token"):
        user_of(token)


def test_keys_that_were_set_are_changed_in_the_settings_and_one_that_is_missing_is_named(operator: Operator) -> None:
    operator.settle(LIVEROOM_SECRET=f"a:{OLD}")
    register(operator, "alice", "bob")
    assert "add a new one" in operator.run("keys", "rotate", status=2)
    operator.settle(LIVEROOM_SECRET=f"b:{NEW},a:{OLD}")
    register(operator, "carl")
    assert operator.row("a", "keys", "list")[1:4] == ["LIVEROOM_SECRET", "is accepted", "2"]
    operator.settle(LIVEROOM_SECRET=f"b:{NEW}")
    assert operator.row("a", "keys", "list")[1:4] == ["nowhere", "missing: what it sealed cannot be opened", "2"]
    assert "2 were left unchanged: The key a that sealed this is not configured" in operator.run(
        "keys", "reseal", status=2
    )
    with pytest.raises(KeyMissing, match="The key a that sealed this is not configured"):
        opened(operator)
    operator.settle(LIVEROOM_SECRET=f"b:{NEW},a:{OLD}")
    assert "2 of 3 sealed texts were re-sealed with b" in operator.run("keys", "reseal")
    operator.settle(LIVEROOM_SECRET=f"b:{NEW}")
    assert len(opened(operator)) == 3


def test_the_last_key_of_the_file_goes_with_the_file_once_a_secret_was_set(operator: Operator, tmp_path: Path) -> None:
    register(operator, "alice")
    (old,) = key_ids(tmp_path)
    operator.settle(LIVEROOM_SECRET=f"b:{NEW}")
    assert "1 of 1 sealed texts were re-sealed with b" in operator.run("keys", "reseal")
    assert f"{old} is removed" in operator.run("keys", "drop", old)
    assert not (tmp_path / "data" / "liveroom.key").exists()
    assert opened(operator) == ["5a" * 16]


@pytest.mark.services
def test_the_same_on_mysql(operator: Operator, mariadb: Mariadb) -> None:
    operator.settle(LIVEROOM_DATABASE_URL=mariadb.create_database("keys"), LIVEROOM_SECRET=f"a:{OLD}")
    operator.run("migrate")
    operator.run("tenants", "add", "shop", "--sdk-app-id", "1400000009", "--sdk-secret", "s" * 64)
    register(operator, "alice", "bob")
    register(operator, "carl", tenant=SHOP)
    operator.settle(LIVEROOM_SECRET=f"b:{NEW},a:{OLD}")
    assert operator.row("a", "keys", "list")[:5] == ["a", "LIVEROOM_SECRET", "is accepted", "3", "1"]
    assert "4 of 4 sealed texts were re-sealed with b" in operator.run("keys", "reseal")
    operator.settle(LIVEROOM_SECRET=f"b:{NEW}")
    assert opened(operator) == ["5a" * 16] * 2


def test_a_rotation_that_was_killed_is_said_and_loses_no_key(operator: Operator, tmp_path: Path) -> None:
    register(operator, "alice")
    before = key_ids(tmp_path)
    (tmp_path / "data" / ".liveroom.key.next").touch()
    assert "another command is changing the keys" in operator.run("keys", "rotate", status=2)
    assert key_ids(tmp_path) == before


def ring(*named: tuple[str, str]) -> KeyRing:
    return KeyRing([NamedSecret(name, Secret(text)) for name, text in named])


async def test_a_service_that_runs_opens_what_a_command_sealed_with_a_key_made_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A service knew only the keys of its start: ``keys reseal`` shut everybody out of one that was not restarted."""
    operator = Operator(monkeypatch, capsys)
    operator.settle(LIVEROOM_DATA_DIR=tmp_path)
    async with serving(tmp_path, secret=None) as service:
        device = await service.sign_up()
        await asyncio.to_thread(operator.run, "keys", "rotate")
        said = await asyncio.to_thread(operator.run, "keys", "reseal")
        assert "1 of 1 sealed texts" in said
        assert (await device.account.sign_in()).user == device.user


async def test_what_changes_while_it_is_sealed_anew_stays_changed_and_everybody_can_sign_in(tmp_path: Path) -> None:
    async with serving(tmp_path, secret=f"a:{OLD}") as service:
        people = [await service.sign_up() for _ in range(5)]
    async with serving(tmp_path, secret=f"b:{NEW},a:{OLD}") as service:
        db, both = service.core.db, ring(("b", NEW), ("a", OLD))
        (batch, *_) = [await db.sealed.salts(DEFAULT_TENANT, "", 100)]
        first = batch[0]
        theirs = both.seal("another", salt_context(Tenant(first.tenant), first.folded))
        assert await db.sealed.replace_salt(first, theirs)
        assert not await db.sealed.replace_salt(first, "too late")
        done = await Resealing(db, both).run()
        assert (done.looked_at, done.changed) == (5, 4)
        for device in people:
            if device.account.username != first.folded:
                again = Account(service, device.account.username, device.account.salt)
                assert isinstance(await again.sign_in(), Device)


async def test_many_salts_of_several_tenants_are_all_reached(tmp_path: Path) -> None:
    heard: list[Any] = []
    async with serving(tmp_path, secret=f"a:{OLD}", account_limit=0) as service:
        await service.make_tenant("shop")
        await service.make_tenant("zoo")
        tenants = [service.services.tenants.get(TenantName(name)) for name in ("", "shop", "zoo")]
        for tenant, count in zip(tenants, (450, 3, 200), strict=True):
            for number in range(count):
                assert tenant is not None
                await service.services.registration.register(tenant, "192.0.2.7", f"user{number:04}", "5a" * 16)
        new = ring(("b", NEW), ("a", OLD))
        done = await Resealing(service.core.db, new).run(lambda state: heard.append(state.looked_at))
    assert (done.looked_at, done.changed) == (655, 655)
    assert heard == sorted(heard)
    assert len(heard) == 5
