"""Polls from their opening to their result, as a host and two viewers see them; against a real service."""

import asyncio
from typing import Any

import httpx
import pytest
from conftest import Person

POLL: dict[str, Any] = {"question": "Which song?", "options": ["first", "second", "third"]}


async def room_of(*people: Person) -> str:
    """Open the first one's room, which the others enter; all listen to it."""
    host, *viewers = people
    room: str = (await host.data("rooms/enter_room", roomId=host.user, role="anchor", category="show"))["roomId"]
    for viewer in viewers:
        await viewer.data("rooms/enter_room", roomId=room, role="audience")
    for person in people:
        assert "subscribe" in await person.ask(subscribe={"channel": f"room:{room}"})
    return room


async def test_a_poll_from_its_opening_to_its_result(people: list[Person]) -> None:
    host, ann, bob = people
    room = await room_of(*people)
    poll = await host.data("polls/create", roomId=room, **POLL)
    opened = await bob.event(room, "polls.opened")
    assert (
        opened["data"]
        == poll
        == {"pollId": poll["pollId"], "roomId": room, **POLL, "votes": [0, 0, 0], "closed": False}
    )
    assert opened["by"] == host.user
    assert (await ann.data("polls/vote", pollId=poll["pollId"], option=1))["votes"] == [0, 1, 0]
    assert (await bob.rpc("polls/vote", pollId=poll["pollId"], option=2))["data"]["votes"] == [0, 1, 1]
    assert (await bob.rpc("polls/vote", pollId=poll["pollId"], option=1))["data"]["votes"] == [0, 2, 0]
    async with asyncio.timeout(5):
        while (await ann.event(room, "polls.voted"))["data"]["votes"] != [0, 2, 0]:
            pass
    assert (await host.data("polls/close", pollId=poll["pollId"]))["closed"]
    assert (await host.data("polls/close", pollId=poll["pollId"]))["closed"]
    closed = await ann.event(room, "polls.closed")
    assert closed["data"]["votes"] == (await bob.data("polls/result", pollId=poll["pollId"]))["votes"] == [0, 2, 0]
    late = await ann.call("polls/vote", pollId=poll["pollId"], option=0)
    assert (late["errorCode"], late["errorMessage"]) == (3000, "The poll is over.")


async def test_only_hosts_ask_and_only_members_vote(people: list[Person]) -> None:
    host, ann, bob = people
    room = await room_of(host, ann)
    assert (await ann.call("polls/create", roomId=room, **POLL))["errorCode"] == 3000
    poll = await host.data("polls/create", roomId=room, **POLL)
    assert (await bob.call("polls/vote", pollId=poll["pollId"], option=0))["errorCode"] == 3007
    assert (await bob.call("polls/result", pollId=poll["pollId"]))["errorCode"] == 3007
    assert (await ann.call("polls/close", pollId=poll["pollId"]))["errorCode"] == 3000
    assert (await ann.call("polls/result", pollId="unknown"))["errorCode"] == 3007


@pytest.mark.parametrize(
    "changes", [{"options": ["one"]}, {"options": ["same", "same"]}, {"question": ""}, {"question": "x" * 201}]
)
async def test_a_poll_that_makes_no_sense_is_not_opened(people: list[Person], changes: dict[str, Any]) -> None:
    host = people[0]
    room = await room_of(host)
    assert (await host.call("polls/create", roomId=room, **{**POLL, **changes}))["errorCode"] == 2002


async def test_a_vote_for_nothing_does_not_count(people: list[Person]) -> None:
    host, *_ = people
    poll = await host.data("polls/create", roomId=await room_of(host), **POLL)
    for option in (3, -1, "x", None):
        assert (await host.call("polls/vote", pollId=poll["pollId"], option=option))["errorCode"] == 2002
    assert (await host.data("polls/result", pollId=poll["pollId"]))["votes"] == [0, 0, 0]


async def test_nobody_enters_while_a_poll_runs_behind_shut_doors(people: list[Person]) -> None:
    host, ann, bob = people
    room = await room_of(host, ann)
    poll = await host.data("polls/create", roomId=room, shutDoors=1, **POLL)
    refused = await bob.call("rooms/enter_room", roomId=room, role="audience")
    assert (refused["errorCode"], refused["errorMessage"]) == (
        3000,
        "A vote is under way behind shut doors: come back in a moment.",
    )
    await host.data("polls/close", pollId=poll["pollId"])
    await bob.data("rooms/enter_room", roomId=room, role="audience")


async def test_a_poll_ends_with_its_broadcast(people: list[Person]) -> None:
    host, ann, _ = people
    room = await room_of(host, ann)
    poll = await host.data("polls/create", roomId=room, shutDoors=1, **POLL)
    await host.data("rooms/destroy_room", roomId=room)
    assert (await host.call("polls/vote", pollId=poll["pollId"], option=0))["errorCode"] == 2004
    await room_of(host, ann)
    assert (await ann.call("polls/vote", pollId=poll["pollId"], option=0))["errorCode"] == 2004


async def test_the_service_describes_it(address: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as http:
        document = (await http.get("/openapi.json")).json()
        page = (await http.get("/reference")).text
    assert "/base/v1/polls/vote" in document["paths"]
    assert document["components"]["schemas"]["PollsVoted"]["properties"]["type"]["enum"] == ["polls.voted"]
    assert "Somebody has voted." in page
