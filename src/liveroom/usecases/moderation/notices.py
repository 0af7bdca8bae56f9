"""Notices of operators: to one room or user at once, to many rooms a slice at a time; each is kept with who sent it.

How far a notice to many has come is written after each slice. If the process dies, any process goes on from there: the
rooms of one slice are told again under the same id, which tells nobody twice.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from liveroom.domain.errors import RateLimited, RoomNotFound
from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import RoomId, TenantName, UserId, new_id
from liveroom.domain.messages.payloads import Notice
from liveroom.domain.moderation.notices import SLICE, Audience, SentNotice
from liveroom.domain.operators.caller import Operator
from liveroom.domain.parts import parts
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database
from liveroom.usecases.events.announcing import Announcements
from liveroom.usecases.messages.sending import Messages

_AT_ONCE: Final = 25
_CLAIM: Final = timedelta(seconds=30)
"""How long a notice stays reserved for a process that has died."""
_TIMEOUT: Final = timedelta(seconds=5)
"""How long one run goes on; the next run takes up the rest."""
_NOTICES: Final = 10


@dataclass(frozen=True, slots=True)
class SentNotices:
    """Sends notices, and keeps them."""

    db: Database
    clock: Clock
    messages: Messages
    announcements: Announcements

    async def send(self, operator: Operator, audience: Audience, subject: str, text: str, data: bytes) -> SentNotice:
        """Send a notice. To many rooms: the first ``SLICE`` have it when this returns, the others within seconds.

        Raises ``RoomNotFound``, ``UserNotFound``, ``RateLimited``, ``Unavailable``.
        """
        tenant, now = operator.tenant.name, self.clock.now()
        notice = SentNotice(new_id(now), tenant, audience, subject, text, data, operator.actor, now)
        if audience.is_many:
            await self.db.notices.add(notice)
            return await self._claimed(notice)
        if audience is Audience.ROOM:
            await self.messages.notice(tenant, RoomId(subject), text, data, id=notice.id)
        else:
            payload = Notice(text=text, data=msgspec.Raw(data) if data else None)
            await self.announcements.to_user(tenant, UserId(subject), EventKind.USER_NOTICE, payload)
        sent = replace(notice, rooms=int(audience is Audience.ROOM), done=now)
        await self.db.notices.add(sent)
        return sent

    async def page(self, tenant: TenantName, *, cursor: str, limit: int) -> tuple[Sequence[SentNotice], str]:
        """Return what was sent, the newest first, and the next page's cursor."""
        found = await self.db.notices.page(tenant, cursor, limit + 1)
        return cut(found, limit, lambda notice: notice.id)

    async def go_on(self, timeout: timedelta = _TIMEOUT) -> int:
        """Tell the rooms that are left of notices to many, for a while; return how many notices were worked on."""
        until, worked = self.clock.now() + timeout, 0
        for notice in await self.db.notices.unfinished(_NOTICES):
            await self._claimed(notice, until=until)
            worked += 1
        return worked

    async def _claimed(self, notice: SentNotice, *, until: datetime | None = None) -> SentNotice:
        """Tell a slice of rooms, or as many as there is time for, unless somebody else is at it.

        Return the notice as it is then.
        """
        lease, holder, now = f"notice:{notice.id}", secrets.token_hex(8), self.clock.now()
        if not await self.db.leases.claim(lease, holder, now, now + _CLAIM):
            return notice
        try:
            told = await self.db.notices.get(notice.id) or notice
            while told.done is None:
                told = await self._tell(told)
                if until is None or self.clock.now() >= until:
                    break
        finally:
            await self.db.leases.release(lease, holder)
        return told

    async def _tell(self, notice: SentNotice) -> SentNotice:
        """Tell the next slice of rooms, and write that."""
        rooms = await self.db.rooms.live(notice.tenant, notice.cursor, SLICE)
        meant = [room.id for room in rooms if notice.audience is Audience.EVERYBODY or room.category == notice.subject]
        told = 0
        for some in parts(meant, _AT_ONCE):
            told += sum(await asyncio.gather(*(self._tell_one(notice, room) for room in some)))
        is_over = len(rooms) < SLICE
        progress = replace(
            notice,
            rooms=notice.rooms + told,
            cursor=rooms[-1].id if rooms else notice.cursor,
            done=self.clock.now() if is_over else None,
        )
        await self.db.notices.progress(progress)
        return progress

    async def _tell_one(self, notice: SentNotice, room: RoomId) -> bool:
        """Tell one room; a room that has closed meanwhile, or has its second full of notices, is left out."""
        try:
            await self.messages.notice(notice.tenant, room, notice.text, notice.data, id=notice.id)
        except (RoomNotFound, RateLimited):
            return False
        return True
