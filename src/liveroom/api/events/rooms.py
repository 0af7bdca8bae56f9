"""Events as clients read them: one struct for each kind, and what snapshots and publications are made of (LIVE.md 6).

A publication of a room's channel is a ``RoomNews``; the reply to its subscription carries a ``RoomState``. Both are
made once for all who get them.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec

from liveroom.api.events.activity_shapes import ActivityEvent
from liveroom.api.events.battle_shapes import BattleChanged, BattleEnded, BattleEvent, BattleStarted
from liveroom.api.events.shapes import (
    ConnectionChanged,
    EventShape,
    MessageRecalled,
    MessageSent,
    MetadataChanged,
    OptionsChanged,
    RoomEnvelopeEvent,
    RoomGift,
    RoomGiftTotals,
    RoomLikes,
    RoomMoreGifts,
    RoomRecordingEvent,
    SeatAnswered,
    SeatRequested,
    SeatsChanged,
    StandingChanged,
    StreamChanged,
)
from liveroom.api.rooms.option_shapes import Options, wire_options
from liveroom.api.shapes import INT32_MAX, ListedUser, RoomObject, Shape, finish_card, listed_user
from liveroom.domain.activities.payloads import ActivityState, activity_states
from liveroom.domain.battles.payloads import BattleNews, CurrentBattle, battle_news, current_battle
from liveroom.domain.connections.payloads import ConnectionState, connection_news, connection_state
from liveroom.domain.envelopes.payloads import RunningEnvelope, running_all
from liveroom.domain.events.model import Event, EventKind, MemberSummary, Position, Publication, Snapshot
from liveroom.domain.gifts.payloads import GiftSums, gift_sums
from liveroom.domain.messages.payloads import Notice
from liveroom.domain.payloads import Counter, Instant, instant_text
from liveroom.domain.presence.members import LeaveReason, Member
from liveroom.domain.recordings.payloads import RunningRecording, running
from liveroom.domain.rooms.model import CloseReason, LiveRoom
from liveroom.domain.seats.payloads import SeatList, seat_list
from liveroom.domain.streams.payloads import StreamInRoom, stream_news, streams_in_room

_encode: Final = msgspec.json.Encoder().encode
_LeaveReason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(LeaveReason)})]
_CloseReason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(CloseReason)})]


class RoomOpened(EventShape, kw_only=True, tag=EventKind.ROOM_OPENED.value):
    """A broadcast has begun."""

    room: RoomObject
    """The room after the event."""


class RoomUpdated(EventShape, kw_only=True, tag=EventKind.ROOM_UPDATED.value):
    """Title, cover or another field has changed."""

    room: RoomObject
    """The room after the event."""


class RoomHidden(EventShape, kw_only=True, tag=EventKind.ROOM_HIDDEN.value):
    """The hosts are gone: the room is not listed, and after a while it is handed over or closed."""

    room: RoomObject
    """The room after the event."""


class RoomRestored(EventShape, kw_only=True, tag=EventKind.ROOM_RESTORED.value):
    """A host came back in time."""

    room: RoomObject
    """The room after the event."""


class RoomClosed(EventShape, kw_only=True, tag=EventKind.ROOM_CLOSED.value):
    """The broadcast has ended, and its channel with it: no events follow."""

    reason: _CloseReason
    """``destroyed`` by its owner, ``owner_gone`` for too long, ``owner_deleted``, ``closed_by_admin``, or
    ``time_over`` at the end of its set time."""


class RoomNotice(EventShape, kw_only=True, tag=EventKind.ROOM_NOTICE.value):
    """The operator has sent the room a notice."""

    data: Notice
    """``text``: for people, at most 500 characters. ``data``: for their apps, any JSON, or null."""


class OwnerChanged(EventShape, kw_only=True, tag=EventKind.OWNER_CHANGED.value):
    """The room's owner has changed."""

    room: RoomObject
    """The room after the event; ``ownBy`` is the owner."""


class RoomCounts(EventShape, kw_only=True, tag=EventKind.COUNTS.value):
    """How many users are in the room, and how many have been. In a crowded room, it also names some of the latest to
    join."""

    nn_users: int
    """Members now."""
    total_joined: int
    """Distinct users who have been in the broadcast."""
    sample: list[ListedUser]
    """In a crowded room, at most ten of the latest to join, if anyone joined or left since the last counts; else
    empty.
    """


class MemberEntered(EventShape, kw_only=True, tag=EventKind.MEMBER_ENTERED.value):
    """A user has joined."""

    user_id: str
    name: str
    avatar: str
    role: str
    """``anchor``, ``moderator`` or ``audience``."""


class MemberLeft(EventShape, kw_only=True, tag=EventKind.MEMBER_LEFT.value):
    """A user has left."""

    user_id: str
    reason: _LeaveReason
    """``left`` by a call, ``lost`` (no sign of life), ``kicked`` or banned, ``closed`` with the room, or ``elsewhere``
    (entered another room).
    """


class RoleChanged(EventShape, kw_only=True, tag=EventKind.ROLE_CHANGED.value):
    """A member's role has changed."""

    user_id: str
    role: str
    """The new one: ``anchor``, ``moderator``, ``speaker`` or ``audience``."""


class ProfileChanged(EventShape, kw_only=True, tag=EventKind.PROFILE_CHANGED.value):
    """A member's name or picture has changed."""

    user_id: str
    name: str
    avatar: str


RoomEvent = (
    RoomOpened
    | RoomUpdated
    | RoomHidden
    | RoomRestored
    | RoomClosed
    | RoomNotice
    | OwnerChanged
    | RoomCounts
    | MemberEntered
    | MemberLeft
    | RoleChanged
    | ProfileChanged
    | OptionsChanged
    | RoomLikes
    | RoomGift
    | RoomMoreGifts
    | RoomGiftTotals
    | RoomEnvelopeEvent
    | RoomRecordingEvent
    | MetadataChanged
    | ConnectionChanged
    | StreamChanged
    | BattleEvent
    | ActivityEvent
    | StandingChanged
    | SeatsChanged
    | SeatRequested
    | SeatAnswered
    | MessageSent
    | MessageRecalled
)


class Announced(Shape):
    """An event of a kind that is announced, as it is written: a notice, or what a module has declared."""

    type: str
    seq: Counter
    epoch: str
    time: str
    cause: str
    data: msgspec.Raw
    by: str | msgspec.UnsetType = msgspec.UNSET


class RoomNews(Shape):
    """A publication of a ``room:`` channel."""

    epoch: str
    """The epoch of its events."""
    seq: Counter
    """The ``seq`` of its last event."""
    events: list[RoomEvent]
    """In the order they happened."""


class RoomState(Shape, kw_only=True):
    """A room and its first members, at ``offset`` of the channel."""

    epoch: str
    seq: Counter
    """The ``seq`` of the last event included: events with a higher one are new."""
    offset: Counter
    """The position in the channel of this state."""
    room: RoomObject
    members: list[ListedUser]
    """At most 100, in the order they joined."""
    members_total: int
    """The total number of members; ``rooms/list_users`` returns the others."""
    options: Options
    """The room's options."""
    seats: SeatList
    """Its seats, and open requests for them."""
    connection: ConnectionState | None
    """The rooms that it is connected with; null: with none."""
    gifts: GiftSums | msgspec.UnsetType = msgspec.UNSET
    """What was sent in the broadcast so far; left out if nothing was."""
    battle: CurrentBattle | None
    """The battle that it is in, or whose result it shows; null: none."""
    time: Instant
    """When all this was so, by the server's clock: UTC, as ``2026-11-25T10:00:00.123Z``."""
    envelopes: list[RunningEnvelope] | msgspec.UnsetType = msgspec.UNSET
    """Red envelopes that are not over; left out if there are none."""
    streams: list[StreamInRoom] | msgspec.UnsetType = msgspec.UNSET
    """Streams that are live or interrupted; left out if there are none."""
    recording: RunningRecording | msgspec.UnsetType = msgspec.UNSET
    """The recording that is made of it now: tell people that they are recorded. Left out if none is."""
    activities: list[ActivityState] | msgspec.UnsetType = msgspec.UNSET
    """Activities that run, such as polls; left out if there are none."""


class StateReply(Shape):
    """What an SDK's ``getState`` needs: the state, and the position from which events continue."""

    state: RoomState
    offset: Counter
    epoch: str


def room_news(epoch: str, publication: Publication) -> bytes:
    """Return the data of a publication."""
    events: list[Any] = [
        _WRITERS.get(event.kind, _announced)(event, _common(epoch, event)) for event in publication.events
    ]
    seq = publication.events[-1].seq if publication.events else 0
    return _encode(RoomNews(epoch=epoch, seq=seq, events=events))


def room_state(snapshot: Snapshot) -> bytes:
    """Return the data of a snapshot."""
    epoch, offset = snapshot.position
    battle = snapshot.room.options.battle
    return _encode(
        RoomState(
            epoch=epoch,
            seq=snapshot.seq,
            offset=offset,
            room=_room(snapshot.room),
            members=[listed_member(member) for member in snapshot.members],
            members_total=min(snapshot.room.members, INT32_MAX),
            options=wire_options(snapshot.room.options),
            seats=seat_list(snapshot.room.options, snapshot.seat_map, snapshot.names),
            connection=connection_state(connection) if (connection := snapshot.room.options.connection) else None,
            gifts=gift_sums(snapshot.gifts) if snapshot.gifts.gifts else msgspec.UNSET,
            battle=None if battle is None else current_battle(battle, snapshot.at, snapshot.battle_score),
            time=instant_text(snapshot.at),
            envelopes=running_all(snapshot.room.options.envelopes) or msgspec.UNSET,
            streams=streams_in_room(snapshot.room.options.streams) or msgspec.UNSET,
            recording=running(recording) if (recording := snapshot.room.options.recording) else msgspec.UNSET,
            activities=activity_states(snapshot.room.options.activities, snapshot.tallies) or msgspec.UNSET,
        )
    )


def state_reply(state: bytes, position: Position) -> msgspec.Raw:
    """Return the answer of ``rooms/state`` with a finished state in it."""
    raw: Any = msgspec.Raw(state)
    return msgspec.Raw(_encode(StateReply(state=raw, offset=position.offset, epoch=position.epoch)))


def _common(epoch: str, event: Event) -> dict[str, Any]:
    common = {"seq": event.seq, "epoch": epoch, "time": instant_text(event.at), "cause": event.cause}
    if event.by is not None:
        common["by"] = event.by
    return common


def _room(live: LiveRoom | None) -> Any:
    """Return the finished object of a room, which msgspec writes as it is."""
    return msgspec.Raw(finish_card(live) if live is not None else b"{}")


def listed_member(member: Member | MemberSummary) -> ListedUser:
    return listed_user(member.user, member.name, member.avatar, member.role)


def _member(event: Event) -> MemberSummary:
    if event.member is None:
        raise ValueError(f"{event.kind} is about a member")
    return event.member


def _of_room(shape: Callable[..., EventShape]) -> Callable[[Event, dict[str, Any]], EventShape]:
    return lambda event, common: shape(**common, room=_room(event.room))


def _counts(event: Event, common: dict[str, Any]) -> EventShape:
    counts = event.counts
    if counts is None:
        raise ValueError("counts without counts")
    sample = [listed_member(member) for member in counts.sample]
    nn_users, joined = min(counts.members, INT32_MAX), min(counts.joined, INT32_MAX)
    return RoomCounts(**common, nn_users=nn_users, total_joined=joined, sample=sample)


def _entered(event: Event, common: dict[str, Any]) -> EventShape:
    user, name, avatar, role = _member(event)
    return MemberEntered(**common, user_id=user, name=name, avatar=avatar, role=role)


def _left(event: Event, common: dict[str, Any]) -> EventShape:
    return MemberLeft(**common, user_id=_member(event).user, reason=event.reason)


def _role(event: Event, common: dict[str, Any]) -> EventShape:
    return RoleChanged(**common, user_id=_member(event).user, role=_member(event).role)


def _profile(event: Event, common: dict[str, Any]) -> EventShape:
    user, name, avatar, _ = _member(event)
    return ProfileChanged(**common, user_id=user, name=name, avatar=avatar)


def _options(event: Event, common: dict[str, Any]) -> EventShape:
    if event.room is None:
        raise ValueError(f"{event.kind} is about a room")
    return OptionsChanged(**common, data=wire_options(event.room.options))


def _connection(event: Event, common: dict[str, Any]) -> EventShape:
    if event.room is None:
        raise ValueError(f"{event.kind} is about a room")
    return ConnectionChanged(**common, data=connection_news(event.room.options.connection))


def _streams(event: Event, common: dict[str, Any]) -> EventShape:
    if event.room is None:
        raise ValueError(f"{event.kind} is about a room")
    return StreamChanged(**common, data=stream_news(event.room.options.streams))


def _battle(shape: Callable[..., EventShape]) -> Callable[[Event, dict[str, Any]], EventShape]:
    def write(event: Event, common: dict[str, Any]) -> EventShape:
        if event.room is None:
            raise ValueError(f"{event.kind} is about a room")
        news: BattleNews = battle_news(event.room.options.battle, event.at)
        return shape(**common, data=news)

    return write


def _announced(event: Event, common: dict[str, Any]) -> Announced:
    if event.data is None:
        raise ValueError(f"{event.kind} was not announced")
    return Announced(**common, type=event.kind, data=msgspec.Raw(event.data))


_WRITERS: Final[dict[str, Callable[[Event, dict[str, Any]], Shape]]] = {
    EventKind.ROOM_OPENED: _of_room(RoomOpened),
    EventKind.ROOM_UPDATED: _of_room(RoomUpdated),
    EventKind.ROOM_HIDDEN: _of_room(RoomHidden),
    EventKind.ROOM_RESTORED: _of_room(RoomRestored),
    EventKind.ROOM_CLOSED: lambda event, common: RoomClosed(**common, reason=event.reason),
    EventKind.OWNER_CHANGED: _of_room(OwnerChanged),
    EventKind.OPTIONS_CHANGED: _options,
    EventKind.CONNECTION_CHANGED: _connection,
    EventKind.STREAM_CHANGED: _streams,
    EventKind.BATTLE_STARTED: _battle(BattleStarted),
    EventKind.BATTLE_CHANGED: _battle(BattleChanged),
    EventKind.BATTLE_ENDED: _battle(BattleEnded),
    EventKind.COUNTS: _counts,
    EventKind.MEMBER_ENTERED: _entered,
    EventKind.MEMBER_LEFT: _left,
    EventKind.ROLE_CHANGED: _role,
    EventKind.PROFILE_CHANGED: _profile,
}
