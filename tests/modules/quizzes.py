"""A module as another package brings it, small and with one of everything, for the tests of modules."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

from liveroom.modules import (
    Actor,
    Code,
    HookCall,
    HookRefused,
    HookType,
    Id,
    Liveroom,
    Module,
    Operator,
    PermissionDenied,
    Request,
    RoomId,
    Shape,
    Text,
    UserId,
    Visitor,
    Who,
    Whole,
)


@dataclass
class Quizzes:
    """What the module lives with."""

    liveroom: Liveroom
    asked: list[HookCall] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


module: Module[Quizzes] = Module("quizzes")
lives: list[Quizzes] = []
"""Every life that has begun, for the tests to look at."""


@module.lifespan
@asynccontextmanager
async def life(liveroom: Liveroom) -> AsyncIterator[Quizzes]:
    quizzes = Quizzes(liveroom)
    lives.append(quizzes)
    quizzes.log.append("began")
    yield quizzes
    quizzes.log.append("ended")


@module.event("asked")
class Asked(Shape):
    """Somebody asks the room a question."""

    text: str
    """The question."""
    points: int


@module.event("greeted")
class Greeted(Shape):
    """A user is greeted."""

    word: str


class Undeclared(Shape):
    """No event of the module."""

    word: str


class Ask(Request):
    """``text`` is the question."""

    room_id: Id
    text: Annotated[str, Text(40)]
    points: Annotated[int, Whole(1, 10)] = 1


@module.method("ask", reply=Asked, codes=(Code.NotInRoom, Code.RoomNotExists, Code.PermissionDenied))
async def ask(call: Ask, actor: Actor, quizzes: Quizzes) -> Asked:
    """Ask the room a question. Only hosts may."""
    tenant, room = actor.tenant.name, RoomId(call.room_id)
    member = await quizzes.liveroom.member(tenant, room, actor.user)
    if not member.role.is_host:
        raise PermissionDenied
    asked = Asked(text=call.text, points=call.points)
    await quizzes.liveroom.announce(tenant, room, asked, by=actor.user)
    await quizzes.liveroom.tell(tenant, room, asked)
    return asked


class Greet(Request):
    """``to``: whom."""

    to: Id
    word: Annotated[str, Text(40)]


@module.method("greet", codes=(Code.UserNotExists, Code.RateLimited))
async def greet(call: Greet, actor: Actor, quizzes: Quizzes) -> None:
    """Greet a user, wherever they are."""
    await quizzes.liveroom.announce_to(actor.tenant.name, UserId(call.to), Greeted(word=call.word), by=actor.user)


class Nothing(Request):
    """None."""


@module.method("count", who=Who.ANYONE, reply=int)
async def count(_: Nothing, visitor: Visitor, quizzes: Quizzes) -> int:
    """Say how often the module was asked something."""
    return len(quizzes.asked)


@module.method("settle", who=Who.KEY, reply=str)
async def settle(_: Nothing, operator: Operator, quizzes: Quizzes) -> str:
    """Say which key it is."""
    return operator.actor


@module.method("stumble", who=Who.ANYONE)
async def stumble(_: Nothing, __: Visitor, quizzes: Quizzes) -> None:
    """Fail as code with a mistake does."""
    await quizzes.liveroom.announce(lives[-1].liveroom.now(), RoomId("1"), Undeclared(word=""))  # type: ignore[arg-type]


@module.before(HookType.ENTER)
async def before_enter(call: HookCall, quizzes: Quizzes) -> Mapping[str, Any] | None:
    quizzes.asked.append(call)
    if "late" in str(call.data["title"]):
        raise HookRefused("The quiz has begun without you.")
    return None


@module.before(HookType.GO_LIVE)
async def before_live(call: HookCall, quizzes: Quizzes) -> Mapping[str, Any] | None:
    return {"subject": "quiz"} if call.category == "quiz" else None
