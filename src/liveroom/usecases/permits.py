"""Tells media providers, by the work that waits for them, that somebody may send more or less than before.

The work says of whom; what they may send is read when it is done, so that the newest change wins.
"""

from dataclasses import dataclass

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.vendors import VendorDesk

log = structlog.get_logger("liveroom.permits")


@dataclass(frozen=True, slots=True)
class Permits:
    """Takes down such work. That the database is down is logged: what happened on the stage has happened."""

    db: Database
    clock: Clock
    desk: VendorDesk

    async def changed(self, tenant: TenantName, room: RoomId, user: UserId) -> None:
        """Note that a user may send more or less."""
        if self.desk.permits(tenant):
            await self._note(tenant, room, user, put_off=False)

    async def put_off(self, tenant: TenantName, room: RoomId, user: UserId) -> None:
        """Note that a host has put a user off a seat, or that a user sends who has none."""
        if self.desk.carries_media(tenant):
            await self._note(tenant, room, user, put_off=True)

    async def _note(self, tenant: TenantName, room: RoomId, user: UserId, *, put_off: bool) -> None:
        async def work(tx: Tx) -> None:
            note = self.desk.put_off_seat if put_off else self.desk.permission_changed
            await note(tx, tenant, user, room, self.clock.now())

        try:
            await self.db.transact(work)
        except Unavailable as failure:
            log.warning("permits.not_noted", room=room, user=user, cause=repr(failure.__cause__ or failure))
