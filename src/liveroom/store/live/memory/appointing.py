"""What a changed standing, or another owner, makes of those who are in a room."""

from collections.abc import Iterator
from dataclasses import replace

from liveroom.domain.events import EventKind
from liveroom.domain.ids import UserId
from liveroom.domain.members import Role
from liveroom.domain.room_access import Standing
from liveroom.domain.rooms import HostPolicy
from liveroom.store.live.memory.herald import Happening, differences
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord


def is_newer(room: RoomRecord, standing: Standing) -> bool:
    """Say whether the room knows nothing as new of this standing."""
    known = room.standings.get(standing.user)
    return known is None or known.rev < standing.rev


def take_standing(room: RoomRecord, standing: Standing) -> tuple[list[Happening], MemberRecord | None]:
    """Keep a newer standing; return what others see of it, and the member whom it has changed."""
    known = room.standings.get(standing.user)
    room.put_standing(standing)
    member = room.members.get(standing.user)
    if member is None:
        return [], None
    before = replace(member)
    _appoint(room, member, standing, was_anchor=known is not None and known.role is Role.ANCHOR)
    changed = (before.role, before.moderates) != (member.role, member.moderates)
    return differences(before, member), member if changed else None


def pass_on(room: RoomRecord, former: UserId) -> Iterator[tuple[Happening, MemberRecord]]:
    """Make the new owner a host, and of the former one who stays what they are without owning it; yield who changed."""
    heir, left = room.members.get(room.owner), room.members.get(former)
    if heir is not None and not heir.role.is_host:
        yield from _become(room, heir, Role.ANCHOR)
    known = room.standings.get(former)
    stays_host = room.policy is HostPolicy.HOSTS or (known is not None and known.role is Role.ANCHOR)
    if left is not None and left.role.is_host and not stays_host:
        yield from _become(room, left, Role.AUDIENCE)


def _become(room: RoomRecord, member: MemberRecord, role: Role) -> Iterator[tuple[Happening, MemberRecord]]:
    room.give_role(member, role)
    yield Happening(EventKind.ROLE_CHANGED, member), member


def _appoint(room: RoomRecord, member: MemberRecord, standing: Standing, *, was_anchor: bool) -> None:
    """Give a member what they were appointed to.

    Only an appointment is taken back: who is a host by right, or by the room's category, stays one.
    """
    if standing.role is Role.ANCHOR and not member.role.is_host:
        room.give_role(member, Role.ANCHOR)
    elif standing.role is not Role.ANCHOR and was_anchor and not room.owns(member.user):
        room.give_role(member, Role.AUDIENCE)
    member.moderates = standing.role is Role.MODERATOR
