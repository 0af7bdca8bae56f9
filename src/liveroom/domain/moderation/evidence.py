"""Evidence: what a report was about, as it was when it was filed. Later changes, recalls and deletions change nothing.

It is kept until ``KEPT`` after the report was resolved and its appeal answered, and never longer than the report.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from liveroom.domain.accounts.users import User
from liveroom.domain.messages.model import Message
from liveroom.domain.payloads import Payload, wire_time
from liveroom.domain.rooms.model import Room

KEPT: Final = timedelta(days=30)
BEFORE: Final = 10
"""Messages before the reported one."""
BEHIND: Final = 5
NEWEST: Final = 20
"""Messages of the room where none is reported."""


class SeenMessage(Payload):
    """A message as it was."""

    message_id: str
    user_id: str
    """Empty: a notice of the operator."""
    name: str
    type: str
    text: str
    data: str
    """JSON that apps had sent; empty for none."""
    time_utc: str
    recalled: bool
    """It had been taken back by then."""
    reported: bool
    """It is the reported one."""


class SeenRoom(Payload):
    """A room as it was."""

    room_id: str
    broadcast_id: str
    owner_id: str
    category: str
    title: str
    cover: str
    subject: str
    description: str


class SeenUser(Payload):
    """A user as they were."""

    user_id: str
    name: str
    avatar: str


class Evidence(Payload):
    """What a report was about."""

    room: SeenRoom | None = None
    user: SeenUser | None = None
    """The reported user."""
    messages: list[SeenMessage] = msgspec.field(default_factory=list)
    """The reported message and those around it, else the room's newest; the oldest first."""


_decoder: Final = msgspec.json.Decoder(Evidence)


def evidence_of(room: Room | None, user: User | None, messages: Sequence[Message], reported: int) -> Evidence:
    """Return what is kept of them; ``reported`` is the number of the reported message, 0 for none."""
    ordered = sorted(messages, key=lambda message: message.number)
    return Evidence(
        room=None if room is None else _room(room),
        user=None if user is None else SeenUser(user_id=user.id, name=user.name, avatar=user.avatar),
        messages=[_message(message, message.number == reported) for message in ordered],
    )


def write_evidence(evidence: Evidence) -> str:
    """Return it as JSON."""
    return msgspec.json.encode(evidence).decode()


def read_evidence(text: str) -> Evidence:
    """Return what ``write_evidence`` wrote."""
    return _decoder.decode(text)


def kept_until(now: datetime) -> datetime:
    """Return until when evidence of a report is kept that is over now."""
    return now + KEPT


def _room(room: Room) -> SeenRoom:
    return SeenRoom(
        room_id=room.id,
        broadcast_id=room.broadcast,
        owner_id=room.owner,
        category=room.category,
        title=room.title,
        cover=room.cover,
        subject=room.subject,
        description=room.description,
    )


def _message(message: Message, is_reported: bool) -> SeenMessage:
    return SeenMessage(
        message_id=message.id,
        user_id=message.user,
        name=message.name,
        type=message.type,
        text=message.text,
        data=message.data.decode(),
        time_utc=wire_time(message.at),
        recalled=message.recalled is not None,
        reported=is_reported,
    )
