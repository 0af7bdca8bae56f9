"""Codes that were sent and whose contacts are, on both databases."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.accounts.contacts import CodeSession, CodeSessionId, Contact, ContactKind, SentCodes
from liveroom.domain.ids import UserId
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import ACME, HOME, NOW, SECOND, user

PHONE = Contact(ContactKind.PHONE, "+8613800000000")
EMAIL = Contact(ContactKind.EMAIL, "alice@example.com")
ALICE, BOB = UserId("40000001"), UserId("40000002")
KEY = CodeSessionId("c1")


def code(id: str = "c1", **fields: Any) -> CodeSession:
    given: dict[str, Any] = {"contact": "number", "address": "address", "stamp": "ab" * 32, "created": NOW, **fields}
    return CodeSession(id=CodeSessionId(id), tenant=ACME, **given)


async def test_a_code_is_kept_with_every_field(database: SqlDatabase) -> None:
    kept = code(tries=2, used=NOW + SECOND)
    await database.codes.add(kept)
    assert await database.codes.get(KEY) == kept
    assert await database.codes.get(CodeSessionId("C1")) is None


async def test_tries_are_spent_up_to_the_last_and_none_of_a_used_code(database: SqlDatabase) -> None:
    await database.codes.add(code())
    await database.codes.add(code("c2"))
    assert [await database.codes.spend_try(KEY, 3) for _ in range(4)] == [True, True, True, False]
    await database.codes.use(CodeSessionId("c2"), NOW + SECOND)
    assert not await database.codes.spend_try(CodeSessionId("c2"), 3)
    assert not await database.codes.spend_try(CodeSessionId("c3"), 3)
    assert await database.codes.get(CodeSessionId("c2")) == code("c2", used=NOW + SECOND)


async def test_tries_at_once_are_counted_one_by_one(database: SqlDatabase) -> None:
    await database.codes.add(code())
    spent = await asyncio.gather(*(database.codes.spend_try(KEY, 3) for _ in range(10)))
    assert spent.count(True) == 3


async def test_what_was_sent_is_counted_by_whom_and_by_where(database: SqlDatabase) -> None:
    for number in range(3):
        await database.codes.add(code(f"c{number}", created=NOW + number * SECOND, contact=f"number{number // 2}"))
    since = NOW - SECOND
    assert await database.codes.sent_to("number0", since) == SentCodes(2, NOW + SECOND)
    assert await database.codes.sent_to("number0", NOW) == SentCodes(1, NOW + SECOND)
    assert await database.codes.sent_to("nobody", since) == SentCodes(0, None)
    assert await database.codes.sent_from("address", since) == SentCodes(3, NOW + 2 * SECOND)


async def test_old_codes_are_purged_and_younger_ones_stay(database: SqlDatabase) -> None:
    await database.codes.add(code("old", created=NOW - timedelta(days=2)))
    await database.codes.add(code("older", created=NOW - timedelta(days=3)))
    await database.codes.add(code())
    assert await database.codes.purge(NOW - timedelta(days=1), 1) == 1
    assert await database.codes.purge(NOW - timedelta(days=1), 10) == 1
    assert await database.codes.get(KEY) == code()


async def test_a_contact_is_the_first_claimers_within_its_tenant(database: SqlDatabase) -> None:
    contacts = database.contacts
    assert await contacts.claim(HOME, PHONE, ALICE) == ALICE
    assert await contacts.claim(HOME, PHONE, BOB) == ALICE
    assert await contacts.claim(HOME, PHONE, ALICE) == ALICE
    assert await contacts.claim(ACME, PHONE, BOB) == BOB
    assert await contacts.holder(HOME, PHONE) == ALICE
    assert await contacts.holder(HOME, EMAIL) is None


async def test_of_many_who_claim_at_once_one_is_first(database: SqlDatabase) -> None:
    async def claim(number: int) -> UserId:
        async def work(tx: Tx) -> UserId:
            return await tx.contacts.claim(HOME, PHONE, UserId(str(number)))

        return await database.transact(work)

    holders = await asyncio.gather(*map(claim, range(12)))
    assert len(set(holders)) == 1


async def test_contacts_are_freed_one_by_one_or_all_of_a_user(database: SqlDatabase) -> None:
    contacts = database.contacts
    for contact in (PHONE, EMAIL):
        await contacts.claim(HOME, contact, ALICE)
    await contacts.release_one(HOME, PHONE, BOB)
    assert await contacts.holder(HOME, PHONE) == ALICE
    await contacts.release_one(HOME, PHONE, ALICE)
    assert (await contacts.holder(HOME, PHONE), await contacts.holder(HOME, EMAIL)) == (None, ALICE)
    await contacts.release(ALICE)
    assert await contacts.holder(HOME, EMAIL) is None


async def test_a_bound_contact_can_be_given_to_another(database: SqlDatabase) -> None:
    await database.contacts.claim(HOME, PHONE, ALICE)
    await database.contacts.move(HOME, PHONE, BOB)
    assert await database.contacts.holder(HOME, PHONE) == BOB


@pytest.mark.parametrize("contact", [PHONE, EMAIL], ids=lambda contact: contact.kind.value)
async def test_users_are_found_by_what_stands_in_their_rows(database: SqlDatabase, contact: Contact) -> None:
    fields: dict[str, Any] = {contact.kind.value: contact.value}
    await database.users.add(user("1", **fields))
    await database.users.add(user("2", **fields))
    await database.users.add(user("3", tenant=ACME, **fields))
    await database.users.add(user("4"))
    assert sorted(await database.contacts.carried_by(HOME, contact)) == ["1", "2"]
