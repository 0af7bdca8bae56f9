"""The audit: what was done in an operator's name, or to others in a room: by whom, why, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, NewType

import msgspec

from liveroom.domain.ids import TenantName
from liveroom.domain.operators.caller import NotedChange

AuditId = NewType("AuditId", str)
TEXT_MAX: Final = 128
REASON_MAX: Final = 200
CHANGE_MAX: Final = 4000
"""Characters of ``before`` and of ``after``."""
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
    before: str = ""
    """What was changed, as it was: a JSON object; "" where nothing was, or nobody said so."""
    after: str = ""
    """The same, as it is since then."""


class AuditOutcome(NamedTuple):
    """How it ended, and what it changed."""

    entry: AuditId
    code: int
    before: str = ""
    after: str = ""


def changed_texts(change: NotedChange | None) -> tuple[str, str]:
    """Return what a call changed as JSON, before and after; "" for nothing."""
    if change is None or not (change.before or change.after or change.seen):
        return "", ""
    seen = {"seen": sorted(change.seen)} if change.seen else {}
    return _json(change.before), _json({**change.after, **seen})


def _json(values: Mapping[str, Any]) -> str:
    """Return an object of bounded length: of what is too long, the texts are cut."""
    for most in (CHANGE_MAX, REASON_MAX, 20):
        kept = {name: value[:most] if isinstance(value, str) else value for name, value in values.items()}
        if len(text := msgspec.json.encode(kept).decode()) <= CHANGE_MAX:
            return text
    return "{}"


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
