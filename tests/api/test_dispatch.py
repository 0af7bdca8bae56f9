"""From raw parameters to an envelope: languages, failures nobody foresaw, maintenance, modules, and who is calling."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Method, Registry, Who
from liveroom.api.envelopes import Page, refusal, success
from liveroom.api.identity import RequestContext, Visitor, preferred_language
from liveroom.api.methods import METHODS
from liveroom.api.offer import Switches
from liveroom.api.parameters import Request, fields_of
from liveroom.app.assembly import maintenance_notice, make_dispatcher
from liveroom.app.services import by_type
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, DatabaseUnavailable, Failure, LiveUnavailable, RoomNotFound, UserNotFound
from liveroom.domain.tenants.model import Language
from tests.service import BASE, HOST, Service, serving

CONTEXT = RequestContext("r-1", "192.0.2.7")
GSLB = METHODS.methods["base/v1/gslb"]


def declared(failure: BaseException | None = None, **changes: Any) -> Method:
    """Return a method that answers who is calling, or fails as it is told."""

    async def handler(_: Request, caller: Actor | Visitor) -> dict[str, str]:
        if failure is not None:
            raise failure
        return {"user": caller.user, "tenant": caller.tenant.name}

    method = Method(
        path="base/v1/tests/whoami",
        request=Request,
        fields=fields_of(Request),
        reply=dict[str, str],
        data=Data.OBJECT,
        bad_request=Code.RoomQueryParams,
        who=Who.ANYONE,
        success="ok",
        handler=handler,
        summary="Say who is calling.",
    )
    return replace(method, **changes)


async def ask(
    service: Service, method: Method, raw: Mapping[str, Any] | BadRequest | None = None, **known: Any
) -> dict[str, Any]:
    """Return the envelope of a call; its number has to be the outcome's."""
    switches = Switches(maintenance=maintenance_notice(service.core.settings))
    dispatcher = make_dispatcher(service.services, switches)
    outcome = await dispatcher.call(method, {} if raw is None else raw, CONTEXT._replace(**known))
    body: dict[str, Any] = json.loads(outcome.body)
    assert body["errorCode"] == outcome.code
    return body


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", None),
        ("*", None),
        ("fr-FR,de;q=0.9", None),
        ("en", Language.EN),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.ZH),
        ("en-US,en;q=0.9,zh-CN;q=0.8", Language.EN),
        ("en;q=0.5,zh;q=0.8", Language.ZH),
        ("fr;q=0.9,en;q=0.1", Language.EN),
        ("zh;q=0.5,en;q=0.5", Language.ZH),
        ("ZH_hant_TW", Language.ZH),
        (" EN-GB ; q=0.7 ", Language.EN),
        ("zh;q=0,en", Language.EN),
        ("zh;q=0", None),
        ("zh;q=-1", None),
        ("zh;q=x,en", Language.EN),
        ("zh;q=nan,en;q=0.1", Language.EN),
        ("fr," * 16 + "en", None),
        (",,;;=,", None),
        ("小明", None),
    ],
)
def test_the_first_of_our_languages_is_taken(accept: str, language: Language | None) -> None:
    assert preferred_language(accept) is language


@pytest.mark.parametrize(
    ("accept", "said"), [("zh", "房间不存在或已结束"), ("en", "no such room, or it has ended"), ("fr", "no such room")]
)
async def test_people_are_spoken_to_in_their_language_else_in_the_tenants(
    accept: str, said: str, service: Service
) -> None:
    body = await ask(service, declared(RoomNotFound()), languages=accept)
    assert body["errorMessage"].startswith(said)
    assert body["codeStr"] == "RoomNotExists"


async def test_what_nobody_foresaw_is_99_with_a_log_and_without_a_trace(service: Service) -> None:
    with capture_logs() as logs:
        body = await ask(service, declared(ValueError("/secret/path: password=hunter2")))
    assert body == {
        "errorCode": 99,
        "errorMessage": "no such method, or an internal error: check the URL, or try again later",
        "codeStr": "SystemError",
        "data": {},
        "version": body["version"],
        "requestId": "r-1",
    }
    line, traceback = logs
    assert (line["event"], line["method"]) == ("call.failed", "base/v1/tests/whoami")
    assert line["cause"] == "ValueError('/secret/path: password=hunter2')"
    assert (traceback["event"], traceback["log_level"]) == ("call.failed.traceback", "debug")
    assert traceback["exc_info"]


async def test_a_list_is_left_out_of_an_answer_that_nobody_foresaw(service: Service) -> None:
    with capture_logs():
        body = await ask(service, declared(RecursionError(), data=Data.LIST))
    assert body["errorCode"] == 99
    assert "data" not in body


@pytest.mark.parametrize(("failure", "code"), [(DatabaseUnavailable, 103), (LiveUnavailable, 100)])
async def test_a_store_that_is_down_is_told_to_the_operator_and_not_to_people(
    failure: type[Failure], code: int, service: Service
) -> None:
    with capture_logs() as logs:
        body = await ask(service, declared(failure("mysql://10.0.0.7:3306 refused")))
    assert body["errorCode"] == code
    assert "10.0.0.7" not in json.dumps(body)
    assert [line["event"] for line in logs] == ["call.unavailable"]
    assert "10.0.0.7" in logs[0]["cause"]


async def test_only_a_bad_parameter_shows_its_detail(service: Service) -> None:
    shown = await ask(service, declared(BadRequest("limit: 1 to 100")))
    assert shown["errorMessage"].endswith("(limit: 1 to 100)")
    hidden = await ask(service, declared(UserNotFound("row 7 of lr_users")))
    assert "lr_users" not in hidden["errorMessage"]


async def test_a_body_that_could_not_be_read_is_the_methods_parameter_code(service: Service) -> None:
    body = await ask(service, declared(bad_request=Code.RoomLeaveParams), BadRequest("JSON: not an object"))
    assert body["errorCode"] == 2003
    logout = METHODS.methods["base/v1/auth_users/user_logout"]
    assert (await ask(service, logout, BadRequest("too large")))["errorMessage"] == "user logout ok"


async def test_every_method_answers_120_and_the_notice_in_maintenance(tmp_path: Path) -> None:
    closed: dict[str, Any] = {"maintenance": True, "maintenance_zh": "升级中", "maintenance_en": "upgrading"}
    async with serving(tmp_path, **closed) as service:
        for method in METHODS.methods.values():
            body = await ask(service, method, BadRequest("unreadable"))
            assert body["errorCode"] == 120
            assert body["notice"] == {"zh": "升级中", "en": "upgrading"}
            assert ("data" in body) is (method.data is not Data.LIST)


async def test_a_module_that_is_switched_off_answers_3008_and_is_absent_from_the_description(tmp_path: Path) -> None:
    async with serving(tmp_path, modules="all,-presence,-events") as service:
        user = await service.sign_up()
        assert (await user.call("presence/query", {"userIds": user.user})).code == 3008
        assert (await user.call("events/stat")).code == 3008
        assert (await user.call("rooms/query_room")).code == 0
        described = (await service.send("GET", "/openapi.json")).body["paths"]
    assert [path for path in described if "/presence/" in path or "/events/" in path] == []
    assert BASE + "rooms/query_room" in described


async def test_a_method_that_is_not_offered_answers_3008_to_everyone(service: Service) -> None:
    absent = [method for method in METHODS.methods.values() if not method.is_offered]
    assert len(absent) == 6
    for method in absent:
        body = await ask(service, method, {"userId": {"hostile": 1}})
        assert body["errorCode"] == 3008


def test_a_path_is_declared_once() -> None:
    registry = Registry()
    registry.add(declared())
    with pytest.raises(ValueError, match="declared twice"):
        registry.add(declared())


@pytest.mark.parametrize(
    ("path", "module"),
    [("base/v1/rooms/enter_room", "rooms"), ("base/v1/gslb", "gslb"), ("getUserInfo", "auth_users")],
)
def test_a_method_belongs_to_the_module_in_its_path(path: str, module: str) -> None:
    assert declared(path=path).module == module


def test_an_answer_may_be_nothing_a_shape_ready_json_or_a_page() -> None:
    method = declared()
    assert "data" not in json.loads(success(method, None, "r").body)
    assert json.loads(success(method, {"a": "小明"}, "r").body)["data"] == {"a": "小明"}
    assert json.loads(success(method, msgspec.Raw(b'{"a":1}'), "r").body)["data"] == {"a": 1}
    page = json.loads(success(method, Page(b'{"a":1},{"a":2}', "next"), "r").body)
    assert (page["data"], page["nextCursor"]) == ([{"a": 1}, {"a": 2}], "next")
    assert json.loads(success(method, Page(b""), "r").body)["data"] == []


def test_a_request_id_cannot_break_out_of_the_answer() -> None:
    hostile = 'r","errorCode":0,"x":"'
    assert json.loads(refusal(Code.RoomFull, Language.EN, hostile).body)["requestId"] == hostile
    assert json.loads(success(declared(), None, hostile).body)["requestId"] == hostile


@pytest.mark.parametrize(
    ("who", "names", "code"),
    [
        (Who.USER, ("userId", "token"), 0),
        (Who.USER, ("apaasUserId", "token"), 0),
        (Who.USER, ("userId", "apaasUserId", "token"), 0),
        (Who.USER, ("token",), 2002),
        (Who.USER, ("userId",), 2002),
        (Who.USER, (), 2002),
        (Who.BEARER, ("apaasUserId", "token"), 0),
        (Who.BEARER, ("token",), 2002),
        (Who.SEEKER, ("token",), 0),
        (Who.SEEKER, ("apaasUserId", "token"), 0),
        (Who.SEEKER, ("userId",), 2002),
        (Who.ANYONE, (), 0),
    ],
)
async def test_a_caller_is_known_by_a_token_and_either_name(
    who: Who, names: tuple[str, ...], code: int, service: Service
) -> None:
    user = await service.sign_up()
    known = {"userId": user.user, "apaasUserId": user.user, "token": user.token}
    body = await ask(service, declared(who=who), {name: known[name] for name in names})
    assert body["errorCode"] == code
    if code == 0 and names:
        assert body["data"]["user"] == user.user


@pytest.mark.parametrize("named", ["userId", "apaasUserId"])
@pytest.mark.parametrize("who", [Who.USER, Who.BEARER])
@pytest.mark.parametrize(("path", "code"), [("base/v1/tests/whoami", 98), ("base/v1/rooms/room_detail", 204)])
async def test_another_users_id_beside_a_token_is_98_and_in_the_originals_methods_204(
    path: str, code: int, who: Who, named: str, service: Service
) -> None:
    user, other = await service.sign_up(), await service.sign_up()
    body = await ask(service, declared(who=who, path=path), {**user.identity, named: other.user})
    assert body["errorCode"] == code


async def test_a_seeker_names_whom_they_look_for_and_not_who_they_are(service: Service) -> None:
    user, other = await service.sign_up(), await service.sign_up()
    sought = await ask(service, declared(who=Who.SEEKER), {"token": user.token, "userId": other.user})
    assert sought["data"]["user"] == user.user
    posed = await ask(service, declared(who=Who.SEEKER), {"token": user.token, "apaasUserId": other.user})
    assert posed["errorCode"] == 98


async def test_a_bearer_token_needs_no_name_and_one_in_the_parameters_comes_first(service: Service) -> None:
    user, other = await service.sign_up(), await service.sign_up()
    borne = await ask(service, declared(who=Who.USER), {}, bearer=user.token)
    assert borne["data"]["user"] == user.user
    both = await ask(service, declared(who=Who.USER), {"token": other.token}, bearer=user.token)
    assert both["data"]["user"] == other.user
    posed = await ask(service, declared(who=Who.USER), {"userId": other.user}, bearer=user.token)
    assert posed["errorCode"] == 98


@pytest.mark.parametrize(
    ("bad_request", "code"),
    [
        (Code.SystemVerifyError, 98),
        (Code.UserQueryParams, 98),
        (Code.RoomCreateParams, 2000),
        (Code.RoomLeaveParams, 2003),
    ],
)
async def test_a_missing_identity_is_98_for_account_calls_and_never_204(
    bad_request: Code, code: int, service: Service
) -> None:
    body = await ask(service, declared(who=Who.USER, bad_request=bad_request))
    assert body["errorCode"] == code


async def test_a_call_without_a_login_belongs_to_the_tenant_that_it_names_else_to_the_hosts(service: Service) -> None:
    await service.make_tenant("game")
    await service.make_tenant("karaoke", hosts=("k.example.com",))
    named = {"apaasAppId": "game"}
    assert (await ask(service, declared(), named))["data"]["tenant"] == "game"
    assert (await ask(service, declared(), named, host="k.example.com"))["data"]["tenant"] == "game"
    assert (await ask(service, declared(), host="K.example.com:8443"))["data"]["tenant"] == "karaoke"
    assert (await ask(service, declared(), {"apaasAppId": "none"}, host=HOST))["data"]["tenant"] == ""


async def test_a_visitor_is_taken_at_their_word_and_their_token_is_not_read(service: Service) -> None:
    raw = {"apaasUserId": "somebody", "token": "rubbish"}
    assert (await ask(service, declared(), raw))["data"]["user"] == "somebody"


async def test_a_call_that_needs_no_login_refuses_hostile_names_with_its_own_code(service: Service) -> None:
    hostile: dict[str, Any] = {"apaasAppId": {"a": 1}, "userId": ["a"], "token": {}}
    for name, value in hostile.items():
        body = await ask(service, GSLB, {name: value})
        assert body["errorCode"] == 98
        assert name in body["errorMessage"]


async def test_handlers_name_only_use_cases_that_there_are(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        there = by_type(service.services).keys()
    missing = {method.path: kind for method in METHODS.methods.values() for kind in method.uses if kind not in there}
    assert missing == {}


@pytest.mark.parametrize(
    ("modules", "code"), [({"tests", "gifts"}, 0), ({"tests"}, Code.NotOffered), ({"gifts"}, Code.NotOffered)]
)
async def test_a_method_that_needs_a_module_is_offered_where_both_are_on(
    service: Service, modules: set[str], code: int
) -> None:
    dispatcher = make_dispatcher(service.services, Switches(frozenset(modules)))
    outcome = await dispatcher.call(declared(needs="gifts"), {}, CONTEXT)
    assert outcome.code == code
