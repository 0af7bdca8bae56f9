"""Webhooks: few, read whole, written by the operator; and the log of what was sent to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy import Integer, bindparam, delete, insert, select, update

from liveroom.domain.ids import TenantName
from liveroom.domain.parts import parts
from liveroom.domain.webhooks.deliveries import Delivery
from liveroom.domain.webhooks.model import Webhook, WebhookState
from liveroom.ports import StoredWebhook
from liveroom.store.sql.backend_tables import deliveries, webhooks
from liveroom.store.sql.dialect import Row, Statement, next_value, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_C: Final = webhooks.c
_LIMIT: Final = bindparam("limit", type_=Integer)
_MILLISECOND: Final = timedelta(milliseconds=1)
_READ: Final = (
    *(_C.id, _C.tenant, _C.url, _C.secrets, _C.kinds, _C.categories),
    *(_C.batch, _C.timeout, _C.state, _C.reason, _C.created),
)

_LIST: Final = statement(select(*_READ))
_LOCK: Final = statement(select(*_READ).where(_C.id == bindparam("key")).with_for_update())
_IS_THERE: Final = statement(select(_C.id).where(_C.id == bindparam("key")))
_PUT: Final = Statement(
    lambda dialect: dialect.upsert(
        webhooks, lambda new: [(column.name, new[column.name]) for column in webhooks.columns if not column.primary_key]
    )
)
_REMOVE: Final = statement(delete(webhooks).where(_C.id == bindparam("key")))
_REPLACE: Final = statement(
    update(webhooks)
    .where(_C.id == bindparam("key"), _C.secrets == bindparam("old"))
    .values(secrets=bindparam("sealed"))
)

_D: Final = deliveries.c
_OF: Final = _D.target == bindparam("of")
_NEXT_TARGET: Final = next_value(_D.target)
_ADD_DELIVERY: Final = statement(insert(deliveries).values({name: bindparam(name) for name in Delivery._fields}))
_NEWEST: Final = statement(
    select(*(_D[name] for name in Delivery._fields)).where(_OF).order_by(_D.id.desc()).limit(_LIMIT)
)
_LAST_KEPT: Final = statement(
    select(_D.id).where(_OF).order_by(_D.id.desc()).limit(1).offset(bindparam("kept", type_=Integer))
)
_OLD: Final = statement(
    select(_D.id).where(_OF, _D.id <= bindparam("last", type_=Integer)).order_by(_D.id).limit(_LIMIT)
)
_SOME: Final = statement(select(_D.id).where(_OF).limit(_LIMIT))
_DROP: Final = statement(delete(deliveries).where(_D.id.in_(bindparam("rows", expanding=True))))
_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class SqlWebhooks:
    """``ports.WebhookRows``."""

    _runner: Runner

    async def list(self) -> Sequence[StoredWebhook]:
        found = [_read(row) for row in await self._runner.rows(_LIST)]
        return sorted(found, key=lambda stored: (stored.webhook.created, stored.webhook.id))

    async def lock(self, id: str) -> StoredWebhook | None:
        row = await self._runner.row(_LOCK, key=id)
        return _read(row) if row else None

    async def put(self, stored: StoredWebhook) -> None:
        webhook = stored.webhook
        await self._runner.run(
            _PUT,
            id=webhook.id,
            tenant=webhook.tenant,
            url=webhook.url,
            secrets=stored.sealed,
            kinds=_written(webhook.kinds),
            categories=_written(webhook.categories),
            batch=webhook.batch,
            timeout=webhook.timeout // _MILLISECOND,
            state=webhook.state.value,
            reason=webhook.reason,
            created=millis(webhook.created),
        )

    async def remove(self, id: str) -> bool:
        return await self._runner.run(_REMOVE, key=id) > 0

    async def is_there(self, id: str) -> bool:
        return await self._runner.row(_IS_THERE, key=id) is not None

    async def replace_secrets(self, id: str, old: str, sealed: str) -> bool:
        return await self._runner.run(_REPLACE, key=id, old=old, sealed=sealed) > 0


@dataclass(frozen=True, slots=True)
class SqlDeliveries:
    """``ports.Deliveries``."""

    _runner: Runner

    async def next_target(self, after: str) -> str | None:
        row = await self._runner.row(_NEXT_TARGET, after=after)
        return row[0] if row else None

    async def add(self, delivery: Delivery) -> None:
        await self._runner.run(_ADD_DELIVERY, **{**delivery._asdict(), "at": millis(delivery.at)})

    async def list(self, target: str, limit: int) -> Sequence[Delivery]:
        rows = await self._runner.rows(_NEWEST, of=target, limit=limit)
        return [Delivery(*row)._replace(at=instant(row[1])) for row in rows]

    async def trim(self, target: str, kept: int, limit: int) -> int:
        """Drop all but the newest; return how many."""
        last = await self._runner.row(_LAST_KEPT, of=target, kept=kept)
        if last is None:
            return 0
        return await self._drop(await self._runner.rows(_OLD, of=target, last=last[0], limit=limit))

    async def drop(self, target: str, limit: int) -> int:
        return await self._drop(await self._runner.rows(_SOME, of=target, limit=limit))

    async def _drop(self, found: Sequence[Row]) -> int:
        rows = [row[0] for row in found]
        for some in parts(rows, _AT_ONCE):
            await self._runner.run(_DROP, rows=some)
        return len(rows)


def _written(names: frozenset[str]) -> str:
    return msgspec.json.encode(sorted(names)).decode()


def _names(written: str) -> frozenset[str]:
    return msgspec.json.decode(written, type=frozenset[str])


def _read(row: Row) -> StoredWebhook:
    webhook = Webhook(
        id=row[0],
        tenant=TenantName(row[1]),
        url=row[2],
        secrets=(),
        created=instant(row[10]),
        kinds=_names(row[4]),
        categories=_names(row[5]),
        batch=row[6],
        timeout=row[7] * _MILLISECOND,
        state=WebhookState(row[8]),
        reason=row[9],
    )
    return StoredWebhook(webhook, row[3])
