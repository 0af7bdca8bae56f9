"""Agencies and settlements in tests, on either database: gifts are sold by a shop, and time is wound."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import text

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.agencies.model import Agency, AgencyId, account_of
from liveroom.domain.ids import SessionId, UserId, new_id
from liveroom.domain.ledger.accounts import AccountId, AccountKind, AccountName
from liveroom.domain.ledger.approvals import ApprovalLimits
from liveroom.domain.ledger.journals import LedgerCommand, Move, MoveKind, Posting, digest_of_said
from liveroom.domain.operators.caller import Operator
from liveroom.domain.settlement.bonuses import read_rules
from liveroom.domain.settlement.periods import Calendar, Calendars, PeriodUnit
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Live
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from liveroom.usecases.agencies.admin import AdminAgencies
from liveroom.usecases.agencies.hosts import AgencyHosts
from liveroom.usecases.battles.scoring import BattleScoring
from liveroom.usecases.events.recorder import EventRecorder, no_targets
from liveroom.usecases.gifts.refunding import Refunds
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.settlement.closing import Settlements
from liveroom.usecases.settlement.recomputing import Recomputation, StatementDifference
from liveroom.usecases.settlement.spans import SettlementSpans
from tests.store.sql.gifts.selling import HOME, Shop, order
from tests.store.sql.samples import user

TENANT = Tenant(HOME)
MONTHS = Calendar(PeriodUnit.MONTH, UTC)
MONTH = MONTHS.read("2040-01")
"""A month that is over once a test says so."""
NOTICE = timedelta(days=7)


@dataclass
class Bureau:
    """What operators, agencies and hosts do, on a database."""

    db: SqlDatabase
    limit: int = 0
    zone: str = ""
    """The tenant's; "": UTC."""
    shop: Shop = field(init=False)

    def __post_init__(self) -> None:
        self.shop = Shop(self.db)
        self.clock = self.shop.clock
        self.recorder = EventRecorder(no_targets, self.clock)
        self.hosts = AgencyHosts(self.db, self.clock, self.recorder, NOTICE)
        self.agencies = AdminAgencies(self.db, self.clock, self.hosts)
        self.approvals = Approvals(self.db, self.clock, ApprovalLimits(self.limit, 0))

    def at(self, when: datetime) -> None:
        """Let it be that time."""
        self.clock.advance(when - self.clock.now())

    def operator(self, name: str = "one") -> Operator:
        return Operator(replace(TENANT, zone=self.zone), f"operator:{name}", self.clock.now(), may=lambda _: True)

    def actor(self, id: str) -> Actor:
        return Actor(UserId(id), SessionId("s"), TENANT)

    async def people(self, *ids: str) -> None:
        for id in ids:
            await self.db.users.add(user(id))

    async def agency(self, owner: str, *hosts: str) -> Agency:
        """Make an agency with hosts who have joined."""
        made = await self.agencies.create(self.operator(), "Stars", UserId(owner), "10 % for us")
        for host in hosts:
            await self.join(made.id, host)
        return made

    async def join(self, agency: AgencyId, host: str) -> None:
        invited = await self.hosts.invite(self.operator(), agency, UserId(host))
        await self.hosts.accept(self.actor(host), invited.id)

    async def balance(self, kind: AccountKind, owner: str = "") -> int:
        return await self.shop.balance(kind, owner)

    async def account(self, kind: AccountKind, owner: str) -> AccountId:
        name = AccountName(HOME, kind, owner)
        return (await self.db.ledger_accounts.open([name]))[name]

    async def of_agency(self, agency: Agency) -> int:
        return await self.balance(AccountKind.AGENCY, account_of(HOME, agency.id).owner)

    async def sell(self, receiver: str, *, gift: str = "coffee", count: int = 1, key: str = "") -> str:
        """Have somebody send a gift; return its id."""
        await self.shop.give("1", coins=10_000)
        (done,) = (await self.shop.payments.take([order("1", receiver, gift=gift, count=count, key=key)])).decisions
        return str(done.gifts[0].id)  # type: ignore[union-attr]

    async def adjust(self, host: str, points: int) -> None:
        """Put a host's points right."""
        command = LedgerCommand(HOME, MoveKind.ADJUST, new_id(self.clock.now()), digest_of_said(), "test")
        moves = [
            Move(AccountName(HOME, AccountKind.ISSUE), -points),
            Move(AccountName(HOME, AccountKind.EARNINGS, host), points),
        ]
        await self.db.transact(lambda tx: self.shop.ledger.post(tx, Posting(command, moves)))

    async def change(self, sql: str) -> None:
        """Change rows behind everybody's back."""
        await self.db.engine.run(statement(text(sql)))

    def refunds(self) -> Refunds:
        """Return what takes gifts back; none of them counts in a battle."""
        scoring = BattleScoring(self.db, cast("Live", None))
        return Refunds(self.db, self.clock, self.shop.ledger, self.approvals, self.recorder, scoring)

    def settlements(self, at_once: int = 2) -> Settlements:
        """Return what settles, as a process has it."""
        spans = SettlementSpans(self.db, Calendars(PeriodUnit.MONTH, lambda tenant: ZoneInfo(tenant.zone or "UTC")))
        made = (self.db, self.clock, self.shop.ledger, self.approvals, self.recorder, spans)
        return Settlements(*made, at_once=at_once, parts=100)

    async def rules(self, **rules: Any) -> None:
        await self.db.settlements.put_rules(HOME, read_rules(rules))

    async def recomputed(self) -> list[StatementDifference]:
        return [one async for one in Recomputation(self.db).differences(HOME, MONTH.id)]
