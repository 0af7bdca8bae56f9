"""How conform reads answers: it passes the original's, and it notices what an app would."""

import json
from dataclasses import replace
from typing import Any

import pytest

from liveroom.conform.judging import AnswerJudge, Judgement, ServiceAnswer
from liveroom.conform.shipped import AppCall, ShippedApp, read_need
from tests.contract.playing import APPS, canonical_of

JSON = "application/json; charset=utf-8"


def _call(key: str, does: str) -> tuple[ShippedApp, AppCall]:
    app = APPS[key]
    return app, next(call for call in app.calls if call.does == does)


def _judge(app: ShippedApp, call: AppCall, body: Any, **about: Any) -> Judgement:
    text = body if isinstance(body, str) else json.dumps(body)
    return AnswerJudge(
        app, call, ServiceAnswer(about.pop("status", 200), about.pop("kind", JSON), text, **about)
    ).judge()


@pytest.mark.parametrize("key", APPS)
def test_the_original_s_documented_answers_are_understood(key: str) -> None:
    app = APPS[key]
    for call in app.calls:
        body = canonical_of(app.path_of(call))
        if call.codes in ("refused", "error"):
            body = {**body, "errorCode": 98, "errorMessage": "wrong", "data": {}}
        elif isinstance(call.codes, tuple):
            body = {**body, "errorCode": call.codes[0]}
        assert _judge(app, call, body).problems == (), call.does


LIST = canonical_of("base/v1/rooms/query_room")
LOGIN = canonical_of("base/v1/auth_users/user_login_token")
STARTS = "starts with its stored token"


def _room(**changes: Any) -> dict[str, Any]:
    return {**LIST, "data": [{**LIST["data"][0], **changes}]}


def _login(**changes: Any) -> dict[str, Any]:
    return {**LOGIN, "data": {**LOGIN["data"], **changes}}


@pytest.mark.parametrize(
    ("key", "does", "body", "place"),
    [
        ("xzb-android", "opens the ranking", {**LIST, "data": {"list": []}}, "data"),
        ("xzb-android", "opens the ranking", _room(star=2_147_483_648), "data[0].star"),
        ("xzb-android", "opens the ranking", _room(removed=False), "data[0].removed"),
        ("xzb-android", "opens the ranking", _room(status=""), "data[0].status"),
        ("xzb-android", "opens the ranking", _room(nnUsers=1.5), "data[0].nnUsers"),
        ("xzb-android", "opens the ranking", _room(roomId="shop-1001"), "data[0].roomId"),
        ("xzb-android", "goes live", LIST, "data"),
        ("xzb-android", STARTS, _login(userId="2147483648"), "data.userId"),
        ("xzb-ios", STARTS, _login(userSig=None), "data.userSig"),
        ("xzb-ios", STARTS, {**LOGIN, "errorCode": "0"}, "errorCode"),
        ("xzb-ios", "logs in", {"errorCode": 0}, "errorMessage"),
        ("xzb-ios", "changes its name", {"errorCode": -2, "errorMessage": "register"}, "errorCode"),
        ("im-flutter", "asks for the captcha", {"errorCode": 100, "errorMessage": "down"}, "data"),
        ("im-ios-objc", STARTS, _login(phone=None), "data.phone"),
        (
            "rtcube-android",
            "asks which modules are switched off",
            {"errorCode": 0, "data": {"module": {"ktv": 1}}},
            "data.module",
        ),
        (
            "rtcube-ios",
            "loads a song",
            {"errorCode": 0, "errorMessage": "", "data": {"playToken": "t", "musicId": 1}},
            "data",
        ),
        ("tuiroom-web", "logs out", {"errorCode": "0", "errorMessage": "ok"}, "errorCode"),
    ],
)
def test_it_notices_what_an_app_would(key: str, does: str, body: dict[str, Any], place: str) -> None:
    app, call = _call(key, "changes its name" if does == "logs in" else does)
    assert [problem.place for problem in _judge(app, call, body).problems][:1] == [place]


@pytest.mark.parametrize(
    ("key", "does", "body"),
    [
        ("xzb-android", "goes live", {"errorMessage": None, "data": None}),
        ("xzb-android", STARTS, _login(sdkAppId="1400000001", phone=1, expire=None)),
        ("xzb-ios", "opens the ranking", _room(star=2_147_483_648, status="live")),
        ("rtcube-android", STARTS, _login(isHighRiskUser="0")),
        ("tuiroom-web", STARTS, {"errorCode": 0}),
        ("tuicore-telemetry", "counts a use", "<html>404</html>"),
    ],
)
def test_it_does_not_mind_what_the_app_does_not(key: str, does: str, body: Any) -> None:
    app, call = _call(key, does)
    assert _judge(app, call, body).problems == ()


def test_a_status_or_a_content_type_that_stops_an_app_is_seen_and_no_other() -> None:
    body = {"errorCode": 0, "errorMessage": "ok"}
    leaves = "leaves a room that is closed"
    android = _judge(*_call("xzb-android", leaves), body, status=500).problems[0]
    assert (android.place, android.happens.partition(",")[0]) == ("HTTP status", "crashes")
    assert _judge(*_call("xzb-ios", "changes its name"), body, status=500).problems == ()
    assert (
        _judge(*_call("im-flutter", "deletes its account"), body, kind="text/plain").problems[0].place == "Content-Type"
    )
    assert _judge(*_call("xzb-android", leaves), body, kind="text/plain").problems == ()


def test_tokens_and_signatures_are_not_repeated_in_what_is_printed() -> None:
    app, call = _call("xzb-ios", STARTS)
    told = _judge(app, call, _login(token=["secret-token"], userSig={"secret": 1}, sdkAppId=1)).problems
    assert {problem.fact for problem in told} == {
        "it reads data.userSig as a string, the answer has an object with secret",
        "it reads data.token as a string, the answer has an array of 1",
    }
    [one] = _judge(app, call, {**LOGIN, "data": "secret-token"}).problems
    assert one.fact == 'it reads data as an object, the answer has a string ("secret-token")'


@pytest.mark.parametrize(
    ("found", "hint"),
    [
        ({"UserSig": "s"}, "data.UserSig"),
        ({"user_sig": "s"}, "data.user_sig"),
        ({"user": {"userSig": "s"}}, "data.user.userSig"),
        ({"sdkUserSig": "s"}, "data.sdkUserSig"),
    ],
)
def test_a_field_that_is_elsewhere_is_pointed_at(found: dict[str, Any], hint: str) -> None:
    app, call = _call("xzb-ios", STARTS)
    login = {name: value for name, value in LOGIN["data"].items() if not name.lower().endswith("usersig")}
    problems = _judge(app, call, {**LOGIN, "data": {**login, **found}}).problems
    fact = next(problem.fact for problem in problems if problem.place == "data.userSig")
    assert fact == f"it needs a string at data.userSig, the answer has nothing there (is {hint} meant?)"


def test_a_word_that_means_nothing_is_refused_in_an_app_s_file() -> None:
    with pytest.raises(ValueError, match="strings"):
        read_need("needed strings", "data")


def test_every_app_names_its_source_and_says_what_it_does_at_each_failure() -> None:
    for app in APPS.values():
        assert app.source.startswith("CLIENTS.md"), app.key
        assert {call.answer for call in app.calls} == set(app.answers), app.key
        assert {call.identity for call in app.calls} - {""} == set(app.identities), app.key
        assert {call.decoder for call in app.calls} <= {"", "nothing", "strict-kotlin"}
        if app.decoder != "nothing":
            assert {"shape", "late", "code"} <= set(app.fails), app.key
            assert ("http" in app.fails) == app.decoder_of(app.calls[0]).whole_2xx, app.key


def test_no_two_calls_of_an_app_are_told_apart_by_nothing() -> None:
    for app in APPS.values():
        assert len({call.does for call in app.calls}) == len(app.calls), app.key
    assert replace(read_need("needed decimal text", "a"), place="b") == read_need("needed decimal text", "b")
