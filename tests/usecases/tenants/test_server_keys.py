"""Server keys: made and revoked anywhere, known everywhere; and the sessions that they act in."""

import asyncio
from datetime import timedelta

import pytest

from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.errors import BadRequest, ServerKeyRevoked, ServerKeyUnknown, UserNotFound
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.tenants.server_keys import ServerKey
from liveroom.usecases.tenants.keys import ServerKeys
from tests.usecases.conftest import World

SCOPES = ("act:rooms", "act:rtc", "admin:rooms")


async def make_key(
    keys: ServerKeys, *scopes: str, name: str = "backend", lasts: timedelta | None = None
) -> tuple[ServerKey, str]:
    """Return a key of the default tenant, and what its holder sends."""
    return await keys.add(DEFAULT_TENANT, name, scopes or ("*",), SCOPES, lasts=lasts)


async def test_a_key_is_shown_once_and_its_secret_kept_by_nobody(world: World) -> None:
    keys = world.core.services.server_keys
    key, text = await make_key(keys, "act:rooms")
    assert keys.authenticate(text).id == key.id
    assert text.partition(key.id)[2].lstrip("_") not in repr(await keys.stored(DEFAULT_TENANT))
    assert len(key.digest) == 64


@pytest.mark.parametrize("scopes", [(), ("act:roms",), ("act:rooms", "admin"), ("admin:*x",), ("",)])
async def test_a_key_without_known_scopes_is_not_made(world: World, scopes: tuple[str, ...]) -> None:
    keys = world.core.services.server_keys
    with pytest.raises(BadRequest, match=r"act:rooms, act:rtc, admin:rooms, act:\*, admin:\*, \*"):
        await keys.add(DEFAULT_TENANT, "backend", scopes, SCOPES, lasts=None)
    assert await keys.stored(DEFAULT_TENANT) == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x1bb"])
async def test_a_key_has_a_name_that_can_be_shown(world: World, name: str) -> None:
    with pytest.raises(BadRequest, match="name"):
        await make_key(world.core.services.server_keys, name=name)


async def test_a_key_lasts_for_a_while(world: World) -> None:
    with pytest.raises(BadRequest, match="while"):
        await make_key(world.core.services.server_keys, lasts=timedelta(0))


@pytest.mark.parametrize(
    ("granted", "allowed"),
    [
        (("act:rooms",), {"act:rooms"}),
        (("act:*",), {"act:rooms", "act:rtc"}),
        (("admin:*",), {"admin:rooms"}),
        (("admin:rooms", "act:rtc"), {"admin:rooms", "act:rtc"}),
        (("*",), set(SCOPES)),
    ],
)
async def test_scopes_are_exact_or_stand_for_all_of_their_kind(
    world: World, granted: tuple[str, ...], allowed: set[str]
) -> None:
    key, _ = await make_key(world.core.services.server_keys, *granted)
    assert {scope for scope in SCOPES if key.allows(scope)} == allowed
    assert not key.allows("act:room") or "*" in granted or "act:*" in granted


async def test_another_process_learns_of_keys_with_its_next_look(world: World) -> None:
    ours = world.core.services.server_keys
    async with world.neighbour() as other:
        key, text = await make_key(ours)
        theirs = other.services.server_keys
        with pytest.raises(ServerKeyUnknown):
            theirs.authenticate(text)
        await other.jobs.configuration.refresh()
        assert theirs.authenticate(text).id == key.id
        await theirs.revoke(key.id)
        await world.core.jobs.configuration.refresh()
        with pytest.raises(ServerKeyRevoked):
            ours.authenticate(text)


async def test_revoking_again_changes_nothing_and_an_unknown_key_is_named(world: World) -> None:
    keys = world.core.services.server_keys
    key, _ = await make_key(keys)
    first = await keys.revoke(key.id)
    world.pass_by(60)
    assert (await keys.revoke(key.id)).revoked == (await keys.stored(DEFAULT_TENANT))[0].revoked
    assert first.revoked is not None
    with pytest.raises(BadRequest, match="no server key x"):
        await keys.revoke("x")


async def test_the_last_use_is_written_at_most_once_a_minute(world: World) -> None:
    keys = world.core.services.server_keys
    key, text = await make_key(keys)
    other, _ = await make_key(keys)

    async def written() -> int:
        keys.authenticate(text)
        return await keys.flush()

    assert await written() == 1
    before = {one.id: one.used for one in await keys.stored(DEFAULT_TENANT)}[key.id]
    world.pass_by(30)
    assert await written() == 0
    world.pass_by(31)
    assert await keys.flush() == 1
    after = {one.id: one.used for one in await keys.stored(DEFAULT_TENANT)}
    assert before is not None
    assert after[key.id] is not None
    assert timedelta(seconds=29) < (after[key.id] or before) - before < timedelta(seconds=32)
    assert after[other.id] is None
    assert await keys.flush() == 0


async def test_the_last_use_is_not_lost_with_the_database(world: World) -> None:
    keys = world.core.services.server_keys
    _, text = await make_key(keys)
    keys.authenticate(text)
    world.sql.down = True
    with pytest.raises(Exception, match="down"):
        await keys.flush()
    world.sql.down = False
    assert await keys.flush() == 1


async def test_two_processes_open_one_session_for_a_key_and_user(world: World) -> None:
    key, _ = await make_key(world.core.services.server_keys)
    user = await world.make_user()
    async with world.neighbour() as other:
        opened = await asyncio.gather(
            *(core.services.acting.of(key, user.id, keepalive=False) for core in (world.core, other) for _ in range(4))
        )
    assert len(set(opened)) == 1
    found = await world.core.db.users.with_session(user.id, opened[0])
    assert found is not None
    assert found[1] is not None
    assert found[1].tag == f"key:{key.id}"


async def test_a_session_that_has_ended_is_followed_by_another(world: World) -> None:
    acting, db = world.core.services.acting, world.core.db
    key, _ = await make_key(world.core.services.server_keys)
    user = await world.make_user()
    first = await acting.of(key, user.id, keepalive=False)
    await world.core.services.logouts.end_replaced(user.id, [first])
    await world.core.jobs.relay.run()
    second = await acting.of(key, user.id, keepalive=False)
    assert second != first
    found = await db.users.with_session(user.id, first)
    assert found is not None
    assert found[1] is not None
    assert found[1].end is SessionEnd.REPLACED


async def test_a_user_of_another_tenant_is_not_found(world: World) -> None:
    key, _ = await make_key(world.core.services.server_keys)
    party = await world.service.make_tenant("party")
    with pytest.raises(UserNotFound):
        await world.core.services.acting.of(key, (await world.make_user(party)).id, keepalive=False)


async def test_while_the_live_store_is_down_the_key_goes_on_acting(world: World) -> None:
    key, _ = await make_key(world.core.services.server_keys)
    user, acting = await world.make_user(), world.core.services.acting
    session = await acting.of(key, user.id, keepalive=True)
    world.live.down = True
    for _ in range(2):
        assert await acting.of(key, user.id, keepalive=True) == session
