"""The world of the live suite: a store, its ledger and its clock, and what people do, said in one line each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import RoomFull, RoomNotFound
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, EntryId, RoomId, SessionId, StayId, TenantName, UserId
from liveroom.domain.presence.members import LeaveReason, Member, PresenceEntry, Role
from liveroom.domain.presence.signs import Heartbeat, PresenceTimeouts
from liveroom.domain.rooms.model import CloseReason, HostPolicy, LiveRoom, Room, RoomStatus
from liveroom.domain.rooms.paging import ListedRoom
from liveroom.ports import Admission, ClaimedPresence, Entered, Left, Live, Orphan, PresenceClaim
from tests.worlds import FakeRecoveryStore, WoundClock, a_moment

FOR_EVER = timedelta(days=365)
"""A gap that no test exceeds: for tests that are not about outages."""
EVERYONE = 10_000


@dataclass
class World:
    """One store and everything around it. ``live`` changes when the store is lost or the process starts again."""

    open: Callable[[FakeRecoveryStore, WoundClock, PresenceTimeouts], Awaitable[Live]]
    flush_store: Callable[[], None]
    """Lets the store forget everything (what memory does whenever its process ends)."""
    forgets: bool
    """The store ends with its process."""
    timeouts: PresenceTimeouts = field(default_factory=PresenceTimeouts)
    clock: WoundClock = field(default_factory=WoundClock)
    recovery: FakeRecoveryStore = field(default_factory=FakeRecoveryStore)
    opened: list[Live] = field(default_factory=list)
    _entries: int = 0

    @property
    def live(self) -> Live:
        return self.opened[-1]

    async def restart(self) -> Live:
        """Start a second process on the same store and ledger."""
        self.opened.append(await self.open(self.recovery, self.clock, self.timeouts))
        return self.live

    async def lose(self) -> None:
        """Save the journal, then lose the live store; a moment passes."""
        await self.save()
        self.clock.advance(0.1)
        if self.forgets:
            await self.restart()
        self.flush_store()

    async def save(self) -> None:
        await self.live.persist()
        await self.live.flush()

    # --- signs of life ---------------------------------------------------------------------------------------------

    def heartbeat(
        self, user: str, session: str = "", *, keepalive: bool = False, issued: datetime | None = None
    ) -> Heartbeat:
        """Return a sign of life; the session is the user's only one unless it is named."""
        id = SessionId(session or f"{user}-1")
        return Heartbeat(UserId(user), id, issued or self.clock.now() - timedelta(seconds=1), keepalive)

    async def touch(self, user: str, session: str = "", *, keepalive: bool = False) -> None:
        await self.live.touch(self.heartbeat(user, session, keepalive=keepalive))

    async def is_online(self, user: str) -> bool:
        (presence,) = await self.live.presence([UserId(user)])
        return presence.online

    # --- members ---------------------------------------------------------------------------------------------------

    async def take(
        self, user: str, room: str, session: str = "", *, host: bool = False, keepalive: bool = False
    ) -> ClaimedPresence:
        """Take the first half of an enter."""
        self._entries += 1
        heartbeat = self.heartbeat(user, session, keepalive=keepalive)
        return await self.live.claim_presence(
            PresenceClaim(heartbeat, RoomId(room), EntryId(f"p{self._entries}"), host)
        )

    def admission(self, user: str, room: str, entry: str, session: str = "", **given: Any) -> Admission:
        """Return the second half of an enter: an audience member's, unless something else is given."""
        admission = Admission(
            tenant=DEFAULT_TENANT,
            room=RoomId(room),
            user=UserId(user),
            session=SessionId(session or f"{user}-1"),
            entry=EntryId(entry),
            stay=StayId(entry),
            wanted=None,
            label="",
            profile=Profile(f"name of {user}", f"picture of {user}"),
            admin=False,
            anyone_hosts=False,
            keepalive=False,
        )
        return admission._replace(**given)

    async def enter(
        self, user: str, room: str = "r1", session: str = "", *, keepalive: bool = False, **given: Any
    ) -> Entered:
        """Enter as a use case does: the place first, the room second; a refusal takes the place back.

        What the room keeps back for the list is released; so it is by ``leave`` and ``put``.
        """
        wanted = given.get("wanted")
        host = wanted is not None and wanted is not Role.AUDIENCE
        stay = StayId(f"p{self._entries + 1}")  # by the name of the place that ``take`` asks for
        claimed = await self.take(user, room, session, host=host, keepalive=keepalive)
        admission = self.admission(user, room, claimed.entry, session, stay=stay, keepalive=claimed.keepalive, **given)
        try:
            entered = await self.live.admit(admission)
        except (RoomFull, RoomNotFound):
            await self.live.give_back(
                PresenceEntry(claimed.entry, admission.user, admission.session, admission.room, host)
            )
            raise
        if entered.reappeared:
            await self.release(entered.room)
        return entered

    async def enter_as_anchor(self, user: str, room: str = "r1", session: str = "") -> Entered:
        """Enter a room in whose category anyone may host, as a host."""
        return await self.enter(user, room, session, wanted=Role.ANCHOR, anyone_hosts=True)

    async def leave(
        self, user: str, room: str = "r1", session: str = "", reason: LeaveReason = LeaveReason.LEFT
    ) -> Left | None:
        """Leave as a use case does: the room first, then the index."""
        id = SessionId(session or f"{user}-1")
        left = await self.live.leave(RoomId(room), UserId(user), id, None, reason)
        if left is not None:
            await self.live.drop_entries([left.entry])
            if left.hidden:
                await self.release(left.room)
        return left

    async def members(self, room: str = "r1", after: int = 0, offset: int = 0, limit: int = 100) -> Sequence[Member]:
        return await self.live.members(DEFAULT_TENANT, RoomId(room), after=after, offset=offset, limit=limit)

    async def names(self, room: str = "r1") -> list[str]:
        """Return who is in the room, in the order of joining."""
        return [member.user for member in await self.members(room)]

    async def role(self, user: str, room: str = "r1") -> Role:
        member = await self.live.member(RoomId(room), UserId(user))
        assert member is not None
        return member.role

    # --- rooms -----------------------------------------------------------------------------------------------------

    def row(self, room: str = "r1", owner: str = "ann", **given: Any) -> Room:
        """Return a live room's row: revision 1 of its first broadcast, unless something else is given."""
        row = Room(
            id=RoomId(room),
            tenant=TenantName(""),
            holder=UserId(owner),
            owner=UserId(owner),
            state=RoomStatus.LIVE,
            created_by=UserId(owner),
            updated_by=UserId(owner),
            opened=self.clock.now(),
            updated=self.clock.now(),
            broadcast=BroadcastId(f"{room}-b1"),
            category="voice",
            rev=1,
        )
        return replace(row, **given)

    async def put(self, row: Room, policy: HostPolicy = HostPolicy.OWNER, card: bytes = b"{}") -> LiveRoom | None:
        """Commit the row, then tell the live store, which has met the room's bucket before."""
        await self.live.room(row.id)
        self.recovery.rooms[row.id] = (row, policy, card)
        put = await self.live.put_room(row, policy, card)
        if put is not None:
            await self.release(put)
        return put

    async def release(self, room: LiveRoom) -> None:
        """Say that the list shows the room as it was then."""
        await self.live.channels.release(room.id, room.version)

    async def open_room(
        self, room: str = "r1", owner: str = "ann", *, policy: HostPolicy = HostPolicy.OWNER, **given: Any
    ) -> Room:
        """Open a room whose owner is not in yet."""
        row = self.row(room, owner, **given)
        await self.put(row, policy)
        return row

    async def go_live(
        self, room: str = "r1", owner: str = "ann", *, policy: HostPolicy = HostPolicy.OWNER, **given: Any
    ) -> Room:
        """Open a room with its owner in it."""
        row = await self.open_room(room, owner, policy=policy, **given)
        await self.enter(owner, room, wanted=Role.OWNER)
        return row

    async def close_room(self, row: Room, reason: CloseReason = CloseReason.DESTROYED) -> Sequence[PresenceEntry]:
        """Commit the closed row, then tell the live store."""
        self.recovery.rooms.pop(row.id, None)
        return await self.live.close_room(replace(row, state=RoomStatus.CLOSED), reason)

    async def room(self, room: str = "r1") -> LiveRoom:
        found = await self.live.room(RoomId(room))
        assert found is not None
        return found

    # --- time ------------------------------------------------------------------------------------------------------

    async def expire(self, *, gap: timedelta = FOR_EVER, limit: int = EVERYONE) -> list[PresenceEntry]:
        """Return the places whose time is over."""
        expired = await self.live.expired(limit, gap=gap)
        return [*expired.over, *expired.unseen]

    async def expire_after(self, seconds: float) -> list[PresenceEntry]:
        """Let time pass, then expire places."""
        self.clock.advance(seconds)
        return await self.expire()

    async def calm(self) -> None:
        """Let the hold pass that follows the filling of lost buckets."""
        await self.expire()
        self.clock.advance(self.timeouts.keepalive + timedelta(seconds=2))

    async def wind(self, seconds: int) -> list[Orphan]:
        """Let time pass as a running service does, looking at rooms every ten seconds; return the orphans."""
        found: list[Orphan] = []
        for passed in range(0, seconds, 10):
            self.clock.advance(min(10, seconds - passed))
            found += await self.live.orphans(EVERYONE)
        return found

    # --- lists -----------------------------------------------------------------------------------------------------

    def listed(self, room: str, opened: float = 0, joined: int = 0, version: int = 1, **given: Any) -> ListedRoom:
        """Return a room of the list, opened so many seconds after the suite's morning; its card is its id."""
        listed = ListedRoom(RoomId(room), version, "voice", MORNING + timedelta(seconds=opened), joined, room.encode())
        return listed._replace(**given)

    async def publish(self, *rooms: ListedRoom, tenant: TenantName = DEFAULT_TENANT) -> None:
        """Build the tenant's list of these rooms."""
        assert await self.live.claim_list(tenant)
        await self.live.put_listed(tenant, rooms)
        await self.live.finish_list(tenant)


MORNING = datetime.fromisoformat("2026-03-01T08:00:00+00:00")


async def eventually(answer: Callable[[], bool], seconds: float = 2) -> None:
    """Return when the answer is yes; a second is what the store promises, two are what a busy machine gets."""
    async with asyncio.timeout(seconds):
        while not answer():
            await a_moment()
