"""The timeline of a broadcast, its messages and its options, as an operator's own server reads and changes them."""

from typing import Any

import pytest

from tests.contract.conftest import EMBEDDED, SERVICES
from tests.contract.scene import Stage, set_stage
from tests.contract.shows import sit
from tests.service import Keyholder, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, SERVICES], indirect=True, scope="module")


async def timeline(service: Service, backend: Keyholder, room: str, **asked: Any) -> list[dict[str, Any]]:
    await service.core.jobs.backlog.write_all()
    await service.core.jobs.key_uses.flush()
    answer = await backend.call("admin/room_timeline", {"roomId": room, "oldestFirst": True, "limit": 200, **asked})
    return list(answer.data)


async def evening(service: Service) -> tuple[Stage, Keyholder]:
    """Let something happen in a room, each thing a second after the other."""
    stage, backend = await set_stage(service), await service.make_key()
    about = {"roomId": stage.room, "userId": stage.guest.user}
    await service.core.jobs.backlog.write_all()
    steps = (
        lambda: sit(stage, stage.guest),
        lambda: stage.guest.call("messages/send", {"roomId": stage.room, "text": "hello"}),
        lambda: stage.guest.call("rooms/like", {"roomId": stage.room, "count": 7, "batchId": "b"}),
        lambda: stage.guest.call("seats/leave", {"roomId": stage.room}),
        lambda: backend.call("admin/mute_user", {**about, "seconds": 60, "reason": "spam"}),
        lambda: backend.call("admin/kick_user", {**about, "why": "again"}),
        lambda: stage.host.call("rooms/destroy_room", {"roomId": stage.room}),
    )
    for step in steps:
        service.clock.advance(1)
        await step()
        await service.core.jobs.backlog.write_all()
    return stage, backend


async def test_everything_that_happened_is_there_in_order(service: Service) -> None:
    stage, backend = await evening(service)
    rows = await timeline(service, backend, stage.room)
    assert [row["time"] for row in rows if row["kind"] != "likes"] == sorted(
        row["time"] for row in rows if row["kind"] != "likes"
    )
    told = [(row["kind"], row["userId"], row["reason"], row["seat"]) for row in rows if row["kind"] != "likes"]
    host, guest = stage.host.user, stage.guest.user
    wanted = [
        ("opened", host, "", 0), ("came", host, "", 0), ("came", guest, "", 0), ("seat", guest, "", 1),
        ("message", guest, "", 0), ("seat", guest, "", 0), ("action", guest, "spam", 0), ("action", guest, "again", 0),
        ("left", guest, "kicked", 0), ("left", host, "closed", 0), ("closed", host, "destroyed", 0),
    ]  # fmt: skip
    assert sorted(told) == sorted(wanted)
    assert [one for one in told if one[0] in ("seat", "message", "action")] == [
        one for one in wanted if one[0] in ("seat", "message", "action")
    ]
    (likes,) = [row["number"] for row in rows if row["kind"] == "likes"]
    assert likes == 7
    (message,) = [row["text"] for row in rows if row["kind"] == "message"]
    assert message == "hello"


async def test_pages_in_both_directions_have_every_moment_once(service: Service) -> None:
    stage, backend = await evening(service)
    whole = await timeline(service, backend, stage.room)
    for forwards in (True, False):
        found, cursor = list[dict[str, Any]](), ""
        while not found or cursor:
            asked = {"roomId": stage.room, "oldestFirst": forwards, "limit": 2, "cursor": cursor}
            answer = await backend.call("admin/room_timeline", asked)
            found += answer.data
            cursor = answer.body["nextCursor"]
        assert found == (whole if forwards else whole[::-1])


async def test_a_timeline_is_filtered_by_kind_person_and_time(service: Service) -> None:
    stage, backend = await evening(service)
    whole = await timeline(service, backend, stage.room)
    acted = await timeline(service, backend, stage.room, kinds=["action"])
    assert acted == [row for row in whole if row["kind"] == "action"]
    of_guest = await timeline(service, backend, stage.room, userId=stage.guest.user)
    assert of_guest == [row for row in whole if row["userId"] == stage.guest.user]
    said = next(row["time"] for row in whole if row["kind"] == "message")[:19].replace("T", " ")
    later = await timeline(service, backend, stage.room, sinceUtc=said)
    assert later == [row for row in whole if row["time"][:19].replace("T", " ") >= said]
    refused = {"roomId": stage.room, "kinds": ["nonsense"]}
    assert (await backend.call("admin/room_timeline", refused)).code == 2002
    assert (await backend.call("admin/room_timeline", {"roomId": stage.room, "cursor": "x"})).code == 2002
    assert (await backend.call("admin/room_timeline", {"roomId": "nowhere"})).code == 2004


async def test_the_house_says_something_and_recalls_what_others_said(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    spam = (await stage.guest.call("messages/send", {"roomId": stage.room, "text": "spam"})).data["messageId"]
    house = (await backend.call("admin/send_message", {"roomId": stage.room, "text": "be kind"})).data
    assert (house["type"], house["userId"], house["text"]) == ("notice", "", "be kind")
    for _ in range(2):
        assert (await backend.call("admin/recall_message", {"roomId": stage.room, "messageId": spam})).code == 0
    newest = (await stage.guest.call("messages/history", {"roomId": stage.room})).data
    assert [(row["text"], row["recalled"]) for row in newest] == [("be kind", False), ("", True)]
    listed = (await backend.call("admin/list_messages", {"roomId": stage.room})).data
    assert [(row["messageId"], row["recalledBy"]) for row in listed] == [(house["messageId"], ""), (spam, "")]
    after = await backend.call("admin/list_messages", {"roomId": stage.room, "after": spam})
    assert [row["messageId"] for row in after.data] == [house["messageId"]]
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    await service.core.jobs.backlog.write_all()
    gone = {"roomId": stage.room, "messageId": house["messageId"]}
    assert (await backend.call("admin/recall_message", gone)).code == 0
    (first, *_) = (await backend.call("admin/list_messages", {"roomId": stage.room})).data
    assert (first["recalled"], first["text"]) == (True, "")
    assert (await backend.call("admin/send_message", {"roomId": stage.room, "text": "late"})).code == 2004
    assert (await backend.call("admin/recall_message", {**gone, "messageId": "1"})).code == 3011


async def test_options_and_seats_are_set_in_the_owners_name(service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    asked = {"roomId": stage.room, "slowMode": 7, "seats": 2, "seatMode": "free", "access": "private"}
    given = (await backend.call("admin/update_options", asked)).data
    assert (given["slowMode"], given["seats"], given["seatMode"], given["access"]) == (7, 2, "free", "private")
    assert given["linkKey"]
    assert len((await backend.call("admin/room_seats", {"roomId": stage.room})).data["seats"]) == 2
    assert (await stage.host.call("rooms/options", {"roomId": stage.room})).data["slowMode"] == 7
    assert (await backend.call("admin/update_options", {**asked, "seatMode": "x"})).code == 2000
    reserved = (await stage.guest.call("rooms/generate_roomid", {"title": "soon"})).data["roomId"]
    assert (await backend.call("admin/update_options", {"roomId": reserved, "muted": "1"})).data["muted"]
    unsaid = await backend.call("admin/update_options", {"roomId": reserved, "minutes": 60})
    assert unsaid.code == 2000, "nobody has said when it begins"
    assert (await backend.call("admin/room_seats", {"roomId": reserved})).code == 2004


async def test_what_was_done_in_a_broadcast_is_found_between_others_of_the_room(service: Service) -> None:
    """Read from the room's newest or first entry, a page was full of what other broadcasts had."""
    stage, backend = await set_stage(service), await service.make_key()
    about = {"roomId": stage.room, "userId": stage.guest.user}
    broadcasts: list[str] = []
    for reason in ("1", "2", "3", "4", "5"):
        await stage.host.enter(stage.room, "anchor")
        await stage.guest.enter(stage.room, "audience")
        broadcasts.append((await backend.call("admin/get_room", {"roomId": stage.room})).data["broadcastId"])
        await backend.call("admin/kick_user", {**about, "why": reason})
        service.clock.advance(60)
        await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
        service.clock.advance(60)
    assert len(set(broadcasts)) == 5
    for forwards in (True, False):
        asked = {"broadcastId": broadcasts[2], "kinds": "action", "oldestFirst": forwards, "limit": 1}
        assert [row["reason"] for row in await timeline(service, backend, stage.room, **asked)] == ["3"]
