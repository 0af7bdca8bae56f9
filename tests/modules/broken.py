"""Modules that cannot be used, each for a reason of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from liveroom.modules import Liveroom, Module, Request, Shape, Visitor, Who

stillborn: Module[None] = Module("stillborn")
otherwise: Module[Liveroom] = Module("otherwise")
rooms: Module[Liveroom] = Module("rooms")
user: Module[Liveroom] = Module("user")
tokens: Module[Liveroom] = Module("tokens")
twins: Module[Liveroom] = Module("twins")
murky: Module[Liveroom] = Module("murky")
text = "no module"


@stillborn.lifespan
@asynccontextmanager
async def life(_: Liveroom) -> AsyncIterator[None]:
    if stillborn.span is not None:
        raise OSError("no disk")
    yield


class Nothing(Request):
    """None."""


@murky.method("look", who=Who.ANYONE, reply=object)
async def look(_: Nothing, __: Visitor, ___: Liveroom) -> object:
    """Answer something that nobody can describe."""
    return object()


misnamed: Module[Liveroom] = Module("misnamed")


class RoomNews(Shape):
    """Has the name of a struct of liveroom's."""

    word: str


@misnamed.event("said")
class SaidNews(Shape):
    """Something with such a struct in it."""

    news: RoomNews


class Plain:
    """No ``Shape``."""


async def handler(_: Nothing, __: Visitor, ___: Any) -> None:
    """Do nothing."""


async def untyped(_, __, ___):  # type: ignore[no-untyped-def]
    """Do nothing."""


async def silent(_: Nothing, __: Visitor, ___: Any) -> None:
    pass


def quick(_: Nothing, __: Visitor, ___: Any) -> None:
    """Do nothing."""


class Said(Shape):
    """Something."""


def declare_twice(module: Module[Any]) -> None:
    module.method("do")(handler)
    module.method("do")(handler)


WRONGS: Final[dict[str, Callable[[Module[Any]], object]]] = {
    "no name for a method": lambda module: module.method("../rooms/enter_room")(handler),
    "no name for an event": lambda module: module.event("a.b")(Said),
    "no Shape": lambda module: module.event("said")(Plain),  # type: ignore[type-var]
    "no type that can be read": lambda module: module.method("do")(untyped),
    "no docstring": lambda module: module.method("do")(silent),
    "no `async def`": lambda module: module.method("do")(quick),  # type: ignore[arg-type]
    "declared twice": declare_twice,
    "no name for a module": lambda _: Module("Any thing"),
}
"""What somebody might declare, by what is said about it."""
