"""The catalogue of gifts over HTTP: what operators arrange, and what users are shown of it, where and when."""

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from liveroom.api.codes import Code
from liveroom.domain.gifts.builtin import GIFTS
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ids import TenantName
from liveroom.store.sql.database import SqlDatabase
from tests.contract.scene import set_stage
from tests.counted import CountedEngine
from tests.service import Device, Keyholder, Service, serving

_numbers = itertools.count(1)
ROSE = {"giftId": "red-rose", "name": "Rose", "price": 10}


async def shop(service: Service) -> tuple[Keyholder, Device]:
    """Return the operator's server of a fresh tenant, and one of its users."""
    name = f"gifts{next(_numbers)}"
    await service.make_tenant(name)
    return await service.make_key(name), await service.sign_up(app=name)


async def shown(user: Device, **params: Any) -> dict[str, Any]:
    """Return the catalogue as a user has it."""
    return dict((await user.call("gifts/catalog", params)).data)


async def ids(user: Device, **params: Any) -> list[str]:
    return [gift["giftId"] for gift in (await shown(user, **params))["gifts"]]


async def test_who_tries_gifts_out_begins_with_built_in_ones_which_become_their_own(service: Service) -> None:
    backend, user = await shop(service)
    built_in = [gift.id for gift in GIFTS]
    assert await ids(user) == built_in
    assert [row["giftId"] for row in (await backend.call("admin/list_gifts")).data] == built_in
    first = (await shown(user, language="zh"))["gifts"][0]
    assert (first["name"], first["price"], first["version"], first["iconUrl"]) == ("玫瑰", 1, 1, "/gifts/rose.webp")
    assert (await backend.call("admin/set_gift", {"giftId": "rose", "price": 2})).code == 0
    assert await ids(user) == built_in
    assert (await backend.call("admin/retire_gift", {"giftId": "castle"})).data["state"] == "retired"
    assert await ids(user) == built_in[:-1]


async def test_a_gift_that_is_made_is_shown_at_once_with_all_that_was_said_of_it(service: Service) -> None:
    backend, user = await shop(service)
    await backend.call("admin/set_gift_category", {"categoryId": "love", "name": "Love", "languages": {"zh": "爱"}})
    said = {
        **ROSE,
        "description": "one red rose",
        "languages": '{"zh": {"name": "玫瑰"}, "zh-hant": {"name": "玫瑰花", "description": "一朵"}}',
        "categoryId": "love",
        "iconUrl": "https://cdn.example.com/rose.webp",
        "animationUrl": "https://cdn.example.com/rose.svga",
        "animationKind": "svga",
        "receivers": "host",
        "extension": {"tier": 2},
        "untilUtc": "2099-01-01 00:00:00",
        "level": 4,
    }
    made = (await backend.call("admin/set_gift", said)).data
    (version,) = made["versions"]
    assert (version["points"], version["hostShare"], version["counts"], made["offered"]) == (10, 500, True, True)
    found = await shown(user, language="zh-Hant-HK")
    assert {"categoryId": "love", "name": "爱"} in found["categories"]
    (rose,) = [gift for gift in found["gifts"] if gift["giftId"] == "red-rose"]
    assert rose == {
        "giftId": "red-rose",
        "version": 1,
        "price": 10,
        "level": 4,
        "name": "玫瑰花",
        "description": "一朵",
        "categoryId": "love",
        "iconUrl": "https://cdn.example.com/rose.webp",
        "animationUrl": "https://cdn.example.com/rose.svga",
        "animationKind": "svga",
        "receivers": "host",
        "untilUtc": "2099-01-01 00:00:00",
        "extension": {"tier": 2},
    }
    cleared = {"giftId": "red-rose", "animationUrl": "", "untilUtc": "", "categoryId": "", "extension": {}}
    assert (await backend.call("admin/set_gift", cleared)).data["extension"] == {}
    rose = (await shown(user))["gifts"][-1]
    assert [rose[name] for name in ("animationKind", "untilUtc", "categoryId", "iconUrl", "extension")] == [
        *("", "", "", "https://cdn.example.com/rose.webp", {}),
    ]


async def test_another_price_counts_when_it_was_said_to_and_apps_see_it_by_the_revision(service: Service) -> None:
    backend, user = await shop(service)
    await backend.call("admin/set_gift", ROSE)
    before = await shown(user)
    assert await shown(user, revision=before["revision"]) == {**before, "changed": False, "gifts": [], "categories": []}
    changed = (await backend.call("admin/set_gift", {"giftId": "red-rose", "price": 20})).data
    assert [(one["version"], one["price"], one["counts"]) for one in changed["versions"]] == [
        (2, 20, False),
        (1, 10, True),
    ]
    assert await price(user) == (10, 1)
    service.clock.advance(6)
    assert await price(user) == (20, 2)
    prices, gift = service.services.money.gifts.catalogues, GiftId("red-rose")
    tenant = TenantName(user.account.app)
    for seconds, taken in ((50, 10), (10, None)):
        service.clock.advance(seconds)
        now = service.clock.now()
        if taken:
            assert prices.price(tenant, gift, 1, now).version.price == taken
        assert prices.price(tenant, gift, None, now).version.price == 20
    past = {"giftId": "red-rose", "price": 5, "fromUtc": "2020-01-01 00:00:00"}
    assert (await backend.call("admin/set_gift", past)).code == Code.RoomCreateParams


async def price(user: Device) -> tuple[int, int]:
    rose = next(one for one in (await shown(user))["gifts"] if one["giftId"] == "red-rose")
    return rose["price"], rose["version"]


async def test_of_two_operators_with_the_same_version_before_them_one_sets_the_price(service: Service) -> None:
    backend, _ = await shop(service)
    await backend.call("admin/set_gift", ROSE)
    said = {"giftId": "red-rose", "version": 1}
    assert (await backend.call("admin/set_gift", {**said, "price": 20})).code == 0
    late = await backend.call("admin/set_gift", {**said, "price": 30})
    assert (late.code, late.body["data"]) == (Code.StaleVersion, {"version": 2, "price": 20})


async def test_gifts_switched_off_in_a_room_are_not_shown_there_by_its_owner_alone(service: Service) -> None:
    stage = await set_stage(service)
    off, room = {"roomId": stage.room, "gifts": "false"}, {"room_id": stage.room}
    assert (await stage.guest.call("rooms/set_options", off)).code == Code.PermissionDenied
    assert (await stage.host.call("rooms/set_options", off)).data["gifts"] is False
    asked = {"roomId": room["room_id"]}
    found = await shown(stage.guest, **asked)
    assert (found["offered"], found["changed"], found["gifts"]) == (False, False, [])
    assert (await shown(stage.guest))["offered"] is True
    backend = await service.make_key()
    assert (await backend.call("admin/update_options", {"roomId": stage.room, "gifts": "true"})).data["gifts"] is True
    assert (await shown(stage.guest, **asked))["offered"] is True
    stranger = await service.sign_up()
    assert (await stranger.call("gifts/catalog", asked)).code == Code.NotInRoom
    assert (await stranger.call("gifts/catalog", {"roomId": "none"})).code == Code.RoomNotExists


async def test_gifts_are_hidden_shown_again_retired_and_brought_back_hidden(service: Service) -> None:
    backend, user = await shop(service)
    await backend.call("admin/set_gift", ROSE)
    one = {"giftId": "red-rose"}

    async def after(method: str, **params: Any) -> tuple[str, bool]:
        answer = await backend.call(f"admin/{method}", {**one, **params})
        return answer.data["state"], "red-rose" in await ids(user)

    assert await after("set_gift", hidden="1") == ("hidden", False)
    assert await after("set_gift", hidden="0") == ("offered", True)
    assert await after("retire_gift") == await after("retire_gift") == ("retired", False)
    assert (await backend.call("admin/set_gift", {**one, "price": 11})).code == Code.RoomCreateParams
    assert await after("retire_gift", retired="false") == ("hidden", False)
    assert await after("set_gift", hidden="0") == ("offered", True)


async def test_an_order_holds_within_categories_and_what_is_not_named_comes_behind(service: Service) -> None:
    backend, user = await shop(service)
    assert (await backend.call("admin/order_gifts", {"giftIds": "star,castle,rose"})).code == 0
    assert await ids(user) == [
        *("star", "rose", "heart", "coffee", "lollipop", "balloon", "cake"),
        *("castle", "crown", "diamond", "fireworks", "rocket"),
    ]
    await backend.call("admin/set_gift_category", {"categoryId": "small", "name": "Small", "position": 9})
    assert (await ids(user))[0] == "castle"
    await backend.call("admin/delete_gift_category", {"categoryId": "small"})
    assert [row["categoryId"] for row in (await backend.call("admin/list_gift_categories")).data] == ["grand"]
    assert {row["categoryId"] for row in (await backend.call("admin/list_gifts")).data} == {"", "grand"}


async def test_what_cannot_be_a_gift_is_refused(service: Service) -> None:
    backend, _ = await shop(service)
    wrong: list[Mapping[str, Any]] = [
        {"giftId": "Red Rose"},
        {"price": None},
        {"name": None},
        {"price": 0},
        {"price": 1_000_000_001},
        {"level": 10},
        {"categoryId": "none"},
        {"receivers": "nobody"},
        {"iconUrl": "javascript:alert(1)"},
        {"animationUrl": "https://example.com/a"},
        {"animationKind": "svga"},
        {"animationUrl": "https://example.com/a", "animationKind": "gif"},
        {"hostShare": 1000},
        {"hostShare": 900, "agencyShare": 0, "platformShare": 0},
        {"languages": {"zh": "玫瑰"}},
        {"languages": {"not a language": {"name": "Rose"}}},
        {"extension": {"text": "x" * 1025}},
        {"sinceUtc": "tomorrow"},
        {"sinceUtc": "2099-01-02 00:00:00", "untilUtc": "2099-01-01 00:00:00"},
    ]
    for said in wrong:
        given = {name: value for name, value in {**ROSE, **said}.items() if value is not None}
        assert (await backend.call("admin/set_gift", given)).code == Code.RoomCreateParams, said
    for method in ("retire_gift", "order_gifts"):
        answer = await backend.call(f"admin/{method}", {"giftId": "none", "giftIds": ["none"]})
        assert answer.code == Code.GiftNotOffered
    assert "red-rose" not in [row["giftId"] for row in (await backend.call("admin/list_gifts")).data]


async def test_where_gifts_are_off_nothing_of_them_is_offered(service: Service, embedded: Any) -> None:
    async with embedded(gifts="off") as without:
        backend, user = await without.make_key(), await without.sign_up()
        for caller, method in ((user, "gifts/catalog"), (backend, "admin/list_gifts"), (backend, "admin/set_gift")):
            assert (await caller.call(method, {})).code == Code.NotOffered
        assert without.services.money.gifts.catalogues.of(TenantName("")).gifts == {}
    async with embedded(gifts="on") as real:
        assert (await shown(await real.sign_up()))["gifts"] == []


async def test_a_catalogue_is_answered_without_a_statement(tmp_path: Path) -> None:
    engines: list[CountedEngine] = []

    def through(database: SqlDatabase) -> SqlDatabase:
        engines.append(CountedEngine(database.engine))
        return SqlDatabase(engines[-1])

    async with serving(tmp_path, through=through) as service:
        stage = await set_stage(service)
        await shown(stage.guest, roomId=stage.room)
        asked = len(engines[0].asked)
        for language in ("", "zh", "pt-BR"):
            await shown(stage.guest, roomId=stage.room, language=language)
            await shown(stage.guest, language=language)
        assert engines[0].asked[asked:] == []
