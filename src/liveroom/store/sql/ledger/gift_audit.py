"""Sums of gifts, by what is stored with them and by what was moved for them: both by ids, which sort by time."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, func, select

from liveroom.domain.gifts.sending import SentGiftState
from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountId, AccountKind
from liveroom.domain.ledger.journals import JournalId, MoveKind
from liveroom.ports.ledger_audit import SoldGifts
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.ledger_tables import accounts, entries, journals
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.sent_gift_tables import sent_gifts

_G: Final = sent_gifts.c
_E: Final = entries.c
_SENT: Final = statement(
    select(
        _G.tenant,
        _G.agency,
        func.sum(_G.coins),
        func.sum(_G.host_points + _G.agency_points + _G.platform_points),
        func.sum(_G.agency_points),
    )
    .where(_G.id >= bindparam("begin"), _G.id < bindparam("end"), _G.state == SentGiftState.SENT.value)
    .group_by(_G.tenant, _G.agency)
)
_MOVED: Final = statement(
    select(journals.c.tenant, accounts.c.kind, accounts.c.id, func.sum(_E.amount))
    .join_from(journals, entries, _E.journal == journals.c.id)
    .join(accounts, accounts.c.id == _E.account)
    .where(
        journals.c.id >= bindparam("begin"),
        journals.c.id < bindparam("end"),
        journals.c.kind == MoveKind.GIFTS.value,
        accounts.c.kind.in_([AccountKind.SALES.value, AccountKind.ISSUE.value, AccountKind.AGENCY.value]),
    )
    .group_by(journals.c.tenant, accounts.c.kind, accounts.c.id)
)


@dataclass(frozen=True, slots=True)
class SqlGiftAudit:
    """``ports.GiftAuditRows``."""

    _runner: Runner

    async def sent(self, begin: JournalId, end: JournalId) -> Mapping[TenantName, SoldGifts]:
        coins, points, agencies = Counter[str](), Counter[str](), defaultdict[str, dict[AccountId, int]](dict)
        for tenant, agency, cost, earned, share in await self._runner.rows(_SENT, begin=begin, end=end):
            coins[tenant] += int(cost)
            points[tenant] += int(earned)
            if share:
                agencies[tenant][AccountId(agency)] = int(share)
        return {TenantName(one): SoldGifts(coins[one], points[one], agencies[one]) for one in coins}

    async def moved(self, begin: JournalId, end: JournalId) -> Mapping[TenantName, SoldGifts]:
        sums = defaultdict[str, Counter[str]](Counter)
        agencies = defaultdict[str, dict[AccountId, int]](dict)
        for tenant, kind, account, amount in await self._runner.rows(_MOVED, begin=begin, end=end):
            sums[tenant][kind] += int(amount)
            if kind == AccountKind.AGENCY and amount:
                agencies[tenant][AccountId(account)] = int(amount)
        return {
            TenantName(tenant): SoldGifts(by_kind[AccountKind.SALES], -by_kind[AccountKind.ISSUE], agencies[tenant])
            for tenant, by_kind in sums.items()
        }
