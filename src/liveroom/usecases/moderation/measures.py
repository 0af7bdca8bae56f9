"""What operators do because of reports, each within the caller's transaction, so that deed and note are one.

What has to follow in the live store is in rows of the outbox, which the relay applies after the commit, in whatever
process: a kick too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from liveroom.domain.accounts.users import present
from liveroom.domain.errors import PermissionDenied, RoomNotFound
from liveroom.domain.events import users as user_events
from liveroom.domain.events.outbox import OutboxRow, RoomAccessChanged
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.handling import Handling
from liveroom.domain.moderation.reports import Measure
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.moderation.statements import StatementOfReasons
from liveroom.domain.rooms.model import CloseReason, Room, RoomStatus, present_room
from liveroom.ports import Clock, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.moderation.room_access import AccessChanges
from liveroom.usecases.moderation.users import Moderation, until
from liveroom.usecases.rooms.broadcasts import Broadcasts

_OPERATOR = UserId("")


class Subject(NamedTuple):
    """Whom something is done to, and in which room; "" for none."""

    tenant: TenantName
    user: UserId
    room: RoomId


class Done(NamedTuple):
    """What was done: until when it holds, and what the relay has to be given."""

    rows: Sequence[OutboxRow] = ()
    until: datetime | None = None
    room: RoomId = RoomId("")
    """Where it holds; "" everywhere."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Does them, and undoes them."""

    clock: Clock
    everywhere: Moderation
    changes: AccessChanges
    broadcasts: Broadcasts
    recorder: EventRecorder

    async def take(self, tx: Tx, handling: Handling, subject: Subject, line: str) -> Done:
        """Do what was decided; ``line``: why, as a mute or ban keeps it.

        Raises ``RoomNotFound``, ``UserNotFound``, ``PermissionDenied`` for a ban of a room's holder from their room,
        ``QuotaExceeded``.
        """
        match handling.measure:
            case Measure.DISMISS:
                return Done(room=subject.room)
            case Measure.WARN:
                user = present(await tx.users.get(subject.user), subject.tenant)
                event = user_events.warned(user, subject.room, line, at=self.clock.now())
                await self.recorder.record_for_user(tx, user, event)
                return Done(room=subject.room)
            case Measure.CLOSE:
                return await self._close(tx, subject)
            case Measure.KICK:
                return await self._kick(tx, subject, line)
            case Measure.BAN if handling.everywhere or not subject.room:
                end = until(handling.lasts, self.clock.now())
                _, row = await self.everywhere.ban_in(
                    tx, subject.user, end, line, tenant=subject.tenant, with_address=handling.with_address
                )
                return Done([row], end)
            case _:
                return await self._hold(tx, handling, subject, line)

    async def undo(self, tx: Tx, statement: StatementOfReasons) -> Sequence[OutboxRow]:
        """Lift the mute or ban that a statement is about, unless another is in its place by now.

        A kick or a closed room cannot be undone.
        """
        if statement.measure not in (Measure.MUTE, Measure.BAN):
            return ()
        if not statement.room:
            user = await tx.users.lock(statement.user)
            if user is not None and (user.banned_until, user.ban_reason) == (statement.until, statement.line):
                await self.everywhere.unban_in(tx, user.id)
            return ()
        room = await tx.rooms.lock(statement.room)
        access = None if room is None else await tx.room_access.get(room.id, statement.user)
        if room is None or access is None:
            return ()
        if statement.measure is Measure.BAN:
            held, lifted = (access.banned_until, access.ban_reason), access.banned(None)
        else:
            held, lifted = (access.muted_until, access.mute_reason), access.muted(None)
        if held != (statement.until, statement.line):
            return ()
        _, rows = await self.changes.write(tx, room, access, lifted, by=_OPERATOR)
        return rows

    async def _hold(self, tx: Tx, handling: Handling, subject: Subject, line: str) -> Done:
        """Mute somebody in a room, or ban them from it, in later broadcasts too."""
        room = await _locked(tx, subject)
        user, end = present(await tx.users.get(subject.user), room.tenant), until(handling.lasts, self.clock.now())
        before = await tx.room_access.get(room.id, user.id) or RoomAccess(room.id, user.id, room.tenant)
        if handling.measure is Measure.BAN and user.id in (room.holder, room.owner):
            raise PermissionDenied("whose room it is: ban them everywhere, or close the room")
        after = before.banned(end, line) if handling.measure is Measure.BAN else before.muted(end, line)
        _, rows = await self.changes.write(tx, room, before, after, by=_OPERATOR)
        return Done(rows, end, room.id)

    async def _kick(self, tx: Tx, subject: Subject, line: str) -> Done:
        room, now = await _locked(tx, subject), self.clock.now()
        user = present(await tx.users.get(subject.user), room.tenant)
        await self.changes.write_kick(tx, room, user, by=_OPERATOR, reason=line)
        row = await tx.outbox.add(room.tenant, RoomAccessChanged(room.id, user.id, _OPERATOR, kicked=now), now)
        return Done([row], room=room.id)

    async def _close(self, tx: Tx, subject: Subject) -> Done:
        room = await _locked(tx, subject)
        if room.state is RoomStatus.CLOSED:
            raise RoomNotFound
        closed = await self.broadcasts.close_in(tx, room, by=room.owner, reason=CloseReason.CLOSED_BY_ADMIN)
        return Done([row for row in (closed.row, *closed.behind) if row is not None], room=room.id)


async def _locked(tx: Tx, subject: Subject) -> Room:
    return present_room(await tx.rooms.lock(subject.room) if subject.room else None, subject.tenant)
