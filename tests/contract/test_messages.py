"""Messages over HTTP: who may say, read and take back what; bad input, twice, two at once, after the room closed."""

import asyncio
import json
from typing import Any, Final

import pytest

from liveroom.api.codes import Code
from liveroom.domain.ids import RoomId
from tests.contract.conftest import Serving
from tests.service import Answer, Device, Form, Service

MUTED: Final = 3003
OFTEN: Final = 3004
NOT_IN: Final = 3007
NONE: Final = 3011


async def _show(service: Service) -> tuple[Device, Device, str]:
    """Return a host who is live, a guest in the room, and the room."""
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    return host, guest, room


async def _send(device: Device, room: str, text: str = "hi", **params: Any) -> Answer:
    return await device.call("messages/send", {"roomId": room, "text": text, **params})


async def _said(device: Device, room: str, text: str = "hi", **params: Any) -> dict[str, Any]:
    return dict((await _send(device, room, text, **params)).data)


async def _page(device: Device, room: str, **params: Any) -> list[dict[str, Any]]:
    return list((await device.call("messages/history", {"roomId": room, **params})).data)


async def _recall(device: Device, room: str, message: str) -> int:
    return (await device.call("messages/recall", {"roomId": room, "messageId": message})).code


async def _moderator(service: Service, host: Device, room: str) -> Device:
    device = await service.sign_up()
    assert (await host.call("rooms/set_role", {"roomId": room, "targetId": device.user, "role": "moderator"})).code == 0
    await device.enter(room, "audience")
    return device


@pytest.mark.parametrize("form", Form)
async def test_what_is_said_is_answered_whole_and_shown_to_everybody_in_the_room(service: Service, form: Form) -> None:
    host, guest, room = await _show(service)
    await guest.call("auth_users/user_update", {"name": "小明 😀", "avatar": "https://example.com/a.png"})
    data = {"emote": "🎉", "n": [1]}
    given = {"roomId": room, "text": '你好 "there"', "data": data if form is Form.JSON else json.dumps(data)}
    said = (await guest.call("messages/send", {**given, "type": "text", "priority": "low"}, form)).data
    assert said == {
        "messageId": said["messageId"],
        "userId": guest.user,
        "name": "小明 😀",
        "avatar": "https://example.com/a.png",
        "role": "audience",
        "type": "text",
        "text": '你好 "there"',
        "data": data,
        "priority": "low",
        "time": said["time"],
        "recalled": False,
    }
    assert said["messageId"].isdigit()
    assert len(said["time"]) == len("2026-11-26T10:00:00.123Z")
    for reader in (host, guest):
        assert await _page(reader, room) == [said]


async def test_without_a_type_what_has_data_is_custom(service: Service) -> None:
    _, guest, room = await _show(service)
    kinds = [
        (await _said(guest, room))["type"],
        (await _said(guest, room, data={"a": 1}))["type"],
        (await _said(guest, room, "", data={}))["type"],
    ]
    assert kinds == ["text", "custom", "custom"]
    assert (await _said(guest, room))["data"] is None


WRONG: Final[list[dict[str, Any]]] = [
    {"text": ""},
    {"text": "   "},
    {"text": "x" * 501},
    {"text": ["a"]},
    {"text": "a\x00b"},
    {"data": {"x": "y" * 2048}},
    {"data": "no json"},
    {"data": [1]},
    {"type": "notice"},
    {"type": "gift"},
    {"type": "custom"},
    {"priority": "urgent"},
    {"priority": ["high"]},
    {"key": "k" * 65},
    {"roomId": ""},
    {"roomId": "r" * 65},
]


async def test_what_nobody_can_say_is_2002(service: Service) -> None:
    _, guest, room = await _show(service)
    for wrong in WRONG:
        answer = await guest.call("messages/send", {"roomId": room, "text": "hi", **wrong})
        assert (answer.status, answer.code) == (200, 2002), wrong
    assert await _page(guest, room) == []


async def test_who_is_not_in_the_room_neither_says_nor_reads_anything(service: Service) -> None:
    host, guest, room = await _show(service)
    stranger = await service.sign_up()
    said = await _said(host, room)
    assert (await _send(stranger, room)).code == NOT_IN
    assert (await stranger.call("messages/history", {"roomId": room})).code == NOT_IN
    assert await _recall(stranger, room, said["messageId"]) == 3000
    await guest.leave(room)
    assert (await _send(guest, room)).code == NOT_IN


async def test_after_the_room_closed_there_is_none(service: Service) -> None:
    host, guest, room = await _show(service)
    said = await _said(guest, room)
    await host.call("rooms/destroy_room", {"roomId": room})
    for room_id in (room, "nowhere"):
        assert (await _send(guest, room_id)).code == 2004
        assert (await guest.call("messages/history", {"roomId": room_id})).code == 2004
        assert await _recall(guest, room_id, said["messageId"]) == 2004


async def test_what_is_sent_again_under_its_key_is_the_same_message(service: Service) -> None:
    host, guest, room = await _show(service)
    first = await _said(guest, room, "once", key="k")
    again = await asyncio.gather(*(_said(guest, room, "twice", key="k") for _ in range(5)))
    assert again == [first] * 5
    assert (await _said(host, room, "another's", key="k"))["userId"] == host.user
    assert [message["text"] for message in await _page(guest, room)] == ["another's", "once"]


async def test_of_two_at_once_under_one_key_one_is_said(service: Service) -> None:
    _, guest, room = await _show(service)
    said = await asyncio.gather(*(_said(guest, room, f"{n}", key="k") for n in range(5)))
    assert len({one["messageId"] for one in said}) == 1
    assert len(await _page(guest, room)) == 1


async def test_too_much_too_fast_is_3004_and_says_for_how_long(service: Service) -> None:
    _, guest, room = await _show(service)
    codes = [(await _send(guest, room, f"{n}")).code for n in range(11)]
    assert codes == [0] * 10 + [OFTEN]
    answer = await _send(guest, room)
    assert answer.body["errorMessage"].endswith("s)")
    assert (await service.sign_up()).user != guest.user
    service.clock.advance(10)
    assert (await _send(guest, room)).code == 0


async def test_in_slow_mode_guests_wait_and_hosts_do_not(service: Service) -> None:
    host, guest, room = await _show(service)
    await host.call("rooms/set_options", {"roomId": room, "slowMode": 30})
    assert [(await _send(guest, room)).code for _ in range(2)] == [0, OFTEN]
    refused = (await _send(guest, room)).body
    assert "wait 30 s" in refused["errorMessage"]
    assert refused["retryAfter"] == 30
    assert [(await _send(host, room)).code for _ in range(2)] == [0, 0]
    moderator = await _moderator(service, host, room)
    assert [(await _send(moderator, room)).code for _ in range(2)] == [0, 0]


async def test_who_is_muted_is_told_until_when(service: Service) -> None:
    host, guest, room = await _show(service)
    await host.call("moderation/mute", {"roomId": room, "targetId": guest.user, "seconds": 600})
    answer = await _send(guest, room)
    assert answer.code == MUTED
    assert answer.body["errorMessage"].startswith("you are muted (20")
    assert answer.body["errorMessage"].endswith(" UTC)")
    assert (await _page(guest, room)) == []
    await host.call("moderation/unmute", {"roomId": room, "targetId": guest.user})
    assert (await _send(guest, room)).code == 0


async def test_in_a_muted_room_only_hosts_and_moderators_write(service: Service) -> None:
    host, guest, room = await _show(service)
    await host.call("rooms/set_options", {"roomId": room, "muted": True})
    answer = await _send(guest, room)
    assert (answer.code, answer.body["errorMessage"]) == (
        MUTED,
        "everyone is muted: only hosts and moderators can write now",
    )
    assert (await _send(host, room)).code == 0
    assert (await _send(await _moderator(service, host, room), room)).code == 0


async def test_high_priority_is_for_hosts_moderators_and_admins(service: Service) -> None:
    host, guest, room = await _show(service)
    assert (await _send(guest, room, priority="high")).code == 3000
    assert (await _send(host, room, priority="high")).code == 0
    assert (await _said(await _moderator(service, host, room), room, priority="high"))["role"] == "moderator"
    await service.name_admin(guest)
    assert (await _said(guest, room, priority="high"))["priority"] == "high"


async def test_pages_follow_each_other_into_what_only_the_database_has(service: Service) -> None:
    """The live store keeps the newest 200; what is older is read from SQL, and nothing is shown twice or left out."""
    host, guest, room = await _show(service)
    said: list[dict[str, Any]] = []
    for part in range(21):
        said += [await _said(guest, room, f"{part} {n}") for n in range(10)]
        service.clock.advance(10)
    said.append(await _said(host, room, "the last"))
    found: list[dict[str, Any]] = []
    cursor, pages = "", 0
    while pages == 0 or cursor:
        answer = await host.call("messages/history", {"roomId": room, "limit": 60, "cursor": cursor})
        found += answer.data
        cursor, pages = answer.body["nextCursor"], pages + 1
    assert found == said[::-1]
    assert pages == 4
    assert len(await _page(host, room)) == 50


async def test_a_page_that_there_is_not_is_2002(service: Service) -> None:
    _, guest, room = await _show(service)
    wrong: list[dict[str, Any]] = [{"cursor": "x"}, {"cursor": "-1"}, {"limit": 0}, {"limit": 101}, {"roomId": ""}]
    for one in wrong:
        assert (await guest.call("messages/history", {"roomId": room, **one})).code == 2002, one


async def test_a_new_broadcast_has_no_word_of_the_last(service: Service) -> None:
    host, _, room = await _show(service)
    said = await _said(host, room)
    await host.call("rooms/destroy_room", {"roomId": room})
    await host.go_live()
    assert await _page(host, room) == []
    assert await _recall(host, room, said["messageId"]) == NONE


async def test_people_take_back_what_they_said_a_moment_ago(service: Service) -> None:
    host, guest, room = await _show(service)
    said, kept = await _said(guest, room, "oops", data={"a": 1}, type="text"), await _said(guest, room, "fine")
    assert await asyncio.gather(*(_recall(guest, room, said["messageId"]) for _ in range(3))) == [0, 0, 0]
    assert await _recall(guest, room, said["messageId"]) == 0
    assert await _page(host, room) == [kept, {**said, "text": "", "data": None, "recalled": True}]
    service.clock.advance(121)
    assert await _recall(guest, room, kept["messageId"]) == 3000
    assert await _recall(host, room, kept["messageId"]) == 0


async def test_moderators_take_back_what_others_said_and_guests_do_not(service: Service) -> None:
    host, guest, room = await _show(service)
    said = await _said(host, room, "mine")
    assert await _recall(guest, room, said["messageId"]) == 3000
    other = await _said(guest, room, "spam")
    assert await _recall(await _moderator(service, host, room), room, other["messageId"]) == 0
    assert await _recall(host, room, said["messageId"]) == 0
    assert [message["recalled"] for message in await _page(guest, room)] == [True, True]


async def test_what_only_the_database_has_is_taken_back_too(service: Service) -> None:
    host, guest, room = await _show(service)
    old = await _said(guest, room, "old")
    for part in range(20):
        service.clock.advance(10)
        await asyncio.gather(*(_send(host, room, f"{part} {n}") for n in range(10)))
    assert await _recall(host, room, old["messageId"]) == 0
    page = await _page(guest, room, limit=1, cursor=str(int(old["messageId"]) + 1))
    assert page == [{**old, "text": "", "recalled": True}]


async def test_a_message_that_there_is_not_is_3011(service: Service) -> None:
    host, _, room = await _show(service)
    for id in ("1", "0", "x", "999999999999999", "²", "1" * 64):
        assert await _recall(host, room, id) == NONE, id


async def test_a_message_of_another_room_is_not_found_in_this_one(service: Service) -> None:
    _, guest, room = await _show(service)
    other, _, elsewhere = await _show(service)
    said = await _said(guest, room)
    assert await _recall(other, elsewhere, said["messageId"]) == NONE
    assert (await other.call("messages/recall", {"roomId": elsewhere, "messageId": ""})).code == 2002


async def test_a_notice_is_among_the_messages_and_no_moderator_takes_it_back(service: Service) -> None:
    host, guest, room = await _show(service)
    key = await service.make_key()
    answer = await key.call("admin/send_notice", {"roomId": room, "text": "soon over", "data": {"minutes": 5}})
    assert answer.code == 0
    (notice,) = await _page(guest, room)
    assert (notice["type"], notice["userId"], notice["role"], notice["priority"]) == ("notice", "", "", "high")
    assert (notice["text"], notice["data"]) == ("soon over", {"minutes": 5})
    assert await _recall(host, room, notice["messageId"]) == 3000
    await service.name_admin(host)
    assert await _recall(host, room, notice["messageId"]) == 0


async def test_a_flood_of_notices_is_3004(service: Service) -> None:
    _, _, room = await _show(service)
    key = await service.make_key()
    codes = [(await key.call("admin/send_notice", {"roomId": room, "text": f"{n}"})).code for n in range(25)]
    assert codes[:20] == [0] * 20
    assert set(codes) == {0, OFTEN}


async def test_words_that_are_not_allowed_are_3010_also_in_data(embedded: Serving, tmp_path: Any) -> None:
    words = tmp_path / "words"
    words.write_text("badword\n~mild\n", encoding="utf-8")
    async with embedded(blocked_words=words) as service:
        _, guest, room = await _show(service)
        assert (await _send(guest, room, "a BadWord!")).code == Code.ContentRefused
        assert (await _send(guest, room, "", data={"x": [{"y": "bad word"}]})).code == Code.ContentRefused
        assert (await _send(guest, room, "", data={"x": "mild"})).code == Code.ContentRefused
        assert (await _said(guest, room, "how mild"))["text"] == "how ****"
        assert (await _said(guest, room, "fine", data={"x": "fine"}))["data"] == {"x": "fine"}


async def test_the_limits_are_settings(embedded: Serving) -> None:
    async with embedded(message_limit=2, room_message_limit=3) as service:
        host, guest, room = await _show(service)
        assert [(await _send(guest, room)).code for _ in range(3)] == [0, 0, OFTEN]
        assert [(await _send(host, room)).code for _ in range(2)] == [0, OFTEN]


async def test_on_sqlite_a_message_is_written_before_it_is_answered(embedded: Serving) -> None:
    async with embedded() as service:
        _, guest, room = await _show(service)
        said = await _said(guest, room, "still here")
        assert await service.core.db.messages.get(RoomId(room), int(said["messageId"])) is not None
