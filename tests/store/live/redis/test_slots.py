"""What the suite on one Redis finds of keys that a Cluster would refuse."""

import pytest

from liveroom.domain.ids import RoomId
from liveroom.store.live.redis.keys import RoomKeys
from liveroom.store.live.redis.wire import SILENCE
from tests.servers import Redis
from tests.store.live.slots import ParticularCaller

pytestmark = pytest.mark.services


async def test_a_call_with_keys_of_several_slots_is_refused_on_one_server_too(redis_server: Redis) -> None:
    caller = ParticularCaller.open(redis_server.url, SILENCE)
    one, other = RoomKeys(RoomId("r1")), RoomKeys(RoomId("r2"))
    with pytest.raises(AssertionError, match="CROSSSLOT: survey_rooms"):
        caller.call("survey_rooms", (one.facts, other.facts), ())
    with pytest.raises(AssertionError, match="CROSSSLOT"):
        caller.call("survey_rooms", (one.facts,), (other.facts,), more=1)
