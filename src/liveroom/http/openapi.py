"""The OpenAPI 3.1 document, made from the declarations that route the calls: what is not on offer is not in it."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from liveroom import __version__
from liveroom.api.declare import IN_CONSOLE, Method, Registry, Who
from liveroom.api.shapes import Shape
from liveroom.domain.events.catalog import EVENT_PAYLOADS
from liveroom.domain.webhooks.deliveries import ToldEvent
from liveroom.http.described import ANY_CALL, Described, Parameter, by_module, describe
from liveroom.http.events import MESSAGES
from liveroom.http.openapi_answers import AnswerSchemas
from liveroom.http.schemas import Schema, components_of, one_of
from liveroom.http.webhook_events import webhooks_of_openapi

_REFS: Final = "#/components/schemas/"
_ABOUT: Final = """\
Every method accepts GET and POST, with parameters in the query, a form, JSON, or several of these (the query wins).
Every answer is HTTP 200 with `errorCode` in the body: 0, or the code of an error; `errorMessage` is for people.
`warnings` names parameters that the method does not have.
"""


def make_openapi(
    registry: Registry,
    *,
    offers: Callable[[Method], bool] | None = None,
    base_path: str = "",
    events: Sequence[type[Shape]] = (),
) -> dict[str, Any]:
    """Return the document for the methods on offer; ``events``: those of a room beside our own."""
    described = describe(registry, offers)
    replies = [item.method.reply for item in described if item.method.reply is not None]
    recorded = (ToldEvent, *EVENT_PAYLOADS.values())
    schemas, components = components_of((*replies, *MESSAGES, *events, *recorded), _REFS + "{name}")
    _name_events(components, events)
    webhooks = webhooks_of_openapi(components, _REFS)
    unnamed, answers = iter(schemas), AnswerSchemas()
    paths = {}
    for item in described:
        data = next(unnamed) if item.method.reply is not None else None
        components[_params_name(item)] = _params_schema(item)
        paths[item.path] = _operations(item, answers.add(item, data))
    _name_unions(components, answers)
    if taken := components.keys() & answers.schemas.keys():
        raise TypeError(f"there are two schemas of the name {min(taken)}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "liveroom", "version": __version__, "description": _ABOUT, "license": _LICENCE},
        "servers": [{"url": base_path or "/"}],
        "tags": [{"name": name} for name in (*by_module(described), "webhooks")],
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "schemas": {**components, **answers.schemas},
            "responses": answers.responses,
            "examples": answers.examples,
            "securitySchemes": _SECURITY,
        },
    }


def _name_events(components: dict[str, Schema], events: Sequence[type[Shape]]) -> None:
    """Give the events of rooms a schema of their own, and add these to it."""
    if "RoomNews" not in components:
        return  # two structs have the name, and both are written in full: app/modules refuses that
    if "RoomEvent" in components:
        raise TypeError("there are two schemas of the name RoomEvent")
    publication = components["RoomNews"]["properties"]["events"]
    either = components["RoomEvent"] = one_of(publication["items"])
    publication["items"] = {"$ref": f"{_REFS}RoomEvent"}
    for shape in events:
        ref = _REFS + shape.__name__
        either["oneOf"].append({"$ref": ref})
        either["discriminator"]["mapping"][str(shape.__struct_config__.tag)] = ref


def _name_unions(components: dict[str, Schema], answers: AnswerSchemas) -> None:
    """Have fields that hold what a method answers with, one of several structs, name the schema of that."""
    for schema in components.values():
        fields: dict[str, Schema] = schema.get("properties", {})
        for name, field in fields.items():
            either = {key: value for key, value in field.items() if key != "description"}
            if "discriminator" in either and (reference := answers.reference_to(one_of(either))):
                said = {key: value for key, value in field.items() if key == "description"}
                fields[name] = {**reference, **said}


_LICENCE: Final = {"name": "MIT", "identifier": "MIT"}
_SECURITY: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "serverKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "lrk_…",
        "description": "a server key; with `actAs`, on behalf of a user of its tenant (docs/server-keys.md)",
    },
    "appSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": 'hmac id="…": beside a login token, if the tenant requires signed calls (docs/own-users.md)',
    },
    "console": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-liveroom",
        "description": "of the console, beside the header `X-Liveroom-Console: 1` (docs/operators.md)",
    },
    "token": {"type": "apiKey", "in": "query", "name": "token", "description": "beside userId or apaasUserId"},
}
_BY_TOKEN: Final[list[dict[str, list[str]]]] = [{"bearer": []}, {"token": []}]
_SIGNED_IN: Final[dict[Who, list[dict[str, list[str]]]]] = {Who.ANYONE: [{}], Who.KEY: []}


def _operations(item: Described, answer: Schema) -> dict[str, Any]:
    common: dict[str, Any] = {
        "tags": [item.method.module],
        "summary": item.method.summary.partition(". ")[0].rstrip(".").replace("``", "`"),
        "description": _description(item),
        "responses": {"200": answer},
        "x-error-codes": [int(code) for code in (*item.codes, *ANY_CALL)],
    }
    common["security"] = _security(item.method)
    query = [_query(parameter) for parameter in item.parameters]
    query += [_query(parameter) for parameter in item.identity if parameter.name != "token"]
    return {
        "get": {**common, "operationId": f"get_{item.name}", "parameters": query},
        "post": {**common, "operationId": item.name, "requestBody": _body(item)},
    }


def _security(method: Method) -> list[dict[str, list[str]]]:
    """Return with what a method is called: one of these."""
    by_console: list[dict[str, list[str]]] = [{"console": []}]
    if method.who in IN_CONSOLE:
        return by_console if method.who is Who.OPERATOR else [{}]
    rest = by_console if method.who is Who.KEY else []
    return [*_SIGNED_IN.get(method.who, _BY_TOKEN), {"serverKey": []}, *rest]


def _body(item: Described) -> dict[str, Any]:
    params = {"schema": {"$ref": _REFS + _params_name(item)}}
    objects = [parameter.name for parameter in item.parameters if parameter.schema == _OBJECT]
    encoding = {name: {"contentType": "application/json"} for name in objects}
    form = {**params, "encoding": encoding} if objects else params
    return {
        "required": any(parameter.required for parameter in item.parameters),
        "content": {
            "application/json": {**params, "example": item.example},
            "application/x-www-form-urlencoded": form,
        },
    }


def _description(item: Described) -> str:
    who = f"Who may call: {item.who}.{item.needs}"
    parts = [item.method.summary, item.notes, who]
    return "\n\n".join(part.replace("``", "`") for part in parts if part)


def _query(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.bounds,
        "schema": _in_query(parameter.schema),
    }


_OBJECT: Final[Schema] = {"type": "object"}


def _in_query(schema: Schema) -> Schema:
    """Return the schema of a parameter where everything is text: an object is its JSON."""
    if schema == _OBJECT:
        return {"type": "string", "contentMediaType": "application/json"}
    return schema if "type" in schema else {"type": "string"}


def _params_name(item: Described) -> str:
    """Return the name of the schema of a method's parameters."""
    return f"{item.class_name}Params"


def _params_schema(item: Described) -> dict[str, Any]:
    everything = (*item.parameters, *item.identity)
    properties = {parameter.name: {**parameter.schema, "description": parameter.bounds} for parameter in everything}
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    required = [parameter.name for parameter in everything if parameter.required]
    return {**schema, "required": required} if required else schema
