"""Numbers and mailboxes of accounts: bound with a code, replaced, freed, looked up."""

import asyncio

import pytest

from liveroom.domain.accounts.contacts import CodeSessionId
from liveroom.domain.errors import (
    BadRequest,
    CodeInvalid,
    ContactTaken,
    SearchInvalid,
    TokenInvalid,
    UserNotFound,
)
from liveroom.usecases.accounts.contacts import Proof
from liveroom.usecases.accounts.profiles import ProfileChanges
from tests.usecases.accounts.code_login import EMAIL, PHONE, CodeClient, make_code_client, phone, wrong
from tests.usecases.conftest import World


@pytest.fixture
def client(world: World) -> CodeClient:
    return make_code_client(world)


async def test_deleting_the_account_frees_number_and_mailbox(client: CodeClient) -> None:
    login = await client.sign_in()
    await client.profiles.update(client.actor(login), ProfileChanges(), await client.proof(EMAIL))
    await client.world.core.services.deletion.delete(client.actor(login))
    by_phone, by_mail = await client.sign_in(PHONE), await client.sign_in(EMAIL)
    assert len({login.user.id, by_phone.user.id, by_mail.user.id}) == 3


async def test_a_number_is_bound_with_a_code_and_signs_in_from_then_on(client: CodeClient) -> None:
    actor = await client.world.make_actor()
    await client.profiles.update(actor, ProfileChanges(name="Alice"), await client.proof())
    user = (await client.sign_in()).user
    assert (user.id, user.name, user.phone) == (actor.user, "Alice", PHONE.value)


async def test_a_new_number_replaces_the_former_which_is_free_again(client: CodeClient) -> None:
    first = await client.sign_in()
    await client.profiles.update(client.actor(first), ProfileChanges(), await client.proof(phone(1)))
    assert (await client.sign_in(phone(1))).user.id == first.user.id
    assert (await client.sign_in(PHONE)).user.id != first.user.id


async def test_the_number_that_one_has_needs_no_code(client: CodeClient) -> None:
    login = await client.sign_in()
    await client.profiles.update(client.actor(login), ProfileChanges(), Proof(CodeSessionId(""), PHONE, ""))


async def test_another_number_needs_one_and_a_wrong_one_changes_nothing(client: CodeClient) -> None:
    actor = await client.world.make_actor(name="Alice")
    with pytest.raises(BadRequest):
        await client.profiles.update(actor, ProfileChanges(name="Bob"), Proof(CodeSessionId(""), PHONE, ""))
    with pytest.raises(CodeInvalid):
        await client.profiles.update(actor, ProfileChanges(name="Bob"), wrong(await client.proof()))
    user = await client.world.core.db.users.get(actor.user)
    assert user is not None
    assert (user.name, user.phone) == ("Alice", "")


async def test_another_accounts_number_is_not_taken_from_it(client: CodeClient) -> None:
    owner = await client.sign_in()
    await client.world.make_user(email=EMAIL.value)
    actor = await client.world.make_actor()
    client.world.pass_by(61)
    for contact in (PHONE, EMAIL):
        with pytest.raises(ContactTaken):
            await client.profiles.update(actor, ProfileChanges(), await client.proof(contact))
    assert (await client.sign_in()).user.id == owner.user.id


async def test_two_who_bind_one_number_at_once_leave_it_with_one(client: CodeClient) -> None:
    one, other = await client.world.make_actor(), await client.world.make_actor()
    first = await client.proof()
    client.world.pass_by(61)
    second = await client.proof()
    outcomes = await asyncio.gather(
        client.profiles.update(one, ProfileChanges(), first),
        client.profiles.update(other, ProfileChanges(), second),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes].count(ContactTaken) == 1


async def test_a_deleted_account_binds_nothing(client: CodeClient) -> None:
    login = await client.sign_in()
    await client.world.core.services.deletion.delete(client.actor(login))
    with pytest.raises(TokenInvalid):
        await client.profiles.update(client.actor(login), ProfileChanges(), await client.proof(EMAIL))


async def test_a_number_finds_its_user_however_it_is_written(client: CodeClient) -> None:
    login, seeker = await client.sign_in(), await client.world.make_actor()
    for written in ("8613800000000", "13800000000", "+86 138-0000-0000"):
        assert (await client.world.core.services.lookups.find_by_phone(seeker, written)).id == login.user.id
    with pytest.raises(UserNotFound):
        await client.world.core.services.lookups.find_by_phone(seeker, "13800000001")
    with pytest.raises(SearchInvalid):
        await client.world.core.services.lookups.find_by_phone(seeker, "138")
    stranger = await client.world.make_actor(await client.world.service.make_tenant("shop"))
    with pytest.raises(UserNotFound):
        await client.world.core.services.lookups.find_by_phone(stranger, "13800000000")
