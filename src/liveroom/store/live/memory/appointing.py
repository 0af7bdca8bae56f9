"""What a changed standing does in a room: the owner's appointments of those who are in it."""

from dataclasses import replace

from liveroom.domain.members import Role
from liveroom.domain.standings import Standing
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


def _appoint(room: RoomRecord, member: MemberRecord, standing: Standing, *, was_anchor: bool) -> None:
    """Give a member what they were appointed to.

    Only an appointment is taken back: who is a host by right, or by the room's category, stays one.
    """
    if standing.role is Role.ANCHOR and not member.role.is_host:
        room.give_role(member, Role.ANCHOR)
    elif standing.role is not Role.ANCHOR and was_anchor and not room.owns(member.user):
        room.give_role(member, Role.AUDIENCE)
    member.moderates = standing.role is Role.MODERATOR
