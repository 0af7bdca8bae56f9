"""``admin/*`` about users, their tokens and presence, and notices, as an operator's own server calls them."""

import asyncio
import itertools
from typing import Any

import pytest

from liveroom.domain.ids import UserId
from liveroom.domain.tenants.model import Quotas
from tests.contract.scene import set_stage
from tests.service import Answer, Device, Keyholder, Service, session_of

_names = itertools.count(1)
ONE_USER = ("get_user", "update_user", "delete_user", "ban_user", "unban_user", "revoke_tokens", "issue_token")


def fresh_name() -> str:
    return f"Kunde/{next(_names)}"


def as_device(service: Service, login: Answer, like: Device) -> Device:
    """Return the device that was given this login."""
    return Device(like.account, login.data["userId"], login.data["token"])


async def scene(service: Service) -> tuple[Device, Keyholder]:
    return await service.sign_up(), await service.make_key()


# --- tokens -----------------------------------------------------------------------------------------------------------


async def test_a_token_is_issued_in_a_session_of_its_own(service: Service) -> None:
    user, backend = await scene(service)
    logins = [await backend.call("admin/issue_token", {"userId": user.user}) for _ in range(2)]
    own = (await user.call("auth_users/user_login_token")).data
    assert set(logins[0].data) == set(own)
    assert len({session_of(login.data["token"]) for login in (*logins,)} | {session_of(user.token)}) == 3
    phone = as_device(service, logins[0], user)
    assert (phone.user, (await phone.call("auth_users/user_keepalive")).code) == (user.user, 0)
    await phone.call("auth_users/user_logout")
    assert (await phone.call("auth_users/user_keepalive")).code == 204
    assert (await as_device(service, logins[1], user).call("auth_users/user_keepalive")).code == 0


async def test_a_token_is_issued_for_the_operators_own_user_who_is_made_once(service: Service) -> None:
    user, backend = await scene(service)
    own = {"username": fresh_name(), "tag": "shop"}
    logins = await asyncio.gather(*(backend.call("admin/issue_token", own) for _ in range(4)))
    assert len({login.data["userId"] for login in logins}) == 1
    assert (await as_device(service, logins[0], user).call("auth_users/user_keepalive")).code == 0
    other = await backend.call("admin/issue_token", {**own, "tag": "game"})
    assert other.data["userId"] != logins[0].data["userId"], "another tag is another user"
    created = await backend.call("admin/create_user", {**own, "name": "小红", "tag2": "vip"})
    assert created.data["userId"] == logins[0].data["userId"]
    assert (created.data["name"], created.data["tag2"], created.data["tag"]) == ("小红", "vip", "")


@pytest.mark.parametrize(
    "params", [{}, {"userId": "1", "username": "a", "tag": "b"}, {"username": "a"}, {"username": " a", "tag": "b"}]
)
async def test_it_has_to_be_clear_for_whom_a_token_is(service: Service, params: dict[str, str]) -> None:
    backend = await service.make_key()
    assert (await backend.call("admin/issue_token", params)).code == 98


async def test_revoked_tokens_are_good_for_nothing_and_a_new_one_is(service: Service) -> None:
    stage = await set_stage(service)
    backend = await service.make_key()
    tablet = await stage.guest.account.sign_in()
    assert (await backend.call("admin/revoke_tokens", {"userId": stage.guest.user})).code == 0
    for device in (stage.guest, tablet):
        assert (await device.call("auth_users/user_keepalive")).code == 204
        assert (await device.call("auth_users/user_login_token")).code == 204
    for _ in range(3):
        service.clock.advance(1)
        await service.tick()
    assert await stage.host.members(stage.room) == [stage.host.user]
    login = await backend.call("admin/issue_token", {"userId": stage.guest.user})
    assert (await as_device(service, login, tablet).enter(stage.room, "audience")).code == 0
    assert (await backend.call("admin/revoke_tokens", {"userId": stage.guest.user})).code == 0
    assert (await backend.call("admin/revoke_tokens", {"userId": stage.guest.user})).code == 0, "twice"


# --- users ------------------------------------------------------------------------------------------------------------


async def test_a_user_is_made_read_and_changed(service: Service) -> None:
    user, backend = await scene(service)
    made = (await backend.call("admin/create_user", {"name": "小红", "avatar": "a.png", "tag": "im", "tag2": "x"})).data
    assert (made["name"], made["avatar"], made["tag"], made["tag2"]) == ("小红", "a.png", "im", "x")
    assert (made["admin"], made["bannedUntil"], made["phone"], made["email"]) == (False, "", "", "")
    changes = {"userId": made["userId"], "name": "大红", "avatar": "", "tag2": ""}
    assert (await backend.call("admin/update_user", changes)).code == 0
    assert (await backend.call("admin/update_user", changes)).code == 0, "the same again"
    seen = (await backend.call("admin/get_user", {"userId": made["userId"]})).data
    assert (seen["name"], seen["avatar"], seen["tag"], seen["tag2"]) == ("大红", "", "im", "")
    assert (await user.call("auth_users/user_query", {"searchUserId": made["userId"]})).data["name"] == "大红"
    assert (await backend.call("admin/update_user", {"userId": made["userId"]})).code == 205
    assert (await backend.call("admin/issue_token", {"userId": made["userId"]})).code == 0


async def test_a_change_of_name_reaches_the_room_that_the_user_is_in(service: Service) -> None:
    stage = await set_stage(service)
    backend = await service.make_key()
    await backend.call("admin/update_user", {"userId": stage.guest.user, "name": "改名"})
    members = (await backend.call("admin/list_members", {"roomId": stage.room})).data
    assert {member["userId"]: member["name"] for member in members}[stage.guest.user] == "改名"


async def test_phone_and_mailbox_are_not_the_operators_to_change(service: Service) -> None:
    user, backend = await scene(service)
    await backend.call(
        "admin/update_user", {"userId": user.user, "name": "x", "phone": "8613900000000", "email": "a@b.c"}
    )
    seen = (await backend.call("admin/get_user", {"userId": user.user})).data
    assert (seen["phone"], seen["email"]) == ("", "")


async def test_users_are_listed_page_by_page_without_those_deleted(service: Service) -> None:
    await service.make_tenant("paged")
    backend = await service.make_key("paged")
    made = [(await backend.call("admin/create_user", {"name": f"n{n}"})).data["userId"] for n in range(5)]
    await backend.call("admin/delete_user", {"userId": made[1]})
    found, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        page = await backend.call("admin/list_users", {"limit": 2, "cursor": cursor})
        found += [user["userId"] for user in page.data]
        cursor, pages = page.body["nextCursor"], pages + 1
    assert found == sorted([id for id in made if id != made[1]])
    assert pages == 3


async def test_a_quota_holds_for_the_operator_too(service: Service) -> None:
    await service.make_tenant("small", quotas=Quotas(users=1))
    backend = await service.make_key("small")
    assert (await backend.call("admin/create_user", {"username": "a", "tag": "shop"})).code == 0
    assert (await backend.call("admin/create_user", {"username": "a", "tag": "shop"})).code == 0, "there already"
    for params in ({"username": "b", "tag": "shop"}, {}):
        assert (await backend.call("admin/create_user", params)).code == 3005
    assert (await backend.call("admin/issue_token", {"username": "c", "tag": "shop"})).code == 3005


async def test_a_ban_ends_everything_until_it_is_lifted_or_over(service: Service) -> None:
    stage = await set_stage(service)
    backend = await service.make_key()
    user = {"userId": stage.guest.user}
    banned = (await backend.call("admin/ban_user", {**user, "seconds": 60, "reason": "spam"})).data
    assert (banned["banReason"], banned["bannedUntil"] != "") == ("spam", True)
    assert (await stage.guest.call("auth_users/user_keepalive")).code == 204
    assert (await backend.call("admin/issue_token", user)).code == 3002
    assert (await backend.call("admin/ban_user", user)).data["bannedUntil"].startswith("9999")
    freed = (await backend.call("admin/unban_user", user)).data
    assert (freed["banReason"], freed["bannedUntil"]) == ("", "")
    assert (await backend.call("admin/unban_user", user)).code == 0, "twice"
    assert (await backend.call("admin/issue_token", user)).code == 0
    await backend.call("admin/ban_user", {**user, "seconds": 60, "reason": "spam"})
    service.clock.advance(61)
    seen = (await backend.call("admin/get_user", user)).data
    assert (seen["banReason"], seen["bannedUntil"]) == ("", ""), "a ban that is over is none"
    assert (await backend.call("admin/issue_token", user)).code == 0


async def test_a_banned_own_user_gets_no_token_by_name(service: Service) -> None:
    backend, own = await service.make_key(), {"username": fresh_name(), "tag": "shop"}
    made = (await backend.call("admin/create_user", own)).data
    await backend.call("admin/ban_user", {"userId": made["userId"]})
    assert (await backend.call("admin/issue_token", own)).code == 3002


async def test_a_deleted_user_is_gone_with_their_room(service: Service) -> None:
    stage = await set_stage(service)
    backend = await service.make_key()
    user = {"userId": stage.host.user}
    assert (await backend.call("admin/delete_user", user)).code == 0
    assert (await stage.host.call("auth_users/user_keepalive")).code == 204
    assert (await stage.guest.detail(stage.room)).code == 2004
    for method in ("get_user", "delete_user", "issue_token", "ban_user"):
        assert (await backend.call(f"admin/{method}", user)).code == 206, method


async def test_an_admin_is_named_and_unnamed(service: Service) -> None:
    user, backend = await scene(service)
    asked = {"searchUserId": user.user}
    assert (await user.call("presence/explain", asked)).code == 3000
    for admin, code in ((1, 0), ("false", 3000), (True, 0), ("0", 3000)):
        named = await backend.call("admin/set_admin", {"userId": user.user, "admin": admin})
        assert named.data["admin"] is (code == 0)
        assert (await user.call("presence/explain", asked)).code == code


# --- presence ---------------------------------------------------------------------------------------------------------


async def test_presence_is_told_and_explained(service: Service) -> None:
    stage = await set_stage(service)
    backend = await service.make_key()
    asked = {"userIds": [stage.guest.user, "39999999", stage.host.user]}
    received = (await backend.call("admin/presence", asked)).data
    assert received == (await stage.guest.call("presence/query", asked)).data
    assert [row["roomId"] for row in received] == [stage.room, stage.room]
    sources = (await backend.call("admin/explain_presence", {"userId": stage.guest.user})).data
    assert [row["sessionId"] for row in sources] == [session_of(stage.guest.token)]


# --- notices ----------------------------------------------------------------------------------------------------------


async def test_a_notice_goes_to_a_room_or_to_a_user(service: Service) -> None:
    stage = await set_stage(service)
    backend = await service.make_key()
    answers = [
        await backend.call("admin/send_notice", {"text": "x" * 500, **whom})
        for whom in (
            {"roomId": stage.room, "data": {"minutes": 5}},
            {"userId": stage.guest.user, "data": "text"},
            {"roomId": "39999999"},
            {"userId": "39999999"},
        )
    ]
    assert [answer.code for answer in answers] == [0, 0, 2004, 206]
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    assert (await backend.call("admin/send_notice", {"text": "late", "roomId": stage.room})).code == 2004


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [*ONE_USER, "set_admin", "explain_presence"])
async def test_a_user_whom_there_is_not_is_not_found(service: Service, method: str) -> None:
    backend = await service.make_key()
    params = {"userId": "39999999", "name": "x", "admin": "1"}
    assert (await backend.call(f"admin/{method}", params)).code == 206


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("revoke_tokens", {}, 98),
        ("create_user", {"name": "x" * 126}, 98),
        ("create_user", {"username": "a"}, 98),
        ("create_user", {"username": "a\u0001", "tag": "t"}, 98),
        ("get_user", {}, 208),
        ("get_user", {"userId": {"a": 1}}, 208),
        ("list_users", {"limit": "many"}, 208),
        ("update_user", {"name": "x"}, 98),
        ("delete_user", {}, 98),
        ("ban_user", {"userId": "1", "seconds": 0}, 98),
        ("ban_user", {"userId": "1", "reason": "x" * 201}, 98),
        ("unban_user", {}, 98),
        ("set_admin", {"userId": "1", "admin": "maybe"}, 98),
        ("set_admin", {"userId": "1"}, 98),
        ("presence", {}, 2002),
        ("explain_presence", {}, 2002),
        ("send_notice", {"roomId": "1"}, 2002),
        ("send_notice", {"text": "x"}, 2002),
        ("send_notice", {"text": "x", "roomId": "1", "userId": "1"}, 2002),
        ("send_notice", {"text": "x" * 501, "roomId": "1"}, 2002),
        ("send_notice", {"text": "x", "roomId": "1", "data": {"a": "x" * 4096}}, 2002),
    ],
)
async def test_what_cannot_be_understood_has_its_code(
    service: Service, method: str, params: dict[str, Any], code: int
) -> None:
    backend = await service.make_key()
    assert (await backend.call(f"admin/{method}", params)).code == code


async def test_a_token_of_a_user_is_no_server_key(service: Service) -> None:
    user, _ = await scene(service)
    assert (await user.call("admin/get_user", {"userId": user.user})).code == 3000
    await service.name_admin(user)
    assert (await user.call("admin/get_user", {"userId": user.user})).code == 3000, "nor an admin's"


async def test_what_a_key_does_is_in_its_tenant(service: Service) -> None:
    user, _ = await scene(service)
    await service.make_tenant("elsewhere")
    backend = await service.make_key("elsewhere")
    made = (await backend.call("admin/create_user", {})).data["userId"]
    found = await service.core.db.users.get(UserId(made))
    assert (found.tenant if found else None) == "elsewhere"
    assert (await backend.call("admin/get_user", {"userId": user.user})).code == 206
