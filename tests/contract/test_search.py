"""Searching rooms and members over HTTP, and the list for people who have not signed in."""

import itertools
from typing import Any

import pytest

from liveroom.api.codes import Code
from tests.contract.conftest import Serving
from tests.contract.scene import set_stage
from tests.service import Device, Service

OFTEN = 3004
_numbers = itertools.count(1)


def fresh() -> str:
    """Return a word that no other test has."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{next(_numbers):03}") + "zz"


async def _live(service: Service, title: str, *, name: str = "", **params: Any) -> tuple[Device, str]:
    host = await service.sign_up(**{key: params.pop(key) for key in ("app",) if key in params})
    if name:
        await host.call("auth_users/user_update", {"name": name})
    return host, await host.go_live(title=title, **params)


async def _found(device: Device, text: str, **params: Any) -> list[str]:
    """Search when what was committed has been applied."""
    service = device.account.caller
    assert isinstance(service, Service)
    await service.core.jobs.relay.run()
    await service.core.jobs.listings.catch_up()
    answer = await device.call("rooms/search", {"text": text, **params})
    return [room["roomId"] for room in answer.data]


async def test_rooms_are_found_by_words_of_title_host_and_category(service: Service) -> None:
    word = fresh()
    host, room = await _live(service, f"Late {word} Jazz!", name=f"Ann-{word}b Lee", category=f"{word}c-live")
    for text in (word, f"jaz {word}", f"{word.upper()}B", f"{word}c", f"lee, {word}", f"{word}ｂ"):
        assert await _found(host, text) == [room], text
    for text in (f"{word} rock", f"x{word}", f"azz {word}"):
        assert await _found(host, text) == [], text


async def test_chinese_is_found_anywhere_in_a_title(service: Service) -> None:
    host, room = await _live(service, "周六深夜的爵士电台 第3期", category="show")
    for text in ("周六", "深夜", "爵士电", "电台", "第3期", "爵士 周六"):
        assert room in await _found(host, text), text
    assert room not in await _found(host, "摇滚")
    assert room not in await _found(host, "夜深")


async def test_a_rooms_id_finds_it_and_the_most_watched_come_first(service: Service) -> None:
    word = fresh()
    (host, first), (_, second), (_, third) = [await _live(service, f"{word} {number}") for number in range(3)]
    for number, room in ((2, second), (1, third)):
        for _ in range(number):
            await (await service.sign_up()).enter(room, "audience")
    assert await _found(host, word) == [second, third, first]
    assert await _found(host, first) == [first]


async def test_pages_follow_each_other(service: Service) -> None:
    word = fresh()
    rooms = {(await _live(service, f"{word} {number}"))[1] for number in range(5)}
    device = await service.sign_up()
    await service.core.jobs.relay.run()
    found, cursor, pages = list[str](), "", 0
    while pages == 0 or cursor:
        answer = await device.call("rooms/search", {"text": word, "limit": 2, "cursor": cursor})
        found += [room["roomId"] for room in answer.data]
        cursor, pages = answer.body["nextCursor"], pages + 1
    assert (sorted(found), pages) == (sorted(rooms), 3)


async def test_a_category_narrows_the_search(service: Service) -> None:
    word = fresh()
    _, first = await _live(service, word, category="ktv")
    host, _ = await _live(service, word, category="show")
    assert await _found(host, word, category="ktv") == [first]


async def test_only_rooms_that_everybody_may_see_are_found(service: Service) -> None:
    word, stranger = fresh(), await service.sign_up()
    host, room = await _live(service, word)
    assert await _found(stranger, word) == [room]
    for access in ("private", "invited"):
        await host.call("rooms/set_options", {"roomId": room, "access": access})
        assert await _found(stranger, word) == [] == await _found(stranger, room)
    await host.call("rooms/set_options", {"roomId": room, "access": "public", "password": "sesame"})
    assert await _found(stranger, word) == [room]
    await host.call("moderation/ban", {"roomId": room, "targetId": stranger.user})
    assert await _found(stranger, word) == [] == await _found(stranger, room)
    assert await _found(host, word) == [room]
    await host.call("rooms/destroy_room", {"roomId": room})
    assert await _found(host, word) == []


async def test_a_new_title_and_a_new_name_are_found_and_the_old_ones_are_not(service: Service) -> None:
    before, after = fresh(), fresh()
    host, room = await _live(service, before, name=f"{before}n")
    await host.call("rooms/update_room", {"roomId": room, "title": after})
    await host.call("auth_users/user_update", {"name": f"{after}n"})
    assert await _found(host, after) == [room] == await _found(host, f"{after}n")
    assert await _found(host, before) == []


async def test_no_room_of_another_tenant_is_found(service: Service) -> None:
    word = fresh()
    await service.make_tenant("searched")
    _, room = await _live(service, word, app="searched")
    other = await service.sign_up()
    assert await _found(other, word) == [] == await _found(other, room)
    assert await _found(await service.sign_up(app="searched"), word) == [room]


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"text": " !? "}, {"text": "x" * 51}, {"cursor": "x"}, {"cursor": "201"}, {"limit": 51}]
)
async def test_a_search_that_cannot_be_is_2002(service: Service, wrong: dict[str, Any]) -> None:
    device = await service.sign_up()
    assert (await device.call("rooms/search", {"text": "a", **wrong})).code == 2002


async def test_who_searches_all_the_time_has_to_wait(service: Service) -> None:
    device = await service.sign_up()
    codes = [(await device.call("rooms/search", {"text": "a"})).code for _ in range(31)]
    assert codes == [0] * 30 + [OFTEN]
    service.clock.advance(10)
    assert (await device.call("rooms/search", {"text": "a"})).code == 0


# --- members --------------------------------------------------------------------------------------------------------


async def _named(device: Device, room: str, name: str, **params: Any) -> tuple[list[str], str]:
    answer = await device.call("rooms/list_users", {"roomId": room, "name": name, **params})
    return [member["name"] for member in answer.data], answer.body["nextCursor"]


async def test_members_are_found_by_a_part_of_their_name(service: Service) -> None:
    stage = await set_stage(service)
    for name in ("Anna", "小安娜", "joANNe", "Bob"):
        member = await service.sign_up()
        await member.call("auth_users/user_update", {"name": name})
        await member.enter(stage.room, "audience")
    assert await _named(stage.guest, stage.room, "ann") == (["Anna", "joANNe"], "")
    assert await _named(stage.guest, stage.room, "安") == (["小安娜"], "")
    assert await _named(stage.guest, stage.room, "nobody") == ([], "")
    pages, cursor = list[list[str]](), ""
    while not pages or cursor:
        page, cursor = await _named(stage.guest, stage.room, "ann", limit=1, cursor=cursor)
        pages.append(page)
    assert pages == [["Anna"], ["joANNe"], []]
    answer = await stage.guest.call("rooms/list_users", {"roomId": stage.room, "name": "a", "offset": 1})
    assert answer.code == 2002


async def test_whoever_may_not_see_who_is_in_a_room_finds_nobody(service: Service) -> None:
    stage, stranger = await set_stage(service), await service.sign_up()
    await stage.host.call("rooms/set_options", {"roomId": stage.room, "password": "sesame"})
    assert (await stranger.call("rooms/list_users", {"roomId": stage.room, "name": "a"})).code == 3007
    await stage.host.call("rooms/set_options", {"roomId": stage.room, "access": "private", "password": ""})
    assert (await stranger.call("rooms/list_users", {"roomId": stage.room, "name": "a"})).code == 2004


# --- without a login ------------------------------------------------------------------------------------------------


async def test_whoever_has_not_signed_in_sees_the_list(service: Service) -> None:
    await service.make_tenant("browsed")
    rooms = [(await _live(service, f"{number}", app="browsed", category="ktv"))[1] for number in range(3)]
    host, hidden = await _live(service, "hidden", app="browsed")
    await host.call("rooms/set_options", {"roomId": hidden, "access": "private"})
    asked = {"apaasAppId": "browsed", "limit": 2}
    first = await service.call("rooms/browse", asked)
    second = await service.call("rooms/browse", {**asked, "cursor": first.body["nextCursor"]})
    assert [room["roomId"] for room in (*first.data, *second.data)] == rooms[::-1]
    assert second.body["nextCursor"] == ""
    assert (await service.call("rooms/browse", {**asked, "category": "show"})).data == []


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({}, Code.Success),
        ({"guests": False}, Code.NotOffered),
        ({"registration": "closed"}, Code.NotOffered),
        ({"guests": False, "browsing": "on"}, Code.Success),
        ({"browsing": "off"}, Code.NotOffered),
    ],
)
async def test_the_operator_says_whether_people_see_rooms_without_signing_in(
    embedded: Serving, settings: dict[str, Any], code: Code
) -> None:
    async with embedded(**settings) as service:
        assert (await service.call("rooms/browse")).code == code


async def test_too_many_pages_for_one_address_are_3004(embedded: Serving) -> None:
    async with embedded() as service:
        codes = [(await service.call("rooms/browse")).code for _ in range(601)]
        assert codes == [0] * 600 + [OFTEN]
