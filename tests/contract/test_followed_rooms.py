"""The room list for somebody who follows hosts: their rooms alone, or before all others."""

from collections.abc import Sequence

from tests.contract.test_follow import follow, people
from tests.service import Device, Service


async def listed(service: Service, device: Device, category: str, limit: int = 9, **params: object) -> Sequence[str]:
    """Return the rooms of all pages."""
    await service.core.jobs.backlog.write_all()
    found: list[str] = []
    cursor = ""
    while True:
        page = {"category": category, "limit": limit, "cursor": cursor, **params}
        answer = await device.call("rooms/query_room", page)
        assert answer.code == 0, answer.text
        found += [room["roomId"] for room in answer.data]
        cursor = answer.body["nextCursor"]
        if not cursor:
            return found


async def test_rooms_of_followed_hosts_are_listed_alone_or_first_each_room_once(service: Service) -> None:
    viewer, *hosts = await people(service, 8)
    rooms = []
    for host in hosts:
        rooms.append(await host.go_live(category="followed"))
        service.clock.advance(1)
    for host in (hosts[5], hosts[1], hosts[3]):
        await follow(viewer, host.user)
    mine = [rooms[5], rooms[3], rooms[1]]
    others = [room for room in rooms[::-1] if room not in mine]
    for limit in (1, 2, 3, 5, 9):
        assert await listed(service, viewer, "followed", limit, followed="only") == mine
        assert await listed(service, viewer, "followed", limit, followed="first") == [*mine, *others]
        assert await listed(service, viewer, "followed", limit) == rooms[::-1]
    await hosts[5].call("rooms/destroy_room", {"roomId": rooms[5]})
    assert await listed(service, viewer, "followed", followed="only") == mine[1:]
    await follow(viewer, hosts[3].user, "remove")
    assert await listed(service, viewer, "followed", followed="only", order="newest") == mine[2:]
    assert await listed(service, viewer, "another", followed="only") == []


async def test_who_follows_nobody_has_the_whole_list(service: Service) -> None:
    viewer, host = await people(service, 2)
    room = await host.go_live(category="unfollowed")
    assert await listed(service, viewer, "unfollowed", followed="first") == [room]
    assert await listed(service, viewer, "unfollowed", followed="only") == []


async def test_what_cannot_be_meant_is_refused(service: Service) -> None:
    (viewer,) = await people(service, 1)
    for wrong in (
        {"followed": "last"},
        {"followed": "only", "offset": 2},
        {"followed": "first", "roomIds": ["1"]},
        {"followed": "only", "cursor": "x"},
        {"followed": "first", "cursor": "201"},
    ):
        assert (await viewer.call("rooms/query_room", wrong)).code == 2002, wrong
    codes = [(await viewer.call("rooms/query_room", {"followed": "only"})).code for _ in range(62)]
    assert set(codes) == {0, 3004}
