"""Words that are not allowed, at every door: by the operator's list, and by whoever is called before text is shown."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import pytest
import pytest_asyncio

from liveroom.domain.hooks.model import HookType, Otherwise
from liveroom.domain.ids import TenantName
from liveroom.domain.tenants.model import Language
from tests.contract.conftest import Backend
from tests.hook_server import HookServer, hook_server
from tests.service import Answer, Device, Service, salt_of, serving

APP: Final = "worded"
TAG: Final = "player"
SECRET: Final = "fixed-secret-0123456789-abcdefghijklmnop"
REFUSED: Final = "这里有 法-轮-功"
MASKED: Final = "好 bad word 的"
STARS: Final = "好 ******** 的"
LIST: Final = "法轮功\n~badword\n"
SENTENCE: Final = "this contains words that are not allowed here: change it and try again"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """Yield a service whose operator has a list."""
    folder = tmp_path_factory.mktemp("service")
    words = folder / "words.txt"
    words.write_text(LIST, "utf-8")
    async with serving(folder, blocked_words=str(words), guest_limit=0, **backend) as running:
        await running.make_tenant(APP, language=Language.EN)
        await running.services.own_users.secrets.add(TenantName(APP), TAG, SECRET)
        await running.core.jobs.configuration.refresh()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def server(service: Service) -> AsyncIterator[HookServer]:
    async with hook_server() as server:
        yield server
        for hook in service.core.hook_calls.hooks.all():
            await service.core.hook_calls.hooks.remove(hook.id)


async def person(service: Service) -> Device:
    return await service.sign_up(app=APP)


async def _register(service: Service, text: str) -> tuple[Answer, Any]:
    name = f"{text} {service.clock.now().timestamp()}"
    answer = await service.call(
        "oauth/register", {"apaasAppId": APP, "username": name, "salt": salt_of(name, "secret")}
    )
    return answer, None


async def _nickname(service: Service, text: str) -> tuple[Answer, Any]:
    account = await service.register(app=APP)
    signed = service.sign(account.username, account.salt, nickname=text)
    answer = await account.call("oauth/signature", signed)
    return answer, answer.body.get("data", {}).get("name")


async def _own_nickname(service: Service, text: str) -> tuple[Answer, Any]:
    username = f"own-{service.clock.now().timestamp()}"
    signed = service.sign(username, SECRET, tag=TAG, nickname=text)
    answer = await service.call("oauth/signature", {"apaasAppId": APP, **signed})
    return answer, answer.body.get("data", {}).get("name")


async def _guest(service: Service, text: str) -> tuple[Answer, Any]:
    answer = await service.call("auth_users/guest", {"apaasAppId": APP, "nickname": text})
    return answer, answer.body.get("data", {}).get("name")


async def _user_update(service: Service, text: str) -> tuple[Answer, Any]:
    user = await person(service)
    answer = await user.call("auth_users/user_update", {"name": text})
    return answer, (await user.call("auth_users/user_query")).data["name"]


async def _enter(service: Service, text: str, **params: Any) -> tuple[Answer, Any]:
    user = await person(service)
    answer = await user.call("rooms/enter_room", {"roomId": user.user, "role": "anchor", "title": text, **params})
    shown = (await user.detail(user.user)).body.get("data", {}).get("title")
    return answer, answer.body.get("data", {}).get("title") or shown


async def _generate(service: Service, text: str) -> tuple[Answer, Any]:
    user = await person(service)
    answer = await user.call("rooms/generate_roomid", {"title": text})
    if answer.code:
        return answer, None
    return answer, (await user.detail(answer.data["roomId"])).data["title"]


async def _update(service: Service, text: str, field: str) -> tuple[Answer, Any]:
    user = await person(service)
    room = await user.go_live()
    answer = await user.call("rooms/update_room", {"roomId": room, field: text})
    return answer, (await user.detail(room)).data[field]


async def _schedule(service: Service, text: str) -> tuple[Answer, Any]:
    user = await person(service)
    start = service.clock.now() + timedelta(hours=2)
    answer = await user.call("rooms/schedule", {"title": text, "startUtc": f"{start:%Y-%m-%d %H:%M:%S}"})
    return answer, answer.body.get("data", {}).get("title")


async def _message(service: Service, text: str) -> tuple[Answer, Any]:
    user = await person(service)
    room = await user.go_live()
    answer = await user.call("messages/send", {"roomId": room, "text": text})
    return answer, answer.body.get("data", {}).get("text")


EntryPoint = Callable[[Service, str], Awaitable[tuple[Answer, Any]]]
ENTRY_POINTS: Final[dict[str, EntryPoint]] = {
    "register": _register,
    "signature": _nickname,
    "signature of an own user": _own_nickname,
    "guest": _guest,
    "user_update": _user_update,
    "enter_room": _enter,
    "enter_room without an id": lambda service, text: _enter(service, text, roomId=""),
    "generate_roomid": _generate,
    "update_room title": lambda service, text: _update(service, text, "title"),
    "update_room subject": lambda service, text: _update(service, text, "subject"),
    "update_room description": lambda service, text: _update(service, text, "description"),
    "schedule": _schedule,
    "messages/send": _message,
}
"""Every way in which somebody's words come before others: what is answered, and what is shown."""
NAMES: Final = ("register",)
"""What is typed to sign in cannot be shown as something else."""


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
async def test_a_word_of_the_list_is_refused_at_every_door_and_a_masked_one_is_shown_as_stars(
    entry_point: str, service: Service
) -> None:
    answer, _ = await ENTRY_POINTS[entry_point](service, REFUSED)
    assert (answer.code, answer.body["errorMessage"]) == (3010, SENTENCE)
    answer, shown = await ENTRY_POINTS[entry_point](service, MASKED)
    if entry_point in NAMES:
        assert answer.code == 3010
    else:
        assert (answer.code, shown) == (0, STARS), answer.text
    answer, shown = await ENTRY_POINTS[entry_point](service, "今晚 8 点")
    assert answer.code == 0, answer.text
    assert shown in (None, "今晚 8 点")


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
async def test_the_operators_server_is_asked_once_at_every_door_and_may_refuse_and_change(
    entry_point: str, service: Service, server: HookServer
) -> None:
    await server.hook(service.core.hook_calls.hooks, APP, HookType.TEXT)
    answer, _ = await ENTRY_POINTS[entry_point](service, "hello")
    assert answer.code == 0, answer.text
    asked = [question["data"] for question in server.questions if question["data"]["text"].startswith("hello")]
    assert len(asked) == 1, asked
    assert server.questions[-1]["type"] == "ask.text"
    server.decide = lambda data: {"allow": not data["text"].startswith("hello"), "message": "请文明用语"}
    answer, _ = await ENTRY_POINTS[entry_point](service, "hello")
    assert (answer.code, answer.body["errorMessage"]) == (3010, "请文明用语")
    server.decide = lambda data: {"allow": True, "set": {"text": data["text"].replace("hello", "HELLO")}}
    answer, shown = await ENTRY_POINTS[entry_point](service, "hello")
    if entry_point in NAMES:
        assert answer.code == 3010
    else:
        assert (answer.code, shown) == (0, "HELLO"), answer.text


async def test_what_is_refused_leaves_nothing_behind(service: Service) -> None:
    user = await person(service)
    assert (await user.enter(user.user, "anchor", title=REFUSED)).code == 3010
    assert (await user.detail(user.user)).code == 2004
    assert (await user.call("auth_users/user_update", {"name": REFUSED, "avatar": "https://example.com/a.png"})).code
    assert (await user.call("auth_users/user_query")).data["avatar"] == ""


async def test_a_title_that_opens_nothing_is_not_judged(service: Service, server: HookServer) -> None:
    host, guest = await person(service), await person(service)
    room = await host.go_live()
    await server.hook(service.core.hook_calls.hooks, APP, HookType.TEXT)
    assert (await guest.enter(room, "audience", title=REFUSED)).code == 0
    assert server.questions == []


async def test_a_nickname_of_somebody_who_has_a_name_is_not_judged(service: Service, server: HookServer) -> None:
    account = await service.register(app=APP)
    device = await account.sign_in(nickname="Ann")
    await service.call("oauth/signature", {"apaasAppId": APP, **service.sign("own", SECRET, tag=TAG, nickname="Own")})
    await server.hook(service.core.hook_calls.hooks, APP, HookType.TEXT)
    assert (await account.sign_in(nickname=REFUSED)).user == device.user
    again = service.sign("own", SECRET, tag=TAG, nickname=REFUSED)
    assert (await service.call("oauth/signature", {"apaasAppId": APP, **again})).data["name"] == "Own"
    assert server.questions == []


async def test_what_the_operators_server_writes_is_its_own(service: Service, server: HookServer) -> None:
    await server.hook(service.core.hook_calls.hooks, APP, HookType.TEXT)
    key = await service.make_key(APP)
    made = await key.call("admin/create_user", {"name": REFUSED})
    assert (await key.call("admin/get_user", {"userId": made.data["userId"]})).data["name"] == REFUSED
    opened = await key.call("admin/open_room", {"ownerId": made.data["userId"], "title": REFUSED})
    assert opened.code == 0, opened.text
    assert (await key.call("admin/update_room", {"roomId": opened.data["roomId"], "subject": REFUSED})).code == 0
    assert server.questions == []


async def test_a_hook_of_one_category_is_asked_about_its_rooms_alone(service: Service, server: HookServer) -> None:
    await server.hook(service.core.hook_calls.hooks, APP, HookType.TEXT, categories=frozenset({"ktv"}))
    user = await person(service)
    await user.call("auth_users/user_update", {"name": "Ann"})
    await user.enter(user.user, "anchor", title="quiet", category="chorus")
    await user.call("rooms/update_room", {"roomId": user.user, "subject": "quiet"})
    await user.call("rooms/update_room", {"roomId": user.user, "category": "ktv"})
    assert server.questions == []
    await user.call("rooms/update_room", {"roomId": user.user, "subject": "loud"})
    await user.call("messages/send", {"roomId": user.user, "text": "hi"})
    kinds = [(question["data"]["kind"], question["data"]["category"]) for question in server.questions]
    assert kinds == [("subject", "ktv"), ("message", "ktv")]


async def test_one_that_does_not_answer_lets_through_or_refuses_as_it_was_arranged(
    service: Service, server: HookServer
) -> None:
    server.status = 500
    user = await person(service)
    hook = await server.hook(service.core.hook_calls.hooks, APP, HookType.TEXT)
    assert (await user.call("auth_users/user_update", {"name": "Ann"})).code == 0
    await service.core.hook_calls.hooks.remove(hook.id)
    await server.hook(service.core.hook_calls.hooks, APP, HookType.TEXT, otherwise=Otherwise.REFUSE)
    assert (await user.call("auth_users/user_update", {"name": "Bea"})).code == 100


async def test_a_hooks_text_that_is_too_long_is_cut_to_what_fits(service: Service, server: HookServer) -> None:
    await server.hook(service.core.hook_calls.hooks, APP, HookType.TEXT)
    long = {"allow": True, "set": {"text": "two\nlines " + "x" * 300}}
    server.decide = lambda data: long if data["text"] == "Ann" else {"allow": True}
    answer, shown = await _user_update(service, "Ann")
    assert (answer.code, shown) == (0, ("two lines " + "x" * 300)[:125])
