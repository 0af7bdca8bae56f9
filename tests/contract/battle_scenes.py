"""Battles on a stage: what has to be there for each of their methods, and a part of the evening about them."""

from typing import Any

from liveroom.domain.ids import RoomId
from tests.contract.connection_scenes import connect, partner
from tests.contract.evening import Evening
from tests.contract.scene import Stage
from tests.service import Answer, Device, Service

Params = dict[str, Any]


async def _invited(host: Device, room: str, other: str) -> str:
    return str((await host.call("battles/invite", {"roomId": room, "roomIds": other})).data["battleId"])


async def to_partner(stage: Stage, caller: Device) -> Params:
    """Have another live room that can be invited."""
    _, room = await partner(stage)
    return {"roomId": stage.room, "roomIds": room, "duration": "60"}


async def with_open_partner(stage: Stage, caller: Device) -> Params:
    """Be connected with a room, where both begin battles without asking."""
    host, room = await connect(stage)
    for device, own in ((stage.host, stage.room), (host, room)):
        await device.call("rooms/set_options", {"roomId": own, "openBattles": True})
    return {"roomId": stage.room, "roomIds": room}


async def invited_by_partner(stage: Stage, caller: Device) -> Params:
    """Let another host invite the stage's room."""
    host, room = await partner(stage)
    return {"roomId": stage.room, "battleId": await _invited(host, room, stage.room)}


async def waiting_alone(stage: Stage, caller: Device) -> Params:
    """Look for an opponent where nobody else does."""
    return {"roomId": stage.room, "category": stage.room}


async def having_invited(stage: Stage, caller: Device) -> Params:
    """Let the stage's host invite another room."""
    _, room = await partner(stage)
    return {"roomId": stage.room, "battleId": await _invited(stage.host, stage.room, room)}


async def begin(stage: Stage) -> str:
    """Begin a battle of the stage's room with another one; return its id."""
    host, room = await partner(stage)
    battle = await _invited(host, room, stage.room)
    assert (await stage.host.call("battles/accept", {"roomId": stage.room, "battleId": battle})).code == 0
    return battle


async def battling(stage: Stage, caller: Device) -> Params:
    """Have a battle in the stage's room."""
    await begin(stage)
    return {"roomId": stage.room}


async def having_battled(stage: Stage, caller: Device) -> Params:
    """Do the same, to list it."""
    return {**await battling(stage, caller), "limit": "5"}


async def one_for_operator(stage: Stage) -> Params:
    """Have a battle, of two other rooms, that an operator can end."""
    (host, room), (guest, other) = await partner(stage), await partner(stage)
    battle = await _invited(host, room, other)
    assert (await guest.call("battles/accept", {"roomId": other, "battleId": battle})).code == 0
    return {"battleId": battle}


async def _hosts(service: Service, number: int) -> list[tuple[Device, str]]:
    devices = [await service.sign_up() for _ in range(number)]
    return [(device, await device.go_live()) for device in devices]


async def an_invitation_by_a_room_in_a_battle(service: Service) -> Answer:
    (ann, room), (bob, other), (_, third) = await _hosts(service, 3)
    battle = await _invited(ann, room, other)
    await bob.call("battles/accept", {"roomId": other, "battleId": battle})
    return await ann.call("battles/invite", {"roomId": room, "roomIds": third})


async def an_end_of_a_battle_that_there_is_not(service: Service) -> Answer:
    ((ann, room),) = await _hosts(service, 1)
    return await ann.call("battles/end", {"roomId": room})


async def a_start_with_a_room_that_wants_to_be_asked(service: Service) -> Answer:
    (ann, room), (_, other) = await _hosts(service, 2)
    return await ann.call("battles/start", {"roomId": room, "roomIds": other})


async def tell_of_battles(evening: Evening, server: str, ming: str, qiang: str, room: str) -> None:
    """阿强 is live again: the two battle three times, and the operator ends the last one."""
    entered = await evening.call(qiang, "rooms/enter_room", role="anchor", category="show", title="后院 The back yard")
    other = str(entered["roomId"])

    async def invited() -> str:
        found = await evening.call(ming, "battles/invite", roomId=room, roomIds=[other], duration=60)
        return str(found["battleId"])

    await evening.call(qiang, "battles/refuse", roomId=other, battleId=await invited())
    await evening.call(ming, "battles/cancel", roomId=room, battleId=await invited())
    await evening.call(qiang, "battles/accept", roomId=other, battleId=await invited())
    await evening.call(ming, "battles/current", roomId=room)
    await evening.call(qiang, "battles/end", roomId=other)
    await _show_no_longer(evening, room)
    for token, own in ((ming, room), (qiang, other)):
        await evening.call(token, "rooms/set_options", roomId=own, openBattles=True)
    started = await evening.call(ming, "battles/start", roomId=room, roomIds=[other])
    await evening.call(server, "admin/end_battle", battleId=str(started["battleId"]))
    await _show_no_longer(evening, room)
    await evening.call(qiang, "connections/leave", roomId=other)
    await evening.call(ming, "battles/match", roomId=room, category="duels")
    await evening.call(ming, "battles/history", roomId=room)
    await evening.call(server, "admin/list_battles", roomId=room)
    await evening.call(qiang, "rooms/destroy_room", roomId=other)


async def _show_no_longer(evening: Evening, room: str) -> None:
    """Let the time pass for which a result is shown."""
    service = evening.service
    service.clock.advance(11)
    await service.core.jobs.battle_ends.step()
    found = await service.core.live.room(RoomId(room))
    assert found is not None
    assert found.options.battle is None
