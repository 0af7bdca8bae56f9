"""Tencent's ``follow/*`` at ``/v4/``: bodies as its tables have them, its codes and limits, and what users see."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest_asyncio

from liveroom.domain.ids import UserId
from liveroom.providers.tencent.usersig import user_sig
from tests.service import SDK_APP_ID, SDK_SECRET, Device, Service, serving

ADMIN: Final = "administrator"
CALLS: Final[dict[str, Any]] = {"tencent_calls": "follow", "tim_administrator": ADMIN, "follow_limit": 3}
WRONG, UNKNOWN, OFF = 30001, 30003, 30005


@pytest_asyncio.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, **CALLS) as running:
        yield running


async def call(service: Service, command: str, said: dict[str, Any]) -> dict[str, Any]:
    """Call a command as the administrator; return what came."""
    sig = user_sig(SDK_APP_ID, SDK_SECRET, ADMIN, now=service.clock.now(), ttl=timedelta(hours=1))
    query = {"sdkappid": SDK_APP_ID, "identifier": ADMIN, "usersig": sig, "random": 99999999, "contenttype": "json"}
    answer = await service.send("POST", f"/v4/follow/{command}", query=query, content=json.dumps(said).encode())
    assert answer.status == 200
    return dict(answer.body)


async def follow(service: Service, by: Device, *others: str) -> list[int]:
    said = {"From_Account": by.user, "FollowItem": [{"To_Account": other} for other in others]}
    return [item["ResultCode"] for item in (await call(service, "follow_add", said))["ResultItem"]]


async def test_users_follow_and_cease_to_at_the_word_of_the_operators_server(service: Service) -> None:
    ann, bob, cat = [await service.sign_up() for _ in range(3)]
    said = {"From_Account": ann.user, "FollowItem": [{"To_Account": bob.user}, {"To_Account": "nobody"}]}
    found = await call(service, "follow_add", said)
    assert found.pop("RequestId")
    assert found == {
        "ActionStatus": "OK",
        "ErrorCode": 0,
        "ErrorInfo": "",
        "ResultItem": [
            {"To_Account": bob.user, "ResultCode": 0, "ResultInfo": ""},
            {"To_Account": "nobody", "ResultCode": UNKNOWN, "ResultInfo": "there is no such user"},
        ],
    }
    assert [one["userId"] for one in (await bob.call("follow/followers")).data] == [ann.user]
    await follow(service, bob, ann.user)
    await follow(service, cat, ann.user)
    asked = {"From_Account": ann.user, "To_Account": [bob.user, cat.user, "nobody"]}
    checked = (await call(service, "follow_check", asked))["ResultItem"]
    assert [(item["FollowType"], item["ResultCode"]) for item in checked] == [(3, 0), (1, 0), (0, 0)]
    gone = await call(service, "follow_delete", {"From_Account": ann.user, "To_Account": [bob.user, cat.user]})
    assert [item["ResultCode"] for item in gone["ResultItem"]] == [0, 0]
    assert (await ann.call("follow/following")).data == []


async def test_lists_and_counts_have_the_names_of_the_tables(service: Service) -> None:
    ann, *fans = [await service.sign_up() for _ in range(4)]
    for fan in fans:
        await fan.call("auth_users/user_update", {"name": "小红", "avatar": "https://example.com/a.png"})
        await follow(service, fan, ann.user)
        service.clock.advance(1)
    await follow(service, ann, fans[0].user)
    asked: dict[str, Any] = {"From_Account": ann.user, "FollowType": 1, "WantNum": 2, "StartCursor": ""}
    first = await call(service, "follow_get", asked)
    last = await call(service, "follow_get", {**asked, "StartCursor": first["NextCursor"]})
    found = [*first["FollowItem"], *last["FollowItem"]]
    assert [item["To_Account"] for item in found] == [fan.user for fan in fans[::-1]]
    assert last["NextCursor"] == ""
    assert abs(service.clock.now().timestamp() - found[0]["FollowTime"]) < 10
    assert found[0]["ProfileItem"] == [
        {"Tag": "Tag_Profile_IM_Nick", "Value": "小红"},
        {"Tag": "Tag_Profile_IM_Image", "Value": "https://example.com/a.png"},
    ]
    for kind, count in ((2, 1), (3, 1)):
        assert len((await call(service, "follow_get", {**asked, "FollowType": kind}))["FollowItem"]) == count
    info = await call(service, "follow_get_info", {"From_Account": ann.user, "To_Account": [ann.user, "nobody"]})
    counts = {"FollowerCount": 3, "FollowingCount": 1, "MutualFollowingCount": 1}
    assert info["FollowInfo"] == [{"To_Account": ann.user, **counts}]


async def test_what_is_wrong_unknown_or_too_much_has_tencents_code(service: Service) -> None:
    ann, bob = [await service.sign_up() for _ in range(2)]
    from_ann = {"From_Account": ann.user}
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("follow_add", from_ann),
        ("follow_add", {**from_ann, "FollowItem": [{"To_Account": bob.user}] * 21}),
        ("follow_add", {**from_ann, "FollowItem": [bob.user]}),
        ("follow_add", {"From_Account": 1, "FollowItem": [{"To_Account": bob.user}]}),
        ("follow_delete", {**from_ann, "To_Account": []}),
        ("follow_check", {**from_ann, "To_Account": ["x"] * 101}),
        ("follow_check", {**from_ann, "To_Account": [1]}),
        ("follow_get_info", {**from_ann, "To_Account": ["x"] * 21}),
        ("follow_get", {**from_ann, "FollowType": 4}),
        ("follow_get", {**from_ann, "FollowType": True}),
        ("follow_get", {**from_ann, "FollowType": 1, "WantNum": 1001}),
        ("follow_get", {**from_ann, "FollowType": 1, "StartCursor": "x"}),
        ("follow_get", {**from_ann, "FollowType": 1, "StartCursor": 1}),
    ]
    for command, said in wrong:
        assert (await call(service, command, said))["ErrorCode"] == WRONG, said
    assert (await call(service, "follow_get", {"From_Account": "nobody", "FollowType": 1}))["ErrorCode"] == UNKNOWN
    assert (await call(service, "follow_block", from_ann))["ErrorCode"] == 10003
    assert await follow(service, ann, ann.user) == [WRONG]
    others = [(await service.sign_up()).user for _ in range(4)]
    assert await follow(service, ann, *others) == [0, 0, 0, WRONG]
    await bob.call("blocks/add", {"targetId": ann.user})
    await call(service, "follow_delete", {**from_ann, "To_Account": others})
    assert await follow(service, ann, bob.user) == [WRONG]
    await service.core.moderation.delete(UserId(bob.user))
    assert await follow(service, ann, bob.user) == [UNKNOWN]


async def test_where_the_module_is_off_tencents_code_says_so(tmp_path: Path) -> None:
    async with serving(tmp_path, **CALLS, modules="all,-follow") as service:
        ann = await service.sign_up()
        assert (await call(service, "follow_get", {"From_Account": ann.user, "FollowType": 1}))["ErrorCode"] == OFF
