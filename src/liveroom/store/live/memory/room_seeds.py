"""A live room out of what the ledger has of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from liveroom.domain.ids import UserId
from liveroom.domain.members import LeaveReason, Role, Stay
from liveroom.domain.rooms import HostPolicy
from liveroom.ports import RoomSeed
from liveroom.store.live.memory.moments import at, moment
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord
from liveroom.store.live.reseating import reseated


def restored(seed: RoomSeed, now: int) -> tuple[RoomRecord, Sequence[Stay]]:
    """Return the room with its members, and the stays that are over, or have no seat any more: the journal did not get
    to say so.
    """
    version = max([now, *(stay.version + 1 for stay in seed.stays)])
    room = RoomRecord.opened_as(seed.room, seed.policy, seed.card, version)
    room.gone.update(seed.past)
    room.standings, room.likes = {standing.user: standing for standing in seed.standings}, seed.likes
    newest: dict[UserId, Stay] = {}
    for stay in sorted(seed.stays, key=lambda stay: stay.version):
        if stay.broadcast == seed.room.broadcast:
            newest[stay.user] = stay
    room.stage, stays, wrong = reseated(newest, seed.room.options)
    room.stage_version = now
    for stay in sorted(stays.values(), key=lambda stay: stay.order):
        member = _member(stay, max(stay.order, room.last + 1))
        known = room.standings.get(stay.user)
        member.moderates = known is not None and known.role is Role.MODERATOR
        room.add(member)
    over = [stay for stay in seed.stays if newest.get(stay.user) is not stay]
    lost = [stay._replace(version=version, left=at(now), reason=LeaveReason.LOST, places=()) for stay in over]
    return room, [*lost, *(stay._replace(version=version) for stay in wrong)]


def has_host(seed: RoomSeed) -> bool:
    """Say whether somebody is there who has to be (``RoomRecord.is_hosted``)."""
    anyone = seed.policy is HostPolicy.HOSTS
    return any(stay.user == seed.room.owner or (anyone and stay.role.is_host) for stay in seed.stays)


def last_host(seed: RoomSeed, left: Mapping[UserId, datetime]) -> int:
    """Return when the last host of those who have to be there left, by when each left; else when the room opened."""
    room, opened = seed.room, moment(seed.room.opened)
    if seed.policy is HostPolicy.HOSTS or room.owner not in left:
        return max([opened, *(moment(at) for at in left.values())])
    return max(opened, moment(left[room.owner]))


def _member(stay: Stay, order: int) -> MemberRecord:
    return MemberRecord(
        stay.user, stay.id, stay.role, "", stay.name, stay.avatar, stay.entered, order, stay.places, stay.keepalive,
        seat=stay.seat, mutes=stay.mutes,
    )  # fmt: skip
