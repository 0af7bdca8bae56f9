"""Rows of what differs, and of when each source was compared last."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, Integer, bindparam, delete, func, select, update

from liveroom.domain.drift.model import Drift, DriftCase, DriftOutcome, DriftRound, DriftSource, KnownDrift
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.parts import parts
from liveroom.store.sql.dialect import Row, Statement, Value, put_row, statement
from liveroom.store.sql.drift_tables import drift, drift_rounds
from liveroom.store.sql.instants import instant, millis, optional_instant
from liveroom.store.sql.runner import Runner

_D: Final = drift.c
_R: Final = drift_rounds.c
_LONGEST: Final = 1024
_LIMIT: Final = bindparam("limit", type_=Integer)
_BEHIND: Final = _D.id > bindparam("after")
_READ: Final = select(
    _D.source, _D.case_of, _D.subject, _D.tenant, _D.room, _D.user_id, _D.detail,
    _D.since, _D.looked, _D.looks, _D.tries, _D.failure,
)  # fmt: skip
_OF_SOURCE: Final = _D.source == bindparam("source")
_PAGE: Final = statement(_READ.where(_BEHIND).order_by(_D.id).limit(_LIMIT))
_PAGE_OF: Final = statement(_READ.where(_BEHIND, _OF_SOURCE).order_by(_D.id).limit(_LIMIT))
_ALL_OF: Final = statement(_READ.where(_OF_SOURCE))
_OF_ROOM: Final = statement(_READ.where(_D.room == bindparam("which")).order_by(_D.id).limit(_LIMIT))
_OF_USER: Final = statement(_READ.where(_D.user_id == bindparam("which")).order_by(_D.id).limit(_LIMIT))
_SHOWN: Final = 100
_PUT: Final = put_row(drift)
_IDS: Final[BindParameter[str]] = bindparam("ids", expanding=True)
_DROP: Final = statement(delete(drift).where(_D.id.in_(_IDS)))
_AT_ONCE: Final = 500
_COUNTS: Final = statement(select(_D.source, _D.kind, func.count()).where(_D.source > "").group_by(_D.source, _D.kind))

_ROUNDS: Final = statement(select(drift_rounds).where(_R.source > "").order_by(_R.source))
_OPERATORS: Final = frozenset({"source", "allowed_until", "allowed_by"})
_WRITTEN: Final = [column.name for column in drift_rounds.columns if column.name not in _OPERATORS]
_PUT_ROUND: Final = Statement(
    lambda dialect: dialect.upsert(drift_rounds, lambda new: [(name, new[name]) for name in _WRITTEN], "allowed_until")
)
_ALLOW: Final = statement(
    update(drift_rounds)
    .where(_R.source == bindparam("which"))
    .values(allowed_until=bindparam("until"), allowed_by=bindparam("by"))
)


@dataclass(frozen=True, slots=True)
class SqlDrift:
    """``ports.DriftRows``."""

    _runner: Runner

    async def rounds(self) -> Sequence[DriftRound]:
        return [_round(row) for row in await self._runner.rows(_ROUNDS)]

    async def put_round(self, round: DriftRound) -> None:
        await self._runner.run(
            _PUT_ROUND,
            source=round.source.value,
            began=millis(round.began),
            ended=millis(round.ended),
            due=millis(round.due),
            outcome=round.outcome.value,
            items=round.items,
            found=round.found,
            reason=round.reason[:_LONGEST],
            repaired=round.repaired,
            failures=round.failures,
            allowed_by="",
        )

    async def allow(self, source: DriftSource, until: datetime, by: str) -> bool:
        return bool(await self._runner.run(_ALLOW, which=source.value, until=millis(until), by=by))

    async def of_source(self, source: DriftSource) -> Sequence[KnownDrift]:
        return [_read(row) for row in await self._runner.rows(_ALL_OF, source=source.value)]

    async def put(self, known: Sequence[KnownDrift]) -> None:
        """Write rows in the order of their ids, so that two writers do not lock each other out."""
        if known:
            await self._runner.put_many(_PUT, sorted(map(_values, known), key=lambda values: str(values["id"])))

    async def drop(self, ids: Collection[str]) -> None:
        for some in parts(sorted(ids), _AT_ONCE):
            await self._runner.run(_DROP, ids=some)

    async def page(self, source: DriftSource | None, after: str, limit: int) -> Sequence[KnownDrift]:
        if source is None:
            rows = await self._runner.rows(_PAGE, after=after, limit=limit)
        else:
            rows = await self._runner.rows(_PAGE_OF, after=after, limit=limit, source=source.value)
        return [_read(row) for row in rows]

    async def of_room(self, room: RoomId) -> Sequence[KnownDrift]:
        return [_read(row) for row in await self._runner.rows(_OF_ROOM, which=room, limit=_SHOWN)]

    async def of_user(self, user: UserId) -> Sequence[KnownDrift]:
        return [_read(row) for row in await self._runner.rows(_OF_USER, which=user, limit=_SHOWN)]

    async def counts(self) -> Mapping[tuple[str, str], int]:
        return {(source, kind): count for source, kind, count in await self._runner.rows(_COUNTS)}


def _values(known: KnownDrift) -> dict[str, Value]:
    drift = known.drift
    return {
        "id": drift.id,
        "source": drift.source.value,
        "kind": drift.facts.kind.value,
        "case_of": drift.case.value,
        "subject": drift.subject[:_LONGEST],
        "tenant": drift.tenant,
        "room": drift.room,
        "user_id": drift.user,
        "detail": drift.detail[:128],
        "since": millis(known.since),
        "looked": millis(known.looked),
        "looks": known.looks,
        "tries": known.tries,
        "failure": known.failure[:_LONGEST],
    }


def _read(row: Row) -> KnownDrift:
    source, case, subject, tenant, room, user, detail, since, looked, looks, tries, failure = row
    drift = Drift(DriftSource(source), DriftCase(case), subject, TenantName(tenant), RoomId(room), UserId(user), detail)
    return KnownDrift(drift, instant(since), instant(looked), looks, tries, failure)


def _round(row: Row) -> DriftRound:
    source, began, ended, due, outcome, items, found, reason, repaired, failures, until, by = row
    return DriftRound(
        DriftSource(source), instant(began), instant(ended), instant(due), DriftOutcome(outcome), items, found,
        reason, repaired, failures, optional_instant(until), by,
    )  # fmt: skip
