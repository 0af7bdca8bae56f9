"""Erasing a deleted user: a pseudonym replaces them, and events lose what identifies them.

It is done in rounds, because something journaled just before the deletion may be written just after it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_hex
from typing import Any, Final, NamedTuple

from liveroom.domain.ids import TenantName, UserId

PREFIX: Final = "gone-"
ROUNDS: Final = (timedelta(0), timedelta(seconds=10), timedelta(minutes=10), timedelta(days=1))
"""When each begins, from the deletion on. The last one is for a live store that was away when its journal was due."""
AGAIN: Final = timedelta(minutes=10)
"""The wait after a last round that left something, say because a broadcast goes on under another owner."""
_PERSON: Final = frozenset({"name", "avatar", "tag", "tag2", "username", "text", "words", "note", "outcome"})
"""What events say of a user beside their id."""
_ROOM: Final = frozenset({"title", "cover", "subject", "description"})
"""What a room says of itself, and so whose it is."""
_IDS: Final = ("userId", "targetId", "reporterId")
_OWNERS: Final = ("holderId", "ownerId", "createdBy")
_WORDS: Final = frozenset({"member.left", "room.closed", "report.filed"})
"""Kinds whose reason is one word of several, not what somebody wrote."""


class PersonalDataKind(StrEnum):
    """Kinds of rows that name users and stay when these are gone."""

    STAY = "stay"
    AUDIT_ACTOR = "audit_actor"
    """In the audit, what the user did."""
    AUDIT_TARGET = "audit_target"
    """In the audit, what was done to the user."""
    NOTE = "note"
    """A note of an operator on the user."""
    REPORT_OF = "report_of"
    """A report about the user."""
    REPORT_BY = "report_by"
    """A report that the user made."""
    STATEMENT = "statement"
    """Why something was done to the user."""
    LABEL = "label"
    NOTICE = "notice"
    """One that was for the user alone."""
    ROOM_ACCESS = "room_access"
    BROADCAST = "broadcast"
    """One that the user has opened."""
    AUDIENCE_MEMBER = "audience_member"
    """In statistics, with whom the user was first."""
    AUDIENCE_HOST = "audience_host"
    """In statistics, who was with the user first."""
    COUNTED_BROADCAST = "counted_broadcast"
    FOLLOWING = "following"
    """Whom the user follows."""
    FOLLOWER = "follower"
    """Who follows the user."""
    REMINDER = "reminder"
    """That the user wants to be reminded of a broadcast."""
    BLOCKED = "blocked"
    """Whom the user has blocked."""
    BLOCKER = "blocker"
    """Who has blocked the user."""
    MONEY = "money"
    """Accounts of the user, with what they have had."""
    APPROVAL = "approval"
    MINOR_REFUND = "minor_refund"
    """What operators have done for the user with money."""
    AGENCY = "agency"
    """One that the user has owned."""
    AGENCY_HOST = "agency_host"
    """An agency's invitation to the user, and what became of it."""
    UPLOAD = "upload"
    """A file, of which the job of unused files removes what is left; what gifts show stays."""
    BATTLE = "battle"
    """One of a room that the user owned then."""
    RECORDING = "recording"
    """One of a broadcast of the user's, or that the user has started; its files are deleted by its recorder."""
    ACTIVITY = "activity"
    """One that the user has begun."""
    BALLOT = "ballot"
    """What the user has chosen in one; sums stay."""
    QUESTION = "question"
    """One that the user has asked, and a host has answered."""
    ANSWER = "answer"
    """What the user has written about one as a host."""
    SERIES = "series"
    """In statistics, what was counted of the user's broadcasts."""
    MESSAGE = "message"
    """The last, because it is the only one that waits for the live store too."""


class Erasure(NamedTuple):
    """A deleted user who is being erased."""

    user: UserId
    tenant: TenantName
    pseudonym: UserId
    """Who they are instead, wherever it has to be known that two things were done by one person."""
    deleted: datetime
    due: datetime
    """When to go on."""
    rounds: int = 0
    """Those that are over."""

    @property
    def is_last(self) -> bool:
        """Say whether this is the last round, unless it leaves something."""
        return self.rounds >= len(ROUNDS) - 1

    def after_round(self) -> "Erasure":
        """Return it as it goes on after a round that was not the last."""
        return self._replace(rounds=self.rounds + 1, due=self.deleted + ROUNDS[self.rounds + 1])


def erasure_of(user: UserId, tenant: TenantName, now: datetime) -> Erasure:
    """Return what a deletion begins. The pseudonym is drawn, not derived: nothing leads back from it."""
    return Erasure(user, tenant, UserId(f"{PREFIX}{token_hex(6)}"), now, now)


def without(user: UserId, kind: str, payload: Any) -> Any:
    """Return an event's data without what it says of the user beside their id."""
    if isinstance(payload, list):
        return [without(user, kind, one) for one in payload]
    if not isinstance(payload, Mapping):
        return payload
    hidden = _hidden(user, kind, payload)
    return {name: _blank(value) if name in hidden else without(user, kind, value) for name, value in payload.items()}


def _hidden(user: UserId, kind: str, payload: Mapping[str, Any]) -> frozenset[str]:
    """Return which fields of an object say who the user is, or what they said."""
    hidden: frozenset[str] = frozenset()
    if any(payload.get(name) == user for name in _IDS):
        hidden |= _PERSON
        if kind not in _WORDS and payload.get("userId") == user:
            hidden |= {"reason"}
    if any(payload.get(name) == user for name in _OWNERS):
        hidden |= _ROOM
    return hidden


def _blank(value: Any) -> Any:
    return "" if isinstance(value, str) else None
