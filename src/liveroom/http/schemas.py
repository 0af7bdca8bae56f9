"""JSON schemas of answers and events, with the sentences that stand under their fields in the source.

msgspec knows a struct's own docstring; those of its fields are read from the source, so that a field is explained once.
"""

import ast
import inspect
import sys
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final

import msgspec

from liveroom.domain.payloads import Payload

_WITHOUT_NOTES: Final = ("builtins", "msgspec")
Schema = dict[str, Any]
Notes = Mapping[str, str]


def components_of(types: Iterable[Any], ref_template: str) -> tuple[tuple[Schema, ...], dict[str, Schema]]:
    """Return the schemas of types, and those of the structs in them by name."""
    schemas, components = msgspec.json.schema_components(tuple(types), ref_template=ref_template)
    notes = {shape.__name__: field_notes(shape) for shape in _shapes_in(types)}
    for name, schema in components.items():
        _describe(schema, notes.get(name, {}))
        _give_types(schema)
    return schemas, components


@cache
def field_notes(shape: type[Payload]) -> Notes:
    """Return what the source says about each field, by its name on the wire."""
    found: dict[str, str] = {}
    for part in reversed(shape.__mro__):
        found.update(_notes(part.__module__).get(part.__name__, {}))
    names = zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True)
    return {wire: found[name] for name, wire in names if name in found}


def value_notes(values: type[Enum]) -> Notes:
    """Return what the source says about each value of an enumeration, by the value's name."""
    return _notes(values.__module__).get(values.__name__, {})


@cache
def _notes(module: str) -> Mapping[str, Notes]:
    """Return what a module's source says about the fields and values of its classes."""
    if module.partition(".")[0] in _WITHOUT_NOTES:
        return {}
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, TypeError):
        return {}  # a package may be installed without its source
    return {node.name: dict(_notes_in(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _notes_in(node: ast.ClassDef) -> Iterable[tuple[str, str]]:
    for field, note in zip(node.body, node.body[1:], strict=False):
        match field, note:
            case (
                (ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)])),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, " ".join(text.split())


def _shapes_in(types: Iterable[Any]) -> set[type[Payload]]:
    """Return the shapes that these types are made of."""
    found: set[type[msgspec.Struct]] = set()
    waiting: list[Any] = list(msgspec.inspect.multi_type_info(types))
    while waiting:
        match waiting.pop():
            case msgspec.inspect.StructType(cls=cls) as info if cls not in found:
                found.add(cls)
                waiting += info.fields
            case msgspec.inspect.StructType():
                continue
            case (tuple() | list()) as several:
                waiting += several
            case msgspec.Struct() as info:
                waiting += (getattr(info, name) for name in info.__struct_fields__)
    return {shape for shape in found if issubclass(shape, Payload)}


def _describe(schema: Schema, notes: Notes) -> None:
    if "description" in schema:
        schema["description"] = marked(" ".join(schema["description"].split()))
    for name, note in notes.items():
        if name in schema.get("properties", {}):
            schema["properties"][name]["description"] = marked(note)


def _give_types(schema: Schema) -> None:
    """Say what generators do not find out: the type of enumerated values and of a tuple's, and what to call ""."""
    for one in schema.get("properties", {}).values():
        _size_numbers(one)
        inner = one.get("additionalProperties", {})
        if len({*map(str, inner.get("prefixItems", ()))}) == 1:
            inner["items"] = inner["prefixItems"][0]
        if "enum" in one and all(isinstance(value, str) for value in one["enum"]):
            one.setdefault("type", "string")
            if "" in one["enum"]:
                one["x-enum-varnames"] = [value or "none" for value in one["enum"]]


def _size_numbers(schema: Any) -> None:
    """Say that numbers with a fraction are doubles: of others, generators make decimals that no decoder reads."""
    if isinstance(schema, list):
        for one in schema:
            _size_numbers(one)
    elif isinstance(schema, dict):
        if schema.get("type") == "number":
            schema["format"] = "double"
        for name in ("anyOf", "additionalProperties", "items"):
            _size_numbers(schema.get(name))


def one_of(schema: Schema) -> Schema:
    """Return a schema whose ``anyOf`` is told apart by a field: exactly one of them fits, which generators look for."""
    if "discriminator" not in schema:
        return schema
    return {"oneOf" if name == "anyOf" else name: one for name, one in schema.items()}


def marked(text: str) -> str:
    """Return a docstring's sentences as Markdown."""
    return text.replace("``", "`")
