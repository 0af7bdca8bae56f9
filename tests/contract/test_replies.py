"""Replies and mentions over HTTP: what they show, of whom, and what becomes of them when the original is recalled."""

from typing import Any

import pytest

from liveroom.domain.hooks.model import HookType
from tests.contract.conftest import Serving
from tests.contract.scene import Stage, set_stage
from tests.hook_server import hook_server
from tests.service import Device, Form, Service

NONE = 3011


async def _said(device: Device, stage: Stage, text: str, **params: Any) -> dict[str, Any]:
    return dict((await device.call("messages/send", {"roomId": stage.room, "text": text, **params})).data)


async def _newest(stage: Stage, **params: Any) -> dict[str, Any]:
    page = await stage.host.call("messages/history", {"roomId": stage.room, "limit": 1, **params})
    return dict(page.data[0])


async def _send(device: Device, stage: Stage, **params: Any) -> int:
    return (await device.call("messages/send", {"roomId": stage.room, "text": "hi", **params})).code


@pytest.mark.parametrize("form", Form)
async def test_a_reply_shows_whom_it_answers_and_how_their_message_begins(service: Service, form: Form) -> None:
    stage = await set_stage(service)
    await stage.host.call("auth_users/user_update", {"name": "安 😀"})
    original = await _said(stage.host, stage, "长" * 100)
    asked = {"roomId": stage.room, "text": "yes", "replyTo": original["messageId"]}
    reply = (await stage.guest.call("messages/send", asked, form)).data
    assert reply["replyTo"] == {
        "messageId": original["messageId"],
        "userId": stage.host.user,
        "name": "安 😀",
        "text": "长" * 79 + "…",
    }
    assert "mentions" not in reply
    assert await _newest(stage) == reply
    assert "replyTo" not in original


async def test_a_reply_sent_again_under_its_key_is_the_same(service: Service) -> None:
    stage = await set_stage(service)
    original = await _said(stage.host, stage, "first")
    asked = {"replyTo": original["messageId"], "key": "k", "mentions": [stage.host.user]}
    assert await _said(stage.guest, stage, "yes", **asked) == await _said(stage.guest, stage, "yes", **asked)


async def test_only_a_message_of_this_broadcast_that_was_not_recalled_is_answered(service: Service) -> None:
    stage, other = await set_stage(service), await set_stage(service)
    elsewhere = await _said(other.host, other, "elsewhere")
    gone = await _said(stage.guest, stage, "oops")
    await stage.guest.call("messages/recall", {"roomId": stage.room, "messageId": gone["messageId"]})
    for id in (gone["messageId"], elsewhere["messageId"], "1", "0", "x", "9" * 64):
        assert await _send(stage.guest, stage, replyTo=id) == NONE, id
    old = await _said(stage.host, stage, "old")
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    await stage.host.go_live(stage.room)
    assert await _send(stage.host, stage, replyTo=old["messageId"]) == NONE


async def test_who_is_not_in_the_room_learns_nothing_by_answering(service: Service) -> None:
    stage = await set_stage(service)
    said = await _said(stage.host, stage, "hello")
    stranger = await service.sign_up()
    assert [await _send(stranger, stage, replyTo=id) for id in (said["messageId"], "1")] == [3007, 3007]


async def test_of_what_was_recalled_no_quote_says_a_word(service: Service) -> None:
    stage = await set_stage(service)
    original = await _said(stage.guest, stage, "a secret")
    reply = await _said(stage.host, stage, "really?", replyTo=original["messageId"])
    assert reply["replyTo"]["text"] == "a secret"
    await stage.guest.call("messages/recall", {"roomId": stage.room, "messageId": original["messageId"]})
    assert (await _newest(stage))["replyTo"] == {**reply["replyTo"], "text": ""}
    await stage.host.call("messages/recall", {"roomId": stage.room, "messageId": reply["messageId"]})
    assert "replyTo" not in await _newest(stage)


async def test_a_message_that_only_the_database_has_is_answered_and_quoted_too(service: Service) -> None:
    stage = await set_stage(service)
    original = await _said(stage.guest, stage, "long ago", data={"n": 1}, type="text")
    for part in range(21):
        service.clock.advance(10)
        for number in range(10):
            await _said(stage.host, stage, f"{part} {number}")
    service.clock.advance(10)
    reply = await _said(stage.host, stage, "I remember", replyTo=original["messageId"])
    assert reply["replyTo"]["text"] == "long ago"
    assert (await _newest(stage)) == reply
    await stage.host.call("messages/recall", {"roomId": stage.room, "messageId": original["messageId"]})
    assert (await _newest(stage))["replyTo"]["text"] == ""
    assert await _send(stage.host, stage, replyTo=original["messageId"]) == NONE


@pytest.mark.parametrize("form", [Form.FORM, Form.JSON])
async def test_those_are_mentioned_who_are_in_the_room(service: Service, form: Form) -> None:
    stage = await set_stage(service)
    stranger = await service.sign_up()
    users = [stage.host.user, stranger.user, "nobody", stage.guest.user, stage.host.user]
    asked = {"roomId": stage.room, "text": "@all", "mentions": users if form is Form.JSON else ",".join(users)}
    said = (await stage.guest.call("messages/send", asked, form)).data
    assert said["mentions"] == [stage.host.user, stage.guest.user]
    assert await _newest(stage) == said
    assert "mentions" not in await _said(stage.guest, stage, "hi", mentions=[stranger.user])


async def test_more_than_ten_mentions_are_too_many(service: Service) -> None:
    stage = await set_stage(service)
    assert await _send(stage.guest, stage, mentions=[str(number) for number in range(10)]) == 0
    assert await _send(stage.guest, stage, mentions=[str(number) for number in range(11)]) == 2002
    assert await _send(stage.guest, stage, mentions=[["a"]]) == 2002


async def test_a_quote_shows_what_the_word_list_let_through(embedded: Serving, tmp_path: Any) -> None:
    words = tmp_path / "words"
    words.write_text("~mild\n", encoding="utf-8")
    async with embedded(blocked_words=words) as service:
        stage = await set_stage(service)
        original = await _said(stage.guest, stage, "how mild")
        reply = await _said(stage.host, stage, "yes", replyTo=original["messageId"])
        assert reply["replyTo"]["text"] == "how ****"


async def test_the_operators_server_is_asked_with_what_a_message_answers_and_whom_it_mentions(
    embedded: Serving,
) -> None:
    async with embedded() as service, hook_server() as server:
        stage = await set_stage(service)
        original = await _said(stage.host, stage, "hello")
        await server.hook(service.core.hook_calls.hooks, "", HookType.TEXT)
        await _said(stage.guest, stage, "hi", replyTo=original["messageId"], mentions=[stage.host.user])
        await _said(stage.guest, stage, "hi all")
        linked, plain = [question["data"] for question in server.questions]
        assert (linked["replyTo"], linked["mentions"]) == (original["messageId"], [stage.host.user])
        assert (plain["replyTo"], plain["mentions"]) == ("", [])
