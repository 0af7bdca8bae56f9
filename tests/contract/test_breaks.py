"""Deliberate mistakes in a service: `liveroom conform` names each, with the apps that break and what they do then."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from liveroom.conform.playing import CallVerdict
from liveroom.conform.session import ConformReport
from tests.contract.breaking import Passing, SilentApp, Spoil, SpoiltApp
from tests.contract.conftest import EMBEDDED, Serving
from tests.contract.playing import play
from tests.service import HOST, TEST_CODES, Service

_on_memory = pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")


@asynccontextmanager
async def _client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", trust_env=False) as http:
        yield http


def _data(change: Callable[[Any], Any]) -> Spoil:
    """Return what changes the data of good answers."""

    def spoil(answer: Passing) -> tuple[int, Any] | None:
        if answer.body.get("errorCode") != 0 or "data" not in answer.body:
            return None
        return 200, {**answer.body, "data": change(answer.body["data"])}

    return spoil


def _whole(status: int, change: Callable[[Any], Any], where: str = "") -> Spoil:
    """Return what changes whole answers, of requests in which ``where`` is found."""

    def spoil(answer: Passing) -> tuple[int, Any] | None:
        return (status, change(answer.body)) if re.search(where, answer.query) else None

    return spoil


def _errors_as_500(answer: Passing) -> tuple[int, Any] | None:
    return (500, answer.body) if answer.body["errorCode"] != 0 else None


def _renamed(name: str, other: str) -> Callable[[Any], Any]:
    return lambda data: {other if key == name else key: value for key, value in data.items()}


def _without(name: str) -> Callable[[Any], Any]:
    return lambda data: {key: value for key, value in data.items() if key != name}


def _broken(report: ConformReport) -> set[tuple[str, str, str]]:
    """Return app, call and place of all that breaks."""
    return {
        (result.app.key, result.call.path, problem.place)
        for result in report.of(CallVerdict.BREAKS)
        for problem in result.problems
    }


ENDED = {"errorCode": 2004, "errorMessage": "no such room, or it has ended", "data": {}}
LOGIN_ENDED = {"errorCode": 204, "errorMessage": "sign in again", "data": {}}
BOTH = ("xzb-android", "xzb-ios")
MISTAKES = [
    pytest.param(
        *("oauth/signature", _data(lambda data: {**data, "sdkAppId": str(data["sdkAppId"])}), BOTH),
        {("xzb-ios", "oauth/signature", "data.sdkAppId")},
        "XiaoZhiBo for iOS says that the login failed when it signs in: it reads data.sdkAppId as an integer, the "
        'answer has a string ("1400000001").',
        id="a number becomes a string",
    ),
    pytest.param(
        *("query_room", _data(lambda rooms: [{**room, "roomId": int(room["roomId"])} for room in rooms]), BOTH),
        {("xzb-ios", "rooms/query_room", "data[0].roomId")},
        "XiaoZhiBo for iOS shows a room that nobody can enter when it lists rooms (without apaasUserId): it reads "
        "data[0].roomId as a string, the answer has a number (",
        id="a string becomes a number",
    ),
    pytest.param(
        *("user_login_token", _data(_without("userSig")), ("xzb-android", "xzb-ios", "im-ios-objc", "im-flutter")),
        {
            ("xzb-ios", "auth_users/user_login_token", "data.userSig"),
            ("im-ios-objc", "auth_users/user_login_token", "data.userSig"),
        },
        "The chat demo for iOS cannot sign in to Tencent IM when it starts with its stored token: it needs a string at "
        "data.userSig, the answer has nothing there (is data.sdkUserSig meant?).",
        id="a field is missing",
    ),
    pytest.param(
        *("query_room", _data(lambda rooms: None), BOTH),
        {("xzb-ios", "rooms/query_room", "data"), ("xzb-android", "rooms/query_room", "data")},
        "XiaoZhiBo for iOS shows no rooms when it lists rooms (without apaasUserId): it reads data as an array, the "
        "answer has null.",
        id="a list is null",
    ),
    pytest.param(
        *("user_update", _whole(200, lambda body: LOGIN_ENDED), ("xzb-android", "xzb-ios", "tuiroom-web")),
        {
            ("xzb-android", "auth_users/user_update", "errorCode"),
            ("xzb-ios", "auth_users/user_update", "errorCode"),
            ("tuiroom-web", "auth_users/user_update", "errorCode"),
        },
        "TUIRoom for the web signs its user out when it changes its name (without apaasAppId): code 204 means that the "
        "login has ended, and it has not.",
        id="a wrong code",
    ),
    pytest.param(
        *("enter_room", _whole(404, lambda body: ENDED, "role=audience.*2[01]\\d{8}|2[01]\\d{8}.*role=audience"), BOTH),
        {("xzb-android", "rooms/enter_room", "HTTP status")},
        "XiaoZhiBo for Android crashes, because it reads the body without looking whether there is one, when it enters "
        "a room that is not there: the answer has HTTP status 404, and it accepts 200 to 299 only.",
        id="HTTP 404 for what is not there",
    ),
    pytest.param(
        *("destroy_room", _whole(200, lambda body: ""), BOTH),
        {("xzb-android", "rooms/destroy_room", ""), ("xzb-ios", "rooms/destroy_room", "")},
        'XiaoZhiBo for iOS shows "-1 system error" when it ends its broadcast (without apaasUserId): it reads an '
        "object of JSON, and the answer is empty.",
        id="an empty body",
    ),
    pytest.param(
        *("user_login_token", _data(_renamed("sdkUserSig", "sdk_user_sig")), ("xzb-android", "xzb-ios")),
        {("xzb-android", "auth_users/user_login_token", "data.sdkUserSig")},
        "XiaoZhiBo for Android cannot sign in to Tencent IM when it starts with its stored token: it needs a string at "
        "data.sdkUserSig, the answer has nothing there (is data.sdk_user_sig meant?).",
        id="a field is renamed",
    ),
    pytest.param(
        *("update_room", _whole(200, _renamed("errorCode", "ErrorCode")), ("xzb-android", "xzb-ios", "tuiroom-web")),
        {("xzb-ios", "rooms/update_room", "errorCode"), ("tuiroom-web", "rooms/update_room", "errorCode")},
        'XiaoZhiBo for iOS shows "-1 system error" when it gives its room a title (without apaasUserId): it needs an '
        "integer at errorCode, the answer has nothing there (is ErrorCode meant?).",
        id="a capital letter",
    ),
    pytest.param(
        *("query_room", _data(lambda rooms: {"list": rooms, "total": len(rooms)}), BOTH),
        {("xzb-android", "rooms/query_room", "data"), ("xzb-ios", "rooms/query_room", "data")},
        "XiaoZhiBo for Android shows no room at all when it opens the ranking: it reads data as an array, the answer "
        "has an object with list, total.",
        id="one level more",
    ),
    pytest.param(
        *(
            "user_keepalive",
            _whole(200, lambda body: {**body, "errorCode": 0}),
            ("xzb-android", "xzb-ios", "rtcube-ios"),
        ),
        {
            ("xzb-ios", "auth_users/user_keepalive", "errorCode"),
            ("rtcube-ios", "auth_users/user_keepalive", "errorCode"),
        },
        "XiaoZhiBo for iOS goes on as if it were signed in when it sends a keepalive with a token that is no longer "
        "valid: it needs code 203 or 204, the answer is code 0.",
        id="nobody is ever signed out",
    ),
    pytest.param(
        *("", _errors_as_500, ("xzb-android", "xzb-ios", "tuiroom-web")),
        {
            ("xzb-android", "oauth/register", "HTTP status"),
            ("xzb-android", "oauth/signature", "HTTP status"),
            ("xzb-android", "auth_users/user_login_token", "HTTP status"),
            ("xzb-android", "rooms/enter_room", "HTTP status"),
            ("tuiroom-web", "auth_users/user_login_code", "HTTP status"),
            ("tuiroom-web", "auth_users/user_keepalive", "HTTP status"),
        },
        "TUIRoom for the web does not go to its login when it sends a keepalive with a token that is no longer valid "
        "(without apaasAppId): the answer has HTTP status 500, and it accepts 200 to 299 only.",
        id="HTTP 500 for every error, as the original has it",
    ),
]


@_on_memory
@pytest.mark.parametrize(("ending", "spoil", "apps", "places", "sentence"), MISTAKES)
async def test_a_mistake_is_named_with_the_app_and_the_place(
    ending: str,
    spoil: Spoil,
    apps: tuple[str, ...],
    places: set[tuple[str, str, str]],
    sentence: str,
    service: Service,
) -> None:
    async with _client(SpoiltApp(service.app, ending, spoil)) as http:
        report = await play(service, *apps, http=http)
    said = [line for result in report.of(CallVerdict.BREAKS) for line in result.sentences]
    assert _broken(report) == places, said
    assert any(line.startswith(sentence) for line in said), said


@_on_memory
async def test_an_answer_that_comes_too_late_is_named(service: Service) -> None:
    async with _client(SilentApp(service.app, "user_query")) as http:
        report = await play(service, *BOTH, http=http)
    assert _broken(report) == {("xzb-android", "auth_users/user_query", "")}
    [said, unused] = [line for result in report.results for line in result.sentences]
    assert said == (
        "XiaoZhiBo for Android takes it for a failure when it looks up its own user: there is no answer within 20 s."
    )
    assert unused.endswith("No release makes this call.")


async def test_a_web_page_that_may_not_call_is_named(embedded: Serving) -> None:
    async with embedded(origins="https://live.example.com", test_codes=TEST_CODES, account_limit=0) as service:
        report = await play(service, "im-electron", "im-web", "im-ios-objc")
    assert {app for app, _, _ in _broken(report)} == {"im-electron", "im-web"}
    said = [line for result in report.of(CallVerdict.BREAKS) for line in result.sentences]
    assert said[1] == (
        "The chat demo for Electron shows a general error when it asks for a code: the browser does not send it: the "
        "answer to its preflight (OPTIONS, HTTP 204) does not allow pages of https://app.example.com."
    )
    assert said[-1].endswith("it allows no page of https://app.example.com (Access-Control-Allow-Origin).")


@_on_memory
@pytest.mark.parametrize(
    ("change", "key", "sentence"),
    [
        (
            {"avatar": ""},
            "rtcube-android",
            "RT-Cube for Android has lost the picture that its user had chosen when it starts with its stored token: "
            'data.avatar has to be https://example.com/a.png, the answer has a string ("").',
        ),
        (
            {"userId": "1", "apaasUserId": "1"},
            "xzb-android",
            "XiaoZhiBo for Android loses everything its user had when it starts with its stored token: the account was "
            "user ",
        ),
    ],
)
async def test_what_only_a_whole_life_shows_is_named(
    change: dict[str, str], key: str, sentence: str, service: Service
) -> None:
    spoil = _data(lambda data: {**data, **change})
    async with _client(SpoiltApp(service.app, "user_login_token", spoil)) as http:
        report = await play(service, key, http=http)
    said = [line for result in report.of(CallVerdict.BREAKS) for line in result.sentences]
    assert any(line.startswith(sentence) for line in said), said
    assert [left for left in report.left_behind if "conform-" in left] == []
