"""A room in which money moves, and two processes that move it: both from the room, where the live store is shared."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from liveroom.app.assembly import Core, assemble
from liveroom.app.backends import make_idle_live, make_live, open_database
from liveroom.domain.accounts.sessions import Actor, Session
from liveroom.domain.accounts.users import User
from liveroom.domain.agencies.model import Agency, MembershipState
from liveroom.domain.envelopes.draw import Split
from liveroom.domain.envelopes.model import EnvelopeTerms
from liveroom.domain.errors import Failure, LiveUnavailable
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ids import RoomId, SessionId, UserId, new_id
from liveroom.domain.ledger.accounts import AccountId, AccountKind, AccountName, Currency
from liveroom.domain.ledger.journals import JournalId, MoveKind
from liveroom.domain.ledger.payouts import PayoutState
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.options import SeatMode
from liveroom.usecases.envelopes.filling import FilledEnvelope
from liveroom.usecases.gifts.sending import WantedGift
from liveroom.usecases.ledger.credits import Credit
from liveroom.usecases.ledger.payouts import PayoutRequest
from tests.service import serving
from tests.store.sql.looking import rows_of
from tests.stories.world import once_rebuilt
from tests.usecases.economy.plain_approvals import ACTS, PURCHASES
from tests.usecases.economy.plain_rows import (
    AGENCY,
    CLEARING,
    GRABBED_LAST,
    HOST,
    NOTICE,
    OPEN,
    PERCENT,
    SHARE,
    STAGE,
    Act,
    Done,
)
from tests.worlds import WoundClock, a_moment

PEOPLE: Final = STAGE + 3
"""The host, guests on stage, and two in the audience."""
_HOUSE: Final = ("float", "grants", "sales", "breakage", "issue", "platform", "payable", "paid")
_CREDITS: Final = {
    "buy": (MoveKind.PURCHASE, Currency.COIN, 1),
    "grant": (MoveKind.GRANT, Currency.COIN, 1),
    "lend": (MoveKind.GRANT, Currency.COIN, 1),
    "spend": (MoveKind.ADJUST, Currency.COIN, -1),
    "earn": (MoveKind.ADJUST, Currency.POINT, 1),
    "lose": (MoveKind.ADJUST, Currency.POINT, -1),
}
_TRIES: Final = 600
_IN_THE_ROOM: Final = {"gift", "fill", "offer", "grab"}


@dataclass
class Economy:
    """The processes, the first of which has the live store."""

    cores: Sequence[Core]
    clock: WoundClock
    shares: bool
    """The live store is shared: the second process has it too."""

    @property
    def core(self) -> Core:
        return self.cores[0]


@dataclass
class Evening:
    """People in a room, an agency, and how each of their acts is done."""

    economy: Economy
    actors: list[Actor] = field(default_factory=list)
    room: RoomId = RoomId("")
    agency: Agency = field(init=False)
    accounts: dict[AccountId, tuple[str, int | str]] = field(default_factory=dict)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """The journals of credits, by their kinds and keys."""
    base: Mapping[tuple[str, int | str], int] = field(default_factory=dict)
    """What there was before."""

    async def begin(self) -> None:
        """Let them come, and open all their accounts."""
        core, tenant = self.economy.core, self.economy.core.services.tenants.default
        self.actors = [await make_actor(self.economy) for _ in range(PEOPLE)]
        self.room = RoomId(str(self.actors[0].user))
        enter = core.services.entering.enter
        await once_rebuilt(lambda: enter(self.actors[0], self.room, role="anchor", changes=RoomChanges()))
        for actor in self.actors[1:]:
            await once_rebuilt(partial(enter, actor, self.room, role="audience", changes=RoomChanges()))
        await core.services.seating.plans.configure(self.actors[0], self.room, None, SeatMode.FREE)
        for place in range(1, STAGE + 1):
            await core.services.seating.seats.take(self.actors[place], self.room, place)
        owner = await make_actor(self.economy)
        self.agency = await core.services.money.settlement.admin_agencies.create(
            self.operator("one"), "Stars", owner.user, ""
        )
        names: dict[AccountName, tuple[str, int | str]] = {
            AccountName(tenant.name, AccountKind(kind)): (kind, "") for kind in _HOUSE
        }
        for number, actor in enumerate(self.actors):
            names |= {name: (name.kind.value, number) for name in accounts_of(tenant.name, actor.user)}
        names[self.agency.account] = ("earnings", AGENCY)
        ids = await core.db.transact(lambda tx: tx.ledger_accounts.open(names))
        self.accounts = {ids[name]: whose for name, whose in names.items()}
        self.base = await self.held()

    async def held(self) -> Mapping[tuple[str, int | str], int]:
        """Return what is in each account, with what waits for it, beyond what there was."""
        sql = "SELECT a.id, a.balance + COALESCE((SELECT SUM(d.amount) FROM lr_dues d WHERE d.account = a.id), 0) "
        sql += f"FROM lr_accounts a WHERE a.id IN ({', '.join(map(repr, self.accounts))})"
        rows = {self.accounts[AccountId(id)]: int(held) for id, held in await rows_of(self.economy.core.db, sql)}
        return {whose: held - self.base.get(whose, 0) for whose, held in rows.items()}

    def operator(self, by: str) -> Operator:
        """Return somebody who may do everything, in this room's evening alone."""
        tenant, name = self.actors[0].tenant, f"operator:{by}-{self.room}"
        return Operator(tenant, name, self.economy.clock.now(), may=lambda _: True)

    def key(self, key: str) -> str:
        return f"{self.room}-{key}"

    async def do(self, act: Act, process: int) -> Done:
        """Do it; say what came of it."""
        is_here = act.what in _IN_THE_ROOM and not self.economy.shares
        core = self.economy.cores[0 if is_here else process]
        methods = {"gift": self._give, "fill": self._fill, "grab": self._grab, "refund": self._refund}
        methods |= {"reverse": self._reverse, "hold": self._hold, "settle": self._end, "cancel": self._end}
        methods |= {"freeze": self._freeze, "thaw": self._freeze, "draw": self._hold, "offer": self._offer}
        methods |= {"join": self._join, "leave": self._leave, "dismiss": self._dismiss}
        for _ in range(_TRIES):
            try:
                return await methods.get(act.what, self._credit)(core, act)
            except LiveUnavailable:
                # A part of the live store is being filled: nothing was done.
                await a_moment(0.05)
            except Failure as failure:
                return Done(type(failure).__name__)
        raise AssertionError(f"{act} is never answered")

    async def _credit(self, core: Core, act: Act) -> Done:
        kind, currency, sign = _CREDITS[act.what]
        user, key = self.actors[act.user].user, self.key(act.key)
        asked = Credit(user, kind, currency, sign * act.amount, key, act.expires)
        done = await core.services.money.credits.credit(self.operator(act.by), asked)
        self.ids[kind.value, act.key] = done.journal.id
        return _done(done.journal.id, is_repeated=done.is_repeated)

    async def _reverse(self, core: Core, act: Act) -> Done:
        id = JournalId(self.ids[act.credit])
        done = await core.services.money.credits.reverse(self.operator(act.by), id, self.key(act.key), "")
        return _done(is_repeated=done.is_repeated)

    async def _give(self, core: Core, act: Act) -> Done:
        to = tuple(self.actors[one].user for one in act.to)
        wanted = WantedGift(self.room, GiftId(act.thing), self.key(act.key), act.amount, to, combo=act.combo)
        receipt = (await core.services.money.gifts.sending.send(self.actors[act.user], wanted)).receipt
        (combo,) = {gift.combo_total for gift in receipt.gifts}
        done = _done(*(gift.id for gift in receipt.gifts), is_repeated=receipt.is_repeated)
        return done._replace(combo=combo)

    async def _refund(self, core: Core, act: Act) -> Done:
        refunds = core.services.money.gifts.refunds
        done = await refunds.refund(self.operator(act.by), act.gift, self.key(act.key), "")
        return _done(is_repeated=done.is_repeated)

    async def _hold(self, core: Core, act: Act) -> Done:
        whose: tuple[UserId | None, AccountId | None] = self.actors[act.user].user, None
        if act.what == "draw":
            (account,) = [id for id, of in self.accounts.items() if of == ("earnings", AGENCY)]
            whose = None, account
        asked = PayoutRequest(*whose, act.amount, self.key(act.key))
        return _done(is_repeated=(await core.services.money.payouts.hold(self.operator(act.by), asked)).is_repeated)

    async def _end(self, core: Core, act: Act) -> Done:
        state = PayoutState.SETTLED if act.what == "settle" else PayoutState.CANCELLED
        done = await core.services.money.payouts.end(self.operator(act.by), self.key(act.key), state)
        return _done(is_repeated=done.is_repeated)

    async def _freeze(self, core: Core, act: Act) -> Done:
        tenant, user, frozen = self.actors[0].tenant.name, self.actors[act.user].user, act.what == "freeze"
        return _done(is_repeated=await core.services.money.freezing.freeze(tenant, user, frozen=frozen) is frozen)

    async def _fill(self, core: Core, act: Act) -> Done:
        terms = EnvelopeTerms(act.amount, act.parts, Split.RANDOM, lasts=OPEN)
        sender, key = self.actors[act.user], self.key(act.key)
        return await self._put(core, await core.services.money.envelopes.envelopes.send(sender, self.room, terms, key))

    async def _offer(self, core: Core, act: Act) -> Done:
        terms = EnvelopeTerms(act.amount, act.parts, Split.EQUAL, lasts=OPEN)
        operator, admin = self.operator(act.by), core.services.money.envelopes.admin
        return await self._put(core, await admin.send(operator, self.room, terms, self.key(act.key), ""))

    async def _put(self, core: Core, done: FilledEnvelope) -> Done:
        if done.is_repeated:
            return Done("repeated")
        found = await core.db.ledger_accounts.find([done.envelope.account])
        self.accounts[found[done.envelope.account].id] = ("envelope", done.envelope.id)
        return Done("done", (done.envelope.id,), tuple(done.envelope.draw.amounts), done.envelope.ends)

    async def _grab(self, core: Core, act: Act) -> Done:
        done = await core.services.money.envelopes.grabs.grab(self.actors[act.user], act.envelope)
        return _done(done.grab.id, is_repeated=done.is_repeated)

    async def _join(self, core: Core, act: Act) -> Done:
        hosts, actor = core.services.money.settlement.agency_hosts, self.actors[act.user]
        invited = await hosts.invite(self.operator(act.by), self.agency.id, actor.user)
        await hosts.accept(actor, invited.id)
        return _done(is_repeated=invited.state is MembershipState.JOINED)

    async def _leave(self, core: Core, act: Act) -> Done:
        hosts, actor, now = core.services.money.settlement.agency_hosts, self.actors[act.user], self.economy.clock.now()
        ends = (await hosts.leave(actor)).ends
        assert ends is not None
        return _done("left", is_repeated=ends < now + NOTICE)._replace(ends=ends)

    async def _dismiss(self, core: Core, act: Act) -> Done:
        hosts = core.services.money.settlement.agency_hosts
        await hosts.dismiss(self.operator(act.by), self.agency.id, self.actors[act.user].user)
        return Done("done")


async def make_actor(economy: Economy) -> Actor:
    """Make somebody with a session."""
    db, tenant, now = economy.core.db, economy.core.services.tenants.default, economy.clock.now()
    user, session = UserId(tenant.write_id(await db.ids.take(1))), SessionId(new_id(now))
    await db.users.add(User(user, tenant.name, now, now))
    await db.sessions.add(Session(session, user, tenant.name, now))
    return Actor(user, session, tenant)


def _done(*ids: str, is_repeated: bool) -> Done:
    return Done("repeated" if is_repeated else "done", ids)


@asynccontextmanager
async def economy_on(folder: Path, **given: Any) -> AsyncIterator[Economy]:
    """Yield two processes on the stores that are named, or on SQLite with the memory of the first."""
    chosen: dict[str, Any] = {
        "adults": "all",
        "approval_limit": ACTS,
        "purchase_limit": PURCHASES,
        "earnings_clear": f"{CLEARING.seconds}s",
        "envelope_coins": f"{GRABBED_LAST.seconds}s",
        "gift_points": PERCENT,
        "gift_shares": f"{HOST},{SHARE},{1000 - HOST - SHARE}",
        "agency_notice": f"{NOTICE.seconds}s",
    }
    async with serving(folder, **chosen, **given) as service:
        settings, clock = service.core.settings, service.clock
        shares = settings.redis_url is not None
        db = await open_database(settings)
        other = await assemble(settings, clock, db, make=make_live if shares else make_idle_live)
        if shares:
            await other.live.start()
        try:
            yield Economy((service.core, other), clock, shares)
        finally:
            await other.leave_vendors()
            if shares:
                await other.live.close()
            await db.close()
