"""Tencent's server calls at ``/v4/``: gifts as its tables have them, its codes and limits, and who is believed."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from liveroom.providers.tencent.usersig import user_sig
from tests.contract.money_scenes import bought
from tests.contract.scene import set_stage
from tests.service import HOST, SDK_APP_ID, SDK_SECRET, Service, serving

ADMIN: Final = "administrator"
GIFTS: Final = "live_engine_http_srv"
KITE: Final = {
    "giftId": "kite",
    "name": "Kite",
    "description": "flies",
    "languages": {"zh": {"name": "风筝", "description": "会飞"}, "en": {"name": "Kite"}},
    "categoryId": "sky",
    "price": 66,
    "level": 2,
    "iconUrl": "https://cdn.example.com/kite.webp",
    "animationUrl": "/gifts/kite.webp",
    "animationKind": "webp",
    "extension": {"tier": 2},
}


@pytest_asyncio.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Yield a service that answers calls about gifts, with one gift."""
    async with serving(tmp_path, tencent_calls="gifts", tim_administrator=ADMIN, gifts="on", adults="all") as running:
        backend = await running.make_key()
        sky = {"categoryId": "sky", "name": "Sky", "languages": {"zh": "天空"}}
        assert (await backend.call("admin/set_gift_category", sky)).code == 0
        assert (await backend.call("admin/set_gift", KITE)).code == 0
        yield running


def asked(service: Service, **changes: Any) -> dict[str, Any]:
    """Return what is in the address of an administrator's call."""
    said = {"sdkappid": SDK_APP_ID, "identifier": ADMIN, "random": 4294967295, "contenttype": "json", **changes}
    life = timedelta(hours=1)
    sig = user_sig(SDK_APP_ID, SDK_SECRET, said["identifier"], now=service.clock.now(), ttl=life)
    return {"usersig": sig, **said}


async def call(service: Service, command: str, said: Any = None, **changes: Any) -> dict[str, Any]:
    """Call a command a second after the one before, as Tencent's manager does; return what came."""
    service.clock.advance(1.1)
    body = json.dumps({} if said is None else said).encode()
    query = {name: value for name, value in asked(service, **changes).items() if value is not None}
    answer = await service.send("POST", f"/v4/{command}", query=query, content=body)
    assert answer.status == 200
    found = answer.body
    assert found["RequestId"]
    assert (found["ActionStatus"] == "OK") is (found["ErrorCode"] == 0)
    return found


async def code(service: Service, command: str, said: Any = None, **changes: Any) -> int:
    return int((await call(service, command, said, **changes))["ErrorCode"])


async def test_the_list_has_gifts_and_categories_in_the_form_that_the_manager_reads(service: Service) -> None:
    found = (await call(service, f"{GIFTS}/get_gift_info_list"))["Response"]
    (gift,), (category,) = found["GiftList"], found["CategoryList"]
    created = gift.pop("CreateTime")
    assert abs(service.clock.now().timestamp() - created) < 60
    assert (found["TotalCount"], gift) == (
        1,
        {
            "GiftId": "kite",
            "Name": "Kite",
            "Desc": "flies",
            "IconUrl": "https://cdn.example.com/kite.webp",
            "ResourceUrl": f"http://{HOST}/gifts/kite.webp",
            "Coins": 66,
            "Level": 2,
            "ExtensionInfo": '{"tier":2}',
            "LanguageList": [
                {"Language": "en", "Name": "Kite", "Desc": ""},
                {"Language": "zh-Hans", "Name": "风筝", "Desc": "会飞"},
            ],
        },
    )
    assert category == {
        "CategoryId": "sky",
        "CategoryName": "Sky",
        "CategoryDesc": "",
        "GiftIdList": ["kite"],
        "LanguageList": [{"Language": "zh-Hans", "CategoryName": "天空", "CategoryDesc": ""}],
    }


@pytest.mark.parametrize(
    ("command", "said", "name", "shown"),
    [
        ("get_gift", {"GiftId": "kite"}, "GiftInfo", {"GiftId": "kite", "Coins": 66, "DefaultName": "Kite"}),
        ("get_gift_category", {"CategoryId": "sky"}, "CategoryInfo", {"CategoryId": "sky", "DefaultName": "Sky"}),
        ("get_gift_category_relations", {"CategoryId": "sky"}, "Relation", {"GiftIdList": ["kite"]}),
        ("get_gift_language", {"GiftId": "kite", "Language": "zh-Hans"}, "", {"Name": "风筝", "Desc": "会飞"}),
        ("get_gift_language", {"GiftId": "kite", "Language": "fr"}, "", {"Name": "Kite", "Desc": "flies"}),
        ("get_gift_category_language", {"CategoryId": "sky", "Language": "zh-Hant"}, "", {"CategoryName": "天空"}),
    ],
)
async def test_single_reads_answer_as_the_pages_and_as_the_manager_have_it(
    command: str, said: dict[str, Any], name: str, shown: dict[str, Any], service: Service
) -> None:
    found = await call(service, f"{GIFTS}/{command}", said)
    for at in (found, found["Response"]):
        read = at[name] if name else at
        assert {key: read[key] for key in shown} == shown


async def test_what_is_missing_unknown_or_not_offered_has_tencents_code(service: Service) -> None:
    assert await code(service, f"{GIFTS}/get_gift", {}) == 100002
    assert await code(service, f"{GIFTS}/get_gift", {"GiftId": "boat"}) == 102002
    assert await code(service, f"{GIFTS}/get_gift_category", {"CategoryId": "sea"}) == 100002
    assert await code(service, f"{GIFTS}/get_gift_language", {"GiftId": "kite", "Language": "?"}) == 100002
    sent = {"RoomId": "1", "GiftId": "kite", "Count": 1, "From_Account": "1", "ReceiverList_Account": ["2"]}
    assert await code(service, f"{GIFTS}/send_gift", sent) == 102001
    assert await code(service, f"{GIFTS}/add_gift", {"GiftId": "a", "Coins": 1, "DefaultName": "A"}) == 102001
    assert await code(service, f"{GIFTS}/nothing") == 10003
    assert await code(service, "follow/follow_add") == 10003
    assert await code(service, f"{GIFTS}/get_gift", ["kite"]) == 60003
    large = await call(service, f"{GIFTS}/get_gift", {"GiftId": "x" * 70_000})
    assert large["ErrorCode"] == 60002


async def test_a_count_is_what_an_account_was_sent_in_the_last_broadcast(service: Service) -> None:
    stage = await set_stage(service)
    await bought(stage)
    for key in "ab":
        rose = {"roomId": stage.room, "giftId": "kite", "key": key}
        assert (await stage.guest.call("gifts/send", rose)).code == {"a": 0, "b": 3051}[key]
    said = {"RoomId": stage.room, "From_Account": stage.host.user}
    found = await call(service, f"{GIFTS}/get_gift_count", said)
    sequence = found["Response"].pop("Sequence")
    assert found["Response"] == {"TotalCount": 1, "TotalCoins": 66, "GiftSenderCount": 1}
    assert found["Sequence"] == sequence > 0
    said["From_Account"] = stage.guest.user
    assert (await call(service, f"{GIFTS}/get_gift_count", said))["TotalCount"] == 0
    for wrong, refused in (({"RoomId": "1"}, 100004), ({"From_Account": "1"}, 100002), ({"RoomId": 1}, 100002)):
        assert await code(service, f"{GIFTS}/get_gift_count", {**said, **wrong}) == refused


async def test_a_second_read_within_a_second_is_too_often(service: Service) -> None:
    assert await code(service, f"{GIFTS}/get_gift_info_list") == 0
    query = asked(service)
    twice = await service.send("POST", f"/v4/{GIFTS}/get_gift_info_list", query=query, content=b"{}")
    assert twice.body["ErrorCode"] == 100012
    assert await code(service, f"{GIFTS}/get_gift_info_list") == 0


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"sdkappid": None}, 60012),
        ({"sdkappid": "abc"}, 60012),
        ({"sdkappid": 1}, 60006),
        ({"identifier": "guest"}, 60010),
        ({"usersig": ""}, 70002),
        ({"usersig": "nonsense"}, 70003),
        ({"random": 2**32}, 60002),
        ({"contenttype": "xml"}, 60002),
    ],
)
async def test_who_is_no_administrator_of_the_application_is_refused(
    changes: dict[str, Any], refused: int, service: Service
) -> None:
    assert await code(service, f"{GIFTS}/get_gift_info_list", **changes) == refused


async def test_a_usersig_of_another_key_application_account_or_time_is_refused(service: Service) -> None:
    now, hour = service.clock.now(), timedelta(hours=1)
    for sig, refused in (
        (user_sig(SDK_APP_ID, "another-key", ADMIN, now=now, ttl=hour), 70009),
        (user_sig(SDK_APP_ID + 1, SDK_SECRET, ADMIN, now=now, ttl=hour), 70014),
        (user_sig(SDK_APP_ID, SDK_SECRET, "guest", now=now, ttl=hour), 70013),
        (user_sig(SDK_APP_ID, SDK_SECRET, ADMIN, now=now - 2 * hour, ttl=hour), 70001),
        (user_sig(SDK_APP_ID, SDK_SECRET, ADMIN, now=now + hour, ttl=hour), 70001),
    ):
        assert await code(service, f"{GIFTS}/get_gift_info_list", usersig=sig) == refused


async def test_without_the_setting_there_is_no_such_address_and_without_gifts_no_gift(tmp_path: Path) -> None:
    async with serving(tmp_path / "without", tim_administrator=ADMIN) as service:
        answer = await service.send("POST", f"/v4/{GIFTS}/get_gift_info_list", query=asked(service), content=b"{}")
        assert answer.status == 404
    off: dict[str, Any] = {"tencent_calls": "gifts", "tim_administrator": ADMIN, "gifts": "off"}
    async with serving(tmp_path / "off", **off) as service:
        assert await code(service, f"{GIFTS}/get_gift_info_list") == 102001
