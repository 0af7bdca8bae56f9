"""Entering, leaving, opening and closing rooms.

Admission is one function of the live store; an enter goes through the user's bucket, then the room's. A refusal takes
the presence entry back; a crash between the two leaves at most an index entry without a member (LIVE.md 1).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import (
    BadRequest,
    Failure,
    LiveUnavailable,
    PasswordMissing,
    PasswordWrong,
    PermissionDenied,
    Refused,
    RoomConcealed,
    RoomNotFound,
)
from liveroom.domain.ids import EntryId, RoomId, StayId, UserId, new_id
from liveroom.domain.presence.members import LeaveReason, PresenceEntry, Role, wanted_role
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.rooms.model import LiveRoom, Policies, Room, RoomChanges
from liveroom.domain.tenants.server_keys import Operator
from liveroom.ports import Admission, ClaimedPresence, Clock, Database, Entered, Left, Live, PresenceClaim
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.hooks.entering import EnterRequest, EntryHooks
from liveroom.usecases.media.permissions import PublishPermissions
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.presence.evictions import evict
from liveroom.usecases.presence.unfinished import Unfinished, UnfinishedEnd
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rooms.broadcasts import Broadcasts, Committed
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.rooms.openings import Openings
from liveroom.usecases.rooms.passwords import Passwords
from liveroom.usecases.rooms.ranks import is_admin


@dataclass(frozen=True, slots=True)
class Rooms:
    """What people do with rooms."""

    db: Database
    live: Live
    clock: Clock
    broadcasts: Broadcasts
    listings: Listings
    relay: OutboxRelay
    policies: Policies
    entry_hooks: EntryHooks
    passwords: Passwords
    screening: Screening
    unfinished: Unfinished
    openings: Openings
    privacy: Privacy

    async def reserve(self, actor: Actor, changes: RoomChanges) -> Room:
        """Give the actor a fresh room id. Nobody sees the room until they open it.

        Raises ``ContentRefused``, ``RateLimited``.
        """
        screened = await self.screening.room(actor.tenant.name, changes, user=actor.user)
        return await self.openings.reserve(actor, screened)

    async def enter(
        self,
        actor: Actor,
        room_id: RoomId | None,
        *,
        role: str | None,
        changes: RoomChanges,
        kind: str = "",
        password: str = "",
        link: str = "",
    ) -> Entered:
        """Put the actor in the room, opening it when it is not live and they come as its host.

        Entering twice is entering once; entering elsewhere ends the session's audience presence entry. Raises
        ``RoomNotFound``, ``RoomFull``, ``RoomBanned``, ``PasswordMissing``, ``PasswordWrong``, ``RateLimited`` after
        wrong passwords or too many openings, ``PermissionDenied``, ``HookRefused``, ``ContentRefused``,
        ``BadRequest``, ``QuotaExceeded``.
        """
        asked = wanted_role(role)
        if room_id is None and asked[0] is Role.AUDIENCE:
            raise BadRequest("roomId: required")
        request = EnterRequest(*asked, changes, kind, link=link)
        if not password:
            try:
                return await self._enter(actor, room_id, request)
            except PasswordWrong:
                raise PasswordMissing from None
        async with self.passwords.guess(actor, room_id, password) as digests:
            return await self._enter(actor, room_id, request._replace(password=digests))

    async def _enter(self, actor: Actor, room_id: RoomId | None, request: EnterRequest) -> Entered:
        request = await self.entry_hooks.before_enter(actor, room_id, request)
        if room_id is None:
            request = await self.entry_hooks.screened(actor, None, request)
            room_id = (await self.openings.reserve(actor, request.changes)).id
        now = self.clock.now()
        heartbeat = Heartbeat(actor.user, actor.session, now, keepalive=False, by_socket=actor.by_socket)
        presence_claim = PresenceClaim(heartbeat, room_id, EntryId(new_id(now)), host=False)
        entry = PresenceEntry(presence_claim.entry, actor.user, actor.session, room_id, host=False)
        try:
            claimed = await self.live.claim_presence(presence_claim)
            faults.point("enter.claimed")
            entry = entry._replace(id=claimed.entry)
            admission = self._admission(
                presence_claim, claimed, request, actor, claimed.profile or await self._profile(actor)
            )
            entered = await self._admit(actor, admission, request)
            faults.point("enter.admitted")
            if entered.role.is_host:
                await self.live.claim_presence(presence_claim._replace(entry=entry.id, host=True))
        except (Failure, asyncio.CancelledError) as failure:
            await self._take_back(entry, failure, fresh=entry.id == presence_claim.entry)
            raise
        await self._finish(entered, claimed.former)
        return entered

    async def leave(self, actor: Actor, room_id: RoomId) -> None:
        """End the session's presence entry in the room; where it has none, nothing changes."""
        left = await self.live.leave(room_id, actor.user, actor.session, None, LeaveReason.LEFT)
        if left is None:
            return
        faults.point("leave.left")
        try:
            await self.live.drop_entries([left.entry])
        except LiveUnavailable:
            self.live.drop_later([left.entry])
            raise
        await self._queue_permissions([left])
        await self._list([(left.room, left.hidden)])
        await self.live.persist()

    async def kick(self, room_id: RoomId, user: UserId) -> bool:
        """End all that a user has in the room; say False when they are not in it. They may enter it again."""
        return await evict(self.live, self.listings, room_id, user)

    async def update(self, actor: Actor, room_id: RoomId, changes: RoomChanges) -> LiveRoom:
        """Change a live room and return it. Raises ``RoomNotFound``, ``PermissionDenied``, ``ContentRefused``."""
        changes = await self.screening.room(actor.tenant.name, changes, user=actor.user, room=room_id)
        committed = await self.broadcasts.change(actor, room_id, changes)
        faults.point("change.committed")
        return await self._deliver(committed)

    async def destroy(self, actor: Actor | Operator, room_id: RoomId) -> None:
        """Close the room; one that is not there, or closed, is left alone. Raises ``PermissionDenied``."""
        try:
            committed = await self.broadcasts.close_as(actor, room_id)
        except PermissionDenied:
            if isinstance(actor, Actor) and await self.privacy.conceals(actor.tenant.name, actor.user, room_id):
                return
            raise
        faults.point("close.committed")
        if committed is not None and committed.row is not None:
            await self.relay.deliver_later([committed.row])
            await self._persist_if_possible()

    async def end_entries(self, entries: Sequence[PresenceEntry], reason: LeaveReason) -> None:
        """Take presence entries out of their rooms, then out of the index; a presence entry that is no longer held
        changes nothing.
        """
        ended = await self._leave_all(entries, reason)
        await self._queue_permissions(ended)
        faults.point("expiry.left")
        await self.live.drop_entries(entries)
        await self._list([(left.room, left.hidden) for left in ended if left is not None])

    async def end_deserted(self, entries: Sequence[PresenceEntry]) -> None:
        """End presence entries of members who are gone; those who have entered or subscribed again since then stay.

        Entries for which the store does not answer are found again 30 s later.
        """
        leaving = [
            self.live.leave(entry.room, entry.user, entry.session, entry.id, LeaveReason.LOST, if_deserted=True)
            for entry in entries
        ]
        ended = [left for left in await asyncio.gather(*leaving) if left is not None]
        await self._queue_permissions(ended)
        await self.live.drop_entries([left.entry for left in ended])
        await self._list([(left.room, left.hidden) for left in ended])

    async def end_unfinished(self) -> int:
        """End presence entries whose end the store has not confirmed; return how many of them were held."""
        ended = await self.unfinished.end_waiting()
        await self._queue_permissions(ended)
        await self._list([(left.room, left.hidden) for left in ended])
        return len(ended)

    async def _admit(self, actor: Actor, admission: Admission, request: EnterRequest) -> Entered:
        try:
            entered = await self._try_admit(actor, admission)
        except RoomNotFound:
            if admission.wanted is Role.AUDIENCE:
                raise
            await self._open(actor, admission, request)
            entered = await self._try_admit(actor, admission)
        asked_more = admission.wanted is not None and admission.wanted.is_host and not entered.role.is_host
        if asked_more and await is_admin(self.db, actor.user):
            return await self.live.admit(admission._replace(admin=True))
        return entered

    async def _try_admit(self, actor: Actor, admission: Admission) -> Entered:
        """Let somebody in, an admin also where others need a link, an invitation or a password."""
        try:
            return await self.live.admit(admission)
        except (RoomConcealed, PasswordWrong):
            if not await is_admin(self.db, actor.user):
                raise
            return await self.live.admit(admission._replace(admin=True))

    async def _open(self, actor: Actor, admission: Admission, request: EnterRequest) -> None:
        await self.openings.check_pace(actor)
        changes = await self.entry_hooks.before_live(actor, admission.room, request)
        try:
            committed = await self.openings.open(actor, admission.room, changes, request.kind)
        except PermissionDenied:
            if admission.wanted is None:
                await self.openings.take_back(actor)
                raise RoomNotFound from None
            raise
        faults.point("open.committed")
        await self._deliver(committed)

    async def _deliver(self, committed: Committed) -> LiveRoom:
        """Return the live room as committed, or newer."""
        live = await self.relay.bring_up(committed.room, committed.row)
        if live is None:
            raise RoomNotFound
        return live

    async def _finish(self, entered: Entered, former: Sequence[PresenceEntry]) -> None:
        """Finish an enter: former presence entries end, the list shows the rooms as they are now."""
        left = await self._leave_former(former) if former else ()
        await self._list([(entered.room, entered.reappeared), *((one.room, one.hidden) for one in left)])
        await self.live.persist()

    async def _list(self, rooms: Sequence[tuple[LiveRoom, bool]]) -> None:
        """Bring the list up to date; with True: a room was hidden or shown, and others are notified after the list."""
        counted: list[LiveRoom] = []
        turned: list[LiveRoom] = []
        for room, changed in rooms:
            (turned if changed else counted).append(room)
        if counted:
            await self.listings.keep_up(counted)
        if turned:
            await self.listings.announce(turned)

    async def _leave_former(self, former: Sequence[PresenceEntry]) -> Sequence[Left]:
        """End presence entries in other rooms. One that its room does not have (yet) is left to the expiry.

        The index has them marked as former ones, and forgets them with the next batch.
        """
        left = [one for one in await self._leave_all(former, LeaveReason.ELSEWHERE) if one is not None]
        await self._queue_permissions(left)
        self.live.drop_later([one.entry for one in left])
        faults.point("enter.former_left")
        return left

    async def _queue_permissions(self, ended: Sequence[Left | None]) -> None:
        """Queue work at media providers for those who left a seat together with the room."""
        for one in ended:
            if one is not None and one.seated:
                publish_permissions = PublishPermissions(self.db, self.clock, self.broadcasts.vendor_tasks)
                await publish_permissions.changed(one.room.tenant, one.room.id, one.entry.user)

    async def _leave_all(self, entries: Sequence[PresenceEntry], reason: LeaveReason) -> Sequence[Left | None]:
        """End presence entries in their rooms; where the store breaks off they are ended when it answers again."""
        leaving = [self.live.leave(entry.room, entry.user, entry.session, entry.id, reason) for entry in entries]
        try:
            return [await leaving[0]] if len(leaving) == 1 else await asyncio.gather(*leaving)
        except (LiveUnavailable, asyncio.CancelledError):
            self.unfinished.add(*(UnfinishedEnd(entry, reason) for entry in entries))
            raise

    async def _take_back(self, entry: PresenceEntry, failure: BaseException, *, fresh: bool) -> None:
        """Give back the presence entry of an enter that failed, so that the index names every member.

        After a refusal the room does not have it. After an outage it may: then it is ended in the room first, as soon
        as the store answers, unless it existed before the enter.
        """
        refused = isinstance(failure, Refused | BadRequest)
        taking_back = UnfinishedEnd(entry, LeaveReason.LEFT, refused=True)
        try:
            if fresh and refused:
                await self.live.give_back(entry)
            elif fresh:
                await self.unfinished.end(taking_back)
            elif refused:
                await self.live.drop_entries([entry])
        except (LiveUnavailable, asyncio.CancelledError):
            if fresh:
                self.unfinished.add(taking_back)

    async def _persist_if_possible(self) -> None:
        try:
            await self.live.persist()
        except LiveUnavailable:
            return

    async def _profile(self, actor: Actor) -> Profile:
        user = await self.db.users.get(actor.user)
        profile = user.profile if user is not None else Profile()
        await self.live.put_profile(actor.user, profile)
        return profile

    def _admission(
        self,
        presence_claim: PresenceClaim,
        claimed: ClaimedPresence,
        request: EnterRequest,
        actor: Actor,
        profile: Profile,
    ) -> Admission:
        return Admission(
            tenant=actor.tenant.name,
            room=presence_claim.room,
            user=actor.user,
            session=actor.session,
            entry=claimed.entry,
            stay=StayId(presence_claim.entry),
            wanted=request.wanted,
            label=request.label,
            profile=profile,
            admin=request.promoted,
            anyone_hosts=self.policies.anyone_hosts,
            keepalive=claimed.keepalive,
            password=request.password,
            link=request.link,
        )
