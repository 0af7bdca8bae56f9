"""A live room out of what the ledger has of it."""

from collections.abc import Sequence

from liveroom.domain.ids import UserId
from liveroom.domain.members import LeaveReason, Stay
from liveroom.ports import RoomSeed
from liveroom.store.live.memory.moments import at
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord


def restored(seed: RoomSeed, now: int) -> tuple[RoomRecord, Sequence[Stay]]:
    """Return the room with its members, and the stays that are over (the journal did not get to say so)."""
    version = max([now, *(stay.version + 1 for stay in seed.stays)])
    room = RoomRecord.opened_as(seed.room, seed.policy, seed.card, version)
    room.gone.update(seed.past)
    newest: dict[UserId, Stay] = {}
    for stay in sorted(seed.stays, key=lambda stay: stay.version):
        if stay.broadcast == seed.room.broadcast:
            newest[stay.user] = stay
    for stay in sorted(newest.values(), key=lambda stay: stay.order):
        room.add(_member(stay, max(stay.order, room.last + 1)))
    over = [stay for stay in seed.stays if newest.get(stay.user) is not stay]
    return room, [stay._replace(version=version, left=at(now), reason=LeaveReason.LOST, places=()) for stay in over]


def _member(stay: Stay, order: int) -> MemberRecord:
    return MemberRecord(
        stay.user, stay.id, stay.role, "", stay.name, stay.avatar, stay.entered, order, stay.places, stay.keepalive
    )  # fmt: skip
