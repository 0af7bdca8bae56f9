"""`liveroom tenants secret`, `app-key`, `require-signature`: shown once, listed without, resealed with the rest."""

import re
from pathlib import Path

import pytest

from liveroom.app.assembly import Core
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.tenants.app_signatures import ALL
from tests.operator import Operator

SHOP = TenantName("shop")


@pytest.fixture
def operator(operator: Operator) -> Operator:
    """Return an operator with a tenant beside the default one."""
    operator.run("tenants", "add", "shop")
    return operator


def last_word(printed: str) -> str:
    return printed.rsplit(maxsplit=1)[-1]


def test_a_secret_is_shown_once_and_signs_from_then_on(operator: Operator) -> None:
    said = operator.run("tenants", "secret", "add", "--tag", "player", "--tenant", "shop")
    assert re.match(r"secret fs_\S+ signs logins with the tag player; .*\nit is shown this once: \S{43}\n", said)

    async def secrets(core: Core) -> list[object]:
        known = core.services.own_users.secrets
        return [list(known.of(SHOP, "player")), list(known.of(DEFAULT_TENANT, "player")), list(known.of(SHOP, "x"))]

    assert operator.within(secrets) == [[last_word(said)], [], []]
    listed = operator.run("tenants", "secret", "list", "--tenant", "shop")
    assert "player" in listed
    assert last_word(said) not in listed
    assert "player" not in operator.run("tenants", "secret", "list")


def test_a_tag_has_two_secrets_at_most_and_one_can_go(operator: Operator) -> None:
    ids = []
    for _ in range(2):
        ids.append(operator.run("tenants", "secret", "add", "--tag", "player").split()[1])
    assert "has 2 secrets already" in operator.run("tenants", "secret", "add", "--tag", "player", status=2)
    operator.run("tenants", "secret", "add", "--tag", "karaoke")
    assert "there is no secret" in operator.run("tenants", "secret", "remove", ids[0], "--tenant", "shop", status=2)
    assert operator.run("tenants", "secret", "remove", ids[0]).startswith(f"secret {ids[0]} is removed")
    assert "there is no secret" in operator.run("tenants", "secret", "remove", ids[0], status=2)
    operator.run("tenants", "secret", "add", "--tag", "player")


def test_a_secret_of_ones_own_comes_from_a_file_and_is_not_printed(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("mine-" * 8 + "\n")
    said = operator.run("tenants", "secret", "add", "--tag", "player", "--secret-file", str(file))
    assert "mine-" not in said
    file.write_text("short")
    refused = operator.run("tenants", "secret", "add", "--tag", "player", "--secret-file", str(file), status=2)
    assert "the secret must be 32 to 256 ASCII characters" in refused
    assert "short" not in refused
    gone = operator.run("tenants", "secret", "add", "--tag", "x", "--secret-file", str(tmp_path / "none"), status=2)
    assert "cannot be read" in gone
    assert "tag: must be 1 to 32" in operator.run("tenants", "secret", "add", "--tag", "a b", status=2)
    assert "no tenant 'none'" in operator.run("tenants", "secret", "add", "--tag", "a", "--tenant", "none", status=2)


def test_calls_are_closed_and_opened_again(operator: Operator) -> None:
    assert "add one first" in operator.run("tenants", "require-signature", "--modules", "rooms", status=2)
    said = operator.run("tenants", "app-key", "add", "our backend")
    id, secret = said.split()[2], last_word(said)
    assert "calls that must be signed: rooms, rtc;" in operator.run(
        "tenants", "require-signature", "--modules", "rtc, rooms"
    )
    listed = operator.run("tenants", "app-key", "list")
    assert "our backend" in listed
    assert "calls that must be signed: rooms, rtc" in listed
    assert secret not in listed
    assert "modules: all, none, or some of activities, agencies, auth_users" in operator.run(
        "tenants", "require-signature", "--modules", "rooms,halls", status=2
    )
    assert "the last app key" in operator.run("tenants", "app-key", "remove", id, status=2)
    operator.run("tenants", "require-signature", "--modules", "all")

    async def rules(core: Core) -> object:
        return core.services.app_signatures.rules

    assert operator.within(rules) == {DEFAULT_TENANT: {ALL}}
    operator.run("tenants", "require-signature", "--modules", "none")
    assert operator.within(rules) == {}
    operator.run("tenants", "app-key", "remove", id)
    assert "name: 1 to 125 characters" in operator.run("tenants", "app-key", "add", "", status=2)


def test_secrets_and_keys_are_sealed_anew_with_all_the_rest(operator: Operator) -> None:
    secret = last_word(operator.run("tenants", "secret", "add", "--tag", "player", "--tenant", "shop"))
    key = operator.run("tenants", "app-key", "add", "ours")
    operator.run("keys", "rotate")
    assert "2 of 2 sealed texts were re-sealed" in operator.run("keys", "reseal")
    assert "0 of 2 sealed texts were re-sealed" in operator.run("keys", "reseal")

    async def opened(core: Core) -> tuple[object, object]:
        stored = (await core.db.app_keys.list())[0]
        return list(core.services.own_users.secrets.of(SHOP, "player")), core.keys.is_current(stored.sealed)

    assert operator.within(opened) == ([secret], True)
    assert last_word(key) not in operator.run("tenants", "app-key", "list")
