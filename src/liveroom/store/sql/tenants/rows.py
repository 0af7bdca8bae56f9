"""Tenants: few, read whole, written by the operator. Secrets are stored as they are given (sealed)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import func, select

from liveroom.domain.ids import TenantName
from liveroom.domain.protection.caps import Caps
from liveroom.domain.protection.profiles import RuleProfile
from liveroom.domain.tenants.model import Language, Quotas, RecordingRule, RtcKind, Tenant
from liveroom.store.sql.counters import TENANTS, add_to_counter
from liveroom.store.sql.dialect import Row, put_row, statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import tenants

_LIST: Final = statement(select(tenants))
_NEWEST: Final = statement(select(func.max(tenants.c.rev)))
_PUT: Final = put_row(tenants)


@dataclass(frozen=True, slots=True)
class SqlTenants:
    """``ports.Tenants``."""

    _runner: Runner

    async def list(self) -> Sequence[Tenant]:
        return [_read(row) for row in await self._runner.rows(_LIST)]

    async def put(self, tenant: Tenant) -> None:
        """Write the tenant; two at once take turns, so that who has seen the newer ``rev`` has seen the older too."""

        async def work(runner: Runner) -> None:
            rev = await add_to_counter(runner, TENANTS, 1)
            await runner.run(
                _PUT,
                name=tenant.name,
                sdk_app_id=tenant.sdk_app_id,
                sdk_secret=tenant.sdk_secret,
                language=tenant.language.value,
                plain=int(tenant.plain),
                hosts=msgspec.json.encode(tenant.hosts).decode(),
                quota_users=tenant.quotas.users,
                quota_rooms=tenant.quotas.rooms,
                quota_members=tenant.quotas.members,
                rev=rev,
                rtc=tenant.rtc.value if tenant.rtc is not None else "",
                profile=tenant.profile.value if tenant.profile is not None else "",
                zone=tenant.zone,
                cap_gift=tenant.caps.gift,
                cap_day=tenant.caps.day,
                cap_month=tenant.caps.month,
                recordings=tenant.recordings.value if tenant.recordings is not None else "",
            )

        await self._runner.together(work)

    async def newest(self) -> int:
        row = await self._runner.row(_NEWEST)
        return row[0] or 0 if row else 0


def _read(row: Row) -> Tenant:
    return Tenant(
        name=TenantName(row[0]),
        sdk_app_id=row[1],
        sdk_secret=row[2],
        language=Language(row[3]),
        plain=bool(row[4]),
        hosts=msgspec.json.decode(row[5], type=tuple[str, ...]),
        quotas=Quotas(row[6], row[7], row[8]),
        rev=row[9],
        rtc=RtcKind(row[10]) if row[10] else None,
        profile=RuleProfile(row[11]) if row[11] else None,
        zone=row[12],
        caps=Caps(row[13], row[14], row[15]),
        recordings=RecordingRule(row[16]) if row[16] else None,
    )
