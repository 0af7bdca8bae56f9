"""Webhooks are hints, the list is the truth: whatever becomes of LiveKit's webhooks, the end is the same."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.drift.model import DriftSource
from liveroom.domain.ids import USER_BUCKETS, RoomId, UserId
from liveroom.domain.presence.outside import OutsideReport, OutsideSource, Sighting
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.rooms.leaving import TICK_GAP
from tests.vendors.livekit_server import Visit
from tests.vendors.stage import MediaStage, with_media

Fault = Callable[[random.Random], Sequence[int]]
"""Returns in how many steps a webhook comes: once, several times, or never."""
FAULTS: Final[dict[str, Fault]] = {
    "in time": lambda _: [0],
    "all lost": lambda _: [],
    "half lost": lambda chance: [0] * (chance.random() < 0.5),
    "doubled": lambda _: [0, 1],
    "late by half a minute": lambda _: [3],
    "shuffled": lambda chance: [chance.randrange(6)],
    "lost, doubled, late, shuffled": lambda chance: [chance.randrange(6) for _ in range(chance.randrange(3))],
}
_PEOPLE: Final = 6
_STEPS: Final = 25
_SECONDS: Final = 11
"""Between two steps, with a look after each: whoever comes is there for one look at least."""


class Evening:
    """People who come to a room's media and go, and the webhooks that LiveKit sends of it."""

    def __init__(self, stage: MediaStage, room: RoomId, people: Sequence[Actor], chance: random.Random) -> None:
        self.stage = stage
        self.room = room
        self.people = people
        self.chance = chance
        self.coming = defaultdict[int, list[OutsideReport]](list)
        self.been = set[UserId]()
        stage.livekit.rooms[room] = set()

    async def step(self, number: int, fault: Fault) -> None:
        """Let somebody come or go; then what LiveKit has told arrives, and its lists are looked at."""
        report = await self._change(self.chance.choice(self.people), f"PA_{number}")
        for later in fault(self.chance):
            self.coming[number + later].append(report)
        await self.quiet(number)

    async def quiet(self, number: int) -> None:
        """Let time pass in which nobody comes or goes."""
        for report in self.coming.pop(number, []):
            await self.stage.world.core.outside.receive(report)
        self.stage.world.pass_by(_SECONDS)
        await self.stage.world.core.services.console.drift.reconciliation.look(DriftSource.LIVEKIT)
        await self.stage.world.core.jobs.expiry.end_expired(TICK_GAP)
        await self.stage.drain()

    async def _change(self, who: Actor, sid: str) -> OutsideReport:
        inside, now = self.stage.livekit.rooms[self.room], self.stage.service.clock.now().replace(microsecond=0)
        if present := who.user not in inside:
            entering = self.stage.world.core.services.entering
            await entering.enter(who, self.room, role="audience", changes=RoomChanges())
            self.stage.livekit.visits[self.room, who.user] = Visit(sid, int(now.timestamp()))
            inside.add(who.user)
            self.been.add(who.user)
        else:
            inside.discard(who.user)
        sid = self.stage.livekit.visits[self.room, who.user].sid
        return OutsideReport(None, [Sighting(who.user, OutsideSource.LIVEKIT, self.room, sid, now, present)])


async def seen(stage: MediaStage) -> set[UserId]:
    """Return who counts as being in the media."""
    found = [await stage.world.core.live.comparing.seen(bucket) for bucket in range(USER_BUCKETS)]
    return {one.user for some in found for one in some}


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 9))])
@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_becomes_of_webhooks_the_end_is_what_the_list_says(
    fault: str, seed: int, tmp_path: Path
) -> None:
    async with with_media(tmp_path, "livekit") as stage:
        room = await stage.world.go_live(await stage.world.make_actor())
        people = [await stage.world.make_actor() for _ in range(_PEOPLE)]
        evening = Evening(stage, room, people, random.Random(seed))
        for number in range(_STEPS):
            await evening.step(number, FAULTS[fault])
        for number in range(_STEPS, _STEPS + 10):
            await evening.quiet(number)
        inside = {UserId(one) for one in stage.livekit.rooms[room]}
        assert await seen(stage) == inside
        assert await stage.world.core.db.drift.of_source(DriftSource.LIVEKIT) == []
        there = {one.user for one in people if await stage.world.core.live.member(room, one.user) is not None}
        assert there == inside, "whoever has left the media has left the room"
        assert len(evening.been) > 3, "otherwise it proves little"
        assert not [did for did in stage.livekit.did if did[0] == "RemoveParticipant"], "nobody was a stranger"
