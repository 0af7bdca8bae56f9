"""The judge of the replay: it passes the canonical answers, and it bites."""

import json
from typing import Any

import httpx
import pytest

from tests.contract.reading import complaints
from tests.contract.replaying import CANONICAL, ENTRIES, EXPECTED, key_of
from tests.service import Answer

JSON = httpx.Headers({"content-type": "application/json"})


def _entry(client: str, ending: str) -> dict[str, Any]:
    return next(entry for entry in ENTRIES if entry["client"] == client and entry["endpoint"].endswith(ending))


def _answer(body: dict[str, Any], status: int = 200, headers: httpx.Headers = JSON) -> Answer:
    return Answer(status, headers, json.dumps(body))


def test_the_table_of_expected_codes_names_entries_and_says_why() -> None:
    assert {key_of(entry) for entry in ENTRIES} >= set(EXPECTED)
    assert all(row["why"] and row["code"] for row in EXPECTED.values())
    assert len({key_of(entry) for entry in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=key_of)
def test_the_canonical_answer_is_understood(entry: dict[str, Any]) -> None:
    assert complaints(entry, _answer(CANONICAL[entry["endpoint"]])) == []


LIST = {"errorCode": 0, "errorMessage": "ok", "data": [CANONICAL["/base/v1/rooms/query_room"]["data"][0]]}
LOGIN = CANONICAL["/base/v1/auth_users/user_login_token"]


def _room(**changes: Any) -> dict[str, Any]:
    return {**LIST, "data": [{**LIST["data"][0], **changes}]}  # type: ignore[index]


def _login(**changes: Any) -> dict[str, Any]:
    return {**LOGIN, "data": {**LOGIN["data"], **changes}}


@pytest.mark.parametrize(
    ("client", "ending", "body", "place"),
    [
        ("xzb-android", "query_room", {**LIST, "data": {"list": []}}, "data"),
        ("xzb-android", "query_room", _room(star=2_147_483_648), "data[0].star"),
        ("xzb-android", "query_room", _room(removed=False), "data[0].removed"),
        ("xzb-android", "query_room", _room(status=""), "data[0].status"),
        ("xzb-android", "query_room", _room(nnUsers=1.5), "data[0].nnUsers"),
        ("xzb-android", "query_room", _room(roomId="shop-1001"), "data[0].roomId"),
        ("xzb-android", "enter_room", {**LIST}, "data"),
        ("xzb-android", "user_login_token", _login(userId="2147483648"), "data.userId"),
        ("xzb-ios", "user_login_token", _login(userSig=None), "data.userSig"),
        ("xzb-ios", "user_login_token", {**LOGIN, "errorCode": "0"}, "errorCode"),
        ("xzb-ios", "user_keepalive", {"errorCode": 0}, "errorMessage"),
        ("im-flutter", "gslb", {"errorCode": 100, "errorMessage": "down"}, "data"),
        ("rtcube-android", "module_blacklist", {"errorCode": 0, "data": {"module": {"ktv": 1}}}, "data.module"),
    ],
)
def test_the_judge_bites(client: str, ending: str, body: dict[str, Any], place: str) -> None:
    entry = _entry(client, ending)
    assert [found.partition(":")[0] for found in complaints(entry, _answer(body))][:1] == [place]


def test_a_status_or_a_content_type_that_crashes_an_app_is_seen() -> None:
    entry = _entry("xzb-android", "leave_room")
    body = CANONICAL[entry["endpoint"]]
    assert complaints(entry, _answer(body, status=500)) == ["HTTP 500"]
    assert complaints(entry, _answer(body, headers=httpx.Headers({"content-type": "text/plain"}))) != []
