"""Last signs of life: one row for each bucket of users, which a process without Redis writes over now and then.

A row for each session would cost the database a hundred times as much, and nobody asks it about a single one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import bindparam, select

from liveroom.domain.presence.signs import BucketSigns, SignOfLife
from liveroom.store.sql.dialect import Statement, Values, statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import signs_of_life

_COLUMNS: Final = [signs_of_life.c.written, signs_of_life.c.held, signs_of_life.c.sessions]
_PUT: Final = Statement(
    lambda dialect: dialect.upsert(signs_of_life, lambda new: [(column.name, new[column.name]) for column in _COLUMNS])
)
_OF_BUCKET: Final = statement(select(*_COLUMNS).where(signs_of_life.c.user_bucket == bindparam("bucket")))
_BUCKETS: Final = statement(select(signs_of_life.c.user_bucket))
_SESSIONS: Final = msgspec.json.Decoder(list[SignOfLife])


@dataclass(frozen=True, slots=True)
class SqlSigns:
    """``ports.Signs``."""

    _runner: Runner

    async def put(self, signs: Sequence[BucketSigns]) -> None:
        rows: list[Values] = [
            {
                "user_bucket": one.bucket,
                "written": one.written,
                "held": one.held,
                "sessions": msgspec.json.encode(one.sessions).decode(),
            }
            for one in signs
        ]
        if rows:
            await self._runner.run_many(_PUT, rows)

    async def of_bucket(self, bucket: int) -> BucketSigns | None:
        row = await self._runner.row(_OF_BUCKET, bucket=bucket)
        return None if row is None else BucketSigns(bucket, row[0], row[1], _SESSIONS.decode(row[2]))

    async def buckets(self) -> Collection[int]:
        return [row[0] for row in await self._runner.rows(_BUCKETS)]
