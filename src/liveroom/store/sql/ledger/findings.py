"""How far the audit of the ledger has come, what it has found, and seals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, Integer, bindparam, delete, func, select, update

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.differences import LedgerCheck, LedgerDifference, OpenDifference
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.ledger.seals import Seal
from liveroom.domain.parts import parts
from liveroom.ports.ledger_audit import Checkpoint
from liveroom.store.sql.dialect import Row, Statement, Values, put_row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.ledger_tables import checkpoints, differences, seals
from liveroom.store.sql.runner import Runner

_EVERYTHING: Final = "*"
"""Under this stands how far the audit has come; no account has that id."""
_ACCOUNTS: Final[BindParameter[str]] = bindparam("accounts", expanding=True)
_OF: Final = statement(select(checkpoints).where(checkpoints.c.account.in_(_ACCOUNTS)))
_PUT: Final = put_row(checkpoints)
_AT_ONCE: Final = 500

_D: Final = differences.c
_NOTE: Final = Statement(lambda dialect: dialect.insert_or_keep(differences))
_OPEN: Final = statement(select(differences).where(_D.id > "").order_by(_D.id).limit(bindparam("limit", type_=Integer)))
_DROP: Final = statement(delete(differences).where(_D.id == bindparam("which")))
_COUNT: Final = statement(select(func.count()).select_from(differences).where(_D.id > ""))

_S: Final = seals.c
_SEAL: Final = Statement(lambda dialect: dialect.insert_or_keep(seals))
_SHOWN: Final = select(_S.number, _S.until, _S.digest, _S.journals, _S.made)
_GET: Final = statement(_SHOWN.where(_S.number == bindparam("which", type_=Integer)))
_LAST: Final = statement(_SHOWN.where(_S.number > 0).order_by(_S.number.desc()).limit(1))
_LEAST: Final = statement(select(_S.number).where(_S.checked >= 0).order_by(_S.checked, _S.number).limit(1))
_NEWEST: Final = statement(
    select(_S.checked).where(_S.checked >= 0).order_by(_S.checked.desc(), _S.number.desc()).limit(1)
)
_CHECKED: Final = statement(
    update(seals).where(_S.number == bindparam("which", type_=Integer)).values(checked=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class SqlCheckpoints:
    """``ports.CheckpointRows``."""

    _runner: Runner

    async def progress(self) -> JournalId:
        rows = await self._runner.rows(_OF, accounts=[_EVERYTHING])
        return JournalId(rows[0][1]) if rows else JournalId("")

    async def put_progress(self, until: JournalId) -> None:
        await self._runner.run(_PUT, account=_EVERYTHING, until=until, amount=0)

    async def of(self, accounts: Collection[AccountId]) -> Mapping[AccountId, Checkpoint]:
        rows = [
            row for some in parts(sorted(accounts), _AT_ONCE) for row in await self._runner.rows(_OF, accounts=some)
        ]
        return {AccountId(row[0]): Checkpoint(AccountId(row[0]), JournalId(row[1]), row[2]) for row in rows}

    async def put(self, checkpoints: Sequence[Checkpoint]) -> None:
        if checkpoints:
            await self._runner.run_many(_PUT, [one._asdict() for one in checkpoints])


@dataclass(frozen=True, slots=True)
class SqlDifferences:
    """``ports.DifferenceRows``."""

    _runner: Runner

    async def add(self, difference: LedgerDifference, now: datetime) -> bool:
        return bool(
            await self._runner.run(
                _NOTE,
                id=difference.id,
                check_of=difference.check.value,
                tenant=difference.tenant,
                subject=difference.subject,
                expected=difference.expected,
                found=difference.found,
                since=millis(now),
            )
        )

    async def open(self, limit: int) -> Sequence[OpenDifference]:
        return [
            OpenDifference(id, LedgerCheck(check), TenantName(tenant), subject, expected, found, instant(since))
            for id, check, tenant, subject, expected, found, since in await self._runner.rows(_OPEN, limit=limit)
        ]

    async def drop(self, id: str) -> None:
        await self._runner.run(_DROP, which=id)

    async def count(self) -> int:
        row = await self._runner.row(_COUNT)
        return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class SqlSeals:
    """``ports.SealRows``."""

    _runner: Runner

    async def add(self, seal: Seal) -> bool:
        values: Values = {"number": seal.number, "until": seal.until, "digest": seal.digest, "journals": seal.journals}
        return bool(await self._runner.run(_SEAL, **values, made=millis(seal.made), checked=0))

    async def last(self) -> Seal | None:
        return _seal(await self._runner.row(_LAST))

    async def get(self, number: int) -> Seal | None:
        return _seal(await self._runner.row(_GET, which=number))

    async def least_checked(self) -> int | None:
        row = await self._runner.row(_LEAST)
        return int(row[0]) if row else None

    async def last_checked(self) -> datetime | None:
        row = await self._runner.row(_NEWEST)
        return instant(row[0]) if row and row[0] else None

    async def checked(self, number: int, now: datetime) -> None:
        await self._runner.run(_CHECKED, which=number, now=millis(now))


def _seal(row: Row | None) -> Seal | None:
    return Seal(row[0], JournalId(row[1]), row[2], row[3], instant(row[4])) if row else None
