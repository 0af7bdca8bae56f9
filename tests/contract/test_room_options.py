"""Options of rooms over HTTP: who comes in, passwords, invitations; who may set them, and what is refused."""

import asyncio
from typing import Any

import pytest

from tests.contract.conftest import EMBEDDED, SERVICES
from tests.service import Device, Form, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, SERVICES], indirect=True, scope="module")

DEFAULTS = {
    "access": "public",
    "hasPassword": False,
    "seats": 8,
    "seatMode": "apply",
    "slowMode": 0,
    "muted": False,
    "startUtc": "",
    "endUtc": "",
    "pinned": None,
    "gifts": True,
    "openBattles": False,
    "followersChat": False,
    "followersSeats": False,
    "recorded": False,
    "liveCover": False,
}
OWNERS: list[dict[str, Any]] = [{"access": "private"}, {"password": "x"}, {"minutes": 5}, {"gifts": False}]
OWNERS += [{"liveCover": True}]
HOSTS: list[dict[str, Any]] = [{"slowMode": 5}, {"muted": True}, {"followersChat": True}, {"followersSeats": True}, {}]


async def _show(service: Service, **params: Any) -> tuple[Device, Device, str]:
    """Return a host who is live, somebody who is not in the room, and the room."""
    host, other = await service.sign_up(), await service.sign_up()
    return host, other, await host.go_live(**params)


async def _set(device: Device, room: str, **options: Any) -> int:
    return (await device.call("rooms/set_options", {"roomId": room, **options})).code


async def _options(device: Device, room: str) -> dict[str, Any]:
    return dict((await device.call("rooms/options", {"roomId": room})).data)


async def _moderator(service: Service, host: Device, room: str) -> Device:
    device = await service.sign_up()
    assert (await host.call("rooms/set_role", {"roomId": room, "targetId": device.user, "role": "moderator"})).code == 0
    return device


async def test_a_room_begins_with_what_nobody_has_arranged(service: Service) -> None:
    host, guest, room = await _show(service)
    await guest.enter(room, "audience")
    assert await _options(host, room) == await _options(guest, room) == DEFAULTS


async def test_what_is_set_is_answered_and_read_by_everybody_in_the_room(service: Service) -> None:
    host, guest, room = await _show(service)
    await guest.enter(room, "audience")
    given = {"access": "private", "password": "four", "slowMode": 7, "muted": "true", "minutes": 90}
    answer = await host.call("rooms/set_options", {"roomId": room, **given}, Form.FORM)
    link, shown = answer.data["linkKey"], {name: value for name, value in answer.data.items() if name != "linkKey"}
    assert shown == {**DEFAULTS, "access": "private", "hasPassword": True, "slowMode": 7, "muted": True} | {
        "endUtc": answer.data["endUtc"]
    }
    assert await _options(guest, room) == shown, "the link is for those who may invite"
    again = await host.call("rooms/set_options", {"roomId": room, "password": "", "muted": 0, "minutes": 0})
    assert again.data == {**DEFAULTS, "access": "private", "slowMode": 7, "linkKey": link}
    assert "four" not in answer.text


async def test_an_absent_field_stays_as_it_is_and_twice_is_once(service: Service) -> None:
    host, _, room = await _show(service)
    for _ in range(2):
        assert await _set(host, room, slowMode=9) == 0
    assert await _set(host, room, muted=True) == 0
    assert await _options(host, room) == {**DEFAULTS, "slowMode": 9, "muted": True}


@pytest.mark.parametrize(
    "wrong",
    [
        {"access": "secret"},
        {"access": "PUBLIC"},
        {"password": "x" * 33},
        {"slowMode": 3601},
        {"slowMode": -1},
        {"slowMode": "soon"},
        {"muted": "perhaps"},
        {"minutes": 43_201},
        {"minutes": 1.5},
        {"roomId": ""},
        {"password": ["a"]},
    ],
)
async def test_what_no_option_can_be_is_refused_and_changes_nothing(wrong: dict[str, Any], service: Service) -> None:
    host, _, room = await _show(service)
    assert await _set(host, **{"room": room, "slowMode": 3, **wrong}) == 2000
    assert await _options(host, room) == DEFAULTS


@pytest.mark.parametrize("options", [*OWNERS, *HOSTS], ids=str)
async def test_owners_admins_and_moderators_set_what_is_theirs(options: dict[str, Any], service: Service) -> None:
    host, admin, room = await _show(service)
    await service.name_admin(admin)
    moderator, guest, stranger = await _moderator(service, host, room), await service.sign_up(), await service.sign_up()
    await guest.enter(room, "audience")
    assert [await _set(device, room, **options) for device in (host, admin)] == [0, 0]
    assert await _set(moderator, room, **options) == (3000 if options in OWNERS else 0)
    missing = 2004 if options.get("access") == "private" else 3000
    assert [await _set(device, room, **options) for device in (guest, stranger)] == [3000, missing]


async def test_an_anchor_who_hosts_with_the_owner_sets_nothing(service: Service) -> None:
    _, anchor, room = await _show(service, category="voiceRoom")
    assert (await anchor.enter(room, "anchor")).data["role"] == "anchor"
    assert [await _set(anchor, room, **options) for options in (*OWNERS, *HOSTS)] == [3000] * 10


async def test_options_are_read_by_members_the_owner_and_admins(service: Service) -> None:
    host, other, room = await _show(service)
    assert (await other.call("rooms/options", {"roomId": room})).code == 3007
    await service.name_admin(other)
    assert (await other.call("rooms/options", {"roomId": room})).code == 0
    guest = await service.sign_up()
    await guest.enter(room, "audience")
    await host.leave(room)
    assert (await host.call("rooms/options", {"roomId": room})).code == 0, "the owner, who is out for a moment"
    assert (await guest.call("rooms/options", {"roomId": "2147480000"})).code == 2004
    assert (await guest.call("rooms/options", {})).code == 2002


async def test_nothing_is_set_or_read_after_the_room_has_closed_and_the_next_broadcast_begins_anew(
    service: Service,
) -> None:
    host, guest, room = await _show(service)
    await _set(host, room, access="private", password="x", slowMode=4, muted=True, minutes=10)
    await host.call("rooms/destroy_room", {"roomId": room})
    assert await _set(host, room, slowMode=5) == 2004
    for path in ("rooms/options", "rooms/invite", "rooms/uninvite"):
        assert (await host.call(path, {"roomId": room, "targetId": guest.user})).code == 2004
    await host.go_live()
    assert await _options(host, room) == DEFAULTS


async def test_two_who_set_at_once_both_set_what_they_set(service: Service) -> None:
    host, _, room = await _show(service)
    moderator = await _moderator(service, host, room)
    calls = [_set(host, room, access="private"), _set(moderator, room, slowMode=5), _set(host, room, muted=True)]
    assert await asyncio.gather(*calls) == [0, 0, 0]
    found = await _options(host, room)
    assert found == {**DEFAULTS, "access": "private", "slowMode": 5, "muted": True, "linkKey": found["linkKey"]}


async def test_a_room_of_another_tenant_is_not_there(service: Service) -> None:
    await service.make_tenant("options")
    _, guest, room = await _show(service)
    foreign = await service.sign_up(app="options")
    await service.name_admin(foreign)
    assert await _set(foreign, room, muted=True) == 2004
    for path in ("rooms/options", "rooms/invite", "rooms/uninvite"):
        assert (await foreign.call(path, {"roomId": room, "targetId": guest.user})).code == 2004


# --- who sees the room ----------------------------------------------------------------------------------


@pytest.mark.parametrize("access", ["private", "invited"])
async def test_a_room_that_is_not_public_is_on_no_list_and_returns_to_it(access: str, service: Service) -> None:
    host, other, room = await _show(service, category=f"hidden-{access}")
    category = f"hidden-{access}"
    assert [one["roomId"] for one in await other.query(category=category)] == [room]
    await _set(host, room, access=access)
    assert await other.query(category=category) == await other.query(roomIds=[room]) == []
    assert (await host.detail(room)).data["status"] == 0
    assert (await other.detail(room)).code == 2004, "knowing its id is not enough"
    backend = await service.make_key()
    seen = (await backend.call("admin/get_room", {"roomId": room})).data
    assert seen["barred"] is False, "the operator has not barred it"
    await backend.call("admin/bar_room", {"roomId": room})
    await _set(host, room, access="public")
    assert await other.query(category=category) == [], "the owner cannot lift the operator's bar"
    assert (await backend.call("admin/unbar_room", {"roomId": room})).data["barred"] is False
    assert [one["roomId"] for one in await other.query(category=category)] == [room]


# --- invitations ----------------------------------------------------------------------------------


async def test_only_who_was_invited_comes_into_an_invitation_room(service: Service) -> None:
    host, guest, room = await _show(service)
    present = await service.sign_up()
    await present.enter(room, "audience")
    await _set(host, room, access="invited")
    assert (await guest.enter(room, "audience")).code == 2004
    assert (await present.enter(room, "audience")).code == 0, "whoever is in stays in"
    for _ in range(2):
        assert (await host.call("rooms/invite", {"roomId": room, "targetId": guest.user})).code == 0
    assert (await guest.enter(room, "audience")).code == 0
    for _ in range(2):
        assert (await host.call("rooms/uninvite", {"roomId": room, "targetId": guest.user})).code == 0
    assert (await guest.detail(room)).data["nnUsers"] == 3, "nobody is put out"
    trail = (await host.call("moderation/audit", {"roomId": room})).data
    assert [row["action"] for row in trail[:2]] == ["base/v1/rooms/uninvite", "base/v1/rooms/invite"]
    await guest.leave(room)
    assert (await guest.enter(room, "audience")).code == 2004


async def test_the_owner_whom_they_have_appointed_and_admins_need_no_invitation_and_no_password(
    service: Service,
) -> None:
    host, admin, room = await _show(service)
    await service.name_admin(admin)
    moderator = await _moderator(service, host, room)
    await _set(host, room, access="invited", password="secret")
    await host.leave(room)
    for device in (moderator, admin, host):
        assert (await device.enter(room, "" if device is host else "audience")).code == 0


@pytest.mark.parametrize("path", ["rooms/invite", "rooms/uninvite"])
async def test_hosts_moderators_and_admins_invite(path: str, service: Service) -> None:
    host, admin, room = await _show(service, category="voiceRoom")
    await service.name_admin(admin)
    moderator, anchor = await _moderator(service, host, room), await service.sign_up()
    await anchor.enter(room, "anchor")
    await host.call("rooms/set_role", {"roomId": room, "targetId": anchor.user, "role": "anchor"})
    guest, target = await service.sign_up(), await service.sign_up()
    await guest.enter(room, "audience")
    params = {"roomId": room, "targetId": target.user}
    assert [(await device.call(path, params)).code for device in (host, admin, moderator, anchor)] == [0, 0, 0, 0]
    assert [(await device.call(path, params)).code for device in (guest, target)] == [3000, 3000]
    assert (await host.call(path, {"roomId": room, "targetId": "2147480000"})).code == 206
    assert (await host.call(path, {"roomId": room})).code == 2002


async def test_an_invitation_is_of_the_room_and_counts_in_its_next_broadcast(service: Service) -> None:
    host, guest, room = await _show(service)
    await host.call("rooms/invite", {"roomId": room, "targetId": guest.user})
    await host.call("rooms/destroy_room", {"roomId": room})
    await host.go_live()
    await _set(host, room, access="invited")
    assert (await guest.enter(room, "audience")).code == 0


async def test_who_is_banned_is_not_invited_before_they_are_unbanned(service: Service) -> None:
    host, guest, room = await _show(service)
    await host.call("moderation/ban", {"roomId": room, "targetId": guest.user})
    refused = await host.call("rooms/invite", {"roomId": room, "targetId": guest.user})
    assert (refused.code, refused.body["errorMessage"]) == (
        3000,
        "that user is banned from this room: lift the ban first",
    )
    assert (await guest.enter(room, "audience")).code == 3002
    await host.call("moderation/unban", {"roomId": room, "targetId": guest.user})
    assert (await host.call("rooms/invite", {"roomId": room, "targetId": guest.user})).code == 0


async def test_nobody_invites_without_end(service: Service) -> None:
    host, guest, room = await _show(service)
    params = {"roomId": room, "targetId": guest.user}
    codes = [(await host.call("rooms/invite", params)).code for _ in range(101)]
    assert codes == [0] * 100 + [3004]
    service.clock.advance(601)
    assert (await host.call("rooms/invite", params)).code == 0


# --- passwords ----------------------------------------------------------------------------------


async def test_a_room_with_a_password_lets_in_who_knows_it(service: Service) -> None:
    host, guest, room = await _show(service)
    await _set(host, room, password="芝麻 é")
    codes = [(await guest.enter(room, "audience", password=wrong)).code for wrong in ("", "芝麻", "芝麻 E")]
    assert codes == [3015, 3006, 3006]
    assert (await guest.enter(room, "audience", password="芝麻 e\u0301")).code == 0, "the same text, composed or not"
    assert (await guest.enter(room, "audience")).code == 0, "whoever is in is not asked again"
    assert (await guest.enter(room, "audience", password="x" * 33)).code == 2000
    await _set(host, room, password="")
    other = await service.sign_up()
    assert (await other.enter(room, "audience")).code == 0


async def test_a_changed_password_is_the_one_that_counts(service: Service) -> None:
    host, guest, room = await _show(service)
    await _set(host, room, password="old")
    await _set(host, room, password="new")
    assert (await guest.enter(room, "audience", password="old")).code == 3006
    assert (await guest.enter(room, "audience", password="new")).code == 0


async def test_two_rooms_with_one_password_do_not_show_that(service: Service) -> None:
    rooms = []
    for _ in range(2):
        host, _, room = await _show(service)
        await _set(host, room, password="same")
        rooms.append(await service.core.db.rooms.get(room))  # type: ignore[arg-type]
    kept = {room.options.password for room in rooms if room is not None}
    assert len(kept) == 2
    assert not any("same" in text for text in kept)


async def test_wrong_passwords_are_limited_for_each_user_and_room(service: Service) -> None:
    host, guest, room = await _show(service)
    await _set(host, room, password="right")
    for _ in range(20):
        assert (await guest.enter(room, "audience")).code == 3015, "who gives none does not guess"
    codes = [(await guest.enter(room, "audience", password=f"guess {number}")).code for number in range(11)]
    assert codes == [3006] * 10 + [3004]
    assert (await guest.enter(room, "audience", password="right")).code == 3004
    other, (host2, _, room2) = await service.sign_up(), await _show(service)
    assert (await other.enter(room, "audience", password="right")).code == 0
    await _set(host2, room2, password="right")
    assert (await guest.enter(room2, "audience", password="right")).code == 0
    service.clock.advance(601)
    assert (await guest.enter(room, "audience", password="right")).code == 0


async def test_guesses_at_once_are_worth_no_more_than_one_after_the_other(service: Service) -> None:
    host, guest, room = await _show(service)
    await _set(host, room, password="7")
    tries = [guest.enter(room, "audience", password=str(number)) for number in range(100, 140)]
    codes = [answer.code for answer in await asyncio.gather(*tries)]
    assert (codes.count(3006), codes.count(3004)) == (10, 30)


async def test_right_passwords_are_not_counted_however_often_they_are_given(service: Service) -> None:
    host, guest, room = await _show(service)
    await _set(host, room, password="right")
    for _ in range(15):
        assert (await guest.enter(room, "audience", password="right")).code == 0
        await guest.leave(room)
    assert (await guest.enter(room, "audience", password="wrong")).code == 3006
