"""Of a crowd the service names only some members; once it is small again, the client knows everybody."""

import asyncio
from collections.abc import Awaitable, Iterable

import pytest

from liveroom_client import Liveroom
from liveroom_client.room import NAMED_MAX
from tests.clients.python.evenings import check_same, evening_on, until
from tests.sdk.stages import builtin
from tests.service import Device

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]
CROWD = NAMED_MAX + 30
AT_ONCE = 16


async def gathered(works: Iterable[Awaitable[Device]]) -> list[Device]:
    """Do this for many, some at once."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(work: Awaitable[Device]) -> Device:
        async with free:
            return await work

    return list(await asyncio.gather(*(one(work) for work in works)))


async def test_a_crowd_that_shrinks_is_known_by_name_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    given = {"LIVEROOM_ACCOUNT_LIMIT": "0", "LIVEROOM_LEASE_KEEPALIVE": "10m"}
    async with builtin(tmp_path_factory.mktemp("crowd"), **given) as stage, Liveroom(stage.liveroom.url) as service:
        evening = await evening_on(stage, service)
        crowd = await gathered(evening.visitor() for _ in range(CROWD))
        async with evening.guest.enter(evening.room_id) as room:
            events = room.events()
            assert room.state.members_total == CROWD + 2
            assert not room.state.members_complete
            listed = {member["userId"] async for member in room.list_members()}
            assert len(listed) == CROWD + 2

            async def leaves(person: Device) -> Device:
                await person.leave(evening.room_id)
                return person

            await gathered(leaves(person) for person in crowd[:400])
            await until(
                events, lambda _: room.state.members_complete and len(room.members) == CROWD + 2 - 400, within=90
            )
            listed = {member["userId"] async for member in room.list_members()}
            assert set(room.members) == listed
            await gathered(leaves(person) for person in crowd[400:-3])
            await until(events, lambda _: len(room.members) == 5, within=60)
            await check_same(room, evening.host)
