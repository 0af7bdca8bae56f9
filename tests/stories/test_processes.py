"""What one process does, others know within a second: logout, ban, the operator's commands."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from liveroom.app.assembly import Core, assemble
from liveroom.app.backends import make_idle_live, open_database
from liveroom.app.running import running
from liveroom.clock import SystemClock
from liveroom.domain.ids import UserId
from liveroom.usecases.moderation.users import Moderation
from tests.stories.agreement import assert_agreement
from tests.stories.world import Phone, World, signed
from tests.worlds import a_moment

FOR_EVER = datetime.max.replace(tzinfo=UTC)


async def eventually(answer: Callable[[], Awaitable[bool]]) -> None:
    """Ask until the answer is yes; a second is what the service promises, two are what a busy machine gets."""
    async with asyncio.timeout(2):
        while True:
            if await answer():
                return
            await a_moment()


async def is_refused(phone: Phone) -> bool:
    """Say whether the phone's session has ended; a keepalive is answered 0 or 204, nothing else."""
    code = (await phone.reply("auth_users/user_keepalive"))["errorCode"]
    assert code in (0, 204)
    return bool(code == 204)


@asynccontextmanager
async def operator(world: World) -> AsyncIterator[Moderation]:
    """Yield the operator's hand as a command has it: in a process of its own, which serves nobody."""
    db = await open_database(world.settings)
    try:
        yield (await assemble(world.settings, SystemClock(), db, make=make_idle_live)).moderation
    finally:
        await db.close()


@asynccontextmanager
async def served(world: World) -> AsyncIterator[Core]:
    """Yield a service that runs its jobs by itself, in place of the world's own."""
    await world.stop()
    async with running(world.settings, SystemClock(), on_lost=lambda: None) as core:
        world.cores.append(core)
        yield core
        world.cores.remove(core)


async def test_a_logout_ends_the_session_on_another_process_within_a_second(shared_world: World) -> None:
    here, there = (shared_world.caller_of(core) for core in shared_world.cores)
    phone = await shared_world.register("viewer", here)
    elsewhere = Phone(there, phone.name, phone.user, phone.token)
    other = await shared_world.sign_in("viewer", there)
    for _ in range(3):
        await elsewhere.keepalive()
    await phone.call("auth_users/user_logout")
    await eventually(lambda: is_refused(elsewhere))
    assert (await phone.reply("auth_users/user_login_token"))["errorCode"] == 204
    await other.keepalive()


async def test_what_one_process_does_the_next_call_on_another_sees(shared_world: World) -> None:
    here, there = (shared_world.caller_of(core) for core in shared_world.cores)
    host = await shared_world.register("anchor", here)
    viewer = await shared_world.register("viewer", there)
    room = await host.go_live(title="old")
    assert (await viewer.listed())[room]["title"] == "old"
    await viewer.enter(room)
    assert await host.members(room) == [host.user, viewer.user]
    await host.call("rooms/update_room", roomId=room, title="new")
    assert (await viewer.listed())[room]["title"] == "new"
    await host.call("rooms/destroy_room", roomId=room)
    assert await viewer.listed() == {}
    assert (await viewer.reply("rooms/room_detail", roomId=room))["errorCode"] == 2004
    await shared_world.run_jobs()
    await assert_agreement(shared_world.core)


async def test_a_ban_by_command_is_taken_up_by_a_running_service_within_a_second(world: World) -> None:
    async with served(world) as core:
        host, viewer = await world.register("anchor"), await world.register("viewer")
        room = await host.go_live()
        await viewer.enter(room)
        await viewer.keepalive()
        async with operator(world) as moderation:
            await moderation.ban(UserId(viewer.user), FOR_EVER, "spam")
        await eventually(lambda: is_refused(viewer))
        await eventually(lambda: has_members(host, room, [host.user]))
        banned = await world.caller_of()(
            "base/v1/oauth/signature", signed("viewer", int(world.clock.now().timestamp() * 1000))
        )
        assert banned["errorCode"] == 3002
        await assert_agreement(core)


async def test_banning_the_owner_hides_the_room_and_closes_it_after_the_grace(world: World) -> None:
    host, viewer = await world.register("anchor"), await world.register("viewer")
    room = await host.go_live()
    await viewer.enter(room)
    async with operator(world) as moderation:
        await moderation.ban(UserId(host.user), FOR_EVER, "")
    await world.wind(20, alive=[viewer])
    assert room not in await viewer.listed()
    await world.wind(70, alive=[viewer])
    assert (await viewer.reply("rooms/room_detail", roomId=room))["errorCode"] == 2004
    await assert_agreement(world.core)


async def test_a_deleted_user_is_gone_from_rooms_and_lists_and_the_name_is_free(world: World) -> None:
    host, viewer = await world.register("anchor"), await world.register("viewer")
    room = await host.go_live()
    await viewer.enter(room)
    await host.call("auth_users/user_delete")
    await world.wind(20, alive=[viewer])
    assert await viewer.listed() == {}
    assert await world.stays(room) == [(host.user, "closed"), (viewer.user, "closed")]
    again = await world.register("anchor")
    assert again.user != host.user
    await assert_agreement(world.core)


async def test_expiry_is_shared_by_processes_and_ends_each_stay_once(shared_world: World) -> None:
    world = shared_world
    host = await world.register("anchor")
    room = await host.go_live()
    crowd = await world.strangers(60)
    for phone in crowd:
        await phone.enter(room)
        await phone.keepalive()
    await world.wind(40, alive=[host])
    world.clock.advance(timedelta(seconds=20))
    await host.keepalive()
    await world.run_jobs()
    world.clock.advance(timedelta(seconds=29))
    await host.keepalive()
    await asyncio.gather(*(core.jobs.expiry.end_expired() for core in world.cores for _ in range(3)))
    await world.wind(20, alive=[host])
    assert await host.members(room) == [host.user]
    ends = [reason for user, reason in (await world.stays(room)) if user != host.user]
    assert ends == ["lost"] * len(crowd)
    await assert_agreement(world.core)


async def has_members(phone: Phone, room: str, expected: list[str]) -> bool:
    return await phone.members(room) == expected
