"""Code login: sending within limits, codes good once and for a while, one account for one number."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.accounts.contacts import CODE_LIFE, PER_DAY, TRIES, CodeSessionId, Contact, new_code
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
from liveroom.domain.tenants.model import Language, Quotas
from liveroom.keys import KeyedStamps, KeyRing
from liveroom.settings import NamedSecret, Secret
from liveroom.usecases.accounts.attempts import ACCOUNT_FAILURES, ADDRESS_FAILURES
from liveroom.usecases.accounts.contacts import Proof
from tests.usecases.accounts.code_login import EMAIL, FIXED, PHONE, CodeClient, make_code_client, phone, wrong
from tests.usecases.conftest import World


@pytest.fixture
def client(world: World) -> CodeClient:
    return make_code_client(world)


@pytest.mark.parametrize("contact", [PHONE, EMAIL], ids=lambda contact: contact.kind.value)
async def test_a_first_login_makes_the_account_and_a_second_finds_it(client: CodeClient, contact: Contact) -> None:
    first = await client.sign_in(contact)
    assert (first.user.phone, first.user.email) == ((contact.value, "") if contact is PHONE else ("", contact.value))
    assert first.user.name == ""
    again = await client.sign_in(contact)
    assert again.user.id == first.user.id
    assert client.actor(again).session != client.actor(first).session


async def test_the_tag_is_the_sessions(client: CodeClient) -> None:
    login = await client.enter(await client.proof(), tag="flutter_tuikit")
    found = await client.world.core.db.users.with_session(login.user.id, client.actor(login).session)
    assert found is not None
    assert found[1] is not None
    assert (found[0].tag, found[1].tag) == ("", "flutter_tuikit")


async def test_a_code_is_six_digits_in_the_language_of_whoever_asks(client: CodeClient) -> None:
    await client.ask()
    await client.ask(EMAIL, language=Language.ZH)
    assert [(to, language) for to, _, language in client.post.letters] == [(PHONE, Language.EN), (EMAIL, Language.ZH)]
    assert all(len(code) == 6 and code.isdigit() for _, code, _ in client.post.letters)
    assert len({new_code() for _ in range(100)}) > 90
    assert all(100_000 <= int(new_code()) <= 999_999 for _ in range(1000))


async def test_a_code_is_good_once(client: CodeClient) -> None:
    proof = await client.proof()
    await client.enter(proof)
    with pytest.raises(CodeConsumed):
        await client.enter(proof)


async def test_a_code_used_twice_at_once_signs_in_once(client: CodeClient) -> None:
    proof = await client.proof()
    outcomes = await asyncio.gather(*(client.enter(proof) for _ in range(8)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CodeConsumed"] * 7 + ["Login"]


async def test_two_who_sign_in_at_once_for_the_first_time_get_one_account(client: CodeClient) -> None:
    first = await client.proof()
    client.world.pass_by(61)
    second = await client.proof()
    logins = await asyncio.gather(client.enter(first), client.enter(second))
    assert len({login.user.id for login in logins}) == 1
    assert await client.world.core.db.users.count(client.tenant.name) == 1


async def test_three_wrong_tries_use_a_code_up(client: CodeClient) -> None:
    proof = await client.proof()
    for _ in range(TRIES):
        with pytest.raises(CodeInvalid):
            await client.enter(wrong(proof))
    with pytest.raises(CodeConsumed):
        await client.enter(proof)


async def test_guesses_at_once_are_counted_one_by_one(client: CodeClient) -> None:
    proof = await client.proof()
    outcomes = await asyncio.gather(*(client.enter(wrong(proof)) for _ in range(10)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CodeConsumed"] * 7 + ["CodeInvalid"] * 3


async def test_a_wrong_try_leaves_two(client: CodeClient) -> None:
    proof = await client.proof()
    with pytest.raises(CodeInvalid):
        await client.enter(wrong(proof))
    await client.enter(proof)


async def test_a_code_is_good_for_five_minutes(client: CodeClient) -> None:
    early, late = await client.proof(PHONE), await client.proof(EMAIL)
    client.world.pass_by(CODE_LIFE.total_seconds() - 5)
    await client.enter(early)
    client.world.pass_by(5)
    with pytest.raises(CodeExpired):
        await client.enter(late)


async def test_a_code_is_worth_nothing_elsewhere(client: CodeClient) -> None:
    proof = await client.proof()
    with pytest.raises(CodeInvalid):
        await client.enter(proof._replace(contact=EMAIL))
    with pytest.raises(CodeInvalid):
        await client.at(await client.world.service.make_tenant("shop")).enter(proof)
    with pytest.raises(CodeInvalid):
        await client.enter(proof._replace(session=CodeSessionId("no-such-session")))
    await client.enter(proof)


async def test_a_number_is_sent_one_code_a_minute_and_ten_a_day(client: CodeClient) -> None:
    await client.ask()
    with pytest.raises(RateLimited) as limited:
        await client.ask()
    assert limited.value.retry_after == timedelta(minutes=1)
    await client.ask(EMAIL)
    for _ in range(PER_DAY - 1):
        client.world.pass_by(61)
        await client.ask()
    client.world.pass_by(61)
    with pytest.raises(RateLimited) as limited:
        await client.ask()
    assert limited.value.retry_after == timedelta(days=1) - PER_DAY * timedelta(seconds=61)
    client.world.pass_by(24 * 3600)
    await client.ask()


async def test_a_double_tap_sends_one_code(client: CodeClient) -> None:
    outcomes = await asyncio.gather(*(client.ask() for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(outcome, RateLimited) for outcome in outcomes) == 4
    assert len(client.post.letters) == 1


async def test_an_address_has_a_hundred_codes_sent_in_a_day(client: CodeClient) -> None:
    for number in range(100):
        await client.ask(phone(number))
    with pytest.raises(RateLimited):
        await client.ask(phone(100))
    await client.ask(phone(100), address="198.51.100.1")
    client.codes = replace(client.codes, address_limit=0)
    await client.ask(phone(101))


async def test_limits_survive_a_restart_and_hold_while_the_live_store_is_down(client: CodeClient) -> None:
    await client.ask()
    async with client.world.neighbour() as core:
        # A process with an empty memory, as after a restart.
        fresh = replace(client.codes, db=core.db, live=core.live)
        with pytest.raises(RateLimited):
            await replace(client, codes=fresh).ask()
    client.world.live.down = True
    with pytest.raises(RateLimited):
        await client.ask()
    await client.ask(EMAIL)


async def test_a_login_needs_no_live_store(client: CodeClient) -> None:
    proof = await client.proof()
    client.world.live.down = True
    with pytest.raises(CodeInvalid):
        await client.enter(wrong(proof))
    await client.enter(proof)


async def test_a_code_whose_use_could_not_be_written_is_still_good(client: CodeClient) -> None:
    proof = await client.proof()
    client.world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await client.enter(proof)
    client.world.sql.down = False
    await client.enter(proof)


async def test_a_captcha_that_is_not_solved_sends_nothing_and_costs_the_number_nothing(client: CodeClient) -> None:
    with pytest.raises(BadRequest):
        await client.ask(ticket="bad")
    assert client.post.letters == []
    await client.ask()


async def test_an_address_that_solves_none_is_not_asked_about_for_ever(client: CodeClient) -> None:
    for number in range(ADDRESS_FAILURES):
        with pytest.raises(BadRequest):
            await client.ask(phone(number), ticket="bad")
    with pytest.raises(RateLimited):
        await client.ask(phone(0), ticket="bad")
    assert client.post.asked == ADDRESS_FAILURES


async def test_a_number_that_may_not_be_sent_to_now_asks_no_captcha(client: CodeClient) -> None:
    await client.ask()
    with pytest.raises(RateLimited):
        await client.ask()
    assert client.post.asked == 1


async def test_a_sending_that_failed_is_said_and_counts(client: CodeClient) -> None:
    client.post.down = True
    with pytest.raises(SmsFailed):
        await client.ask()
    client.post.down = False
    with pytest.raises(RateLimited):
        await client.ask()


async def test_what_nothing_carries_is_not_offered_but_where_the_code_is_set(client: CodeClient) -> None:
    client.codes = replace(client.codes, delivery=replace(client.codes.delivery, senders={}))
    with pytest.raises(NotOffered):
        await client.ask()
    login = await client.enter(Proof(await client.ask(FIXED), FIXED, "246810"))
    assert login.user.phone == FIXED.value
    assert client.post.letters == []


async def test_a_set_code_is_limited_like_any(client: CodeClient) -> None:
    session = await client.ask(FIXED)
    for number in range(TRIES):
        with pytest.raises(CodeInvalid):
            await client.enter(Proof(session, FIXED, f"00000{number}"))
    with pytest.raises(CodeConsumed):
        await client.enter(Proof(session, FIXED, "246810"))
    with pytest.raises(RateLimited):
        await client.ask(FIXED)


async def guess_ten_times(client: CodeClient, address: str) -> None:
    """Have codes sent to somebody's number, and guess them."""
    failed = 0
    while failed < ACCOUNT_FAILURES:
        proof = await client.proof()
        for _ in range(min(TRIES, ACCOUNT_FAILURES - failed)):
            with pytest.raises(CodeInvalid):
                await client.enter(wrong(proof), address=address)
            failed += 1
        client.world.pass_by(61)


async def test_ten_wrong_codes_in_ten_minutes_close_the_number_to_that_address(client: CodeClient) -> None:
    await guess_ten_times(client, "203.0.113.9")
    proof = await client.proof()
    with pytest.raises(RateLimited):
        await client.enter(proof, address="203.0.113.9")


async def test_a_strangers_wrong_codes_close_a_number_to_nobody_else(client: CodeClient) -> None:
    """Whoever had codes sent to a number and guessed them closed it to its owner for ten minutes."""
    await client.sign_in()
    client.world.pass_by(61)
    await guess_ten_times(client, "203.0.113.9")
    await client.sign_in()


async def test_strangers_who_have_codes_sent_to_a_number_use_none_of_its_owners_up(client: CodeClient) -> None:
    """Ten codes that a stranger asked for left the owner of a number without any for a day."""
    await client.sign_in()
    for _ in range(PER_DAY - 1):
        client.world.pass_by(61)
        await client.ask(address="203.0.113.9")
    client.world.pass_by(61)
    with pytest.raises(RateLimited):
        await client.ask(address="203.0.113.9")
    for _ in range(PER_DAY - 1):
        await client.ask()
        client.world.pass_by(61)
    with pytest.raises(RateLimited):
        await client.ask()


async def test_whoever_knows_no_session_cannot_close_somebodys_number(client: CodeClient) -> None:
    proof = await client.proof()
    for _ in range(ACCOUNT_FAILURES):
        with pytest.raises(CodeInvalid):
            await client.enter(proof._replace(session=CodeSessionId("guessed")), address="203.0.113.9")
    await client.enter(proof)


async def test_a_banned_user_is_refused(client: CodeClient) -> None:
    login = await client.sign_in()
    await client.world.core.moderation.ban(login.user.id, datetime.max.replace(tzinfo=UTC), "spam")
    with pytest.raises(UserBanned):
        await client.sign_in()


async def test_where_registration_is_closed_only_accounts_that_are_there_sign_in(client: CodeClient) -> None:
    await client.sign_in()
    client.is_open = False
    await client.sign_in()
    with pytest.raises(NotOffered):
        await client.sign_in(EMAIL)


async def test_a_tenants_quota_holds_for_accounts_by_code(client: CodeClient) -> None:
    small = client.at(await client.world.service.make_tenant("small", quotas=Quotas(users=1)))
    first = await small.sign_in()
    with pytest.raises(QuotaExceeded):
        await small.sign_in(EMAIL)
    assert (await small.sign_in()).user.id == first.user.id


async def test_one_number_is_one_account_in_each_tenant(client: CodeClient) -> None:
    shop = client.at(await client.world.service.make_tenant("shop"))
    here, there = await client.sign_in(), await shop.sign_in()
    assert there.user.id == f"shop-{there.user.id.rpartition('-')[2]}"
    assert here.user.id != there.user.id


async def test_codes_that_a_tenant_sends_use_up_none_of_anothers(client: CodeClient) -> None:
    shop = client.at(await client.world.service.make_tenant("shop"))
    for sender in (client, shop):
        await sender.ask()
        with pytest.raises(RateLimited):
            await sender.ask()


async def test_an_imported_number_finds_its_oldest_account(client: CodeClient) -> None:
    younger = await client.world.make_user(phone=PHONE.value)
    older = await client.world.make_user(phone=PHONE.value)
    db = client.world.core.db
    await db.users.put(replace(older, created=younger.created - timedelta(days=1)))
    assert (await client.sign_in()).user.id == older.id
    assert await db.contacts.holder(client.tenant.name, PHONE) == older.id


async def test_a_number_left_behind_by_a_deleted_account_is_free(client: CodeClient) -> None:
    """The release before deletes accounts and knows no bindings."""
    gone = await client.world.make_user(deleted=datetime.now(UTC))
    await client.world.core.db.contacts.claim(client.tenant.name, PHONE, gone.id)
    login = await client.sign_in()
    assert login.user.id != gone.id
    assert (await client.sign_in()).user.id == login.user.id


async def test_a_code_survives_the_rotation_of_the_keys(client: CodeClient) -> None:
    proof = await client.proof()
    old = client.world.core.keys.signing.secret.decode()
    named = [NamedSecret("new", Secret("another-secret-0123456789-abcdefghij")), NamedSecret("old", Secret(old))]
    client.codes = replace(client.codes, stamps=KeyedStamps(KeyRing(named)))
    await client.enter(proof)


async def test_without_the_key_a_stored_code_says_nothing(client: CodeClient) -> None:
    proof = await client.proof()
    session = await client.world.core.db.codes.get(proof.session)
    assert session is not None
    ring = KeyRing([NamedSecret("other", Secret("another-secret-0123456789-abcdefghij"))])
    client.codes = replace(client.codes, stamps=KeyedStamps(ring))
    with pytest.raises(CodeInvalid):
        await client.enter(proof)
    assert proof.code not in f"{session.stamp}{session.contact}{session.address}{session.id}"
    assert UserId(PHONE.value) not in f"{session.stamp}{session.contact}"


async def test_what_was_sent_is_forgotten_after_a_day(client: CodeClient) -> None:
    proof = await client.proof()
    jobs = client.world.core.jobs
    client.world.pass_by(23 * 3600)
    await jobs.purge.run()
    assert await client.world.core.db.codes.get(proof.session) is not None
    client.world.pass_by(3601)
    await jobs.purge.run()
    assert await client.world.core.db.codes.get(proof.session) is None
