"""Pushed streams over HTTP: whose encoder is let in, what the room shows of it, and who watches."""

from typing import Any

import pytest

from liveroom.domain.ids import RoomId, UserId
from tests.contract.conftest import Serving
from tests.service import CALLBACK_KEY, Device, Service
from tests.streaming import encoder_of, make_encoder

GRACE = 15
HOST_GRACE = 60


async def live(service: Service, **by: Any) -> tuple[Device, str]:
    host = await service.sign_up(**by)
    return host, await host.go_live(category="streams")


async def shown(viewer: Device, room: str) -> list[tuple[str, str]]:
    """Return the streams that a room shows, each with its state: the same wherever they are shown."""
    streams = (await viewer.detail(room)).data.get("streams", [])
    current = (await viewer.call("streams/current", {"roomId": room})).data
    assert [_plain(one) for one in current] == [_plain(one) for one in streams]
    return [(one["streamId"], one["state"]) for one in streams]


def _plain(stream: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stream.items() if name != "addresses"}


async def state_of(host: Device, room: str) -> str:
    (stream,) = (await host.call("streams/list", {"roomId": room})).data["streams"]
    return str(stream["state"])


async def settle(service: Service, seconds: float) -> None:
    service.clock.advance(seconds)
    await service.services.media.streams.due_streams.run()


async def test_what_an_encoder_pushes_is_shown_until_it_has_been_away_for_the_grace_period(service: Service) -> None:
    host, room = await live(service)
    viewer = await service.sign_up()
    obs = await make_encoder(host, room)
    assert (await shown(viewer, room), await state_of(host, room)) == ([], "waiting")
    assert await obs.push(1)
    assert await shown(viewer, room) == [(obs.stream, "live")]
    entered = (await viewer.enter(room, "audience")).data["streams"]
    assert [one["streamId"] for one in entered] == [obs.stream]
    state = (await viewer.call("rooms/state", {"roomId": room})).data["state"]
    assert state["streams"] == [_plain(one) for one in entered]
    await obs.gone(1)
    assert await shown(viewer, room) == [(obs.stream, "interrupted")]
    await settle(service, GRACE - 1)
    assert await obs.push(2), "it is back in time"
    assert await shown(viewer, room) == [(obs.stream, "live")]
    await obs.gone(2)
    await settle(service, GRACE)
    assert (await shown(viewer, room), await state_of(host, room)) == ([], "ended")
    assert "streams" not in (await viewer.call("rooms/state", {"roomId": room})).data["state"]


async def test_a_second_push_of_the_same_name_neither_takes_over_nor_ends_the_first(service: Service) -> None:
    host, room = await live(service)
    obs = await make_encoder(host, room)
    assert await obs.push(5)
    assert await obs.push(6), "the server itself says that the name is taken"
    await obs.gone(6)
    assert await shown(host, room) == [(obs.stream, "live")]
    await obs.gone(4)
    assert await shown(host, room) == [(obs.stream, "live")], "of a connection that nobody knows"
    assert await obs.push(7)
    await obs.gone(5)
    assert await shown(host, room) == [(obs.stream, "live")], "the other one is there by now"
    for _ in range(2):
        await obs.gone(7)
        assert await shown(host, room) == [(obs.stream, "interrupted")]


@pytest.mark.embedded
async def test_nobody_is_let_in_without_the_key_or_after_its_time(service: Service) -> None:
    host, room = await live(service)
    obs = await make_encoder(host, room)
    assert not await obs.push(1, key="another")
    rotated = encoder_of(service, (await host.call("streams/rotate_key", {"streamId": obs.stream})).data)
    assert (rotated.stream, rotated.name) == (obs.stream, obs.name)
    assert not await obs.push(1), "the former key"
    assert await state_of(host, room) == "waiting"
    assert await rotated.push(1)
    again = encoder_of(service, (await host.call("streams/rotate_key", {"streamId": obs.stream})).data)
    assert await state_of(host, room) == "live", "who pushes goes on"
    service.clock.advance(31 * 24 * 3600)
    assert not await again.push(2)


@pytest.mark.embedded
async def test_a_wrong_key_in_the_callbacks_address_is_refused_and_so_is_a_server_that_is_not_set_up(
    service: Service,
) -> None:
    form = {"call": "publish", "app": "live", "name": "x", "clientid": "1"}
    for server, key, status in (
        ("nginx_rtmp", "wrong", 403),
        ("nginx_rtmp", "", 403),
        ("srs", CALLBACK_KEY, 403),
        ("nginx_rtmp", CALLBACK_KEY, 403),
    ):
        sent = await service.send("POST", f"/callbacks/streams/{server}", query={"key": key}, form=form)
        assert sent.status == status, sent.text


@pytest.mark.embedded
async def test_a_stream_that_is_stopped_takes_no_encoder_until_its_host_starts_it(service: Service) -> None:
    host, room = await live(service)
    obs = await make_encoder(host, room)
    assert await obs.push(1)
    stopped = (await host.call("streams/stop", {"streamId": obs.stream})).data
    assert (stopped["state"], stopped["stopped"], stopped["startUtc"]) == ("ended", True, "")
    assert not await obs.push(2)
    assert await shown(host, room) == []
    assert (await host.call("streams/start", {"streamId": obs.stream})).data["stopped"] is False
    assert await obs.push(3)
    assert (await host.call("streams/remove", {"streamId": obs.stream})).code == 0
    assert (await host.call("streams/list", {"roomId": room})).data == {
        "offered": True,
        "servers": ["nginx_rtmp"],
        "streams": [],
    }
    assert not await obs.push(4)
    assert (await host.call("streams/start", {"streamId": obs.stream})).code == 3110


@pytest.mark.embedded
async def test_moderators_and_operators_stop_the_streams_of_others_and_learn_no_key(service: Service) -> None:
    host, room = await live(service)
    moderator, guest = await service.moderator(host, room), await service.sign_up()
    obs = await make_encoder(host, room)
    about = {"streamId": obs.stream}
    assert (await guest.call("streams/create", {"roomId": room})).code == 3000
    assert (await guest.call("streams/stop", about)).code == 3000
    assert (await guest.call("streams/list", {"roomId": room})).data["streams"] == []
    (seen,) = (await moderator.call("streams/list", {"roomId": room})).data["streams"]
    assert seen["streamId"] == obs.stream
    assert (await moderator.call("streams/rotate_key", about)).code == 3000
    assert (await moderator.call("streams/stop", about)).code == 0
    assert (await moderator.call("streams/start", about)).code == 3000
    await host.call("streams/start", about)
    desk = await service.make_key()
    (listed,) = (await desk.call("admin/list_streams", {"roomId": room})).data
    assert (listed["streamId"], listed["stopped"]) == (obs.stream, False)
    assert (await desk.call("admin/stop_stream", about)).data["stopped"] is True


@pytest.mark.embedded
async def test_a_room_has_at_most_eight_streams(service: Service) -> None:
    host, room = await live(service)
    made = [await host.call("streams/create", {"roomId": room}) for _ in range(9)]
    assert [one.code for one in made] == [0] * 8 + [3005]


@pytest.mark.embedded
async def test_a_host_whom_the_operator_has_banned_is_not_let_in_and_is_cut_off(service: Service) -> None:
    host, room = await live(service)
    obs = await make_encoder(host, room)
    desk = await service.make_key()
    assert await obs.push(1)
    assert (await desk.call("admin/ban_user", {"userId": host.user, "seconds": "60", "reason": "x"})).code == 0
    assert not await obs.push(2)
    await settle(service, 0)
    (stream,) = (await desk.call("admin/list_streams", {"roomId": room})).data
    assert (stream["state"], stream["stopped"]) == ("ended", True)


@pytest.mark.parametrize("way", ["ban", "kick", "operator's ban", "operator's kick"])
@pytest.mark.embedded
async def test_who_has_to_leave_a_room_pushes_nothing_to_it_any_more(service: Service, way: str) -> None:
    host, room = await live(service)
    anchor = await service.sign_up()
    appointed = {"roomId": room, "targetId": anchor.user, "role": "anchor"}
    assert (await host.call("rooms/set_role", appointed)).code == 0
    await anchor.enter(room, "anchor")
    mine, theirs = await make_encoder(host, room), await make_encoder(anchor, room)
    waiting = await make_encoder(anchor, room)
    assert await mine.push(1)
    assert await theirs.push(2)
    about = {"roomId": room, "targetId": anchor.user}
    if way.startswith("operator"):
        name = "admin/ban_from_room" if "ban" in way else "admin/kick_user"
        desk = await service.make_key()
        answer = await desk.call(name, {"roomId": room, "userId": anchor.user, "reason": "x"})
    else:
        answer = await host.call(f"moderation/{way}", about)
    assert answer.code == 0, answer.text
    assert not await theirs.push(3), "the encoder tries again at once"
    assert not await waiting.push(4)
    await settle(service, 0)
    assert await shown(host, room) == [(mine.stream, "live")]
    again = {"streamId": theirs.stream}
    assert (await anchor.call("streams/start", again)).code == 3000
    if "ban" in way:
        return
    assert (await anchor.enter(room, "anchor")).code == 0
    assert (await anchor.call("streams/start", again)).code == 0
    assert await theirs.push(5), "who was kicked may come back, and starts it anew"


@pytest.mark.embedded
async def test_going_live_takes_an_encoder_alone_and_the_room_closes_with_it(service: Service) -> None:
    host, viewer = await service.sign_up(), await service.sign_up()
    room = (await host.call("rooms/generate_roomid", {"title": "From OBS"})).data["roomId"]
    obs = await make_encoder(host, room)
    assert await obs.push(1)
    found = (await viewer.detail(room)).data
    assert (found["status"], found["title"], found["ownBy"], found["nnUsers"]) == (0, "From OBS", host.user, 1)
    assert await shown(viewer, room) == [(obs.stream, "live")]
    await obs.gone(1)
    await settle(service, GRACE)
    await _pass(service, 25)
    assert (await viewer.detail(room)).data["status"] == 1, "hidden: the host is not there"
    await _pass(service, HOST_GRACE + 1)
    assert (await viewer.detail(room)).code == 2004


async def _pass(service: Service, seconds: int) -> None:
    for _ in range(2):
        service.clock.advance(seconds / 2)
        await service.tick()
    await service.tick()


@pytest.mark.embedded
async def test_a_stream_vouches_for_a_host_of_whom_nothing_else_is_heard(service: Service) -> None:
    host = await service.sign_up()
    room = (await host.call("rooms/generate_roomid")).data["roomId"]
    obs = await make_encoder(host, room)
    assert await obs.push(1)
    for _ in range(3):
        service.clock.advance(5 * 3600)
        await service.tick()
        await service.tick()
        assert (await service.core.live.member(RoomId(room), UserId(host.user))) is not None


@pytest.mark.embedded
async def test_a_host_who_has_the_app_open_beside_the_encoder_stays_when_the_stream_is_over(service: Service) -> None:
    host, room = await live(service)
    obs = await make_encoder(host, room)
    assert await obs.push(1)
    assert (await host.detail(room)).data["nnUsers"] == 1
    await host.call("streams/stop", {"streamId": obs.stream})
    await service.tick()
    assert (await host.detail(room)).data["status"] == 0


async def test_an_encoder_that_goes_on_pushing_does_not_open_a_room_that_was_closed(service: Service) -> None:
    host, room = await live(service)
    obs = await make_encoder(host, room)
    assert await obs.push(1)
    assert (await host.call("rooms/destroy_room", {"roomId": room})).code == 0
    await service.tick()
    assert not await obs.push(2)
    assert (await host.detail(room)).code == 2004
    assert (await host.call("streams/start", {"streamId": obs.stream})).code == 0
    assert await obs.push(3)
    assert (await host.detail(room)).data["status"] == 0


async def test_where_the_operator_wants_it_a_stream_opens_no_room(embedded: Serving) -> None:
    async with embedded(streams_open_rooms="false") as service:
        host = await service.sign_up()
        room = (await host.call("rooms/generate_roomid")).data["roomId"]
        obs = await make_encoder(host, room)
        assert not await obs.push(1)
        await host.go_live(room)
        assert await obs.push(2)


@pytest.mark.embedded
async def test_where_only_members_watch_others_get_no_address_and_a_banned_viewer_loses_theirs(
    service: Service,
) -> None:
    host, room = await live(service)
    obs = await make_encoder(host, room)
    assert await obs.push(1)
    viewer, outsider = await service.sign_up(), await service.sign_up()
    await viewer.enter(room, "audience")
    (stream,) = (await viewer.call("streams/current", {"roomId": room})).data
    (address,) = stream["addresses"]
    assert (address["protocol"], await obs.may_watch(address["url"])) == ("hls", True)
    await host.call("rooms/set_options", {"roomId": room, "password": "secret"})
    assert "streams" not in (await outsider.detail(room)).data
    assert (await outsider.call("streams/current", {"roomId": room})).code == 3007
    assert await obs.may_watch(address["url"]), "a member"
    await host.call("moderation/ban", {"roomId": room, "targetId": viewer.user, "seconds": "60", "reason": "x"})
    assert not await obs.may_watch(address["url"])
    assert not await obs.may_watch(address["url"].replace("/index", "x/index"))


@pytest.mark.embedded
async def test_a_signed_address_is_good_for_ten_minutes(service: Service) -> None:
    host, room = await live(service)
    obs = await make_encoder(host, room)
    assert await obs.push(1)
    (stream,) = (await host.call("streams/current", {"roomId": room})).data
    url = stream["addresses"][0]["url"]
    service.clock.advance(599)
    assert await obs.may_watch(url)
    service.clock.advance(2)
    assert not await obs.may_watch(url)


async def test_without_a_server_there_are_no_streams(embedded: Serving) -> None:
    async with embedded(streams="off") as service:
        host, room = await live(service)
        assert (await host.call("streams/create", {"roomId": room})).code == 3008
        assert (await service.send("POST", "/callbacks/streams/nginx_rtmp", query={"key": CALLBACK_KEY})).status == 403


async def test_who_has_a_seat_pushes_for_it_as_long_as_they_have_it(service: Service) -> None:
    host, room = await live(service)
    assert (await host.call("seats/configure", {"roomId": room, "seats": 6, "mode": "free"})).code == 0
    guest = await service.sign_up()
    await guest.enter(room, "audience")
    about = {"roomId": room, "seat": 2}
    assert (await guest.call("streams/create", about)).code == 3013
    assert (await guest.call("seats/take", about)).code == 0
    assert (await guest.call("streams/create", {"roomId": room, "seat": 3})).code == 3013
    assert (await guest.call("streams/create", {"roomId": room})).code == 3000
    obs = await make_encoder(guest, room, 2)
    assert (await guest.call("streams/create", about)).code == 3005, "it has its stream"
    assert await obs.push(1)
    (stream,) = (await host.call("rooms/state", {"roomId": room})).data["state"]["streams"]
    assert (stream["userId"], stream["seat"]) == (guest.user, 2)

    assert (await guest.call("seats/move", {"roomId": room, "seat": 4})).code == 0
    await _journaled(service)
    (stream,) = (await host.call("streams/current", {"roomId": room})).data
    assert (stream["streamId"], stream["state"], stream["seat"]) == (obs.stream, "live", 4)

    assert (await guest.call("seats/leave", {"roomId": room})).code == 0
    await _journaled(service)
    assert await shown(host, room) == []
    assert not await obs.push(2)
    assert (await guest.call("streams/start", {"streamId": obs.stream})).code == 3110, "it is forgotten"


@pytest.mark.parametrize("way", ["leaves the room", "is put off the seat", "loses the seat"])
@pytest.mark.embedded
async def test_a_seats_stream_ends_however_its_user_comes_off_the_seat(service: Service, way: str) -> None:
    host, room = await live(service)
    assert (await host.call("seats/configure", {"roomId": room, "seats": 6, "mode": "free"})).code == 0
    guest = await service.sign_up()
    await guest.enter(room, "audience")
    assert (await guest.call("seats/take", {"roomId": room, "seat": 2})).code == 0
    obs = await make_encoder(guest, room, 2)
    assert await obs.push(1)
    calls: dict[str, tuple[Device, str, dict[str, Any]]] = {
        "leaves the room": (guest, "rooms/leave_room", {}),
        "is put off the seat": (host, "seats/kick", {"targetId": guest.user}),
        "loses the seat": (host, "seats/lock", {"seat": 2, "locked": True}),
    }
    by, name, more = calls[way]
    answer = await by.call(name, {"roomId": room, **more})
    assert answer.code == 0, answer.text
    assert not await obs.push(2), "at once, before anything was journaled"
    await _journaled(service)
    assert await shown(host, room) == []


async def _journaled(service: Service) -> None:
    """Let what the live store has noted come to SQL, and what follows from that be done."""
    await service.tick()
    await settle(service, 0)


@pytest.mark.embedded
async def test_another_tenants_streams_are_not_there(service: Service) -> None:
    await service.make_tenant("streamer")
    host, _ = await live(service)
    room = await host.go_live()
    obs = await make_encoder(host, room)
    stranger = await service.sign_up(app="streamer")
    assert (await stranger.call("streams/stop", {"streamId": obs.stream})).code == 3110
    assert (await stranger.call("streams/create", {"roomId": room})).code == 2004
    desk = await service.make_key("streamer")
    assert (await desk.call("admin/stop_stream", {"streamId": obs.stream})).code == 3110
    assert (await desk.call("admin/list_streams", {"roomId": room})).data == []
