"""A room stays right through cuts short and long, restarts of the service, and a token that expires meanwhile."""

import asyncio

import pytest

from liveroom_client import Liveroom, Session
from liveroom_client.feed import Reader
from tests.clients.python.evenings import (
    Evening,
    check_same,
    ended,
    evening_on,
    kinds,
    through_a_wire,
    until,
    until_title,
)
from tests.sdk.cuts import wire
from tests.sdk.stages import builtin, endpoint

pytestmark = pytest.mark.asyncio(loop_scope="session")
MORE_THAN_IS_RECOVERED = 150


def link_of(session: Session) -> Reader[object]:
    """Return a reader of whether the socket is connected."""
    return session.events()  # type: ignore[return-value]


async def until_connection(events: Reader[object], state: str) -> None:
    await until(events, lambda event: event == {"type": "connection", "state": state}, within=90)


@pytest.mark.parametrize("seconds", [1.0, pytest.param(5.0, marks=pytest.mark.slow)])
async def test_a_cut_loses_nothing_and_doubles_nothing(evening: Evening, seconds: float) -> None:
    async with through_a_wire(evening) as (line, guest), guest.enter(evening.room_id) as room:
        events, link = room.events(), link_of(guest)
        await evening.retitle("Before")
        line.cut(seconds)
        await until_connection(link, "away")
        other = await evening.visitor()
        await evening.act("messages/send", text="During")
        await evening.retitle(*(f"Now {n}" for n in range(20)))
        await until_connection(link, "connected")
        await evening.retitle("After")
        read = await until_title(events, "After")
        assert kinds(read) == ["room.updated", "member.entered", "message.sent", *["room.updated"] * 21]
        assert [event["seq"] for event in read] == list(range(read[0]["seq"], read[0]["seq"] + len(read)))
        assert other.user in room.members
        await check_same(room, evening.host)


async def test_after_a_cut_longer_than_what_is_kept_the_state_is_replaced(evening: Evening) -> None:
    async with through_a_wire(evening) as (line, guest), guest.enter(evening.room_id) as room:
        events, link = room.events(), link_of(guest)
        line.cut()
        await until_connection(link, "away")
        await evening.act("messages/send", text="During")
        await evening.retitle(*(f"Now {n}" for n in range(MORE_THAN_IS_RECOVERED)))
        line.mend()
        await until(events, lambda event: event["type"] == "state.replaced")
        await check_same(room, evening.host)
        await evening.retitle("After")
        await until_title(events, "After")
        await check_same(room, evening.host)


async def test_calls_go_on_while_the_socket_is_away_and_what_they_did_is_told_afterwards(evening: Evening) -> None:
    url = evening.stage.liveroom.url
    async with wire(evening.stage.port) as line, Liveroom(url, socket=endpoint(line.port)) as service:
        guest = await service.sign_in_with_token(evening.guest.user.token)
        async with guest.enter(evening.room_id) as room:
            events, link = room.events(), link_of(guest)
            line.cut()
            await until_connection(link, "away")
            await room.send("During")
            line.mend()
            await until(events, lambda event: event["type"] == "message.sent")
            assert [message["text"] for message in room.messages] == ["During"]


async def test_whoever_is_banned_during_a_cut_hears_of_it_when_it_is_over(evening: Evening) -> None:
    async with through_a_wire(evening) as (line, guest), guest.enter(evening.room_id) as room:
        link = link_of(guest)
        line.cut()
        await until_connection(link, "away")
        await evening.act("moderation/ban", targetId=guest.user_id, reason="Enough")
        line.mend()
        assert (await ended(room)).why == "banned"


async def test_whoever_is_kicked_during_a_cut_is_back_when_it_is_over(evening: Evening) -> None:
    async with through_a_wire(evening) as (line, guest), guest.enter(evening.room_id) as room:
        events, link = room.events(), link_of(guest)
        line.cut()
        await until_connection(link, "away")
        await evening.act("moderation/kick", targetId=guest.user_id, reason="Enough")
        line.mend()
        await until(events, lambda event: event["type"] == "member.entered" or event["type"] == "state.replaced")
        assert room.ended is None
        assert guest.user_id in await evening.host.members(evening.room_id)


@pytest.mark.long
async def test_after_a_cut_that_cost_the_membership_the_room_is_entered_again(evening: Evening) -> None:
    async with through_a_wire(evening) as (line, guest), guest.enter(evening.room_id) as room:
        events, link = room.events(), link_of(guest)
        line.cut(70.0)
        await until_connection(link, "away")
        async with Liveroom(evening.stage.liveroom.url) as service:
            watcher = await service.guest("Watcher")
            async with watcher.enter(evening.room_id) as theirs:
                lost = theirs.events()
                await until(lost, lambda event: event["type"] == "member.left", within=60)
                await until(lost, lambda event: event["type"] == "member.entered", within=60)
        await evening.retitle("After")
        await until_title(events, "After", within=30)
        assert room.ended is None
        assert guest.user_id in room.members


async def test_a_service_that_was_killed_begins_a_new_epoch_and_the_room_follows(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with builtin(tmp_path_factory.mktemp("killed")) as stage, Liveroom(stage.liveroom.url) as service:
        evening = await evening_on(stage, service)
        async with evening.guest.enter(evening.room_id) as room:
            events, epoch = room.events(), room.state.epoch
            await asyncio.to_thread(stage.liveroom.kill)
            await asyncio.to_thread(stage.liveroom.start)
            await until(events, lambda event: event["type"] == "state.replaced", within=30)
            assert room.state.epoch != epoch
            await evening.retitle("Back")
            await until_title(events, "Back")
            await check_same(room, evening.host)
