"""Tenants are kept apart: a test made from the list of methods shows it for every call and every id in it."""

import itertools
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
import pytest_asyncio
from _pytest.mark import MarkDecorator, ParameterSet

from liveroom.api.declare import Method, Who
from liveroom.domain.ids import UserId
from liveroom.domain.tenants.model import Language
from tests.contract.scene import Stage, set_stage
from tests.contract.shows import INTERACTIVE
from tests.contract.stages import ADMIN, BASIC, SCENES, admin_params, name_of
from tests.service import HOST, SDK_APP_ID, Device, Service, session_of

SHOP_HOST: Final = "shop.example.com"
TENANTS_BY: Final[Mapping[str, Mapping[str, Any]]] = {
    "": {},
    "shop": {"headers": {"host": SHOP_HOST}},
    "party": {"app": "party"},
}
"""The default tenant, a plain one that is known by its host, and a prefixed one that its app names."""
PAIRS: Final = list(itertools.permutations(TENANTS_BY, 2))


def _taking_turns(methods: Iterable[Method]) -> list[ParameterSet]:
    """Return the methods, each with one of the pairs of tenants."""
    return [_case(method, pair) for method, pair in zip(methods, itertools.cycle(PAIRS), strict=False)]


def _in_all_pairs(methods: Iterable[Method]) -> list[ParameterSet]:
    """Return the methods with each pair of tenants; on servers they take turns."""
    return [
        _case(method, pair, () if number % len(PAIRS) == turn else pytest.mark.embedded)
        for number, method in enumerate(methods)
        for turn, pair in enumerate(PAIRS)
    ]


def _case(method: Method, pair: tuple[str, str], marks: MarkDecorator | tuple[()] = ()) -> ParameterSet:
    return pytest.param(method, *pair, id=f"{method.path}-{pair}", marks=marks)


EACH: Final = [*_in_all_pairs(BASIC), *_taking_turns(INTERACTIVE)]
"""Methods with every pair of tenants; those of interactive rooms take turns with the pairs."""
EACH_OF_OPERATORS: Final = _taking_turns(ADMIN)
TOKEN_METHODS: Final = [method for method in BASIC if method.who is not Who.ANYONE]
_PEOPLE: Final = frozenset({"userId", "apaasUserId", "searchUserId", "doctorUserId", "to", "ownerId", "targetId"})
_IDS: Final = _PEOPLE | {"roomId", "roomIds", "userIds", "reportId"}


@dataclass(frozen=True)
class Corner:
    """One tenant with a stage on it; everything on it has a name that nobody else's has."""

    name: str
    stage: Stage
    admin: Device

    @property
    def secrets(self) -> list[str]:
        """What must never be read from outside."""
        return [f"{self.name}-nickname", f"{self.name}-title", f"{self.name}-cover"]

    @property
    def ids(self) -> dict[str, str]:
        return {"host": self.stage.host.user, "guest": self.stage.guest.user, "room": self.stage.room}

    async def view(self) -> str:
        """Return what the tenant's own people can see of it, and its users as they are stored."""
        guest, host, room = self.stage.guest, self.stage.host, self.stage.room
        await self.stage.service.core.jobs.backlog.write_all()
        answers = [
            await self.admin.call("rooms/room_detail", {"roomId": room}),
            await self.admin.call("rooms/list_users", {"roomId": room}),
            await self.admin.call("rooms/query_room", {"category": f"{self.name}-category"}),
            await self.admin.call("presence/query", {"userIds": [host.user, guest.user]}),
        ]
        users = await self.stage.service.core.db.users.list([UserId(host.user), UserId(guest.user)])
        return json.dumps([answer.data for answer in answers], ensure_ascii=False) + repr(users)


async def make_corner(service: Service, name: str) -> Corner:
    """Return a tenant in which something is going on."""
    stage = await set_stage(service, **TENANTS_BY[name])
    named = name or "default"
    for device in (stage.host, stage.guest):
        await device.call("auth_users/user_update", {"name": f"{named}-nickname", "tag": f"{named}-nickname"})
    changes = {"title": f"{named}-title", "cover": f"{named}-cover", "category": f"{named}-category"}
    await stage.host.call("rooms/update_room", {"roomId": stage.room, **changes})
    admin = await service.sign_up(**TENANTS_BY[name])
    await service.name_admin(admin)
    return Corner(named, stage, admin)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def corners(service: Service) -> AsyncIterator[dict[str, Corner]]:
    """Yield the three tenants of the installation."""
    await service.make_tenant("shop", plain=True, hosts=(SHOP_HOST,))
    await service.make_tenant("party")
    yield {name: await make_corner(service, name) for name in TENANTS_BY}


def _foreign(params: Mapping[str, Any], theirs: Corner) -> list[dict[str, Any]]:
    """Return the parameters with each id of ours, one after the other, replaced by one of theirs; and all at once."""
    ids = theirs.ids
    swaps: list[dict[str, Any]] = []
    for name in sorted(_PEOPLE | set(params)):
        if name in _PEOPLE:
            swaps.append({name: ids["host"]})
        elif name == "roomId":
            swaps.append({name: ids["room"]})
        elif name == "reportId":
            swaps.append({name: theirs.stage.report})
        elif name in _IDS:
            swaps.append({name: list(ids.values())})
    swaps.append({"userId": "|".join(ids.values())})
    swaps.append({name: value for swap in swaps for name, value in swap.items() if name not in _PEOPLE - set(params)})
    return [{**params, **swap} for swap in swaps]


@pytest.mark.parametrize(("method", "ours", "theirs"), EACH)
async def test_no_call_reads_or_changes_another_tenant(
    method: Method, ours: str, theirs: str, corners: dict[str, Corner], service: Service
) -> None:
    victim = corners[theirs]
    before = await victim.view()
    stage = await set_stage(service, **TENANTS_BY[ours])
    scene = await SCENES[method.path](stage)
    admin = await service.sign_up(**TENANTS_BY[ours])
    await service.name_admin(admin)
    for params in _foreign(scene.params, victim):
        for caller in (scene.device, admin):
            answer = await caller.call(name_of(method), params)
            assert not [secret for secret in victim.secrets if secret in answer.text], (params, answer.text)
            if answer.code == 0:
                # What is allowed is allowed for ids of one's own, or says nothing about theirs.
                assert not _tells_of(victim, answer.body.get("data")), (params, answer.text)
    assert await victim.view() == before


@pytest.mark.parametrize(("method", "ours", "theirs"), EACH_OF_OPERATORS)
async def test_no_server_key_reads_or_changes_another_tenant(
    method: Method, ours: str, theirs: str, corners: dict[str, Corner], service: Service
) -> None:
    victim = corners[theirs]
    before = await victim.view()
    backend = await service.make_key(ours)
    params = await admin_params(method, await set_stage(service, **TENANTS_BY[ours]), backend)
    for foreign in _foreign(params, victim):
        answer = await backend.call(name_of(method), foreign)
        assert not [secret for secret in victim.secrets if secret in answer.text], (foreign, answer.text)
        assert answer.code or not _tells_of(victim, answer.body.get("data")), (foreign, answer.text)
    assert await victim.view() == before


@pytest.mark.parametrize(("method", "ours", "theirs"), EACH)
async def test_no_server_key_acts_for_or_learns_of_another_tenant(
    method: Method, ours: str, theirs: str, corners: dict[str, Corner], service: Service
) -> None:
    victim = corners[theirs]
    before = await victim.view()
    backend = await service.make_key(ours)
    scene = await SCENES[method.path](await set_stage(service, **TENANTS_BY[ours]))
    said = set()
    for user in ("nobody", victim.stage.host.user, victim.stage.guest.user, victim.admin.user):
        named = dict.fromkeys(("actAs", "userId", "apaasUserId"), user)
        answer = await backend.call(name_of(method), {**scene.params, **named})
        said.add((answer.code, answer.body["errorMessage"]))
    assert len(said) == 1
    assert answer.code == 206
    for foreign in _foreign(scene.params, victim):
        answer = await backend.call(name_of(method), {**foreign, "actAs": scene.device.user})
        assert not [secret for secret in victim.secrets if secret in answer.text], (foreign, answer.text)
        assert answer.code or not _tells_of(victim, answer.body.get("data")), (foreign, answer.text)
    assert await victim.view() == before


def _tells_of(victim: Corner, data: Any) -> bool:
    """Say whether an answer gives an id of theirs, or one of their sessions."""
    told = [one for one in (data if isinstance(data, list) else [data]) if not _is_nobody(one)]
    text = json.dumps(told, ensure_ascii=False)
    sessions = [session_of(device.token) for device in (victim.stage.host, victim.stage.guest)]
    return any(id in text for id in (*victim.ids.values(), *sessions))


def _is_nobody(data: Any) -> bool:
    """Say whether an answer repeats the id that was asked for, as it does for people and rooms that do not exist."""
    return isinstance(data, dict) and data in (
        {"userId": data.get("userId"), "relation": "none"},
        {"roomId": data.get("roomId"), "result": "roomNotExists"},
    )


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
async def test_nobody_opens_a_room_of_another_tenant(
    ours: str, theirs: str, corners: dict[str, Corner], service: Service
) -> None:
    del corners
    holder, stranger, admin = [await service.sign_up(**TENANTS_BY[name]) for name in (theirs, ours, ours)]
    await service.name_admin(admin)
    closed = await holder.go_live()
    await holder.call("rooms/destroy_room", {"roomId": closed})
    reserved = (await holder.call("rooms/generate_roomid")).data["roomId"]
    for room, caller in itertools.product((closed, reserved), (stranger, admin)):
        assert (await caller.enter(room, "anchor")).code in (2000, 3000)
        assert (await caller.enter(room, "")).code in (2000, 2004)
    assert await holder.go_live(closed) == closed
    assert await holder.go_live(reserved) == reserved


@pytest.mark.parametrize(("ours", "theirs"), [pair for pair in PAIRS if pair[1]])
async def test_a_token_of_one_tenant_with_another_named_is_invalid_for_every_method(
    ours: str, theirs: str, corners: dict[str, Corner], service: Service
) -> None:
    """Who calls is found out before the rest is read: no method comes to its parameters."""
    del corners
    device = (await set_stage(service, **TENANTS_BY[ours])).host
    for method in TOKEN_METHODS:
        answer = await device.call(name_of(method), {"apaasAppId": theirs})
        assert answer.code == 204, (method.path, answer.text)


@pytest.mark.embedded
@pytest.mark.parametrize("method", TOKEN_METHODS, ids=lambda method: method.path)
async def test_a_tenant_that_is_none_means_nothing(
    method: Method, corners: dict[str, Corner], service: Service
) -> None:
    del corners
    once = ("user_logout", "user_delete", "streams/remove")
    for name in TENANTS_BY:
        scene = await SCENES[method.path](await set_stage(service, **TENANTS_BY[name]))
        for unknown in ("1026227964", "no such tenant"):
            params = {**scene.params, "apaasAppId": scene.device.account.app or unknown}
            answer = await scene.device.call(name_of(method), params)
            assert answer.code == 0 or method.path.endswith(once), answer.text


async def test_the_token_says_the_tenant_whatever_the_host(corners: dict[str, Corner], service: Service) -> None:
    for corner in corners.values():
        for host in (HOST, SHOP_HOST, "unknown.example.com"):
            answer = await service.call(
                "rooms/room_detail",
                {**corner.stage.guest.identity, "roomId": corner.stage.room},
                headers={"host": host},
            )
            assert answer.data["title"] == f"{corner.name}-title"


async def test_the_tenant_that_is_named_comes_before_the_host(corners: dict[str, Corner], service: Service) -> None:
    del corners
    device = await service.sign_up(app="party", headers={"host": SHOP_HOST})
    assert device.user.startswith("party-")


async def test_the_same_name_is_another_account_in_another_tenant(corners: dict[str, Corner], service: Service) -> None:
    del corners
    devices = [await service.sign_up("the-same-name", **by) for by in TENANTS_BY.values()]
    assert len({device.user for device in devices}) == len(TENANTS_BY)
    account = devices[0].account
    answer = await service.call("oauth/signature", {**service.sign(account.username, "0" * 32), "apaasAppId": "party"})
    assert answer.code == 98


@pytest.mark.parametrize("name", TENANTS_BY)
async def test_ids_are_numbers_in_plain_tenants_and_prefixed_in_others(
    name: str, corners: dict[str, Corner], service: Service
) -> None:
    del corners
    device = await service.sign_up(**TENANTS_BY[name])
    reserved = (await device.call("rooms/generate_roomid")).data["roomId"]
    for id in (device.user, reserved):
        prefix, _, number = id.rpartition("-")
        assert prefix == ("party" if name == "party" else "")
        assert 40_000_001 <= int(number) <= 2_147_483_647
        assert str(int(number)) == number


@pytest.mark.parametrize(
    ("name", "room", "code"),
    [
        ("", "7001", 0),
        ("", "party-7001", 2000),
        ("shop", "7002", 0),
        ("shop", "shop-7002", 2000),
        ("party", "party-7003", 0),
        ("party", "7003", 2000),
        ("party", "shop-7003", 2000),
        ("party", "party-07", 2000),
        ("", "2147483647", 0),
        ("", "2147483648", 2000),
        ("", "0", 2000),
        ("", "-1", 2000),
        ("", "+7", 2000),
        ("", "1e3", 2000),
        ("", "７００４", 2000),
    ],
)
async def test_a_room_id_of_ones_own_choice_has_the_tenants_form(
    name: str, room: str, code: int, corners: dict[str, Corner], service: Service
) -> None:
    del corners
    device = await service.sign_up(**TENANTS_BY[name])
    answer = await device.enter(room, "anchor")
    assert answer.code == code, answer.text
    if code == 0:
        assert answer.data["roomId"] == room


async def test_each_tenant_has_its_own_sdk_app_id(corners: dict[str, Corner], service: Service) -> None:
    found = {}
    for name, by in TENANTS_BY.items():
        device = await service.sign_up(**by)
        login = (await device.call("auth_users/user_login_token")).data
        room = (await corners[name].admin.detail(corners[name].stage.room)).data
        assert room["appId"] == str(login["sdkAppId"])
        assert login["apaasAppId"] == name
        found[name] = login["sdkAppId"]
    assert len(set(found.values())) == len(TENANTS_BY)
    assert found[""] == SDK_APP_ID


async def test_each_tenant_speaks_its_own_language(service: Service, corners: dict[str, Corner]) -> None:
    del corners
    await service.make_tenant("beijing", language=Language.ZH)
    refused = await service.call("oauth/signature", {"apaasAppId": "beijing"})
    assert "账号" in refused.body["errorMessage"]
    preferring = await service.call(
        "oauth/signature", {"apaasAppId": "beijing"}, headers={"accept-language": "en-GB,en;q=0.9,zh;q=0.1"}
    )
    assert "account" in preferring.body["errorMessage"]
