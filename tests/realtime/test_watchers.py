"""An operator looks into a mesh room: signals go to those who publish, and come back to nobody but the operator."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from liveroom.domain.errors import RateLimited
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.media.watchers import SIGNALS
from tests.consoles import Browser, signed_in
from tests.realtime.conftest import Staging, staging
from tests.realtime.peers import Peer, Stage
from tests.realtime.test_consoles import DENIED, begin, told
from tests.realtime.test_signals import signals
from tests.servers import Redis
from tests.service import Answer, Device, Keyholder

TURN: Final[dict[str, Any]] = {"turn_urls": "turn:turn.example.com:3478", "turn_secret": "north"}
WATCH: Final = "console:watch"
HELLO: Final = {"kind": "hello", "from": "page"}
OFFER: Final = {"kind": "offer", "sdp": "v=0\r\n😀"}


async def look(operator: Browser | Keyholder, room: str) -> str:
    """Ask to look into a room; return as whom."""
    found = (await operator.call("admin/watch_media", {"roomId": room, "turnOnly": True})).data
    assert (found["provider"], found["mesh"]["iceServers"][0]["urls"]) == ("mesh", [TURN["turn_urls"]])
    return str(found["identity"])


async def say(operator: Browser | Keyholder, room: str, identity: str, to: Device) -> Answer:
    """Send a signal as an operator."""
    params = {"roomId": room, "identity": identity, "to": to.user, "payload": HELLO}
    return await operator.call("admin/watch_signal", params)


async def answer(host: Device, room: str, identity: str) -> int:
    """Send a signal to whoever looks in."""
    return (await host.call("rtc/signal", {"roomId": room, "to": identity, "payload": OFFER})).code


async def heard(peer: Peer) -> dict[str, object]:
    """Wait for what an operator is told, and return the newest."""
    await peer.until(lambda: told(peer, WATCH))
    return told(peer, WATCH)[-1]


async def test_an_operator_and_a_host_exchange_signals_and_nobody_else_hears_them(start: Staging) -> None:
    async with start(**TURN) as stage:
        await stage.hub.listen()
        host, room, publisher = await stage.host()
        _, guest = await stage.member(room)
        mine, other = await signed_in(stage.service, "moderator"), await signed_in(stage.service, "moderator")
        me, them = await stage.console(mine), await stage.console(other)
        assert [await begin(peer, WATCH) for peer in (me, them)] == [{}, {}]
        identity = await look(mine, room)
        assert (await say(mine, room, identity, host)).code == 0
        await publisher.until(lambda: signals(publisher, host.user))
        (event,) = signals(publisher, host.user)
        assert (event["fromUserId"], event["payload"]) == (identity, HELLO)
        assert mine.operator not in identity, "hosts do not learn which operator it is"
        assert await answer(host, room, identity) == 0
        news = {"roomId": room, "identity": identity, "fromUserId": host.user, "payload": OFFER}
        assert await heard(me) == news
        await stage.idle()
        assert told(them, WATCH) == []
        assert not [push for push in guest.pushes if "rtc.signal" in str(push)]
        assert len(await host.members(room)) == 2, "the operators are not among them"


async def test_an_identity_is_good_for_one_operator_one_room_and_ten_minutes(start: Staging) -> None:
    async with start(**TURN) as stage:
        host, room, _ = await stage.host()
        other, elsewhere, _ = await stage.host()
        mine, colleague = await stage.service.make_key(), await stage.service.make_key()
        identity = await look(mine, room)
        for by, where, name, to in (
            (colleague, room, identity, host),
            (mine, elsewhere, identity, other),
            (mine, room, "watcher:", host),
            (mine, room, identity[:-1], host),
            (mine, room, f"{identity[:-6]}AAAAAA", host),
        ):
            assert (await say(by, where, name, to)).code == 3000, (where, name)
        assert await answer(other, room, identity) == 3007
        assert await answer(other, elsewhere, identity) == 206
        assert await answer(host, room, "watcher:v1.a.é") == 206
        stage.service.clock.advance(timedelta(minutes=9, seconds=50))
        assert (await answer(host, room, identity), (await say(mine, room, identity, host)).code) == (0, 0)
        stage.service.clock.advance(timedelta(seconds=10))
        assert (await answer(host, room, identity), (await say(mine, room, identity, host)).code) == (206, 3000)


async def test_an_identity_of_another_tenant_is_nobodys(start: Staging) -> None:
    async with start(**TURN) as stage:
        await stage.service.make_tenant("other")
        host, room, _ = await stage.host()
        foreign = await stage.service.make_key("other")
        assert (await foreign.call("admin/watch_media", {"roomId": room, "turnOnly": True})).code == 2004
        theirs = await stage.service.sign_up(app="other")
        identity = await look(foreign, await theirs.go_live())
        assert (await say(foreign, room, identity, host)).code == 3000
        assert await answer(host, room, identity) == 206


async def test_only_those_who_publish_are_spoken_to_and_answer(start: Staging) -> None:
    async with start(**TURN) as stage:
        host, room, _ = await stage.host()
        guest, _ = await stage.member(room)
        stranger = await stage.service.sign_up()
        operator = await stage.service.make_key()
        identity = await look(operator, room)
        assert [(await say(operator, room, identity, to)).code for to in (host, guest, stranger)] == [0, 3000, 206]
        assert [await answer(by, room, identity) for by in (guest, stranger)] == [206, 3007]


async def test_whoever_may_not_look_into_rooms_neither_speaks_nor_listens(start: Staging) -> None:
    async with start(**TURN) as stage:
        host, room, _ = await stage.host()
        viewer = await signed_in(stage.service, "viewer")
        assert (await say(viewer, room, "watcher:", host)).code == 3000
        peer = await stage.console(viewer)
        assert await peer.error(subscribe={"channel": WATCH}) == DENIED


async def test_the_audit_notes_who_looked_in_and_not_each_signal(start: Staging) -> None:
    async with start(**TURN) as stage:
        host, room, _ = await stage.host()
        for operator in (await signed_in(stage.service, "moderator"), await stage.service.make_key()):
            identity = await look(operator, room)
            for _ in range(3):
                assert (await say(operator, room, identity, host)).code == 0
        noted = [entry.action for entry in await stage.service.services.audit.newest()]
        assert noted.count("base/v1/admin/watch_media") == 2
        assert "base/v1/admin/watch_signal" not in noted


async def test_signals_of_one_operator_are_limited(stage: Stage) -> None:
    host, room, _ = await stage.host()
    services = stage.service.services
    operator = Operator(services.tenants.default, "key:x", stage.service.clock.now(), may=lambda _: True)
    watchers, room_id, to = services.moderators.watchers, RoomId(room), UserId(host.user)
    name, _ = watchers.name(operator, room_id)
    for _ in range(SIGNALS):
        await watchers.send(operator, room_id, name, to, b'"hum"')
    with pytest.raises(RateLimited):
        await watchers.send(operator, room_id, name, to, b'"hum"')


@pytest.mark.services
async def test_an_operator_on_one_process_sees_a_host_on_another(tmp_path: Path, redis_server: Redis) -> None:
    redis_server.flushall()
    async with (
        staging(tmp_path, redis_url=redis_server.url, **TURN) as one,
        staging(tmp_path, redis_url=redis_server.url, **TURN) as two,
    ):
        await asyncio.gather(one.hub.listen(), two.hub.listen())
        host, room, publisher = await two.host()
        operator = await one.service.make_key()
        peer = await one.console(operator)
        await begin(peer, WATCH)
        identity = await look(operator, room)
        for number in range(20):
            signal = {"roomId": room, "to": identity, "payload": {"candidate": number}}
            assert (await publisher.rpc("rtc/signal", **signal))["errorCode"] == 0
        await peer.until(lambda: len(told(peer, WATCH)) == 20)
        assert [news["payload"] for news in told(peer, WATCH)] == [{"candidate": number} for number in range(20)]
        assert (await say(operator, room, identity, host)).code == 0
        await publisher.until(lambda: signals(publisher, host.user))
