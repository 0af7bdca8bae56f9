"""A live room out of what the recovery store has of it."""

from collections.abc import Sequence

from liveroom.domain.ids import UserId
from liveroom.domain.moments import at
from liveroom.domain.presence.members import LeaveReason, Role, Stay
from liveroom.ports import RoomSnapshot
from liveroom.store.live.memory.gift_counts import GiftCounts
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord
from liveroom.store.live.reseating import reseated


def restored(snapshot: RoomSnapshot, now: int) -> tuple[RoomRecord, Sequence[Stay]]:
    """Return the room with its members, and the stays that are over, or have no seat any more: the journal did not get
    to say so.
    """
    version = max([now, *(stay.version + 1 for stay in snapshot.stays)])
    room = RoomRecord.opened_as(snapshot.room, snapshot.policy, snapshot.card, version)
    room.gone.update(snapshot.past)
    room.room_access, room.likes = {access.user: access for access in snapshot.room_access}, snapshot.likes
    if snapshot.gifts is not None:
        room.log.gifts = GiftCounts.of(snapshot.gifts, now)
    newest: dict[UserId, Stay] = {}
    for stay in sorted(snapshot.stays, key=lambda stay: stay.version):
        if stay.broadcast == snapshot.room.broadcast:
            newest[stay.user] = stay
    room.seat_map, stays, wrong = reseated(newest, snapshot.room.options)
    room.seat_map_version = now
    for stay in sorted(stays.values(), key=lambda stay: stay.order):
        member = _member(stay, max(stay.order, room.last + 1))
        member.moderates = room.appointed(stay.user) is Role.MODERATOR
        room.add(member)
    over = [stay for stay in snapshot.stays if newest.get(stay.user) is not stay]
    lost = [stay._replace(version=version, left=at(now), reason=LeaveReason.LOST, entries=()) for stay in over]
    return room, [*lost, *(stay._replace(version=version) for stay in wrong)]


def _member(stay: Stay, order: int) -> MemberRecord:
    return MemberRecord(
        stay.user, stay.id, stay.role, "", stay.name, stay.avatar, stay.entered, order, stay.entries, stay.keepalive,
        seat=stay.seat, mutes=stay.mutes,
    )  # fmt: skip
