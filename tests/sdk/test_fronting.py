"""Behind a Centrifugo: what differs from sockets of our own, each row of docs/centrifugo.md; and many processes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.sdk.centrifugo import MISSING, PROGRAM
from tests.sdk.programs import Client, Program, node, python
from tests.sdk.stages import Stage, beside, fronted
from tests.sdk.watching import check_whole, publications, received, until_received
from tests.servers import Redis, running, wait_until
from tests.service import Device

pytestmark = [
    pytest.mark.services,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not PROGRAM.exists(), reason=MISSING),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, redis_server: Redis) -> AsyncIterator[Stage]:
    """Yield a service on Redis behind a Centrifugo."""
    redis_server.flushall()
    async with fronted(tmp_path_factory.mktemp("stage"), LIVEROOM_REDIS_URL=redis_server.url) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def program() -> AsyncIterator[Program]:
    async with python() as started:
        yield started


async def connected(program: Program, stage: Stage, device: Device) -> Client:
    client = await program.open(stage.endpoint, "json", datas=[{"token": device.token}])
    await client.until("subscribed", server=True)
    return client


async def listening(program: Program, stage: Stage) -> tuple[Device, Client, str]:
    """Return the host of a room, a guest's client that listens to it, and the room."""
    host, guest = await stage.people.sign_up(), await stage.people.sign_up()
    room = await host.go_live()
    await guest.enter(room)
    client = await connected(program, stage, guest)
    await client.ask("subscribe", channel=f"room:{room}")
    await client.until("subscribed", channel=f"room:{room}")
    return host, client, room


async def retitle(host: Device, room: str, *titles: str) -> None:
    for title in titles:
        assert (await host.call("rooms/update_room", {"roomId": room, "title": title})).code == 0


def relays(server: Redis) -> set[str]:
    """Return the processes that have claimed buckets."""
    known = server.command("HGETALL", "{relays}")
    return {who for name, who in known.items() if name.startswith("b:")}


# --- many processes ------------------------------------------------------------------------------------------------


async def test_processes_share_the_rooms_and_another_takes_over_those_of_one_that_is_killed(
    program: Program, stage: Stage, redis_server: Redis, tmp_path: Path
) -> None:
    rooms = [await listening(program, stage) for _ in range(6)]
    starts = {room: client.seen("subscribed", channel=f"room:{room}")[0] for _, client, room in rooms}
    with running(beside(stage, tmp_path, LIVEROOM_REDIS_URL=redis_server.url)) as second:
        await asyncio.to_thread(wait_until, lambda: len(relays(redis_server)) == 2, "the second relay")
        for round in range(5):
            await asyncio.gather(*(retitle(host, room, f"Now {round}") for host, _, room in rooms))
        second.kill()
        for round in range(5, 10):
            await asyncio.gather(*(retitle(host, room, f"Now {round}") for host, _, room in rooms))
        for _, client, room in rooms:
            await until_received(client, f"room:{room}", "room.updated", room__title="Now 9")
    for _, client, room in rooms:
        channel = f"room:{room}"
        check_whole(client, channel, starts[room])
        titles = [event["room"]["title"] for event in received(client, channel) if event["type"] == "room.updated"]
        assert titles == [f"Now {round}" for round in range(10)]


# --- the differences -----------------------------------------------------------------------------------------------


async def test_offsets_and_epochs_are_centrifugos_and_the_data_has_ours(program: Program, stage: Stage) -> None:
    host, client, room = await listening(program, stage)
    (start,) = client.seen("subscribed", channel=f"room:{room}")
    await retitle(host, room, "One")
    await until_received(client, f"room:{room}", "room.updated", room__title="One")
    assert start["position"]["epoch"] != start["data"]["epoch"]
    assert {seen["data"]["epoch"] for seen in publications(client, f"room:{room}")} == {start["data"]["epoch"]}


async def test_a_login_token_as_token_of_the_connection_is_refused(program: Program, stage: Stage) -> None:
    device = await stage.people.sign_up()
    client = await program.open(stage.endpoint, "json", token=device.token)
    assert (await client.until("disconnected"))["code"] == 3500


async def test_joins_are_told_to_whoever_asks_in_the_data_only(program: Program, stage: Stage) -> None:
    host, _, room = await listening(program, stage)
    asks = await connected(program, stage, host)
    await asks.ask("subscribe", channel=f"room:{room}", joinLeave=True)
    await asks.until("subscribed", channel=f"room:{room}")
    guest = await stage.people.sign_up()
    await guest.enter(room)
    client = await connected(program, stage, guest)
    await client.ask("subscribe", channel=f"room:{room}", data={"joinLeave": True})
    await client.until("join", channel=f"room:{room}", user=guest.user)
    await until_received(asks, f"room:{room}", "member.entered", userId=guest.user)
    assert asks.seen("join") == []


async def test_a_closed_room_ends_its_channel_with_2000(program: Program, stage: Stage) -> None:
    host, client, room = await listening(program, stage)
    await host.call("rooms/destroy_room", {"roomId": room})
    await until_received(client, f"room:{room}", "room.closed")
    assert (await client.until("unsubscribed", channel=f"room:{room}"))["code"] == 2000


async def test_one_of_two_devices_that_is_signed_out_hears_it_from_its_disconnect_alone(
    program: Program, stage: Stage
) -> None:
    account = await stage.people.register()
    phone, tablet = await account.sign_in(), await account.sign_in()
    first, second = await connected(program, stage, phone), await connected(program, stage, tablet)
    await phone.call("auth_users/user_logout")
    assert (await first.until("disconnected", within=1.0))["code"] == 4500
    assert first.seen("publication") == second.seen("publication") == []


async def test_a_connection_may_send_as_many_commands_as_it_likes(program: Program, stage: Stage) -> None:
    client = await connected(program, stage, await stage.people.sign_up())
    answers = await asyncio.gather(*(client.call("auth_users/user_keepalive") for _ in range(600)))
    assert {answer["errorCode"] for answer in answers} == {0}


async def test_a_message_to_nobody_ends_the_connection(stage: Stage) -> None:
    device = await stage.people.sign_up()
    async with node() as program:
        client = await program.open(stage.endpoint, "json", datas=[{"token": device.token}])
        await client.until("connected")
        await client.ask("send", data={"text": "hello"})
        assert (await client.until("disconnected"))["code"] == 3508


async def test_a_stop_of_the_service_is_not_noticed(program: Program, stage: Stage) -> None:
    host, client, room = await listening(program, stage)
    await stage.stop()
    await stage.start()
    await retitle(host, room, "Back")
    await until_received(client, f"room:{room}", "room.updated", room__title="Back")
    assert len(client.seen("connecting")) == len(client.seen("subscribed", channel=f"room:{room}")) == 1


async def test_the_service_answers_nobody_without_the_secret(stage: Stage) -> None:
    async with httpx.AsyncClient(base_url=stage.liveroom.url) as http:
        for name in ("connect", "refresh", "subscribe", "rpc"):
            answer = await http.post(f"/centrifugo/{name}", json={"client": "c1"})
            assert answer.status_code == 403
            answer = await http.post(f"/centrifugo/{name}", json={"client": "c1"}, headers={"X-Liveroom-Key": "wrong"})
            assert answer.status_code == 403
