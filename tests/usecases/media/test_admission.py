"""Media: who is let in with which provider's credential, by role and tenant, and who may send signals to whom."""

from pathlib import Path
from typing import Any

import jwt
import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import RateLimited
from liveroom.domain.ids import RoomId
from liveroom.domain.media.model import LIFE
from liveroom.domain.payloads import wire_time
from liveroom.domain.tenants.model import RtcKind
from liveroom.providers.tencent.usersig import decode
from liveroom.usecases.media.watchers import SIGNALS
from tests.service import SDK_APP_ID, Device, serving
from tests.usecases.conftest import World

LIVEKIT: dict[str, Any] = {
    "livekit_url": "wss://live.example.com",
    "livekit_key": "APIkey1",
    "livekit_secret": "secret1secret1secret1secret1secret1",
}


async def credential(device: Device, room: str) -> dict[str, Any]:
    found = (await device.call("rtc/credential", {"roomId": room})).data
    assert isinstance(found, dict)
    return found


async def test_nothing_set_up_is_a_mesh_without_servers(world: World) -> None:
    host, guest = await world.service.sign_up(), await world.service.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    earliest = wire_time(world.service.clock.now() + LIFE)
    found = await credential(host, room)
    latest = wire_time(world.service.clock.now() + LIFE)
    assert found == {**found, "provider": "mesh", "role": "anchor", "mesh": {"iceServers": []}}
    assert earliest <= found["expire"] <= latest
    assert set(found) == {"provider", "role", "expire", "mesh"}
    assert (await credential(guest, room))["role"] == "audience"


async def test_a_mesh_names_stun_and_a_turn_of_the_members_own(tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "ice_servers": "stun:stun.example.com:3478",
        "turn_urls": "turn:turn.example.com:3478,turns:turn.example.com:5349?transport=tcp",
        "turn_secret": "north",
    }
    async with serving(tmp_path, **settings) as service:
        host = await service.sign_up()
        stun, turn = (await credential(host, await host.go_live()))["mesh"]["iceServers"]
        assert stun == {"urls": ["stun:stun.example.com:3478"]}
        assert turn["urls"][1] == "turns:turn.example.com:5349?transport=tcp"
        assert turn["username"].endswith(f":{host.user}")
        assert turn["credential"]


async def test_each_tenant_has_the_provider_that_it_chose(tmp_path: Path) -> None:
    async with serving(tmp_path, **LIVEKIT) as service:
        found = {}
        for name, rtc in (("meeting", None), ("shop", RtcKind.TRTC), ("party", RtcKind.LIVEKIT)):
            tenant = await service.make_tenant(name, rtc=rtc)
            host = await service.sign_up(app=name)
            found[name] = host, tenant, await credential(host, await host.go_live())
        assert found["meeting"][2]["provider"] == "mesh"
        host, tenant, shop = found["shop"]
        assert (shop["provider"], shop["trtc"]["roomIdKind"]) == ("trtc", "string")
        assert (shop["trtc"]["sdkAppId"], shop["trtc"]["userId"]) == (tenant.sdk_app_id, host.user)
        assert decode(shop["trtc"]["privateMapKey"])["TLS.sdkappid"] == tenant.sdk_app_id
        host, _, party = found["party"]
        claims = jwt.decode(party["livekit"]["token"], LIVEKIT["livekit_secret"], ["HS256"], {"verify_exp": False})
        assert (party["livekit"]["url"], claims["sub"]) == (LIVEKIT["livekit_url"], host.user)


async def test_the_setting_decides_for_tenants_that_chose_none(tmp_path: Path) -> None:
    async with serving(tmp_path, rtc="trtc") as service:
        host = await service.sign_up()
        found = await credential(host, await host.go_live())
        assert (found["trtc"]["sdkAppId"], found["trtc"]["roomIdKind"]) == (SDK_APP_ID, "number")


async def test_a_provider_that_is_not_set_up_is_an_outage_and_not_a_crash(world: World) -> None:
    await world.service.make_tenant("party", rtc=RtcKind.LIVEKIT)
    host = await world.service.sign_up(app="party")
    answer = await host.call("rtc/credential", {"roomId": await host.go_live()})
    assert (answer.code, answer.body["data"]) == (100, {})
    assert "LiveKit" not in answer.text


async def test_a_role_that_changes_changes_the_credential(world: World) -> None:
    await world.service.make_tenant("shop", rtc=RtcKind.TRTC)
    host, singer = await world.service.sign_up(app="shop"), await world.service.sign_up(app="shop")
    room = await host.go_live(category="ktv")
    await singer.enter(room, "audience")
    assert (await credential(singer, room))["role"] == "audience"
    await singer.enter(room, "anchor")
    assert (await credential(singer, room))["role"] == "anchor"


async def seat(host: Device, guest: Device, room: str) -> None:
    """Let a guest have a seat."""
    asked = (await host.call("seats/invite", {"roomId": room, "targetId": guest.user})).data
    assert (await guest.call("seats/accept", {"roomId": room, "requestId": asked["requestId"]})).code == 0


async def test_a_seat_and_its_mutes_change_what_livekit_lets_one_publish(tmp_path: Path) -> None:
    async with serving(tmp_path, rtc="livekit", **LIVEKIT) as service:
        host, guest = await service.sign_up(), await service.sign_up()
        room = await host.go_live()
        await guest.enter(room, "audience")

        async def granted() -> tuple[str, bool, list[str]]:
            found = await credential(guest, room)
            claims = jwt.decode(found["livekit"]["token"], LIVEKIT["livekit_secret"], ["HS256"], {"verify_exp": False})
            video = claims["video"]
            return found["role"], video["canPublish"], video.get("canPublishSources", [])

        assert await granted() == ("audience", False, [])
        await seat(host, guest, room)
        assert await granted() == ("speaker", True, [])
        muted = {"roomId": room, "targetId": guest.user, "audio": True}
        await host.call("seats/mute", muted)
        assert await granted() == ("speaker", True, ["camera", "screen_share"])
        await host.call("seats/mute", {**muted, "video": True})
        assert await granted() == ("speaker", False, [])
        await guest.call("seats/leave", {"roomId": room})
        assert await granted() == ("audience", False, [])


async def test_signals_pass_where_one_of_the_two_may_publish(world: World) -> None:
    host, one, two = [await world.service.sign_up() for _ in range(3)]
    room = await host.go_live()
    for guest in (one, two):
        await guest.enter(room, "audience")

    async def signal(sender: Device, to: Device) -> int:
        said = {"roomId": room, "to": to.user, "payload": {"sdp": "v=0"}}
        return (await sender.call("rtc/signal", said)).code

    assert await signal(one, host) == await signal(host, two) == 0
    assert await signal(one, two) == 3000, "neither has anything to send"
    await seat(host, two, room)
    assert await signal(one, two) == await signal(two, one) == 0
    await host.call("seats/mute", {"roomId": room, "targetId": two.user, "audio": True, "video": True})
    assert await signal(two, one) == 3000
    await host.call("seats/kick", {"roomId": room, "targetId": two.user})
    assert await signal(one, two) == 3000


async def test_only_members_of_the_room_get_anything(world: World) -> None:
    await world.service.make_tenant("shop")
    host, stranger = await world.service.sign_up(), await world.service.sign_up()
    customer = await world.service.sign_up(app="shop")
    room = await host.go_live()
    for device, asked in ((stranger, room), (customer, room), (host, "7001")):
        assert (await device.call("rtc/credential", {"roomId": asked})).code == 3007
    signal = {"roomId": room, "payload": "hello"}
    assert (await stranger.call("rtc/signal", {**signal, "to": host.user})).code == 3007
    assert (await customer.call("rtc/signal", {**signal, "to": host.user})).code == 3007
    assert (await host.call("rtc/signal", {**signal, "to": customer.user})).code == 206


async def test_a_signal_to_somebody_who_is_not_connected_is_lost_and_no_failure(world: World) -> None:
    host, guest = await world.service.sign_up(), await world.service.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    assert (await guest.call("rtc/signal", {"roomId": room, "to": host.user, "payload": {"sdp": "v=0"}})).code == 0


async def test_signals_of_one_user_are_limited(world: World) -> None:
    host, other = await world.make_actor(), await world.make_actor()
    room, elsewhere = await world.go_live(host), await world.go_live(other)
    for _ in range(SIGNALS):
        await _hum(world, host, room)
    with pytest.raises(RateLimited):
        await _hum(world, host, room)
    await _hum(world, other, elsewhere)
    world.pass_by(11)
    await _hum(world, host, room)


async def _hum(world: World, actor: Actor, room: RoomId) -> None:
    await world.core.services.media.rtc.signal(actor, room, actor.user, b'"hum"')
