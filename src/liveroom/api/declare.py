"""Declaring a method: one path, one request struct, one reply, who may call. Everything else reads the declaration."""

import inspect
import typing
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

from liveroom.api.codes import Code
from liveroom.api.original import ORIGINAL, SENT_BY_APPS
from liveroom.api.parameters import Field, Request, fields_of
from liveroom.domain.operators.caller import read_permission, subject_of
from liveroom.domain.operators.roles import BESIDE_METHODS
from liveroom.domain.rooms.permissions import Right

BASE: Final = "base/v1/"
_ANYWHERE: Final = SENT_BY_APPS | {"actAs", "why"}
"""Parameters that any call may have."""


class Who(StrEnum):
    """Who may call a method."""

    ANYONE = "anyone"
    USER = "user"
    """A signed-in user: ``token``, and ``userId`` or ``apaasUserId`` unless the token came as a bearer."""
    BEARER = "bearer"
    """Whoever holds a token that was good once: the method itself asks whether its session lasts."""
    SEEKER = "seeker"
    """A signed-in user whose ``userId`` is whom they look up; the caller is ``apaasUserId``, else the token's."""
    KEY = "key"
    """An operator's own backend, by a server key, or an operator signed in to the console: the handler's caller is an
    ``Operator``.
    """
    OPERATOR = "operator"
    """An operator signed in to the console, about themselves: the handler's caller is a ``ConsoleCaller``."""
    CONSOLE = "console"
    """Whoever opens the console, signed in or not: the handler's caller is a ``ConsoleVisitor``."""


IN_CONSOLE: Final = frozenset({Who.OPERATOR, Who.CONSOLE})
"""Who calls what is for the console alone: no server key and no user does."""


class Data(StrEnum):
    """What ``data`` is in the answer: on an error an object stays ``{}``, a list is left out."""

    OBJECT = "object"
    LIST = "list"
    NOTHING = "nothing"


class Need(NamedTuple):
    """A right that some calls of a method take; None: they are for admins of the tenant."""

    right: Right | None
    calls: str
    """Which, for people: ``priority high``."""


@dataclass(frozen=True, slots=True)
class Method:
    """A declared method."""

    path: str
    """Below the service's root, without a leading slash: ``base/v1/rooms/enter_room``."""
    request: type[Request]
    fields: tuple[Field, ...]
    reply: Any
    data: Data
    bad_request: Code
    who: Who
    success: str
    handler: Callable[..., Awaitable[Any]]
    """Called with the request, the caller, and what it uses."""
    summary: str
    codes: tuple[Code, ...] = ()
    """What it may answer beside ``bad_request`` and the codes of any call."""
    is_offered: bool = True
    is_optional: bool = False
    """Not offered, but where the operator has set up what its module needs."""
    is_keepalive: bool = False
    """A call of this method is a keepalive: from then on its session is judged by them."""
    permission: str = ""
    """What an operator needs for it, such as ``rooms.moderate``: a server key needs ``admin:<subject>`` for it."""
    confirms: bool = False
    """It is dangerous: an operator gives their password again before it, a server key does not."""
    noted: bool = True
    """Whether the audit keeps that an operator has called it."""
    needs: str = ""
    """The module without which it is not offered, beside its own: ``gifts`` for what operators do with gifts."""
    right: Right | None = None
    """What every call of it takes in the room that is meant."""
    sometimes: tuple[Need, ...] = ()
    """What some calls of it take."""
    uses: tuple[type, ...] = ()
    """The types of what its handler is given beside request and caller: use cases."""
    known: frozenset[str] = field(init=False, repr=False)
    """Every name of a parameter that is not reported as unknown."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", _ANYWHERE | {one.wire for one in self.fields})

    @property
    def is_original(self) -> bool:
        """Say whether the original service has it, so that shipped apps call it."""
        return self.path in ORIGINAL

    @property
    def scope(self) -> str:
        """Return what a server key has to be allowed for it: ``admin:<subject>``, else ``act:<module>``."""
        return scope_of(self.permission) if self.permission else f"act:{self.module}"

    @property
    def module(self) -> str:
        """Return the module that an operator can switch off."""
        if not self.path.startswith(BASE):
            return "auth_users"
        return self.path.removeprefix(BASE).partition("/")[0]

    def is_offered_by(self, modules: Collection[str]) -> bool:
        """Say whether it is offered where these modules are on."""
        is_there = self.is_offered or self.is_optional
        return is_there and self.module in modules and (not self.needs or self.needs in modules)


@dataclass(slots=True)
class Registry:
    """All declared methods by path."""

    methods: dict[str, Method] = field(default_factory=dict)

    @property
    def modules(self) -> frozenset[str]:
        """Return the modules that an operator can switch off."""
        named = {method.needs for method in self.methods.values() if method.needs}
        return frozenset(method.module for method in self.methods.values()) | named

    def add(self, method: Method) -> None:
        """Add a method; declaring a path twice is a mistake."""
        if method.path in self.methods:
            raise ValueError(f"{method.path} is declared twice")
        self.methods[method.path] = method

    def arrange(self, files: Iterable[str]) -> None:
        """Put the methods in the order of the files that declare them; those of other files come last."""
        places = {file: place for place, file in enumerate(files)}
        ordered = sorted(self.methods.values(), key=lambda method: places.get(method.handler.__module__, len(places)))
        self.methods = {method.path: method for method in ordered}


METHODS: Final = Registry()

Handler = Callable[..., Awaitable[Any]]


def method(  # noqa: PLR0913 - as many as a declaration may say
    path: str,
    *,
    bad_request: Code,
    who: Who = Who.USER,
    success: str = "ok",
    reply: Any = None,
    data: Data | None = None,
    codes: tuple[Code, ...] = (),
    is_keepalive: bool = False,
    permission: str = "",
    confirms: bool = False,
    noted: bool = True,
    needs: str = "",
    optional: bool = False,
    right: Right | None = None,
    sometimes: tuple[Need, ...] = (),
) -> Callable[[Handler], Handler]:
    """Declare the decorated function as the method at ``path``.

    Its parameters are the request, the caller, and the use cases that it calls, each by its type, as in
    ``enter_room(call: EnterRoom, actor: Actor, rooms: Rooms)``. ``reply`` is the type of ``data`` (None: no data).
    ``success`` is the ``errorMessage`` of code 0.
    """

    def declare(handler: Handler) -> Handler:
        request = request_of(handler)
        kind = data or (Data.NOTHING if reply is None else Data.OBJECT)
        METHODS.add(
            Method(
                path=path,
                request=request,
                fields=fields_of(request),
                reply=reply,
                data=kind,
                bad_request=bad_request,
                who=who,
                success=success,
                handler=handler,
                summary=inspect.getdoc(handler) or "",
                codes=_limited(codes),
                is_keepalive=is_keepalive,
                permission=read_permission(permission) if permission else "",
                confirms=confirms,
                noted=noted,
                needs=needs,
                is_offered=not optional,
                is_optional=optional,
                right=right,
                sometimes=sometimes,
                uses=uses_of(handler),
            )
        )
        return handler

    return declare


def _limited(codes: tuple[Code, ...]) -> tuple[Code, ...]:
    """Return the codes of a method: whoever asks it for too many rooms that never were is told so."""
    if Code.RoomNotExists not in codes or Code.RateLimited in codes:
        return codes
    return (*codes, Code.RateLimited)


def request_of(handler: Handler) -> type[Request]:
    """Return what a handler is asked: the type of its first parameter."""
    request: type[Request] = typing.get_type_hints(handler)[next(iter(inspect.signature(handler).parameters))]
    return request


def uses_of(handler: Handler) -> tuple[type, ...]:
    """Return what a handler is given beside request and caller: the types of its other parameters."""
    types = typing.get_type_hints(handler)
    return tuple(types[name] for name in [*inspect.signature(handler).parameters][2:])


def permissions_of(methods: Iterable[Method]) -> frozenset[str]:
    """Return what operators can be allowed to do, of these methods."""
    return frozenset(method.permission for method in methods if method.permission)


def scope_of(permission: str) -> str:
    """Return the scope with which a server key has a permission."""
    return f"admin:{subject_of(permission)}"


def scopes_of(methods: Iterable[Method]) -> list[str]:
    """Return what server keys may be allowed to do, of these methods."""
    named = {method.scope for method in methods if method.who not in IN_CONSOLE}
    return sorted(named | set(map(scope_of, BESIDE_METHODS)))


async def _not_offered(*_: Any) -> None:
    raise AssertionError("a method that is not offered is never called")


def not_offered(path: str, summary: str, *, data: Data = Data.OBJECT) -> None:
    """Declare a method that shipped apps know and this release does not offer: it answers 3008."""
    METHODS.add(
        Method(
            path=path,
            request=Request,
            fields=(),
            reply=None,
            data=data,
            bad_request=Code.NotOffered,
            who=Who.ANYONE,
            success="ok",
            handler=_not_offered,
            summary=summary,
            is_offered=False,
        )
    )
