"""Recordings: found by id, by what the recorder calls them, by owner, room and broadcast, and by when they are due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, case, insert, select, update

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.recordings.model import RUNNING, RecorderKind, Recording, RecordingState, read_files, write_files
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Value, Values, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.recording_tables import recordings
from liveroom.store.sql.runner import Runner

_C: Final = recordings.c
_LIMIT: Final = bindparam("limit", type_=Integer)
_NOW: Final = bindparam("now", type_=BigInteger)
_BEFORE: Final = _C.id < bindparam("before")
_ADD: Final = statement(insert(recordings))
_GET: Final = statement(select(recordings).where(_C.id == bindparam("which")))
_OF_TASK: Final = statement(
    select(recordings).where(_C.task == bindparam("which"), _C.recorder == bindparam("kind")).limit(1)
)
_TASKS: Final[BindParameter[str]] = bindparam("tasks", expanding=True)
_OF_TASKS: Final = statement(select(recordings).where(_C.task.in_(_TASKS), _C.recorder == bindparam("kind")))
_RUNNING: Final = statement(
    select(recordings)
    .where(
        _C.recorder == bindparam("kind"),
        _C.state == bindparam("state"),
        _C.id > bindparam("after"),
    )
    .order_by(_C.id)
    .limit(_LIMIT)
)
_LOCK: Final = statement(select(recordings).where(_C.id == bindparam("which")).with_for_update())
_PROGRESS: Final = ("state", "task", "started", "ended", "reason", "due", "erased", "files")
_PUT: Final = statement(
    update(recordings)
    .where(_C.id == bindparam("which"))
    .values({name: bindparam(f"new_{name}", type_=_C[name].type) for name in _PROGRESS})
)
_STOPPING: Final = _C.state == RecordingState.STOPPING.value
"""Such a recording is waited for: it is not over because somebody looks at it early."""
_HURRY: Final = statement(
    update(recordings).where(_C.id == bindparam("which")).values(due=case((_STOPPING, _C.due), else_=_NOW))
)
_ERASE: Final = statement(
    update(recordings)
    .where(_C.owner == bindparam("whose"), _C.state != RecordingState.DELETED.value)
    .values(erased=1, due=case((_STOPPING, _C.due), else_=_NOW))
)
_SECLUDE: Final = statement(update(recordings).where(_C.id == bindparam("which")).values(secluded=1))
_DUE: Final = statement(select(recordings).where(_C.due <= _NOW).order_by(_C.due).limit(_LIMIT))
_OF_OWNER, _OF_TENANT = (
    statement(select(recordings).where(column == bindparam("whose"), _BEFORE).order_by(_C.id.desc()).limit(_LIMIT))
    for column in (_C.owner, _C.tenant)
)
_OF_OWNERS_ROOM, _OF_ROOM = (
    statement(
        select(recordings)
        .where(_C.room == bindparam("of"), column == bindparam("whose"), _BEFORE)
        .order_by(_C.id.desc())
        .limit(_LIMIT)
    )
    for column in (_C.owner, _C.tenant)
)
_OF_BROADCAST: Final = statement(select(recordings).where(_C.broadcast == bindparam("which")).order_by(_C.id))


@dataclass(frozen=True, slots=True)
class SqlRecordings:
    """``ports.RecordingRows``."""

    _runner: Runner

    async def add(self, recording: Recording) -> None:
        await self._runner.run(_ADD, **_values(recording))

    async def get(self, id: str) -> Recording | None:
        row = await self._runner.row(_GET, which=id)
        return _read(row) if row else None

    async def of_task(self, recorder: RecorderKind, task: str) -> Recording | None:
        row = await self._runner.row(_OF_TASK, which=task, kind=recorder.value)
        return _read(row) if row else None

    async def lock(self, id: str) -> Recording | None:
        row = await self._runner.row(_LOCK, which=id)
        return _read(row) if row else None

    async def put(self, recording: Recording) -> None:
        await self._runner.run(_PUT, which=recording.id, **_progress(recording, "new_"))

    async def hurry(self, id: str, now: datetime) -> None:
        await self._runner.run(_HURRY, which=id, now=millis(now))

    async def seclude(self, id: str) -> None:
        await self._runner.run(_SECLUDE, which=id)

    async def erase_of(self, owner: UserId, now: datetime) -> None:
        await self._runner.run(_ERASE, whose=owner, now=millis(now))

    async def due(self, now: datetime, limit: int) -> Sequence[Recording]:
        return list(map(_read, await self._runner.rows(_DUE, now=millis(now), limit=limit)))

    async def running(self, recorder: RecorderKind, after: str, limit: int) -> Sequence[Recording]:
        """Ask for each state by itself: an index has those of one in the order of their ids."""
        found = list[Recording]()
        for state in RUNNING:
            how: dict[str, Value] = {"kind": recorder.value, "state": state.value, "after": after, "limit": limit}
            found += map(_read, await self._runner.rows(_RUNNING, **how))
        return sorted(found, key=lambda recording: recording.id)[:limit]

    async def of_tasks(self, recorder: RecorderKind, tasks: Collection[str]) -> Sequence[Recording]:
        rows = await self._runner.rows(_OF_TASKS, kind=recorder.value, tasks=sorted(tasks)) if tasks else ()
        return list(map(_read, rows))

    async def of_owner(self, owner: UserId, room: RoomId | None, before: str, limit: int) -> Sequence[Recording]:
        how: dict[str, Value] = {"whose": owner, "before": before or BEHIND_ALL, "limit": limit}
        rows = self._runner.rows(_OF_OWNERS_ROOM, of=room, **how) if room else self._runner.rows(_OF_OWNER, **how)
        return list(map(_read, await rows))

    async def page(self, tenant: TenantName, room: RoomId | None, before: str, limit: int) -> Sequence[Recording]:
        how: dict[str, Value] = {"whose": tenant, "before": before or BEHIND_ALL, "limit": limit}
        rows = self._runner.rows(_OF_ROOM, of=room, **how) if room else self._runner.rows(_OF_TENANT, **how)
        return list(map(_read, await rows))

    async def of_broadcast(self, broadcast: BroadcastId) -> Sequence[Recording]:
        return list(map(_read, await self._runner.rows(_OF_BROADCAST, which=broadcast)))


def _progress(recording: Recording, prefix: str = "") -> dict[str, Value]:
    values: dict[str, Value] = {
        "state": recording.state.value,
        "task": recording.task,
        "started": optional_millis(recording.started),
        "ended": optional_millis(recording.ended),
        "reason": recording.reason,
        "due": optional_millis(recording.due),
        "erased": int(recording.erased),
        "files": write_files(recording.files),
    }
    return {prefix + name: value for name, value in values.items()}


def _values(recording: Recording) -> Values:
    return {
        "id": recording.id,
        "tenant": recording.tenant,
        "room": recording.room,
        "broadcast": recording.broadcast,
        "owner": recording.owner,
        "started_by": recording.by,
        "recorder": recording.recorder.value,
        "announced": millis(recording.announced),
        "begins": millis(recording.begins),
        **_progress(recording),
        "secluded": int(recording.secluded),
    }


def _read(row: Row) -> Recording:
    return Recording(
        id=row[0],
        tenant=TenantName(row[1]),
        room=RoomId(row[2]),
        broadcast=BroadcastId(row[3]),
        owner=UserId(row[4]),
        by=UserId(row[5]),
        recorder=RecorderKind(row[6]),
        state=RecordingState(row[7]),
        task=row[8],
        announced=instant(row[9]),
        begins=instant(row[10]),
        started=optional_instant(row[11]),
        ended=optional_instant(row[12]),
        reason=row[13],
        due=optional_instant(row[14]),
        erased=row[15] == 1,
        files=read_files(row[16]),
        secluded=row[17] == 1,
    )
