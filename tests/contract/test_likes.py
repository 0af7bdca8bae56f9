"""Liking: members of a live room, each batch once, in bounds; and what everybody sees of it."""

import asyncio
from typing import Any

from liveroom.domain.ids import RoomId
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Device, Service


async def like(device: Device, room: str, **given: Any) -> Answer:
    return await device.call("rooms/like", {"roomId": room, **given})


async def star_of(device: Device, stage: Stage) -> list[int]:
    """Return what each answer that shows the room says of its likes."""
    await stage.service.core.jobs.backlog.write_all()
    listed = (await device.call("rooms/query_room", {"roomIds": [stage.room]})).data
    state = (await device.call("rooms/state", {"roomId": stage.room})).data["state"]
    entered = (await device.enter(stage.room, "audience")).data
    return [(await device.detail(stage.room)).data["star"], *(room["star"] for room in listed), *(
        shown["star"] for shown in (state["room"], entered)
    )]  # fmt: skip


async def test_members_like_a_room_and_everybody_sees_how_often(service: Service) -> None:
    stage = await set_stage(service)
    assert await star_of(stage.guest, stage) == [0] * 4
    assert (await like(stage.guest, stage.room, count=7)).data == {"likes": 7}
    assert (await like(stage.host, stage.room)).data == {"likes": 8}
    assert (await like(stage.guest, stage.room, count="3", batchId="b")).data == {"likes": 11}
    assert await star_of(stage.guest, stage) == [11] * 4


async def test_a_batch_counts_once_however_often_and_in_whatever_device_it_comes(service: Service) -> None:
    stage = await set_stage(service)
    again = await stage.guest.account.sign_in()
    answers = await asyncio.gather(
        *(like(device, stage.room, count=9, batchId="tap 1 😀") for device in (stage.guest, again) * 5)
    )
    assert {answer.data["likes"] for answer in answers} == {9}
    assert (await like(stage.host, stage.room, count=9, batchId="tap 1 😀")).data == {"likes": 18}, "another's batch"


async def test_who_is_not_in_the_room_does_not_like_it(service: Service) -> None:
    stage = await set_stage(service)
    stranger = await service.sign_up()
    assert (await like(stranger, stage.room)).code == 3007
    await stage.guest.leave(stage.room)
    assert (await like(stage.guest, stage.room)).code == 3007
    await service.make_tenant("likes")
    elsewhere = await service.sign_up(app="likes")
    assert (await like(elsewhere, stage.room)).code == 2004
    assert (await like(stage.guest, "2000000001")).code == 2004
    assert (await stage.host.detail(stage.room)).data["star"] == 0


async def test_what_cannot_be_understood_is_2005(service: Service) -> None:
    stage = await set_stage(service)
    counts, batches = (0, -1, 101, 1.5, "many", "1e1", [1], {"a": 1}, 10**30), ("b" * 65, ["b"], {"a": 1}, "b\0")
    bad = [{"count": count} for count in counts] + [{"batchId": batch} for batch in batches]
    for given in [*bad, *({"roomId": room} for room in ("", None, "7" * 65, ["7"]))]:
        answer = await stage.guest.call("rooms/like", {"roomId": stage.room, **given})
        assert (answer.status, answer.code) == (200, 2005), (given, answer.text)
    assert (await stage.host.detail(stage.room)).data["star"] == 0


async def test_more_than_six_hundred_likes_in_ten_seconds_are_too_many(service: Service) -> None:
    stage = await set_stage(service)
    answers = await asyncio.gather(*(like(stage.guest, stage.room, count=100, batchId=f"{n}") for n in range(7)))
    assert sorted(answer.code for answer in answers) == [0] * 6 + [3004]
    assert (await like(stage.host, stage.room)).data == {"likes": 601}
    service.clock.advance(10)
    assert (await like(stage.guest, stage.room, count=100)).data == {"likes": 701}


async def test_a_room_that_closed_takes_no_likes_and_its_next_broadcast_begins_with_none(service: Service) -> None:
    stage = await set_stage(service)
    assert (await like(stage.guest, stage.room, count=5, batchId="b")).code == 0
    former = await service.core.live.room(RoomId(stage.room))
    assert former is not None
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    assert (await like(stage.guest, stage.room)).code == 2004
    await stage.host.go_live(room=stage.room)
    await stage.guest.enter(stage.room, "audience")
    assert await star_of(stage.guest, stage) == [0] * 4
    assert (await like(stage.guest, stage.room, count=5, batchId="b")).data == {"likes": 5}
    await service.core.jobs.backlog.write_all()
    assert await service.core.db.rooms.likes([former.broadcast]) == {former.broadcast: 5}


async def test_who_may_not_write_likes_and_who_was_put_out_does_not(service: Service) -> None:
    stage = await set_stage(service)
    muted = await stage.host.call("moderation/mute", {"roomId": stage.room, "targetId": stage.guest.user})
    assert muted.code == 0, muted.text
    assert (await like(stage.guest, stage.room)).data == {"likes": 1}
    await stage.host.call("moderation/kick", {"roomId": stage.room, "targetId": stage.guest.user})
    assert (await like(stage.guest, stage.room)).code == 3007
