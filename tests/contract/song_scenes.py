"""Song queues on a stage: what has to be there for each of their methods, and a part of the evening about them."""

from typing import Any

from tests.contract.evening import Evening
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Device, Service

Params = dict[str, Any]


async def song_ids(device: Device, room: str) -> list[str]:
    """Return what can be sung."""
    return [song["songId"] for song in (await device.call("music/search", {"roomId": room})).data]


async def open_queue(stage: Stage, **params: Any) -> Params:
    """Let the host open the queue; return what names it."""
    await stage.host.call("music/open", {"roomId": stage.room, **params})
    return {"roomId": stage.room}


async def a_queue(stage: Stage, caller: Device) -> Params:
    return await open_queue(stage)


async def a_queue_for_some(stage: Stage, caller: Device) -> Params:
    return {"roomId": stage.room, "who": "seated", "most": "2"}


async def a_song(stage: Stage, caller: Device) -> Params:
    return {"roomId": stage.room, "songId": (await song_ids(stage.host, stage.room))[0]}


async def a_song_to_add(stage: Stage, caller: Device) -> Params:
    return {**await open_queue(stage), **await a_song(stage, caller)}


async def a_song_that_plays(stage: Stage, caller: Device) -> Params:
    """Have the host sing a song, and choose another one."""
    room = await open_queue(stage)
    for song in (await song_ids(stage.host, stage.room))[:2]:
        await stage.host.call("music/add", {**room, "songId": song})
    return {**room, "entryId": "1"}


async def a_song_that_waits(stage: Stage, caller: Device) -> Params:
    return {**await a_song_that_plays(stage, caller), "entryId": "2"}


async def a_position(stage: Stage, caller: Device) -> Params:
    return {**await a_song_that_plays(stage, caller), "position": "1500"}


async def a_voice(stage: Stage, caller: Device) -> Params:
    """Have the guest sing along."""
    playing = await a_song_that_plays(stage, caller)
    await stage.guest.call("music/join", playing)
    return playing


async def a_score(stage: Stage, caller: Device) -> Params:
    return {**await a_voice(stage, caller), "score": "87"}


async def a_song_that_nobody_has(service: Service) -> Answer:
    stage = await set_stage(service)
    return await stage.host.call("music/add", {**await open_queue(stage), "songId": "none"})


async def the_same_song_again(service: Service) -> Answer:
    stage = await set_stage(service)
    playing = await a_song_that_plays(stage, stage.host)
    song = (await song_ids(stage.host, stage.room))[1]
    return await stage.guest.call("music/add", {"roomId": playing["roomId"], "songId": song})


async def more_songs_than_may_wait(service: Service) -> Answer:
    stage = await set_stage(service)
    room = await open_queue(stage, most=1)
    songs = await song_ids(stage.host, stage.room)
    for song in songs[:2]:
        await stage.host.call("music/add", {**room, "songId": song})
    return await stage.host.call("music/add", {**room, "songId": songs[2]})


async def a_song_that_is_over(service: Service) -> Answer:
    stage = await set_stage(service)
    playing = await a_song_that_plays(stage, stage.host)
    await stage.host.call("music/next", playing)
    return await stage.host.call("music/pause", playing)


async def tell_of_songs(evening: Evening, host: str, fan: str, room: str) -> None:
    """小明 opens the queue; 阿强 chooses a song, 小明 sings along."""
    await evening.call(host, "music/open", roomId=room, who="everyone", most=3)
    found = await evening.call(fan, "music/search", roomId=room, text="Ann")
    first, second = (song["songId"] for song in found)
    await evening.call(fan, "music/song", roomId=room, songId=second)
    await evening.call(fan, "music/add", roomId=room, songId=second)
    await evening.call(host, "music/add", roomId=room, songId=first)
    await evening.call(fan, "music/add", roomId=room, songId=second)
    queue = await evening.call(fan, "music/queue", roomId=room)
    playing, (waiting, last) = queue["playing"], queue["waiting"]
    await evening.call(host, "music/top", roomId=room, entryId=last["entryId"])
    await evening.call(fan, "music/remove", roomId=room, entryId=last["entryId"])
    entry = playing["entryId"]
    await evening.call(host, "music/join", roomId=room, entryId=entry)
    await evening.call(fan, "music/pause", roomId=room, entryId=entry)
    await evening.call(fan, "music/seek", roomId=room, entryId=entry, position=1500)
    await evening.call(fan, "music/resume", roomId=room, entryId=entry)
    await evening.call(host, "music/score", roomId=room, entryId=entry, score=87)
    await evening.call(host, "music/leave", roomId=room, entryId=entry)
    await evening.call(fan, "music/next", roomId=room, entryId=entry)
    await evening.call(host, "music/skip", roomId=room, entryId=waiting["entryId"])
