"""What is told of users, outside of rooms. Phone numbers and mailboxes are not."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from liveroom.domain.tellings import Telling, written
from liveroom.domain.users import FOR_EVER, User


class SignupSource(StrEnum):
    """How an account came into being."""

    REGISTER = "register"
    GUEST = "guest"
    CODE = "code"
    IMPORTED = "imported"
    """A username of the original service, signing in with a tag that it had no user for."""
    OWN = "own"
    """The operator's own user, at their first login."""
    OPERATOR = "operator"


def registered(user: User, source: SignupSource, *, username: str = "") -> Telling:
    """Tell that there is a new account; ``username`` as it was given, where accounts have any."""
    return _about("user.registered", user, user.created, door=source.value, username=username)


def updated(user: User) -> Telling:
    """Tell that name, picture or a tag has changed."""
    return _about("user.updated", user, user.updated)


def deleted(user: User) -> Telling:
    """Tell that the account is gone."""
    return Telling("user.deleted", "", user.updated, {"userId": user.id})


def banned(user: User) -> Telling:
    """Tell that the user may not use the service."""
    until = user.banned_until
    ends = None if until is None or until == FOR_EVER else written(until)
    return Telling("user.banned", "", user.updated, {"userId": user.id, "until": ends, "reason": user.ban_reason})


def unbanned(user: User) -> Telling:
    """Tell that the user may use the service again."""
    return Telling("user.unbanned", "", user.updated, {"userId": user.id})


def changes(before: User, after: User) -> Sequence[Telling]:
    """Return what is told of a user who was changed, if anything that others hear of is another now."""
    told = []
    if _seen(before) != _seen(after):
        told.append(updated(after))
    if (before.banned_until, before.ban_reason) != (after.banned_until, after.ban_reason):
        told.append(unbanned(after) if after.banned_until is None else banned(after))
    return told


def _about(kind: str, user: User, at: datetime, **more: Any) -> Telling:
    return Telling(kind, "", at, {"userId": user.id, **_seen(user), **more})


def _seen(user: User) -> dict[str, str]:
    return {"name": user.name, "avatar": user.avatar, "tag": user.tag, "tag2": user.tag2}
