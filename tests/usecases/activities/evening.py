"""A host who is live, members, and what they do in activities, said in one line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from liveroom.app.activities import ActivityServices
from liveroom.app.assembly import Core
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.model import Activity, RunningActivity
from liveroom.domain.activities.polls import Poll, PollParams
from liveroom.domain.activities.predictions import Prediction, PredictionParams
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.activities.voting import Voted
from tests.usecases.conftest import World


@dataclass
class Evening:
    """A room, and who is in it."""

    core: Core
    host: Actor
    fans: Sequence[Actor]
    room: RoomId

    @property
    def services(self) -> ActivityServices:
        return self.core.services.connecting.activities

    async def poll(self, **given: Any) -> str:
        """Start a poll; return its id."""
        params = PollParams(**{"question": "Which song?", "options": ("One", "Two", "Three"), **given})
        return (await self.services.activities.start(self.host, self.room, Poll.type, params)).activity.id

    async def predict(self, **given: Any) -> str:
        """Start a prediction; return its id."""
        params = PredictionParams(**{"question": "Who wins?", "options": ("Red", "Blue"), **given})
        return (await self.services.activities.start(self.host, self.room, Prediction.type, params)).activity.id

    async def vote(self, fan: int, id: str, *choices: int) -> Voted:
        return await self.services.votes.vote(self.fans[fan], id, list(map(str, choices)))

    async def row(self, id: str) -> Activity:
        found = await self.core.db.activities.get(id)
        assert found is not None
        return found

    async def result(self, id: str) -> Any:
        """Return what came of one that is over."""
        return msgspec.json.decode((await self.row(id)).result)

    async def shown(self) -> Sequence[RunningActivity]:
        """Return what the room shows."""
        live = await self.core.live.room(self.room)
        return () if live is None else live.options.activities


async def begin_evening(world: World, fans: int) -> Evening:
    """Have a host go live, and fans come in."""
    host, *people = [await world.make_actor() for _ in range(1 + fans)]
    room = await world.go_live(host)
    for fan in people:
        await world.core.services.entering.enter(fan, room, role="audience", changes=RoomChanges())
    await world.core.live.channels.snapshot(room, host.tenant.name)
    return Evening(world.core, host, people, room)
