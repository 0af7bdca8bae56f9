"""What events of single users say."""

from typing import Annotated

import msgspec

from liveroom.domain.payloads import Payload, wire_time
from liveroom.domain.seats.model import SeatRequest

_Where = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["room", "seat"]})]
_Result = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["acted", "dismissed", "closed"]})]
_Measure = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["warn", "mute", "kick", "ban", "close"]})]
_AppealState = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["", "appealed", "granted", "denied"]})]
_Relation = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["follower", "mutual"]})]
_Reminded = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["soon", "live", "cancelled"]})]
_Removed = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["kicked", "banned"]})]


class Invitation(Payload):
    """An invitation."""

    room_id: str
    """The room."""
    kind: _Where
    """``room``: they may enter it. ``seat``: they may take a seat in the room they are in."""
    by: str
    """Who invited them."""
    title: str | msgspec.UnsetType = ""
    """The room's title, with ``room``."""
    request_id: str | msgspec.UnsetType = ""
    """With ``seat``: the id for ``seats/accept`` and ``seats/refuse``."""
    seat: int | msgspec.UnsetType = 0
    """With ``seat``: its number, from 1; 0 for any."""
    expire_utc: str | msgspec.UnsetType = ""
    """With ``seat``: until when it can be accepted."""


class Removal(Payload):
    """A removal from a room."""

    room_id: str
    """The room; empty: banned from the tenant, and so from all rooms."""
    reason: _Removed
    """``kicked``: they may enter again. ``banned``: not before ``untilUtc``."""
    text: str = ""
    """Why, for people."""
    until_utc: str = ""
    """The end of a ban; empty: permanent."""


class NewFollower(Payload):
    """Somebody who follows the user now."""

    user_id: str
    name: str
    avatar: str
    relation: _Relation
    """``follower``, or ``mutual`` if the user follows them too."""


class LiveHost(Payload):
    """A host whom the user follows has gone live."""

    user_id: str
    """The host."""
    name: str
    avatar: str
    room_id: str
    broadcast_id: str
    title: str
    cover: str
    opened_utc: str
    """Since when they are live."""


class RequestedRaid(Payload):
    """The hosts of a room want to send its audience to the user's."""

    activity_id: str
    """For ``activities/answer_raid``."""
    room_id: str
    """The room that they come from."""
    asked_room_id: str
    """The user's."""
    user_id: str
    """Who asks."""
    name: str
    avatar: str
    people: int
    """How many are in that room."""
    expire_in: int
    """The milliseconds until it is too late to agree, by the server's clock."""


class DueReminder(Payload):
    """A scheduled broadcast of which the user wants to be reminded."""

    reason: _Reminded
    """``soon``: it begins in some minutes. ``live``: it has begun. ``cancelled``: it will not be."""
    user_id: str
    """The host."""
    name: str
    avatar: str
    room_id: str
    broadcast_id: str
    """Empty until it has begun."""
    title: str
    cover: str
    starts_utc: str
    """When it begins or was to begin; for ``live``, when it has begun."""


class ReportResult(Payload):
    """What came of a report that the user has made."""

    report_id: str
    result: _Result
    """``acted``: something was done. ``dismissed``: nothing was against the rules. ``closed``: it was looked at."""
    text: str
    """The same for people, in the user's language."""


class SentStatement(Payload):
    """A statement of reasons: what was done to the user, why, until when, and how to appeal."""

    statement_id: str
    measure: _Measure
    """``warn``, ``mute``, ``kick``, ``ban`` or ``close`` (of their room)."""
    room_id: str
    """Where it holds; empty: everywhere."""
    reason_id: str
    """The reason's id, such as ``spam``; empty for none of the list."""
    text: str
    """Why, for people, in the language that the user had then."""
    time_utc: str
    until_utc: str
    """Until when a mute or ban holds; empty: permanently, or nothing that lasts."""
    state: _AppealState
    """Empty, ``appealed``, ``granted`` (it was taken back) or ``denied``."""
    appeal: str
    """What the user wrote."""
    answer: str
    """What they were answered."""
    may_appeal: bool
    """``moderation/appeal`` takes an appeal: once, within 180 days."""
    appeal_token: str
    """For ``moderation/appeal_by_token``, which needs no login: for whoever is banned. Empty once it was used."""


def room_invitation(room: str, by: str, title: str) -> Invitation:
    """Return an invitation to enter a room."""
    unset = msgspec.UNSET
    return Invitation(room_id=room, kind="room", by=by, title=title, request_id=unset, seat=unset, expire_utc=unset)


def seat_invitation(room: str, request: SeatRequest) -> Invitation:
    """Return an invitation to a seat."""
    return Invitation(
        room_id=room,
        kind="seat",
        by=request.by,
        title=msgspec.UNSET,
        request_id=request.id,
        seat=request.seat,
        expire_utc=wire_time(request.expires),
    )
