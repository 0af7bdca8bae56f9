"""Entering a room: the role that is granted, and what it changes to be let in once more."""

from typing import Final

from liveroom.domain.members import Role, granted_role
from liveroom.ports import Entry
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord

_RANK: Final = {Role.AUDIENCE: 0, Role.ANCHOR: 1, Role.OWNER: 2}


def granted(room: RoomRecord, entry: Entry) -> Role:
    """Return the role that the entry's user gets."""
    return granted_role(
        entry.wanted,
        owns=room.owns(entry.user),
        admin=entry.admin,
        policy=room.policy,
        anyone_hosts=entry.anyone_hosts,
    )


def enter_again(room: RoomRecord, member: MemberRecord, entry: Entry) -> bool:
    """Let a member enter once more; say whether that changed anything.

    Without a wanted role the present one stays. The session that is in may change it; another may only raise it.
    """
    before = _state(member)
    present = member.place_of(entry.session)
    if entry.wanted is not None:
        role = granted(room, entry)
        if present is not None or _RANK[role] > _RANK[member.role]:
            room.give_role(member, role)
            member.label = entry.label
    if present != entry.place:
        member.put_place(entry.session, entry.place)
    member.name, member.avatar = entry.profile.name, entry.profile.avatar
    member.keepalive = entry.keepalive
    return before != _state(member)


def _state(member: MemberRecord) -> tuple[object, ...]:
    return member.places, member.role, member.label, member.name, member.avatar, member.keepalive
