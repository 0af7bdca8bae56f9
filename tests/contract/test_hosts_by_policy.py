"""Hosts whom nobody has appointed: where the category lets anybody host, that is a label, a seat and media, no more."""

from typing import Any

import pytest

from tests.contract.conftest import CLUSTER, EMBEDDED
from tests.contract.scene import Stage, set_stage
from tests.contract.shows import apply, say, sit
from tests.service import Device, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, CLUSTER], indirect=True, scope="module")


async def voice_room(service: Service) -> tuple[Stage, Device]:
    """Return a voice room whose guest has a seat, and a stranger who has come as anchor."""
    stage = await set_stage(service)
    host, stranger = await service.sign_up(), await service.sign_up()
    room = await host.go_live(category="voiceRoom")
    stage = Stage(service, host, stage.guest, room, stage.report)
    await stage.guest.enter(room, "audience")
    await sit(stage, stage.guest)
    assert (await stranger.enter(room, "anchor")).data["role"] == "anchor"
    return stage, stranger


async def test_a_stranger_who_comes_as_anchor_has_no_authority_over_others(service: Service) -> None:
    stage, stranger = await voice_room(service)
    watcher = await service.sign_up()
    await watcher.enter(stage.room, "audience")
    guest, request = stage.guest.user, await apply(stage, watcher)
    refused: list[tuple[str, dict[str, Any]]] = [
        ("seats/mute", {"targetId": guest, "audio": "true"}),
        ("seats/kick", {"targetId": guest}),
        ("seats/move", {"targetId": guest, "seat": "3"}),
        ("seats/lock", {"seat": "1", "locked": "true"}),
        ("seats/invite", {"targetId": watcher.user}),
        ("seats/approve", {"requestId": request}),
        ("seats/refuse", {"requestId": request}),
        ("rooms/invite", {"targetId": watcher.user}),
        ("messages/send", {"text": "hear me", "priority": "high"}),
        ("moderation/kick", {"targetId": guest}),
    ]
    codes = {path: (await stranger.call(path, {"roomId": stage.room, **given})).code for path, given in refused}
    assert codes == dict.fromkeys(codes, 3000)


async def test_they_have_their_own_seat_and_publish(service: Service) -> None:
    stage, stranger = await voice_room(service)
    credential = await stranger.call("rtc/credential", {"roomId": stage.room})
    assert (credential.code, credential.data["role"]) == (0, "anchor")
    taken = await stranger.call("seats/take", {"roomId": stage.room})
    assert (taken.code, taken.data["seat"]) == (0, 2), "whatever the mode"
    assert (await stranger.call("seats/move", {"roomId": stage.room, "seat": 4})).code == 0
    assert (await stranger.call("seats/mute", {"roomId": stage.room, "audio": "true"})).code == 0


async def test_slow_mode_and_a_muted_room_hold_for_them_too(service: Service) -> None:
    stage, stranger = await voice_room(service)
    await stage.host.call("rooms/set_options", {"roomId": stage.room, "muted": "true"})
    assert (await stranger.call("messages/send", {"roomId": stage.room, "text": "hi"})).code == 3003
    await stage.host.call("rooms/set_options", {"roomId": stage.room, "muted": "false", "slowMode": 60})
    await say(stage, stranger)
    assert (await stranger.call("messages/send", {"roomId": stage.room, "text": "hi"})).code == 3004


async def test_whom_the_owner_appoints_has_authority_over_them_and_not_over_the_appointed(service: Service) -> None:
    stage, stranger = await voice_room(service)
    anchor, other = await service.sign_up(), await service.sign_up()
    for one in (anchor, other):
        await one.enter(stage.room, "anchor")
        appointed = {"roomId": stage.room, "targetId": one.user, "role": "anchor"}
        assert (await stage.host.call("rooms/set_role", appointed)).code == 0
        await one.call("seats/take", {"roomId": stage.room})
    await stranger.call("seats/take", {"roomId": stage.room})
    over = {"roomId": stage.room, "targetId": stranger.user}
    assert (await anchor.call("seats/mute", {**over, "audio": "true"})).code == 0
    assert (await anchor.call("seats/kick", over)).code == 0
    assert (await anchor.call("seats/kick", {**over, "targetId": other.user})).code == 3000
    high = {"roomId": stage.room, "text": "welcome", "priority": "high"}
    assert (await anchor.call("messages/send", high)).code == 0
    await stage.host.call("rooms/set_role", {**over, "targetId": anchor.user, "role": "audience"})
    assert (await anchor.enter(stage.room, "anchor")).data["role"] == "anchor", "by the category, as anybody"
    assert (await anchor.call("messages/send", high)).code == 3000


async def test_a_moderator_puts_out_a_host_whom_nobody_appointed(service: Service) -> None:
    stage, stranger = await voice_room(service)
    moderator = await stage.moderator()
    kicked = {"roomId": stage.room, "targetId": stranger.user}
    assert (await moderator.call("moderation/kick", kicked)).code == 0
