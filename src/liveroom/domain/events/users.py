"""Events of users outside of rooms. They never hold a phone number or an e-mail address."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from liveroom.domain.accounts.users import FOR_EVER, User
from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.ids import RoomId
from liveroom.domain.payloads import Instant, instant_text


class SignupSource(StrEnum):
    """By which door an account came into being."""

    REGISTER = "register"
    GUEST = "guest"
    CODE = "code"
    IMPORTED = "imported"
    """A username of the original service, signing in with a tag that it had no user for."""
    OWN = "own"
    """The operator's own user, at their first login."""
    OPERATOR = "operator"


_Door = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SignupSource)})]


class UserEventPayload(EventPayload):
    """A user after the event. Phone and e-mail are never included."""

    user_id: str
    name: str
    avatar: str
    tag: str
    tag2: str


class RegisteredUser(UserEventPayload):
    """A new account was created."""

    kind: ClassVar[str] = "user.registered"
    door: _Door
    """How the account was created: ``register``, ``guest``, ``code``, ``own`` (the operator's own user, at their first
    login), ``operator`` (by a server key), or ``imported`` (a username of the original service, with a new tag)."""
    username: str
    """As given; empty if the account has none."""


class UpdatedUser(UserEventPayload):
    """Name, picture or a tag has changed."""

    kind: ClassVar[str] = "user.updated"


class DeletedUser(EventPayload):
    """The account was deleted."""

    kind: ClassVar[str] = "user.deleted"
    user_id: str


class BannedUser(EventPayload):
    """The user was banned."""

    kind: ClassVar[str] = "user.banned"
    user_id: str
    until: Instant | None
    """Until when; null: permanently."""
    reason: str


class UnbannedUser(EventPayload):
    """The user's ban was lifted."""

    kind: ClassVar[str] = "user.unbanned"
    user_id: str


class WarnedUser(EventPayload):
    """The operator has warned the user."""

    kind: ClassVar[str] = "user.warned"
    user_id: str
    room_id: str
    """The room that it is about; empty: none."""
    text: str


def registered(user: User, source: SignupSource, *, username: str = "") -> NewEvent:
    """Return the event of a new account; ``username`` as it was given, "" if the account has none."""
    payload = RegisteredUser(user_id=user.id, **_seen(user), door=source.value, username=username)
    return _about(payload, user.created)


def updated(user: User) -> NewEvent:
    """Return the event of a changed name, picture or tag."""
    return _about(UpdatedUser(user_id=user.id, **_seen(user)), user.updated)


def deleted(user: User) -> NewEvent:
    """Return the event of a deleted account."""
    return _about(DeletedUser(user_id=user.id), user.updated)


def banned(user: User) -> NewEvent:
    """Return the event of a ban from the service."""
    until = user.banned_until
    ends = None if until is None or until == FOR_EVER else instant_text(until)
    return _about(BannedUser(user_id=user.id, until=ends, reason=user.ban_reason), user.updated)


def unbanned(user: User) -> NewEvent:
    """Return the event of a ban that was lifted."""
    return _about(UnbannedUser(user_id=user.id), user.updated)


def warned(user: User, room: RoomId, text: str, *, at: datetime) -> NewEvent:
    """Return the event of a warning; ``room``: "" for one that is about no room."""
    return _about(WarnedUser(user_id=user.id, room_id=room, text=text), at)


def changes(before: User, after: User) -> Sequence[NewEvent]:
    """Return the events of a changed user; none if nothing has changed that others see."""
    events = []
    if _seen(before) != _seen(after):
        events.append(updated(after))
    if (before.banned_until, before.ban_reason) != (after.banned_until, after.ban_reason):
        events.append(unbanned(after) if after.banned_until is None else banned(after))
    return events


def _about(payload: EventPayload, at: datetime) -> NewEvent:
    return NewEvent(payload.kind, "", at, payload)


def _seen(user: User) -> dict[str, str]:
    return {"name": user.name, "avatar": user.avatar, "tag": user.tag, "tag2": user.tag2}
