"""The audit: what was done in an operator's name, or to others in a room: by whom, why, and how it ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType

from liveroom.domain.ids import TenantName

AuditId = NewType("AuditId", str)
TEXT_MAX: Final = 128
REASON_MAX: Final = 200
_ACTOR_MAX: Final = 64
_COMMAND: Final = "cli"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was about to be done."""

    id: AuditId
    tenant: TenantName
    at: datetime
    actor: str
    """Who: ``key:<id>`` for a server key, ``user:<id>`` for a room's owner or moderator, or an admin, and
    ``cli:<user>@<host>`` for whoever gave a command."""
    action: str
    """What: the path of a method, or the words of a command."""
    subject: str = ""
    """To whom: ``user:<id>``, ``room:<id>``, or both, as the request named them."""
    address: str = ""
    request: str = ""
    code: int | None = None
    """How it ended, as an ``errorCode``; None: the process died before it could say so, or it is under way."""
    room: str = ""
    """The room in which it was done."""
    reason: str = ""
    """Why, as who did it said."""


def bounded(text: str, most: int = TEXT_MAX) -> str:
    """Return any text of a caller's in a form that can be stored: cut, and without characters that a database
    refuses."""
    kept = text[:most]
    if kept.isprintable():
        return kept
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in kept)


def actor_of_command(user: str, host: str) -> str:
    """Return how the audit calls who gives commands on a machine."""
    return bounded(f"{_COMMAND}:{user}@{host}", _ACTOR_MAX)


def shown_actor(actor: str) -> str:
    """Return the actor as apps see it, without the names of the operator's machines and accounts."""
    return _COMMAND if actor.startswith(f"{_COMMAND}:") else actor


def subject_of(user: str, room: str) -> str:
    """Return whom a request is about."""
    named = ((kind, id) for kind, id in (("user", user), ("room", room)) if id)
    return bounded(" ".join(f"{kind}:{id}" for kind, id in named))
