"""What a changed access record, or another owner, makes of those who are in a room."""

from collections.abc import Iterator
from dataclasses import replace

from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import Role, role_after_appointment
from liveroom.domain.rooms.hosting import role_of_former_owner, role_of_new_owner
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
    was_anchor, owns = known is not None and known.role is Role.ANCHOR, room.owns(member.user)
    room.give_role(member, role_after_appointment(member.role, access.role, was_anchor=was_anchor, owns=owns))
    member.moderates = access.role is Role.MODERATOR
    changed = (before.role, before.moderates) != (member.role, member.moderates)
    return differences(before, member), member if changed else None


def pass_on(room: RoomRecord, former: UserId) -> Iterator[tuple[RoomChange, MemberRecord]]:
    """Make the new owner a host, and of the former one who stays what they are without owning it; yield who changed."""
    heir, left = room.members.get(room.owner), room.members.get(former)
    if heir is not None:
        yield from _become(room, heir, role_of_new_owner(heir.role))
    if left is not None:
        yield from _become(room, left, role_of_former_owner(left.role, room.policy, room.appointed(former)))


def _become(room: RoomRecord, member: MemberRecord, role: Role) -> Iterator[tuple[RoomChange, MemberRecord]]:
    if role is not member.role:
        room.give_role(member, role)
        yield RoomChange(EventKind.ROLE_CHANGED, member), member
