"""Events of single users as clients read them: one struct for each kind, and what their channels begin with.

A publication of a user's channel is one event, numbered by the process that tells it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from liveroom.api.events.battle_shapes import BattleAnswered, BattleInvited
from liveroom.api.events.rooms import Announced
from liveroom.api.events.shapes import EventShape
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.connections.payloads import ConnectionAnswered, ConnectionAsked
from liveroom.domain.events.model import Announcement, Cause, EventKind
from liveroom.domain.events.user_payloads import (
    DueReminder,
    Invitation,
    LiveHost,
    NewFollower,
    Removal,
    ReportResult,
    RequestedRaid,
    SentStatement,
)
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.wallets import WalletState
from liveroom.domain.media.model import Signal
from liveroom.domain.messages.payloads import Notice
from liveroom.domain.payloads import instant_text
from liveroom.domain.presence.members import PresenceEntry

_encode: Final = msgspec.json.Encoder().encode
_SessionEnd = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SessionEnd)})]


class SignedOut(EventShape, kw_only=True, tag=EventKind.SIGNED_OUT.value):
    """The connection's session has ended. This is its last event: the connection is closed."""

    reason: _SessionEnd
    """``logout`` of the session, ``deleted`` or ``banned`` account, or ``replaced`` by a newer session."""


class Invited(EventShape, kw_only=True, tag=EventKind.INVITED.value):
    """The user is invited to a room, or to a seat in one."""

    data: Invitation
    """The invitation."""


class Removed(EventShape, kw_only=True, tag=EventKind.REMOVED.value):
    """The user was removed from a room."""

    data: Removal
    """The room, and why."""


class UserNotice(EventShape, kw_only=True, tag=EventKind.USER_NOTICE.value):
    """The operator has sent the user a notice. Open connections receive it, once."""

    data: Notice
    """``text``: for people, at most 500 characters. ``data``: for their apps, any JSON, or null."""


class Stated(EventShape, kw_only=True, tag=EventKind.USER_STATEMENT.value):
    """Something was done to the user by the operator, or their appeal was answered. Open connections receive it, once;
    ``moderation/statements`` lists all."""

    data: SentStatement
    """What, why, until when, and how to appeal."""


class ResolvedReport(EventShape, kw_only=True, tag=EventKind.REPORT_RESOLVED.value):
    """A report that the user has made was resolved. Open connections receive it, once; ``moderation/my_reports`` lists
    all."""

    data: ReportResult
    """Which, and what came of it."""


class NewlyFollowed(EventShape, kw_only=True, tag=EventKind.FOLLOWED.value):
    """Somebody follows the user now. Open connections receive it, once, and at most ten in a second: ``follow/counts``
    has the number, ``follow/followers`` all of them."""

    data: NewFollower
    """Who."""


class ConnectionRequested(EventShape, kw_only=True, tag=EventKind.CONNECTION_REQUESTED.value):
    """A room asks another one for a connection; the owners of both receive it."""

    data: ConnectionAsked
    """The request."""


class ConnectionClosed(EventShape, kw_only=True, tag=EventKind.CONNECTION_ANSWERED.value):
    """A request for a connection is closed; the owners of both rooms receive it."""

    data: ConnectionAnswered
    """Its outcome."""


class RaidRequested(EventShape, kw_only=True, tag=EventKind.RAID_REQUESTED.value):
    """The hosts of another room want to send its audience to the user's: `activities/answer_raid`."""

    data: RequestedRaid
    """Who, and from where."""


class HostIsLive(EventShape, kw_only=True, tag=EventKind.HOST_LIVE.value):
    """A host whom the user follows has gone live. Open connections receive it, once, within seconds."""

    data: LiveHost
    """The host and the room."""


class ReminderIsDue(EventShape, kw_only=True, tag=EventKind.REMINDER_DUE.value):
    """A broadcast begins soon, has begun or was cancelled, of which the user wanted to be reminded.

    Open connections receive it, once for each reason, within seconds.
    """

    data: DueReminder
    """The broadcast."""


class Signalled(EventShape, kw_only=True, tag=EventKind.SIGNAL.value):
    """Another member of a room has sent a signal: an offer, an answer, a candidate. ``by`` is who sent it."""

    room_id: str
    """The room that both are in."""
    from_user_id: str
    """Who sent it."""
    payload: dict[str, Any] | str
    """The ``payload`` given to ``rtc/signal``, unchanged."""


class WalletChanged(EventShape, kw_only=True, tag=EventKind.WALLET_CHANGED.value):
    """The user's wallet has changed. Open connections receive it, once; ``wallet/balance`` has what is there now."""

    data: WalletState
    """What the user has."""


UserEvent = (
    SignedOut
    | Invited
    | Removed
    | UserNotice
    | Stated
    | ResolvedReport
    | ConnectionRequested
    | ConnectionClosed
    | BattleInvited
    | BattleAnswered
    | NewlyFollowed
    | RaidRequested
    | HostIsLive
    | ReminderIsDue
    | WalletChanged
    | Signalled
)


class HeldRoom(Shape):
    """A room that the user is in, in any session."""

    room_id: str


class UserState(Shape):
    """The initial data of a ``user:`` channel."""

    user_id: str
    rooms: list[HeldRoom]
    """The rooms that the user is in."""


def user_state(user: UserId, places: Sequence[PresenceEntry]) -> bytes:
    """Return the data that a user's channel begins with."""
    rooms = sorted({place.room for place in places})
    return _encode(UserState(user_id=user, rooms=[HeldRoom(room_id=room) for room in rooms]))


def signed_out(epoch: str, seq: int, at: datetime, why: SessionEnd) -> bytes:
    """Return the last event of a session."""
    cause: Any = Cause.SERVICE if why is SessionEnd.BANNED else Cause.CALL
    return _encode(SignedOut(seq=seq, epoch=epoch, time=instant_text(at), cause=cause, reason=why))


def rtc_signal(epoch: str, seq: int, signal: Signal) -> bytes:
    """Return the event with which a signal reaches its user."""
    payload: Any = msgspec.Raw(signal.payload)
    return _encode(
        Signalled(
            seq=seq,
            epoch=epoch,
            time=instant_text(signal.at),
            cause="call",
            by=signal.sender,
            room_id=signal.room,
            from_user_id=signal.sender,
            payload=payload,
        )
    )


def user_announced(epoch: str, seq: int, at: datetime, announcement: Announcement) -> bytes:
    """Return the event with which an announcement reaches a user."""
    _, kind, data, by, _ = announcement
    return _encode(
        Announced(
            type=kind,
            seq=seq,
            epoch=epoch,
            time=instant_text(at),
            cause=announcement.cause,
            by=msgspec.UNSET if by is None else by,
            data=msgspec.Raw(data),
        )
    )
