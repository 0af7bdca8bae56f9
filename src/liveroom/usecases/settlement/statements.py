"""Statements: what hosts, agencies and operators see of settled periods, and the file for accounting."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.agencies.model import AgencyId, account_of
from liveroom.domain.errors import TokenExpired, TokenInvalid
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import Account, AccountKind, AccountName
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.moments import moment
from liveroom.domain.packing import packed, unpacked
from liveroom.domain.payloads import instant_text
from liveroom.domain.settlement.failures import AccountStatementNotFound
from liveroom.domain.settlement.model import AccountStatement, SettlementState
from liveroom.domain.settlement.periods import Calendars
from liveroom.domain.tables import csv_line
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database
from liveroom.usecases.agencies.hosts import own_agency
from liveroom.usecases.settlement.spans import SettlementSpans
from liveroom.usecases.signed_texts import SignedTexts
from liveroom.usecases.statistics.exporting import LASTS

_AT_ONCE: Final = 500
_COLUMNS: Final = (
    *("period", "beginUtc", "endUtc", "kind", "accountId", "userId", "agencyId", "agencyName", "opening", "gifts"),
    *("refunds", "adjustments", "payouts", "bonuses", "closing", "liveSeconds", "bonus", "bonusRules"),
)


class OwnedStatement(NamedTuple):
    """A statement, and whose it is."""

    statement: AccountStatement
    owner: str
    """The host (a pseudonym once they are erased), or the agency."""


class _Ticket(msgspec.Struct, frozen=True):
    """What a link is for."""

    tenant: TenantName
    period: str
    expires: int


@dataclass(frozen=True, slots=True)
class AccountStatements:
    """Reads statements."""

    db: Database
    spans: SettlementSpans

    async def own(
        self, tenant: Tenant, user: UserId, agency: AgencyId | None, *, cursor: str, limit: int
    ) -> tuple[Sequence[OwnedStatement], str]:
        """Return the statements of a user, or of an agency of theirs, the latest first, and the next page's cursor.

        Raises ``AgencyNotFound``.
        """
        before = await self.spans.begin_of(tenant, cursor)
        account = await self._account(await self._name(tenant.name, user, agency))
        found = await self.db.settlements.of_account(account.id, before, limit + 1) if account else []
        after = found[limit - 1].period if len(found) > limit else ""
        return [OwnedStatement(one, agency or user) for one in found[:limit]], after

    async def own_of(self, tenant: TenantName, user: UserId, agency: AgencyId | None, period: str) -> OwnedStatement:
        """Return one of them. Raises ``AgencyNotFound``, ``BadRequest``, ``AccountStatementNotFound``."""
        found = await self.get(await self._name(tenant, user, agency), period)
        if found.statement.closed is None:
            raise AccountStatementNotFound
        return found

    async def get(self, name: AccountName, period: str) -> OwnedStatement:
        """Return an account's of a period, closed or not. Raises ``BadRequest``, ``AccountStatementNotFound``."""
        key, account = self.spans.calendars.key(period), await self._account(name)
        found = await self.db.settlements.statement(name.tenant, key, account.id) if account else None
        if found is None:
            raise AccountStatementNotFound
        return OwnedStatement(found, name.owner)

    async def page(
        self, tenant: TenantName, period: str, *, cursor: str, limit: int
    ) -> tuple[Sequence[OwnedStatement], str]:
        """Return the statements of a period by their accounts, and the next page's cursor. Raises ``BadRequest``,
        ``AccountStatementNotFound`` for a period that is not settled.
        """
        key = self.spans.calendars.key(period)
        await check_settled(self.db, tenant, key)
        found = await self.db.settlements.statements(tenant, key, cursor, limit + 1)
        after = found[limit - 1].account if len(found) > limit else ""
        return await _owned(self.db, found[:limit]), after

    async def _name(self, tenant: TenantName, user: UserId, agency: AgencyId | None) -> AccountName:
        if agency is None:
            return accounts_of(tenant, user).points
        own_agency(await self.db.agencies.get(agency), tenant, user)
        return account_of(tenant, agency)

    async def _account(self, name: AccountName) -> Account | None:
        return (await self.db.ledger_accounts.find([name])).get(name)


@dataclass(frozen=True, slots=True)
class StatementExports:
    """Makes links to the statements of a period, and what is behind them."""

    db: Database
    clock: Clock
    tickets: SignedTexts
    calendars: Calendars

    async def issue(self, tenant: TenantName, period: str) -> tuple[str, int]:
        """Return a ticket, and when it expires. Raises ``BadRequest``, ``AccountStatementNotFound``."""
        key = self.calendars.key(period)
        await check_settled(self.db, tenant, key)
        expires = moment(self.clock.now() + LASTS)
        return self.tickets.sign(packed(msgspec.json.encode(_Ticket(tenant, key, expires)))), expires

    async def lines(self, ticket: str) -> AsyncIterator[str]:
        """Yield lines of CSV. Raises ``TokenInvalid``, ``TokenExpired``."""
        try:
            read = msgspec.json.decode(unpacked(self.tickets.read(ticket)), type=_Ticket)
        except msgspec.MsgspecError as problem:
            raise TokenInvalid from problem
        if read.expires <= moment(self.clock.now()):
            raise TokenExpired
        async for line in statement_lines(self.db, read.tenant, read.period):
            yield line


async def statement_lines(db: Database, tenant: TenantName, period: str) -> AsyncIterator[str]:
    """Yield the statements of a period as lines of CSV, some at a time, the first with the names of the columns."""
    yield csv_line(_COLUMNS)
    after = ""
    while found := await db.settlements.statements(tenant, period, after, _AT_ONCE):
        after = found[-1].account
        owned = await _owned(db, found)
        agencies = {AgencyId(one.owner) for one in owned if one.statement.kind is AccountKind.AGENCY}
        names = {id: agency.name for id, agency in (await db.agencies.some(agencies)).items()}
        yield "".join(csv_line(_cells(one, names.get(AgencyId(one.owner), ""))) for one in owned)


async def check_settled(db: Database, tenant: TenantName, period: str) -> None:
    """Raise ``AccountStatementNotFound`` unless all statements of a period are there."""
    settlement = await db.settlements.get(tenant, period)
    if settlement is None or settlement.state is SettlementState.COUNTING:
        raise AccountStatementNotFound


async def _owned(db: Database, found: Sequence[AccountStatement]) -> list[OwnedStatement]:
    names = await db.ledger_accounts.names({one.account for one in found})
    return [OwnedStatement(one, names[one.account].owner) for one in found]


def _cells(owned: OwnedStatement, agency: str) -> tuple[str | int, ...]:
    one, is_agency = owned.statement, owned.statement.kind is AccountKind.AGENCY
    whose = ("", owned.owner, agency) if is_agency else (owned.owner, "", "")
    head = (one.period, instant_text(one.begins), instant_text(one.ends), one.kind.value, one.account, *whose)
    rules = " ".join(f"{bonus.rule}:{bonus.points}" for bonus in one.given)
    return (*head, *one.moved, one.moved.closing, one.live, one.bonus, rules)
