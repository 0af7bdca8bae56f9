"""Addresses that bans cover."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.moderation.address_bans import AddressBan
from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import address_bans

_LIST: Final = statement(select(address_bans).where(address_bans.c.until > bindparam("now")))
_PUT: Final = Statement(
    lambda dialect: dialect.upsert(
        address_bans, lambda new: [(name, new[name]) for name in ("user_id", "made", "until")]
    )
)
_DROP_OLD: Final = statement(delete(address_bans).where(address_bans.c.until <= bindparam("now")))
_REMOVE: Final = statement(delete(address_bans).where(address_bans.c.user_id == bindparam("user")))


@dataclass(frozen=True, slots=True)
class SqlAddressBans:
    """``ports.AddressBanRows``."""

    _runner: Runner

    async def list(self, now: datetime) -> Sequence[AddressBan]:
        rows = await self._runner.rows(_LIST, now=millis(now))
        return [
            AddressBan(TenantName(row[0]), row[1], UserId(row[2]), instant(row[3]), instant(row[4])) for row in rows
        ]

    async def put(self, ban: AddressBan) -> None:
        await self._runner.run(_DROP_OLD, now=millis(ban.made))
        await self._runner.run(
            _PUT,
            tenant=ban.tenant,
            address=ban.address,
            user_id=ban.user,
            made=millis(ban.made),
            until=millis(ban.until),
        )

    async def remove(self, user: UserId) -> int:
        return await self._runner.run(_REMOVE, user=user)
