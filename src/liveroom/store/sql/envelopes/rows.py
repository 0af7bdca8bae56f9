"""Red envelopes: found by id, by the attempt, by broadcast, and by when something is to be done about them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, BindParameter, Integer, and_, bindparam, func, insert, select, update

from liveroom.domain.envelopes.draw import Split
from liveroom.domain.envelopes.model import RUNNING, Envelope, EnvelopeAudience, EnvelopeEnd, EnvelopeState, Grab
from liveroom.domain.ids import BroadcastId, RoomId, TenantName
from liveroom.domain.ledger.accounts import AccountId, AccountKind
from liveroom.ports.envelopes import AmissEnvelope
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Value, Values, statement
from liveroom.store.sql.envelope_tables import envelopes, grabs
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.ledger_tables import accounts
from liveroom.store.sql.runner import Runner

_C: Final = envelopes.c
_G: Final = grabs.c
_IDS: Final[BindParameter[str]] = bindparam("ids", expanding=True)
_ACCOUNTS: Final[BindParameter[str]] = bindparam("accounts", expanding=True)
_LIMIT: Final = bindparam("limit", type_=Integer)
_NOW: Final = bindparam("now", type_=BigInteger)
_ADD: Final = statement(insert(envelopes))
_GET: Final = statement(select(envelopes).where(_C.id == bindparam("which")))
_OF_ATTEMPT: Final = statement(select(envelopes).where(_C.attempt == bindparam("which")))
_LOCK: Final = statement(select(envelopes).where(_C.id.in_(_IDS)).order_by(_C.id).with_for_update())
_PROGRESS: Final = ("ends", "state", "taken", "taken_coins", "ended", "ended_by", "due")
_PUT: Final = statement(
    update(envelopes)
    .where(_C.id == bindparam("which"))
    .values({name: bindparam(f"new_{name}", type_=_C[name].type) for name in _PROGRESS})
)
_CLOSE: Final = statement(
    update(envelopes)
    .where(_C.id.in_(_IDS), _C.state.in_(sorted(state.value for state in RUNNING)), _C.ends > _NOW)
    .values(ends=_NOW, due=_NOW)
)
_DUE: Final = statement(select(envelopes).where(_C.due <= _NOW).order_by(_C.due).limit(_LIMIT))
_LATE: Final = statement(
    select(_C.id, _C.tenant, _C.coins - _C.taken_coins)
    .where(_C.due <= bindparam("late", type_=BigInteger))
    .order_by(_C.due)
    .limit(_LIMIT)
)
_FILLED: Final = statement(
    select(_C.id, _C.tenant, accounts.c.balance)
    .join_from(
        envelopes,
        accounts,
        and_(accounts.c.tenant == _C.tenant, accounts.c.kind == AccountKind.ENVELOPE.value, accounts.c.owner == _C.id),
        isouter=True,  # and COALESCE: from the envelopes to their accounts, never the other way round
    )
    .where(_C.ended >= bindparam("since", type_=BigInteger), func.coalesce(accounts.c.balance, 0) != 0)
    .limit(_LIMIT)
)
_OF_BROADCAST, _OF_TENANT, _OF_ROOM = (
    statement(
        select(envelopes)
        .where(column == bindparam("whose"), _C.id < bindparam("before"), _C.state != EnvelopeState.UNPAID.value)
        .order_by(_C.id.desc())
        .limit(_LIMIT)
    )
    for column in (_C.broadcast, _C.tenant, _C.room)
)
_ADD_GRAB: Final = statement(insert(grabs))
_GRABS: Final = statement(select(grabs).where(_G.envelope == bindparam("which")).order_by(_G.number))
_GRABS_OF: Final = statement(select(grabs).where(_G.envelope.in_(_IDS), _G.account.in_(_ACCOUNTS)))


@dataclass(frozen=True, slots=True)
class SqlEnvelopes:
    """``ports.EnvelopeRows``."""

    _runner: Runner

    async def add(self, envelope: Envelope) -> None:
        await self._runner.run(_ADD, **_values(envelope))

    async def get(self, id: str) -> Envelope | None:
        row = await self._runner.row(_GET, which=id)
        return _read(row) if row and row[0] == id else None

    async def of_attempt(self, attempt: str) -> Envelope | None:
        row = await self._runner.row(_OF_ATTEMPT, which=attempt)
        return _read(row) if row else None

    async def lock(self, ids: Collection[str]) -> Mapping[str, Envelope]:
        rows = await self._runner.rows(_LOCK, ids=sorted(ids)) if ids else ()
        return {envelope.id: envelope for envelope in map(_read, rows)}

    async def put(self, envelopes: Sequence[Envelope]) -> None:
        if envelopes:
            await self._runner.put_many(_PUT, [{"which": one.id, **_progress(one, "new_")} for one in envelopes])

    async def close(self, ids: Collection[str], now: datetime) -> None:
        if ids:
            await self._runner.run(_CLOSE, ids=sorted(ids), now=millis(now))

    async def due(self, now: datetime, limit: int) -> Sequence[Envelope]:
        return list(map(_read, await self._runner.rows(_DUE, now=millis(now), limit=limit)))

    async def amiss(self, late: datetime, since: datetime, limit: int) -> Sequence[AmissEnvelope]:
        rows = await self._runner.rows(_LATE, late=millis(late), limit=limit)
        rows = [*rows, *await self._runner.rows(_FILLED, since=millis(since), limit=limit)]
        return [AmissEnvelope(row[0], TenantName(row[1]), row[2]) for row in rows]

    async def of_broadcast(self, broadcast: BroadcastId, before: str, limit: int) -> Sequence[Envelope]:
        rows = await self._runner.rows(_OF_BROADCAST, whose=broadcast, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))

    async def page(self, tenant: TenantName, before: str, limit: int) -> Sequence[Envelope]:
        rows = await self._runner.rows(_OF_TENANT, whose=tenant, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))

    async def of_room(self, room: RoomId, before: str, limit: int) -> Sequence[Envelope]:
        rows = await self._runner.rows(_OF_ROOM, whose=room, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))

    async def add_grabs(self, grabs: Sequence[Grab]) -> None:
        if grabs:
            await self._runner.put_many(_ADD_GRAB, list(map(_grab_values, grabs)))

    async def grabs(self, envelope: str) -> Sequence[Grab]:
        return list(map(_read_grab, await self._runner.rows(_GRABS, which=envelope)))

    async def grabs_of(self, envelopes: Collection[str], accounts: Collection[AccountId]) -> Sequence[Grab]:
        if not envelopes or not accounts:
            return []
        rows = await self._runner.rows(_GRABS_OF, ids=sorted(envelopes), accounts=sorted(accounts))
        return list(map(_read_grab, rows))


def _due(envelope: Envelope) -> int | None:
    """Return when something is to be done about it: to open it, or to end it."""
    if envelope.state not in RUNNING:
        return None
    if envelope.left == 0:
        return 0
    return millis(min(envelope.opens, envelope.ends) if envelope.state is EnvelopeState.WAITING else envelope.ends)


def _progress(envelope: Envelope, prefix: str = "") -> dict[str, Value]:
    values: dict[str, Value] = {
        "ends": millis(envelope.ends),
        "state": envelope.state.value,
        "taken": envelope.taken,
        "taken_coins": envelope.taken_coins,
        "ended": optional_millis(envelope.ended),
        "ended_by": None if envelope.end is None else envelope.end.value,
        "due": _due(envelope),
    }
    return {prefix + name: value for name, value in values.items()}


def _values(envelope: Envelope) -> Values:
    return {
        "id": envelope.id,
        "tenant": envelope.tenant,
        "room": envelope.room,
        "broadcast": envelope.broadcast,
        "source": envelope.source,
        "attempt": envelope.attempt,
        "digest": envelope.digest,
        "coins": envelope.coins,
        "parts": envelope.parts,
        "split": envelope.split.value,
        "audience": envelope.audience.value,
        "seed": envelope.seed.hex(),
        "sent": millis(envelope.sent),
        "opens": millis(envelope.opens),
        **_progress(envelope),
    }


def _read(row: Row) -> Envelope:
    return Envelope(
        id=row[0],
        tenant=TenantName(row[1]),
        room=RoomId(row[2]),
        broadcast=BroadcastId(row[3]),
        source=AccountId(row[4]),
        attempt=row[5],
        digest=row[6],
        coins=row[7],
        parts=row[8],
        split=Split(row[9]),
        audience=EnvelopeAudience(row[10]),
        seed=bytes.fromhex(row[11]),
        sent=instant(row[12]),
        opens=instant(row[13]),
        ends=instant(row[14]),
        state=EnvelopeState(row[15]),
        taken=row[16],
        taken_coins=row[17],
        ended=optional_instant(row[18]),
        end=EnvelopeEnd(row[19]) if row[19] else None,
    )


def _grab_values(grab: Grab) -> Values:
    return {
        "envelope": grab.envelope,
        "number": grab.number,
        "id": grab.id,
        "account": grab.account,
        "coins": grab.coins,
        "at": millis(grab.at),
        "expires": optional_millis(grab.expires),
    }


def _read_grab(row: Row) -> Grab:
    envelope, number, id, account, coins, at, expires = row
    return Grab(id, envelope, number, AccountId(account), coins, instant(at), optional_instant(expires))
