"""Followers-only chat on two processes: what one process is told counts at the other with the next message."""

from dataclasses import replace

from tests.stories.world import World

FOLLOW_FIRST = 3019


async def test_what_is_turned_on_or_unfollowed_at_one_process_counts_at_the_other(shared_world: World) -> None:
    host = await shared_world.register("anchor")
    room = await host.go_live()
    here, there = shared_world.cores

    host.ask = shared_world.caller_of(here)
    (fan,) = await shared_world.strangers(1)
    phone = replace(fan, ask=shared_world.caller_of(here))
    fan.ask = shared_world.caller_of(there)
    await fan.enter(room)

    async def say() -> int:
        return int((await fan.reply("messages/send", roomId=room, text="hello"))["errorCode"])

    assert await say() == 0
    await host.call("rooms/set_options", roomId=room, followersChat=True)
    assert await say() == FOLLOW_FIRST
    await phone.call("follow/add", targetId=host.user)
    assert await say() == 0
    await phone.call("follow/remove", targetId=host.user)
    assert await say() == FOLLOW_FIRST
    await host.call("rooms/set_options", roomId=room, followersChat=False)
    assert await say() == 0
