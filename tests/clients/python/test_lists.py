"""The room list is followed live, as its channel tells it."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from liveroom_client import Liveroom
from liveroom_client.shapes import RoomInfo
from tests.clients.python.evenings import SECONDS, Evening

pytestmark = pytest.mark.asyncio(loop_scope="session")
Rooms = list[RoomInfo]


async def until_rooms(lists: AsyncIterator[Rooms], holds: Callable[[Rooms], bool]) -> Rooms:
    async with asyncio.timeout(SECONDS):
        async for rooms in lists:
            if holds(rooms):
                return rooms
    raise AssertionError("the list ended")


async def test_a_list_begins_with_what_is_live_and_follows_changes(evening: Evening, service: Liveroom) -> None:
    host = await service.guest("Carol")
    async with evening.guest.follow_rooms("concert") as followed:
        lists = aiter(followed)
        assert await anext(lists) == []
        async with host.go_live(title="First", category="concert") as room:
            (shown,) = await until_rooms(lists, bool)
            assert (shown["roomId"], shown["title"]) == (room.id, "First")
            assert [found["roomId"] async for found in evening.guest.search_rooms(room.id)] == [room.id]
            assert [found async for found in evening.guest.search_rooms(room.id, category="show")] == []
            await room.update(title="Second")
            await until_rooms(lists, lambda rooms: rooms[0]["title"] == "Second")
            async with evening.guest.enter(room.id):
                await until_rooms(lists, lambda rooms: rooms[0]["nnUsers"] == 2)
        await until_rooms(lists, lambda rooms: rooms == [])
        assert followed.rooms == []


async def test_the_list_of_all_rooms_has_every_category(evening: Evening) -> None:
    async with evening.guest.follow_rooms() as followed:
        assert evening.room_id in [room["roomId"] for room in followed.rooms]


async def test_a_list_ends_with_the_session(evening: Evening) -> None:
    async with evening.guest.follow_rooms() as followed:
        lists = aiter(followed)
        await anext(lists)
        await evening.guest.log_out()
        async with asyncio.timeout(SECONDS):
            assert [rooms async for rooms in lists] == []
