"""Entering a room: the role that is granted, and what it changes to be let in once more."""

from datetime import datetime

from liveroom.domain.errors import RoomFull
from liveroom.domain.presence.members import Role, granted_role
from liveroom.domain.rooms.entering import Entrant, check_barriers, is_full, takes_role
from liveroom.ports import Admission
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord


def check_may_enter(room: RoomRecord, admission: Admission, now: datetime, *, member: bool) -> None:
    """Raise ``RoomBanned``, ``RoomConcealed``, ``PasswordWrong`` or ``RoomFull`` for who may not come in."""
    user, owns = admission.user, room.owns(admission.user)
    blocked = room.owner in admission.blockers
    entrant = Entrant(owns, member, admission.admin, admission.link, blocked, admission.password)
    check_barriers(room.options, room.room_access.get(user), entrant, now)
    if not member and is_full(room.capacity, len(room.members), owns=owns):
        raise RoomFull


def granted(room: RoomRecord, admission: Admission) -> Role:
    """Return the role that the entry's user gets."""
    return granted_role(
        admission.wanted,
        owns=room.owns(admission.user),
        admin=admission.admin,
        appointed=room.appointed(admission.user),
        policy=room.policy,
        anyone_hosts=admission.anyone_hosts,
    )


def enter_again(room: RoomRecord, member: MemberRecord, admission: Admission) -> bool:
    """Let a member enter once more; say whether that changed anything. Without a wanted role the present one stays."""
    before = _state(member)
    present = member.entry_of(admission.session)
    if admission.wanted is not None:
        role = granted(room, admission)
        if takes_role(member.role, role, entered=present is not None):
            room.give_role(member, role)
            member.label = admission.label
    if present != admission.entry:
        member.put_entry(admission.session, admission.entry)
    member.name, member.avatar = admission.profile.name, admission.profile.avatar
    member.keepalive = admission.keepalive
    return before != _state(member)


def _state(member: MemberRecord) -> tuple[object, ...]:
    return member.entries, member.role, member.label, member.name, member.avatar, member.keepalive
