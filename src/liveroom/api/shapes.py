"""What answers look like on the wire: names and types that shipped apps' decoders need (CLIENTS.md 3)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from liveroom.domain.accounts.users import User
from liveroom.domain.battles.payloads import CurrentBattle, current_battle
from liveroom.domain.connections.payloads import ConnectionState, connection_state
from liveroom.domain.payloads import Payload, wire_time
from liveroom.domain.recordings.model import ShownRecording
from liveroom.domain.recordings.payloads import RunningRecording, running
from liveroom.domain.rooms.model import LiveRoom, Room, RoomStatus
from liveroom.domain.rooms.schedules import length_of
from liveroom.domain.streams.payloads import WatchedStream, watched_stream
from liveroom.domain.tenants.model import Tenant
from liveroom.usecases.accounts.sessions import Login
from liveroom.usecases.streams.playing import PlayedStream

INT32_MAX: Final = 2_147_483_647
_MINUTE: Final = timedelta(minutes=1)
_STATUS: Final = {RoomStatus.RESERVED: (2, 0), RoomStatus.LIVE: (0, 0), RoomStatus.CLOSED: (3, 1)}


class Shape(Payload):
    """A part of an answer."""


class LoginReply(Shape):
    """The answer of every login; for each of these names there is a client that reads no other."""

    user_id: str
    apaas_user_id: str
    apaas_app_id: str
    sdk_app_id: int
    """A number; 0 without TRTC."""
    user_sig: str
    sdk_user_sig: str
    token: str
    expire: str
    phone: str
    email: str
    name: str
    avatar: str
    login_type: str = ""
    is_high_risk_user: int = 0
    is_high_risk_ip: int = 0


class Registered(Shape):
    """The new account."""

    name: str
    id: int | str
    """The user's id; a number if ids are plain."""


class FoundUser(Shape):
    """A user as others may see them; phone and e-mail are never returned."""

    user_id: str
    apaas_user_id: str
    name: str
    avatar: str
    tag: str
    tag2: str
    phone: str = ""


class KeptAlive(Shape):
    """The answer of a keepalive."""

    user_id: str
    update_utc: str


class ListedUser(Shape):
    """A user in a list; some clients drop the entry unless ``userSig`` and ``token`` are strings."""

    user_id: str
    apaas_user_id: str
    """The same as ``userId``."""
    name: str
    avatar: str
    role: str = ""
    phone: str = ""
    user_sig: str = ""
    token: str = ""


class SignedUser(Shape):
    """A user id with its UserSig for TRTC."""

    user_id: str
    sdk_app_id: int
    user_sig: str
    sdk_user_sig: str


class RoomId(Shape):
    """A room's id."""

    room_id: str


class RoomCard(Shape, kw_only=True):
    """What a room object says of the room itself; likes, state and counts are appended by ``finish_card``."""

    room_id: str
    app_id: str
    """The tenant's TRTC application; "0" without one."""
    category: str
    title: str
    cover: str
    subject: str
    description: str
    own_by: str
    """The owner's user id."""
    create_by: str
    """Who opened it."""
    update_by: str
    """Who changed it last."""
    create_utc: str
    """When the broadcast began."""
    update_utc: str
    featured: bool | msgspec.UnsetType = msgspec.UNSET
    """Only there, and true, while the operator marks the room as featured."""
    star: int
    """Likes of the broadcast."""


class RoomObject(RoomCard, kw_only=True):
    """A room. ``status``: 0 live, 1 hidden, 2 reserved, 3 closed."""

    status: int
    removed: int
    """1 when it is closed, else 0."""
    nn_users: int
    """Members now."""
    total_joined: int
    """Distinct users who have been in the broadcast."""


class ShownRoom(RoomObject, kw_only=True):
    """A room; if scheduled, with its time."""

    start_utc: str | msgspec.UnsetType = msgspec.UNSET
    """When its broadcast begins; left out if not scheduled."""
    minutes: int | msgspec.UnsetType = msgspec.UNSET
    """How long it lasts from its opening; 0: no set end. Left out if not scheduled."""
    connection: ConnectionState | msgspec.UnsetType = msgspec.UNSET
    """The rooms that it is connected with; left out if with none."""
    battle: CurrentBattle | msgspec.UnsetType = msgspec.UNSET
    """The battle that it is in, without the scores of one that runs; left out if in none."""
    streams: list[WatchedStream] | msgspec.UnsetType = msgspec.UNSET
    """Streams that are live, with the caller's addresses; left out if there are none, or only members watch."""
    recording: RunningRecording | msgspec.UnsetType = msgspec.UNSET
    """The recording that is made of it now; left out if none is."""


class ScheduledRoom(RoomObject, kw_only=True):
    """A room with a scheduled broadcast: ``status`` is 2."""

    start_utc: str
    """When it begins."""
    minutes: int
    """How long it lasts from its opening; 0: no set end."""


class EnteredRoom(RoomObject, kw_only=True):
    """The room, and the caller's role in it."""

    recording: RunningRecording | msgspec.UnsetType = msgspec.UNSET
    """The recording that is made of it now: tell people that they are recorded. Left out if none is."""
    role: str
    streams: list[WatchedStream] | msgspec.UnsetType = msgspec.UNSET
    """Streams that are live, with the caller's addresses; left out if there are none."""


def login_reply(login: Login) -> LoginReply:
    """Return a login as every client can read it."""
    user = login.user
    return LoginReply(
        user_id=user.id,
        apaas_user_id=user.id,
        apaas_app_id=login.tenant.name,
        sdk_app_id=login.tenant.sdk_app_id,
        user_sig=login.user_sig,
        sdk_user_sig=login.user_sig,
        token=login.token,
        expire=wire_time(login.expires),
        phone=user.phone,
        email=user.email,
        name=user.name,
        avatar=user.avatar,
    )


def found_user(user: User) -> FoundUser:
    """Return a user as others may see them."""
    return FoundUser(
        user_id=user.id, apaas_user_id=user.id, name=user.name, avatar=user.avatar, tag=user.tag, tag2=user.tag2
    )


def listed_user(user: str, name: str, avatar: str, role: str) -> ListedUser:
    """Return a user as lists show them."""
    return ListedUser(user_id=user, apaas_user_id=user, name=name, avatar=avatar, role=role)


def room_card(room: Room, tenant: Tenant) -> bytes:
    """Return the room's own fields as the beginning of a JSON object, ready for ``finish_card``."""
    card = RoomCard(
        room_id=room.id,
        app_id=str(tenant.sdk_app_id),
        category=room.category,
        title=room.title,
        cover=room.options.live_cover or room.cover,
        subject=room.subject,
        description=room.description,
        own_by=room.owner,
        create_by=room.created_by,
        update_by=room.updated_by,
        create_utc=wire_time(room.opened),
        update_utc=wire_time(room.updated),
        featured=room.placement.featured or msgspec.UNSET,
        star=min(room.star, INT32_MAX),
    )
    return msgspec.json.encode(card)[:-1]


def finish_card(live: LiveRoom) -> bytes:
    """Return the live room's object as JSON."""
    # A card ends with a ``star`` of its own, which is that of a room that is not live.
    face = live.card[: live.card.rindex(b",")]
    return face + b',"star":%d,"status":%d,"removed":0,"nnUsers":%d,"totalJoined":%d}' % (
        min(live.likes, INT32_MAX),
        1 if live.hidden else 0,
        min(live.members, INT32_MAX),
        min(live.joined, INT32_MAX),
    )


def shown_live(live: LiveRoom, now: datetime) -> bytes:
    """Return the live room's object with its connection and battle, if it has any."""
    card, connection, battle = finish_card(live), live.options.connection, live.options.battle
    if connection is not None:
        card = b'%b,"connection":%b}' % (card[:-1], msgspec.json.encode(connection_state(connection)))
    if battle is not None:
        card = b'%b,"battle":%b}' % (card[:-1], msgspec.json.encode(current_battle(battle, now)))
    return with_recording(card, live.options.recording)


def with_recording(card: bytes, recording: ShownRecording | None) -> bytes:
    """Return a finished room object with the recording that is made of it, if one is."""
    if recording is None:
        return card
    return b'%b,"recording":%b}' % (card[:-1], msgspec.json.encode(running(recording)))


def still_card(room: Room, tenant: Tenant) -> bytes:
    """Return the object of a room that is not live: nobody is in it."""
    status, removed = _STATUS[room.state]
    return room_card(room, tenant) + b',"status":%d,"removed":%d,"nnUsers":0,"totalJoined":0}' % (status, removed)


def scheduled_card(room: Room, tenant: Tenant) -> bytes:
    """Return the object of a room that is not live, and for when it is scheduled, if it is."""
    card, starts = still_card(room, tenant), room.options.starts
    if starts is None:
        return card
    minutes = length_of(room.options) // _MINUTE
    return b'%b,"startUtc":"%b","minutes":%d}' % (card[:-1], wire_time(starts).encode(), minutes)


def with_streams(card: bytes, streams: Sequence[PlayedStream]) -> bytes:
    """Return a finished room object with its streams, if it has any."""
    if not streams:
        return card
    return b'%b,"streams":%b}' % (card[:-1], msgspec.json.encode([watched_stream(*one) for one in streams]))


def with_role(card: bytes, role: str) -> msgspec.Raw:
    """Return a finished room object with the caller's role in it."""
    return msgspec.Raw(card[:-1] + b',"role":"' + role.encode() + b'"}')
