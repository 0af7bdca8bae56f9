"""What a module may ask of the service that it is installed in; all else of liveroom is private."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from liveroom import deadlines
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import NotInRoom
from liveroom.domain.events.records import NewEvent, of_room
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.presence.members import Member
from liveroom.domain.rooms.model import present_room
from liveroom.ports import Tx
from liveroom.usecases.activities.changes import ActivityView
from liveroom.usecases.activities.hosting import Activities
from liveroom.usecases.events.announcing import Announcements
from liveroom.usecases.events.recorder import EventRecorder

T = TypeVar("T")


class RoomNow(NamedTuple):
    """A live room, as it is now."""

    id: RoomId
    owner: UserId
    category: str
    broadcast: BroadcastId
    """Changes each time the room is opened: what is about one broadcast ends with it."""
    opened: datetime
    members: int


class ActivityNow(NamedTuple):
    """An activity, as it is now."""

    id: str
    type: str
    version: int
    """Grows with each change."""
    shown: Mapping[str, Any]
    """What everybody in the room is shown of it; at its end what came of it."""
    is_over: bool


@dataclass(frozen=True, slots=True)
class Liveroom:
    """The service, to one module. ``tenant`` is whose call it is: ``actor.tenant.name``; of others nothing is found."""

    name: str
    """The module's."""
    data_dir: Path
    """Where the service keeps its own files; a module that needs one may have it here, by its own name."""
    kinds: Mapping[type[Shape], str]
    """Of the module's events."""
    _announcements: Announcements
    _recorder: EventRecorder
    _activities: Activities

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self._announcements.clock.now()

    async def room(self, tenant: TenantName, room: RoomId) -> RoomNow:
        """Return a live room. Raises ``RoomNotFound``, ``LiveUnavailable``."""
        live = present_room(await self._announcements.live.room(room), tenant)
        return RoomNow(live.id, live.owner, live.category, live.broadcast, live.opened, live.members)

    async def member(self, tenant: TenantName, room: RoomId, user: UserId) -> Member:
        """Return a member of a live room. Raises ``RoomNotFound``, ``NotInRoom``, ``LiveUnavailable``."""
        await self.room(tenant, room)
        member = await self._announcements.live.member(room, user)
        if member is None:
            raise NotInRoom
        return member

    async def announce(
        self, tenant: TenantName, room: RoomId, event: Shape, *, by: UserId | None = None, paced: bool = False
    ) -> None:
        """Tell everybody who listens to the room, in the order of its events, also those who were just cut off.

        ``by`` is whose call it was. It leaves at once: with ``paced`` at most five times a second together with others,
        and not at all in a crush of more than 500. Raises ``RoomNotFound``, ``LiveUnavailable``, and ``BadRequest``
        above 8 KB.
        """
        await self._announcements.to_room(tenant, room, self._kind(event), event, by=by, paced=paced)

    async def announce_to(self, tenant: TenantName, user: UserId, event: Shape, *, by: UserId | None = None) -> None:
        """Tell the connections that a user has now. Raises ``UserNotFound``, ``Unavailable``."""
        await self._announcements.to_user(tenant, user, self._kind(event), event, by=by)

    async def tell(self, tenant: TenantName, room: RoomId, event: Shape) -> None:
        """Tell the operator's webhooks and event log, behind what was told of the room before, each at least once.

        Written down when this returns. Raises ``RoomNotFound`` for a room that never was, ``DatabaseUnavailable``.
        """
        kind = self._kind(event)

        async def work(tx: Tx) -> None:
            row = present_room(await tx.rooms.get(room), tenant)
            recorded = NewEvent(kind, row.category, self._announcements.clock.now(), event)
            await self._recorder.record(tx, tenant, of_room(room), [recorded])

        await self._announcements.db.transact(work)

    async def start_activity(self, actor: Actor, room: RoomId, type: str, params: msgspec.Struct) -> ActivityNow:
        """Begin an activity of one of the module's types in a live room, in the name of a host or moderator.

        Members vote in it and hosts end it by ``activities/vote`` and ``activities/end``. Raises ``RoomNotFound``,
        ``PermissionDenied``, ``RateLimited``, ``Refused`` (the room has one already), and what its rules do.
        """
        return _now(await self._activities.start(actor, room, f"{self.name}.{type}", params))

    async def act(self, actor: Actor, activity: str, type: str, action: str, data: Mapping[str, Any]) -> ActivityNow:
        """Have its rules do something for a member of the room, or a host.

        Raises ``ActivityOver``, ``NotInRoom``, ``RateLimited``, ``Refused`` (there is none), and what its rules do.
        """
        return _now(await self._activities.act(actor, activity, f"{self.name}.{type}", action, data))

    async def within(self, key: str, *, limit: int, window: timedelta) -> bool:
        """Count a use of one of the module's keys, over all processes; say whether it is within the limit.

        The window begins with the first use. True while the live store is down.
        """
        return await self._announcements.live.hit(f"module:{self.name}:{key}", limit=limit, window=window)

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin work that goes on after the call, and return its task.

        A call and every task that it creates otherwise have three seconds: what they ask afterwards fails. Keep the
        task, and end it when the lifespan ends.
        """
        return deadlines.spawn(work)

    def _kind(self, event: Any) -> str:
        kind = self.kinds.get(type(event))
        if kind is None:
            raise ValueError(f"{type(event).__name__} is no event that the module has declared")
        return kind


def _now(view: ActivityView) -> ActivityNow:
    activity, running = view
    shown = activity.result if running is None else running.shown
    return ActivityNow(activity.id, activity.type, activity.version, msgspec.json.decode(shown), activity.is_over)
