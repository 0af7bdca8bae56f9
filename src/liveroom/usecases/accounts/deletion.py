"""Deleting an account."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor, SessionEnd
from liveroom.domain.accounts.users import User
from liveroom.domain.events import users as user_events
from liveroom.domain.events.outbox import OutboxRow, SessionsEnded
from liveroom.domain.privacy.erasures import erasure_of
from liveroom.domain.rooms.model import CloseReason, RoomStatus
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.accounts.authentication import why_over
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.importing.accounts import forget_user
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.vendors.task_queue import VendorTaskQueue


@dataclass(frozen=True, slots=True)
class AccountDeletion:
    """Deletes accounts at once; what is left of their users elsewhere is erased by ``DeletedUsers``."""

    db: Database
    clock: Clock
    broadcasts: Broadcasts
    relay: OutboxRelay
    vendor_tasks: VendorTaskQueue
    recorder: EventRecorder

    async def delete(self, actor: Actor) -> None:
        """Delete the account: sessions, presence entries and owned rooms end; name, number and mailbox are free, the
        id is not.

        Deleting again changes nothing. The actor's session is not checked before: raises ``TokenInvalid`` when it was
        ended by anything but the deletion.
        """

        async def work(tx: Tx) -> Sequence[OutboxRow]:
            user = await tx.users.lock(actor.user)
            if user is None or user.deleted is not None:
                return ()
            found = await tx.users.with_session(actor.user, actor.session)
            session = found[1] if found is not None else None
            # One of the original has no row that a ban could end.
            now = self.clock.now()
            if user.is_banned(now) if session is None else session.ended is not None:
                raise why_over(user, now)
            return await self.delete_in(tx, user)

        rows = await self.db.transact(work)
        faults.point("delete.committed")
        await self.relay.deliver_later(rows)

    async def delete_in(self, tx: Tx, user: User) -> Sequence[OutboxRow]:
        """Delete a locked user within the caller's transaction; return what it tells."""
        now = self.clock.now()
        rows = []
        for room_id in (*await tx.rooms.owned_live(user.id), *await tx.schedules.of(user.id)):
            room = await tx.rooms.lock(room_id)
            if room is not None and room.state is not RoomStatus.CLOSED and room.owner == user.id:
                closed = await self.broadcasts.close_in(tx, room, by=user.id, reason=CloseReason.OWNER_DELETED)
                rows += [closed.row] if closed.row is not None else []
        sessions = tuple(await tx.sessions.open_of(user.id))
        await tx.sessions.end_all(user.id, now, SessionEnd.DELETED)
        await tx.users.remove_credentials(user.id)
        await forget_user(tx, user)
        await tx.contacts.release(user.id)
        await tx.own_users.remove(user.id)
        deleted = User(user.id, user.tenant, user.created, now, ended=now, deleted=now)
        await tx.users.put(deleted)
        await tx.erasures.add(erasure_of(user.id, user.tenant, now))
        await self.vendor_tasks.user_evicted(tx, deleted, now)
        await self.recorder.record_for_user(tx, deleted, user_events.deleted(deleted))
        message = SessionsEnded(user.id, sessions, now, everything=True, why=SessionEnd.DELETED)
        rows.append(await tx.outbox.add(user.tenant, message, now))
        return rows
