"""``reminders/*``: users are told when a scheduled broadcast begins soon, has begun, or was cancelled."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import ScheduledRoom, Shape, scheduled_card
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.payloads import wire_time
from liveroom.usecases.rooms.reminders import Awaited, Reminders


class AwaitedRoom(Request):
    """``linkKey``: from the link of a private room."""

    room_id: Id
    link_key: Annotated[str, Text(32)] = ""


class RemovedReminder(Request):
    """``roomId``: of which the caller was to be reminded."""

    room_id: Id


class AwaitedBroadcast(Shape):
    """A scheduled broadcast, for who waits for it."""

    room_id: str
    host_id: str
    host_name: str
    host_avatar: str
    title: str
    cover: str
    start_utc: str
    """When it begins."""
    server_utc: str
    """What time it is now, for a countdown by the server's clock."""
    people: int
    """How many want to be reminded; more than 10,000 are not counted."""
    reminded: bool
    """Whether the caller does."""


def _awaited(found: Awaited, reminders: Reminders) -> AwaitedBroadcast:
    room = found.room
    starts = room.options.starts
    return AwaitedBroadcast(
        room_id=room.id,
        host_id=room.owner,
        host_name=found.host.name,
        host_avatar=found.host.avatar,
        title=room.title,
        cover=room.cover,
        start_utc="" if starts is None else wire_time(starts),
        server_utc=wire_time(reminders.clock.now()),
        people=found.people,
        reminded=found.reminded,
    )


@method(
    "base/v1/reminders/show",
    bad_request=Code.RoomQueryParams,
    reply=AwaitedBroadcast,
    codes=(Code.RoomNotExists,),
)
async def show(call: AwaitedRoom, actor: Actor, reminders: Reminders) -> AwaitedBroadcast:
    """Return a scheduled broadcast and who waits for it. 2004: none is scheduled there, or it has begun: enter then."""
    return _awaited(await reminders.show(actor, RoomId(call.room_id), call.link_key), reminders)


@method(
    "base/v1/reminders/add",
    bad_request=Code.RoomQueryParams,
    reply=AwaitedBroadcast,
    codes=(Code.RoomNotExists, Code.PermissionDenied, Code.QuotaExceeded, Code.RateLimited),
)
async def add(call: AwaitedRoom, actor: Actor, reminders: Reminders) -> AwaitedBroadcast:
    """Remind the caller of a scheduled broadcast. Again changes nothing.

    They receive `reminder.due` some minutes before it begins, when it begins, and if it is cancelled; webhooks too, for
    push services. At most 200 broadcasts: 3005; more than 60 changes in a minute: 3004; where its host has blocked the
    caller: 3000. 2004: none is scheduled there, or it has begun: enter then.
    """
    return _awaited(await reminders.add(actor, RoomId(call.room_id), call.link_key), reminders)


@method("base/v1/reminders/remove", bad_request=Code.RoomQueryParams, codes=(Code.RateLimited,))
async def remove(call: RemovedReminder, actor: Actor, reminders: Reminders) -> None:
    """Remind the caller no longer; also where they were not to be reminded."""
    await reminders.remove(actor, RoomId(call.room_id))


class ListReminders(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Annotated[str, Text(96)] = ""
    limit: Annotated[int, Whole(1, 100)] = 20


@method("base/v1/reminders/list", bad_request=Code.RoomQueryParams, reply=list[ScheduledRoom], data=Data.LIST)
async def list_reminders(call: ListReminders, actor: Actor, reminders: Reminders) -> Page:
    """List of which scheduled broadcasts the caller is reminded, the one added last first."""
    rooms, cursor = await reminders.mine(actor, call.cursor, call.limit)
    return Page(b",".join(scheduled_card(room, actor.tenant) for room in rooms), cursor)
