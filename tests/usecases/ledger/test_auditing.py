"""The audit: what does not add up is frozen and told, once; what does is left alone, however late it was committed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.events.outbox import GiftsSent
from liveroom.domain.events.records import Target
from liveroom.domain.gifts.events import GiftBatch, GiftEvent
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, RoomId, UserId, first_id
from liveroom.domain.ledger.accounts import AccountId, AccountKind, AccountName, Currency
from liveroom.domain.ledger.differences import LedgerCheck
from liveroom.domain.ledger.failures import AccountFrozen
from liveroom.domain.ledger.journals import JournalId, MoveKind
from liveroom.domain.ledger.payouts import PayoutState
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.ports import Checkpoint
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.ledger_tables import accounts, entries, lots
from liveroom.usecases.ledger.auditing import LedgerAudit
from liveroom.usecases.ledger.payouts import PayoutRequest
from liveroom.usecases.ledger.watching import StuckDues, UntoldGifts
from tests.store.sql.looking import rows_of
from tests.usecases.conftest import World
from tests.usecases.ledger.money import credit, fold, operator_of, wallet

A_MINUTE = 61


@pytest.fixture
async def user(world: World) -> User:
    """Return somebody who has bought coins, which were looked at."""
    user = await world.make_user()
    await credit(world.core, user.id, 100, "first")
    await settle(world)
    return user


def audit(world: World) -> LedgerAudit:
    return world.core.jobs.ledger_audit


async def settle(world: World) -> int:
    """Let what was moved become old enough, and have it looked at."""
    await fold(world.core)
    world.pass_by(A_MINUTE)
    return await audit(world).look()


async def account_of(world: World, name: AccountName) -> AccountId:
    return (await world.core.db.ledger_accounts.find([name]))[name].id


async def spoil(world: World, id: AccountId, amount: int) -> None:
    """Do to a balance what nobody should: add an amount that no entry says."""
    changed = update(accounts).where(accounts.c.id == id).values(balance=accounts.c.balance + amount)
    assert await world.core.db.engine.run(statement(changed)) == 1


async def differing(world: World) -> list[str]:
    return [one.id for one in await world.core.db.differences.open(100)]


async def test_what_adds_up_is_not_told_and_costs_nothing_afterwards(world: World, user: User) -> None:
    for number in range(5):
        await credit(world.core, user.id, 10, f"grant-{number}", MoveKind.GRANT)
    assert await settle(world) == 0
    until = await world.core.db.checkpoints.progress()
    world.pass_by(A_MINUTE)
    assert await audit(world).look() == 0
    assert await world.core.db.checkpoints.progress() == until
    assert await differing(world) == []


async def test_a_balance_that_its_entries_do_not_say_is_frozen_and_told_once(world: World, user: User) -> None:
    coins = accounts_of(user.tenant, user.id).coins
    id = await account_of(world, coins)
    await spoil(world, id, 5)
    await credit(world.core, user.id, 10, "second")
    assert await settle(world) == 1
    assert await differing(world) == [f"account:{user.tenant}:{id}"]
    assert (await wallet(world.core, user.id)).frozen
    with pytest.raises(AccountFrozen):
        await credit(world.core, user.id, 10, "third")
    assert await settle(world) == 0
    assert await differing(world) == [f"account:{user.tenant}:{id}"]
    await spoil(world, id, -5)
    assert await settle(world) == 0
    assert await differing(world) == []
    assert (await wallet(world.core, user.id)).frozen, "somebody has to let it go"


async def test_what_was_taken_out_of_an_old_checkpoint_is_noticed(world: World, user: User) -> None:
    """An account with a checkpoint is not added up from the first entry, and its old entries are still compared."""
    for number in range(40):
        await credit(world.core, user.id, 1, f"small-{number}")
    await settle(world)
    id = await account_of(world, accounts_of(user.tenant, user.id).coins)
    assert (await world.core.db.checkpoints.of([id]))[id].amount == 140
    await spoil(world, id, -1)
    await credit(world.core, user.id, 1, "last")
    assert await settle(world) == 1
    assert await differing(world) == [f"account:{user.tenant}:{id}"]


async def test_a_journal_that_was_committed_late_freezes_nobody(world: World, user: User) -> None:
    id = await account_of(world, accounts_of(user.tenant, user.id).coins)
    now = world.core.clock.now()
    ahead = world.core.db.checkpoints
    await ahead.put([Checkpoint(id, JournalId(first_id(now + timedelta(seconds=30))), 100)])
    await credit(world.core, user.id, 7, "late")
    assert await settle(world) == 0
    assert await differing(world) == []
    assert (await ahead.of([id]))[id].amount in {100, 107}
    await credit(world.core, user.id, 7, "later")
    assert await settle(world) == 0


async def test_a_journal_that_does_not_add_up_freezes_all_its_accounts(world: World, user: User) -> None:
    done = await credit(world.core, user.id, 10, "second")
    await fold(world.core)
    spoiled = update(entries).where(entries.c.journal == done.journal.id, entries.c.amount == 10).values(amount=11)
    await world.core.db.engine.run(statement(spoiled))
    assert await settle(world) == 2
    id = await account_of(world, accounts_of(user.tenant, user.id).coins)
    assert await differing(world) == [f"account:{user.tenant}:{id}", f"journal:{user.tenant}:{done.journal.id}"]
    frozen = await rows_of(world.core.db, "SELECT kind FROM lr_accounts WHERE frozen = 1 ORDER BY kind")
    assert [row[0] for row in frozen] == ["float", "wallet"]


async def test_promotional_coins_that_are_not_what_is_left_of_grants_are_told(world: World, user: User) -> None:
    await credit(world.core, user.id, 10, "gift", MoveKind.GRANT)
    await world.core.db.engine.run(statement(update(lots).values(remaining=9)))
    assert await settle(world) == 1
    (found,) = await world.core.db.differences.open(5)
    assert (found.check, found.expected, found.found) == ("lots", 9, 10)


async def test_a_difference_is_told_to_the_operators_server_in_the_transaction_that_notes_it(
    world: World, user: User
) -> None:
    findings = world.core.services.money.findings
    recorder = replace(findings.recorder, targets_of=lambda _: [Target("log", frozenset(), frozenset())])
    told = replace(audit(world), findings=replace(findings, recorder=recorder))
    id = await account_of(world, accounts_of(user.tenant, user.id).coins)
    await spoil(world, id, -99)
    await credit(world.core, user.id, 10, "second")
    await fold(world.core)
    world.pass_by(A_MINUTE)
    assert await told.look() == 1
    rows = await rows_of(world.core.db, "SELECT stream, kind, body FROM lr_events")
    ((stream, kind, body),) = [row for row in rows if row[1] == "ledger.differs"]
    assert (stream, kind) == (f"ledger:{user.tenant}", "ledger.differs")
    assert f'"accountIds":["{id}"]' in body


async def test_one_process_looks_at_a_time(world: World, user: User) -> None:
    async with world.neighbour() as other:
        await credit(world.core, user.id, 10, "second")
        world.pass_by(A_MINUTE)
        before = await world.core.db.checkpoints.progress()
        await audit(world).look()
        progress = await world.core.db.checkpoints.progress()
        assert progress > before
        await credit(world.core, user.id, 10, "third")
        world.service.clock.advance(5)
        hasty = replace(other.jobs.ledger_audit, settled=timedelta(0))
        await hasty.look()
        assert await world.core.db.checkpoints.progress() == progress
        world.service.clock.advance(6)
        await hasty.look()
        assert await world.core.db.checkpoints.progress() > progress


async def test_what_waits_to_be_added_for_too_long_is_told_until_it_is_added(world: World, user: User) -> None:
    await credit(world.core, user.id, 10, "second")
    watching = replace(audit(world), watches=(StuckDues().look,))
    assert await watching.look() == 0
    world.pass_by(3)
    assert await watching.look() == 1
    assert await watching.look() == 0
    assert await differing(world) == ["dues::"]
    await fold(world.core)
    await watching.look()
    assert await differing(world) == []


async def test_a_payout_that_is_held_for_a_week_is_told_until_it_ends(world: World, user: User) -> None:
    await credit(world.core, user.id, 50, "p", MoveKind.ADJUST, currency=Currency.POINT)
    world.pass_by(15 * 86_400)
    payouts, operator = world.core.services.money.payouts, operator_of(world.core)
    held = await payouts.hold(operator, PayoutRequest(user.id, None, 50, "1"))
    await settle(world)
    assert await differing(world) == []
    world.pass_by(7 * 86_400)
    assert await settle(world) == 1
    assert await differing(world) == [f"payout:{user.tenant}:{held.payout.id}"]
    await payouts.end(operator, "1", PayoutState.SETTLED)
    await settle(world)
    assert await differing(world) == []
    assert not (await wallet(world.core, user.id)).frozen


async def test_of_much_that_was_moved_all_is_looked_at_in_several_rounds(world: World, user: User) -> None:
    for number in range(10):
        await credit(world.core, user.id, 1, f"small-{number}")
        world.service.clock.advance(0.002)
    await fold(world.core)
    id = await account_of(world, AccountName(user.tenant, AccountKind.FLOAT))
    await spoil(world, id, 1)
    world.pass_by(A_MINUTE)
    slow, rounds = replace(audit(world), at_once=3), 0
    while await world.core.db.ledger_audit.next_journal(await world.core.db.checkpoints.progress()) is not None:
        await slow.look()
        rounds += 1
        assert rounds < 12
    assert rounds > 3
    assert await differing(world) == [f"account:{user.tenant}:{id}"]


async def test_gifts_of_which_a_room_does_not_hear_are_told_of_after_ten_seconds(world: World) -> None:
    watch, core = UntoldGifts(world.core.live), world.core
    row = await core.db.outbox.add(
        DEFAULT_TENANT, GiftsSent(RoomId("r"), BroadcastId("b"), "batch", ("g",), ()), core.clock.now()
    )
    assert not await watch.look(core.db, core.clock.now())
    world.pass_by(9)
    assert not await watch.look(core.db, core.clock.now())
    world.pass_by(3)
    (found,) = await watch.look(core.db, core.clock.now())
    assert (found.check, found.found) == (LedgerCheck.OUTBOX, 12)
    await core.db.outbox.done([row.id])
    assert not await watch.look(core.db, core.clock.now())


async def test_while_no_room_can_be_told_of_anything_untold_gifts_are_no_difference(world: World) -> None:
    watch, core = UntoldGifts(world.core.live), world.core
    await core.db.outbox.add(
        DEFAULT_TENANT, GiftsSent(RoomId("r"), BroadcastId("b"), "batch", ("g",), ()), core.clock.now()
    )
    assert not await watch.look(core.db, core.clock.now())
    world.live.down = True
    for _ in range(3):
        world.pass_by(9)
        assert not await watch.look(core.db, core.clock.now())
    world.live.down = False
    world.pass_by(9)
    assert not await watch.look(core.db, core.clock.now()), "ten seconds from when it answers again"
    world.pass_by(9)
    assert await watch.look(core.db, core.clock.now())


async def test_a_room_that_has_counted_other_gifts_than_were_paid_is_told_of_when_it_closes(world: World) -> None:
    core, host = world.core, await world.make_actor()
    right, wrong = await world.go_live(host), await world.go_live(await world.make_actor())
    live = await core.live.room(wrong)
    assert live is not None
    unpaid = GiftEvent(host.user, UserId(wrong), 7, 1, b"{}")
    await core.live.gifts.tell(GiftBatch("never", live.tenant, wrong, live.broadcast, (unpaid,)))
    for room in (right, wrong):
        await core.services.rooms.destroy(Actor(UserId(room), host.session, host.tenant), room)
    (found,) = await core.db.differences.open(9)
    assert (found.check, found.subject, found.expected, found.found) == (LedgerCheck.ROOM, live.broadcast, 0, 7)
    await audit(world).look()
    assert await core.db.differences.count() == 1
    world.pass_by(8 * 24 * 3600)
    await audit(world).look()
    assert await core.db.differences.count() == 0
