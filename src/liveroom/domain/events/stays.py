"""Events of members: the transitions between the stored version of a stay and the newer versions in the journal.

The journal holds whole stays, in any number of versions, and may hold a version several times. Events depend on the
stored row and the newer version alone, so each transition has one event: a version that is stored already, or an older
one, brings none.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Annotated, ClassVar, Final, NamedTuple

import msgspec

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.ids import RoomId, StayId, UserId
from liveroom.domain.payloads import Instant, instant_text
from liveroom.domain.presence.members import LeaveReason, Role, Stay

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = 253_402_300_799_999
"""The last millisecond that a time can have."""


_LeaveReason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(LeaveReason)})]


class MemberEventPayload(EventPayload):
    """A member after the event."""

    room_id: str
    broadcast_id: str
    category: str
    """The room's."""
    stay_id: str
    """One stay of a user in a room, from entering to leaving; entering again starts another."""
    user_id: str
    name: str
    avatar: str
    role: str
    """``owner``, ``anchor`` or ``audience``."""
    entered_at: Instant
    left_at: Instant | None
    """Only after leaving."""
    reason: _LeaveReason | None
    """Why they left: by a call (``left``), no sign of life (``lost``), removed (``kicked``), with the room
    (``closed``), or by entering another (``elsewhere``).
    """


class EnteredMember(MemberEventPayload):
    """A user has joined."""

    kind: ClassVar[str] = "member.entered"


class LeftMember(MemberEventPayload):
    """A user has left."""

    kind: ClassVar[str] = "member.left"


class MemberRole(MemberEventPayload):
    """A member's role has changed."""

    kind: ClassVar[str] = "member.role_changed"


class MemberProfile(MemberEventPayload):
    """A member's name or picture has changed."""

    kind: ClassVar[str] = "member.profile_changed"


KINDS: Final = frozenset(shape.kind for shape in (EnteredMember, LeftMember, MemberRole, MemberProfile))


class Known(NamedTuple):
    """What is stored of a stay."""

    version: int
    role: Role
    name: str
    avatar: str
    over: bool
    seat: int = 0
    mutes: int = 0


class Step(NamedTuple):
    """A transition."""

    what: type[MemberEventPayload]
    at: datetime
    after: Stay
    """The version that has made it."""


def steps(known: Mapping[StayId, Known], versions: Sequence[Stay]) -> Mapping[RoomId, Sequence[Step]]:
    """Return the transitions of each room by time; of one user's stays in the order in which they follow each other."""
    chains: dict[tuple[RoomId, UserId], list[Step]] = {}
    for stay in _by_stay(versions):
        chains.setdefault((stay[0].room, stay[0].user), []).extend(_chain(known.get(stay[0].id), stay))
    rooms: dict[RoomId, list[tuple[datetime, Step]]] = {}
    for (room, _), chain in chains.items():
        latest = _EPOCH
        for step in chain:
            latest = max(latest, step.at)
            rooms.setdefault(room, []).append((latest, step))
    return {room: [step for _, step in sorted(found, key=itemgetter(0))] for room, found in rooms.items()}


def rows(known: Mapping[StayId, Known], versions: Sequence[Stay]) -> Sequence[Stay]:
    """Return what to write so that each row says what the last event of its stay says.

    Of two ends the first counts: its event is out. So the newest version is written with the content of the first end
    in its run of ends; and before it the version that has opened a stored end again, so that the new end is the first.
    """
    found: list[Stay] = []
    for stay in _by_stay(versions):
        row = known.get(stay[0].id)
        fresh = [version for version in stay if row is None or version.version > row.version]
        last_open = max((number for number, version in enumerate(fresh) if version.left is None), default=-1)
        ends = fresh[last_open + 1 :]
        if last_open >= 0 and (not ends or (row is not None and row.over)):
            sat = any(version.sat or version.seat for version in fresh[: last_open + 1])
            found.append(fresh[last_open]._replace(sat=sat) if sat else fresh[last_open])
        if ends:
            sat = any(version.sat or version.seat for version in fresh)
            found.append(ends[0]._replace(version=ends[-1].version, sat=sat))
    return found


def event_of(step: Step, category: str) -> NewEvent:
    """Return the event of a transition: the member after it."""
    stay = step.after
    is_over = step.what is LeftMember
    payload = step.what(
        room_id=stay.room,
        broadcast_id=stay.broadcast,
        category=category,
        stay_id=stay.id,
        user_id=stay.user,
        name=stay.name,
        avatar=stay.avatar,
        role=stay.role.value,
        entered_at=instant_text(stay.entered),
        left_at=instant_text(stay.left) if is_over and stay.left else None,
        reason=stay.reason.value if is_over and stay.reason else None,
    )
    return NewEvent(payload.kind, category, step.at, payload)


def _by_stay(versions: Sequence[Stay]) -> Sequence[Sequence[Stay]]:
    """Return the versions of each stay, the oldest first, and the stays in the order of their beginning."""
    found: dict[StayId, list[Stay]] = {}
    for version in sorted(versions, key=lambda stay: stay.version):
        found.setdefault(version.id, []).append(version)
    return sorted(found.values(), key=lambda stay: (stay[0].entered, stay[0].version))


def _chain(known: Known | None, versions: Sequence[Stay]) -> Iterator[Step]:
    for stay in versions:
        if known is None or stay.version > known.version:
            yield from _between(known, stay)
            known = Known(stay.version, stay.role, stay.name, stay.avatar, stay.left is not None)


def _between(known: Known | None, stay: Stay) -> Iterator[Step]:
    """Yield the transitions to a newer version. A stay that was thought over and is not has begun again."""
    if known is None or (known.over and stay.left is None):
        yield Step(EnteredMember, stay.entered, stay)
    elif not known.over and stay.left is None:
        if stay.role is not known.role:
            yield Step(MemberRole, _time_of(stay), stay)
        if (stay.name, stay.avatar) != (known.name, known.avatar):
            yield Step(MemberProfile, _time_of(stay), stay)
    if stay.left is not None and not (known is not None and known.over):
        yield Step(LeftMember, stay.left, stay)


def _time_of(stay: Stay) -> datetime:
    """Return when this version was made: versions are milliseconds, or a little more where much happened in one."""
    return max(stay.entered, _EPOCH + timedelta(milliseconds=min(stay.version, _LAST)))
