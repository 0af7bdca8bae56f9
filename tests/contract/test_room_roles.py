"""Roles that an owner gives: what they are worth, how long they hold, and who may not give them."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.domain.moderation.room_access import APPOINTED_MAX
from tests.contract.conftest import CLUSTER, EMBEDDED
from tests.contract.scene import Stage, set_stage
from tests.hook_server import hook_server
from tests.service import Answer, Device, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, CLUSTER], indirect=True, scope="module")


async def give(stage: Stage, whom: Device, role: str, by: Device | None = None) -> Answer:
    return await (by or stage.host).call("rooms/set_role", {"roomId": stage.room, "targetId": whom.user, "role": role})


async def transfer(stage: Stage, heir: Device, by: Device | None = None) -> Answer:
    return await (by or stage.host).call("rooms/transfer_owner", {"roomId": stage.room, "targetId": heir.user})


async def roles(stage: Stage, by: Device | None = None) -> dict[str, str]:
    """Return the roles that were given."""
    answer = await (by or stage.host).call("rooms/list_roles", {"roomId": stage.room})
    return {row["userId"]: row["role"] for row in answer.data}


async def shown(stage: Stage) -> dict[str, str]:
    """Return as what everybody is shown."""
    answer = await stage.host.call("rooms/list_users", {"roomId": stage.room, "limit": 100})
    return {row["userId"]: row["role"] for row in answer.data}


async def test_a_moderator_is_shown_as_one_and_keeps_it_when_they_come_again(service: Service) -> None:
    stage = await set_stage(service)
    assert (await give(stage, stage.guest, "moderator")).data == {"userId": stage.guest.user, "role": "moderator"}
    assert (await shown(stage))[stage.guest.user] == "moderator"
    await stage.guest.leave(stage.room)
    assert await roles(stage) == {stage.host.user: "owner", stage.guest.user: "moderator"}
    assert (await stage.guest.enter(stage.room, "audience")).data["role"] == "moderator"
    assert (await give(stage, stage.guest, "audience")).data["role"] == "audience"
    assert (await shown(stage))[stage.guest.user] == "audience"
    assert await roles(stage) == {stage.host.user: "owner"}


async def test_an_appointed_anchor_is_a_host_at_once_on_every_device_and_no_more_when_it_is_taken_back(
    service: Service,
) -> None:
    stage = await set_stage(service)
    tablet = await stage.guest.account.sign_in()
    await tablet.enter(stage.room, "audience")
    await give(stage, stage.guest, "anchor")
    assert (await shown(stage))[stage.guest.user] == "anchor"
    entries = await service.core.live.entries(UserId(stage.guest.user))
    assert [entry.host for entry in entries] == [True, True], "entering elsewhere does not end a host's place"
    assert (await stage.guest.enter(stage.room, "anchor")).data["role"] == "anchor"
    await give(stage, stage.guest, "audience")
    assert (await shown(stage))[stage.guest.user] == "audience"
    assert (await stage.guest.enter(stage.room, "anchor")).data["role"] == "audience"


async def test_a_role_outlives_the_broadcast(service: Service) -> None:
    stage = await set_stage(service)
    await give(stage, stage.guest, "moderator")
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    assert (await stage.host.call("rooms/list_roles", {"roomId": stage.room})).code == 2004
    await stage.host.go_live()
    assert (await stage.guest.enter(stage.room, "audience")).data["role"] == "moderator"
    assert await roles(stage, stage.guest) == {stage.host.user: "owner", stage.guest.user: "moderator"}


async def test_only_the_owner_and_admins_appoint(service: Service) -> None:
    stage = await set_stage(service)
    moderator, anchor, other = [await service.sign_up() for _ in range(3)]
    await give(stage, moderator, "moderator")
    await give(stage, anchor, "anchor")
    for person in (moderator, anchor, stage.guest, other):
        assert (await give(stage, stage.guest, "moderator", by=person)).code == 3000
        assert (await transfer(stage, stage.guest, by=person)).code == 3000
    assert (await give(stage, stage.host, "moderator")).code == 3000, "nobody appoints themself"
    await service.name_admin(other)
    assert (await give(stage, stage.guest, "moderator", by=other)).code == 0
    assert (await roles(stage, other))[stage.guest.user] == "moderator", "an admin need not be in the room"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"role": "owner"}, 2002),
        ({"role": "speaker"}, 2002),
        ({"role": ""}, 2002),
        ({"targetId": ""}, 2002),
        ({"targetId": "39999999"}, 206),
        ({"roomId": "39999999"}, 2004),
        ({"roomId": ""}, 2002),
    ],
)
async def test_a_role_that_there_is_not_for_nobody_nowhere(service: Service, params: dict[str, Any], code: int) -> None:
    stage = await set_stage(service)
    asked = {"roomId": stage.room, "targetId": stage.guest.user, "role": "moderator", **params}
    assert (await stage.host.call("rooms/set_role", asked)).code == code
    assert await roles(stage) == {stage.host.user: "owner"}


async def test_a_user_who_is_deleted_cannot_be_appointed_and_is_on_no_list(service: Service) -> None:
    stage = await set_stage(service)
    await give(stage, stage.guest, "moderator")
    await stage.guest.call("auth_users/user_delete")
    assert stage.guest.user not in await roles(stage)
    assert (await give(stage, stage.guest, "anchor")).code == 206


async def test_a_room_has_no_more_than_its_hundred_roles(service: Service) -> None:
    stage = await set_stage(service)
    people = [await service.sign_up() for _ in range(3)]
    room_access = service.core.db.room_access
    await give(stage, people[0], "moderator")
    model = await room_access.get(RoomId(stage.room), UserId(people[0].user))
    assert model is not None
    for number in range(APPOINTED_MAX - 1):
        await room_access.put(replace(model, user=UserId(f"somebody-{number}")))
    assert (await give(stage, people[1], "moderator")).code == 3005
    assert (await give(stage, people[0], "anchor")).code == 0, "who has one may get another"
    await give(stage, people[0], "audience")
    answers = await asyncio.gather(*(give(stage, person, "moderator") for person in people[1:]))
    assert sorted(answer.code for answer in answers) == [0, 3005]


# --- passing the room on ----------------------------------------------------------------------------------------------


async def test_the_room_passes_to_a_member_who_is_its_host_then(service: Service) -> None:
    stage = await set_stage(service)
    room = (await transfer(stage, stage.guest)).data
    assert (room["ownBy"], room["updateBy"], room["createBy"]) == (stage.guest.user, stage.host.user, stage.host.user)
    assert await shown(stage) == {stage.host.user: "audience", stage.guest.user: "anchor"}
    assert (await give(stage, stage.guest, "moderator")).code == 3000
    assert (await stage.host.call("rooms/update_room", {"roomId": stage.room, "title": "mine"})).code == 3000
    assert (await stage.guest.call("rooms/update_room", {"roomId": stage.room, "title": "mine"})).code == 0
    await stage.host.leave(stage.room)
    assert (await stage.guest.detail(stage.room)).data["status"] == 0, "its host is there"


async def test_whose_the_id_is_opens_the_next_broadcast(service: Service) -> None:
    stage = await set_stage(service)
    await transfer(stage, stage.guest)
    assert (await stage.guest.call("rooms/destroy_room", {"roomId": stage.room})).code == 0
    assert (await stage.guest.enter(stage.room, "anchor")).code == 3000
    assert (await stage.host.enter(stage.room, "anchor")).data["ownBy"] == stage.host.user


async def test_nobody_gets_a_room_in_which_they_are_not(service: Service) -> None:
    stage, other = await set_stage(service), await service.sign_up()
    assert (await transfer(stage, other)).code == 206
    assert (await stage.host.call("rooms/transfer_owner", {"roomId": stage.room})).code == 2002
    assert (await stage.host.call("rooms/transfer_owner", {"roomId": "39999999", "targetId": other.user})).code == 2004
    assert (await transfer(stage, stage.host)).data["ownBy"] == stage.host.user, "it is theirs already"


async def test_of_two_transfers_at_once_one_holds(service: Service) -> None:
    stage, other = await set_stage(service), await service.sign_up()
    await other.enter(stage.room, "audience")
    answers = await asyncio.gather(transfer(stage, stage.guest), transfer(stage, other))
    assert sorted(answer.code for answer in answers) == [0, 3000]
    (heir,) = [answer.data["ownBy"] for answer in answers if answer.code == 0]
    hosts = [user for user, role in (await shown(stage)).items() if role == "anchor"]
    assert hosts == [heir] == [(await stage.guest.detail(stage.room)).data["ownBy"]]


async def test_whoever_gets_the_room_is_not_muted_in_it(service: Service) -> None:
    stage = await set_stage(service)
    mute = {"roomId": stage.room, "targetId": stage.guest.user}
    assert (await stage.host.call("moderation/mute", mute)).code == 0
    await transfer(stage, stage.guest)
    assert (await stage.guest.call("moderation/muted", {"roomId": stage.room})).data == []


async def test_a_moderator_inherits_a_room_whose_owner_is_gone(service: Service) -> None:
    stage, moderator = await set_stage(service), await service.sign_up()
    await moderator.enter(stage.room, "audience")
    await give(stage, moderator, "moderator")
    await stage.host.leave(stage.room)
    for _ in range(8):
        service.clock.advance(10)
        for device in (moderator, stage.guest):
            await device.call("auth_users/user_keepalive")
        await service.tick()
    assert (await stage.guest.detail(stage.room)).data["ownBy"] == moderator.user
    assert (await moderator.enter(stage.room, "anchor")).data["role"] == "anchor"


# --- the operator's say -----------------------------------------------------------------------------------------------


async def test_the_operator_is_asked_before_a_role_is_given(service: Service) -> None:
    stage = await set_stage(service)
    hooks = service.core.hook_calls.hooks
    async with hook_server() as server:
        hook = await server.hook(hooks, DEFAULT_TENANT, HookType.ROLE)
        try:
            assert (await give(stage, stage.guest, "moderator")).code == 0
            (question,) = server.questions
            assert question["type"] == "ask.role"
            said = question["data"]
            assert (said["userId"], said["targetId"], said["role"]) == (stage.host.user, stage.guest.user, "moderator")
            assert (said["roomId"], said["ownerId"]) == (stage.room, stage.host.user)
            server.decide = lambda _: {"allow": False, "message": "members only"}
            for refused in (await give(stage, stage.guest, "anchor"), await transfer(stage, stage.guest)):
                assert (refused.code, refused.body["errorMessage"]) == (3000, "members only")
            assert server.questions[-1]["data"]["role"] == "owner"
            asked = len(server.questions)
            assert (await give(stage, stage.guest, "audience")).code == 0
            assert (await give(stage, stage.host, "anchor", by=stage.guest)).code == 3000
            assert len(server.questions) == asked, "what is refused anyway, or taken back, is not asked about"
        finally:
            await hooks.remove(hook.id)
