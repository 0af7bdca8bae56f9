"""Entering a room: the role that is granted, and what it changes to be let in once more."""

from datetime import datetime
from typing import Final

from liveroom.domain.errors import PasswordWrong, RoomBanned, RoomConcealed
from liveroom.domain.presence.members import Role, granted_role
from liveroom.domain.privacy.visibility import lets_in
from liveroom.ports import Admission
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord

_RANK: Final = {Role.AUDIENCE: 0, Role.ANCHOR: 1, Role.OWNER: 2}


def appointed(room: RoomRecord, admission: Admission) -> Role | None:
    """Return to what the room's owner has appointed the entry's user."""
    known = room.room_access.get(admission.user)
    return None if known is None else known.role


def check_barriers(room: RoomRecord, admission: Admission, now: datetime, *, member: bool) -> None:
    """Raise ``RoomBanned``, ``RoomConcealed`` or ``PasswordWrong`` for who may not come in."""
    if room.owns(admission.user):
        return
    known, options = room.room_access.get(admission.user), room.options
    if known is not None and known.is_banned(now):
        raise RoomBanned
    if member or admission.admin or (known is not None and known.role is not None):
        return
    if not lets_in(options, admission.link, invited=known is not None and known.invited):
        raise RoomConcealed
    if options.password and options.password not in admission.password:
        raise PasswordWrong


def granted(room: RoomRecord, admission: Admission) -> Role:
    """Return the role that the entry's user gets."""
    return granted_role(
        admission.wanted,
        owns=room.owns(admission.user),
        admin=admission.admin,
        appointed=appointed(room, admission),
        policy=room.policy,
        anyone_hosts=admission.anyone_hosts,
    )


def enter_again(room: RoomRecord, member: MemberRecord, admission: Admission) -> bool:
    """Let a member enter once more; say whether that changed anything.

    Without a wanted role the present one stays. The session that is in may change it; another may only raise it.
    """
    before = _state(member)
    present = member.entry_of(admission.session)
    if admission.wanted is not None:
        role = granted(room, admission)
        if present is not None or _RANK[role] > _RANK[member.role]:
            room.give_role(member, role)
            member.label = admission.label
    if present != admission.entry:
        member.put_entry(admission.session, admission.entry)
    member.name, member.avatar = admission.profile.name, admission.profile.avatar
    member.keepalive = admission.keepalive
    return before != _state(member)


def _state(member: MemberRecord) -> tuple[object, ...]:
    return member.entries, member.role, member.label, member.name, member.avatar, member.keepalive
