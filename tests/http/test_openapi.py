"""The OpenAPI document as generators of clients read it: names, codes and examples of which they make classes."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from liveroom.api.codes import Code
from liveroom.api.envelopes import refusal
from liveroom.api.methods import METHODS
from liveroom.domain.tenants.model import Language
from liveroom.http.described import ANY_CALL, Described, describe
from liveroom.http.openapi import make_openapi

DESCRIBED: Final = describe(METHODS)
DOCUMENT: Final = make_openapi(METHODS)
SCHEMAS: Final[dict[str, Any]] = DOCUMENT["components"]["schemas"]
URI: Final = "liveroom:openapi"
RESOURCES: Final[Registry[Any]] = Registry().with_resource(URI, DRAFT202012.create_resource(DOCUMENT))
COMPOSED: Final = frozenset({"oneOf", "anyOf", "allOf"})


def wrong_with(value: Any, schema: dict[str, Any]) -> list[str]:
    """Return what of a value is not as the schema says that this one refers to."""
    validator = Draft202012Validator({"$ref": URI + schema["$ref"]}, registry=RESOURCES)
    return [one.message for one in validator.iter_errors(value)]


def answer_of(item: Described) -> dict[str, Any]:
    """Return what the document says of the answer of a method."""
    content: dict[str, Any] = DOCUMENT["components"]["responses"][item.name]["content"]["application/json"]
    return content


def operations() -> Iterator[dict[str, Any]]:
    for both in DOCUMENT["paths"].values():
        yield from both.values()


def inner(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema inside of a schema, with the way there."""
    if isinstance(schema, list):
        for number, one in enumerate(schema):
            yield from inner(one, f"{path}/{number}")
    elif isinstance(schema, dict):
        for name, one in schema.items():
            if isinstance(one, dict) and name != "mapping":
                yield f"{path}/{name}", one
            yield from inner(one, f"{path}/{name}")


def spelled(name: str) -> str:
    """Return a name as it is told from others by generators, which write it as their language does."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def test_numbers_with_a_fraction_are_doubles_of_which_every_generator_makes_something_that_reads_them() -> None:
    numbers = [schema for _, schema in inner(SCHEMAS, "") if schema.get("type") == "number"]
    assert len(numbers) > 5
    assert {schema.get("format") for schema in numbers} == {"double"}


@pytest.mark.parametrize("item", DESCRIBED, ids=lambda item: item.name)
def test_every_operation_has_examples_of_its_schemas(item: Described) -> None:
    for operation in DOCUMENT["paths"][item.path].values():
        assert operation["responses"]["200"] == {"$ref": f"#/components/responses/{item.name}"}
    answer, body = answer_of(item), DOCUMENT["paths"][item.path]["post"]["requestBody"]["content"]["application/json"]
    assert wrong_with(answer["examples"]["Success"]["value"], answer["schema"]) == []
    assert wrong_with(body["example"], body["schema"]) == []


@pytest.mark.parametrize("item", DESCRIBED, ids=lambda item: item.name)
def test_every_operation_shows_its_own_refusals_and_no_others(item: Described) -> None:
    codes = {*item.codes, *ANY_CALL}
    assert {*answer_of(item)["examples"]} - {"Success"} == {code.name for code in codes}
    assert all(set(one["x-error-codes"]) == codes for one in DOCUMENT["paths"][item.path].values())


def test_every_code_is_a_named_value_with_its_meaning() -> None:
    numbers, names = SCHEMAS["ErrorCode"], SCHEMAS["ErrorName"]
    errors = [code for code in Code if code]
    assert numbers["enum"] == errors
    assert numbers["x-enum-varnames"] == names["enum"] == [code.name for code in errors]
    for schema in (numbers, names):
        assert len(schema["x-enum-descriptions"]) == len(errors)
        assert all(schema["x-enum-descriptions"])


@pytest.mark.parametrize("code", [code for code in Code if code], ids=lambda code: code.name)
def test_the_example_of_a_refusal_is_what_is_answered(code: Code) -> None:
    example = DOCUMENT["components"]["examples"][code.name]["value"]
    waits = {"retryAfter": 60} if code in (Code.UserQueryLimit, Code.RateLimited) else {}
    assert example == json.loads(refusal(code, Language.EN, example["requestId"], beside=waits).body)
    assert wrong_with(example, {"$ref": "#/components/schemas/Refusal"}) == []


def test_names_stay_apart_however_a_language_spells_them() -> None:
    schemas, ids = [spelled(name) for name in SCHEMAS], [spelled(one["operationId"]) for one in operations()]
    assert len(set(schemas)) == len(schemas)
    assert len(set(ids)) == len(ids)
    of_parameters = {f"{name}request" for name in ids}
    assert of_parameters & set(schemas) == set(), "generators name the parameters of an operation so"


def test_names_of_schemas_are_names_of_classes() -> None:
    assert [name for name in SCHEMAS if not re.fullmatch(r"[A-Z][A-Za-z0-9]+", name)] == []


def test_a_refusal_is_looked_for_first_in_every_order() -> None:
    """It has all that some results require; of those, generators take the first that fits."""
    either = [schema["oneOf"] for name, schema in SCHEMAS.items() if name.endswith("Response")]
    assert either
    for names in ([one["$ref"].rpartition("/")[2] for one in both] for both in either):
        assert names == sorted(names)
        assert names[0] == "Refusal"


def test_no_constructor_is_called_as_another_class() -> None:
    """In Go, `New…` makes one."""
    assert [name for name in SCHEMAS if f"New{name}" in SCHEMAS] == []


def test_bodies_and_answers_are_named() -> None:
    contents = [
        content
        for one in (*(one["requestBody"] for one in operations() if "requestBody" in one), *map(answer_of, DESCRIBED))
        for content in one.get("content", {"application/json": one}).values()
    ]
    assert all(set(content["schema"]) == {"$ref"} for content in contents)


def test_nothing_composed_or_with_members_stands_inside_of_another_schema() -> None:
    """A generator would make up a name for it, or write the same class again and again."""
    inside = [
        path
        for name, schema in SCHEMAS.items()
        for path, one in inner(schema.get("properties", {}), name)
        if one.get("properties")
        or any(_is_class(each) for kind in COMPOSED & one.keys() for each in _but_null(one[kind]))
    ]
    assert inside == []


def _but_null(composed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what is composed; nothing where it is one schema or null, which generators know."""
    rest = [one for one in composed if one != {"type": "null"}]
    return composed if len(rest) == len(composed) or len(rest) > 1 else []


def _is_class(schema: dict[str, Any]) -> bool:
    return "$ref" in schema or "properties" in schema


def test_every_value_has_a_type() -> None:
    untyped = [
        f"{name}/{path}"
        for name, schema in SCHEMAS.items()
        for path, one in inner(schema, name)
        if "const" in one or ("enum" in one and "type" not in one and not path.endswith("properties"))
    ]
    assert untyped == []


def test_every_value_of_an_enumeration_has_a_name() -> None:
    unnamed = [
        path
        for name, schema in SCHEMAS.items()
        for path, one in inner(schema, name)
        if "" in one.get("enum", ()) and "x-enum-varnames" not in one
    ]
    assert unnamed == []


def test_what_may_be_null_is_one_schema_or_null() -> None:
    """Generators make an optional value of that, and a class with a made-up name of all else. Apps' data is any."""
    odd = [
        path
        for name, schema in SCHEMAS.items()
        for path, one in inner(schema, name)
        if {"type": "null"} in one.get("anyOf", ()) and len(one["anyOf"]) > 2
    ]
    names = ("AdminMessage", "MessageObject", "NoticeRow", "ReplayMessage", "SaidMessage")
    assert sorted(odd) == [f"{name}/properties/data" for name in names]


def test_what_grows_above_32_bits_says_so() -> None:
    members = [(name, *one) for name, schema in SCHEMAS.items() for one in schema.get("properties", {}).items()]
    large = {"seq", "offset", "rev"}
    assert [f"{name}.{field}" for name, field, one in members if field in large and one.get("format") != "int64"] == [
        f"{name}.offset" for name in SCHEMAS if name.endswith("Params") and "offset" in SCHEMAS[name]["properties"]
    ]
    assert SCHEMAS["KeptMetadata"]["properties"]["version"]["format"] == "int64"
    assert SCHEMAS["RoomsSetMetadataParams"]["properties"]["version"]["format"] == "int64"
