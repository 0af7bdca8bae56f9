"""What operators do about activities of rooms, and what statistics say of them."""

from liveroom.api.codes import Code
from tests.contract.activity_scenes import predict, start
from tests.contract.scene import set_stage
from tests.contract.test_statistics import fresh_tenant
from tests.service import Service


async def test_an_operator_sees_the_activities_of_a_room_and_ends_one(service: Service) -> None:
    stage, key = await set_stage(service), await service.make_key()
    poll, match = await start(stage.host, stage.room), await predict(stage.host, stage.room)
    await stage.guest.call("activities/vote", {"activityId": poll, "choices": "1"})
    first, second = (await key.call("admin/list_activities", {"roomId": stage.room})).data
    assert [first["activityId"], second["activityId"]] == [match, poll]
    assert (second["votes"], second["counts"], "reason" in second) == (1, {"1": 1}, False)
    ended = (await key.call("admin/end_activity", {"activityId": poll})).data
    assert (ended["reason"], ended["result"]["counts"]) == ("ended", [0, 1, 0])
    assert (await key.call("admin/end_activity", {"activityId": poll})).code == Code.ActivityOver
    assert (await key.call("admin/end_activity", {"activityId": "none"})).code == Code.ActivityNotExists
    (left,) = (await stage.guest.call("activities/current", {"roomId": stage.room})).data
    assert left["activityId"] == match
    page = await key.call("admin/list_activities", {"roomId": stage.room, "limit": "1"})
    assert [one["activityId"] for one in page.data] == [match]


async def test_another_tenants_activity_is_neither_seen_nor_ended(service: Service) -> None:
    stage, key = await set_stage(service), await service.make_key(await fresh_tenant(service))
    poll = await start(stage.host, stage.room)
    assert (await key.call("admin/list_activities", {"roomId": stage.room})).data == []
    assert (await key.call("admin/end_activity", {"activityId": poll})).code == Code.ActivityNotExists


async def test_the_figures_of_a_broadcast_have_its_activities_and_their_votes(service: Service) -> None:
    stage = await set_stage(service, app=await fresh_tenant(service))
    for id in (await start(stage.host, stage.room), await predict(stage.host, stage.room)):
        await stage.guest.call("activities/vote", {"activityId": id, "choices": "0"})
    await stage.host.call("activities/end", {"activityId": id})
    found = (await stage.host.call("stats/my_broadcast", {"roomId": stage.room})).data
    assert (found["activities"], found["votes"]) == (2, 2)
