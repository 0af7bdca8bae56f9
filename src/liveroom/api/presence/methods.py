"""``presence/*``: who is online, and why the service thinks so."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.parameters import Id, Many, Request
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.payloads import wire_time
from liveroom.domain.presence.signs import Presence, Source
from liveroom.usecases.presence.attendance import Attendance


class UserPresence(Shape):
    """One user's presence; ``since``, ``roomId`` and ``role`` are "" if there is none."""

    user_id: str
    online: bool
    since: str
    room_id: str
    role: str


class PresenceQuery(Request):
    """At most 100 ids: a JSON array, a repeated key, or one text with commas."""

    user_ids: Annotated[tuple[str, ...], Many(100, ",")]


@method("base/v1/presence/query", bad_request=Code.RoomQueryParams, reply=list[UserPresence], data=Data.LIST)
async def presence_query(call: PresenceQuery, actor: Actor, attendance: Attendance) -> list[UserPresence]:
    """Return which users are online and in which room; unknown ones are left out."""
    return [user_presence(found) for found in await attendance.query(actor, call.user_ids)]


def user_presence(found: Presence) -> UserPresence:
    """Return one user's presence as the wire writes it."""
    return UserPresence(
        user_id=found.user,
        online=found.online,
        since=wire_time(found.since) if found.since else "",
        room_id=found.room or "",
        role=found.role or "",
    )


class SourceOfLife(Shape):
    """What one source reports. A session's source is its ``socket`` or its calls: ``keepalive`` if silence ends it (it
    has sent keepalives or had a socket), else ``calls``. An outside service is ``im``, ``im_group``, ``trtc``,
    ``livekit`` or ``stream`` (an encoder of the user's); it has no session (""), and all but ``im`` are about one room.
    A source that has ended is shown for another quarter of an hour, with the time of its end."""

    session_id: str
    source: str
    since: str
    expire: str
    alive: bool
    room_id: str


class PresenceExplain(Request):
    """The user."""

    search_user_id: Id


@method(
    "base/v1/presence/explain",
    bad_request=Code.RoomQueryParams,
    reply=list[SourceOfLife],
    data=Data.LIST,
    codes=(
        Code.PermissionDenied,
        Code.UserNotExists,
    ),
)
async def presence_explain(call: PresenceExplain, actor: Actor, attendance: Attendance) -> list[SourceOfLife]:
    """Explain a user's presence: what each source reports, and until when it counts; admins only (3000)."""
    return [source_of_life(source) for source in await attendance.explain(actor, call.search_user_id)]


def source_of_life(source: Source) -> SourceOfLife:
    """Return what one source says as the wire writes it."""
    return SourceOfLife(
        session_id=source.session,
        source=source.source,
        since=wire_time(source.since),
        expire=wire_time(source.expires),
        alive=source.alive,
        room_id=source.room or "",
    )
