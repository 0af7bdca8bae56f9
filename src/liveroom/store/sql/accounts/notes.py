"""Notes of operators on users: one row each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Integer, bindparam, delete, insert, select

from liveroom.domain.accounts.notes import Note, NoteId
from liveroom.domain.ids import TenantName, UserId
from liveroom.store.sql.dialect import BEHIND_ALL, Row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.people_tables import notes
from liveroom.store.sql.runner import Runner

_C: Final = notes.c
_LIMIT: Final = bindparam("limit", type_=Integer)
_ADD: Final = statement(insert(notes))
_GET: Final = statement(select(notes).where(_C.id == bindparam("key")))
_REMOVE: Final = statement(delete(notes).where(_C.id == bindparam("key")))
_NEWEST: Final = select(notes).where(_C.id < bindparam("before")).order_by(_C.id.desc()).limit(_LIMIT)
_OF_USER: Final = statement(_NEWEST.where(_C.user_id == bindparam("about")))


@dataclass(frozen=True, slots=True)
class SqlNotes:
    """``ports.NoteRows``."""

    _runner: Runner

    async def add(self, note: Note) -> None:
        await self._runner.run(
            _ADD,
            id=note.id,
            tenant=note.tenant,
            user_id=note.user,
            words=note.text,
            made_by=note.by,
            at=millis(note.at),
        )

    async def get(self, id: NoteId) -> Note | None:
        row = await self._runner.row(_GET, key=id)
        return _read(row) if row and row[0] == id else None

    async def remove(self, id: NoteId) -> None:
        await self._runner.run(_REMOVE, key=id)

    async def of_user(self, user: UserId, before: str, limit: int) -> Sequence[Note]:
        rows = await self._runner.rows(_OF_USER, about=user, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))


def _read(row: Row) -> Note:
    id, tenant, user, words, by, at = row
    return Note(NoteId(id), TenantName(tenant), UserId(user), words, by, instant(at))
