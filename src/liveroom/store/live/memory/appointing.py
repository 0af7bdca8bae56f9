"""What a changed access record, or another owner, makes of those who are in a room."""

from collections.abc import Iterator
from dataclasses import replace

from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import HostPolicy
from liveroom.store.live.memory.room_publisher import RoomChange, differences
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord


def is_newer(room: RoomRecord, access: RoomAccess) -> bool:
    """Say whether the room knows nothing as new of this access record."""
    known = room.room_access.get(access.user)
    return known is None or known.rev < access.rev


def take_room_access(room: RoomRecord, access: RoomAccess) -> tuple[list[RoomChange], MemberRecord | None]:
    """Keep a newer standing; return what others see of it, and the member whom it has changed."""
    known = room.room_access.get(access.user)
    room.put_room_access(access)
    member = room.members.get(access.user)
    if member is None:
        return [], None
    before = replace(member)
    _appoint(room, member, access, was_anchor=known is not None and known.role is Role.ANCHOR)
    changed = (before.role, before.moderates) != (member.role, member.moderates)
    return differences(before, member), member if changed else None


def pass_on(room: RoomRecord, former: UserId) -> Iterator[tuple[RoomChange, MemberRecord]]:
    """Make the new owner a host, and of the former one who stays what they are without owning it; yield who changed."""
    heir, left = room.members.get(room.owner), room.members.get(former)
    if heir is not None and not heir.role.is_host:
        yield from _become(room, heir, Role.ANCHOR)
    known = room.room_access.get(former)
    stays_host = room.policy is HostPolicy.HOSTS or (known is not None and known.role is Role.ANCHOR)
    if left is not None and left.role.is_host and not stays_host:
        yield from _become(room, left, Role.AUDIENCE)


def _become(room: RoomRecord, member: MemberRecord, role: Role) -> Iterator[tuple[RoomChange, MemberRecord]]:
    room.give_role(member, role)
    yield RoomChange(EventKind.ROLE_CHANGED, member), member


def _appoint(room: RoomRecord, member: MemberRecord, access: RoomAccess, *, was_anchor: bool) -> None:
    """Give a member what they were appointed to.

    Only an appointment is taken back: who is a host by right, or by the room's category, stays one.
    """
    if access.role is Role.ANCHOR and not member.role.is_host:
        room.give_role(member, Role.ANCHOR)
    elif access.role is not Role.ANCHOR and was_anchor and not room.owns(member.user):
        room.give_role(member, Role.AUDIENCE)
    member.moderates = access.role is Role.MODERATOR
