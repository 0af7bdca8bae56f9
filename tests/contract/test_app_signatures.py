"""An operator who wants no open API: calls have to be signed by an app key, for some modules or for all."""

import asyncio
import io
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from liveroom.api.declare import BASE
from liveroom.api.identity import RequestContext
from liveroom.api.methods import METHODS
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.tenants.app_signatures import ALL
from liveroom.domain.tenants.model import Language
from tests.app_signing import FORM, JSON, http_date, sign_all, sign_headers
from tests.contract.conftest import Serving
from tests.service import HOST, Answer, Device, Service

SHOP = TenantName("shop")
ROOMS = frozenset({"rooms"})


async def require(service: Service, *modules: str, tenant: TenantName = SHOP) -> None:
    await service.services.app_signatures.require(tenant, frozenset(modules))
    await service.core.jobs.configuration.refresh()


async def add_key(service: Service, tenant: TenantName = SHOP) -> tuple[str, str]:
    key = await service.services.app_signatures.add(tenant, "a program")
    await service.core.jobs.configuration.refresh()
    return key.id, key.secret


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def key(service: Service) -> tuple[str, str]:
    """Return a key of a tenant that wants the calls of `rooms` signed."""
    await service.make_tenant("shop", language=Language.EN)
    made = await add_key(service)
    await require(service, "rooms")
    return made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def device(service: Service, key: tuple[str, str]) -> Device:
    return await service.sign_up(app="shop")


async def post(service: Service, key: tuple[str, str], path: str, params: Mapping[str, Any], **changes: Any) -> Answer:
    body = json.dumps(params).encode()
    headers = sign_all(key, service.clock.now(), changes.pop("target", path), body=body) | changes
    return await service.send("POST", path, content=body, headers=headers)


async def test_a_call_without_a_signature_is_refused_with_a_sentence(service: Service, device: Device) -> None:
    answer = await device.call("rooms/query_room")
    assert answer.code == 3000
    assert "signed with an app key" in answer.body["errorMessage"]
    assert "calls of rooms must be signed" in answer.body["errorMessage"]
    refused = await device.call("rooms/generate_roomid")
    assert refused.code == 3000
    assert (await device.call("auth_users/user_keepalive")).code == 0, "the other modules are open"


async def test_a_signed_call_is_carried_out_in_every_form(
    service: Service, key: tuple[str, str], device: Device
) -> None:
    path, now = f"{BASE}rooms/query_room", service.clock.now()
    params = {**device.identity, "limit": "5", "apaasAppId": "shop"}
    assert (await post(service, key, f"/{path}", params)).code == 0
    sorted_ = "&".join(sorted(f"{name}={value}" for name, value in params.items()))
    headers = sign_all(key, now, f"/{path}?{sorted_}", method="GET")
    assert (await service.send("GET", f"/{path}", query=params, headers=headers)).code == 0
    headers = sign_all(key, now, f"/{path}?{sorted_}", body=b"x", kind=FORM)
    assert (await service.send("POST", f"/{path}", form=params, headers=headers)).code == 0
    headers = sign_all(key, now, f"/{path}?{sorted_}")
    assert (await service.send("POST", f"/{path}", query=params, headers=headers)).code == 0
    headers = sign_headers(key, {"x-date": http_date(now), "host": HOST}, "sha256")
    assert (await service.send("POST", f"/{path}", body=params, headers=headers)).code == 0


async def test_what_is_altered_on_the_way_is_refused(service: Service, key: tuple[str, str], device: Device) -> None:
    path, now = f"/{BASE}rooms/query_room", service.clock.now()
    body = json.dumps(device.identity).encode()
    headers = sign_all(key, now, path, body=body)
    assert (await service.send("POST", path, content=body, headers=headers)).code == 0
    other = json.dumps({**device.identity, "limit": 1}).encode()
    for reason, sent in {
        "Content-MD5": service.send("POST", path, content=other, headers=headers),
        "signature": service.send("POST", path, query={"limit": 1}, content=body, headers=headers),
        "signature: ": service.send("POST", f"/{BASE}rooms/generate_roomid", content=body, headers=headers),
        "signature: does not match": service.send("POST", path, content=body, headers=headers | {"accept": "*/*"}),
        "x-date": service.send("POST", path, content=body, headers=headers | {"x-date": "Thu"}),
    }.items():
        answer = await sent
        assert answer.code == 3000
        assert reason in answer.body["errorMessage"]


async def test_a_key_of_another_tenant_is_no_key(service: Service, key: tuple[str, str], device: Device) -> None:
    await service.make_tenant("party")
    foreign = await add_key(service, TenantName("party"))
    path = f"/{BASE}rooms/query_room"
    for other in (foreign, ("ak_unknown", key[1])):
        answer = await post(service, other, path, device.identity)
        assert answer.code == 3000
        assert "id: not an app key of this tenant" in answer.body["errorMessage"]


async def test_another_tenant_is_not_asked_for_signatures(service: Service, device: Device) -> None:
    open_ = await service.sign_up()
    assert (await open_.call("rooms/query_room")).code == 0
    gateway = {"authorization": 'hmac id="AKIDgateway", algorithm="hmac-sha1", headers="date", signature="x"'}
    answer = await service.call("rooms/query_room", open_.identity, headers=gateway)
    assert answer.code == 0, "a gateway's own header is ignored as ever"


async def test_all_modules_may_be_closed_logins_included(service: Service, key: tuple[str, str]) -> None:
    await require(service, ALL)
    login = {**service.sign("nobody", "0" * 32), "apaasAppId": "shop"}
    for name in ("oauth/signature", "oauth/register", "gslb", "auth_users/guest", "auth_users/user_logout"):
        answer = await service.call(name, {**login, "salt": "0" * 32})
        assert answer.code == 3000, (name, answer.text)
    signed = await post(service, key, f"/{BASE}oauth/register", {**login, "username": "by-program", "salt": "0" * 32})
    assert signed.code == 0, signed.text
    await require(service, "rooms")


async def test_a_server_key_is_as_good_as_a_signature(service: Service, device: Device) -> None:
    scopes = ["act:rooms"]
    _, sent = await service.services.server_keys.add(SHOP, "backend", scopes, scopes, lasts=None)
    headers = {"authorization": f"Bearer {sent}"}
    answer = await service.call("rooms/query_room", {"actAs": device.user}, headers=headers)
    assert answer.code == 0, answer.text


async def test_keys_turn_and_the_last_one_stays_while_it_is_needed(service: Service, device: Device) -> None:
    signatures = service.services.app_signatures
    second = await add_key(service)
    path = f"/{BASE}rooms/query_room"
    assert (await post(service, second, path, device.identity)).code == 0
    await signatures.remove(second[0], SHOP)
    await service.core.jobs.configuration.refresh()
    assert (await post(service, second, path, device.identity)).code == 3000
    lonely = TenantName("lonely")
    await service.make_tenant("lonely")
    with pytest.raises(BadRequest, match="no app key yet"):
        await signatures.require(lonely, ROOMS)
    id, _ = await add_key(service, lonely)
    await require(service, "rooms", tenant=lonely)
    with pytest.raises(BadRequest, match="the last app key"):
        await signatures.remove(id, lonely)
    with pytest.raises(BadRequest, match="there is no app key"):
        await signatures.remove(id, SHOP)
    await require(service, tenant=lonely)
    await signatures.remove(id, lonely)


async def test_nothing_secret_is_stored_or_shown(service: Service, key: tuple[str, str]) -> None:
    (stored, *_) = await service.core.db.app_keys.list()
    assert stored.item.id == key[0]
    assert stored.item.secret == ""
    assert key[1] not in stored.sealed


async def test_a_socket_makes_no_calls_that_have_to_be_signed(service: Service, device: Device) -> None:
    """A signature is of one call; one who may open a socket could otherwise make any by it."""
    for name, code in (("rooms/query_room", 3000), ("auth_users/user_keepalive", 0)):
        context = RequestContext("r", "198.51.100.1", bearer=device.token, by_socket=True)
        outcome = await service.core.dispatcher.call(METHODS.methods[BASE + name], {}, context)
        assert outcome.code == code


async def test_two_who_change_a_rule_and_its_last_key_at_once_leave_it_usable(service: Service) -> None:
    for number in range(5):
        tenant = TenantName(f"race{number}")
        await service.make_tenant(tenant)
        id, _ = await add_key(service, tenant)
        signatures = service.services.app_signatures
        results = await asyncio.gather(
            signatures.remove(id, tenant), signatures.require(tenant, ROOMS), return_exceptions=True
        )
        assert sum(isinstance(result, BadRequest) for result in results) == 1


async def test_stages_and_a_base_path_may_be_signed_or_not(embedded: Serving) -> None:
    async with embedded(base_path="/live") as service:
        key = await add_key(service, DEFAULT_TENANT)
        device = await service.sign_up()
        await require(service, "rooms", tenant=DEFAULT_TENANT)
        plain = f"/{BASE}rooms/query_room"
        for came in (plain, f"/live{plain}", f"/live/prod{plain}", f"/prod{plain}", f"//prod/{plain}/"):
            for target in (plain, f"/live{plain}", f"/live/prod{plain}"):
                answer = await post(service, key, came, device.identity, target=target)
                assert answer.code == 0, (came, target, answer.text)


async def test_a_call_as_people_write_it_is_taken(service: Service, key: tuple[str, str], device: Device) -> None:
    """The gateway's form examples sign what they mean and send it encoded."""
    path, params = f"/{BASE}rooms/query_room", {**device.identity, "category": "聊天 室"}
    target = f"{path}?" + "&".join(f"{name}={value}" for name, value in sorted(params.items()))
    headers = sign_all(key, service.clock.now(), target, body=b"x", kind=FORM, accept=JSON)
    answer = await service.send("POST", path, content=urlencode(params).encode(), headers=headers)
    assert answer.code == 0, answer.text


async def test_no_signature_body_or_secret_is_logged(
    service: Service, key: tuple[str, str], device: Device, written_log: io.StringIO
) -> None:
    answers = [
        await post(service, key, f"/{BASE}rooms/query_room", {**device.identity, "limit": limit})
        for limit in ("1", "nonsense")
    ]
    answers.append(await post(service, ("ak_unknown", key[1]), f"/{BASE}rooms/query_room", device.identity))
    assert [answer.code for answer in answers] == [0, 2002, 3000]
    for shown in (written_log.getvalue(), *(answer.text for answer in answers)):
        assert key[1] not in shown
        assert device.token not in shown
        assert "hmac id" not in shown
