"""In which language texts for people are: the request's, else the user's own choice, else the tenant's."""

import pytest

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import UserId
from liveroom.domain.tenants.model import Language
from liveroom.usecases.accounts.profiles import KEPT_MAX, Languages
from tests.contract.conftest import EMBEDDED, Serving
from tests.outages import Switch
from tests.service import Answer, Device, Service

ZH, EN = "房间不存在或已结束", "no such room, or it has ended"


async def sentence(device: Device, accept: str = "") -> str:
    """Return what somebody is told of a room that there is not."""
    headers = {"accept-language": accept} if accept else {}
    params = {**device.identity, "roomId": "999"}
    answer = await device.account.caller.call("rooms/room_detail", params, headers=headers)
    assert answer.code == 2004
    return str(answer.body["errorMessage"])


async def choose(device: Device, language: str) -> Answer:
    return await device.call("auth_users/user_update", {"language": language})


async def test_a_users_own_choice_goes_before_the_tenants_and_after_the_requests(service: Service) -> None:
    """Without ``Accept-Language`` an app's users could read the tenant's language only."""
    device, other = await service.sign_up(), await service.sign_up()
    assert await sentence(device) == EN
    assert (await choose(device, "zh")).code == 0
    assert (await sentence(device), await sentence(device, "en"), await sentence(device, "fr")) == (ZH, EN, ZH)
    assert await sentence(await device.account.sign_in()) == ZH, "of every session"
    assert await sentence(other) == EN
    warned = await device.call("rooms/query_room", {"frobnicate": 1})
    assert warned.body["warnings"] == ["未知参数：frobnicate"]
    assert (await choose(device, "")).code == 0
    assert await sentence(device) == EN


async def test_the_same_choice_again_is_fine_and_one_that_there_is_not_is_98(service: Service) -> None:
    device = await service.sign_up()
    for _ in range(2):
        assert (await choose(device, "zh")).code == 0
    refused = await choose(device, "fr")
    assert refused.code == 98
    assert "language: must be zh or en" in refused.body["errorMessage"]
    assert await sentence(device) == ZH


async def test_another_process_knows_within_a_minute(service: Service) -> None:
    device = await service.sign_up()
    languages = Languages(service.core.db, service.clock)
    assert await languages.of(UserId(device.user)) is None
    await choose(device, "zh")
    service.clock.advance(61)
    assert await languages.of(UserId(device.user)) is Language.ZH


async def test_a_deleted_users_choice_is_gone(service: Service) -> None:
    device = await service.sign_up()
    await choose(device, "zh")
    await device.call("auth_users/user_delete")
    user = await service.core.db.users.get(UserId(device.user))
    assert user is not None
    assert user.language is None


async def test_what_is_remembered_is_bounded(service: Service) -> None:
    languages = Languages(service.core.db, service.clock)
    for number in range(KEPT_MAX + 50):
        await languages.of(UserId(f"made-up-{number}"))
    assert len(languages._known) == KEPT_MAX


async def test_a_database_that_is_down_is_asked_once_and_the_tenants_language_is_spoken(embedded: Serving) -> None:
    sql = Switch(DatabaseUnavailable)
    async with embedded(through=sql.over) as service:
        device = await service.sign_up()
        await choose(device, "zh")
        service.services.languages.forget(UserId(device.user))
        sql.down = True
        answer = await device.call("rooms/enter_room", {"roomId": ["not a room"]})
        assert answer.body["errorMessage"].startswith("invalid room parameters")
        sql.down = False
        answer = await device.call("rooms/enter_room", {"roomId": ["not a room"]})
        assert answer.body["errorMessage"].startswith("invalid room parameters"), "it was not asked again so soon"
        service.clock.advance(11)
        answer = await device.call("rooms/enter_room", {"roomId": ["not a room"]})
        assert answer.body["errorMessage"].startswith("房间参数不正确")


@pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")
async def test_a_guests_name_is_in_the_language_of_their_request(service: Service) -> None:
    guest = await service.call("auth_users/guest", headers={"accept-language": "zh-CN"})
    assert not guest.data["name"].isascii()
    guest = await service.call("auth_users/guest", headers={"accept-language": "en"})
    assert guest.data["name"].isascii()
