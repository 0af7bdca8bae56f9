"""Queues work at media providers when somebody may publish more or less than before.

The work names the user; what they may publish is read when it is done, so that the newest change wins.
"""

from dataclasses import dataclass

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

log = structlog.get_logger("liveroom.publish_permissions")


@dataclass(frozen=True, slots=True)
class PublishPermissions:
    """Queues such work. If the database is down, that is only logged: the seat map has already changed."""

    db: Database
    clock: Clock
    vendor_tasks: VendorTaskQueue

    async def changed(self, tenant: TenantName, room: RoomId, user: UserId) -> None:
        """Queue that a user may publish more or less."""
        if self.vendor_tasks.can_change_permissions(tenant):
            await self._note(tenant, room, user, off_seat=False)

    async def taken_off_seat(self, tenant: TenantName, room: RoomId, user: UserId) -> None:
        """Queue that a host has taken a user off a seat, or that a user publishes without one."""
        if self.vendor_tasks.carries_media(tenant):
            await self._note(tenant, room, user, off_seat=True)

    async def _note(self, tenant: TenantName, room: RoomId, user: UserId, *, off_seat: bool) -> None:
        async def work(tx: Tx) -> None:
            note = self.vendor_tasks.taken_off_seat if off_seat else self.vendor_tasks.permission_changed
            await note(tx, tenant, user, room, self.clock.now())

        try:
            await self.db.transact(work)
        except Unavailable as failure:
            log.warning("permissions.not_noted", room=room, user=user, cause=repr(failure.__cause__ or failure))
