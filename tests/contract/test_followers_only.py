"""Rooms in which only followers of the host write, or come to a seat: who may all the same, and from when on."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.contract.conftest import CLUSTER, EMBEDDED
from tests.contract.test_blocks import block
from tests.contract.test_follow import follow, people
from tests.service import Answer, Device, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, CLUSTER], indirect=True, scope="module")
FOLLOW_FIRST = 3019


async def show(service: Service, guests: int, **options: Any) -> tuple[Device, Sequence[Device], str]:
    """Return a host who is live, people who watch, and the room with these options."""
    host, *watching = await people(service, guests + 1)
    room = await host.go_live()
    for guest in watching:
        assert (await guest.enter(room, "audience")).code == 0
    assert (await host.call("rooms/set_options", {"roomId": room, **options})).code == 0
    return host, watching, room


async def say(device: Device, room: str, **params: Any) -> Answer:
    return await device.call("messages/send", {"roomId": room, "text": "hello", **params})


async def seat(device: Device, room: str, method: str = "take", **params: Any) -> Answer:
    return await device.call(f"seats/{method}", {"roomId": room, **params})


async def configure(host: Device, room: str, mode: str) -> None:
    assert (await seat(host, room, "configure", mode=mode)).code == 0


# --- chat -----------------------------------------------------------------------------------------


async def test_who_does_not_follow_the_host_is_told_to_and_writes_once_they_do(service: Service) -> None:
    host, (fan, guest), room = await show(service, 2, followersChat=True)
    await follow(fan, host.user)
    refused = await say(guest, room)
    assert (refused.code, refused.body["codeStr"]) == (FOLLOW_FIRST, "FollowersOnly")
    assert "follow the host to speak" in refused.body["errorMessage"]
    assert (await say(fan, room)).code == (await say(host, room)).code == 0
    await follow(guest, host.user)
    assert (await say(guest, room)).code == 0
    shown = (await host.call("messages/history", {"roomId": room})).data
    assert [one["userId"] for one in shown] == [guest.user, host.user, fan.user]


async def test_an_unfollow_counts_for_the_next_message_and_so_does_turning_it_off(service: Service) -> None:
    host, (fan,), room = await show(service, 1, followersChat=True)
    await follow(fan, host.user)
    assert (await say(fan, room)).code == 0
    await follow(fan, host.user, "remove")
    assert (await say(fan, room)).code == FOLLOW_FIRST
    await host.call("rooms/set_options", {"roomId": room, "followersChat": False})
    assert (await say(fan, room)).code == 0


async def test_that_the_host_follows_them_makes_nobody_a_follower(service: Service) -> None:
    host, (guest,), room = await show(service, 1, followersChat=True)
    await follow(host, guest.user)
    assert (await say(guest, room)).code == FOLLOW_FIRST


async def test_moderators_admins_and_who_has_a_seat_write_without_following(service: Service) -> None:
    host, (admin, sitter, guest), room = await show(service, 3, followersChat=True)
    moderator = await service.moderator(host, room)
    await service.name_admin(admin)
    await configure(host, room, "free")
    assert (await seat(sitter, room)).code == 0
    assert [(await say(device, room)).code for device in (moderator, admin, sitter)] == [0, 0, 0]
    assert (await seat(sitter, room, "leave")).code == 0
    assert [(await say(device, room)).code for device in (sitter, guest)] == [FOLLOW_FIRST] * 2


async def test_a_message_that_is_sent_again_after_an_unfollow_is_the_one_that_was_said(service: Service) -> None:
    host, (fan,), room = await show(service, 1, followersChat=True)
    await follow(fan, host.user)
    first = await say(fan, room, key="once")
    await follow(fan, host.user, "remove")
    assert (await say(fan, room, key="once")).data == first.data
    assert (await say(fan, room, key="another")).code == FOLLOW_FIRST


async def test_a_mute_goes_before_and_a_follow_does_not_lift_it(service: Service) -> None:
    host, (fan,), room = await show(service, 1, followersChat=True, muted=True)
    assert (await say(fan, room)).code == 3003
    await follow(fan, host.user)
    assert (await say(fan, room)).code == 3003


async def test_whom_the_room_is_handed_to_is_whom_to_follow(service: Service) -> None:
    host, (heir, fan), room = await show(service, 2, followersChat=True)
    await follow(fan, host.user)
    assert (await say(fan, room)).code == 0
    assert (await host.call("rooms/transfer_owner", {"roomId": room, "targetId": heir.user})).code == 0
    assert (await say(fan, room)).code == FOLLOW_FIRST
    await follow(fan, heir.user)
    assert (await say(fan, room)).code == (await say(heir, room)).code == 0


async def test_a_block_ends_the_follow_also_after_it_is_lifted(service: Service) -> None:
    host, (fan,), room = await show(service, 1, followersChat=True, followersSeats=True)
    await follow(fan, host.user)
    await block(host, fan.user)
    await block(host, fan.user, "remove")
    assert (await fan.enter(room, "audience")).code == 0
    assert (await say(fan, room)).code == (await seat(fan, room, "apply")).code == FOLLOW_FIRST


# --- seats ----------------------------------------------------------------------------------------


async def test_where_seats_are_for_followers_the_others_take_none_and_apply_for_none(service: Service) -> None:
    host, (fan, guest), room = await show(service, 2, followersSeats=True)
    await follow(fan, host.user)
    refused = await seat(guest, room, "apply")
    assert refused.code == FOLLOW_FIRST
    assert "follow the host" in refused.body["errorMessage"]
    assert (await seat(fan, room, "apply")).code == 0
    await configure(host, room, "free")
    assert [(await seat(device, room)).code for device in (guest, fan)] == [FOLLOW_FIRST, 0]
    assert (await say(guest, room)).code == 0, "chat has an option of its own"


async def test_who_sits_may_change_the_seat_and_loses_it_by_no_unfollow(service: Service) -> None:
    host, (fan,), room = await show(service, 1, followersSeats=True)
    await configure(host, room, "free")
    await follow(fan, host.user)
    assert (await seat(fan, room, seat=2)).code == 0
    await follow(fan, host.user, "remove")
    assert (await seat(fan, room, "move", seat=3)).data["userId"] == fan.user
    assert (await seat(fan, room, "leave")).code == 0
    assert (await seat(fan, room)).code == FOLLOW_FIRST


async def test_the_host_moderators_admins_and_whom_a_host_invites_come_to_a_seat(service: Service) -> None:
    host, (admin, guest), room = await show(service, 2, followersSeats=True)
    moderator = await service.moderator(host, room)
    await service.name_admin(admin)
    assert [(await seat(device, room)).code for device in (host, moderator, admin)] == [0, 0, 0]
    asked = (await seat(host, room, "invite", targetId=guest.user)).data
    assert (await seat(guest, room, "accept", requestId=asked["requestId"])).data["userId"] == guest.user
