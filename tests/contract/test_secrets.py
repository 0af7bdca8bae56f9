"""Nothing secret in the database, in an answer, or in the log."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from liveroom.api.declare import IN_CONSOLE, Method, Who
from liveroom.api.methods import METHODS
from tests.contract.scene import set_stage
from tests.contract.stages import BASIC, SCENES, name_of
from tests.service import SDK_SECRET, SECRET, Answer, Form, Service, serving

_MINE = frozenset({"token", "userSig", "sdkUserSig"})
"""What an answer gives to its own caller, in a login."""


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name not in _MINE:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield str(value)


def _in_error(answer: Answer) -> str:
    return answer.text if answer.code else "\n".join(_texts(answer.body))


async def test_salts_and_secrets_cannot_be_read_in_the_database(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        tenant = await service.make_tenant("shop")
        device = await service.sign_up(app="shop")
        login = (await device.call("auth_users/user_login_token")).data
        await device.go_live("shop-7001", title="written in clear")
        await service.tick()
        fixed = await service.services.own_users.secrets.add(tenant.name, "player")
        key = await service.services.app_signatures.add(tenant.name, "a program")
        secrets = [
            fixed.secret,
            key.secret,
            device.account.salt,
            tenant.sdk_secret,
            device.token,
            login["userSig"],
            SECRET,
            SDK_SECRET,
        ]
        signature = service.sign(device.account.username, device.account.salt)["signature"]
        await service.call("oauth/signature", {"username": device.account.username, "signature": signature})
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"written in clear" in stored
    assert device.user.encode() in stored
    assert [secret for secret in (*secrets, signature) if secret.encode() in stored] == []


def _shy_of(service: Service, *others: str) -> list[str]:
    return [
        SECRET,
        SDK_SECRET,
        service.core.keys.signing.secret.decode(),
        "Traceback",
        'File "',
        "site-packages",
        *others,
    ]


@pytest.mark.parametrize("method", BASIC, ids=lambda method: method.path)
async def test_no_answer_and_no_log_line_has_a_secret(
    method: Method, service: Service, written_log: io.StringIO
) -> None:
    scene = await SCENES[method.path](await set_stage(service))
    token, salt = scene.device.token, scene.device.account.salt
    signature = str(scene.params.get("signature", "no signature"))
    shy = _shy_of(service, token, salt, signature)
    wrong: list[dict[str, Any]] = [{}, {"apaasUserId": "1"}, {"userId": "1"}, {"roomId": {}}]
    wrong += [{"token": f"{token}x"}, {"username": "x" * 600}]
    answers = [
        await scene.device.call(name_of(method), {**scene.params, **change}, form)
        for change in wrong
        for form in ((Form.QUERY, Form.JSON) if change != {"roomId": {}} else (Form.JSON,))
    ]
    for answer in answers:
        assert [secret for secret in shy if secret in _in_error(answer)] == [], answer.text
    log = written_log.getvalue()
    assert [secret for secret in shy if secret in log] == []


@pytest.mark.parametrize("method", METHODS.methods.values(), ids=lambda method: method.path)
async def test_no_answer_carries_a_stack(method: Method, service: Service) -> None:
    for content in (b"", b"{", b"[]", b"null", b'{"userId":', b"\xff\xfe", b"x" * 70_000):
        answer = await service.send(
            "POST", name_of(method), content=content, headers={"content-type": "application/json"}
        )
        assert answer.status == 200
        assert not {"errorStack", "stack", "trace"} & set(answer.body)
        assert answer.code in (0, method.bad_request, 98, 3008, 3000 if method.who in {Who.KEY, *IN_CONSOLE} else 0)


async def test_a_call_is_logged_by_its_name_and_code_alone(tmp_path: Path, written_log: io.StringIO) -> None:
    async with serving(tmp_path, log_level="debug") as service:
        device = await service.sign_up()
        await device.call("rooms/room_detail", {"roomId": "7001"}, Form.QUERY)
    lines = [json.loads(line) for line in written_log.getvalue().splitlines()]
    calls = [line for line in lines if line["event"] == "call"]
    assert [(line["method"], line["code"]) for line in calls] == [
        ("base/v1/oauth/register", 0),
        ("base/v1/oauth/signature", 0),
        ("base/v1/rooms/room_detail", 2004),
    ]
    assert all(line["request"] for line in calls)
    assert device.token not in written_log.getvalue()


async def test_a_profile_gives_neither_phone_nor_login(service: Service) -> None:
    seeker, found = await service.sign_up(), await service.sign_up()
    for path, params in (
        ("auth_users/user_query", {"searchUserId": found.user}),
        ("/getUserInfo", {"userId": found.user, "apaasUserId": seeker.user}),
    ):
        data = (await seeker.call(path, params)).data
        assert data["phone"] == ""
        assert data.get("token", "") == data.get("userSig", "") == ""
        assert "email" not in data
