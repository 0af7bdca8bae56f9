"""What a Centrifugo is answered about its connections; the answers are those of its proxy protocol."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom.app.fronting import Fronting, make_fronting
from liveroom.ports import Ending
from liveroom.realtime.proxied import SECOND_LOOK
from liveroom.usecases.privacy.visibility import UNKNOWN_OF_USER
from tests.realtime.peers import OPENING
from tests.realtime.shelves import Shelf
from tests.service import Device, Service, serving
from tests.store.live.world import eventually


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def front(service: Service, shelf: Shelf) -> AsyncIterator[Fronting]:
    """Yield what answers; the relay is not at work."""
    made = make_fronting(service.core, shelf)
    yield made
    await made.proxied.stop()


async def ask(question: Callable[..., Awaitable[bytes]], **fields: Any) -> Any:
    return json.loads(await question(json.dumps({"client": "c1", **fields}).encode(), OPENING))


async def come(front: Fronting, device: Device, client: str = "c1") -> Any:
    return await ask(front.proxied.connect, client=client, data={"token": device.token})


def meta(device: Device) -> Any:
    return {"user": device.user, "meta": {"token": device.token}}


async def is_online(service: Service, user: str) -> bool:
    admin = await service.sign_up()
    return bool((await admin.call("presence/query", {"userIds": user})).data[0]["online"])


async def test_a_connection_is_let_in_with_its_users_channel(service: Service, front: Fronting) -> None:
    device = await service.sign_up()
    room = await device.go_live()
    answer = (await come(front, device))["result"]
    assert answer["user"] == device.user
    assert answer["expire_at"] == int((service.clock.now() + timedelta(seconds=25)).timestamp())
    own = answer["subs"][f"user:{device.user}"]
    assert own["data"] == {"userId": device.user, "rooms": [{"roomId": room}]}
    assert answer["meta"] == {"token": device.token}


@pytest.mark.parametrize("data", [None, {}, [], {"token": 7}, {"token": "not.a.token"}])
async def test_no_token_or_a_bad_one_is_final(front: Fronting, data: Any) -> None:
    assert (await ask(front.proxied.connect, data=data))["disconnect"]["code"] == 3500


async def test_an_ended_session_is_final_and_an_expired_token_says_so(service: Service, front: Fronting) -> None:
    device, other = await service.sign_up(), await service.sign_up()
    await device.call("auth_users/user_logout")
    assert (await come(front, device))["disconnect"]["code"] == 3500
    service.clock.advance(timedelta(days=31).total_seconds())
    assert (await come(front, other))["error"]["code"] == 109


async def test_another_device_is_refused_where_one_is_allowed(tmp_path: Path, shelf: Shelf) -> None:
    async with serving(tmp_path, devices="refuse") as service:
        front = make_fronting(service.core, shelf)
        account = await service.register()
        assert "result" in await come(front, await account.sign_in())
        assert (await come(front, await account.sign_in(), "c2"))["disconnect"]["code"] == 4503


async def test_refreshes_keep_a_user_online_and_75_seconds_without_one_end_that(
    service: Service, front: Fronting
) -> None:
    device = await service.sign_up()
    await come(front, device)
    for _ in range(20):
        service.clock.advance(25)
        assert "expire_at" in (await ask(front.proxied.refresh, **meta(device)))["result"]
        await service.tick()
    assert await is_online(service, device.user)
    service.clock.advance(74)
    await service.tick()
    assert await is_online(service, device.user)
    service.clock.advance(20)
    await service.tick()
    assert not await is_online(service, device.user)


async def test_a_refresh_says_when_the_session_or_its_token_is_over(service: Service, front: Fronting) -> None:
    device, other = await service.sign_up(), await service.sign_up()
    await come(front, device)
    await come(front, other, "c2")
    await device.call("auth_users/user_logout")
    assert (await ask(front.proxied.refresh, **meta(device)))["result"] == {"expired": True}
    service.clock.advance(timedelta(days=30).total_seconds() - 10)
    soon = int((service.clock.now() + timedelta(seconds=10)).timestamp())
    assert (await ask(front.proxied.refresh, client="c2", **meta(other)))["result"] == {"expire_at": soon}
    service.clock.advance(11)
    assert (await ask(front.proxied.refresh, client="c2", **meta(other)))["result"] == {"expired": True}


async def test_refreshes_of_one_moment_are_answered_each_for_itself(service: Service, front: Fronting) -> None:
    devices = [await service.sign_up() for _ in range(10)]
    for number, device in enumerate(devices):
        await come(front, device, f"c{number}")
    await devices[3].call("auth_users/user_logout")
    answers = await asyncio.gather(
        *(ask(front.proxied.refresh, client=f"c{number}", **meta(device)) for number, device in enumerate(devices))
    )
    assert [number for number, answer in enumerate(answers) if answer["result"].get("expired")] == [3]


async def test_a_subscription_vouches_for_no_stay(service: Service, front: Fronting) -> None:
    """Its end is not told, so a stay is not ended for want of it while the session is alive."""
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room)
    for client, device in (("c1", guest), ("c2", host)):
        await come(front, device, client)
    assert "result" in await ask(front.proxied.subscribe, channel=f"room:{room}", **meta(guest))
    for _ in range(12):
        service.clock.advance(25)
        await ask(front.proxied.refresh, **meta(guest))
        await ask(front.proxied.refresh, client="c2", **meta(host))
        await service.tick()
    assert guest.user in await host.members(room)


async def test_a_member_is_given_the_room_as_it_is(service: Service, front: Fronting) -> None:
    device = await service.sign_up()
    room = await device.go_live(title="Evening")
    answer = (await ask(front.proxied.subscribe, channel=f"room:{room}", **meta(device)))["result"]
    assert answer["data"]["room"]["title"] == "Evening"
    assert "override" not in answer
    asks = {"channel": f"room:{room}", "data": {"joinLeave": True}}
    answer = (await ask(front.proxied.subscribe, **asks, **meta(device)))["result"]
    assert answer["override"] == {"force_push_join_leave": {"value": True}}


async def test_who_may_not_listen_is_refused_with_the_protocols_numbers(service: Service, front: Fronting) -> None:
    device, host = await service.sign_up(), await service.sign_up()
    room, closed = await host.go_live(), await service.sign_up()
    await closed.go_live()
    await closed.call("rooms/set_options", {"roomId": closed.user, "access": "private"})
    for channel, code in (
        (f"room:{room}", 103),
        (f"room:{closed.user}", 102),
        ("room:nowhere", 102),
        ("room:", 102),
        ("weather:today", 102),
        (f"user:{host.user}", 103),
        ("rooms:another:show", 103),
        ("rooms:", 102),
    ):
        answer = await ask(front.proxied.subscribe, channel=channel, **meta(device))
        assert answer["error"]["code"] == code, channel
    assert (await ask(front.proxied.subscribe, channel=f"room:{room}"))["disconnect"]["code"] == 3500


async def test_listening_to_ids_that_never_were_is_limited(service: Service, front: Fronting) -> None:
    device = await service.sign_up()
    codes = [
        (await ask(front.proxied.subscribe, channel=f"room:{number}", **meta(device)))["error"]["code"]
        for number in range(UNKNOWN_OF_USER + 1)
    ]
    assert codes == [*[102] * UNKNOWN_OF_USER, 111]


async def test_who_left_while_centrifugo_joined_them_is_taken_off(
    service: Service, front: Fronting, shelf: Shelf
) -> None:
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room)
    assert "result" in await ask(front.proxied.subscribe, channel=f"room:{room}", **meta(guest))
    await guest.leave(room)
    await eventually(lambda: shelf.unsubscribed == [Ending(guest.user, f"room:{room}")])


async def test_who_is_joined_while_the_room_closes_hears_of_that_before_they_are_taken_off(
    service: Service, front: Fronting, shelf: Shelf
) -> None:
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert "result" in await ask(front.proxied.subscribe, channel=f"room:{room}", **meta(guest))
    await host.call("rooms/destroy_room", {"roomId": room})
    await eventually(lambda: shelf.unsubscribed == [Ending(guest.user, f"room:{room}")], 2 * SECOND_LOOK + 2)
    assert loop.time() - began > 1.5 * SECOND_LOOK, "the event has that long to arrive"


async def test_a_call_is_answered_with_its_envelope(service: Service, front: Fronting) -> None:
    device = await service.sign_up()
    answer = await ask(front.proxied.rpc, method="auth_users/user_keepalive", data={}, **meta(device))
    assert answer["result"]["data"]["errorCode"] == 0
    answer = await ask(front.proxied.rpc, method="rooms/no_such_method", data=[1], **meta(device))
    assert answer["result"]["data"]["errorCode"] == 99
    answer = await ask(front.proxied.rpc, method="rooms/query_room", data={})
    assert answer["result"]["data"]["errorCode"] != 0


async def test_a_rooms_state_has_the_position_that_centrifugo_counts(
    service: Service, front: Fronting, shelf: Shelf
) -> None:
    device = await service.sign_up()
    room = await device.go_live(title="Evening")
    answer = await ask(front.proxied.rpc, method="rooms/state", data={"roomId": room}, **meta(device))
    data = answer["result"]["data"]["data"]
    assert (data["epoch"], data["offset"]) == ("shelf", 0)
    assert data["state"]["room"]["title"] == "Evening"
    answer = await ask(front.proxied.rpc, method="rooms/state", data={"roomId": "nowhere"}, **meta(device))
    assert answer["result"]["data"]["errorCode"] == (await device.call("rooms/state", {"roomId": "nowhere"})).code != 0
