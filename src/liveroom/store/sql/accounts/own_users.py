"""What an operator has configured for its own users and programs, and which account each own user has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from liveroom.domain.accounts.own_users import FixedSecret
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.tenants.app_signatures import AppKey, Rule
from liveroom.store.sql.backend_tables import app_keys, app_rules, fixed_secrets, own_users
from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.instants import instant, millis
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
_REMOVE: Final = statement(delete(own_users).where(own_users.c.user_id == bindparam("user")))
_SECRETS: Final = statement(select(fixed_secrets))
_ADD_SECRET: Final = statement(insert(fixed_secrets))
_REMOVE_SECRET: Final = statement(delete(fixed_secrets).where(fixed_secrets.c.id == bindparam("key")))
_REPLACE_SECRET: Final = statement(
    update(fixed_secrets)
    .where(fixed_secrets.c.id == bindparam("key"), fixed_secrets.c.secret == bindparam("old"))
    .values(secret=bindparam("sealed"))
)
_KEYS: Final = statement(select(app_keys))
_ADD_KEY: Final = statement(insert(app_keys))
_REMOVE_KEY: Final = statement(delete(app_keys).where(app_keys.c.id == bindparam("key")))
_REPLACE_KEY: Final = statement(
    update(app_keys)
    .where(app_keys.c.id == bindparam("key"), app_keys.c.secret == bindparam("old"))
    .values(secret=bindparam("sealed"))
)
_RULES: Final = statement(select(app_rules))
_PUT_RULE: Final = Statement(lambda dialect: dialect.upsert(app_rules, lambda new: [("modules", new["modules"])]))
_REMOVE_RULE: Final = statement(delete(app_rules).where(app_rules.c.tenant == bindparam("of")))


@dataclass(frozen=True, slots=True)
class SqlOwnUsers:
    """``ports.OwnUsers``."""

    _runner: Runner

    async def get(self, tenant: TenantName, tag: str, username: str) -> UserId | None:
        row = await self._runner.row(_GET, tenant=tenant, tag=tag, username=username)
        return UserId(row[0]) if row else None

    async def claim(self, tenant: TenantName, tag: str, username: str, user: UserId, at: datetime) -> UserId:
        await self._runner.run(_CLAIM, tenant=tenant, tag=tag, username=username, user_id=user, created=millis(at))
        return await self.get(tenant, tag, username) or user

    async def move(self, tenant: TenantName, tag: str, username: str, user: UserId) -> None:
        await self._runner.run(_MOVE, of=tenant, under=tag, name=username, user=user)

    async def remove(self, user: UserId) -> None:
        await self._runner.run(_REMOVE, user=user)


@dataclass(frozen=True, slots=True)
class SqlFixedSecrets:
    """``ports.FixedSecrets``."""

    _runner: Runner

    async def list(self) -> Sequence[FixedSecret]:
        rows = await self._runner.rows(_SECRETS)
        found = [FixedSecret(row[0], TenantName(row[1]), row[2], row[3], instant(row[4])) for row in rows]
        return sorted(found, key=lambda one: (one.tenant, one.tag, one.created, one.id))

    async def add(self, secret: FixedSecret) -> None:
        await self._runner.run(
            _ADD_SECRET,
            id=secret.id,
            tenant=secret.tenant,
            tag=secret.tag,
            secret=secret.secret,
            created=millis(secret.created),
        )

    async def remove(self, id: str) -> None:
        await self._runner.run(_REMOVE_SECRET, key=id)

    async def replace_secret(self, id: str, old: str, sealed: str) -> bool:
        return await self._runner.run(_REPLACE_SECRET, key=id, old=old, sealed=sealed) > 0


@dataclass(frozen=True, slots=True)
class SqlAppKeys:
    """``ports.AppKeys``."""

    _runner: Runner

    async def list(self) -> Sequence[AppKey]:
        rows = await self._runner.rows(_KEYS)
        found = [AppKey(row[0], TenantName(row[1]), row[2], row[3], instant(row[4])) for row in rows]
        return sorted(found, key=lambda one: (one.tenant, one.created, one.id))

    async def add(self, key: AppKey) -> None:
        await self._runner.run(
            _ADD_KEY, id=key.id, tenant=key.tenant, name=key.name, secret=key.secret, created=millis(key.created)
        )

    async def remove(self, id: str) -> None:
        await self._runner.run(_REMOVE_KEY, key=id)

    async def replace_secret(self, id: str, old: str, sealed: str) -> bool:
        return await self._runner.run(_REPLACE_KEY, key=id, old=old, sealed=sealed) > 0

    async def rules(self) -> Mapping[TenantName, Rule]:
        rows = await self._runner.rows(_RULES)
        return {TenantName(tenant): frozenset(msgspec.json.decode(modules, type=list[str])) for tenant, modules in rows}

    async def put_rule(self, tenant: TenantName, rule: Rule) -> None:
        if rule:
            await self._runner.run(_PUT_RULE, tenant=tenant, modules=msgspec.json.encode(sorted(rule)).decode())
        else:
            await self._runner.run(_REMOVE_RULE, of=tenant)
