"""Rooms that keep to themselves: who sees them and who is in them, at every door, and what others are answered."""

from typing import Any, Final

import pytest

from liveroom.usecases.privacy.visibility import UNKNOWN_OF_USER
from tests.contract.conftest import CLUSTER, EMBEDDED
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Device, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, CLUSTER], indirect=True, scope="module")

NOT_IN, MISSING = 3007, 2004
_NEVER: Final = "2147480000"
CLOSED: Final = ("private", "invited")
ABOUT: Final[dict[str, dict[str, Any]]] = {
    "rooms/room_detail": {},
    "rooms/list_users": {},
    "rooms/state": {},
    "rooms/options": {},
    "rooms/set_options": {"muted": "true"},
    "rooms/update_room": {"title": "mine"},
    "rooms/metadata": {},
    "rooms/list_roles": {},
    "rooms/invite": {},
    "rooms/set_role": {"role": "moderator"},
    "rooms/transfer_owner": {},
    "rooms/like": {},
    "rooms/destroy_room": {},
    "rooms/leave_room": {},
    "seats/list": {},
    "seats/take": {},
    "seats/apply": {},
    "seats/lock": {"seat": "1", "locked": "true"},
    "seats/configure": {"seats": "3"},
    "seats/accept": {"requestId": "r"},
    "seats/cancel": {"requestId": "r"},
    "seats/approve": {"requestId": "r"},
    "messages/send": {"text": "hi"},
    "messages/history": {},
    "messages/recall": {"messageId": "1"},
    "moderation/mute": {},
    "moderation/ban": {},
    "moderation/banned": {},
    "moderation/audit": {},
    "moderation/reports": {},
    "moderation/report": {"reason": "spam"},
    "rtc/credential": {},
    "rtc/signal": {"payload": "{}"},
}
"""Every call about a room, with what it needs beside the room and a user."""


async def arrange(stage: Stage, **options: Any) -> Answer:
    answer = await stage.host.call("rooms/set_options", {"roomId": stage.room, **options})
    assert answer.code == 0, answer.text
    return answer


async def link_of(stage: Stage) -> str:
    return str((await stage.host.call("rooms/options", {"roomId": stage.room})).data.get("linkKey", ""))


async def ask(device: Device, room: str, method: str, target: str) -> int:
    given = {"roomId": room, "targetId": target, "to": target, **ABOUT[method]}
    return (await device.call(method, given)).code


async def listing(device: Device, room: str) -> int:
    return (await device.call("rooms/list_users", {"roomId": room})).code


async def whereabouts(device: Device, whom: Device) -> tuple[bool, str, str]:
    (found,) = (await device.call("presence/query", {"userIds": [whom.user]})).data
    return found["online"], found["roomId"], found["role"]


@pytest.mark.parametrize("method", ABOUT)
@pytest.mark.parametrize("access", CLOSED)
async def test_no_call_tells_a_closed_room_from_one_that_never_was(service: Service, access: str, method: str) -> None:
    stage = await set_stage(service)
    await arrange(stage, access=access)
    stranger, target = await service.sign_up(), stage.host.user
    never = await ask(stranger, _NEVER, method, target)
    assert await ask(stranger, stage.room, method, target) == never


@pytest.mark.parametrize("role", ["audience", ""])
@pytest.mark.parametrize("access", CLOSED)
async def test_who_may_not_come_into_a_closed_room_finds_none(service: Service, access: str, role: str) -> None:
    stage = await set_stage(service)
    await arrange(stage, access=access, password="open sesame")
    stranger = await service.sign_up()
    for given in ({}, {"password": "open sesame"}, {"linkKey": "x"}):
        assert (await stranger.enter(stage.room, role, **given)).code == MISSING
    assert (await stranger.enter(stage.room, "anchor")).code == 3000, "as any id that is somebody else's"


async def test_a_room_with_a_password_shows_its_card_and_to_members_alone_who_is_in_it(service: Service) -> None:
    stage = await set_stage(service)
    await arrange(stage, password="open sesame")
    stranger, admin, key = await service.sign_up(), await service.sign_up(), await service.make_key()
    await service.name_admin(admin)
    assert (await stranger.detail(stage.room)).code == 0
    assert await listing(stranger, stage.room) == NOT_IN
    assert [await listing(one, stage.room) for one in (stage.host, stage.guest, admin)] == [0, 0, 0]
    assert (await key.call("admin/list_members", {"roomId": stage.room})).code == 0
    await stage.host.leave(stage.room)
    assert await listing(stage.host, stage.room) == 0, "the owner need not be in it"
    assert (await stranger.enter(stage.room, "audience", password="open sesame")).code == 0
    assert await listing(stranger, stage.room) == 0


async def test_a_public_room_lists_its_members_to_everybody(service: Service) -> None:
    stage = await set_stage(service)
    await stage.moderator()
    stranger = await service.sign_up()
    assert len(await stranger.members(stage.room)) == 3


async def test_who_was_invited_or_appointed_sees_an_invitation_room(service: Service) -> None:
    stage = await set_stage(service)
    await arrange(stage, access="invited")
    friend, helper, admin = [await service.sign_up() for _ in range(3)]
    await service.name_admin(admin)
    await stage.host.call("rooms/invite", {"roomId": stage.room, "targetId": friend.user})
    await stage.host.call("rooms/set_role", {"roomId": stage.room, "targetId": helper.user, "role": "anchor"})
    assert [(await one.detail(stage.room)).code for one in (friend, helper, admin, stage.guest)] == [0, 0, 0, 0]
    assert [await listing(one, stage.room) for one in (friend, helper, admin)] == [NOT_IN, NOT_IN, 0]
    assert [(await one.enter(stage.room, "audience")).code for one in (friend, helper, admin)] == [0, 0, 0]


async def test_a_private_room_is_entered_by_its_link_alone(service: Service) -> None:
    stage = await set_stage(service)
    assert "linkKey" not in (await arrange(stage, muted="false")).data, "a public room has none"
    link = (await arrange(stage, access="private")).data["linkKey"]
    assert len(link) >= 22
    friend, invited, helper, admin = [await service.sign_up() for _ in range(4)]
    await service.name_admin(admin)
    await stage.host.call("rooms/invite", {"roomId": stage.room, "targetId": invited.user})
    await stage.host.call("rooms/set_role", {"roomId": stage.room, "targetId": helper.user, "role": "moderator"})
    by_link = {"roomId": stage.room, "linkKey": link}
    assert (await friend.detail(stage.room)).code == MISSING
    assert (await friend.call("rooms/room_detail", by_link)).data["roomId"] == stage.room
    assert await listing(friend, stage.room) == MISSING
    assert (await friend.enter(stage.room, "audience", linkKey=link)).code == 0
    assert [(await one.enter(stage.room, "audience")).code for one in (invited, helper, admin, stage.guest)] == [0] * 4
    assert (await friend.enter(stage.room, "audience")).code == 0, "a member needs none"
    assert await listing(friend, stage.room) == 0


async def test_the_link_is_shown_to_those_who_may_invite(service: Service) -> None:
    stage = await set_stage(service)
    moderator, admin = await stage.moderator(), await service.sign_up()
    link = (await arrange(stage, access="private")).data["linkKey"]
    await service.name_admin(admin)
    shown = [
        (await one.call("rooms/options", {"roomId": stage.room})).data.get("linkKey", "")
        for one in (stage.host, moderator, admin, stage.guest)
    ]
    assert shown == [link, link, link, ""]
    assert link not in (await stage.guest.call("rooms/state", {"roomId": stage.room})).text


async def test_another_link_replaces_the_one_that_there_was(service: Service) -> None:
    stage = await set_stage(service)
    first = (await arrange(stage, access="private")).data["linkKey"]
    assert (await arrange(stage, access="private")).data["linkKey"] == first, "nothing changed"
    second = (await arrange(stage, newLink="true")).data["linkKey"]
    assert second not in ("", first)
    friend = await service.sign_up()
    assert (await friend.enter(stage.room, "audience", linkKey=first)).code == MISSING
    assert (await friend.enter(stage.room, "audience", linkKey=second)).code == 0
    await arrange(stage, access="public")
    assert await link_of(stage) == ""
    moderator = await stage.moderator()
    assert (await arrange(stage, access="private")).data["linkKey"] not in ("", first, second)
    refused = await moderator.call("rooms/set_options", {"roomId": stage.room, "newLink": "true"})
    assert refused.code == 3000


async def test_the_link_of_a_scheduled_room_is_good_when_it_opens(service: Service) -> None:
    host, friend = await service.sign_up(), await service.sign_up()
    starts = f"{service.clock.now().replace(year=service.clock.now().year + 0, hour=23, minute=59):%Y-%m-%d %H:%M:%S}"
    room = (await host.call("rooms/schedule", {"startUtc": starts, "access": "private"})).data["roomId"]
    link = (await host.call("rooms/options", {"roomId": room})).data["linkKey"]
    assert (await friend.detail(room)).code == MISSING
    assert (await friend.call("rooms/options", {"roomId": room})).code == MISSING
    assert (await friend.call("rooms/room_detail", {"roomId": room, "linkKey": link})).code == 0
    await host.go_live(room)
    assert (await friend.enter(room, "audience")).code == MISSING
    assert (await friend.enter(room, "audience", linkKey=link)).code == 0


async def test_a_room_does_not_exist_for_whoever_is_banned_from_it(service: Service) -> None:
    stage = await set_stage(service)
    await stage.host.call("moderation/ban", {"roomId": stage.room, "targetId": stage.guest.user})
    asked = ("rooms/room_detail", "rooms/list_users", "rooms/state", "rooms/options", "seats/list", "messages/history")
    codes = {method: await ask(stage.guest, stage.room, method, stage.host.user) for method in asked}
    assert codes == dict.fromkeys(asked, MISSING)
    assert (await stage.guest.enter(stage.room, "audience")).code == 3002, "its door says why"
    assert (await whereabouts(stage.guest, stage.host))[1:] == ("", "")
    assert await ask(stage.guest, stage.room, "moderation/report", stage.host.user) == 0, "they may tell of it"
    await stage.host.call("moderation/unban", {"roomId": stage.room, "targetId": stage.guest.user})
    assert (await stage.guest.detail(stage.room)).code == 0


@pytest.mark.parametrize("options", [{"password": "open sesame"}, {"access": "private"}, {"access": "invited"}])
async def test_presence_tells_the_room_to_those_alone_who_may_list_it(
    service: Service, options: dict[str, str]
) -> None:
    stage = await set_stage(service)
    stranger, admin, key = await service.sign_up(), await service.sign_up(), await service.make_key()
    await service.name_admin(admin)
    assert await whereabouts(stranger, stage.host) == (True, stage.room, "anchor")
    await arrange(stage, **options)
    assert await whereabouts(stranger, stage.host) == (True, "", "")
    for one in (stage.guest, stage.host, admin):
        assert await whereabouts(one, stage.guest) == (True, stage.room, "audience")
    received = await key.call("admin/presence", {"userIds": [stage.guest.user]})
    assert [one["roomId"] for one in received.data] == [stage.room]


async def test_asking_for_ids_that_never_were_is_limited_and_a_concealed_one_counts_alike(service: Service) -> None:
    stage = await set_stage(service)
    await arrange(stage, access="private")
    stranger, other = await service.sign_up(), await service.sign_up()
    for number in range(UNKNOWN_OF_USER - 2):
        assert (await stranger.detail(str(2147470000 + number))).code == MISSING
    assert (await stranger.enter(_NEVER, "audience")).code == MISSING
    assert (await stranger.detail(stage.room)).code == MISSING
    asked = [await ask(stranger, room, "rooms/list_users", "") for room in (_NEVER, stage.room)]
    assert asked == [3004, 3004], "what is concealed is answered as what never was"
    assert (await stranger.leave(_NEVER)).code == 0
    assert (await other.detail(_NEVER)).code == MISSING
    service.clock.advance(61)
    assert (await stranger.detail(_NEVER)).code == MISSING


async def test_a_room_of_another_tenant_counts_as_one_that_never_was(service: Service) -> None:
    stage = await set_stage(service)
    await service.make_tenant("privacy")
    foreign = await service.sign_up(app="privacy")
    codes = [(await foreign.detail(stage.room)).code for _ in range(UNKNOWN_OF_USER + 1)]
    assert codes == [*[MISSING] * UNKNOWN_OF_USER, 3004]


async def test_asking_for_a_room_that_is_over_is_not_limited(service: Service) -> None:
    stage = await set_stage(service)
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    codes = {(await stage.guest.detail(stage.room)).code for _ in range(UNKNOWN_OF_USER + 5)}
    assert codes == {MISSING}
