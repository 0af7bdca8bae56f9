"""Connecting: whose the connection is, what it is told first, and who is refused for good."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.events.model import Socket
from liveroom.domain.ids import SessionId, TenantName, UserId
from tests.realtime.conftest import Staging
from tests.realtime.peers import Stage


async def test_a_token_in_the_data_connects_and_the_users_channel_begins(stage: Stage) -> None:
    ann = await stage.service.sign_up()
    room = await ann.go_live()
    peer = stage.visit()
    result = (await peer.ask(connect={"data": {"token": ann.token}}))["connect"]
    assert result["ping"] == 25
    assert result["pong"] is True
    assert all(result[name] for name in ("client", "node", "version"))
    assert "expires" not in result
    assert result["subs"] == {f"user:{ann.user}": {"data": {"userId": ann.user, "rooms": [{"roomId": room}]}}}


async def test_a_connection_token_is_told_to_be_refreshed_before_it_expires(stage: Stage) -> None:
    ann = await stage.service.sign_up()
    result = (await stage.visit().ask(connect={"token": ann.token}))["connect"]
    assert result["expires"] is True
    assert timedelta(days=29) < timedelta(seconds=result["ttl"]) <= timedelta(days=30)


@pytest.mark.parametrize("connect", [{}, {"token": "rubbish"}, {"data": {"token": 7}}, {"data": "text"}, {"data": []}])
async def test_a_bad_token_is_refused_for_good(stage: Stage, connect: dict[str, object]) -> None:
    peer = stage.visit()
    peer.say({"id": 1, "connect": connect})
    assert await peer.until_closed() == 3500


async def test_an_expired_token_asks_for_another(stage: Stage) -> None:
    ann = await stage.service.sign_up()
    stage.service.clock.advance(timedelta(days=31))
    peer = stage.visit()
    assert await peer.error(connect={"token": ann.token}) == 109
    assert peer.closed is None


async def test_the_token_of_an_ended_session_is_refused_for_good(stage: Stage) -> None:
    ann = await stage.service.sign_up()
    await ann.call("auth_users/user_logout")
    peer = stage.visit()
    peer.say({"id": 1, "connect": {"token": ann.token}})
    assert await peer.until_closed() == 3500


async def test_whoever_does_not_connect_within_ten_seconds_is_let_go(stage: Stage) -> None:
    peer = stage.visit()
    stage.turn(19)
    assert peer.closed is None
    stage.turn(2)
    assert await peer.until_closed() == 3502


@pytest.mark.parametrize(
    "command",
    [{"id": 1, "ping": {}}, {"id": 1, "subscribe": {"channel": "room:1"}}, {"connect": {}}, {"id": 1, "rpc": {}}],
)
async def test_the_first_command_has_to_connect(stage: Stage, command: dict[str, object]) -> None:
    peer = stage.visit()
    peer.say(command)
    assert await peer.until_closed() == 3501


async def test_what_is_no_command_ends_the_connection(stage: Stage) -> None:
    _, peer = await stage.member()
    peer.client.received(b"[[[")
    assert await peer.until_closed() == 3501


async def test_connecting_twice_ends_the_connection(stage: Stage) -> None:
    ann, peer = await stage.member()
    peer.say({"id": 2, "connect": {"token": ann.token}})
    assert await peer.until_closed() == 3501


async def test_commands_of_one_message_are_carried_out_in_their_order(stage: Stage) -> None:
    ann = await stage.service.sign_up()
    peer = stage.visit()
    peer.say(
        {"id": 1, "connect": {"token": ann.token}},
        {"id": 2, "rpc": {"method": "rooms/enter_room", "data": {"roomId": ann.user, "role": "anchor"}}},
        {"id": 3, "subscribe": {"channel": f"room:{ann.user}"}},
    )
    await peer.until(lambda: 3 in peer.replies)
    assert list(peer.replies) == [1, 2, 3]
    assert peer.replies[3]["subscribe"]["data"]["room"]["roomId"] == ann.user


async def test_an_unknown_command_is_answered_with_an_error(stage: Stage) -> None:
    _, peer = await stage.member()
    peer.say({"id": 5, "teleport": {}})
    await peer.until(lambda: 5 in peer.replies)
    assert peer.replies[5]["error"]["code"] == 104
    peer.say({"send": {"data": {"to": "nobody"}}})
    assert (await peer.ask(ping={}))["ping"] == {}


async def test_a_refresh_with_a_newer_token_of_the_session_goes_on(stage: Stage) -> None:
    ann, peer = await stage.member()
    stage.service.clock.advance(timedelta(days=20))
    newer = (await ann.call("auth_users/user_login_token")).data["token"]
    result = (await peer.ask(refresh={"token": newer}))["refresh"]
    assert result["expires"] is True
    assert result["ttl"] > timedelta(days=29).total_seconds()
    assert (await peer.rpc("auth_users/user_keepalive"))["errorCode"] == 0


async def test_a_refresh_with_somebody_elses_token_is_refused_for_good(stage: Stage) -> None:
    _, peer = await stage.member()
    other = await stage.service.sign_up()
    peer.say({"id": 9, "refresh": {"token": other.token}})
    assert await peer.until_closed() == 3500


async def test_a_connection_whose_token_has_expired_has_to_come_again(stage: Stage) -> None:
    _, peer = await stage.member()
    stage.service.clock.advance(timedelta(days=30, seconds=30))
    stage.turn(50)
    assert await peer.until_closed() == 3005


async def test_another_device_may_connect_beside_the_first(stage: Stage) -> None:
    account = await stage.service.register()
    first = await stage.connect(await account.sign_in())
    second = await stage.connect(await account.sign_in())
    assert first.closed is second.closed is None


async def test_a_second_device_replaces_the_first_where_the_operator_wants_it(start: Staging) -> None:
    async with start(devices="replace") as stage:
        account = await stage.service.register()
        old = await account.sign_in()
        first = await stage.connect(old)
        await stage.connect(await account.sign_in())
        assert await first.until_closed() == 4502
        assert first.pushes[-1]["pub"]["data"]["reason"] == "replaced"
        assert (await old.call("auth_users/user_keepalive")).code == 204
        session = stage.service.services.sessions.read(old.token).session
        found = await stage.service.core.db.users.with_session(UserId(old.user), SessionId(session))
        assert found is not None
        assert found[1] is not None
        assert found[1].end == "replaced"


async def test_a_second_device_is_refused_where_the_operator_wants_it(start: Staging) -> None:
    async with start(devices="refuse") as stage:
        account = await stage.service.register()
        first = await stage.connect(await account.sign_in())
        second = stage.visit()
        second.say({"id": 1, "connect": {"token": (await account.sign_in()).token}})
        assert await second.until_closed() == 4503
        assert first.closed is None


async def test_the_users_of_another_tenant_connect_as_its_own(stage: Stage) -> None:
    await stage.service.make_tenant("acme")
    device = await stage.service.sign_up("ann", app="acme")
    peer = await stage.connect(device)
    assert peer.client.tenant_name == TenantName("acme")


def hold_up(stage: Stage) -> tuple[asyncio.Event, asyncio.Event]:
    """Have sockets wait once the live store knows them; return what says that one does, and what lets it go on."""
    is_open, may_go_on = asyncio.Event(), asyncio.Event()
    open_lease = stage.service.core.live.sockets.open

    async def slowly(socket: Socket, **how: Any) -> Any:
        replaced = await open_lease(socket, **how)
        is_open.set()
        await may_go_on.wait()
        return replaced

    stage.service.core.live.sockets.open = slowly  # type: ignore[method-assign]
    return is_open, may_go_on


async def test_a_client_that_is_gone_before_it_is_connected_leaves_nothing(stage: Stage) -> None:
    ann = await stage.service.sign_up()
    is_open, may_go_on = hold_up(stage)
    peer = stage.visit()
    peer.say({"id": 1, "connect": {"token": ann.token}})
    await is_open.wait()
    peer.client.lost()
    may_go_on.set()
    await stage.idle()
    assert len(stage.hub) == 0
    assert peer.frames == []
    (source,) = [one for one in await stage.service.core.live.sources(UserId(ann.user)) if one.source == "socket"]
    assert source.expires - stage.service.clock.now() <= timedelta(seconds=20)


async def test_a_session_that_ends_while_its_socket_connects_ends_the_connection(stage: Stage) -> None:
    ann = await stage.service.sign_up()
    is_open, may_go_on = hold_up(stage)
    peer = stage.visit()
    peer.say({"id": 1, "connect": {"token": ann.token}})
    await is_open.wait()
    await ann.call("auth_users/user_logout")
    may_go_on.set()
    assert await peer.until_closed() == 4500
    assert len(stage.hub) == 0
