"""Who has which seat, and who waits for one: ``ports.Stages`` on Redis (``lua/put_seat_map.lua``)."""

import secrets
from collections.abc import Sequence
from typing import Final

import msgspec

from liveroom.domain.events import EventKind
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.seats import Staged
from liveroom.domain.told_seats import told_answer, told_request
from liveroom.ports import StageView
from liveroom.store.live.redis.core import Core
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.records import moment, pack, read_member
from liveroom.store.live.redis.room_rows import read_room, rev_of
from liveroom.store.live.redis.schema.given import AnnouncedRow
from liveroom.store.live.redis.stage_rows import packed_requests, packed_seats, packed_silenced, read_seat_map
from liveroom.store.live.redis.watch import Watch

_encode: Final = msgspec.json.Encoder().encode
_TOKEN_BYTES: Final = 4


class Stages:
    """The stages of all rooms."""

    def __init__(self, core: Core, watch: Watch, pacing: Pacing) -> None:
        self._core = core
        self._watch = watch
        self._pacing = pacing

    async def read(self, room: RoomId, users: Sequence[UserId]) -> StageView | None:
        keys = RoomKeys(room)
        answer = await self._core.in_room("read_seat_map", keys, KeySet.SUMMARY, *dict.fromkeys(users))
        if answer is None:
            return None
        summary, packed, *found = answer
        stage = read_seat_map(packed)
        named = zip((user.decode() for user in found[::2]), map(read_member, found[1::2]), strict=True)
        members = {UserId(user): member.value(user) for user, member in named}
        live = read_room(room, summary)
        return StageView(live, rev_of(summary), stage.version, stage.value(members), members)

    async def put(self, seen: StageView, staged: Staged, by: UserId | None) -> bool:
        room, stage = seen.room, staged.stage
        due = min((moment(request.expires) for request in stage.requests), default=0)
        wait = await self._core.room(
            "put_seat_map", room.id, room.broadcast, seen.rev, seen.version, packed_seats(stage.seated),
            packed_requests(stage.requests), pack(_told(staged, by)), due, by or "",
            secrets.token_hex(_TOKEN_BYTES), packed_silenced(stage.silenced),
        )  # fmt: skip
        if wait < 0:
            return False
        self._watch.changed(RoomKeys(room.id).number)
        self._pacing.gathered(room.id, wait)
        return True


def _told(staged: Staged, by: UserId | None) -> list[AnnouncedRow]:
    """Return what is told of requests: those that are over first."""
    over = [
        AnnouncedRow(EventKind.SEAT_ANSWERED.value, _encode(told_answer(answer)).decode(), answer.by or "")
        for answer in staged.answered
    ]
    asked = [
        AnnouncedRow(EventKind.SEAT_REQUESTED.value, _encode(told_request(request)).decode(), by or "")
        for request in staged.requested
    ]
    return over + asked
