"""Who has which seat, and who waits for one: ``ports.SeatMaps`` on Redis (``lua/put_seat_map.lua``)."""

import secrets
from collections.abc import Sequence
from typing import Final

import msgspec

from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moments import moment
from liveroom.domain.seats.model import SeatDecision
from liveroom.domain.seats.payloads import seat_answer, seat_asked
from liveroom.ports import SeatMapView
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.records import pack, read_member
from liveroom.store.live.redis.room_rows import read_room, rev_of
from liveroom.store.live.redis.schema.arguments.rooms import PutSeatMapArguments
from liveroom.store.live.redis.schema.given import AnnouncedRow
from liveroom.store.live.redis.stage_rows import packed_requests, packed_seats, packed_silenced, read_seat_map
from liveroom.store.live.redis.watch import DirtyBuckets

_encode: Final = msgspec.json.Encoder().encode
_TOKEN_BYTES: Final = 4


class RedisSeatMaps:
    """The seat maps of all rooms."""

    def __init__(self, core: RedisCore, watch: DirtyBuckets, pacing: Pacing) -> None:
        self._core = core
        self._watch = watch
        self._pacing = pacing

    async def read(self, room: RoomId, users: Sequence[UserId]) -> SeatMapView | None:
        keys = RoomKeys(room)
        answer = await self._core.in_room("read_seat_map", keys, KeySet.SUMMARY, *dict.fromkeys(users))
        if answer is None:
            return None
        summary, packed, *found = answer
        seat_map = read_seat_map(packed)
        named = zip((user.decode() for user in found[::2]), map(read_member, found[1::2]), strict=True)
        members = {UserId(user): member.value(user) for user, member in named}
        live = read_room(room, summary)
        return SeatMapView(live, rev_of(summary), seat_map.version, seat_map.value(members), members)

    async def put(self, seen: SeatMapView, decision: SeatDecision, by: UserId | None) -> bool:
        room, seat_map = seen.room, decision.seat_map
        args = PutSeatMapArguments(
            broadcast=room.broadcast,
            rev=seen.rev,
            version=seen.version,
            seats=packed_seats(seat_map.seated),
            requests=packed_requests(seat_map.requests),
            announced=pack(_request_events(decision, by)),
            due_request=min((moment(request.expires) for request in seat_map.requests), default=0),
            by=by or "",
            token=secrets.token_hex(_TOKEN_BYTES),
            silenced=packed_silenced(seat_map.silenced),
        )
        wait = await self._core.room("put_seat_map", room.id, *args)
        if wait < 0:
            return False
        self._watch.changed(RoomKeys(room.id).number)
        self._pacing.gathered(room.id, wait)
        return True


def _request_events(decision: SeatDecision, by: UserId | None) -> list[AnnouncedRow]:
    """Return what is told of requests: those that are over first."""
    over = [
        AnnouncedRow(EventKind.SEAT_ANSWERED.value, _encode(seat_answer(answer)).decode(), answer.by or "")
        for answer in decision.answered
    ]
    asked = [
        AnnouncedRow(EventKind.SEAT_REQUESTED.value, _encode(seat_asked(request)).decode(), by or "")
        for request in decision.requested
    ]
    return over + asked
