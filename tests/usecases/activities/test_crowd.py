"""Twenty thousand votes, as fast as they are taken: each counts once, and rooms hear of them at their pace."""

import asyncio
import time
from functools import partial
from pathlib import Path

import pytest

from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomChanges
from tests import migrated
from tests.servers import Mariadb, Redis
from tests.stories.world import once_rebuilt
from tests.usecases.activities.evening import Evening
from tests.usecases.economy.economy import Economy, economy_on, make_actor
from tests.worlds import a_moment

CROWD, POLLS, AT_ONCE, OPTIONS = 5000, 4, 500, 4

pytestmark = pytest.mark.long


async def _crowd(economy: Economy) -> Evening:
    enter = economy.core.services.entering.enter
    host, *fans = [await make_actor(economy) for _ in range(1 + CROWD)]
    room = RoomId(str(host.user))
    await once_rebuilt(lambda: enter(host, room, role="anchor", changes=RoomChanges()))
    for begin in range(0, CROWD, AT_ONCE):
        some = fans[begin : begin + AT_ONCE]
        work = [partial(enter, fan, room, role="audience", changes=RoomChanges()) for fan in some]
        await asyncio.gather(*map(once_rebuilt, work))
    return Evening(economy.core, host, fans, room)


async def _vote_all(economy: Economy, evening: Evening) -> None:
    """Let all vote on one poll after the other, on all processes; fail unless each is counted once."""
    core, room = economy.core, evening.room
    evenings = (
        [Evening(one, evening.host, evening.fans, room) for one in economy.cores] if economy.shares else [evening]
    )
    seconds, told = 0.0, 0
    for _ in range(POLLS):
        id = await evening.poll(options=tuple(map(str, range(OPTIONS))))
        await core.live.channels.snapshot(room, evening.host.tenant.name)
        begun = time.monotonic()
        votes = (evenings[fan % len(evenings)].vote(fan, id, fan % OPTIONS) for fan in range(CROWD))
        found = await asyncio.gather(*votes)
        took = time.monotonic() - begun
        await a_moment(0.5)
        row = await evening.row(id)
        assert (row.votes, sum(one.is_repeated for one in found)) == (CROWD, 0)
        assert dict(row.tally) == {str(number): CROWD // OPTIONS for number in range(OPTIONS)}
        recent = await core.live.channels.recent(room, after=0, limit=1000)
        tallies = [one for one in recent.publications if any(e.kind == EventKind.ACTIVITY_TALLY for e in one.events)]
        assert tallies
        assert len(tallies) - told <= 5 * (took + 0.5) + 2
        seconds, told = seconds + took, len(tallies)
        await evening.services.activities.end(evening.host, id)
    print(f"{POLLS * CROWD} votes in {seconds:.1f} s: {POLLS * CROWD / seconds:.0f} a second")  # noqa: T201


async def test_twenty_thousand_votes_count_in_one_process(tmp_path: Path) -> None:
    async with economy_on(tmp_path) as economy:
        await _vote_all(economy, await _crowd(economy))


@pytest.mark.services
async def test_twenty_thousand_votes_count_on_two_processes(
    tmp_path: Path, mariadb: Mariadb, redis_server: Redis
) -> None:
    redis_server.flushall()
    url = migrated.mariadb_url(mariadb)
    async with economy_on(tmp_path, database_url=url, redis_url=redis_server.url) as economy:
        await _vote_all(economy, await _crowd(economy))
