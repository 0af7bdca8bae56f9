"""What a declared method looks like to whoever writes a client: read from the declaration, told by every page.

OpenAPI, the reference page and docs/ are written from these descriptions alone, so that they cannot differ.
"""

import inspect
import re
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import BASE, IN_CONSOLE, Data, Method, Registry, Who
from liveroom.api.examples import example_of
from liveroom.api.parameters import ID_MAX, Json, JsonObject, Many, Text, Whole, unwrap
from liveroom.api.shapes import INT32_MAX
from liveroom.http.samples import sample_of, sample_parameter
from liveroom.translations import Say, in_english

Schema = dict[str, Any]

TIME_PATTERN: Final = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"
ANY_CALL: Final = (Code.ServiceUnavailable, Code.ServiceDBFailed, Code.Maintenance)
"""Codes that every call may answer."""

_SIGNED_IN: Final = (Code.UserTokenExpired, Code.UserTokenInvalid)
_WITH_KEY: Final = (Code.UserTokenInvalid, Code.PermissionDenied)
_WHO: Final = {
    Who.ANYONE: "anyone",
    Who.USER: "a signed-in user",
    Who.BEARER: "anyone with a token",
    Who.SEEKER: "a signed-in user",
    Who.KEY: "an operator's server, with a server key, or an operator in the console",
    Who.OPERATOR: "an operator signed in to the console",
    Who.CONSOLE: "the console's page",
}


class Phrase(NamedTuple):
    """What a parameter may be, with values in it; ``{before}`` is what the phrase before it says."""

    text: str
    values: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name on the wire, its JSON schema, and what it may be in words."""

    name: str
    schema: Schema
    required: bool
    phrases: tuple[Phrase, ...]

    @property
    def bounds(self) -> str:
        return self.bounds_in(in_english)

    def bounds_in(self, say: Say) -> str:
        """Return what it may be, in a language."""
        words = ""
        for phrase in self.phrases:
            words = say(phrase.text).format(before=words, **phrase.values)
        return words


@dataclass(frozen=True)
class Described:
    """One method."""

    method: Method
    parameters: tuple[Parameter, ...]

    @property
    def path(self) -> str:
        return f"/{self.method.path}"

    @cached_property
    def name(self) -> str:
        """Return the method's name among all: ``rooms_enter_room``."""
        return re.sub(r"[^A-Za-z0-9]+", "_", self.method.path.removeprefix(BASE))

    @property
    def class_name(self) -> str:
        """Return it as the beginning of the names of classes: ``RoomsEnterRoom``."""
        return "".join(part[:1].upper() + part[1:] for part in self.name.split("_"))

    @property
    def who(self) -> str:
        return _WHO[self.method.who]

    @property
    def needs(self) -> str:
        """Return what a server key and an operator need for it, as a sentence behind others."""
        if self.method.who in IN_CONSOLE:
            return ""
        permission = f" Permission: `{self.method.permission}`." if self.method.permission else ""
        return f" Scope: `{self.method.scope}`.{permission}"

    @property
    def identity(self) -> tuple[Parameter, ...]:
        """Return the parameters that say who calls; a bearer token stands for all of them."""
        if self.method.who in IN_CONSOLE:
            return ()
        if self.method.who is Who.KEY:
            return (_SAME_TENANT,)
        if self.method.who is Who.ANYONE:
            return (_TENANT, _ACT_AS)
        own = {parameter.name for parameter in self.parameters}
        return tuple(parameter for parameter in (*_IDENTITY, _SAME_TENANT, _ACT_AS) if parameter.name not in own)

    @property
    def shown(self) -> tuple[Parameter, ...]:
        """Return the parameters that a page lists: a method's own, and the tenant where it is the caller's choice."""
        return (*self.parameters, _TENANT) if self.method.who is Who.ANYONE else self.parameters

    @property
    def notes(self) -> str:
        """Return what the declaration says about the parameters."""
        return inspect.getdoc(self.method.request) or "" if self.parameters else ""

    @cached_property
    def codes(self) -> tuple[Code, ...]:
        """Return the codes that this call may answer, beside those of any call."""
        found = {*self.method.codes, self.method.bad_request}
        if self.method.who is Who.KEY:
            found.update(_WITH_KEY)
            found.update({Code.ConfirmationRequired} if self.method.confirms else ())
        elif self.method.who in IN_CONSOLE:
            found.update(_WITH_KEY if self.method.who is Who.OPERATOR else {Code.PermissionDenied})
        elif self.method.who is not Who.ANYONE:
            found.update(_SIGNED_IN)
        return tuple(sorted(found - {Code.Success, *ANY_CALL}))

    @cached_property
    def example(self) -> dict[str, Any]:
        """Return parameters with which the method can be called: recorded ones, or made up for another package's."""
        if (recorded := example_of(self.method.path)) is not None:
            return recorded.call
        chosen = [item for item in self.parameters if item.required or item.name in _WORTH_SHOWING]
        return {item.name: sample_parameter(item.name, item.schema) for item in chosen}

    @cached_property
    def reply_example(self) -> dict[str, Any]:
        """Return the answer to that call, without ``version`` and ``requestId``."""
        if (recorded := example_of(self.method.path)) is not None:
            return recorded.answer
        body: dict[str, Any] = {"errorCode": 0, "errorMessage": self.method.success}
        if self.method.data is not Data.NOTHING and self.method.reply is not None:
            (schema,), components = msgspec.json.schema_components([self.method.reply], ref_template="{name}")
            body["data"] = sample_of(schema, components)
        if self.has_pages:
            body["nextCursor"] = ""
        return body

    @property
    def has_pages(self) -> bool:
        """Say whether the answer has a ``nextCursor`` beside its list."""
        return any(parameter.name == "cursor" for parameter in self.parameters)


_WORTH_SHOWING: Final = frozenset({"roomId", "limit"})


def describe(registry: Registry, offers: Callable[[Method], bool] | None = None) -> list[Described]:
    """Return the methods that are on offer, those of one module together."""
    on_offer = [item for item in registry.methods.values() if (offers(item) if offers else item.is_offered)]
    return [Described(item, _parameters(item)) for item in sorted(on_offer, key=lambda item: item.module)]


def by_module(described: Iterable[Described]) -> dict[str, list[Described]]:
    """Return the methods by module, in their order."""
    found: dict[str, list[Described]] = {}
    for item in described:
        found.setdefault(item.method.module, []).append(item)
    return found


def _parameters(method: Method) -> tuple[Parameter, ...]:
    hints = typing.get_type_hints(method.request, include_extras=True)
    found = []
    for info in msgspec.structs.fields(method.request):
        schema, phrases = schema_of(hints[info.name])
        if info.default not in (msgspec.NODEFAULT, None, "", ()):
            schema["default"] = info.default
            phrases = (*phrases, Phrase("{before}; {default} if not given", {"default": info.default}))
        found.append(Parameter(info.encode_name, schema, info.required, phrases))
    return tuple(found)


def schema_of(annotation: Any) -> tuple[Schema, tuple[Phrase, ...]]:
    """Return the JSON schema of a parameter and the same in words."""
    bare, bounds = unwrap(annotation)
    match bounds:
        case Text(most=most):
            return {"type": "string", "maxLength": most}, _phrases("text, at most {most} characters", most=most)
        case Whole(least=least, most=most):
            size = {"format": "int64"} if most > INT32_MAX else {}
            words = _phrases("whole number, {least} to {most}", least=least, most=most)
            return {"type": "integer", **size, "minimum": least, "maximum": most}, words
        case Many(most=most, separator=separator):
            words = _phrases("list, at most {most}", most=most)
            if separator:
                words += _phrases("{before}; or one text, separated by {separator}", separator=separator)
            return {"type": "array", "maxItems": most, "items": {"type": "string", "maxLength": ID_MAX}}, words
        case Json(most=most):
            words = _phrases("object or text, at most {most} bytes as JSON", most=most)
            return {"anyOf": [{"type": "object"}, {"type": "string"}]}, words
        case JsonObject(most=most):
            words = _phrases("object, at most {most} bytes as JSON; or one text that is its JSON", most=most)
            return {"type": "object"}, words
    schema, text = _UNBOUNDED.get(bare, ({}, "anything"))
    return dict(schema), _phrases(text)


def _phrases(text: str, **values: object) -> tuple[Phrase, ...]:
    return (Phrase(text, values),)


_UNBOUNDED: Final[dict[Any, tuple[Schema, str]]] = {
    bool: ({"type": "boolean"}, "true or false, 1 or 0"),
    datetime: ({"type": "string", "pattern": TIME_PATTERN}, "time, YYYY-MM-DD HH:mm:ss in UTC"),
}


_ID_SCHEMA: Final[Schema] = {"type": "string", "maxLength": ID_MAX}
_IDENTITY: Final = (
    Parameter(
        "userId",
        _ID_SCHEMA,
        required=False,
        phrases=_phrases("the signed-in user, or apaasUserId; not needed with a bearer token"),
    ),
    Parameter(
        "token",
        {"type": "string"},
        required=False,
        phrases=_phrases("the login token; not needed with a bearer token"),
    ),
)
_TENANT: Final = Parameter(
    "apaasAppId",
    {"type": "string"},
    required=False,
    phrases=_phrases("the tenant; if not given, that of the host name, else the default one"),
)
_SAME_TENANT: Final = Parameter(
    "apaasAppId",
    {"type": "string"},
    required=False,
    phrases=_phrases("the tenant; not needed with a token or server key"),
)
_ACT_AS: Final = Parameter(
    "actAs", _ID_SCHEMA, required=False, phrases=_phrases("with a server key, the user to act for")
)
