"""The wall: what needs eyes comes first; labels of vendors; looking into a room unseen."""

from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
import pytest_asyncio

from liveroom.domain.tenants.model import RtcKind
from tests import callbacks
from tests.contract.conftest import Backend
from tests.contract.scene import set_stage
from tests.service import SDK_APP_ID, SDK_SECRET, Answer, Service, serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """Yield a service that vendors call."""
    settings: dict[str, Any] = {"trtc_sdk_app_id": SDK_APP_ID, "trtc_secret": SDK_SECRET, "account_limit": 0}
    folder = tmp_path_factory.mktemp("service")
    async with serving(folder, **settings, **callbacks.KEYS, **backend) as running:
        yield running


async def _send(service: Service, callback: callbacks.Callback) -> Answer:
    query, content, headers = callback.query, callback.content, callback.headers
    return await service.send("POST", callback.path, query=query, content=content, headers=headers)


async def _wall(service: Service, **asked: Any) -> list[dict[str, Any]]:
    service.clock.advance(1.1)
    return list((await (await service.make_key()).call("admin/wall", asked)).data)


async def test_rooms_that_need_eyes_come_first_and_the_others_after_them(service: Service) -> None:
    quiet, reported, labelled = [await set_stage(service) for _ in range(3)]
    backend = await service.make_key()
    for stage in (quiet, labelled):
        await backend.call("admin/resolve_report", {"reportId": stage.report})
    now = service.clock.now()
    found = {"MediaType": 2, "Suggest": 2, "Label": "Porn", "Image": "https://cos.example.com/1.jpg"}
    label = callbacks.trtc(1104, int(labelled.room), "", now, StreamerUserId=labelled.host.user, Payload=found)
    for _ in range(2):
        assert (await _send(service, label)).status == 200, "twice is once"
    tiles = await _wall(service)
    assert [tile["roomId"] for tile in tiles] == [labelled.room, reported.room, quiet.room]
    assert [(tile["reports"], tile["labelsTotal"]) for tile in tiles] == [(0, 1), (1, 0), (0, 0)]
    assert tiles[0]["labels"][0]["label"] == "porn"
    assert {tile["provider"] for tile in tiles} == {"mesh"}
    assert (tiles[1]["ownerName"], tiles[1]["nnUsers"], tiles[1]["warned"]) == ("小明 😀", 2, 0)
    await backend.call("admin/bar_room", {"roomId": reported.room})
    assert (await _wall(service))[1]["barred"] is True
    assert await _wall(service, category="none") == []
    service.clock.advance(1800)
    assert (await backend.call("admin/wall", {"cursor": "x"})).code == 2002


async def test_of_rooms_that_need_no_eyes_the_hottest_comes_first_and_each_says_how_hot_it_is(service: Service) -> None:
    await service.make_tenant("hot")
    cold, hot = await set_stage(service, app="hot"), await set_stage(service, app="hot")
    backend = await service.make_key("hot")
    for stage in (cold, hot):
        await backend.call("admin/resolve_report", {"reportId": stage.report})
    for stage in (cold, hot, hot):
        assert (await stage.guest.call("rooms/like", {"roomId": stage.room, "count": 50})).code == 0
    service.clock.advance(3)
    await service.tick()
    (first, second) = (await backend.call("admin/wall")).data
    assert (first["roomId"], second["roomId"]) == (hot.room, cold.room)
    assert first["heat"] - second["heat"] == pytest.approx(1, abs=0.05), "fifty likes more, at 0.02 each"


async def test_what_content_moderation_finds_is_listed_by_room_and_by_user(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    now = service.clock.now()
    text = callbacks.im_found(stage.room, stage.guest.user, "加群领奖", now, label="Ad", suggestion="Review")
    profile = callbacks.im_found("", stage.guest.user, "a name", now, label="Polity", suggestion="Block")
    nobody = callbacks.im_found("404", "405", "x", now, label="Ad", suggestion="Block")
    passed = callbacks.trtc(1104, int(stage.room), "", now, StreamerUserId=stage.host.user, Payload={"Suggest": 0})
    for callback in (text, profile, nobody, passed):
        assert (await _send(service, callback)).status == 200
    (in_room,) = (await backend.call("admin/list_labels", {"roomId": stage.room})).data
    assert (in_room["source"], in_room["label"], in_room["suggestion"]) == ("text", "ad", "review")
    assert (in_room["found"], in_room["userId"]) == ("加群领奖", stage.guest.user)
    of_user = (await backend.call("admin/list_labels", {"userId": stage.guest.user})).data
    assert sorted(row["label"] for row in of_user) == ["ad", "polity"]
    await service.make_tenant("labels")
    foreign = await service.make_key("labels")
    assert (await foreign.call("admin/list_labels", {"roomId": stage.room})).data == []


async def test_an_operator_looks_in_as_a_hidden_participant_and_by_turn_alone_between_browsers(
    service: Service,
) -> None:
    await service.make_tenant("watched", rtc=RtcKind.LIVEKIT)
    stage, backend = await set_stage(service, app="watched"), await service.make_key("watched")
    seen = (await backend.call("admin/watch_media", {"roomId": stage.room})).data
    claims = jwt.decode(seen["livekit"]["token"], options={"verify_signature": False})
    assert claims["video"] == {
        "room": stage.room,
        "roomJoin": True,
        "canPublish": False,
        "canSubscribe": True,
        "hidden": True,
        "canPublishData": False,
    }
    assert claims["identity"].startswith("watcher:key:")
    assert (await stage.host.members(stage.room)) == [stage.host.user, stage.guest.user]
    assert [tile["provider"] for tile in (await backend.call("admin/wall")).data] == ["livekit"]
    mesh, own = await set_stage(service), await service.make_key()
    for asked in ({}, {"turnOnly": True}):
        refused = await own.call("admin/watch_media", {"roomId": mesh.room, **asked})
        assert refused.code == 3000, "there is no TURN server"
    assert (await own.call("admin/watch_media", {"roomId": stage.room})).code == 2004
