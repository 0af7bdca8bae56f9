"""Tenants: which one a call belongs to, how a change is noticed, and what is refused when one is put."""

from dataclasses import replace

import pytest

from liveroom.domain.errors import BadRequest, DatabaseUnavailable, KeyMissing
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.tenants.model import Language, Quotas, Tenant
from liveroom.keys import KeyRing
from liveroom.settings import NamedSecret, Secret
from liveroom.usecases.tenants.registry import Tenancy
from tests.usecases.conftest import World

GAME = Tenant(
    TenantName("game"),
    sdk_app_id=1_400_000_009,
    sdk_secret="game's own secret",
    language=Language.EN,
    hosts=("game.example.com", "www.game.example.com"),
    quotas=Quotas(users=10, rooms=5, members=100),
)
KARAOKE = Tenant(TenantName("karaoke"), plain=True)


async def neighbour(world: World) -> Tenancy:
    """Return the tenants as another process knows them."""
    tenants = world.core.services.tenants
    other = Tenancy(tenants.db, tenants.vault, tenants.default)
    await other.refresh()
    return other


async def test_a_tenant_is_found_by_name_and_host_with_everything_that_it_was_given(world: World) -> None:
    tenants = world.core.services.tenants
    await tenants.put(GAME)
    await tenants.put(KARAOKE)
    found = tenants.get(GAME.name)
    assert found is not None
    assert replace(found, rev=0) == GAME
    assert tenants.find("game") == tenants.at_host("game.example.com") == found
    assert [tenant.name for tenant in tenants.all()] == [DEFAULT_TENANT, "game", "karaoke"]


@pytest.mark.parametrize("name", ["", "Game", "game ", "nobody", "1400000009", "小明"])
async def test_a_text_that_names_no_tenant_means_nothing(name: str, world: World) -> None:
    await world.core.services.tenants.put(GAME)
    assert world.core.services.tenants.find(name) is None


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("game.example.com", "game"),
        ("GAME.Example.com", "game"),
        ("game.example.com:8443", "game"),
        ("www.game.example.com", "game"),
        ("example.com", ""),
        ("evil.game.example.com", ""),
        ("game.example.com.evil", ""),
        ("", ""),
        (":80", ""),
        ("[::1]:80", ""),
    ],
)
async def test_a_host_belongs_to_one_tenant_whatever_its_port_and_case(host: str, name: str, world: World) -> None:
    tenants = world.core.services.tenants
    assert tenants.at_host(host).name == DEFAULT_TENANT
    await tenants.put(GAME)
    assert tenants.at_host(host).name == name


async def test_another_process_takes_up_a_change_with_its_next_refresh(world: World) -> None:
    other = await neighbour(world)
    await world.core.services.tenants.put(GAME)
    assert other.get(GAME.name) is None
    await other.refresh()
    await world.core.services.tenants.put(replace(GAME, hosts=(), language=Language.ZH))
    assert other.at_host("game.example.com").name == "game"
    await other.refresh()
    assert other.at_host("game.example.com").name == ""
    changed = other.get(GAME.name)
    assert changed is not None
    assert changed.language is Language.ZH


async def test_what_is_known_stays_known_while_sql_is_down(world: World) -> None:
    tenants = world.core.services.tenants
    await tenants.put(GAME)
    world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await tenants.refresh()
    assert tenants.find("game") is not None


@pytest.mark.parametrize("name", ["", "a b", "a-b", "小明", "a" * 16, "default\n"])
async def test_a_name_that_no_tenant_may_have_is_refused(name: str, world: World) -> None:
    with pytest.raises(BadRequest, match="1 to 15"):
        await world.core.services.tenants.put(Tenant(TenantName(name)))


async def test_a_host_is_bound_to_one_tenant_also_when_another_process_bound_it(world: World) -> None:
    other = await neighbour(world)
    await other.put(GAME)
    with pytest.raises(BadRequest, match=r"game\.example\.com is bound to the tenant game"):
        await world.core.services.tenants.put(replace(KARAOKE, hosts=("k.example.com", "game.example.com")))
    assert world.core.services.tenants.get(KARAOKE.name) is None


async def test_plain_ids_are_chosen_once(world: World) -> None:
    tenants = world.core.services.tenants
    for made in (GAME, KARAOKE):
        await tenants.put(made)
        with pytest.raises(BadRequest, match="plain"):
            await tenants.put(replace(made, plain=not made.plain))


async def test_a_secret_is_sealed_at_rest_and_opens_with_its_key_for_its_tenant_only(world: World) -> None:
    tenants = world.core.services.tenants
    await tenants.put(GAME)
    (stored,) = await world.core.db.tenants.list()
    assert GAME.sdk_secret not in stored.sdk_secret
    with pytest.raises(KeyMissing):
        world.core.keys.open(stored.sdk_secret, "tenant:karaoke")
    stranger = KeyRing([NamedSecret("x", Secret("another secret of another installation"))])
    with pytest.raises(KeyMissing):
        await Tenancy(tenants.db, stranger, tenants.default).refresh()


async def test_a_tenant_without_a_secret_has_none(world: World) -> None:
    await world.core.services.tenants.put(KARAOKE)
    (stored,) = await world.core.db.tenants.list()
    assert stored.sdk_secret == ""
