"""Mutes, kicks and bans: every way back that there is, how long they hold, and what is written down of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from tests.contract.conftest import CLUSTER, EMBEDDED
from tests.contract.scene import Stage, set_stage
from tests.service import Answer, Device, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, CLUSTER], indirect=True, scope="module")


async def do(stage: Stage, what: str, whom: Device, by: Device | None = None, **params: Any) -> Answer:
    asked = {"roomId": stage.room, "targetId": whom.user, **params}
    return await (by or stage.host).call(f"moderation/{what}", asked)


async def held(stage: Stage, what: str, by: Device | None = None) -> list[tuple[str, str]]:
    """Return who is ``banned`` or ``muted``, and why."""
    answer = await (by or stage.host).call(f"moderation/{what}", {"roomId": stage.room})
    return [(row["userId"], row["reason"]) for row in answer.data]


async def trail(stage: Stage, by: Device | None = None) -> list[tuple[str, str, str]]:
    """Return who did what and why, the newest first."""
    rows = (await (by or stage.host).call("moderation/audit", {"roomId": stage.room, "limit": 100})).data
    return [(row["actor"], row["action"].removeprefix("base/v1/"), row["reason"]) for row in rows]


# --- a ban ------------------------------------------------------------------------------------------------------------

EntryPoint = Callable[[Stage, Device], Awaitable[Answer]]
ROOM_ENTRY_POINTS: Final[dict[str, tuple[EntryPoint, int]]] = {
    "entering": (lambda stage, guest: guest.enter(stage.room), 3002),
    "entering as audience": (lambda stage, guest: guest.enter(stage.room, "audience"), 3002),
    "entering as host": (lambda stage, guest: guest.enter(stage.room, "anchor"), 3002),
    "entering as owner": (lambda stage, guest: guest.enter(stage.room, "owner"), 3002),
    "state": (lambda stage, guest: guest.call("rooms/state", {"roomId": stage.room}), 2004),
    "media": (lambda stage, guest: guest.call("rtc/credential", {"roomId": stage.room}), 3007),
    "signals": (
        lambda stage, guest: guest.call("rtc/signal", {"roomId": stage.room, "to": stage.host.user, "payload": "x"}),
        3007,
    ),
    "writing": (lambda stage, guest: guest.call("messages/send", {"roomId": stage.room, "text": "hi"}), 2004),
    "reading": (lambda stage, guest: guest.call("messages/history", {"roomId": stage.room}), 2004),
    "liking": (lambda stage, guest: guest.call("rooms/like", {"roomId": stage.room}), 2004),
    "seats": (lambda stage, guest: guest.call("seats/list", {"roomId": stage.room}), 2004),
    "applying": (lambda stage, guest: guest.call("seats/apply", {"roomId": stage.room}), 2004),
    "metadata": (lambda stage, guest: guest.call("rooms/metadata", {"roomId": stage.room}), 2004),
    "roles": (lambda stage, guest: guest.call("rooms/list_roles", {"roomId": stage.room}), 2004),
}
"""Every call that lets somebody into the room or what is in it, and what a banned user is answered."""


async def test_a_banned_user_is_out_on_every_device_and_finds_every_door_shut(service: Service) -> None:
    stage = await set_stage(service)
    tablet = await stage.guest.account.sign_in()
    await tablet.enter(stage.room, "audience")
    banned = await do(stage, "ban", stage.guest, reason="spam", seconds=3600)
    assert banned.data["untilUtc"] > f"{service.clock.now():%Y-%m-%d %H:%M:%S}"
    assert await stage.host.members(stage.room) == [stage.host.user]
    third = await stage.guest.account.sign_in()
    refreshed = await stage.guest.call("auth_users/user_login_token")
    renewed = Device(stage.guest.account, stage.guest.user, refreshed.data["token"])
    for device in (stage.guest, tablet, third, renewed):
        for name, (call, code) in ROOM_ENTRY_POINTS.items():
            assert (await call(stage, device)).code == code, name
    assert await stage.host.members(stage.room) == [stage.host.user]
    assert (await stage.guest.detail(stage.room)).code == 2004, "for them it does not exist"


async def test_a_server_key_and_an_invitation_are_no_way_back(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    await do(stage, "ban", stage.guest)
    enter = {"roomId": stage.room, "role": "audience", "actAs": stage.guest.user}
    assert (await backend.call("rooms/enter_room", enter)).code == 3002
    await stage.host.call("rooms/set_options", {"roomId": stage.room, "access": "invited", "password": "open"})
    await stage.host.call("rooms/invite", {"roomId": stage.room, "targetId": stage.guest.user})
    assert (await stage.guest.enter(stage.room, "audience", password="open")).code == 3002
    assert (await stage.host.call("seats/invite", {"roomId": stage.room, "targetId": stage.guest.user})).code == 206


async def test_a_ban_holds_in_the_next_broadcast_and_ends_by_itself(service: Service) -> None:
    stage = await set_stage(service)
    await do(stage, "ban", stage.guest, seconds=600, reason="rude")
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    await stage.host.go_live()
    assert (await stage.guest.enter(stage.room, "audience")).code == 3002
    assert await held(stage, "banned") == [(stage.guest.user, "rude")]
    service.clock.advance(601)
    await stage.host.call("auth_users/user_keepalive")
    assert await held(stage, "banned") == []
    assert (await stage.guest.enter(stage.room, "audience")).code == 0


async def test_an_unban_lets_in_again_and_of_several_bans_the_last_counts(service: Service) -> None:
    stage = await set_stage(service)
    assert (await do(stage, "ban", stage.guest, seconds=60)).data["untilUtc"]
    assert (await do(stage, "ban", stage.guest, seconds=0)).data["untilUtc"] == "", "for ever"
    for _ in range(2):
        assert (await do(stage, "unban", stage.guest)).code == 0
    assert (await stage.guest.enter(stage.room, "audience")).code == 0
    answers = await asyncio.gather(*(do(stage, "ban", stage.guest) for _ in range(4)))
    assert {answer.code for answer in answers} == {0}
    assert await stage.host.members(stage.room) == [stage.host.user]


async def test_a_ban_while_somebody_comes_and_goes_leaves_them_out(service: Service) -> None:
    stage = await set_stage(service)
    entering = [stage.guest.enter(stage.room, "audience") for _ in range(6)]
    answers = await asyncio.gather(*entering[:3], do(stage, "ban", stage.guest), *entering[3:])
    assert {answer.code for answer in answers} <= {0, 3002}
    assert await stage.host.members(stage.room) == [stage.host.user]
    entries = await service.core.live.entries(stage.guest.user)  # type: ignore[arg-type]
    assert entries == []


async def test_a_ban_takes_a_role_away_and_an_appointment_ends_a_ban(service: Service) -> None:
    stage = await set_stage(service)
    person = await stage.moderator()
    await do(stage, "ban", person)
    assert (await do(stage, "mute", stage.guest, by=person)).code == 2004, "no moderator any more"
    appointed = {"roomId": stage.room, "targetId": person.user, "role": "moderator"}
    assert (await stage.host.call("rooms/set_role", appointed)).code == 0
    assert await held(stage, "banned") == []
    assert (await person.enter(stage.room, "audience")).data["role"] == "moderator"


async def test_nobody_is_kept_out_of_a_room_that_is_theirs_to_open(service: Service) -> None:
    stage = await set_stage(service)
    passed = {"roomId": stage.room, "targetId": stage.guest.user}
    assert (await stage.host.call("rooms/transfer_owner", passed)).code == 0
    assert (await do(stage, "ban", stage.host, by=stage.guest)).code == 3000
    assert (await do(stage, "kick", stage.host, by=stage.guest)).code == 0
    assert (await stage.host.enter(stage.room, "audience")).code == 0


# --- a kick -----------------------------------------------------------------------------------------------------------


async def test_a_kicked_user_is_out_and_may_come_back(service: Service) -> None:
    stage = await set_stage(service)
    tablet = await stage.guest.account.sign_in()
    await tablet.enter(stage.room, "audience")
    assert (await do(stage, "kick", stage.guest, reason="calm down")).code == 0
    for device in (stage.guest, tablet):
        assert (await device.call("rooms/state", {"roomId": stage.room})).code == 3007
    assert (await do(stage, "kick", stage.guest)).code == 206
    assert (await stage.guest.enter(stage.room, "audience")).code == 0
    await service.core.jobs.backlog.write_all()


async def test_of_two_kicks_at_once_one_finds_somebody(service: Service) -> None:
    stage = await set_stage(service)
    answers = await asyncio.gather(*(do(stage, "kick", stage.guest) for _ in range(3)))
    assert sorted(answer.code for answer in answers) == [0, 206, 206]


# --- a mute -----------------------------------------------------------------------------------------------------------


async def test_a_muted_user_is_in_and_writes_nothing_until_their_time_is_over(service: Service) -> None:
    stage = await set_stage(service)

    async def say() -> int:
        return (await stage.guest.call("messages/send", {"roomId": stage.room, "text": "hello"})).code

    assert (await do(stage, "mute", stage.guest, seconds=60, reason="flood")).code == 0
    assert await held(stage, "muted") == [(stage.guest.user, "flood")]
    assert await say() == 3003
    await stage.guest.leave(stage.room)
    await stage.guest.enter(stage.room, "audience")
    assert await say() == 3003, "coming again ends no mute"
    service.clock.advance(61)
    await stage.host.call("auth_users/user_keepalive")
    assert await say() == 0
    await do(stage, "mute", stage.guest)
    assert await say() == 3003
    for _ in range(2):
        assert (await do(stage, "unmute", stage.guest)).code == 0
    assert await say() == 0


# --- who may ----------------------------------------------------------------------------------------------------------

ACTS: Final = ("mute", "unmute", "kick", "ban", "unban")
LISTS: Final = ("banned", "muted", "audit", "reports")


async def test_only_who_outranks_somebody_acts_on_them(service: Service) -> None:
    stage = await set_stage(service)
    one, other = await stage.moderator(), await stage.moderator()
    anchor = await service.sign_up()
    await anchor.enter(stage.room, "audience")
    await stage.host.call("rooms/set_role", {"roomId": stage.room, "targetId": anchor.user, "role": "anchor"})
    for act in ACTS:
        for by, whom in ((one, other), (one, one), (one, stage.host), (anchor, stage.guest), (stage.guest, one)):
            assert (await do(stage, act, whom, by=by)).code == 3000, act
        assert (await do(stage, act, stage.host)).code == 3000, "the owner acts on nobody of their rank"
    assert (await do(stage, "mute", anchor, by=one)).code == 0
    assert (await do(stage, "mute", one)).code == 0
    assert (await do(stage, "unmute", one, by=other)).code == 3000, "what the owner did to a moderator"


async def test_a_moderator_who_is_away_still_acts_and_an_admin_anywhere(service: Service) -> None:
    stage, admin = await set_stage(service), await service.sign_up()
    person = await stage.moderator()
    await person.leave(stage.room)
    assert (await do(stage, "mute", stage.guest, by=person)).code == 0
    await service.name_admin(admin)
    assert (await do(stage, "kick", stage.host, by=admin)).code == 0
    assert (await do(stage, "ban", admin)).code == 3000, "nobody in a room outranks an admin"
    for what in LISTS:
        assert (await admin.call(f"moderation/{what}", {"roomId": stage.room})).code == 0


@pytest.mark.parametrize("what", [*ACTS, *LISTS])
async def test_what_cannot_be_meant_has_its_code(service: Service, what: str) -> None:
    stage = await set_stage(service)
    bad: list[tuple[dict[str, Any], int]] = [({"roomId": "39999999"}, 2004), ({"roomId": ["1", "2"]}, 2002)]
    if what in ACTS:
        bad += [({"targetId": ""}, 2002), ({"targetId": "39999999"}, 206), ({"targetId": "x" * 65}, 2002)]
    if what in ("mute", "ban"):
        bad += [({"seconds": -1}, 2002), ({"seconds": "soon"}, 2002), ({"reason": "x" * 201}, 2002)]
    if what in LISTS:
        bad += [({"limit": 0}, 2002), ({"limit": 101}, 2002), ({"cursor": "x" * 65}, 2002)]
    for params, code in bad:
        asked = {"roomId": stage.room, "targetId": stage.guest.user, **params}
        assert (await stage.host.call(f"moderation/{what}", asked)).code == code, params
    assert (await stage.guest.call("rooms/state", {"roomId": stage.room})).code == 0


# --- the whole tenant -------------------------------------------------------------------------------------------------


async def test_an_admin_bans_from_the_tenant_and_every_session_ends(service: Service) -> None:
    stage, admin = await set_stage(service), await service.sign_up()
    everywhere = {"targetId": stage.guest.user, "reason": "fraud"}
    for person in (stage.host, admin):
        assert (await person.call("moderation/ban", everywhere)).code == 3000
    await service.name_admin(admin)
    assert (await admin.call("moderation/ban", {"targetId": admin.user})).code == 3000, "no admin another, or themself"
    assert (await admin.call("moderation/ban", {"targetId": "39999999"})).code == 206
    assert (await admin.call("moderation/ban", everywhere)).data == {"userId": stage.guest.user, "untilUtc": ""}
    assert (await stage.guest.call("rooms/state", {"roomId": stage.room})).code == 204
    account = stage.guest.account
    assert (await account.call("oauth/signature", service.sign(account.username, account.salt))).code == 3002
    assert (await admin.call("moderation/unban", everywhere)).code == 0
    assert (await (await account.sign_in()).enter(stage.room, "audience")).code == 0
    rows = (await admin.call("moderation/audit", {"limit": 2})).data
    assert [(row["action"], row["subject"], row["roomId"], row["reason"]) for row in rows] == [
        ("base/v1/moderation/unban", f"user:{stage.guest.user}", "", ""),
        ("base/v1/moderation/ban", f"user:{stage.guest.user}", "", "fraud"),
    ]
    refused = await stage.host.call("moderation/audit")
    assert (refused.code, refused.body["errorMessage"]) == (3000, "only admins can do this for all rooms: add a roomId")


# --- lists and the trail ----------------------------------------------------------------------------------------------


async def test_lists_come_page_by_page(service: Service) -> None:
    stage = await set_stage(service)
    people = sorted([(await service.sign_up()).user for _ in range(5)])
    for user in people:
        await stage.host.call("moderation/ban", {"roomId": stage.room, "targetId": user})
    found, cursor = [], ""
    while True:
        answer = await stage.host.call("moderation/banned", {"roomId": stage.room, "limit": 2, "cursor": cursor})
        found += [row["userId"] for row in answer.data]
        cursor = answer.body["nextCursor"]
        if not cursor:
            break
    assert found == people


async def test_the_trail_says_who_did_what_to_whom_and_why_and_nothing_that_was_refused(service: Service) -> None:
    stage = await set_stage(service)
    person = await stage.moderator()
    await do(stage, "mute", stage.guest, by=person, reason="flood")
    await do(stage, "kick", stage.guest, by=person, reason="once more")
    await do(stage, "ban", stage.guest, reason="spam")
    await do(stage, "ban", stage.host, by=person, reason="coup")
    await do(stage, "unban", stage.guest)
    await do(stage, "unban", stage.guest)
    host, other = f"user:{stage.host.user}", f"user:{person.user}"
    assert await trail(stage, person) == [
        (host, "moderation/unban", ""),
        (host, "moderation/ban", "spam"),
        (other, "moderation/kick", "once more"),
        (other, "moderation/mute", "flood"),
        (host, "rooms/set_role", ""),
    ]
    rows = (await stage.host.call("moderation/audit", {"roomId": stage.room, "limit": 1})).data
    assert rows[0]["subject"] == f"user:{stage.guest.user} room:{stage.room}"
    assert (await stage.guest.call("moderation/audit", {"roomId": stage.room})).code == 3000


async def test_the_trail_of_a_closed_room_is_open_to_admins(service: Service) -> None:
    stage, admin = await set_stage(service), await service.sign_up()
    await do(stage, "mute", stage.guest, reason="flood")
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    assert (await stage.host.call("moderation/audit", {"roomId": stage.room})).code == 2004
    await service.name_admin(admin)
    assert [action for _, action, _ in await trail(stage, admin)] == ["moderation/mute"]
    assert (await admin.call("moderation/audit", {"roomId": "39999999"})).code == 2004
