"""What clients call, what they are told, and what the module says at the door of a room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, TypeVar

from liveroom.modules import (
    Actor,
    BadRequest,
    Code,
    HookCall,
    HookRefused,
    HookType,
    Id,
    Liveroom,
    Many,
    Module,
    NotInRoom,
    PermissionDenied,
    Request,
    RoomId,
    RoomNotFound,
    Shape,
    Text,
    Whole,
)
from liveroom_polls.store import Store, Stored


class Polls:
    """What the module lives with, from the service's start to its end."""

    def __init__(self, liveroom: Liveroom) -> None:
        self.liveroom = liveroom
        self.store = Store(liveroom.data_dir / "polls.sqlite")


module: Module[Polls] = Module("polls")


@module.lifespan
@asynccontextmanager
async def life(liveroom: Liveroom) -> AsyncIterator[Polls]:
    polls = Polls(liveroom)
    yield polls
    polls.store.close()


# --- what is answered and told ----------------------------------------------------------------------------------------


class Poll(Shape):
    """A poll and how it stands."""

    poll_id: str
    room_id: str
    question: str
    options: list[str]
    votes: list[int]
    """How many chose each option, in the order of the options."""
    closed: bool


P = TypeVar("P", bound=Poll)


@module.event("opened")
class Opened(Poll):
    """A host has opened a poll."""


@module.event("voted")
class Voted(Shape):
    """Somebody has voted. Comes at the room's pace; the newest counts."""

    poll_id: str
    votes: list[int]
    """How many chose each option."""


@module.event("closed")
class Closed(Poll):
    """A poll is over, and this is its result."""


# --- what is called ---------------------------------------------------------------------------------------------------


class CreatePoll(Request):
    """``options``: two to eight. ``shutDoors`` 1: nobody else enters the room while the poll runs."""

    room_id: Id
    question: Annotated[str, Text(200)]
    options: Annotated[tuple[str, ...], Many(8)]
    shut_doors: Annotated[int, Whole(0, 1)] = 0


@module.method("create", reply=Poll, codes=(Code.RoomNotExists, Code.NotInRoom, Code.PermissionDenied))
async def create(call: CreatePoll, actor: Actor, polls: Polls) -> Poll:
    """Open a poll in a room. Its hosts may; others: 3000."""
    if len(call.options) < 2:
        raise BadRequest("options: at least 2 different ones")
    tenant, room_id = actor.tenant.name, RoomId(call.room_id)
    await _check_host(polls, actor, room_id)
    room = await polls.liveroom.room(tenant, room_id)
    poll = polls.store.add(
        tenant, room, actor.user, call.question, call.options, polls.liveroom.now(), shut=call.shut_doors == 1
    )
    await polls.liveroom.announce(tenant, room_id, _as(Opened, polls, poll), by=actor.user)
    return _as(Poll, polls, poll)


class CastVote(Request):
    """``option`` counts from 0."""

    poll_id: Id
    option: Annotated[int, Whole(0, 7)]


@module.method("vote", reply=Poll, codes=(Code.NotInRoom, Code.RoomNotExists, Code.PermissionDenied))
async def vote(call: CastVote, actor: Actor, polls: Polls) -> Poll:
    """Vote, or vote otherwise. Members of the room may; when the poll is over: 3000."""
    poll = await _running(polls, actor, call.poll_id)
    await polls.liveroom.member(actor.tenant.name, poll.room, actor.user)
    if call.option >= len(poll.options):
        raise BadRequest(f"option: 0 to {len(poll.options) - 1}")
    if not polls.store.vote(poll.id, actor.user, call.option):
        raise HookRefused("The poll is over.")
    voted = Voted(poll_id=poll.id, votes=polls.store.votes(poll))
    await polls.liveroom.announce(actor.tenant.name, poll.room, voted, paced=True)
    return _as(Poll, polls, poll)


class OnePoll(Request):
    """A poll of a live room."""

    poll_id: Id


@module.method("close", reply=Poll, codes=(Code.NotInRoom, Code.RoomNotExists, Code.PermissionDenied))
async def close(call: OnePoll, actor: Actor, polls: Polls) -> Poll:
    """Close a poll; twice is once. The room's hosts may; others: 3000."""
    poll = await _running(polls, actor, call.poll_id)
    await _check_host(polls, actor, poll.room)
    if polls.store.close_poll(poll.id, polls.liveroom.now()):
        closed = _as(Closed, polls, poll._replace(closed=True))
        await polls.liveroom.announce(actor.tenant.name, poll.room, closed, by=actor.user)
        await polls.liveroom.tell(actor.tenant.name, poll.room, closed)
    return _as(Poll, polls, poll._replace(closed=True))


@module.method("result", reply=Poll, codes=(Code.NotInRoom, Code.RoomNotExists))
async def result(call: OnePoll, actor: Actor, polls: Polls) -> Poll:
    """Return a poll and how it stands, for members of its room."""
    poll = await _running(polls, actor, call.poll_id)
    await polls.liveroom.member(actor.tenant.name, poll.room, actor.user)
    return _as(Poll, polls, poll)


# --- at the door ------------------------------------------------------------------------------------------------------


@module.before(HookType.ENTER)
async def before_enter(call: HookCall, polls: Polls) -> None:
    """Keep others out of a room behind whose shut doors a poll runs."""
    about = call.data
    for poll in polls.store.running(call.tenant, RoomId(about["roomId"])):
        same = poll.broadcast == about.get("broadcastId")
        if poll.shut and same and about["userId"] not in (poll.author, about.get("ownerId")):
            raise HookRefused("A vote is under way behind shut doors: come back in a moment.")


# --- rules ------------------------------------------------------------------------------------------------------------


async def _check_host(polls: Polls, actor: Actor, room: RoomId) -> None:
    member = await polls.liveroom.member(actor.tenant.name, room, actor.user)
    if not member.role.is_host:
        raise PermissionDenied


async def _running(polls: Polls, actor: Actor, id: str) -> Stored:
    """Return a poll of the room's present broadcast."""
    poll = polls.store.get(actor.tenant.name, id)
    if poll is None:
        raise NotInRoom
    room = await polls.liveroom.room(actor.tenant.name, poll.room)
    if room.broadcast != poll.broadcast:
        raise RoomNotFound
    return poll


def _as(shape: type[P], polls: Polls, poll: Stored) -> P:
    """Return a poll as it is answered, or told."""
    return shape(
        poll_id=poll.id,
        room_id=poll.room,
        question=poll.question,
        options=list(poll.options),
        votes=polls.store.votes(poll),
        closed=poll.closed,
    )
