"""What differences look like on the wire, and what comparing has come to."""

from liveroom.api.shapes import Shape
from liveroom.domain.drift.model import DriftRound, KnownDrift
from liveroom.domain.payloads import time_or_empty, wire_time
from liveroom.usecases.drift.explaining import SourceSays


class ComparedSource(Shape):
    """A source, and what came of comparing it last."""

    source: str
    outcome: str
    """``done``; ``failed``: it could not be asked for everything, and nothing was concluded; ``held``: too much
    differs, and nothing is repaired."""
    began_utc: str
    ended_utc: str
    next_utc: str
    """When it is compared again."""
    items: int
    """How many things were compared."""
    found: int
    """How many differ."""
    repaired: int
    """How many were repaired since this database was made."""
    reason: str
    """Why it failed; empty if it did not."""
    allowed_until_utc: str
    """Until when an operator lets everything be repaired; empty: never allowed."""
    allowed_by: str


class DriftObject(Shape):
    """One difference."""

    drift_id: str
    source: str
    kind: str
    case: str
    """In which way it differs: `docs/drift.md` lists them."""
    subject: str
    room_id: str
    user_id: str
    detail: str
    """What both say, such as ``3 / 4``, or which visit; empty where the case says it."""
    since_utc: str
    """When it was found first."""
    found_utc: str
    """When it was found last."""
    looks: int
    """How often it was found, one time after the other."""
    tries: int
    """How often it was repaired."""
    failure: str
    """Why the last try failed."""
    explanation: str
    next: str
    """What is done about it, or why nothing is."""


class SourceOfRoom(Shape):
    """What one place says of a room."""

    source: str
    """``sql``, ``live`` (the live store), ``im``, ``trtc`` or ``livekit``."""
    state: str
    """``reserved``, ``live``, ``hidden``, ``closed``; ``absent``: it is not there; ``waiting``: something is still to
    be done; ``failed``: that was given up."""
    since: str
    members: int | None
    detail: str


def compared_source(round: DriftRound) -> ComparedSource:
    """Return a source as the wire writes it."""
    return ComparedSource(
        source=round.source.value,
        outcome=round.outcome.value,
        began_utc=wire_time(round.began),
        ended_utc=wire_time(round.ended),
        next_utc=wire_time(round.due),
        items=round.items,
        found=round.found,
        repaired=round.repaired,
        reason=round.reason,
        allowed_until_utc=time_or_empty(round.allowed_until),
        allowed_by=round.allowed_by,
    )


def drift_object(known: KnownDrift) -> DriftObject:
    """Return a difference as the wire writes it."""
    drift = known.drift
    return DriftObject(
        drift_id=drift.id,
        source=drift.source.value,
        kind=drift.facts.kind.value,
        case=drift.case.value,
        subject=drift.subject,
        room_id=drift.room,
        user_id=drift.user,
        detail=drift.detail,
        since_utc=wire_time(known.since),
        found_utc=wire_time(known.looked),
        looks=known.looks,
        tries=known.tries,
        failure=known.failure,
        explanation=drift.facts.says,
        next=drift.facts.does,
    )


def says(one: SourceSays) -> SourceOfRoom:
    """Return what a place says of a room as the wire writes it."""
    return SourceOfRoom(
        source=one.source, state=one.state, since=time_or_empty(one.since), members=one.members, detail=one.detail
    )
