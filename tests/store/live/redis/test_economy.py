"""What the store saves itself: words packed once, stays written once, signs of life that came along with an enter."""

from datetime import UTC, datetime
from typing import cast

import pytest

from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.members import LeaveReason
from liveroom.domain.presence import Beat
from liveroom.store.live.redis.core import Core
from liveroom.store.live.redis.renewals import Renewals
from liveroom.store.live.redis.verdicts import Verdicts
from liveroom.store.live.redis.wire import Head, Word, pack_command
from tests.store.live.world import World

NOW = datetime(2026, 3, 1, tzinfo=UTC)
pytestmark = pytest.mark.services


@pytest.mark.parametrize("words", [(1,), ("", "übung", b"\r\n$3\r\n"), tuple(range(120))])
def test_a_command_behind_a_packed_head_travels_as_the_whole_would(words: tuple[Word, ...]) -> None:
    head = ("EVALSHA", b"digest", 2, b"{r001}:facts", b"{r001}:room:1")
    assert Head(*head).pack(words) == pack_command((*head, *words))


async def test_a_stay_that_began_and_ended_between_two_flushes_is_written_once_as_it_ended(world: World) -> None:
    await world.go_live()
    await world.save()
    await world.enter("bob")
    await world.leave("bob")
    before = len(world.ledger.saves)
    assert await world.live.flush() == 2
    (saved,) = world.ledger.saves[before:]
    assert [(stay.user, stay.reason) for stay in saved] == [("bob", LeaveReason.LEFT)]


@pytest.mark.parametrize(
    ("session", "keepalive", "by_socket", "sent"),
    [("s", False, False, 0), ("s", True, False, 1), ("~original", False, False, 1), ("s", False, True, 1)],
)
async def test_only_a_renewal_that_an_enter_has_carried_waits_no_more(
    session: str, keepalive: bool, by_socket: bool, sent: int
) -> None:
    core = _RecordingCore()
    renewals = Renewals(cast("Core", core), Verdicts())
    waiting = Beat(UserId("bob"), SessionId(session), NOW, keepalive)
    renewals.add(waiting)
    renewals.came_along(waiting._replace(keepalive=False, by_socket=by_socket))
    await renewals.close()
    assert core.sent == ["beats"] * sent


class _RecordingCore:
    def __init__(self) -> None:
        self.sent: list[str] = []

    async def users(self, name: str, *_: object) -> bytes:
        self.sent.append(name)
        return b"1"
