"""Deleting users: the account goes at once, then their personal data; what they took part in stays, under a pseudonym.

The deletion leaves an erasure, which is worked off in the background: a few rows at a time, by any number of processes,
each of which may die at any step. Rows are found by the user's id, so that erased ones are not found again.
docs/decisions/0029-deleted-users.md says what becomes of each column.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor, SessionEnd
from liveroom.domain.accounts.users import User
from liveroom.domain.events import rooms as room_events
from liveroom.domain.events import users as user_events
from liveroom.domain.events.outbox import OutboxRow, SessionsEnded
from liveroom.domain.events.records import of_room, of_user
from liveroom.domain.ids import BroadcastId, RoomId, UserId
from liveroom.domain.parts import parts
from liveroom.domain.privacy.erasures import AGAIN, Erasure, PersonalDataKind, erasure_of, without
from liveroom.domain.rooms.model import CloseReason, Room, RoomStatus
from liveroom.domain.rooms.options import RoomOptions
from liveroom.ports import Clock, Database, Live, PersonalEvent, PersonalRows, Tx
from liveroom.usecases.accounts.sessions import why_over
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.importing.logins import forget_user
from liveroom.usecases.ledger.closing import WalletClosing
from liveroom.usecases.messages.pinning import PinBoard
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

log = structlog.get_logger("liveroom.erasures")

TIMEOUT: Final = timedelta(seconds=5)
"""How long one run goes on; the next run takes up the rest."""
CLAIM: Final = timedelta(seconds=60)
"""How long an erasure stays reserved for a process that has died."""
AT_ONCE: Final = 200
"""Rows of one transaction: SQLite lets nobody else write meanwhile, for a few milliseconds."""
_ERASURES: Final = 20


@dataclass(frozen=True, slots=True)
class AccountDeletion:
    """Deletes accounts at once; what is left of their users elsewhere is erased by ``DeletedUsers``."""

    db: Database
    clock: Clock
    broadcasts: Broadcasts
    relay: OutboxRelay
    vendor_tasks: VendorTaskQueue
    recorder: EventRecorder
    wallets: WalletClosing

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
        await tx.push_streams.remove_of(user.id)
        deleted = User(user.id, user.tenant, user.created, now, ended=now, deleted=now)
        await tx.users.put(deleted)
        await tx.erasures.add(erasure_of(user.id, user.tenant, now))
        await tx.recordings.erase_of(user.id, now)
        await self.wallets.close_in(tx, user)
        await self.vendor_tasks.user_evicted(tx, deleted, now)
        await self.recorder.record_for_user(tx, deleted, user_events.deleted(deleted))
        message = SessionsEnded(user.id, sessions, now, everything=True, why=SessionEnd.DELETED)
        rows.append(await tx.outbox.add(user.tenant, message, now))
        return rows


@dataclass(frozen=True, slots=True)
class DeletedUsers:
    """Works erasures off."""

    db: Database
    live: Live
    clock: Clock
    recorder: EventRecorder
    board: PinBoard

    async def erase(self, timeout: timedelta = TIMEOUT) -> int:
        """Work on what is due, for a while; return how many rounds were finished."""
        over, until = 0, self.clock.now() + timeout
        for erasure in await self.db.erasures.due(self.clock.now(), _ERASURES):
            taken = await self._take(erasure)
            if taken is not None:
                over += await self._go_on(_Round(self, taken, until))
            if self.clock.now() >= until:
                break
        return over

    async def _take(self, erasure: Erasure) -> Erasure | None:
        end = self.clock.now() + CLAIM
        return erasure._replace(due=end) if await self.db.erasures.take(erasure, end) else None

    async def _go_on(self, round: "_Round") -> bool:
        """Go on with a round; say whether it is over."""
        erasure, now = round.erasure, self.clock.now()
        if not await round.work():
            await self.db.erasures.put_off(erasure._replace(due=self.clock.now()))
            return False
        if not erasure.is_last:
            await self.db.erasures.put_off(erasure.after_round())
        elif await self.db.personal_data.is_left(erasure.user):
            await self.db.erasures.put_off(erasure._replace(due=now + AGAIN))
        else:
            await self.db.erasures.end(erasure.user)
            log.info("user.erased", tenant=erasure.tenant, pseudonym=erasure.pseudonym)
        return True


class _Round:
    """One round of one erasure, or as much of it as there is time for."""

    def __init__(self, tools: DeletedUsers, erasure: Erasure, until: datetime) -> None:
        self.erasure: Final = erasure
        self._tools: Final = tools
        self._db: Final = tools.db
        self._user: Final = erasure.user
        self._until = until
        self._rewritten: set[str] = set()

    async def work(self) -> bool:
        """Erase what is found; say whether that is all."""
        await self._rewrite([of_user(self._user)])
        await self._rooms()
        apart = await self._db.personal_data.running(self._user)
        for kind in PersonalDataKind:
            if not await self._erase(kind, apart):
                return False
        await self._db.personal_data.forget_user(self._user)
        return True

    async def _rooms(self) -> None:
        after, personal_data = RoomId(""), self._db.personal_data
        while rooms := await personal_data.rooms(self._user, after, AT_ONCE):
            for room in rooms:
                if await self._empty(room):
                    await self._rewrite([of_room(room)])
                    await personal_data.forget_room(room)
            after = rooms[-1]

    async def _empty(self, room_id: RoomId) -> bool:
        """Empty the texts of a room's row; return False for a live room, which is somebody else's by now."""

        async def work(tx: Tx) -> bool:
            room = await tx.rooms.lock(room_id)
            if room is None or room.state is RoomStatus.LIVE:
                return False
            empty = _emptied(room)
            if empty != room:
                empty = replace(empty, rev=room.rev + 1)
                await tx.rooms.put(empty)
                await tx.room_terms.drop(await tx.room_terms.of([room_id]))
                now = self._tools.clock.now()
                await self._tools.recorder.record_for_room(tx, empty, room_events.updated(empty)._replace(at=now))
            return True

        return await self._db.transact(work)

    async def _erase(self, kind: PersonalDataKind, apart: Collection[BroadcastId]) -> bool:
        """Erase rows of one kind; return False if time is up and there may be more.

        The events that name the user because of these rows come first: as long as the rows exist, the events can be
        found again.
        """
        while (found := await self._db.personal_data.find(kind, self._user, AT_ONCE, apart)).keys:
            await self._rewrite(_streams(found))
            if kind is PersonalDataKind.MESSAGE:
                await self._forget_talk(found.rooms)
            await self._db.personal_data.erase(kind, self.erasure, found.keys)
            faults.point("erasure.part")
            await asyncio.sleep(0)
            if self._tools.clock.now() >= self._until:
                return False
        return True

    async def _forget_talk(self, rooms: Iterable[RoomId]) -> None:
        for room in rooms:
            await self._tools.live.talk.forget(room, self._user, self.erasure.pseudonym)
            await self._tools.board.drop(self.erasure.tenant, room, meant=lambda pinned: pinned.user == self._user)

    async def _rewrite(self, streams: Iterable[str]) -> None:
        """Take the user out of recorded events, so that later deliveries name nobody."""
        for stream in set(streams) - self._rewritten:
            self._rewritten.add(stream)
            events = [
                new
                for one in await self._db.personal_data.events_naming(self._user, stream)
                if (new := _without(one, self._user))
            ]
            for some in parts(events, AT_ONCE):
                await self._db.personal_data.rewrite(some)
                await asyncio.sleep(0)


def _streams(found: PersonalRows) -> list[str]:
    return [*map(of_room, found.rooms), *map(of_user, found.users)]


def _emptied(room: Room) -> Room:
    """Return a closed room without texts, and without options that somebody has set."""
    return replace(
        room,
        state=RoomStatus.CLOSED,
        title="",
        cover="",
        subject="",
        description="",
        options=RoomOptions(guarded=room.options.guarded),
    )


def _without(event: PersonalEvent, user: UserId) -> PersonalEvent | None:
    """Return the event without the user's data; None if it has none."""
    data = msgspec.json.decode(event.body)
    other = without(user, event.kind, data)
    return None if other == data else event._replace(body=msgspec.json.encode(other).decode())
