"""Messages in the operator's hand, where the live store has the newest and SQL the older ones."""

from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId
from liveroom.domain.messages.model import KEPT, Draft, MessageType, Priority
from tests.usecases.conftest import World


async def test_messages_above_a_number_are_all_read_once_wherever_they_are(world: World) -> None:
    host, services = await world.make_actor(), world.core.services
    room = await world.go_live(host)
    said = []
    for _ in range(KEPT + 5):
        world.service.clock.advance(1)
        said.append(
            (await services.messages.send(host, room, Draft(MessageType.TEXT, Priority.NORMAL, "hello"))).number
        )
    await world.core.jobs.backlog.write_all()
    read, after = [], 0
    while True:
        some, cursor = await services.looking_up.house_messages.following(
            DEFAULT_TENANT, room, BroadcastId(""), after=after, limit=60
        )
        read += [message.number for message in some]
        if not cursor:
            break
        after = read[-1]
    assert read == said
