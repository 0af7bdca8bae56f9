"""Pinning at the moment in which somebody else recalls, closes or opens again."""

from dataclasses import replace

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import MessageNotFound, RoomNotFound
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName
from liveroom.domain.messages.model import Draft, Message, MessageType, Priority
from liveroom.usecases.messages.pinning import PinnedMessages
from tests.usecases.conftest import World


async def _said(world: World, host: Actor, room: RoomId) -> Message:
    draft = Draft(MessageType.TEXT, Priority.NORMAL, "rules")
    return await world.core.services.messages.send(host, room, draft)


async def _pinned(world: World, room: RoomId) -> object:
    live = await world.core.live.room(room)
    row = await world.core.db.rooms.get(room)
    assert row is not None
    assert live is None or live.options.pinned == row.options.pinned
    return row.options.pinned


async def test_a_message_that_is_recalled_while_it_is_pinned_is_not_pinned(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    said, services = await _said(world, host, room), world.core.services

    async def find_and_recall(tenant: TenantName, room: RoomId, number: int) -> Message:
        found = await services.messages.find(tenant, room, number)
        if found.recalled is None:
            await services.messages.recall(host, room, found.id)
        return found

    pins: PinnedMessages = replace(services.pinned_messages, find=find_and_recall)
    with pytest.raises(MessageNotFound):
        await pins.pin(host, room, said.id)
    assert await _pinned(world, room) is None


async def test_a_message_of_a_broadcast_that_ends_meanwhile_is_not_pinned_in_the_next(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    said, services = await _said(world, host, room), world.core.services

    async def find_and_begin_anew(tenant: TenantName, room: RoomId, number: int) -> Message:
        found = await services.messages.find(tenant, room, number)
        await services.rooms.destroy(host, room)
        await world.go_live(host)
        return found

    pins = replace(services.pinned_messages, find=find_and_begin_anew)
    with pytest.raises(RoomNotFound):
        await pins.pin(host, room, said.id)
    assert await _pinned(world, room) is None


async def test_what_is_pinned_in_a_room_that_has_closed_needs_no_unpinning(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    said, services = await _said(world, host, room), world.core.services
    await services.pinned_messages.pin(host, room, said.id)
    async with world.neighbour() as neighbour:
        await neighbour.broadcasts.close_as(host, room)
    await services.messages.board.drop(DEFAULT_TENANT, room, meant=lambda _: True)
    row = await world.core.db.rooms.get(room)
    assert row is not None
    assert row.options.pinned is None
