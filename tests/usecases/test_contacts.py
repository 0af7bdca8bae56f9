"""Numbers and mailboxes of accounts: bound with a code, replaced, freed, looked up."""

import asyncio

import pytest

from liveroom.domain.codes import CodeSessionId
from liveroom.domain.errors import (
    BadRequest,
    CodeInvalid,
    ContactTaken,
    SearchInvalid,
    TokenInvalid,
    UserNotFound,
)
from liveroom.usecases.codes import Proof
from liveroom.usecases.profiles import ProfileChanges
from tests.usecases.code_door import EMAIL, PHONE, Door, make_door, phone, wrong
from tests.usecases.conftest import World


@pytest.fixture
def door(world: World) -> Door:
    return make_door(world)


async def test_deleting_the_account_frees_number_and_mailbox(door: Door) -> None:
    login = await door.sign_in()
    await door.profiles.update(door.actor(login), ProfileChanges(), await door.proof(EMAIL))
    await door.world.core.services.accounts.delete(door.actor(login))
    by_phone, by_mail = await door.sign_in(PHONE), await door.sign_in(EMAIL)
    assert len({login.user.id, by_phone.user.id, by_mail.user.id}) == 3


async def test_a_number_is_bound_with_a_code_and_signs_in_from_then_on(door: Door) -> None:
    actor = await door.world.make_actor()
    await door.profiles.update(actor, ProfileChanges(name="Alice"), await door.proof())
    user = (await door.sign_in()).user
    assert (user.id, user.name, user.phone) == (actor.user, "Alice", PHONE.value)


async def test_a_new_number_replaces_the_former_which_is_free_again(door: Door) -> None:
    first = await door.sign_in()
    await door.profiles.update(door.actor(first), ProfileChanges(), await door.proof(phone(1)))
    assert (await door.sign_in(phone(1))).user.id == first.user.id
    assert (await door.sign_in(PHONE)).user.id != first.user.id


async def test_the_number_that_one_has_needs_no_code(door: Door) -> None:
    login = await door.sign_in()
    await door.profiles.update(door.actor(login), ProfileChanges(), Proof(CodeSessionId(""), PHONE, ""))


async def test_another_number_needs_one_and_a_wrong_one_changes_nothing(door: Door) -> None:
    actor = await door.world.make_actor(name="Alice")
    with pytest.raises(BadRequest):
        await door.profiles.update(actor, ProfileChanges(name="Bob"), Proof(CodeSessionId(""), PHONE, ""))
    with pytest.raises(CodeInvalid):
        await door.profiles.update(actor, ProfileChanges(name="Bob"), wrong(await door.proof()))
    user = await door.world.core.db.users.get(actor.user)
    assert user is not None
    assert (user.name, user.phone) == ("Alice", "")


async def test_another_accounts_number_is_not_taken_from_it(door: Door) -> None:
    owner = await door.sign_in()
    await door.world.make_user(email=EMAIL.value)
    actor = await door.world.make_actor()
    door.world.pass_by(61)
    for contact in (PHONE, EMAIL):
        with pytest.raises(ContactTaken):
            await door.profiles.update(actor, ProfileChanges(), await door.proof(contact))
    assert (await door.sign_in()).user.id == owner.user.id


async def test_two_who_bind_one_number_at_once_leave_it_with_one(door: Door) -> None:
    one, other = await door.world.make_actor(), await door.world.make_actor()
    first = await door.proof()
    door.world.pass_by(61)
    second = await door.proof()
    outcomes = await asyncio.gather(
        door.profiles.update(one, ProfileChanges(), first),
        door.profiles.update(other, ProfileChanges(), second),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes].count(ContactTaken) == 1


async def test_a_deleted_account_binds_nothing(door: Door) -> None:
    login = await door.sign_in()
    await door.world.core.services.accounts.delete(door.actor(login))
    with pytest.raises(TokenInvalid):
        await door.profiles.update(door.actor(login), ProfileChanges(), await door.proof(EMAIL))


async def test_a_number_finds_its_user_however_it_is_written(door: Door) -> None:
    login, seeker = await door.sign_in(), await door.world.make_actor()
    for written in ("8613800000000", "13800000000", "+86 138-0000-0000"):
        assert (await door.profiles.find_by_phone(seeker, written)).id == login.user.id
    with pytest.raises(UserNotFound):
        await door.profiles.find_by_phone(seeker, "13800000001")
    with pytest.raises(SearchInvalid):
        await door.profiles.find_by_phone(seeker, "138")
    stranger = await door.world.make_actor(await door.world.service.make_tenant("shop"))
    with pytest.raises(UserNotFound):
        await door.profiles.find_by_phone(stranger, "13800000000")
