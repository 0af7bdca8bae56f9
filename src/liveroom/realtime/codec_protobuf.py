"""The protocol in Protobuf: each message with its length before it.

The schema is the one that the Python SDK brings along. Our structs have its field names, so the schema itself says how
one becomes the other.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from centrifuge.protocol import client_pb2  # type: ignore[import-untyped]
from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

from liveroom.realtime import messages
from liveroom.realtime.messages import COMMANDS_MAX, BadFrame, Command, Reply

_INT_MAX: Final = 0x7FFF_FFFF_FFFF_FFFF
_Build = Callable[[Any], Any]


class _Kind(NamedTuple):
    """How a message of the schema becomes a struct."""

    make: Callable[..., Any]
    fields: dict[str, _Build]


def decode(message: bytes) -> list[Command]:
    """Return the commands of a message, at least one. Raises ``BadFrame``."""
    commands: list[Command] = []
    start, end = 0, len(message)
    while start < end:
        size, start = _varint(message, start)
        if size > end - start:
            raise BadFrame("a command that is longer than its message")
        if len(commands) >= COMMANDS_MAX:
            raise BadFrame("too many commands in one message")
        try:
            parsed = _COMMAND.FromString(message[start : start + size])
        except DecodeError:
            raise BadFrame("no command") from None
        commands.append(_struct(_COMMANDS, parsed))
        start += size
    if not commands:
        raise BadFrame("an empty message")
    return commands


def encode(reply: Reply) -> bytes:
    """Return a reply, without its length."""
    return _REPLY(**_plain(reply)).SerializeToString()


def join(replies: Sequence[bytes]) -> bytes:
    """Return one message of several replies, each with its length."""
    return b"".join([part for reply in replies for part in (_length(len(reply)), reply)])


def _varint(message: bytes, start: int) -> tuple[int, int]:
    """Return the length that stands at ``start``, and where what it measures begins."""
    size = 0
    for position, byte in enumerate(message[start : start + 5]):
        size |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return size, start + position + 1
    raise BadFrame("a length without an end")


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    parts = bytearray()
    while size >= 0x80:
        parts.append(size & 0x7F | 0x80)
        size >>= 7
    parts.append(size)
    return bytes(parts)


def _struct(kind: _Kind, parsed: Message) -> Any:
    fields = kind.fields
    return kind.make(
        **{field.name: fields[field.name](value) for field, value in parsed.ListFields() if field.name in fields}
    )


def _kind(schema: Descriptor) -> _Kind:
    make = getattr(messages, schema.name)
    known = {field.name: field for field in schema.fields if field.name in make.__struct_fields__}
    return _Kind(make, {name: _builder(field) for name, field in known.items()})


def _builder(field: FieldDescriptor) -> _Build:
    """Return what makes a value of a struct from one of this field. Clients send no lists."""
    schema = field.message_type
    if schema is None:
        return _builder_of_scalar(field)
    if schema.GetOptions().map_entry:
        build = _builder(schema.fields_by_name["value"])
        return lambda value: {key: build(entry) for key, entry in value.items()}
    if schema.name == "FilterNode":
        return lambda value: msgspec.Raw(b"{}")
    kind = _kind(schema)
    return lambda value: _struct(kind, value)


def _builder_of_scalar(field: FieldDescriptor) -> _Build:
    if field.type == FieldDescriptor.TYPE_BYTES:
        return msgspec.Raw
    return _bounded if field.type == FieldDescriptor.TYPE_UINT64 else _same


def _same(value: Any) -> Any:
    return value


def _bounded(value: int) -> int:
    if value > _INT_MAX:
        raise BadFrame("a number that is too large")
    return value


def _plain(struct: msgspec.Struct) -> dict[str, Any]:
    """Return the fields that are set, as the constructors of the schema's messages take them."""
    fields: dict[str, Any] = {}
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if value is not None and (value or isinstance(value, msgspec.Struct)):
            fields[name] = _value(value)
    return fields


def _value(value: Any) -> Any:
    if isinstance(value, msgspec.Raw):
        return bytes(value)
    if isinstance(value, msgspec.Struct):
        return _plain(value)
    if isinstance(value, Mapping):
        return {key: _value(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_value(entry) for entry in value]
    return value


_TYPES: Final = client_pb2.DESCRIPTOR.message_types_by_name
_COMMAND: Final = message_factory.GetMessageClass(_TYPES["Command"])
_REPLY: Final = message_factory.GetMessageClass(_TYPES["Reply"])
_COMMANDS: Final = _kind(_TYPES["Command"])
