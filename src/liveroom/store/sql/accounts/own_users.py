"""Which account each of an operator's own users has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select, update

from liveroom.domain.ids import TenantName, UserId
from liveroom.store.sql.backend_tables import own_users
from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.instants import millis
from liveroom.store.sql.runner import Runner

_GET: Final = statement(
    select(own_users.c.user_id).where(
        own_users.c.tenant == bindparam("tenant"),
        own_users.c.tag == bindparam("tag"),
        own_users.c.username == bindparam("username"),
    )
)
_CLAIM: Final = Statement(lambda dialect: dialect.insert_or_keep(own_users))
_MOVE: Final = statement(
    update(own_users)
    .where(
        own_users.c.tenant == bindparam("of"),
        own_users.c.tag == bindparam("under"),
        own_users.c.username == bindparam("name"),
    )
    .values(user_id=bindparam("user"))
)
_OF_TAG: Final = statement(
    select(own_users.c.user_id).where(own_users.c.tenant == bindparam("tenant"), own_users.c.tag == bindparam("tag"))
)
_OF_NAME: Final = statement(
    select(own_users.c.user_id)
    .where(own_users.c.tenant == bindparam("tenant"), own_users.c.username == bindparam("username"))
    .limit(100)
)
_TAGS: Final = statement(select(own_users.c.tag).where(own_users.c.user_id == bindparam("user")))
_REMOVE: Final = statement(delete(own_users).where(own_users.c.user_id == bindparam("user")))


@dataclass(frozen=True, slots=True)
class SqlOwnUsers:
    """``ports.OwnUserRows``."""

    _runner: Runner

    async def get(self, tenant: TenantName, tag: str, username: str) -> UserId | None:
        row = await self._runner.row(_GET, tenant=tenant, tag=tag, username=username)
        return UserId(row[0]) if row else None

    async def claim(self, tenant: TenantName, tag: str, username: str, user: UserId, at: datetime) -> UserId:
        await self._runner.run(_CLAIM, tenant=tenant, tag=tag, username=username, user_id=user, created=millis(at))
        return await self.get(tenant, tag, username) or user

    async def move(self, tenant: TenantName, tag: str, username: str, user: UserId) -> None:
        await self._runner.run(_MOVE, of=tenant, under=tag, name=username, user=user)

    async def of_tag(self, tenant: TenantName, tag: str) -> Sequence[UserId]:
        return [UserId(row[0]) for row in await self._runner.rows(_OF_TAG, tenant=tenant, tag=tag)]

    async def of_name(self, tenant: TenantName, username: str) -> Sequence[UserId]:
        return [UserId(row[0]) for row in await self._runner.rows(_OF_NAME, tenant=tenant, username=username)]

    async def tags_of(self, user: UserId) -> Sequence[str]:
        return [row[0] for row in await self._runner.rows(_TAGS, user=user)]

    async def remove(self, user: UserId) -> None:
        await self._runner.run(_REMOVE, user=user)
