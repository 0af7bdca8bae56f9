"""Compares who is in media rooms with who is in the rooms, and with what callbacks have said."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.drift.model import Drift, DriftCase, DriftSource
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.media.model import may_publish
from liveroom.domain.presence.members import Member
from liveroom.domain.streams.model import INGRESS_IDENTITY

_NOBODY: Final = ("watcher:", INGRESS_IDENTITY)
"""What participants begin with who are no people: operators who look in, and encoders' streams."""


class MediaPerson(NamedTuple):
    """Somebody in a media room, as the provider lists them: no recorder, and nobody who looks in unseen."""

    identity: str
    who: str = ""
    """The visit, where the provider tells visits apart."""
    since: datetime | None = None
    sends: bool = False


class SeenInMedia(NamedTuple):
    """That somebody is in a room's media, as callbacks have said."""

    user: UserId
    room: RoomId
    who: str


@dataclass(frozen=True, slots=True)
class MediaView:
    """What is known here of rooms whose media a provider carries."""

    live: Mapping[RoomId, TenantName]
    """Live rooms."""
    closed: Mapping[RoomId, TenantName]
    """Those of the listed that are rooms of ours, and not live."""
    members: Mapping[RoomId, Mapping[UserId, Member]]
    """Members of each room, of those who are listed or seen there."""
    seen: Collection[SeenInMedia]
    users: Mapping[UserId, TenantName] = field(default_factory=dict)
    """Those of the listed who are no members, and are users."""
    guests: Collection[tuple[RoomId, UserId]] = ()
    """Those of them who may be in a room's media by another room, with which it is connected."""
    left: Collection[tuple[RoomId, UserId]] | None = None
    """Those of whom the provider says that they have left; None: whoever is not listed has."""


def compare_media(
    source: DriftSource, listed: Mapping[RoomId, Sequence[MediaPerson]], view: MediaView
) -> Iterator[Drift]:
    """Yield what differs."""
    for room, people in listed.items():
        if room in view.live:
            for person in people:
                yield from _person(source, room, person, view)
        elif room in view.closed:
            yield Drift(source, DriftCase.MEDIA_ROOM_LEFT, room, view.closed[room], room)
        else:
            yield Drift(source, DriftCase.MEDIA_ROOM_UNKNOWN, room, room=room)
    there = {(room, person.identity, person.who) for room, people in listed.items() for person in people}
    for one in view.seen:
        has_left = view.left is None or (one.room, one.user) in view.left
        if one.room in view.live and (one.room, one.user, one.who) not in there and has_left:
            is_member = one.user in view.members.get(one.room, {})
            case = DriftCase.PARTICIPANT_GONE if is_member else DriftCase.SIGHTING_LEFT
            yield Drift(source, case, subject_of(*one), view.live[one.room], one.room, one.user, one.who)


def _person(source: DriftSource, room: RoomId, person: MediaPerson, view: MediaView) -> Iterator[Drift]:
    user, tenant = UserId(person.identity), view.live[room]
    if user.startswith(_NOBODY):
        return
    member = view.members.get(room, {}).get(user)
    about = Drift(source, DriftCase.PARTICIPANT_UNSEEN, subject_of(user, room, person.who), tenant, room, user)
    if member is None:
        if (room, user) in view.guests:
            return
        is_user = view.users.get(user) == tenant
        case = DriftCase.PARTICIPANT_STRANGER if is_user else DriftCase.PARTICIPANT_UNKNOWN
        yield about._replace(case=case, subject=subject_of(user, room, ""))
        return
    if SeenInMedia(user, room, person.who) not in view.seen:
        yield about._replace(detail=person.who)
    if person.sends and not may_publish(member):
        yield about._replace(case=DriftCase.PUBLISHER_UNALLOWED, subject=subject_of(user, room, ""))


def subject_of(user: UserId, room: RoomId, who: str) -> str:
    """Return the subject of what is about somebody in a room."""
    return f"{user} in {room} {who}".rstrip()
