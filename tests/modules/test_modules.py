"""Modules of installed packages: called through every door, heard on every channel, and gone when switched off."""

import asyncio
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from liveroom import deadlines
from liveroom.api.declare import scopes_of
from liveroom.app.sockets import make_consoles, make_hub
from liveroom.domain.events.records import LOG, Target
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.modules.installed import GROUP
from liveroom.settings import SettingsError
from tests.modules import quizzes
from tests.realtime.peers import Stage, Watch
from tests.recorded_events.rebuilding import read_events
from tests.service import Form, Keyholder, Service, serving

QUIZZES = EntryPoint("quizzes", "tests.modules.quizzes:module", GROUP)


async def ask(service: Service, **params: Any) -> Any:
    host = await service.sign_up()
    room = await host.go_live()
    return await host.call("quizzes/ask", {"roomId": room, "text": "why?", **params})


@pytest.mark.parametrize("form", Form)
async def test_its_methods_are_called_as_any_other(tmp_path: Path, form: Form) -> None:
    async with serving(tmp_path, entries=[QUIZZES]) as service:
        host = await service.sign_up()
        room = await host.go_live()
        answer = await host.call("quizzes/ask", {"roomId": room, "text": "why?", "points": "3"}, form)
        assert answer.data == {"text": "why?", "points": 3}
        assert (await service.call("quizzes/count")).data == 1
        assert (await service.call("quizzes/ask", {"roomId": room, "text": "why?"})).code == 2002
        audience = await service.sign_up()
        assert (await audience.call("quizzes/ask", {"roomId": room, "text": "why?"})).code == 3007
        await audience.enter(room)
        assert (await audience.call("quizzes/ask", {"roomId": room, "text": "why?"})).code == 3000
        assert (await host.call("quizzes/ask", {"roomId": "1", "text": "why?"})).code == 2004


@pytest.mark.parametrize("params", [{"points": 0}, {"points": "x"}, {"text": ""}, {"text": "y" * 41}, {"text": {}}])
async def test_bad_input_gets_the_code_that_was_declared(tmp_path: Path, params: dict[str, Any]) -> None:
    async with serving(tmp_path, entries=[QUIZZES]) as service:
        answer = await ask(service, **params)
        assert (answer.status, answer.code) == (200, 2002)


async def test_what_a_module_spawns_goes_on_when_its_call_is_over(tmp_path: Path) -> None:
    async def until() -> float:
        return deadlines.end()

    async with serving(tmp_path, entries=[QUIZZES]):
        call = deadlines.begin()
        try:
            assert await asyncio.create_task(until()) < deadlines.NEVER
            assert await quizzes.lives[-1].liveroom.spawn(until()) == deadlines.NEVER
        finally:
            deadlines.over(call)


STRUCTURES: list[Any] = [{"roomId": 1}, {}, [{"roomId": 1}], ["1"], [["1"]], {"$ne": ""}]


async def test_an_object_or_an_array_where_text_is_meant_is_refused_by_every_method(tmp_path: Path) -> None:
    async with serving(tmp_path, entries=[QUIZZES]) as service:
        device = await service.sign_up()
        for method in quizzes.module.methods:
            good = {"roomId": "1", "text": "x", "to": "1", "word": "x"}
            for name in [field.wire for field in method.fields]:
                for structure in STRUCTURES:
                    answer = await device.call(f"/{method.path}", {**good, name: structure})
                    assert (answer.status, answer.code) == (200, 2002), (method.path, name, structure)


async def test_a_mistake_in_its_code_is_an_answer_and_no_broken_call(tmp_path: Path) -> None:
    async with serving(tmp_path, entries=[QUIZZES]) as service:
        answer = await service.call("quizzes/stumble")
        assert (answer.status, answer.code) == (200, 99)


async def test_its_methods_and_events_are_in_the_document_and_on_the_page(tmp_path: Path) -> None:
    async with serving(tmp_path, entries=[QUIZZES]) as service:
        document = (await service.send("GET", "/openapi.json")).body
        page = (await service.send("GET", "/reference")).text
    OpenAPIV31SpecValidator(document).validate()
    assert {"/base/v1/quizzes/ask", "/base/v1/quizzes/count"} <= set(document["paths"])
    event = document["components"]["schemas"]["QuizzesAsked"]
    assert event["properties"]["type"]["enum"] == ["quizzes.asked"]
    assert event["properties"]["data"]["$ref"].endswith("/Asked")
    carried = document["components"]["schemas"]["RoomEvent"]
    assert {"$ref": "#/components/schemas/QuizzesAsked"} in carried["oneOf"]
    assert carried["discriminator"]["mapping"]["quizzes.asked"] == "#/components/schemas/QuizzesAsked"
    assert document["components"]["schemas"]["Asked"]["properties"]["text"]["description"] == "The question."
    assert all(text in page for text in ("/base/v1/quizzes/ask", "quizzes.asked", "Somebody asks the room a question."))


async def test_where_it_is_not_installed_nothing_knows_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        answer = await service.call("quizzes/count")
        assert (answer.status, answer.code) == (404, 99)
        assert "quizzes" not in (await service.send("GET", "/openapi.json")).text


async def test_switched_off_it_answers_3008_and_is_shown_nowhere(tmp_path: Path) -> None:
    lives = len(quizzes.lives)
    async with serving(tmp_path, entries=[QUIZZES], modules="all,-quizzes") as service:
        assert (await service.call("quizzes/count")).code == 3008
        host = await service.sign_up()
        room = await host.go_live(title="too late")
        assert (await (await service.sign_up()).enter(room)).code == 0
        for path in ("/openapi.json", "/reference"):
            assert "quizzes" not in (await service.send("GET", path)).text
    assert len(quizzes.lives) == lives


async def test_it_lives_as_long_as_the_service(tmp_path: Path) -> None:
    async with serving(tmp_path, entries=[QUIZZES]):
        life = quizzes.lives[-1]
        assert life.log == ["began"]
        assert life.liveroom.data_dir == tmp_path
    assert life.log == ["began", "ended"]


async def test_it_is_asked_before_somebody_enters_and_its_refusal_leaves_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path, entries=[QUIZZES]) as service:
        host = await service.sign_up()
        room = await host.go_live(title="in time")
        guest = await service.sign_up()
        assert (await host.call("rooms/update_room", {"roomId": room, "title": "too late"})).code == 0
        answer = await guest.enter(room)
        assert (answer.code, answer.body["errorMessage"]) == (3000, "The quiz has begun without you.")
        assert await host.members(room) == [host.user]
        assert quizzes.lives[-1].asked[-1].data["userId"] == guest.user


async def test_it_changes_what_goes_live(tmp_path: Path) -> None:
    async with serving(tmp_path, entries=[QUIZZES]) as service:
        host = await service.sign_up()
        room = await host.go_live(category="quiz")
        assert (await host.detail(room)).data["subject"] == "quiz"
        other = await service.sign_up()
        assert (await other.detail(await other.go_live())).data["subject"] == ""


async def test_through_the_socket_its_methods_are_called_and_its_events_heard(tmp_path: Path) -> None:
    async with serving(tmp_path, entries=[QUIZZES]) as service:
        watch = Watch()
        hub = make_hub(service.core, seconds=watch.read)
        await hub.listen()
        try:
            stage = Stage(service, hub, watch, make_consoles(service.core, hub, seconds=watch.read))
            host, room, publisher = await stage.host()
            guest, viewer = await stage.member(room)
            await viewer.subscribe(room)
            said = await publisher.rpc("quizzes/ask", roomId=room, text="为什么？", points=7)
            assert said["data"] == {"text": "为什么？", "points": 7}
            event = await viewer.event(room, "quizzes.asked")
            assert (event["data"], event["by"], event["cause"]) == (said["data"], host.user, "call")
            shape = next(shape for shape in quizzes.module.shapes() if shape.__struct_config__.tag == event["type"])
            assert msgspec.to_builtins(msgspec.convert(event, shape)) == event
            assert (await publisher.rpc("quizzes/greet", to=guest.user, word="hi"))["errorCode"] == 0
            await viewer.until(lambda: any(push["channel"] == f"user:{guest.user}" for push in viewer.pushes))
            (greeting,) = (push["pub"]["data"] for push in viewer.pushes if push["channel"] == f"user:{guest.user}")
            assert (greeting["type"], greeting["data"], greeting["by"]) == (
                "quizzes.greeted",
                {"word": "hi"},
                host.user,
            )
            assert (await publisher.rpc("quizzes/greet", to="1", word="hi"))["errorCode"] == 206
        finally:
            await hub.stop()


async def test_what_it_tells_is_written_down_for_the_operators_webhooks(tmp_path: Path) -> None:
    log = Target(LOG, frozenset({"quizzes.*"}), frozenset())
    async with serving(tmp_path, entries=[QUIZZES], others=lambda tenant: [log]) as service:
        assert (await ask(service, points=2)).code == 0
        received = await read_events(service.core.db)
    assert [(one.kind, one.seq, one.data) for one in received if one.kind.startswith("quizzes.")] == [
        ("quizzes.asked", 1, {"text": "why?", "points": 2})
    ]


async def test_a_server_key_needs_the_modules_scope(tmp_path: Path) -> None:
    async with serving(tmp_path, entries=[QUIZZES]) as service:
        known = scopes_of(service.core.modules.registry.methods.values())
        assert {"act:quizzes", "admin:quizzes"} <= set(known)
        host = await service.sign_up()
        params = {"roomId": await host.go_live(), "text": "why?", "actAs": host.user}

        async def codes(*scopes: str) -> list[int]:
            _, key = await service.services.server_keys.add(DEFAULT_TENANT, "k", scopes, known, lasts=None)
            holder = Keyholder(service, key)
            return [(await holder.call("quizzes/ask", params)).code, (await holder.call("quizzes/settle")).code]

        assert await codes("act:quizzes") == [0, 3000]
        assert await codes("admin:quizzes") == [3000, 0]
        assert await codes("act:rooms", "admin:rooms") == [3000, 3000]
        assert (await service.call("quizzes/settle")).code == 3000


async def test_a_service_does_not_start_with_a_module_that_does_not(tmp_path: Path) -> None:
    entry = EntryPoint("stillborn", "tests.modules.broken:stillborn", GROUP)
    with pytest.raises(SettingsError, match=r"module stillborn .* does not start: OSError: no disk"):
        async with serving(tmp_path, entries=[entry]):
            pass
