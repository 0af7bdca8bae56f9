"""For which modules a tenant wants calls signed by an app key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, select

from liveroom.domain.ids import TenantName
from liveroom.domain.tenants.app_signatures import Rule
from liveroom.store.sql.backend_tables import app_rules
from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.runner import Runner

_LIST: Final = statement(select(app_rules))
_PUT: Final = Statement(lambda dialect: dialect.upsert(app_rules, lambda new: [("modules", new["modules"])]))
_REMOVE: Final = statement(delete(app_rules).where(app_rules.c.tenant == bindparam("of")))


@dataclass(frozen=True, slots=True)
class SqlAppRules:
    """``ports.AppRules``."""

    _runner: Runner

    async def list(self) -> Mapping[TenantName, Rule]:
        rows = await self._runner.rows(_LIST)
        return {TenantName(tenant): frozenset(msgspec.json.decode(modules, type=list[str])) for tenant, modules in rows}

    async def put(self, tenant: TenantName, rule: Rule) -> None:
        if rule:
            await self._runner.run(_PUT, tenant=tenant, modules=msgspec.json.encode(sorted(rule)).decode())
        else:
            await self._runner.run(_REMOVE, of=tenant)
