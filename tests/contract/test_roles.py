"""Roles decide, not requests: who may host, change and close a room."""

import pytest

from tests.contract.conftest import Serving
from tests.service import Device, Service

ANYBODY = [None, "", "audience", "guest", "teacher", "admin", "root", "owner ", "主播"]
HOSTING = ["anchor", "owner", "ANCHOR"]
SHOW, VOICE = "mlvb-show-live", "voiceRoom"

GRANTED: list[tuple[str, str | None, str, str]] = [
    *[("owner", role, category, "anchor") for role in (None, "", "anchor", "ANCHOR") for category in (SHOW, VOICE)],
    *[("owner", "owner", category, "owner") for category in (SHOW, VOICE)],
    *[("owner", role, category, "audience") for role in ("audience", "guest") for category in (SHOW, VOICE)],
    *[("admin", role, category, "anchor") for role in HOSTING for category in (SHOW, VOICE)],
    *[("admin", role, category, "audience") for role in ANYBODY for category in (SHOW, VOICE)],
    *[("guest", role, SHOW, "audience") for role in (*ANYBODY, *HOSTING)],
    *[("guest", role, VOICE, "anchor") for role in HOSTING],
    *[("guest", role, VOICE, "audience") for role in ANYBODY],
]
"""Who asks, for which role, in which category, and what they get."""


async def _host_and(service: Service, who: str, category: str) -> tuple[Device, Device, str]:
    host = await service.sign_up()
    room = await host.go_live(category=category)
    caller = host if who == "owner" else await service.sign_up()
    if who == "admin":
        await service.name_admin(caller)
    return host, caller, room


async def _role_in_list(device: Device, room: str) -> str:
    members = (await device.call("rooms/list_users", {"roomId": room})).data
    return str(next(member["role"] for member in members if member["userId"] == device.user))


@pytest.mark.parametrize(("who", "asked", "category", "granted"), GRANTED)
async def test_a_caller_gets_the_role_that_is_theirs(
    who: str, asked: str | None, category: str, granted: str, service: Service
) -> None:
    _, caller, room = await _host_and(service, who, category)
    await caller.leave(room)
    answer = await caller.call("rooms/enter_room", {"roomId": room, "role": asked})
    assert answer.code == 0, answer.text
    assert answer.data["role"] == granted
    assert await _role_in_list(caller, room) == granted


async def test_a_setting_keeps_strangers_from_hosting_in_any_category(embedded: Serving) -> None:
    async with embedded(anchor_anyone=False) as service:
        _, guest, room = await _host_and(service, "guest", VOICE)
        assert (await guest.enter(room, "anchor")).data["role"] == "audience"


@pytest.mark.parametrize("category", [SHOW, VOICE])
async def test_nobody_raises_their_role_by_entering_again(category: str, service: Service) -> None:
    _, guest, room = await _host_and(service, "guest", category)
    await guest.enter(room, "audience")
    again = await guest.enter(room, "owner", category=VOICE)
    assert again.data["role"] == ("anchor" if category == VOICE else "audience")
    assert again.data["category"] == category, "an enter changes nothing of a room that is live"
    assert (await guest.detail(room)).data["ownBy"] != guest.user


async def test_an_update_changes_nobodys_role(service: Service) -> None:
    host, guest, room = await _host_and(service, "guest", SHOW)
    await guest.enter(room, "audience")
    assert (await host.call("rooms/update_room", {"roomId": room, "role": "audience", "title": "t"})).code == 0
    assert await _role_in_list(host, room) == "anchor"
    await guest.call("rooms/update_room", {"roomId": room, "role": "anchor"})
    assert await _role_in_list(guest, room) == "audience"


@pytest.mark.parametrize(("who", "code"), [("owner", 0), ("admin", 0), ("guest", 3000), ("anchor", 3000)])
@pytest.mark.parametrize("inside", [True, False], ids=["inside", "outside"])
async def test_only_owner_and_admins_change_and_close_a_room(
    who: str, code: int, inside: bool, service: Service
) -> None:
    host, caller, room = await _host_and(service, who, VOICE if who == "anchor" else SHOW)
    if inside:
        await caller.enter(room, "anchor" if who == "anchor" else "")
    changed = await caller.call("rooms/update_room", {"roomId": room, "title": "changed", "ownBy": caller.user})
    assert changed.code == code
    seen = (await host.detail(room)).data
    assert (seen["title"] == "changed") is (code == 0)
    assert seen["ownBy"] == host.user
    assert (await caller.call("rooms/destroy_room", {"roomId": room})).code == code
    assert (await host.detail(room)).code == (2004 if code == 0 else 0)


async def test_an_admin_of_one_tenant_is_nobody_in_another(service: Service) -> None:
    await service.make_tenant("elsewhere")
    host, admin = await service.sign_up(app="elsewhere"), await service.sign_up()
    await service.name_admin(admin)
    room = await host.go_live()
    assert (await admin.call("rooms/update_room", {"roomId": room, "title": "changed"})).code == 2004
    assert (await admin.call("rooms/destroy_room", {"roomId": room})).code == 0, "a room that is not there"
    assert (await host.detail(room)).code == 0
    assert (await admin.call("presence/explain", {"searchUserId": host.user})).code == 206


@pytest.mark.parametrize(("role", "code"), [("anchor", 3000), ("owner", 3000), ("", 2004), ("audience", 2004)])
async def test_nobody_opens_a_room_under_anothers_id(role: str, code: int, service: Service) -> None:
    host, stranger = await service.sign_up(), await service.sign_up()
    reserved = (await host.call("rooms/generate_roomid")).data["roomId"]
    for room in (host.user, reserved):
        assert (await stranger.enter(room, role)).code == code
        assert await host.go_live(room) == room
        await host.call("rooms/destroy_room", {"roomId": room})
        assert (await stranger.enter(room, role)).code == code, "nor when it has been open before"


async def test_a_chosen_id_is_kept_for_whom_it_was_given_to(service: Service) -> None:
    host, stranger = await service.sign_up(), await service.sign_up()
    await host.go_live("7100")
    await host.call("rooms/destroy_room", {"roomId": "7100"})
    assert (await stranger.enter("7100", "anchor")).code == 3000
    await host.go_live("7100")


async def test_presence_is_explained_to_admins_alone(service: Service) -> None:
    user, admin = await service.sign_up(), await service.sign_up()
    await service.name_admin(admin)
    assert (await user.call("presence/explain", {"searchUserId": user.user})).code == 3000
    (source,) = (await admin.call("presence/explain", {"searchUserId": user.user})).data
    assert source["alive"] is True
