"""Server keys over HTTP: what a key may do, for whom, and what it may not; a test made from the list of methods."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

import pytest

from liveroom.api.declare import Method, Who, scopes_of
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.moderation.audit import AuditEntry
from tests.contract.scene import Stage, set_stage
from tests.contract.stages import ADMIN, OFFERED, SCENES, admin_params, name_of
from tests.service import Answer, Device, Form, Keyholder, Service

ALL: Final = scopes_of([*OFFERED, *ADMIN])
_OF_SCOPES: Final = {method.scope: method for method in [*OFFERED, *ADMIN]}.values()
EACH: Final = [
    # On servers one of each scope: the methods themselves are walked there by test_stages.py.
    pytest.param(method, id=method.path, marks=() if method in _OF_SCOPES else pytest.mark.embedded)
    for method in [*OFFERED, *ADMIN]
]
FOR_USERS: Final = [method for method in OFFERED if method.who is not Who.ANYONE]


@dataclass(frozen=True)
class Backend(Keyholder):
    """An operator's server that knows its key's id."""

    id: str

    async def act(self, device: Device, method: str, **params: Any) -> Answer:
        """Call for a user."""
        return await self.call(method, {"actAs": device.user, **params})

    async def send(self, method: str, params: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
        """Call with more headers."""
        sent = {"authorization": f"Bearer {self.key}", **headers}
        return await self.caller.call(method, params, headers=sent)

    async def uses(self) -> Sequence[AuditEntry]:
        """Return what the audit says of the key, the oldest first."""
        service = cast(Service, self.caller)
        return [*reversed(await service.services.audit.newest(actor=f"key:{self.id}"))]


async def give_key(service: Service, *scopes: str, tenant: str = "", lasts: timedelta | None = None) -> Backend:
    """Return a server with a fresh key; it may do everything unless scopes are named."""
    made = service.services.server_keys.add(TenantName(tenant), "tests", scopes or ("*",), ALL, lasts=lasts)
    key, text = await made
    return Backend(service, text, key.id)


async def the_call(method: Method, stage: Stage, by: Backend) -> dict[str, Any]:
    """Return parameters with which a key calls the method."""
    if method.who is Who.KEY:
        return await admin_params(method, stage, by)
    scene = await SCENES[method.path](stage)
    return {**scene.params, "actAs": scene.device.user}


@pytest.mark.parametrize("method", EACH)
async def test_the_scope_of_a_method_and_no_other_lets_a_key_call_it(method: Method, service: Service) -> None:
    stage = await set_stage(service)
    backend = await give_key(service, method.scope)
    params = await the_call(method, stage, backend)
    others = await give_key(service, *(scope for scope in ALL if scope != method.scope))
    refused = await others.call(name_of(method), params)
    assert refused.code == 3000
    assert f"({method.scope})" in refused.body["errorMessage"]
    allowed = await backend.call(name_of(method), params)
    assert allowed.code == 0, allowed.text


@pytest.mark.parametrize("wide", ["*", "act:*"])
async def test_a_scope_may_stand_for_many(wide: str, service: Service) -> None:
    device, backend = await service.sign_up(), await give_key(service, wide)
    assert (await backend.act(device, "rooms/query_room")).code == 0
    assert (await backend.act(device, "auth_users/user_login_token")).code == (0 if wide == "*" else 3000)


@pytest.mark.embedded
@pytest.mark.parametrize("method", FOR_USERS, ids=lambda method: method.path)
async def test_a_call_for_a_user_has_to_name_one(method: Method, service: Service) -> None:
    backend = await give_key(service)
    params = await the_call(method, await set_stage(service), backend)
    del params["actAs"]
    answer = await backend.call(name_of(method), params)
    assert answer.code == (method.bad_request if method.bad_request >= 2000 else 98)
    assert "actAs" in answer.body["errorMessage"]


async def test_what_is_no_good_key_has_a_sentence_of_its_own(service: Service) -> None:
    device, good = await service.sign_up(), await give_key(service)
    revoked, brief = await give_key(service), await give_key(service, lasts=timedelta(seconds=90))
    await service.services.server_keys.revoke(revoked.id)
    wrong = ["lrk_", "lrk_x_y", good.key[:-1], f"{good.key}x", good.key[:-1] + ("a" if good.key[-1] != "a" else "b")]
    wrong += [good.key.replace(good.id, revoked.id), f"lrk_{'0' * 16}_{'a' * 43}"]
    for text in wrong:
        answer = await Backend(service, text, "").act(device, "rooms/query_room")
        assert (answer.code, answer.body["errorMessage"]) == (204, "unknown server key"), text
    answer = await revoked.act(device, "rooms/query_room")
    assert (answer.code, answer.body["errorMessage"]) == (204, "this server key has been revoked")
    assert (await brief.act(device, "rooms/query_room")).code == 0
    service.clock.advance(90)
    answer = await brief.send("rooms/query_room", {"actAs": device.user}, {"accept-language": "zh"})
    assert (answer.code, answer.body["errorMessage"]) == (204, "此服务端密钥已过期")
    assert (await good.act(device, "rooms/query_room")).code == 0


async def test_a_key_expires_on_its_second(service: Service) -> None:
    device = await service.sign_up()
    brief = await give_key(service, lasts=timedelta(hours=1))
    service.clock.advance(3599)
    assert (await brief.act(device, "rooms/query_room")).code == 0
    service.clock.advance(1)
    assert (await brief.act(device, "rooms/query_room")).code == 204


@pytest.mark.parametrize("form", Form)
async def test_a_key_is_no_token(form: Form, service: Service) -> None:
    device, backend = await service.sign_up(), await give_key(service)
    for params in ({"token": backend.key}, {"token": backend.key, "userId": device.user, "actAs": device.user}):
        assert (await service.call("rooms/query_room", params, form=form)).code == 204
    assert (await service.call("auth_users/user_logout", {"token": backend.key}, form=form)).code == 0


async def test_act_as_without_a_key_means_nothing(service: Service) -> None:
    device, other = await service.sign_up(), await service.sign_up()
    answer = await device.call("auth_users/user_keepalive", {"actAs": other.user})
    assert answer.data["userId"] == device.user
    assert (await service.call("auth_users/user_keepalive", {"actAs": other.user})).code == 98


async def test_users_who_are_not_there_are_all_the_same(service: Service) -> None:
    backend = await give_key(service)
    await service.make_tenant("elsewhere")
    foreign, deleted = await service.sign_up(app="elsewhere"), await service.sign_up()
    assert (await backend.act(deleted, "auth_users/user_delete")).code == 0
    said = set()
    for user in (foreign.user, deleted.user, "1", "x" * 70_0, "no\x00body", "\u202e"):
        answer = await backend.call("rooms/query_room", {"actAs": user})
        assert answer.code == 206
        said.add(answer.body["errorMessage"])
    assert said == {"no such user"}


async def test_the_usual_names_of_the_caller_have_to_say_the_same(service: Service) -> None:
    device, other, backend = await service.sign_up(), await service.sign_up(), await give_key(service)
    for name in ("userId", "apaasUserId"):
        assert (await backend.act(device, "rooms/query_room", **{name: device.user})).code == 0
        answer = await backend.act(device, "rooms/query_room", **{name: other.user})
        assert (answer.code, "actAs" in answer.body["errorMessage"]) == (204, True)
    found = await backend.act(device, "/getUserInfo", userId=other.user)
    assert found.data["userId"] == other.user
    assert (await backend.act(device, "/getUserInfo", apaasUserId=other.user)).code == 204


async def test_a_ban_ends_the_keys_session_and_an_unban_lets_it_open_another(service: Service) -> None:
    device, backend = await service.sign_up(), await give_key(service)
    room = (await backend.act(device, "rooms/enter_room", roomId=device.user, role="anchor")).data["roomId"]
    moderation = service.core.moderation
    await moderation.ban(UserId(device.user), service.clock.now() + timedelta(days=1), "")
    service.clock.advance(2)
    await service.tick()
    assert (await backend.act(device, "rooms/room_detail", roomId=room)).code == 3002
    await moderation.unban(UserId(device.user))
    assert (await backend.act(device, "auth_users/user_keepalive")).code == 0


async def test_one_session_serves_all_calls_of_a_key_for_a_user(service: Service) -> None:
    device, backend, other = await service.sign_up(), await give_key(service), await give_key(service)
    await asyncio.gather(*(backend.act(device, "auth_users/user_keepalive") for _ in range(8)))
    service.services.acting._known.clear()
    await asyncio.gather(*(backend.act(device, "auth_users/user_keepalive") for _ in range(8)))
    await other.act(device, "auth_users/user_keepalive")
    assert len(await service.core.db.sessions.open_of(UserId(device.user))) == 3


async def test_a_logout_ends_the_keys_session_alone(service: Service) -> None:
    device, other, backend = await service.sign_up(), await service.sign_up(), await give_key(service)
    room = await other.go_live()
    await backend.act(device, "rooms/enter_room", roomId=room, role="audience")
    assert device.user in await other.members(room)
    assert (await backend.call("auth_users/user_logout")).code == 0
    assert (await backend.act(device, "auth_users/user_logout", userId=other.user)).code == 204
    assert (await backend.act(device, "auth_users/user_logout")).code == 0
    service.clock.advance(2)
    await service.tick()
    assert device.user not in await other.members(room)
    for one in (device, other):
        assert (await one.call("auth_users/user_keepalive")).code == 0
    assert (await backend.act(device, "auth_users/user_keepalive")).code == 0


async def test_a_place_lasts_as_long_as_the_key_says_that_its_user_is_there(service: Service) -> None:
    device, other, backend = await service.sign_up(), await service.sign_up(), await give_key(service)
    room = await other.go_live()
    await backend.act(device, "rooms/enter_room", roomId=room, role="audience")
    for _ in range(5):
        await backend.act(device, "auth_users/user_keepalive")
        service.clock.advance(60)
        await service.tick()
    assert device.user in await other.members(room)
    for _ in range(3):
        service.clock.advance(60)
        await service.tick()
    assert device.user not in await other.members(room)


async def test_another_tenant_may_not_be_named(service: Service) -> None:
    await service.make_tenant("third")
    device, backend = await service.sign_up(), await give_key(service)
    for method, params in (("rooms/query_room", {"actAs": device.user}), ("gslb", {})):
        answer = await backend.call(method, {**params, "apaasAppId": "third"})
        assert (answer.code, answer.body["errorMessage"]) == (204, "this server key belongs to another tenant")
        assert (await backend.call(method, {**params, "apaasAppId": "1026227964"})).code == 0


async def test_a_call_that_needs_nobody_is_the_keys_tenants(service: Service) -> None:
    await service.make_tenant("fourth")
    backend = await give_key(service, tenant="fourth")
    guest = (await backend.call("auth_users/guest")).data
    assert guest["apaasAppId"] == "fourth"
    assert guest["userId"].startswith("fourth-")


async def test_a_web_page_may_not_use_a_key(service: Service) -> None:
    device, backend = await service.sign_up(), await give_key(service)
    params = {"actAs": device.user, "name": "x"}
    answer = await backend.send("auth_users/user_update", params, {"origin": "https://a.example"})
    assert answer.code == 3000
    assert "web page" in answer.body["errorMessage"]
    await service.core.jobs.key_uses.flush()
    (use,) = await backend.uses()
    assert use.code == 3000


async def test_every_use_is_in_the_audit(service: Service) -> None:
    device, backend = await service.sign_up(), await give_key(service, "act:rooms")
    room = await device.go_live()
    named = {"x-request-id": "r-1", "x-forwarded-for": "192.0.2.9"}
    await backend.send("rooms/room_detail", {"actAs": device.user, "roomId": room}, named)
    await backend.act(device, "rooms/room_detail", roomId="404")
    await backend.act(device, "auth_users/user_keepalive")
    await backend.call("rooms/room_detail", {"roomId": ["\x1b[2J" * 99], "actAs": {"a": 1}})
    assert [use.code for use in await backend.uses()] == [None] * 4
    await service.core.jobs.key_uses.flush()
    uses = await backend.uses()
    first = uses[0]
    assert (first.action, first.subject) == ("base/v1/rooms/room_detail", f"user:{device.user} room:{room}")
    assert (first.address, first.request, first.tenant) == ("192.0.2.9", "r-1", "")
    assert [use.code for use in uses] == [0, 2004, 3000, 2002]
    assert all(use.subject.isprintable() and len(use.subject) <= 128 for use in uses)


async def test_a_key_that_is_revoked_under_load_ends_at_once(service: Service) -> None:
    device, backend = await service.sign_up(), await give_key(service)
    answers: list[int] = []
    under_load = asyncio.Event()

    async def press() -> None:
        while not answers or answers[-1] == 0:
            answers.append((await backend.act(device, "auth_users/user_keepalive")).code)
            if len(answers) == 50:
                under_load.set()

    pressing = [asyncio.create_task(press()) for _ in range(8)]
    await under_load.wait()
    await service.services.server_keys.revoke(backend.id)
    await asyncio.gather(*pressing)
    assert set(answers) == {0, 204}
    assert (await backend.act(device, "auth_users/user_keepalive")).code == 204
