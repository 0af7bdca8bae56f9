"""What was counted by hour and by day, and how many of those who signed up came back."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, BindParameter, and_, bindparam, delete, func, select

from liveroom.domain.ids import TenantName
from liveroom.domain.parts import parts
from liveroom.domain.statistics.days import Period, PeriodKey, Returned, Scope, Unit
from liveroom.ports.statistics import SeriesQuery
from liveroom.store.sql.dialect import Values, put_row, statement
from liveroom.store.sql.statistics.rows import SqlBroadcastStatistics
from liveroom.store.sql.statistics_tables import statistics_retention, statistics_series

_AT_ONCE: Final = 500
_S: Final = statistics_series.c
_FIGURES: Final = [_S[name] for name in Period._fields]
_KEY: Final = (_S.unit, _S.scope, _S.subject, _S.begins)
_TENANT: Final[BindParameter[str]] = bindparam("of")
_OF_DAY: Final = statement(select(*_KEY, *_FIGURES).where(_S.tenant == _TENANT, _S.day == bindparam("on")))
_PUT: Final = put_row(statistics_series)
_DROP: Final = statement(
    delete(statistics_series).where(
        and_(_S.tenant == _TENANT, *(column == bindparam(f"key_{column.name}") for column in _KEY))
    )
)
_WITHIN: Final = (_S.begins >= bindparam("begin", type_=BigInteger), _S.begins < bindparam("end", type_=BigInteger))
_SERIES: Final = statement(
    select(_S.begins, *_FIGURES)
    .where(
        _S.tenant == _TENANT,
        _S.unit == bindparam("by"),
        _S.scope == bindparam("whose"),
        _S.subject == bindparam("which"),
        *_WITHIN,
    )
    .order_by(_S.begins)
)
_MOST: Final = frozenset({"peak", "peaked"})


def _summed(name: str) -> Any:
    return func.max(_S[name]) if name in _MOST else func.sum(_S[name])


_SUMS: Final = statement(
    select(_S.subject, *(_summed(name) for name in Period._fields))
    .where(_S.tenant == _TENANT, _S.unit == Unit.DAY.value, _S.scope == bindparam("whose"), *_WITHIN)
    .group_by(_S.subject)
)
_R: Final = statistics_retention.c
_RETENTION_OF_DAY: Final = statement(
    select(_R.unit, _R.cohort, _R.day, _R.users).where(_R.tenant == _TENANT, _R.day == bindparam("on"))
)
_PUT_RETENTION: Final = put_row(statistics_retention)
_DROP_RETENTION: Final = statement(
    delete(statistics_retention).where(
        _R.tenant == _TENANT,
        _R.unit == bindparam("by"),
        _R.cohort == bindparam("who"),
        _R.day == bindparam("on"),
    )
)
_RETENTION: Final = statement(
    select(_R.unit, _R.cohort, _R.day, _R.users)
    .where(
        _R.tenant == _TENANT,
        _R.unit == bindparam("by"),
        _R.cohort >= bindparam("first"),
        _R.cohort <= bindparam("last"),
    )
    .order_by(_R.cohort, _R.day)
)


class SqlStatistics(SqlBroadcastStatistics):
    """``ports.Statistics``."""

    async def periods_of_day(self, tenant: TenantName, day: str) -> Mapping[PeriodKey, Period]:
        rows = await self._runner.rows(_OF_DAY, of=tenant, on=day)
        return {PeriodKey(Unit(row[0]), Scope(row[1]), row[2], row[3]): Period(*row[4:]) for row in rows}

    async def put_periods(
        self, tenant: TenantName, day: str, periods: Mapping[PeriodKey, Period], gone: Collection[PeriodKey]
    ) -> None:
        put: list[Values] = [
            {
                "tenant": tenant,
                "unit": key.unit.value,
                "scope": key.scope.value,
                "subject": key.subject,
                "begins": key.begins,
                "day": day,
                **period._asdict(),
            }
            for key, period in sorted(periods.items())
        ]
        drop: list[Values] = [
            {
                "of": tenant,
                "key_unit": key.unit.value,
                "key_scope": key.scope.value,
                "key_subject": key.subject,
                "key_begins": key.begins,
            }
            for key in sorted(gone)
        ]
        for asked, many in ((_PUT, put), (_DROP, drop)):
            for some in parts(many, _AT_ONCE):
                await self._runner.run_many(asked, some)

    async def retention_of_day(self, tenant: TenantName, day: str) -> Mapping[Returned, int]:
        rows = await self._runner.rows(_RETENTION_OF_DAY, of=tenant, on=day)
        return {Returned(*row[:3]): row[3] for row in rows}

    async def put_retention(
        self, tenant: TenantName, found: Mapping[Returned, int], gone: Collection[Returned]
    ) -> None:
        put: list[Values] = [
            {"tenant": tenant, **one._asdict(), "users": count} for one, count in sorted(found.items())
        ]
        drop: list[Values] = [{"of": tenant, "by": one.unit, "who": one.cohort, "on": one.day} for one in sorted(gone)]
        for asked, many in ((_PUT_RETENTION, put), (_DROP_RETENTION, drop)):
            if many:
                await self._runner.run_many(asked, many)

    async def series(self, query: SeriesQuery) -> Sequence[tuple[int, Period]]:
        rows = await self._runner.rows(
            _SERIES,
            of=query.tenant,
            by=query.unit.value,
            whose=query.scope.value,
            which=query.subject,
            begin=query.begin,
            end=query.end,
        )
        return [(row[0], Period(*row[1:])) for row in rows]

    async def sums(self, tenant: TenantName, scope: Scope, begin: int, end: int) -> Sequence[tuple[str, Period]]:
        rows = await self._runner.rows(_SUMS, of=tenant, whose=scope.value, begin=begin, end=end)
        return [(row[0], Period(*map(_whole, row[1:]))) for row in rows]

    async def retention(self, tenant: TenantName, unit: str, first: str, last: str) -> Sequence[tuple[Returned, int]]:
        rows = await self._runner.rows(_RETENTION, of=tenant, by=unit, first=first, last=last)
        return [(Returned(*row[:3]), row[3]) for row in rows]


def _whole(found: Any) -> Any:
    """Return a sum as a whole number: MySQL's are decimals."""
    return None if found is None else int(found)
