"""The pinned message over HTTP: who pins what, who sees it, and how it ends."""

import asyncio
from typing import Any

from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Device, Service

DENIED = 3000
NONE = 3011


async def _said(device: Device, stage: Stage, text: str = "rules", **params: Any) -> str:
    said = await device.call("messages/send", {"roomId": stage.room, "text": text, **params})
    return str(said.data["messageId"])


async def _pin(device: Device, stage: Stage, message: str) -> Answer:
    return await device.call("messages/pin", {"roomId": stage.room, "messageId": message})


async def _unpin(device: Device, stage: Stage) -> int:
    return (await device.call("messages/unpin", {"roomId": stage.room})).code


async def _pinned(device: Device, stage: Stage) -> Any:
    return (await device.call("rooms/options", {"roomId": stage.room})).data["pinned"]


async def test_a_pinned_message_is_in_the_options_and_in_the_state_of_the_room(service: Service) -> None:
    stage = await set_stage(service)
    await stage.guest.call("auth_users/user_update", {"name": "小红 🎤"})
    message = await _said(stage.guest, stage, '规则 😀\n"二"')
    assert await _pinned(stage.guest, stage) is None
    pinned = (await _pin(stage.host, stage, message)).data
    assert pinned == {
        "messageId": message,
        "userId": stage.guest.user,
        "name": "小红 🎤",
        "text": '规则 😀\n"二"',
        "by": stage.host.user,
    }
    assert await _pinned(stage.guest, stage) == pinned
    state = (await stage.guest.call("rooms/state", {"roomId": stage.room})).data["state"]
    assert state["options"]["pinned"] == pinned


async def test_another_takes_its_place_and_the_same_again_changes_nothing(service: Service) -> None:
    stage = await set_stage(service)
    first, second = await _said(stage.guest, stage, "first"), await _said(stage.guest, stage, "second")
    await _pin(stage.host, stage, first)
    moderator = await stage.moderator()
    assert (await _pin(moderator, stage, first)).data["by"] == stage.host.user
    assert (await _pin(moderator, stage, second)).data["by"] == moderator.user
    assert (await _pinned(stage.guest, stage))["text"] == "second"
    assert [await _unpin(stage.host, stage) for _ in range(2)] == [0, 0]
    assert await _pinned(stage.guest, stage) is None


async def test_hosts_moderators_and_admins_pin_and_nobody_else(service: Service) -> None:
    stage = await set_stage(service)
    message = await _said(stage.guest, stage)
    for who in (stage.guest, await service.sign_up()):
        assert ((await _pin(who, stage, message)).code, await _unpin(who, stage)) == (DENIED, DENIED)
    anchor = await service.sign_up()
    await stage.host.call("rooms/set_role", {"roomId": stage.room, "targetId": anchor.user, "role": "anchor"})
    await anchor.enter(stage.room, "anchor")
    await service.name_admin(admin := await service.sign_up())
    for who in (stage.host, anchor, await stage.moderator(), admin):
        assert ((await _pin(who, stage, message)).code, await _unpin(who, stage)) == (0, 0)


async def test_what_cannot_be_pinned_has_its_code(service: Service) -> None:
    stage, other = await set_stage(service), await set_stage(service)
    assert (await _pin(stage.host, stage, await _said(stage.guest, stage, "", data={"gift": 1}))).code == 2002
    gone = await _said(stage.guest, stage)
    await stage.guest.call("messages/recall", {"roomId": stage.room, "messageId": gone})
    for message in (gone, await _said(other.host, other), "1", "x"):
        assert (await _pin(stage.host, stage, message)).code == NONE, message
    assert await _pinned(stage.host, stage) is None


async def test_a_pinned_message_that_is_recalled_is_unpinned(service: Service) -> None:
    stage = await set_stage(service)
    message = await _said(stage.guest, stage)
    await _pin(stage.host, stage, message)
    other = await _said(stage.guest, stage, "another")
    recall = {"roomId": stage.room, "messageId": other}
    await stage.guest.call("messages/recall", recall)
    assert (await _pinned(stage.guest, stage))["messageId"] == message
    await stage.guest.call("messages/recall", {**recall, "messageId": message})
    assert await _pinned(stage.guest, stage) is None


async def test_of_a_pin_and_a_recall_at_once_nothing_stays_pinned(service: Service) -> None:
    stage = await set_stage(service)
    for _ in range(5):
        service.clock.advance(10)
        message = await _said(stage.guest, stage)
        recall = stage.guest.call("messages/recall", {"roomId": stage.room, "messageId": message})
        pinned, recalled = await asyncio.gather(_pin(stage.host, stage, message), recall)
        assert (pinned.code in (0, NONE), recalled.code) == (True, 0)
        assert await _pinned(stage.guest, stage) is None


async def test_it_stays_when_other_options_change_and_ends_with_the_broadcast(service: Service) -> None:
    stage = await set_stage(service)
    message = await _said(stage.host, stage)
    await _pin(stage.host, stage, message)
    await stage.host.call("rooms/set_options", {"roomId": stage.room, "slowMode": 5})
    await stage.host.call("rooms/update_room", {"roomId": stage.room, "title": "another"})
    assert (await _pinned(stage.guest, stage))["messageId"] == message
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    assert (await _pin(stage.host, stage, message)).code == 2004
    await stage.host.go_live(stage.room)
    assert await _pinned(stage.host, stage) is None


async def test_what_a_deleted_user_said_is_pinned_no_longer(service: Service) -> None:
    stage = await set_stage(service)
    await _pin(stage.host, stage, await _said(stage.guest, stage))
    await service.core.jobs.backlog.write_all()
    await stage.guest.call("auth_users/user_delete")
    await service.core.jobs.deleted_users.erase()
    assert await _pinned(stage.host, stage) is None
