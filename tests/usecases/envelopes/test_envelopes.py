"""Red envelopes from sending to the end, while stores are away and processes die: each part goes to one, once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from liveroom import faults
from liveroom.app.assembly import Core
from liveroom.app.envelopes import EnvelopeServices
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.envelopes.draw import Draw, Split
from liveroom.domain.envelopes.failures import (
    EnvelopeNotFound,
    EnvelopeNotOpen,
    EnvelopeOver,
    NotEligible,
    TooManyEnvelopes,
)
from liveroom.domain.envelopes.model import RUNNING_MAX, EnvelopeAudience, EnvelopeEnd, EnvelopeState, EnvelopeTerms
from liveroom.domain.errors import BadRequest, DatabaseUnavailable, LiveUnavailable, NotInRoom, PermissionDenied
from liveroom.domain.ids import RoomId
from liveroom.domain.ledger.accounts import AccountKind, AccountName
from liveroom.domain.ledger.failures import AccountFrozen, ApprovalRequired, BalanceTooLow, KeyReused
from liveroom.domain.rooms.model import RoomChanges
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.ledger_tables import accounts
from liveroom.usecases.envelopes.filling import FilledEnvelope
from liveroom.usecases.envelopes.grabbing import Grabbed
from liveroom.usecases.envelopes.sending import EnvelopeRules, EnvelopeSenders
from tests.dying import Died, die
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, credit, operator_of, wallet

EQUAL = EnvelopeTerms(10, 2, Split.EQUAL)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


class Evening:
    """A host who is live and has a hundred coins, and three guests."""

    def __init__(self, world: World, host: Actor, guests: list[Actor], room: RoomId) -> None:
        self.world, self.host, self.guests, self.room = world, host, guests, room

    @property
    def core(self) -> Core:
        return self.world.core

    @property
    def services(self) -> EnvelopeServices:
        return self.core.services.money.envelopes

    async def send(self, terms: EnvelopeTerms = EQUAL, key: str = "k") -> FilledEnvelope:
        return await self.services.envelopes.send(self.host, self.room, terms, key)

    async def grab(self, guest: int, id: str) -> Grabbed:
        return await self.services.grabs.grab(self.guests[guest], id)

    async def coins(self) -> int:
        """Return what the host has."""
        return (await wallet(self.core, self.host.user)).coins

    async def promo(self, guest: int) -> int:
        return (await wallet(self.core, self.guests[guest].user)).promo

    async def held(self, id: str) -> int:
        """Return what is in the envelope."""
        name = AccountName(self.host.tenant.name, AccountKind.ENVELOPE, id)
        return (await self.core.db.ledger_accounts.find([name]))[name].balance

    async def shown(self) -> list[str]:
        """Return the envelopes that the room's state has."""
        state = await self.core.live.room(self.room)
        return [one.id for one in state.options.envelopes] if state is not None else []

    async def told(self) -> list[tuple[str, Any]]:
        """Return what the room has heard of envelopes, after everything that was left behind was told."""
        self.world.pass_by(1)
        await self.core.jobs.relay.run()
        self.world.pass_by(1)
        await self.core.live.channels.gathered()
        recent = await self.core.live.channels.recent(self.room, after=0, limit=100)
        events = [event for one in recent.publications for event in one.events]
        return [
            (str(event.kind).removeprefix("envelope."), msgspec.json.decode(event.data or b""))
            for event in events
            if str(event.kind).startswith("envelope.")
        ]


@pytest.fixture
async def evening(world: World) -> AsyncIterator[Evening]:
    """Yield it; afterwards everything adds up, and what is over is empty."""
    host, *guests = [await world.make_actor() for _ in range(4)]
    room = await world.go_live(host)
    for guest in guests:
        await world.core.services.entering.enter(guest, room, role="audience", changes=RoomChanges())
    await credit(world.core, host.user, 100, "order")
    await world.core.live.channels.snapshot(room, host.tenant.name)
    yield Evening(world, host, guests, room)
    await assert_sums(world.core)
    assert await world.core.db.envelopes.amiss(world.core.clock.now(), LONG_AGO, 10) == []


async def test_an_envelope_is_sent_grabbed_and_ends_with_proof(evening: Evening) -> None:
    sent = await evening.send(EnvelopeTerms(50, 2))
    id, terms = sent.envelope.id, sent.envelope.draw
    assert (sent.balance, await evening.held(id), await evening.shown()) == (50, 50, [id])
    got = [(await evening.grab(guest, id)).grab.coins for guest in (0, 1)]
    assert got == list(terms.amounts)
    with pytest.raises(EnvelopeOver):
        await evening.grab(2, id)
    assert [await evening.promo(guest) for guest in range(3)] == [*got, 0]
    assert (await evening.held(id), await evening.shown(), await evening.coins()) == (0, [], 50)
    told = await evening.told()
    assert [kind for kind, _ in told] == ["sent", "grabbed", "grabbed", "ended"]
    first, *grabs, last = [data for _, data in told]
    assert [data["left"] for data in grabs] == [1, 0]
    draw = Draw(id, first["coins"], first["parts"], Split(first["split"]), bytes.fromhex(last["seed"]))
    assert draw.commitment == first["commitment"]
    assert list(draw.amounts) == got
    assert (last["reason"], last["rest"], last["luckiest"]["coins"]) == ("taken", 0, max(got))


async def test_who_asks_again_hears_the_same_also_after_the_end_and_outside(evening: Evening) -> None:
    id = (await evening.send()).envelope.id
    first = await evening.grab(0, id)
    assert not first.is_repeated
    await evening.core.services.departures.leave(evening.guests[0], evening.room)
    again = await evening.grab(0, id)
    assert (again.is_repeated, again.grab) == (True, first.grab)
    await evening.grab(1, id)
    for _ in range(2):
        assert (await evening.grab(0, id)).grab == first.grab


async def test_two_who_grab_the_last_part_at_once(evening: Evening) -> None:
    id = (await evening.send(EnvelopeTerms(9, 1))).envelope.id
    done = await asyncio.gather(*(evening.grab(guest, id) for guest in (0, 1, 2, 0)), return_exceptions=True)
    won = [one for one in done if isinstance(one, Grabbed)]
    assert {one.grab.number for one in won} == {0}
    assert len({one.grab.account for one in won}) == 1
    assert all(isinstance(one, EnvelopeOver) for one in done if not isinstance(one, Grabbed))
    assert await evening.held(id) == 0


async def test_two_processes_give_each_part_once(evening: Evening) -> None:
    id = (await evening.send(EnvelopeTerms(30, 3))).envelope.id
    async with evening.world.neighbour() as other:
        theirs = replace(other.services.money.envelopes.grabs, live=evening.core.live)
        ours = evening.services.grabs
        both = [(ours, 0), (theirs, 1), (theirs, 0), (ours, 2), (theirs, 2)]
        done = await asyncio.gather(*(grabs.grab(evening.guests[guest], id) for grabs, guest in both))
    parts = {one.grab.account: one.grab.number for one in done}
    assert sorted(parts.values()) == [0, 1, 2]
    assert sum(not one.is_repeated for one in done) == 3


async def test_what_nobody_grabs_goes_back(evening: Evening) -> None:
    id = (await evening.send(EQUAL._replace(lasts=timedelta(seconds=5)))).envelope.id
    await evening.grab(0, id)
    evening.world.pass_by(5)
    with pytest.raises(EnvelopeOver):
        await evening.grab(1, id)
    assert await evening.services.endings.run() == 1
    assert await evening.services.endings.run() == 0
    assert (await evening.coins(), await evening.held(id), await evening.shown()) == (95, 0, [])
    assert (await evening.told())[-1][1]["rest"] == 5


async def test_the_end_of_the_broadcast_ends_it(evening: Evening) -> None:
    id = (await evening.send()).envelope.id
    await evening.grab(0, id)
    await evening.core.services.rooms.destroy(evening.host, evening.room)
    evening.world.pass_by(1)
    await evening.services.endings.run()
    found = await evening.core.db.envelopes.get(id)
    assert found is not None
    assert (found.state, found.end, await evening.coins()) == (EnvelopeState.OVER, EnvelopeEnd.CLOSED, 95)
    with pytest.raises(EnvelopeOver):
        await evening.grab(1, id)


async def test_a_later_opening(evening: Evening) -> None:
    id = (await evening.send(EQUAL._replace(delay=timedelta(seconds=20)))).envelope.id
    with pytest.raises(EnvelopeNotOpen) as refused:
        await evening.grab(0, id)
    assert timedelta(seconds=19) < refused.value.retry_after <= timedelta(seconds=20)
    assert await evening.services.endings.run() == 0
    evening.world.pass_by(20)
    assert await evening.services.endings.run() == 1
    await evening.grab(0, id)
    assert [kind for kind, _ in await evening.told()] == ["sent", "opened", "grabbed"]


async def test_who_may_grab(evening: Evening) -> None:
    present = (await evening.send(EQUAL._replace(audience=EnvelopeAudience.PRESENT), "p")).envelope.id
    followers = (await evening.send(EQUAL._replace(audience=EnvelopeAudience.FOLLOWERS), "f")).envelope.id
    evening.world.pass_by(1)
    late, stranger = await evening.world.make_actor(), await evening.world.make_actor()
    await evening.core.services.entering.enter(late, evening.room, role="audience", changes=RoomChanges())
    await evening.core.services.following.follows.add(late, evening.host.user)
    grabs = evening.services.grabs
    with pytest.raises(NotEligible):
        await grabs.grab(late, present)
    assert (await grabs.grab(late, followers)).grab.number == 0
    with pytest.raises(NotEligible):
        await evening.grab(0, followers)
    with pytest.raises(NotEligible):
        await grabs.grab(evening.host, present)
    with pytest.raises(NotInRoom):
        await grabs.grab(stranger, present)
    with pytest.raises(EnvelopeNotFound):
        await grabs.grab(stranger, "none")


async def test_who_may_send_and_what(evening: Evening) -> None:
    envelopes = evening.services.envelopes
    of_hosts = replace(envelopes, rules=EnvelopeRules(EnvelopeSenders.HOSTS, most=9))
    with pytest.raises(PermissionDenied):
        await of_hosts.send(evening.guests[0], evening.room, EnvelopeTerms(9, 1), "k")
    with pytest.raises(BadRequest, match="coins: at most 9"):
        await of_hosts.send(evening.host, evening.room, EQUAL, "k")
    with pytest.raises(NotInRoom):
        await envelopes.send(await evening.world.make_actor(), evening.room, EQUAL, "k")
    for number in range(RUNNING_MAX):
        await evening.send(key=f"k{number}")
    with pytest.raises(TooManyEnvelopes):
        await evening.send(key="more")
    assert await evening.coins() == 100 - 10 * RUNNING_MAX


async def test_a_key_pays_once_and_too_little_is_refused_for_good(evening: Evening) -> None:
    first = await evening.send()
    again = await evening.send()
    assert (again.is_repeated, again.envelope.id, await evening.coins()) == (True, first.envelope.id, 90)
    with pytest.raises(KeyReused):
        await evening.send(EnvelopeTerms(11, 2, Split.EQUAL))
    for _ in range(2):
        with pytest.raises(BalanceTooLow):
            await evening.send(EnvelopeTerms(91, 1), "dear")
        await credit(evening.core, evening.host.user, 100, "more")
    found = await evening.core.db.envelopes.page(evening.host.tenant.name, "", 10)
    assert [one.id for one in found] == [first.envelope.id]


async def test_while_stores_are_away_nothing_is_paid_and_nothing_lost(evening: Evening) -> None:
    evening.world.live.down = True
    with pytest.raises(LiveUnavailable):
        await evening.send()
    evening.world.live.down = False
    id = (await evening.send()).envelope.id
    evening.world.live.down = True
    with pytest.raises(LiveUnavailable):
        await evening.grab(0, id)
    evening.world.live.down, evening.world.sql.down = False, True
    with pytest.raises(DatabaseUnavailable):
        await evening.grab(0, id)
    evening.world.sql.down = False
    assert (await evening.grab(0, id)).grab.number == 0


@pytest.mark.parametrize("point", ["ledger.posted", "envelope.sent", "envelope.grabbed", "envelope.ended"])
async def test_a_process_that_dies_leaves_the_rest_to_the_next(evening: Evening, point: str) -> None:
    faults.arm(point, die)

    async def go_on() -> None:
        await evening.grab(0, (await evening.send(EnvelopeTerms(10, 1))).envelope.id)

    with pytest.raises((Died, DatabaseUnavailable)):
        await go_on()
    faults.disarm()
    sent = await evening.send(EnvelopeTerms(10, 1))
    assert sent.is_repeated is (point != "ledger.posted")
    await evening.grab(0, sent.envelope.id)
    evening.world.pass_by(1)
    await evening.services.endings.run()
    assert (await evening.promo(0), await evening.coins(), await evening.held(sent.envelope.id)) == (10, 90, 0)
    told = [kind for kind, _ in await evening.told()]
    assert sorted(kind for kind in told if kind != "grabbed") == ["ended", "sent"]


async def test_a_room_that_could_not_be_told_is_told_by_the_relay(evening: Evening) -> None:
    def outage() -> None:
        evening.world.live.down = True

    faults.arm("envelope.sent", outage)
    id = (await evening.send()).envelope.id
    faults.disarm()
    evening.world.live.down = False
    assert [kind for kind, _ in await evening.told()] == ["sent"]
    assert await evening.shown() == [id]


async def test_a_frozen_account_gets_nothing_and_the_next_one_its_part(evening: Evening) -> None:
    await credit(evening.core, evening.guests[0].user, 1, "open")
    id = (await evening.send(EnvelopeTerms(10, 1))).envelope.id
    await evening.grab(1, (await evening.send(EnvelopeTerms(10, 2), "other")).envelope.id)
    name = AccountName(evening.host.tenant.name, AccountKind.PROMO, evening.guests[1].user)
    account = (await evening.core.db.ledger_accounts.find([name]))[name].id
    await evening.core.db.ledger_accounts.freeze([account], frozen=True)
    done = await asyncio.gather(evening.grab(1, id), evening.grab(0, id), return_exceptions=True)
    assert isinstance(done[0], AccountFrozen)
    assert isinstance(done[1], Grabbed)


async def test_a_frozen_wallet_gets_the_rest_all_the_same(evening: Evening) -> None:
    id = (await evening.send()).envelope.id
    name = AccountName(evening.host.tenant.name, AccountKind.WALLET, evening.host.user)
    account = (await evening.core.db.ledger_accounts.find([name]))[name].id
    await evening.core.db.ledger_accounts.freeze([account], frozen=True)
    evening.world.pass_by(121)
    assert await evening.services.endings.run() == 1
    assert (await evening.coins(), await evening.held(id)) == (100, 0)


async def test_the_rest_of_a_deleted_sender_waits_for_breakage(evening: Evening) -> None:
    await evening.send()
    await evening.core.services.deletion.delete(evening.host)
    evening.world.pass_by(1)
    assert await evening.services.endings.run() == 1
    evening.world.pass_by(31 * 24 * 3600)
    await evening.core.jobs.expired_coins.run()
    await evening.core.jobs.folding.run()
    name = AccountName(evening.host.tenant.name, AccountKind.BREAKAGE)
    assert (await evening.core.db.ledger_accounts.find([name]))[name].balance == 100


async def test_the_operator_sends_under_two_pairs_of_eyes_and_cancels(evening: Evening) -> None:
    operator, other = operator_of(evening.core), operator_of(evening.core, "two")
    admin, terms = evening.services.admin, EnvelopeTerms(60_000, 2, Split.EQUAL)
    with pytest.raises(ApprovalRequired) as asked:
        await admin.send(operator, evening.room, terms, "op", "party")
    await evening.core.services.money.approvals.decide(other, asked.value.approval, approve=True)
    id = (await admin.send(operator, evening.room, terms, "op", "party")).envelope.id
    assert (await admin.send(operator, evening.room, terms, "op", "party")).is_repeated
    await evening.grab(0, id)
    ended = await evening.services.endings.cancel(operator.tenant.name, id)
    assert (ended.end, ended.rest) == (EnvelopeEnd.CANCELLED, 30_000)
    with pytest.raises(EnvelopeOver):
        await evening.services.endings.cancel(operator.tenant.name, id)
    await evening.core.jobs.folding.run()
    grants = AccountName(operator.tenant.name, AccountKind.GRANTS)
    assert (await evening.core.db.ledger_accounts.find([grants]))[grants].balance == -30_000


async def test_late_losers_ask_no_database(evening: Evening) -> None:
    id = (await evening.send(EnvelopeTerms(1, 1))).envelope.id
    await evening.grab(0, id)
    with pytest.raises(EnvelopeOver):
        await evening.grab(1, id)
    evening.world.sql.down = evening.world.live.down = True
    for _ in range(3):
        with pytest.raises(EnvelopeOver):
            await evening.grab(2, id)
    assert (await evening.grab(0, id)).is_repeated
    evening.world.sql.down = evening.world.live.down = False


async def test_the_audit_finds_an_envelope_that_does_not_end_or_has_coins_left(evening: Evening) -> None:
    id = (await evening.send()).envelope.id
    evening.world.pass_by(200)
    await evening.core.jobs.folding.run()
    assert await evening.core.jobs.ledger_audit.look() == 1
    (found,) = await evening.core.db.differences.open(5)
    assert (found.check, found.subject, found.found) == ("envelope", id, 10)
    await evening.services.endings.run()
    await evening.core.jobs.folding.run()
    await evening.core.jobs.ledger_audit.look()
    assert await evening.core.db.differences.open(5) == []
    change = update(accounts).where(accounts.c.owner == id)
    await evening.core.db.engine.run(statement(change.values(balance=3)))
    await evening.core.jobs.ledger_audit.look()
    assert {one.found for one in await evening.core.db.differences.open(5)} >= {3}
    await evening.core.db.engine.run(statement(change.values(balance=0)))
