"""What a module is: its methods, its events, what it has to say before something happens, and how long it lives.

A module declares at import and does nothing: what it keeps or opens belongs into its lifespan.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Generic, TypeVar, cast

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import BASE, Data, Method, Who, request_of
from liveroom.api.events.shapes import EventShape
from liveroom.api.parameters import Request, fields_of
from liveroom.api.shapes import Shape
from liveroom.domain.activities.model import TYPE_MAX
from liveroom.domain.activities.rules import AnyRules
from liveroom.domain.hooks.model import ALLOWED, HookAnswer, HookType
from liveroom.modules.inside import Liveroom
from liveroom.usecases.hooks.calls import HookCall, LocalHook

Own = TypeVar("Own")
S = TypeVar("S", bound=type[Shape])
Handler = Callable[..., Awaitable[Any]]
A = TypeVar("A", bound=AnyRules)
Before = Callable[[HookCall, Own], Awaitable[Mapping[str, Any] | None]]
Lifespan = Callable[[Liveroom], AbstractAsyncContextManager[Own]]

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")


class DeclaredWrongly(Exception):
    """A module says something that cannot be; the sentence says what."""


class Module(Generic[Own]):
    """A module. ``Own`` is what its lifespan yields, which its methods and hooks are called with.

    Without a lifespan they are called with the ``Liveroom``.
    """

    def __init__(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise DeclaredWrongly(f"{name!r} is no name for a module: a-z, 0-9 and _, beginning with a letter")
        self.name = name
        self.methods: list[Method] = []
        self.events: dict[str, type[Shape]] = {}
        """What its events say, by their kinds."""
        self.activities: dict[str, AnyRules] = {}
        """The rules of its types of activities."""
        self.before_hooks: list[tuple[HookType, Before[Own]]] = []
        self.span: Lifespan[Own] | None = None

    def method(
        self,
        name: str,
        *,
        bad_request: Code = Code.RoomQueryParams,
        who: Who = Who.USER,
        success: str = "ok",
        reply: Any = None,
        data: Data | None = None,
        codes: tuple[Code, ...] = (),
    ) -> Callable[[Handler], Handler]:
        """Declare the decorated ``handler(request, caller, own)`` as ``POST /base/v1/<module>/<name>``.

        Its docstring is what the reference says. ``reply`` is the type of ``data`` in the answer, ``codes`` what it may
        answer beside ``bad_request`` (a parameter that cannot be read) and the codes of any call.
        """
        if not NAME.fullmatch(name):
            raise DeclaredWrongly(f"{name!r} is no name for a method: a-z, 0-9 and _, beginning with a letter")

        def declare(handler: Handler) -> Handler:
            request = _checked_request(name, handler)
            kind = data or (Data.NOTHING if reply is None else Data.OBJECT)
            summary = inspect.getdoc(handler) or ""
            if not summary:
                raise DeclaredWrongly(f"its method {name} has no docstring, which is what the reference says of it")
            if any(method.path == f"{BASE}{self.name}/{name}" for method in self.methods):
                raise DeclaredWrongly(f"its method {name} is declared twice")
            self.methods.append(
                Method(
                    path=f"{BASE}{self.name}/{name}",
                    request=request,
                    fields=fields_of(request),
                    reply=reply,
                    data=kind,
                    bad_request=bad_request,
                    who=who,
                    success=success,
                    handler=handler,
                    summary=summary,
                    codes=codes,
                    permission=f"{self.name}.manage" if who is Who.KEY else "",
                )
            )
            return handler

        return declare

    def event(self, name: str) -> Callable[[S], S]:
        """Declare what the events ``<module>.<name>`` say: the decorated ``Shape`` is their ``data``."""
        kind = f"{self.name}.{name}"

        def declare(shape: S) -> S:
            if not NAME.fullmatch(name):
                raise DeclaredWrongly(f"{name!r} is no name for an event: a-z, 0-9 and _, beginning with a letter")
            if not issubclass(shape, Shape):
                raise DeclaredWrongly(f"its event {kind} is no Shape, so that nobody can be told what it says")
            if kind in self.events or shape in self.events.values():
                raise DeclaredWrongly(f"its event {kind} is declared twice")
            self.events[kind] = shape
            return shape

        return declare

    def activity(self, rules: type[A]) -> type[A]:
        """Declare a type of activities: the decorated ``ActivityRules``, whose ``type`` becomes ``<module>.<type>``.

        Its methods are called without a service: what they need is in their arguments.
        """
        name = rules.type
        if not NAME.fullmatch(name) or len(f"{self.name}.{name}") > TYPE_MAX:
            raise DeclaredWrongly(f"{name!r} is no name for a type of activities: a-z, 0-9 and _, and short")
        if name in self.activities:
            raise DeclaredWrongly(f"its type of activities {name} is declared twice")
        self.activities[name] = rules()
        return rules

    def before(self, hook_type: HookType) -> Callable[[Before[Own]], Before[Own]]:
        """Have the decorated ``asked(question, own)`` asked before somebody enters a room, or goes live.

        It raises ``HookRefused`` with a sentence for people, returns what is to be different, or None.
        """

        def declare(asked: Before[Own]) -> Before[Own]:
            self.before_hooks.append((hook_type, asked))
            return asked

        return declare

    def lifespan(self, span: Lifespan[Own]) -> Lifespan[Own]:
        """Enter the decorated context manager when the service starts, and leave it when it stops."""
        if self.span is not None:
            raise DeclaredWrongly("it has two lifespans")
        self.span = span
        return span

    def shapes(self) -> list[type[Shape]]:
        """Return its events as channels carry them, for the reference."""
        return [_event_shape(kind, shape) for kind, shape in self.events.items()]


def local_hook(before: Before[Own], own: Callable[[], Own]) -> LocalHook:
    """Return who is asked in a module's name."""

    async def ask(question: HookCall) -> HookAnswer:
        changes = await before(question, own())
        return HookAnswer(allow=True, changes=changes) if changes else ALLOWED

    return ask


def _checked_request(name: str, handler: Handler) -> type[Request]:
    if not inspect.iscoroutinefunction(handler):
        raise DeclaredWrongly(f"its method {name} is no `async def`")
    try:
        request = request_of(handler)
    except (NameError, KeyError, StopIteration, TypeError) as problem:
        raise DeclaredWrongly(f"the first parameter of its method {name} has no type that can be read") from problem
    if not issubclass(request, Request):
        raise DeclaredWrongly(f"the first parameter of its method {name} is no Request")
    return request


def _event_shape(kind: str, shape: type[Shape]) -> type[Shape]:
    """Return the whole event whose ``data`` is of this shape."""
    name = "".join(part.capitalize() for part in re.split(r"[._]", kind))
    said = {"__doc__": inspect.getdoc(shape), "__module__": shape.__module__}
    made = msgspec.defstruct(name, [("data", shape)], bases=(EventShape,), tag=kind, kw_only=True, namespace=said)
    return cast("type[Shape]", made)
