"""Connected rooms on a stage: what has to be there for each of their methods, and a part of the evening about them."""

from typing import Any

from tests.contract.evening import Evening
from tests.contract.scene import Stage
from tests.service import Answer, Device, Service

Params = dict[str, Any]


async def partner(stage: Stage) -> tuple[Device, str]:
    """Return another host of the stage's tenant, and their live room."""
    account = stage.guest.account
    host = await stage.service.sign_up(app=account.app, headers=account.headers)
    return host, await host.go_live()


async def ask(host: Device, room: str, other: str) -> str:
    """Let a host ask another room; return the request's id."""
    (asked,) = (await host.call("connections/request", {"roomId": room, "roomIds": other})).data
    return str(asked["requestId"])


async def to_partner(stage: Stage, caller: Device) -> Params:
    """Have another live room that can be asked."""
    _, room = await partner(stage)
    return {"roomId": stage.room, "roomIds": room}


async def asked_by_partner(stage: Stage, caller: Device) -> Params:
    """Let another host ask the stage's room."""
    host, room = await partner(stage)
    return {"roomId": stage.room, "requestId": await ask(host, room, stage.room)}


async def having_asked(stage: Stage, caller: Device) -> Params:
    """Let the stage's host ask another room."""
    _, room = await partner(stage)
    return {"roomId": stage.room, "requestId": await ask(stage.host, stage.room, room)}


async def connect(stage: Stage) -> tuple[Device, str]:
    """Connect the stage's room with another one; return that one's host and room."""
    host, room = await partner(stage)
    request = {"roomId": stage.room, "requestId": await ask(host, room, stage.room)}
    assert (await stage.host.call("connections/accept", request)).code == 0
    return host, room


async def connected(stage: Stage, caller: Device) -> Params:
    """Connect the stage's room with another one."""
    await connect(stage)
    return {"roomId": stage.room}


async def connected_for_operator(stage: Stage) -> Params:
    """Do the same for an operator."""
    return await connected(stage, stage.host)


async def _hosts(service: Service, number: int) -> list[tuple[Device, str]]:
    devices = [await service.sign_up() for _ in range(number)]
    return [(device, await device.go_live()) for device in devices]


async def _accept(host: tuple[Device, str], request: str) -> Answer:
    return await host[0].call("connections/accept", {"roomId": host[1], "requestId": request})


async def an_accept_of_a_room_that_is_connected_by_now(service: Service) -> Answer:
    ann, bob, cat = await _hosts(service, 3)
    request = await ask(*ann, bob[1])
    await _accept(bob, await ask(*cat, bob[1]))
    return await _accept(bob, request)


async def an_accept_where_nine_rooms_are_connected(service: Service) -> Answer:
    ann, *others, last = await _hosts(service, 10)
    request = await ask(*ann, last[1])
    for other in others:
        await _accept(other, await ask(*ann, other[1]))
    return await _accept(last, request)


async def a_leave_of_a_room_that_is_not_connected(service: Service) -> Answer:
    (ann,) = await _hosts(service, 1)
    return await ann[0].call("connections/leave", {"roomId": ann[1]})


async def tell_of_connections(evening: Evening, server: str, ming: str, qiang: str, room: str) -> None:
    """阿强 goes live too: 小明 asks him, is refused, asks again and takes it back, is asked; the operator looks on."""
    entered = await evening.call(qiang, "rooms/enter_room", role="anchor", category="show", title="后院 The back yard")
    other = str(entered["roomId"])

    async def asked() -> dict[str, str]:
        (found,) = await evening.call(ming, "connections/request", roomId=room, roomIds=[other])
        return {"requestId": found["requestId"]}

    await evening.call(ming, "connections/candidates", roomId=room)
    await evening.call(qiang, "connections/refuse", roomId=other, **await asked())
    await evening.call(ming, "connections/cancel", roomId=room, **await asked())
    await evening.call(qiang, "connections/accept", roomId=other, **await asked())
    await evening.call(ming, "connections/current", roomId=room)
    await evening.call(ming, "rtc/connected", roomId=room)
    await evening.call(server, "admin/list_connections")
    await evening.call(server, "admin/room_connection", roomId=room)
    await evening.call(qiang, "connections/leave", roomId=other)
    raid = await evening.call(qiang, "activities/start_raid", roomId=other, targetRoomId=room)
    await evening.call(ming, "activities/answer_raid", activityId=raid["activityId"], accepted=True)
    await evening.call(qiang, "activities/end", activityId=raid["activityId"])
    await evening.call(qiang, "connections/accept", roomId=other, **await asked())
    await evening.call(server, "admin/end_connection", roomId=room)
    await evening.call(qiang, "rooms/destroy_room", roomId=other)
