"""Questions on a stage: what has to be there for each of their methods, and a part of the evening about them."""

from typing import Any, Final

from tests.contract.evening import Evening
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Device, Service

Params = dict[str, Any]
WHY: Final = "为什么是雨天？ Why in the rain?"
WHEN: Final = "下次什么时候？ When do you sing next?"


async def begin(host: Device, room: str, **params: Any) -> Params:
    """Let a host begin a round; return what names it."""
    begun = await host.call("questions/open", {"roomId": room, **params})
    return {"activityId": begun.data["activityId"]}


async def ask(asker: Device, round: Params, text: str = WHY) -> Params:
    """Let somebody ask; return what names the question."""
    asked = await asker.call("questions/ask", {**round, "text": text})
    return {**round, "questionId": asked.data["questionId"]}


async def a_round(stage: Stage, caller: Device) -> Params:
    await begin(stage.host, stage.room)
    return {"roomId": stage.room}


async def a_round_for_some(stage: Stage, caller: Device) -> Params:
    return {"roomId": stage.room, "topic": "雨 Rain", "who": "followers", "most": "2"}


async def something_to_ask(stage: Stage, caller: Device) -> Params:
    return {**await begin(stage.host, stage.room), "text": WHY}


async def a_question(stage: Stage, caller: Device) -> Params:
    """Have the guest ask something."""
    return await ask(stage.guest, await begin(stage.host, stage.room))


async def a_question_of_the_host(stage: Stage, caller: Device) -> Params:
    return await ask(stage.host, await begin(stage.host, stage.room))


async def a_vote(stage: Stage, caller: Device) -> Params:
    return {**await a_question(stage, caller), "up": "true"}


async def a_written_answer(stage: Stage, caller: Device) -> Params:
    return {**await a_question(stage, caller), "answer": "雨声好听 It sounds nice"}


async def an_answered_question(stage: Stage, caller: Device) -> Params:
    question = await a_question(stage, caller)
    await stage.host.call("questions/answer", question)
    return {"activityId": question["activityId"], "limit": "5"}


async def round_for_operator(stage: Stage) -> Params:
    question = await a_question(stage, stage.guest)
    return {"activityId": question["activityId"]}


async def question_for_operator(stage: Stage) -> Params:
    return await a_question(stage, stage.guest)


async def a_vote_for_a_question_that_was_answered(service: Service) -> Answer:
    stage = await set_stage(service)
    question = await a_question(stage, stage.guest)
    await stage.host.call("questions/answer", question)
    return await stage.guest.call("questions/vote", question)


async def the_same_question_again(service: Service) -> Answer:
    stage = await set_stage(service)
    round = await begin(stage.host, stage.room)
    await ask(stage.guest, round)
    return await stage.host.call("questions/ask", {**round, "text": WHY.upper()})


async def more_questions_than_may_wait(service: Service) -> Answer:
    stage = await set_stage(service)
    round = await begin(stage.host, stage.room, most=1)
    await ask(stage.guest, round)
    return await stage.guest.call("questions/ask", {**round, "text": WHEN})


async def a_question_of_somebody_who_is_muted(service: Service) -> Answer:
    stage = await set_stage(service)
    round = await begin(stage.host, stage.room)
    await stage.host.call("moderation/mute", {"roomId": stage.room, "targetId": stage.guest.user})
    return await stage.guest.call("questions/ask", {**round, "text": WHY})


async def a_question_where_only_followers_ask(service: Service) -> Answer:
    stage = await set_stage(service)
    round = await begin(stage.host, stage.room, who="followers")
    return await stage.guest.call("questions/ask", {**round, "text": WHY})


async def a_question_where_only_seated_people_ask(service: Service) -> Answer:
    stage = await set_stage(service)
    round = await begin(stage.host, stage.room, who="seated")
    return await stage.guest.call("questions/ask", {**round, "text": WHY})


async def tell_of_questions(evening: Evening, host: str, fan: str, room: str) -> None:
    """阿强 asks twice, 小明 votes for one of them and answers it."""
    begun = await evening.call(host, "questions/open", roomId=room, topic="问小明 Ask 小明", who="everyone", most=3)
    round = {"activityId": begun["activityId"]}
    first = await evening.call(fan, "questions/ask", **round, text=WHY)
    second = await evening.call(fan, "questions/ask", **round, text=WHEN)
    why, when = ({**round, "questionId": one["questionId"]} for one in (first, second))
    await evening.call(host, "questions/vote", **when)
    await evening.call(fan, "questions/list", roomId=room)
    await evening.call(host, "questions/mark", **when)
    await evening.call(host, "questions/answer", **when, answer="周五晚上 On Friday evening")
    await evening.call(fan, "questions/remove", **why)
    await evening.call(fan, "questions/answered", **round)
    await evening.call(host, "activities/end", **round)


async def look_into_questions(evening: Evening, server: str, host: str, room: str) -> None:
    """An operator sees what is asked in the room, and removes what does not belong there."""
    begun = await evening.call(host, "questions/open", roomId=room)
    round = {"activityId": begun["activityId"]}
    asked = await evening.call(host, "questions/ask", **round, text=WHY)
    await evening.call(server, "admin/list_questions", **round)
    await evening.call(server, "admin/remove_question", **round, questionId=asked["questionId"])
    await evening.call(host, "activities/end", **round)
