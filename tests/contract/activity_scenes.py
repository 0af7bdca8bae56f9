"""Activities on a stage: what has to be there for each of their methods, and a part of the evening about them."""

from typing import Any, Final

from tests.contract.connection_scenes import partner
from tests.contract.evening import Evening
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Device, Service

Params = dict[str, Any]
OPTIONS: Final = ["晴天 Sunny day", "雨夜 Rainy night", "都好 Either"]
POLL: Final = {"question": "下一首？ What next?", "options": OPTIONS}
MATCH: Final = {"question": "谁赢？ Who wins?", "options": ["红 Red", "蓝 Blue"], "points": 20}


async def start(host: Device, room: str, **params: Any) -> str:
    """Let a host start a poll; return its id."""
    answer = await host.call("activities/start_poll", {"roomId": room, **POLL, **params})
    return str(answer.data["activityId"])


async def predict(host: Device, room: str, **params: Any) -> str:
    """Let a host start a prediction; return its id."""
    answer = await host.call("activities/start_prediction", {"roomId": room, **MATCH, **params})
    return str(answer.data["activityId"])


async def a_question(stage: Stage, caller: Device) -> Params:
    return {"roomId": stage.room, **POLL, "most": "2", "anonymous": "false", "live": "true", "lasts": "60"}


async def a_match(stage: Stage, caller: Device) -> Params:
    return {"roomId": stage.room, **MATCH, "lasts": "60"}


async def a_target(stage: Stage, caller: Device) -> Params:
    targets = {"targets": ["100", "500"], "whole": "true", "lasts": "60"}
    return {"roomId": stage.room, "measure": "likes", "title": "唱一首 One more song", **targets}


async def to_partner(stage: Stage, caller: Device) -> Params:
    """Have another live room to which the audience may be sent."""
    _, room = await partner(stage)
    return {"roomId": stage.room, "targetRoomId": room, "countdown": "10"}


async def asked_by_partner(stage: Stage, caller: Device) -> Params:
    """Let another host ask the stage's room."""
    host, room = await partner(stage)
    raid = await host.call("activities/start_raid", {"roomId": room, "targetRoomId": stage.room})
    return {"activityId": raid.data["activityId"], "accepted": "true"}


async def a_ballot(stage: Stage, caller: Device) -> Params:
    return {"activityId": await start(stage.host, stage.room), "choices": ["1"]}


async def poll_for_operator(stage: Stage) -> Params:
    return {"activityId": await start(stage.host, stage.room)}


async def running_poll(stage: Stage, caller: Device) -> Params:
    return {"activityId": await start(stage.host, stage.room)}


async def open_ballots(stage: Stage, caller: Device) -> Params:
    """Have the guest vote where everybody may be told so."""
    id = await start(stage.host, stage.room, anonymous=False)
    await stage.guest.call("activities/vote", {"activityId": id, "choices": "1"})
    return {"activityId": id, "limit": "5"}


async def running_prediction(stage: Stage, caller: Device) -> Params:
    return {"activityId": await predict(stage.host, stage.room)}


async def an_outcome(stage: Stage, caller: Device) -> Params:
    return {"activityId": await predict(stage.host, stage.room), "outcome": "1"}


async def a_vote_for_an_option_that_is_not_there(service: Service) -> Answer:
    stage = await set_stage(service)
    id = await start(stage.host, stage.room)
    return await stage.guest.call("activities/vote", {"activityId": id, "choices": "7"})


async def a_vote_in_an_activity_that_never_was(service: Service) -> Answer:
    stage = await set_stage(service)
    return await stage.guest.call("activities/vote", {"activityId": "none", "choices": "0"})


async def a_vote_after_the_end(service: Service) -> Answer:
    stage = await set_stage(service)
    id = await start(stage.host, stage.room)
    await stage.host.call("activities/end", {"activityId": id})
    return await stage.guest.call("activities/vote", {"activityId": id, "choices": "0"})


async def a_second_poll_at_once(service: Service) -> Answer:
    stage = await set_stage(service)
    await start(stage.host, stage.room)
    return await stage.host.call("activities/start_poll", {"roomId": stage.room, **POLL})


async def tell_of_activities(evening: Evening, host: str, fan: str, room: str) -> None:
    """小明 lets the room choose the next song, and asks who wins: 阿强 votes, and was right."""
    poll = await evening.call(host, "activities/start_poll", roomId=room, **POLL, anonymous=False)
    id = {"activityId": poll["activityId"]}
    await evening.call(fan, "activities/vote", **id, choices=["1"])
    await evening.call(fan, "activities/current", roomId=room)
    await evening.call(host, "activities/ballots", **id)
    await evening.call(host, "activities/end", **id)
    match = await evening.call(host, "activities/start_prediction", roomId=room, **MATCH)
    id = {"activityId": match["activityId"]}
    await evening.call(fan, "activities/vote", **id, choices=["0"])
    await evening.call(host, "activities/lock_prediction", **id)
    await evening.call(host, "activities/resolve_prediction", **id, outcome=0)
    await evening.call(fan, "activities/points", roomId=room)
    goal = {"measure": "likes", "targets": ["500", "1000"], "title": "唱一首 One more song"}
    goal = await evening.call(host, "activities/start_goal", roomId=room, **goal)
    await evening.call(host, "activities/end", activityId=goal["activityId"])
    await evening.call(fan, "activities/past", roomId=room)


async def look_into_activities(evening: Evening, server: str, host: str, room: str) -> None:
    """An operator sees what there was in the room, and ends a poll that does not belong there."""
    poll = await evening.call(host, "activities/start_poll", roomId=room, **POLL)
    await evening.call(server, "admin/list_activities", roomId=room)
    await evening.call(server, "admin/end_activity", activityId=poll["activityId"])
