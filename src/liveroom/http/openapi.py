"""The OpenAPI 3.1 document, made from the declarations that route the calls: what is not on offer is not in it."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from liveroom import __version__
from liveroom.api.codes import Code, sentence
from liveroom.api.declare import Data, Method, Registry, Who
from liveroom.api.shapes import Shape
from liveroom.api.unknown import REPORTED_MAX
from liveroom.domain.events.catalog import EVENT_PAYLOADS
from liveroom.domain.tenants.model import Language
from liveroom.domain.webhooks.deliveries import ToldEvent
from liveroom.http.described import ANY_CALL, Described, Parameter, by_module, describe
from liveroom.http.events import MESSAGES
from liveroom.http.schemas import Schema, components_of
from liveroom.http.webhook_events import webhooks_of_openapi

_REFS: Final = "#/components/schemas/"
_ABOUT: Final = """\
Every method accepts GET and POST, with parameters in the query, a form, JSON, or several of these (the query wins).
Every answer is HTTP 200 with `errorCode` in the body: 0, or the code of an error; `errorMessage` is for people.
`warnings` names parameters that the method does not have.
"""
_TEXTS: Final = {"type": "object", "additionalProperties": {"type": "string"}}


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
    _add_to_news(components, events)
    unnamed = iter(schemas)
    paths = {}
    for item in described:
        data = next(unnamed) if item.method.reply is not None else None
        components[_request_name(item)] = _request_schema(item)
        paths[item.path] = _operations(item, data)
    return {
        "openapi": "3.1.0",
        "info": {"title": "liveroom", "version": __version__, "description": _ABOUT, "license": _LICENCE},
        "servers": [{"url": base_path or "/"}],
        "tags": [{"name": module} for module in by_module(described)],
        "paths": paths,
        "webhooks": webhooks_of_openapi(_REFS),
        "components": {
            "schemas": {**components, "Refusal": _REFUSAL, "Warnings": _WARNINGS},
            "securitySchemes": _SECURITY,
        },
    }


def _add_to_news(components: dict[str, Schema], events: Sequence[type[Shape]]) -> None:
    """Have the publications of rooms carry these events too."""
    if "RoomNews" not in components:
        return  # two structs have the name, and both are written in full: app/modules refuses that
    either = components["RoomNews"]["properties"]["events"]["items"]
    for shape in events:
        ref = _REFS + shape.__name__
        either["anyOf"].append({"$ref": ref})
        either["discriminator"]["mapping"][str(shape.__struct_config__.tag)] = ref


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
    "token": {"type": "apiKey", "in": "query", "name": "token", "description": "beside userId or apaasUserId"},
}
_BY_TOKEN: Final[list[dict[str, list[str]]]] = [{"bearer": []}, {"token": []}]
_SIGNED_IN: Final[dict[Who, list[dict[str, list[str]]]]] = {Who.ANYONE: [{}], Who.KEY: []}
_WARNINGS: Final = {
    "type": "array",
    "maxItems": REPORTED_MAX + 2,
    "items": {"type": "string"},
    "description": "Parameters that the method does not have, and a tenant that does not exist; left out if none.",
}
_REFUSAL: Final = {
    "description": "Why a call was refused. `data` is {}, or left out by a method whose data is a list.",
    "type": "object",
    "required": ["errorCode", "errorMessage", "codeStr", "version", "requestId"],
    "properties": {
        "errorCode": {"type": "integer", "not": {"const": 0}, "enum": [int(code) for code in Code if code]},
        "errorMessage": {"type": "string", "description": "for people, in Chinese or English"},
        "codeStr": {"type": "string", "enum": [code.name for code in Code if code]},
        "data": {"type": "object", "description": "Empty; with 3009, the current value."},
        "notice": {**_TEXTS, "description": "With code 120: the operator's message, by language."},
        "warnings": {"$ref": _REFS + "Warnings"},
        "version": {"type": "string"},
        "requestId": {"type": "string"},
    },
}


def _operations(item: Described, data: dict[str, Any] | None) -> dict[str, Any]:
    common: dict[str, Any] = {
        "tags": [item.method.module],
        "summary": item.method.summary.partition(". ")[0].rstrip(".").replace("``", "`"),
        "description": _description(item),
        "responses": {"200": _answer(item, data)},
    }
    common["security"] = [*_SIGNED_IN.get(item.method.who, _BY_TOKEN), {"serverKey": []}]
    reference = {"schema": {"$ref": _REFS + _request_name(item)}}
    body = {"content": {"application/json": reference, "application/x-www-form-urlencoded": reference}}
    query = [_query(parameter) for parameter in item.parameters]
    query += [_query(parameter) for parameter in item.identity if parameter.name != "token"]
    return {
        "get": {**common, "operationId": f"get_{item.name}", "parameters": query},
        "post": {**common, "operationId": item.name, "requestBody": body},
    }


def _description(item: Described) -> str:
    codes = "\n".join(f"- {int(code)} {code.name}: {sentence(code, Language.EN)}" for code in (*item.codes, *ANY_CALL))
    who = f"Who may call: {item.who}. A server key needs the scope `{item.method.scope}`."
    parts = [item.method.summary, item.notes, who, f"Codes beside 0:\n\n{codes}"]
    return "\n\n".join(part.replace("``", "`") for part in parts if part)


def _query(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.bounds,
        "schema": parameter.schema,
    }


def _request_name(item: Described) -> str:
    return f"{item.name}_request"


def _request_schema(item: Described) -> dict[str, Any]:
    everything = (*item.parameters, *item.identity)
    properties = {parameter.name: {**parameter.schema, "description": parameter.bounds} for parameter in everything}
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    required = [parameter.name for parameter in everything if parameter.required]
    return {**schema, "required": required} if required else schema


def _answer(item: Described, data: dict[str, Any] | None) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "errorCode": {"const": 0},
        "errorMessage": {"const": item.method.success},
        "version": {"type": "string"},
        "requestId": {"type": "string"},
    }
    if data is not None and item.method.data is not Data.NOTHING:
        properties["data"] = data
    if item.has_pages:
        properties["nextCursor"] = {"type": "string", "description": '"" at the end'}
    required = list(properties)
    if not item.method.is_keepalive:
        properties["warnings"] = {"$ref": _REFS + "Warnings"}
    done = {"type": "object", "properties": properties, "required": required}
    return {
        "description": "The result, or an error.",
        "content": {"application/json": {"schema": {"oneOf": [done, {"$ref": _REFS + "Refusal"}]}}},
    }
