"""Reading a request's parameters into a declared struct: every encoding delivers the same raw values.

Scalars of any JSON type are accepted where text is meant; objects and arrays there are refused, and so is a scalar
key that came twice (the decoders deliver it as a ``Repeated``). ``""`` is "not given", but for ``Kept`` text.
"""

import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Union

import msgspec

from liveroom.domain.accounts.users import shown_name
from liveroom.domain.errors import BadRequest

ID_MAX: Final = 64
LEVELS_MAX: Final = 32
"""Objects and lists in each other: parsers of some clients die of some hundreds, and with them all that came along."""
LONE_SURROGATE: Final = "must not contain a lone surrogate, such as \\ud83d without its second half"
_HIGH: Final = rb"\\u[dD][89abAB][0-9a-fA-F]{2}"
_LOW: Final = rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_LONE: Final = re.compile(rb"%b(?!%b)|(?<!%b)%b" % (_HIGH, _LOW, _HIGH, _LOW))
_encode: Final = msgspec.json.Encoder().encode


class Repeated(list[Any]):
    """The values of a key that came more than once in a query or form."""


@dataclass(frozen=True, slots=True)
class Text:
    """Bounds of a text field: at most ``most`` characters; ``keep``: an empty text is a value ("empty it").

    ``name``: others are shown it as somebody's name.
    """

    most: int
    keep: bool = False
    name: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """Bounds of a whole number."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Many:
    """Bounds of a list of ids; ``separator`` splits a single text."""

    most: int
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Json:
    """Bounds of a value that is passed on: an object, readable as ``JsonObject``, or a text; ``most`` bytes of JSON."""

    most: int


@dataclass(frozen=True, slots=True)
class JsonObject:
    """Bounds of an object that is kept and told to others: its JSON has at most ``most`` bytes, ``LEVELS_MAX`` levels,
    and whole numbers of 64 bits. A text may be the JSON of one.
    """

    most: int


Id = Annotated[str, Text(ID_MAX)]

Reader = Callable[[Any], Any]


def read_text(value: Any) -> str:
    """Return a scalar as text, whatever its JSON type."""
    if type(value) is str:
        return value
    if value is True or value is False:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    if type(value) is float:
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else str(value)
    raise BadRequest("must be a single value")


def _text_reader(bounds: Text) -> Reader:
    def read(value: Any) -> str:
        text = value if type(value) is str else read_text(value)
        if len(text) > bounds.most:
            raise BadRequest(f"at most {bounds.most} characters")
        if not text.isprintable():
            _check_characters(text)
            return shown_name(text) if bounds.name else text
        return text

    return read


def _check_characters(text: str) -> None:
    if "\x00" in text:
        raise BadRequest("must not contain the character NUL")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRequest(LONE_SURROGATE) from None


def _whole_reader(bounds: Whole) -> Reader:
    longest = max(11, len(str(bounds.most)))

    def read(value: Any) -> int:
        text = read_text(value).strip()
        if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= longest):
            raise BadRequest("must be a whole number")
        number = int(text)
        if not bounds.least <= number <= bounds.most:
            raise BadRequest(f"must be from {bounds.least} to {bounds.most}")
        return number

    return read


def _many_reader(bounds: Many) -> Reader:
    one = _text_reader(Text(ID_MAX))

    def read(value: Any) -> tuple[str, ...]:
        values = value if isinstance(value, list) else _split(value, bounds)
        if len(values) > bounds.most:
            raise BadRequest(f"at most {bounds.most} values")
        return tuple(dict.fromkeys(text for item in values if (text := one(item))))

    return read


def _json_reader(bounds: Json) -> Reader:
    def read(value: Any) -> bytes:
        try:
            written = _encode(value if type(value) is dict else read_text(value))
        except (ValueError, TypeError, RecursionError):
            raise BadRequest("must be an object or a text") from None
        if len(written) > bounds.most:
            raise BadRequest(f"at most {bounds.most} bytes")
        if type(value) is dict:
            _check_readable(value)
        return written

    return read


def _object_reader(bounds: JsonObject) -> Reader:
    def read(value: Any) -> bytes:
        try:
            found = value if type(value) is dict else msgspec.json.decode(read_text(value), type=dict[str, Any])
            written = _encode(found)
        except (ValueError, TypeError, RecursionError):
            raise BadRequest("must be a JSON object") from None
        if len(written) > bounds.most:
            raise BadRequest(f"at most {bounds.most} bytes")
        _check_readable(found)
        return written

    return read


def _check_readable(found: dict[str, Any]) -> None:
    """Raise ``BadRequest`` for what not every client can parse: it is told to whoever is there."""
    level: list[dict[str, Any] | list[Any]] = [found]
    for _ in range(LEVELS_MAX):
        within = [one for value in level for one in (value.values() if isinstance(value, dict) else value)]
        if any(type(one) is int and not -(2**63) <= one < 2**64 for one in within):
            raise BadRequest("whole numbers must fit in 64 bits")
        level = [one for one in within if isinstance(one, dict | list)]
    if level:
        raise BadRequest(f"at most {LEVELS_MAX} levels")


_SWITCH: Final = {"1": True, "true": True, "0": False, "false": False}


def _read_switch(value: Any) -> bool:
    found = _SWITCH.get(read_text(value).strip().lower())
    if found is None:
        raise BadRequest("must be true or false, 1 or 0")
    return found


def _split(value: Any, bounds: Many) -> list[Any]:
    text = read_text(value)
    if len(text) > bounds.most * (ID_MAX + 3) + 2:
        raise BadRequest(f"at most {bounds.most} values")
    if text.lstrip().startswith("["):
        try:
            return msgspec.json.decode(text, type=list[Any])
        except (msgspec.DecodeError, RecursionError):
            raise BadRequest("must be a list") from None
    return text.split(bounds.separator) if bounds.separator else [text]


def read_time(value: Any) -> datetime:
    text = read_text(value).strip()
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise BadRequest("must be a time, YYYY-MM-DD HH:mm:ss in UTC") from None


_MAKERS: Final[dict[type, Callable[[Any], Reader]]] = {
    Text: _text_reader,
    Whole: _whole_reader,
    Many: _many_reader,
    Json: _json_reader,
    JsonObject: _object_reader,
}
"""What makes the reader of a field from its bounds."""
_READERS: Final[dict[Any, Reader]] = {datetime: read_time, bool: _read_switch, Any: lambda value: value}
"""Readers of fields that need no bounds."""


def _reader_for(annotation: Any) -> Reader:
    bare, bounds = unwrap(annotation)
    make = _MAKERS.get(type(bounds))
    if make is not None:
        return make(bounds)
    reader = _READERS.get(bare)
    if reader is None:
        raise TypeError(f"a parameter cannot be declared as {annotation!r}")
    return reader


def unwrap(annotation: Any) -> tuple[Any, Any]:
    """Return the type within ``X | None`` and ``Annotated[X, bounds]``, and the bounds."""
    if typing.get_origin(annotation) in (Union, types.UnionType):
        annotation = next(item for item in typing.get_args(annotation) if item is not type(None))
    if typing.get_origin(annotation) is Annotated:
        bare, bounds = typing.get_args(annotation)[:2]
        return bare, bounds
    return annotation, None


@dataclass(frozen=True, slots=True)
class Field:
    """One declared parameter: its attribute, its name on the wire, how it is read."""

    name: str
    wire: str
    read: Reader
    required: bool
    keep_empty: bool


def read_object(text: bytes) -> dict[str, Any]:
    """Return the members of a JSON object; ``null`` and no text at all have none. Raises ``BadRequest``."""
    if not text or text.isspace():
        return {}
    try:
        value = msgspec.json.decode(text)
    except RecursionError:
        raise BadRequest("JSON is nested too deeply") from None
    except UnicodeDecodeError:
        raise BadRequest("not valid UTF-8") from None
    except ValueError:
        raise BadRequest(LONE_SURROGATE if _LONE.search(text) else "not valid JSON") from None
    if value is None:
        return {}
    if type(value) is not dict:
        raise BadRequest("must be a JSON object")
    return value


class Request(msgspec.Struct, kw_only=True, rename="camel"):
    """What a method is asked; subclasses declare the parameters."""


class Nothing(Request):
    """No parameters but the caller's identity."""


def fields_of(request: type[Request]) -> tuple[Field, ...]:
    """Return the declared parameters of a request."""
    hints = typing.get_type_hints(request, include_extras=True)
    found = []
    for info in msgspec.structs.fields(request):
        bounds = unwrap(hints[info.name])[1]
        keep = isinstance(bounds, Text) and bounds.keep
        found.append(Field(info.name, info.encode_name, _reader_for(hints[info.name]), info.required, keep))
    return tuple(found)


def read_request(request: type[Request], fields: tuple[Field, ...], raw: Mapping[str, Any]) -> Request:
    """Return the request read from raw parameters; raises ``BadRequest`` naming the parameter and what it must be."""
    values: dict[str, Any] = {}
    for field in fields:
        value = raw.get(field.wire)
        if value is None or (not field.keep_empty and value in ("", [])):
            if field.required:
                raise BadRequest(f"{field.wire}: required")
            continue
        try:
            values[field.name] = field.read(value)
        except BadRequest as problem:
            raise BadRequest(f"{field.wire}: {problem.detail}") from None
    return request(**values)
