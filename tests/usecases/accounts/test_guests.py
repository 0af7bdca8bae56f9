"""Guests: made on the spot, marked, limited, and users like any other."""

import re
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.accounts.guests import TAG, friendly_name
from liveroom.domain.errors import NotOffered, QuotaExceeded, RateLimited
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.tenants.model import Language, Quotas, Tenant
from tests.service import Service, serving
from tests.usecases.conftest import World


@pytest.mark.parametrize(
    ("language", "form"), [(Language.ZH, r"\w+的\w+\d\d"), (Language.EN, r"[A-Z]\w+ [A-Z]\w+ \d\d")]
)
def test_a_guest_without_a_name_gets_a_friendly_one(language: Language, form: str) -> None:
    names = {friendly_name(language) for _ in range(50)}
    assert all(re.fullmatch(form, name) for name in names)
    assert len(names) > 40


async def test_a_guest_can_do_what_a_user_can(world: World) -> None:
    service = world.service
    login = (await service.call("auth_users/guest", {"nickname": "  小红 🎤 "})).data
    who = {"userId": login["userId"], "token": login["token"]}
    assert login["name"] == "小红 🎤"
    assert login["userSig"]
    opened = await service.call("rooms/enter_room", {**who, "roomId": login["userId"], "role": "anchor"})
    assert opened.data["role"] == "anchor"
    again = (await service.call("auth_users/user_login_token", who)).data
    assert (again["userId"], again["name"]) == (login["userId"], "小红 🎤")
    assert (await service.call("auth_users/user_delete", who)).code == 0
    assert (await service.call("auth_users/user_login_token", who)).code == 204


async def test_accounts_of_guests_are_told_from_others(world: World) -> None:
    login = (await world.service.call("auth_users/guest")).data
    user = await world.core.db.users.get(UserId(login["userId"]))
    assert user is not None
    assert (user.tag, user.name) == (TAG, login["name"])
    assert re.fullmatch(r"[A-Z]\w+ [A-Z]\w+ \d\d", user.name), "the default tenant of the tests speaks English"


async def test_each_tenant_has_guests_of_its_own(world: World) -> None:
    await world.service.make_tenant("shop", language=Language.ZH)
    login = (await world.service.call("auth_users/guest", {"apaasAppId": "shop"})).data
    assert login["userId"].startswith("shop-")
    assert "的" in login["name"]


async def test_an_address_makes_two_hundred_guests_in_ten_minutes(world: World) -> None:
    guests, tenant = world.core.services.guests, world.core.services.tenants.default
    for _ in range(200):
        await guests.welcome(tenant, "192.0.2.7", "", Language.EN)
    with pytest.raises(RateLimited):
        await guests.welcome(tenant, "192.0.2.7", "", Language.EN)
    await guests.welcome(tenant, "192.0.2.8", "", Language.EN)
    world.pass_by(601)
    await guests.welcome(tenant, "192.0.2.7", "", Language.EN)


async def test_a_limit_of_none_lets_any_number_in(tmp_path: Path) -> None:
    async with serving(tmp_path, guest_limit=0) as service:
        assert {(await service.call("auth_users/guest")).code for _ in range(210)} == {0}


async def test_guests_count_against_the_tenants_quota(world: World) -> None:
    small = Tenant(TenantName("small"), quotas=Quotas(users=1))
    await world.core.services.guests.welcome(small, "192.0.2.7", "", Language.EN)
    with pytest.raises(QuotaExceeded):
        await world.core.services.guests.welcome(small, "192.0.2.7", "", Language.EN)


@pytest.mark.parametrize("settings", [{"guests": False}, {"registration": "closed"}])
async def test_the_operator_may_do_without_guests(settings: dict[str, Any], tmp_path: Path) -> None:
    async with serving(tmp_path, **settings) as service:
        with pytest.raises(NotOffered):
            await _welcome(service)
        assert (await service.call("auth_users/guest")).code == 3008


async def _welcome(service: Service) -> None:
    await service.services.guests.welcome(service.services.tenants.default, "192.0.2.7", "", Language.EN)
