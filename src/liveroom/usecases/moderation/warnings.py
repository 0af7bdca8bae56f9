"""Warnings, and operators' notes on users.

A warning is a statement of reasons: it is kept, told to the user, and may be appealed against, as every other thing
that the operator does to somebody. Webhooks receive it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from liveroom.domain.accounts.notes import Note, NoteId
from liveroom.domain.accounts.users import present
from liveroom.domain.errors import RoomNotFound
from liveroom.domain.events import users as user_events
from liveroom.domain.ids import RoomId, TenantName, UserId, new_id
from liveroom.domain.moderation.reports import Measure
from liveroom.domain.moderation.statements import StatementOfReasons
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import Room, RoomStatus, present_room
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.moderation.notifying import ModerationNotifier


class GivenWarning(NamedTuple):
    """A warning that was given."""

    statement: StatementOfReasons
    total: int
    """How many the user has had by now, without those that were taken back."""


@dataclass(frozen=True, slots=True)
class UserWarnings:
    """Warns people. Both raise ``RoomNotFound`` for a room that the tenant does not have, and ``UserNotFound``."""

    db: Database
    clock: Clock
    recorder: EventRecorder
    notifier: ModerationNotifier

    async def warn_user(self, operator: Operator, user: UserId, text: str, room: RoomId | None = None) -> GivenWarning:
        """Warn a user; ``room``: about what they do there."""
        return await self._warn(operator, room, text, user)

    async def warn_room(self, operator: Operator, room: RoomId, text: str) -> GivenWarning:
        """Warn the owner of a room that is live. Raises ``RoomNotFound`` for one that is not."""
        return await self._warn(operator, room, text, None)

    async def _warn(
        self, operator: Operator, room_id: RoomId | None, text: str, user_id: UserId | None
    ) -> GivenWarning:
        tenant = operator.tenant.name

        async def work(tx: Tx) -> GivenWarning:
            room = await _room(tx, tenant, room_id)
            if user_id is None and (room is None or room.state is not RoomStatus.LIVE):
                raise RoomNotFound
            user = present(await tx.users.get(user_id or (room.owner if room is not None else UserId(""))), tenant)
            where, now = room.id if room is not None else RoomId(""), self.clock.now()
            id, by = new_id(now), operator.actor
            statement = StatementOfReasons(id, tenant, user.id, Measure.WARN, now, by, room=where, words=text)
            await tx.statements.add(statement)
            await self.recorder.record_for_user(tx, user, user_events.warned(user, where, text, at=now))
            return GivenWarning(statement, (await tx.statements.warned([user.id]))[user.id])

        given = await self.db.transact(work)
        operator.change.note({"warnings": given.total - 1}, {"warnings": given.total, "text": text})
        await self.notifier.stated(given.statement)
        return given


@dataclass(frozen=True, slots=True)
class UserNotes:
    """Notes of operators. All raise ``UserNotFound`` for whom the tenant does not have."""

    db: Database
    clock: Clock

    async def page(self, tenant: TenantName, user: UserId, *, cursor: str, limit: int) -> tuple[Sequence[Note], str]:
        """Return notes on a user, newest first, and the next page's cursor."""
        present(await self.db.users.get(user), tenant)
        return cut(await self.db.notes.of_user(user, cursor, limit + 1), limit, lambda note: note.id)

    async def add(self, operator: Operator, user_id: UserId, text: str) -> Note:
        """Write a note."""

        async def work(tx: Tx) -> Note:
            user = present(await tx.users.get(user_id), operator.tenant.name)
            now = self.clock.now()
            note = Note(NoteId(new_id(now)), user.tenant, user.id, text, operator.actor, now)
            await tx.notes.add(note)
            return note

        note = await self.db.transact(work)
        operator.change.note({}, {"note": note.id})
        return note

    async def delete(self, operator: Operator, id: NoteId) -> bool:
        """Delete a note, whoever wrote it; return False where there is none."""

        async def work(tx: Tx) -> Note | None:
            note = await tx.notes.get(id)
            if note is None or note.tenant != operator.tenant.name:
                return None
            await tx.notes.remove(id)
            return note

        note = await self.db.transact(work)
        if note is not None:
            operator.change.note({"note": id, "user": note.user}, {})
        return note is not None


async def _room(tx: Tx, tenant: TenantName, id: RoomId | None) -> Room | None:
    if id is None:
        return None
    return present_room(await tx.rooms.get(id), tenant)
