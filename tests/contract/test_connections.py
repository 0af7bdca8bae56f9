"""Connected rooms over HTTP: who asks whom, who answers, and what each of the rooms shows."""

import asyncio
from typing import Any

import jwt
import pytest

from tests.contract.conftest import Serving
from tests.service import Answer, Device, Service

ROOMS = 9


async def hosts(service: Service, number: int, category: str = "connections", **by: Any) -> list[tuple[Device, str]]:
    """Return hosts with their live rooms."""
    devices = [await service.sign_up(**by) for _ in range(number)]
    return [(device, await device.go_live(category=category)) for device in devices]


async def ask(host: tuple[Device, str], *others: tuple[Device, str]) -> list[dict[str, Any]]:
    """Let one host ask others; return what became of it."""
    device, room = host
    asked = {"roomId": room, "roomIds": ",".join(other for _, other in others)}
    return list((await device.call("connections/request", asked)).data)


async def results(host: tuple[Device, str], *others: tuple[Device, str]) -> list[str]:
    return [str(one["result"]) for one in await ask(host, *others)]


async def answer(host: tuple[Device, str], method: str, request: dict[str, Any]) -> Answer:
    device, room = host
    return await device.call(f"connections/{method}", {"roomId": room, "requestId": request["requestId"]})


async def connect(first: tuple[Device, str], *others: tuple[Device, str]) -> None:
    """Connect rooms: the first asks all others, and they accept."""
    for other, request in zip(others, await ask(first, *others), strict=True):
        assert (await answer(other, "accept", request)).code == 0


async def state(host: tuple[Device, str]) -> Any:
    """Return what a room's state says of its connection, which is what every other reading says too."""
    device, room = host
    shown = (await device.call("rooms/state", {"roomId": room})).data["state"]["connection"]
    assert (await device.call("connections/current", {"roomId": room})).data["connection"] == shown
    assert (await device.detail(room)).data.get("connection") == shown
    return shown


async def rooms_of(host: tuple[Device, str]) -> list[str] | None:
    shown = await state(host)
    return None if shown is None else [one["roomId"] for one in shown["rooms"]]


def ids(*rooms: tuple[Device, str]) -> list[str]:
    return [room for _, room in rooms]


async def test_an_accepted_request_connects_two_rooms_and_both_show_the_same(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    await ann[0].call("auth_users/user_update", {"name": "小明 😀", "avatar": "https://example.com/a.png"})
    (request,) = await ask(ann, bob)
    assert request["result"] == "requested"
    for host in (ann, bob):
        (waiting,) = (await host[0].call("connections/current", {"roomId": host[1]})).data["requests"]
        assert waiting == {
            "requestId": request["requestId"],
            "roomId": ann[1],
            "askedRoomId": bob[1],
            "userId": ann[0].user,
            "expireUtc": request["expireUtc"],
        }
    accepted = (await answer(bob, "accept", request)).data
    assert await state(ann) == await state(bob) == accepted
    assert (accepted["version"], ids(ann, bob)) == (1, [one["roomId"] for one in accepted["rooms"]])
    assert accepted["rooms"][0] == {
        "roomId": ann[1],
        "userId": ann[0].user,
        "name": "小明 😀",
        "avatar": "https://example.com/a.png",
    }
    assert (await bob[0].call("connections/current", {"roomId": bob[1]})).data["requests"] == []
    assert (await answer(bob, "accept", request)).code == 3012


async def test_of_two_rooms_that_ask_each_other_the_second_question_is_the_answer(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    await ask(ann, bob)
    assert await results(bob, ann) == ["connected"]
    assert await rooms_of(ann) == await rooms_of(bob) == ids(ann, bob)
    assert await results(bob, ann) == ["connecting"]


async def test_two_rooms_that_ask_each_other_at_once_are_one_connection(service: Service) -> None:
    for _ in range(3):
        ann, bob = await hosts(service, 2)
        both = await asyncio.gather(results(ann, bob), results(bob, ann))
        assert sorted(both) == [["connected"], ["requested"]]
        assert await state(ann) == await state(bob) is not None


async def test_a_connected_room_asks_others_and_cannot_be_asked(service: Service) -> None:
    ann, bob, cat, dan = await hosts(service, 4)
    await connect(ann, bob)
    assert await results(cat, ann, bob, dan) == ["connectingOtherRoom", "connectingOtherRoom", "requested"]
    (request,) = await ask(bob, cat)
    assert (await answer(cat, "accept", request)).data["version"] == 2
    assert await state(ann) == await state(bob) == await state(cat)
    assert await rooms_of(cat) == ids(ann, bob, cat)


async def test_whoever_is_connected_by_now_cannot_accept_and_can_once_they_have_left(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3)
    (request,) = await ask(ann, bob)
    await connect(cat, bob)
    assert (await answer(bob, "accept", request)).code == 3040
    assert (await bob[0].call("connections/leave", {"roomId": bob[1]})).code == 0
    assert (await answer(bob, "accept", request)).code == 0
    assert (await rooms_of(cat), await rooms_of(ann)) == (None, ids(ann, bob))


async def test_nine_rooms_are_connected_and_no_tenth(service: Service) -> None:
    first, *others = await hosts(service, ROOMS + 1)
    requests = await ask(first, *others[: ROOMS - 2])
    for other, request in zip(others, requests, strict=False):
        await answer(other, "accept", request)
    ninth, tenth = others[ROOMS - 2 :]
    of_both = await ask(first, ninth, tenth)
    assert [(await answer(host, "accept", one)).code for host, one in zip((ninth, tenth), of_both, strict=True)] == [
        0,
        3041,
    ]
    assert await rooms_of(ninth) == ids(first, *others[: ROOMS - 1])
    assert await results(ninth, tenth) == ["connectionFull"]
    assert await results(tenth, first) == ["connectionFull"], "which had asked it"


async def test_a_request_is_refused_withdrawn_or_forgotten_and_then_it_is_over(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3)
    (refused,) = await ask(ann, bob)
    assert [(await answer(bob, "refuse", refused)).code for _ in range(2)] == [0, 3012]
    (withdrawn,) = await ask(ann, bob)
    assert (await answer(bob, "refuse", {"requestId": refused["requestId"]})).code == 3012
    assert [(await answer(ann, "cancel", withdrawn)).code for _ in range(2)] == [0, 3012]
    await ask(ann, bob, cat)
    assert (await ann[0].call("connections/cancel", {"roomId": ann[1]})).code == 0
    (forgotten,) = await ask(ann, bob)
    assert await ask(ann, bob) == [forgotten], "asked again, it is the same one"
    service.clock.advance(30)
    assert (await answer(bob, "accept", forgotten)).code == 3012
    assert (await ann[0].call("connections/current", {"roomId": ann[1]})).data["requests"] == []
    assert (await service.tick())["unanswered"] > 0
    (again,) = await ask(ann, bob)
    assert (await answer(bob, "accept", again)).code == 0


async def test_a_request_is_over_with_the_broadcast_that_asked_or_was_asked(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3)
    (first,) = await ask(ann, cat)
    (second,) = await ask(cat, bob)
    await cat[0].call("rooms/destroy_room", {"roomId": cat[1]})
    assert (await answer(bob, "accept", second)).code == 3012
    service.clock.advance(1)
    await cat[0].go_live(cat[1])
    assert (await answer(cat, "accept", first)).code == 3012
    assert (await answer(bob, "accept", second)).code == 3012
    assert await results(bob, cat) == ["requested"]


async def test_only_who_may_connect_a_room_asks_answers_and_leaves(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    guest, moderator = await service.sign_up(), await service.moderator(*bob)
    await guest.enter(bob[1], "audience")
    (request,) = await ask(ann, bob)
    for who in (guest, moderator, ann[0]):
        host = (who, bob[1])
        assert [(await answer(host, method, request)).code for method in ("accept", "refuse", "cancel")] == [3000] * 3
        calls: Any = ("request", {"roomIds": ann[1]}), ("leave", {}), ("candidates", {})
        assert [(await who.call(f"connections/{one}", {"roomId": bob[1], **given})).code for one, given in calls] == (
            [3000] * 3
        )
    assert (await guest.call("connections/current", {"roomId": bob[1]})).data == {"connection": None, "requests": []}
    assert (await ann[0].call("connections/current", {"roomId": bob[1]})).code == 3007
    await service.name_admin(admin := await service.sign_up())
    assert (await answer((admin, bob[1]), "accept", request)).code == 0
    assert await rooms_of(bob) == ids(ann, bob)


async def test_rooms_that_are_not_there_for_the_caller_are_not_asked(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3)
    await service.make_tenant("elsewhere")
    (other,) = await hosts(service, 1, app="elsewhere")
    await bob[0].call("moderation/ban", {"roomId": bob[1], "targetId": ann[0].user})
    await cat[0].call("rooms/destroy_room", {"roomId": cat[1]})
    assert await results(ann, bob, cat, other, (ann[0], "1")) == ["roomNotExists"] * 4
    for rooms in ("", ann[1], ",".join(str(n) for n in range(1, 10))):
        assert (await ann[0].call("connections/request", {"roomId": ann[1], "roomIds": rooms})).code == 2002, rooms
    assert (await cat[0].call("connections/request", {"roomId": cat[1], "roomIds": ann[1]})).code == 2004


async def test_a_host_whom_the_operator_has_muted_in_their_room_connects_it_with_none(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    desk = await service.make_key()
    (request,) = await ask(ann, bob)
    muted = {"roomId": bob[1], "userId": bob[0].user, "seconds": 300}
    assert (await desk.call("admin/mute_user", muted)).code == 0
    assert (await answer(bob, "accept", request)).code == 3003
    assert (await bob[0].call("connections/request", {"roomId": bob[1], "roomIds": ann[1]})).code == 3003
    await answer(ann, "cancel", request)
    assert await results(ann, bob) == ["roomNotExists"]


async def test_who_leaves_is_free_and_the_last_is_not_connected_with_itself(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3)
    await connect(ann, bob, cat)
    leave = {"roomId": bob[1]}
    assert [(await bob[0].call("connections/leave", leave)).code for _ in range(2)] == [0, 3042]
    assert [await rooms_of(host) for host in (ann, bob, cat)] == [ids(ann, cat), None, ids(ann, cat)]
    await ann[0].call("connections/leave", {"roomId": ann[1]})
    assert [await rooms_of(host) for host in (ann, bob, cat)] == [None] * 3
    await connect(cat, bob)
    assert await rooms_of(bob) == ids(cat, bob)


async def test_candidates_are_listed_rooms_that_are_free_page_by_page(service: Service) -> None:
    ann, bob, cat, dan, eve = await hosts(service, 5, "candidates")
    await connect(bob, cat)
    await eve[0].call("rooms/set_options", {"roomId": eve[1], "access": "private"})
    given: dict[str, Any] = {"roomId": ann[1], "category": "candidates", "limit": 1}
    found, pages, cursor = list[str](), 0, ""
    while pages == 0 or cursor:
        page = await ann[0].call("connections/candidates", {**given, "cursor": cursor})
        found += [room["roomId"] for room in page.data]
        pages, cursor = pages + 1, page.body["nextCursor"]
    assert found == [dan[1]]
    assert (await ann[0].call("connections/candidates", {**given, "cursor": "?"})).code == 2002


async def test_a_room_that_changes_owners_stays_connected_and_its_new_owner_shows(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    heir = await service.sign_up()
    await heir.enter(ann[1], "audience")
    await connect(ann, bob)
    given = {"roomId": ann[1], "targetId": heir.user}
    assert (await ann[0].call("rooms/transfer_owner", given)).code == 0
    shown = await state(bob)
    assert (shown["version"], [one["userId"] for one in shown["rooms"]]) == (2, [heir.user, bob[0].user])
    assert await state((heir, ann[1])) == shown


async def test_an_operator_sees_all_connections_and_ends_one(service: Service) -> None:
    await service.make_tenant("connected")
    ann, bob, cat, dan, eve = await hosts(service, 5, app="connected")
    desk = await service.make_key("connected")
    await connect(ann, bob, cat)
    service.clock.advance(1)
    await connect(dan, eve)
    listed: list[Any] = []
    cursor = ""
    for _ in range(2):
        page = await desk.call("admin/list_connections", {"limit": 1, "cursor": cursor})
        listed, cursor = [*listed, *page.data], page.body["nextCursor"]
    assert (listed, cursor) == ([await state(ann), await state(dan)], "")
    assert (await desk.call("admin/room_connection", {"roomId": cat[1]})).data == listed[0]
    end = {"roomId": bob[1]}
    assert [(await desk.call("admin/end_connection", end)).code for _ in range(2)] == [0, 3042]
    assert (await desk.call("admin/room_connection", end)).code == 3042
    assert [await rooms_of(host) for host in (ann, bob, cat)] == [None] * 3
    foreign = await service.make_key()
    assert (await foreign.call("admin/end_connection", {"roomId": dan[1]})).code == 2004
    assert (await foreign.call("admin/list_connections")).code == 0
    assert await rooms_of(eve) == ids(dan, eve)


async def test_answers_of_many_at_once_leave_one_state(service: Service) -> None:
    """Accepted, refused, left and closed in the same moment: whatever wins, all rooms say the same."""
    first, *others = await hosts(service, 5)
    requests = await ask(first, *others)
    ways = ("accept", "accept", "accept", "refuse")
    calls: list[Any] = [answer(host, way, one) for host, way, one in zip(others, ways, requests, strict=True)]
    codes = [one.code for one in await asyncio.gather(*calls, first[0].call("rooms/update_room", {"roomId": first[1]}))]
    assert codes == [0] * 5
    assert sorted(await rooms_of(first) or []) == sorted(ids(first, *others[:3]))
    leaving = [host[0].call("connections/leave", {"roomId": host[1]}) for host in others[:2]]
    await asyncio.gather(*leaving, others[2][0].call("rooms/destroy_room", {"roomId": others[2][1]}))
    assert [await rooms_of(host) for host in (first, *others[:2])] == [None] * 3


@pytest.mark.embedded
async def test_more_than_sixty_requests_a_minute_are_too_many(service: Service) -> None:
    (ann,) = await hosts(service, 1)
    codes = [(await ann[0].call("connections/cancel", {"roomId": ann[1]})).code for _ in range(61)]
    assert (codes.count(0), codes[-1]) == (60, 3004)


@pytest.mark.parametrize("provider", ["mesh", "trtc", "livekit"])
async def test_members_receive_the_owners_of_all_connected_rooms_and_send_nothing(
    embedded: Serving, provider: str
) -> None:
    """The credential is the other room's, whatever the caller may do in their own."""
    given = {"livekit_url": "wss://live.example.com", "livekit_key": "key", "livekit_secret": "s" * 40}
    async with embedded(rtc=provider, **given) as service:
        ann, bob, cat = await hosts(service, 3)
        guest = await service.sign_up()
        assert (await guest.call("rtc/connected", {"roomId": ann[1]})).code == 3007
        await guest.enter(ann[1], "audience")
        assert (await guest.call("rtc/connected", {"roomId": ann[1]})).data == []
        await connect(ann, bob, cat)
        for who in (guest, ann[0]):
            found = (await who.call("rtc/connected", {"roomId": ann[1]})).data
            assert [(one["roomId"], one["userId"]) for one in found] == [(room, host.user) for host, room in (bob, cat)]
            for one, room in zip(found, ids(bob, cat), strict=True):
                credential = one["credential"]
                assert (credential["provider"], credential["role"]) == (provider, "audience")
                if provider == "livekit":
                    token = jwt.decode(credential["livekit"]["token"], options={"verify_signature": False})
                    assert (token["sub"], token["video"]["room"]) == (who.user, room)
                    assert (token["video"]["canPublish"], token["video"]["canSubscribe"]) == (False, True)
                if provider == "trtc":
                    assert (credential["trtc"]["userId"], credential["trtc"]["roomIdKind"]) == (who.user, "number")
        await ann[0].call("connections/leave", {"roomId": ann[1]})
        assert (await guest.call("rtc/connected", {"roomId": ann[1]})).data == []
