"""Code login: sending within limits, codes good once and for a while, one account for one number."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.codes import LIFE, PER_DAY, TRIES, CodeSessionId, new_code
from liveroom.domain.contacts import Contact
from liveroom.domain.errors import (
    BadRequest,
    CodeConsumed,
    CodeExpired,
    CodeInvalid,
    DatabaseUnavailable,
    NotOffered,
    QuotaExceeded,
    RateLimited,
    SmsFailed,
    UserBanned,
)
from liveroom.domain.ids import UserId
from liveroom.domain.tenants import Language, Quotas
from liveroom.keys import KeyedStamps, KeyRing
from liveroom.settings import NamedSecret, Secret
from liveroom.usecases.accounts import Gate
from liveroom.usecases.attempts import ACCOUNT_FAILURES, ADDRESS_FAILURES
from liveroom.usecases.codes import Proof
from tests.usecases.code_login import EMAIL, FIXED, PHONE, Door, make_door, phone, wrong
from tests.usecases.conftest import World


@pytest.fixture
def door(world: World) -> Door:
    return make_door(world)


@pytest.mark.parametrize("contact", [PHONE, EMAIL], ids=lambda contact: contact.kind.value)
async def test_a_first_login_makes_the_account_and_a_second_finds_it(door: Door, contact: Contact) -> None:
    first = await door.sign_in(contact)
    assert (first.user.phone, first.user.email) == ((contact.value, "") if contact is PHONE else ("", contact.value))
    assert first.user.name == ""
    again = await door.sign_in(contact)
    assert again.user.id == first.user.id
    assert door.actor(again).session != door.actor(first).session


async def test_the_tag_is_the_sessions(door: Door) -> None:
    login = await door.enter(await door.proof(), tag="flutter_tuikit")
    found = await door.world.core.db.users.with_session(login.user.id, door.actor(login).session)
    assert found is not None
    assert found[1] is not None
    assert (found[0].tag, found[1].tag) == ("", "flutter_tuikit")


async def test_a_code_is_six_digits_in_the_language_of_whoever_asks(door: Door) -> None:
    await door.ask()
    await door.ask(EMAIL, language=Language.ZH)
    assert [(to, language) for to, _, language in door.post.letters] == [(PHONE, Language.EN), (EMAIL, Language.ZH)]
    assert all(len(code) == 6 and code.isdigit() for _, code, _ in door.post.letters)
    assert len({new_code() for _ in range(100)}) > 90
    assert all(100_000 <= int(new_code()) <= 999_999 for _ in range(1000))


async def test_a_code_is_good_once(door: Door) -> None:
    proof = await door.proof()
    await door.enter(proof)
    with pytest.raises(CodeConsumed):
        await door.enter(proof)


async def test_a_code_used_twice_at_once_signs_in_once(door: Door) -> None:
    proof = await door.proof()
    outcomes = await asyncio.gather(*(door.enter(proof) for _ in range(8)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CodeConsumed"] * 7 + ["Login"]


async def test_two_who_sign_in_at_once_for_the_first_time_get_one_account(door: Door) -> None:
    first = await door.proof()
    door.world.pass_by(61)
    second = await door.proof()
    logins = await asyncio.gather(door.enter(first), door.enter(second))
    assert len({login.user.id for login in logins}) == 1
    assert await door.world.core.db.users.count(door.tenant.name) == 1


async def test_three_wrong_tries_use_a_code_up(door: Door) -> None:
    proof = await door.proof()
    for _ in range(TRIES):
        with pytest.raises(CodeInvalid):
            await door.enter(wrong(proof))
    with pytest.raises(CodeConsumed):
        await door.enter(proof)


async def test_guesses_at_once_are_counted_one_by_one(door: Door) -> None:
    proof = await door.proof()
    outcomes = await asyncio.gather(*(door.enter(wrong(proof)) for _ in range(10)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CodeConsumed"] * 7 + ["CodeInvalid"] * 3


async def test_a_wrong_try_leaves_two(door: Door) -> None:
    proof = await door.proof()
    with pytest.raises(CodeInvalid):
        await door.enter(wrong(proof))
    await door.enter(proof)


async def test_a_code_is_good_for_five_minutes(door: Door) -> None:
    early, late = await door.proof(PHONE), await door.proof(EMAIL)
    door.world.pass_by(LIFE.total_seconds() - 5)
    await door.enter(early)
    door.world.pass_by(5)
    with pytest.raises(CodeExpired):
        await door.enter(late)


async def test_a_code_is_worth_nothing_elsewhere(door: Door) -> None:
    proof = await door.proof()
    with pytest.raises(CodeInvalid):
        await door.enter(proof._replace(contact=EMAIL))
    with pytest.raises(CodeInvalid):
        await door.at(await door.world.service.make_tenant("shop")).enter(proof)
    with pytest.raises(CodeInvalid):
        await door.enter(proof._replace(session=CodeSessionId("no-such-session")))
    await door.enter(proof)


async def test_a_number_is_sent_one_code_a_minute_and_ten_a_day(door: Door) -> None:
    await door.ask()
    with pytest.raises(RateLimited) as limited:
        await door.ask()
    assert limited.value.retry_after == timedelta(minutes=1)
    await door.ask(EMAIL)
    for _ in range(PER_DAY - 1):
        door.world.pass_by(61)
        await door.ask()
    door.world.pass_by(61)
    with pytest.raises(RateLimited) as limited:
        await door.ask()
    assert limited.value.retry_after == timedelta(days=1) - PER_DAY * timedelta(seconds=61)
    door.world.pass_by(24 * 3600)
    await door.ask()


async def test_a_double_tap_sends_one_code(door: Door) -> None:
    outcomes = await asyncio.gather(*(door.ask() for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(outcome, RateLimited) for outcome in outcomes) == 4
    assert len(door.post.letters) == 1


async def test_an_address_has_a_hundred_codes_sent_in_a_day(door: Door) -> None:
    for number in range(100):
        await door.ask(phone(number))
    with pytest.raises(RateLimited):
        await door.ask(phone(100))
    await door.ask(phone(100), address="198.51.100.1")
    door.codes = replace(door.codes, address_limit=0)
    await door.ask(phone(101))


async def test_limits_survive_a_restart_and_hold_while_the_live_store_is_down(door: Door) -> None:
    await door.ask()
    async with door.world.neighbour() as core:
        # A process with an empty memory, as after a restart.
        fresh = replace(door.codes, db=core.db, live=core.live)
        with pytest.raises(RateLimited):
            await replace(door, codes=fresh).ask()
    door.world.live.down = True
    with pytest.raises(RateLimited):
        await door.ask()
    await door.ask(EMAIL)


async def test_a_login_needs_no_live_store(door: Door) -> None:
    proof = await door.proof()
    door.world.live.down = True
    with pytest.raises(CodeInvalid):
        await door.enter(wrong(proof))
    await door.enter(proof)


async def test_a_code_whose_use_could_not_be_written_is_still_good(door: Door) -> None:
    proof = await door.proof()
    door.world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await door.enter(proof)
    door.world.sql.down = False
    await door.enter(proof)


async def test_a_captcha_that_is_not_solved_sends_nothing_and_costs_the_number_nothing(door: Door) -> None:
    with pytest.raises(BadRequest):
        await door.ask(ticket="bad")
    assert door.post.letters == []
    await door.ask()


async def test_an_address_that_solves_none_is_not_asked_about_for_ever(door: Door) -> None:
    for number in range(ADDRESS_FAILURES):
        with pytest.raises(BadRequest):
            await door.ask(phone(number), ticket="bad")
    with pytest.raises(RateLimited):
        await door.ask(phone(0), ticket="bad")
    assert door.post.asked == ADDRESS_FAILURES


async def test_a_number_that_may_not_be_sent_to_now_asks_no_captcha(door: Door) -> None:
    await door.ask()
    with pytest.raises(RateLimited):
        await door.ask()
    assert door.post.asked == 1


async def test_a_sending_that_failed_is_said_and_counts(door: Door) -> None:
    door.post.down = True
    with pytest.raises(SmsFailed):
        await door.ask()
    door.post.down = False
    with pytest.raises(RateLimited):
        await door.ask()


async def test_what_nothing_carries_is_not_offered_but_where_the_code_is_set(door: Door) -> None:
    door.codes = replace(door.codes, delivery=replace(door.codes.delivery, senders={}))
    with pytest.raises(NotOffered):
        await door.ask()
    login = await door.enter(Proof(await door.ask(FIXED), FIXED, "246810"))
    assert login.user.phone == FIXED.value
    assert door.post.letters == []


async def test_a_set_code_is_limited_like_any(door: Door) -> None:
    session = await door.ask(FIXED)
    for number in range(TRIES):
        with pytest.raises(CodeInvalid):
            await door.enter(Proof(session, FIXED, f"00000{number}"))
    with pytest.raises(CodeConsumed):
        await door.enter(Proof(session, FIXED, "246810"))
    with pytest.raises(RateLimited):
        await door.ask(FIXED)


async def guess_ten_times(door: Door, address: str) -> None:
    """Have codes sent to somebody's number, and guess them."""
    failed = 0
    while failed < ACCOUNT_FAILURES:
        proof = await door.proof()
        for _ in range(min(TRIES, ACCOUNT_FAILURES - failed)):
            with pytest.raises(CodeInvalid):
                await door.enter(wrong(proof), address=address)
            failed += 1
        door.world.pass_by(61)


async def test_ten_wrong_codes_in_ten_minutes_close_the_number_to_that_address(door: Door) -> None:
    await guess_ten_times(door, "203.0.113.9")
    proof = await door.proof()
    with pytest.raises(RateLimited):
        await door.enter(proof, address="203.0.113.9")


async def test_a_strangers_wrong_codes_close_a_number_to_nobody_else(door: Door) -> None:
    """Whoever had codes sent to a number and guessed them closed it to its owner for ten minutes."""
    await door.sign_in()
    door.world.pass_by(61)
    await guess_ten_times(door, "203.0.113.9")
    await door.sign_in()


async def test_strangers_who_have_codes_sent_to_a_number_use_none_of_its_owners_up(door: Door) -> None:
    """Ten codes that a stranger asked for left the owner of a number without any for a day."""
    await door.sign_in()
    for _ in range(PER_DAY - 1):
        door.world.pass_by(61)
        await door.ask(address="203.0.113.9")
    door.world.pass_by(61)
    with pytest.raises(RateLimited):
        await door.ask(address="203.0.113.9")
    for _ in range(PER_DAY - 1):
        await door.ask()
        door.world.pass_by(61)
    with pytest.raises(RateLimited):
        await door.ask()


async def test_whoever_knows_no_session_cannot_close_somebodys_number(door: Door) -> None:
    proof = await door.proof()
    for _ in range(ACCOUNT_FAILURES):
        with pytest.raises(CodeInvalid):
            await door.enter(proof._replace(session=CodeSessionId("guessed")), address="203.0.113.9")
    await door.enter(proof)


async def test_a_banned_user_is_refused(door: Door) -> None:
    login = await door.sign_in()
    await door.world.core.moderation.ban(login.user.id, datetime.max.replace(tzinfo=UTC), "spam")
    with pytest.raises(UserBanned):
        await door.sign_in()


async def test_where_registration_is_closed_only_accounts_that_are_there_sign_in(door: Door) -> None:
    await door.sign_in()
    door.gate = Gate(registration=False)
    await door.sign_in()
    with pytest.raises(NotOffered):
        await door.sign_in(EMAIL)


async def test_a_tenants_quota_holds_for_accounts_by_code(door: Door) -> None:
    small = door.at(await door.world.service.make_tenant("small", quotas=Quotas(users=1)))
    first = await small.sign_in()
    with pytest.raises(QuotaExceeded):
        await small.sign_in(EMAIL)
    assert (await small.sign_in()).user.id == first.user.id


async def test_one_number_is_one_account_in_each_tenant(door: Door) -> None:
    shop = door.at(await door.world.service.make_tenant("shop"))
    here, there = await door.sign_in(), await shop.sign_in()
    assert there.user.id == f"shop-{there.user.id.rpartition('-')[2]}"
    assert here.user.id != there.user.id


async def test_an_imported_number_finds_its_oldest_account(door: Door) -> None:
    younger = await door.world.make_user(phone=PHONE.value)
    older = await door.world.make_user(phone=PHONE.value)
    db = door.world.core.db
    await db.users.put(replace(older, created=younger.created - timedelta(days=1)))
    assert (await door.sign_in()).user.id == older.id
    assert await db.contacts.holder(door.tenant.name, PHONE) == older.id


async def test_a_number_left_behind_by_a_deleted_account_is_free(door: Door) -> None:
    """The release before deletes accounts and knows no bindings."""
    gone = await door.world.make_user(deleted=datetime.now(UTC))
    await door.world.core.db.contacts.claim(door.tenant.name, PHONE, gone.id)
    login = await door.sign_in()
    assert login.user.id != gone.id
    assert (await door.sign_in()).user.id == login.user.id


async def test_a_code_survives_the_rotation_of_the_keys(door: Door) -> None:
    proof = await door.proof()
    old = door.world.core.keys.signing.secret.decode()
    named = [NamedSecret("new", Secret("another-secret-0123456789-abcdefghij")), NamedSecret("old", Secret(old))]
    door.codes = replace(door.codes, stamps=KeyedStamps(KeyRing(named)))
    await door.enter(proof)


async def test_without_the_key_a_stored_code_says_nothing(door: Door) -> None:
    proof = await door.proof()
    session = await door.world.core.db.codes.get(proof.session)
    assert session is not None
    ring = KeyRing([NamedSecret("other", Secret("another-secret-0123456789-abcdefghij"))])
    door.codes = replace(door.codes, stamps=KeyedStamps(ring))
    with pytest.raises(CodeInvalid):
        await door.enter(proof)
    assert proof.code not in f"{session.stamp}{session.contact}{session.address}{session.id}"
    assert UserId(PHONE.value) not in f"{session.stamp}{session.contact}"


async def test_what_was_sent_is_forgotten_after_a_day(door: Door) -> None:
    proof = await door.proof()
    upkeep = door.world.core.upkeep
    door.world.pass_by(23 * 3600)
    await upkeep.purge()
    assert await door.world.core.db.codes.get(proof.session) is not None
    door.world.pass_by(3601)
    await upkeep.purge()
    assert await door.world.core.db.codes.get(proof.session) is None
