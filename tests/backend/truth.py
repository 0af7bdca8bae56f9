"""What the service has: its rows, read beside it, and what it answers to the operator's key."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.backend.comparing import Fields, Received, Service
from tests.backend.installation import DATABASE, Installation

_ROOMS: Final = """SELECT JSON_OBJECT('roomId', id, 'broadcastId', broadcast, 'state', state, 'holderId', holder,
    'ownerId', owner, 'createdBy', created_by, 'updatedBy', updated_by, 'category', category, 'title', title,
    'cover', cover, 'subject', subject, 'description', description, 'capacity', capacity, 'type', kind, 'star', star,
    'barred', IF(delisted, true, false), 'access', access, 'hasPassword', IF(password = '', false, true),
    'seats', seats, 'seatMode', seat_mode, 'slowMode', slow DIV 1000, 'muted', IF(muted, true, false), 'endsAt', ends,
    'pinnedMessageId', IFNULL(JSON_VALUE(pinned, '$[0]'), ''),
    'openedAt', opened, 'updatedAt', updated, 'rev', rev)
    FROM lr_rooms WHERE tenant = 'shop'"""
_STAYS: Final = """SELECT JSON_OBJECT('stayId', id, 'roomId', room, 'broadcastId', broadcast, 'userId', user_id,
    'role', role, 'name', name, 'avatar', avatar, 'enteredAt', entered, 'leftAt', left_at, 'reason', reason)
    FROM lr_stays WHERE tenant = 'shop'"""
_EVENTS: Final = """SELECT JSON_OBJECT('id', id, 'stream', stream, 'seq', seq, 'type', kind, 'timestamp', at,
    'data', body) FROM lr_events WHERE tenant = 'shop'"""
_PARTITIONS: Final = "SELECT stream, sent, last, tries, reason FROM lr_event_partitions"
_ANSWERED: Final = {
    "ownBy": "ownerId",
    "createBy": "createdBy",
    "updateBy": "updatedBy",
    "heldBy": "holderId",
    **{name: name for name in ("roomId", "broadcastId", "state", "category", "title", "cover", "subject")},
    **{name: name for name in ("description", "capacity", "type", "star", "barred")},
}
"""Names of the answer's fields, by what they are called where they are told."""

_TIMES: Final = frozenset({"openedAt", "updatedAt", "endsAt", "enteredAt", "leftAt", "timestamp"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def read(installation: Installation) -> tuple[Received, Service]:
    """Return both sides. Nothing may change meanwhile, or they differ: then read again."""
    service = await asyncio.to_thread(_service, installation)
    return await asyncio.to_thread(_heard, installation), service


def waiting(installation: Installation) -> Sequence[Sequence[str]]:
    """Return the partitions in which something waits."""
    return installation.mariadb.execute(_PARTITIONS, DATABASE)


def _heard(installation: Installation) -> Received:
    state = installation.operator.state()
    rooms = {room["roomId"]: room for room in state["rooms"]}
    return Received(installation.operator.events(), rooms, state["faults"])


def _service(installation: Installation) -> Service:
    events = [row | {"data": json.loads(row["data"])} for row in _rows(installation, _EVENTS)]
    rooms = {row["roomId"]: row for row in _rows(installation, _ROOMS)}
    members: dict[str, Sequence[Fields]] = {}
    answers: dict[str, Fields] = {}
    for room, row in rooms.items():
        answer = installation.call("admin/get_room", roomId=room)
        answers[room] = {field: answer[name] for name, field in _ANSWERED.items()}
        if row["state"] == "live":
            # A room that is closed between the two has no list any more: the sides differ, and are read again.
            members[room] = installation.answer("admin/list_members", roomId=room, limit=500).get("data") or ()
    return Service(events, rooms, answers, _rows(installation, _STAYS), members)


def _rows(installation: Installation, sql: str) -> list[dict[str, Any]]:
    """Return rows that the client has written as JSON, with its own way of quoting a backslash."""
    return [_timed(json.loads(text.replace("\\\\", "\\"))) for (text,) in installation.mariadb.execute(sql, DATABASE)]


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its times (milliseconds) as they are told."""
    return {name: _written(value) if name in _TIMES and value is not None else value for name, value in row.items()}


def _written(millis: int) -> str:
    return (_EPOCH + timedelta(milliseconds=millis)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
