"""Room buckets: live rooms and their members. The rules are in ``lua/modules/rooms.lua`` and the scripts behind it."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from liveroom.caches import ByteCache
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import PasswordWrong, Refused, RoomBanned, RoomConcealed, RoomFull, RoomNotFound
from liveroom.domain.events.model import Announcement
from liveroom.domain.ids import EntryId, RoomId, SessionId, TenantName, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.moments import milliseconds
from liveroom.domain.presence.members import LeaveReason, Member, PresenceEntry
from liveroom.domain.privacy.visibility import check_visible
from liveroom.domain.rooms.hosting import CLOSED_REMEMBERED
from liveroom.domain.rooms.model import CloseReason, HostPolicy, LiveRoom, Room
from liveroom.ports import Admission, Entered, Left, Looked
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.records import (
    ROLE_NUMBERS,
    member_entries,
    moment_or_never,
    pack,
    read_member,
    read_role,
    write_blockers,
)
from liveroom.store.live.redis.room_rows import (
    ARRANGED,
    PLAIN,
    FixedRow,
    packed_options,
    read_onlooker,
    read_options,
    read_room,
    room_access_row,
)
from liveroom.store.live.redis.schema.arguments.rooms import (
    AdmitArguments,
    CloseRoomArguments,
    LeaveArguments,
    PutAccessArguments,
    PutRoomArguments,
    ReadMembersArguments,
)
from liveroom.store.live.redis.schema.arguments.users import ProfileArguments
from liveroom.store.live.redis.watch import DirtyBuckets

PART: Final = 500
"""Stays that one script ends: a room that is no crowd has to end in one, as its last publication names them all."""
_PAGES: Final = 16 * 1024 * 1024
"""Bytes of the pages of members that a process keeps, each good while its room's version stands."""
_TOMBSTONE_LASTS: Final = milliseconds(CLOSED_REMEMBERED)


_REFUSALS: Final[dict[bytes, type[Refused]]] = {
    b"none": RoomNotFound,
    b"full": RoomFull,
    b"banned": RoomBanned,
    b"concealed": RoomConcealed,
    b"password": PasswordWrong,
}


class RedisRooms:
    """All room buckets; ``watch`` is told which of them this process has changed, ``pacing`` what waits to be told."""

    def __init__(self, core: RedisCore, watch: DirtyBuckets, pacing: Pacing) -> None:
        self._core = core
        self._watch = watch
        self._pacing = pacing
        self._pages: ByteCache[tuple[TenantName, RoomId, int, int, int], tuple[bytes, Sequence[Member]]]
        self._pages = ByteCache(_PAGES)

    # --- members ---------------------------------------------------------------------------------------------------

    async def admit(self, admission: Admission) -> Entered:
        keys = RoomKeys(admission.room)
        answer = await self._core.in_room(
            "admit", keys, KeySet.LEAVING, self._core.offset(), admission.room, *self._asked(admission)
        )
        if isinstance(answer, bytes):
            raise _REFUSALS[answer]
        self._watch.changed(keys.number)
        role, reappeared, wait, summary = answer
        self._pacing.gathered(admission.room, wait)
        return Entered(read_role(role), read_room(admission.room, summary), reappeared=reappeared == 1)

    def _asked(self, admission: Admission) -> AdmitArguments:
        wanted = admission.wanted
        return AdmitArguments(
            tenant=admission.tenant,
            user=admission.user,
            session=admission.session,
            entry=admission.entry,
            wanted=-1 if wanted is None else ROLE_NUMBERS[wanted] if wanted.is_host else 0,
            label=admission.label,
            name=admission.profile.name,
            avatar=admission.profile.avatar,
            admin=int(admission.admin),
            anyone_hosts=int(admission.anyone_hosts),
            grace=self._core.waits.grace,
            keepalive=int(admission.keepalive),
            stay=admission.stay,
            passwords=admission.password,
            link_key=admission.link,
            blockers=write_blockers(admission.blockers),
            warms=self._core.heat.enter,
            half_life=self._core.heat.half_life,
        )

    async def leave(
        self,
        room: RoomId,
        user: UserId,
        session: SessionId | None,
        entry: EntryId | None,
        reason: LeaveReason,
        *,
        if_deserted: bool = False,
    ) -> Left | None:
        keys = RoomKeys(room)
        args = LeaveArguments(
            user=user,
            session=session or "",
            entry=entry or "",
            reason=reason.value,
            grace=self._core.waits.grace,
            if_deserted=int(if_deserted),
        )
        answer = await self._core.in_room("leave", keys, KeySet.LEAVING, self._core.offset(), room, *args)
        if answer is None:
            return None
        self._watch.changed(keys.number)
        ended, ended_session, host, hidden, seated, wait, summary = answer
        self._pacing.gathered(room, wait)
        left = PresenceEntry(EntryId(ended.decode()), user, SessionId(ended_session.decode()), room, host == 1)
        return Left(left, read_room(room, summary), hidden=hidden == 1, seated=seated == 1)

    async def rename(self, room: RoomId, user: UserId, profile: Profile) -> None:
        """Give a member another name and picture."""
        args = ProfileArguments(user=user, name=profile.name, avatar=profile.avatar)
        wait = await self._core.members("rename", room, *args)
        if wait >= 0:
            self._watch.changed(RoomKeys(room).number)
            self._pacing.gathered(room, wait)

    async def member(self, room: RoomId, user: UserId) -> Member | None:
        found = await self._core.member(room, user)
        return None if found is None else found.value(user)

    async def members(
        self, tenant: TenantName, room: RoomId, *, after: int, offset: int, limit: int, viewer: UserId | None
    ) -> Sequence[Member]:
        keys = RoomKeys(room)
        asked = (tenant, room, after, offset, limit)
        version, page = self._pages.get(asked) or (b"", ())
        args = ReadMembersArguments(
            tenant=tenant, after=after, offset=offset, limit=max(limit, 0), version=version, viewer=viewer or ""
        )
        answer = await self._core.in_room("read_members", keys, KeySet.LISTED, *args)
        if answer is None:
            raise RoomNotFound
        newest, options, onlooker, *found = answer
        if options is not None:
            check_visible(read_options(options), read_onlooker(onlooker, self._core.clock.now()))
        if newest == version:
            return page
        page = tuple(
            read_member(packed).value(user.decode()) for user, packed in zip(found[::2], found[1::2], strict=True)
        )
        self._pages.put(asked, (newest, page), 3 * sum(map(len, found)))
        return page

    # --- rooms -----------------------------------------------------------------------------------------------------

    async def put(
        self, room: Room, policy: HostPolicy, card: bytes, room_access: Sequence[RoomAccess]
    ) -> LiveRoom | None:
        args = PutRoomArguments(
            fixed=pack(FixedRow.of(room, policy)),
            card=card,
            rev=room.rev,
            broadcast=room.broadcast,
            grace=self._core.waits.grace,
            most=PART,
            options=packed_options(room.options),
            ends=moment_or_never(room.options.ends),
            access=pack([room_access_row(access) for access in room_access]),
            plain=PLAIN,
        )
        answer: Any = b"more"
        while answer == b"more":
            answer = await self._core.room("put_room", room.id, *args)
        self._watch.changed(RoomKeys(room.id).number)
        return None if answer is None else read_room(room.id, answer)

    async def put_room_access(self, access: RoomAccess, announcement: Announcement) -> bool:
        """Bring an access record up to its row; say whether the room is live."""
        row = room_access_row(access)
        args = PutAccessArguments(
            tenant=access.tenant,
            user=row.user,
            role=row.role,
            banned_until=row.banned_until,
            muted_until=row.muted_until,
            invited=row.invited,
            rev=row.rev,
            arranged=ARRANGED,
            kind=announcement.kind,
            data=announcement.data,
            by=announcement.by or "",
            grace=self._core.waits.grace,
        )
        wait = await self._core.members("put_access", access.room, *args)
        if wait < 0:
            return False
        self._watch.changed(RoomKeys(access.room).number)
        self._pacing.gathered(access.room, wait)
        return True

    async def close(self, room: Room, reason: CloseReason) -> Sequence[PresenceEntry]:
        """Take the room away; the stays of a great one end a part at a time."""
        args = CloseRoomArguments(
            rev=room.rev, tenant=room.tenant, remembered=_TOMBSTONE_LASTS, most=PART, reason=reason.value
        )
        entries: list[PresenceEntry] = []
        more = 1
        while more:
            more, packed = await self._core.room("close_room", room.id, *args)
            entries += member_entries(room.id, packed)
            self._watch.changed(RoomKeys(room.id).number)
        return entries

    async def get(self, room: RoomId) -> LiveRoom | None:
        keys = RoomKeys(room)
        answer = await self._core.in_room("read_room", keys, KeySet.SUMMARY)
        if answer is None:
            return None
        summary, _ = answer
        return read_room(room, summary)

    async def look(self, room: RoomId, user: UserId) -> Looked | None:
        """Return a live room, and what a user is to it."""
        keys = RoomKeys(room)
        answer = await self._core.in_room("read_room", keys, KeySet.SUMMARY, user)
        if answer is None:
            return None
        summary, onlooker = answer
        seen = None if onlooker is None else read_onlooker(onlooker, self._core.clock.now())
        return Looked(read_room(room, summary), seen)

    async def some(self, rooms: Sequence[RoomId]) -> Sequence[LiveRoom]:
        found = await asyncio.gather(*(self.get(room) for room in rooms))
        return [room for room in found if room is not None]
