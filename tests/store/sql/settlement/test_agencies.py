"""Agencies on both databases: hosts consent, one agency at a time, and gifts earn it its share meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.agencies.failures import AgencyJoined, AgencyNotFound, AgencyNotJoined, InvitationNotFound
from liveroom.domain.agencies.model import AgencyState, Membership, MembershipState
from liveroom.domain.gifts.paying import sharing_receivers
from liveroom.domain.ids import UserId, first_id
from liveroom.domain.ledger.accounts import AccountId, AccountKind
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.moments import moment
from liveroom.ports import PaymentQuestions
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.ledger.auditing import Findings, LedgerAudit
from tests.store.sql.gifts.selling import order
from tests.store.sql.settlement.bureau import MONTH, NOTICE, Bureau
from tests.usecases.ledger.money import assert_database_sums

NEVER = datetime.max.replace(tzinfo=UTC)


@pytest.fixture
async def bureau(database: SqlDatabase) -> AsyncIterator[Bureau]:
    """Yield a bureau with people; whatever was moved must add up, before it is folded and after."""
    bureau = Bureau(database)
    await bureau.people("1", "2", "3", "8", "9")
    yield bureau
    await assert_database_sums(database)
    while await bureau.shop.folding.run():
        pass
    await assert_database_sums(database)


async def test_gifts_earn_the_agency_that_the_receiver_is_with_its_share(bureau: Bureau) -> None:
    agency = await bureau.agency("9", "2")
    await bureau.shop.give("1", coins=100)
    (done,) = (await bureau.shop.payments.take([order("1", "2", "3", gift="coffee", count=3)])).decisions
    of_two, of_three = done.gifts  # type: ignore[union-attr]
    # Of 15 points each: 700 per mille for the receiver, 100 for an agency, the rest for the platform.
    assert (of_two.shares, of_three.shares) == ((10, 1, 4), (10, 0, 5))
    assert of_two.agency == await bureau.account(AccountKind.AGENCY, agency.id)
    assert of_three.agency == ""
    assert await bureau.of_agency(agency) == 1
    assert await bureau.balance(AccountKind.PLATFORM) == 9
    kept = await bureau.db.sent_gifts.some([of_two.id, of_three.id])
    assert [gift.agency for gift in kept] == [of_two.agency, ""]


async def test_no_question_about_agencies_is_asked_for_gifts_that_earn_them_nothing(bureau: Bureau) -> None:
    await bureau.agency("9", "2")
    await bureau.shop.give("1", coins=100)
    one = order("1", "2", gift="coffee")
    shares = one.offered.version.shares._replace(agency=0, platform=300)
    free = replace(one, offered=one.offered._replace(version=one.offered.version._replace(shares=shares)))
    assert sharing_receivers([free]) == set()
    (done,) = (await bureau.shop.payments.take([free])).decisions
    assert done.gifts[0].agency == ""  # type: ignore[union-attr]


async def test_a_refund_takes_the_agencys_share_back_also_when_the_host_has_left(bureau: Bureau) -> None:
    agency = await bureau.agency("9", "2")
    gift = await bureau.sell("2", count=3)
    assert await bureau.of_agency(agency) == 1
    await bureau.hosts.dismiss(bureau.operator(), agency.id, UserId("2"))
    refunds = bureau.refunds()
    await refunds.refund(bureau.operator(), gift, "r1", "mistake")
    assert (await bureau.of_agency(agency), await bureau.balance(AccountKind.EARNINGS, "2")) == (0, 0)
    assert (await refunds.refund(bureau.operator(), gift, "r1", "mistake")).is_repeated
    assert await bureau.of_agency(agency) == 0


async def test_the_audit_sees_a_gift_that_names_another_agency_than_was_paid(bureau: Bureau) -> None:
    agency = await bureau.agency("9", "2")
    gift = await bureau.sell("2", count=3)
    audit = LedgerAudit(bureau.db, bureau.clock, Findings(bureau.db, bureau.clock, bureau.recorder), ())
    bureau.clock.advance(61)
    assert await audit.look() == 0
    other = await bureau.account(AccountKind.AGENCY, "another")
    await bureau.sell("2", count=3)
    await bureau.change(f"UPDATE lr_sent_gifts SET agency = '{other}' WHERE id > '{gift}'")  # noqa: S608
    bureau.clock.advance(61)
    assert await audit.look() == 1
    (found,) = await bureau.db.differences.open(5)
    assert (found.check, found.expected + found.found) == ("gifts", 1)
    assert await bureau.of_agency(agency) == 2


async def test_of_two_invitations_that_are_accepted_at_once_one_is(bureau: Bureau) -> None:
    agencies = [await bureau.agency("8"), await bureau.agency("9")]
    invited = [await bureau.hosts.invite(bureau.operator(), one.id, UserId("2")) for one in agencies]
    answers = (bureau.hosts.accept(bureau.actor("2"), one.id) for one in invited)
    done = await asyncio.gather(*answers, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["AgencyJoined", "Membership"]
    (joined,) = (one for one in done if isinstance(one, Membership))
    assert (await bureau.hosts.accept(bureau.actor("2"), joined.id)).id == joined.id
    questions = PaymentQuestions([AccountId("none")], ["none"], (), [UserId("2")], bureau.clock.now())
    assert (await bureau.db.payment_reads.read(questions)).agencies == {"2": joined.agency}
    assert joined.terms == "10 % for us"


async def test_two_invitations_of_one_agency_at_once_are_one(bureau: Bureau) -> None:
    agency = await bureau.agency("9")
    calls = [bureau.hosts.invite(bureau.actor("9"), agency.id, UserId("2")) for _ in range(3)]
    assert len({one.id for one in await asyncio.gather(*calls)}) == 1
    with pytest.raises(AgencyNotFound):
        await bureau.hosts.invite(bureau.actor("8"), agency.id, UserId("2"))


async def test_who_leaves_is_with_the_agency_until_the_notice_is_over_and_may_join_another_then(
    bureau: Bureau,
) -> None:
    first, second = await bureau.agency("9", "2"), await bureau.agency("8")
    leaving = await bureau.hosts.leave(bureau.actor("2"))
    bureau.clock.advance(1)
    again = await bureau.hosts.leave(bureau.actor("2"))
    assert moment(again.ends or NEVER) == moment(leaving.ends or NEVER)
    invited = await bureau.hosts.invite(bureau.actor("8"), second.id, UserId("2"))
    with pytest.raises(AgencyJoined, match=r"^\d{4}-"):
        await bureau.hosts.accept(bureau.actor("2"), invited.id)
    await bureau.sell("2", count=3)
    bureau.clock.advance(NOTICE + timedelta(seconds=1))
    await bureau.sell("2", count=3)
    assert await bureau.of_agency(first) == 1
    with pytest.raises(AgencyNotJoined):
        await bureau.hosts.leave(bureau.actor("2"))
    await bureau.hosts.accept(bureau.actor("2"), invited.id)
    await bureau.sell("2", count=3)
    assert (await bureau.of_agency(first), await bureau.of_agency(second)) == (1, 1)
    states = [one.state for one in await bureau.db.agencies.of_host(UserId("2"), 9)]
    assert states == [MembershipState.JOINED, MembershipState.LEFT]


async def test_answers_come_once(bureau: Bureau) -> None:
    agency = await bureau.agency("9")
    invited = await bureau.hosts.invite(bureau.actor("9"), agency.id, UserId("2"))
    with pytest.raises(InvitationNotFound):
        await bureau.hosts.accept(bureau.actor("3"), invited.id)
    await bureau.hosts.refuse(bureau.actor("2"), invited.id)
    await bureau.hosts.refuse(bureau.actor("2"), invited.id)
    with pytest.raises(InvitationNotFound):
        await bureau.hosts.refuse(bureau.actor("3"), invited.id)
    with pytest.raises(InvitationNotFound):
        await bureau.hosts.accept(bureau.actor("2"), invited.id)
    again = await bureau.hosts.invite(bureau.actor("9"), agency.id, UserId("2"))
    assert (await bureau.hosts.dismiss(bureau.actor("9"), agency.id, UserId("2"))).state is MembershipState.WITHDRAWN
    with pytest.raises(InvitationNotFound):
        await bureau.hosts.accept(bureau.actor("2"), again.id)
    assert (await bureau.hosts.dismiss(bureau.actor("9"), agency.id, UserId("2"))).state is MembershipState.WITHDRAWN
    with pytest.raises(AgencyNotJoined):
        await bureau.hosts.dismiss(bureau.actor("9"), agency.id, UserId("3"))


async def test_a_closed_agency_earns_nothing_and_its_hosts_are_free(bureau: Bureau) -> None:
    agency, other = await bureau.agency("9", "2", "3"), await bureau.agency("8")
    await bureau.db.agencies.put(replace(agency, state=AgencyState.CLOSED))
    # The call has died here: nobody was let go, and no gift earns it anything.
    await bureau.sell("2", count=3)
    assert await bureau.of_agency(agency) == 0
    await bureau.join(other.id, "3")
    await bureau.agencies.close(bureau.operator(), agency.id)
    assert await bureau.db.agencies.open_of(agency.id, "", 9) == []
    with pytest.raises(AgencyNotFound):
        await bureau.hosts.invite(bureau.operator(), agency.id, UserId("2"))
    (joined,) = await bureau.db.agencies.open_of(other.id, "", 9)
    assert joined.host == "3"


async def test_totals_are_of_the_time_with_the_agency_and_without_what_was_taken_back(bureau: Bureau) -> None:
    bureau.at(MONTH.begins + timedelta(days=1))
    await bureau.sell("2", count=30)
    agency = await bureau.agency("9", "2", "3")
    refunded = await bureau.sell("2", count=3)
    await bureau.sell("2", count=6)
    refunds = bureau.refunds()
    await refunds.refund(bureau.operator(), refunded, "r1", "")
    earnings, mine = (
        await bureau.account(AccountKind.EARNINGS, "2"),
        await bureau.account(AccountKind.AGENCY, agency.id),
    )
    begin, end = (JournalId(first_id(when)) for when in (MONTH.begins, MONTH.ends))
    found = await bureau.db.agencies.totals(mine, [earnings], begin, end)
    assert found[earnings] == (6, 21, 3)
    hosts = bureau.db.agencies.hosts
    assert await hosts(agency.id, MONTH.begins, MONTH.ends, "", 9) == ["2", "3"]
    assert await hosts(agency.id, MONTH.begins, MONTH.ends, "2", 9) == ["3"]
    assert await hosts(agency.id, MONTH.begins - timedelta(days=9), MONTH.begins, "", 9) == []
