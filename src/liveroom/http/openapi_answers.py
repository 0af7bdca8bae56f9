"""Answers in OpenAPI: envelopes and codes as named schemas, so that generators make one class of each.

An answer is a `Refusal` or a `ResultOf…`. Some generators take the first schema whose required members are there, in
the order of the document or in that of the alphabet. So the refusal is the first in both: it requires `codeStr`, which
no result has, while a refusal may have all that a result requires.
"""

from typing import Any, Final

from liveroom import __version__
from liveroom.api.codes import Code
from liveroom.api.declare import Data
from liveroom.api.sentences import sentence
from liveroom.api.unknown import REPORTED_MAX
from liveroom.domain.tenants.model import Language
from liveroom.http.described import ANY_CALL, Described
from liveroom.http.schemas import Schema, one_of

_COMPONENTS: Final = "#/components/"
_REQUEST_ID: Final = "-P7JxY2L4p6Y42Sa"
_ERRORS: Final = [code for code in Code if code]


def _schema(name: str) -> Schema:
    return {"$ref": f"{_COMPONENTS}schemas/{name}"}


def _numbers(codes: list[Code]) -> Schema:
    names = [code.name for code in codes]
    return {"type": "integer", "enum": [int(code) for code in codes], "x-enum-varnames": names, **_meanings(codes)}


def _meanings(codes: list[Code]) -> Schema:
    return {"x-enum-descriptions": [sentence(code, Language.EN) for code in codes]}


_ENVELOPE: Final[Schema] = {
    "errorMessage": {"type": "string", "description": "For people, in Chinese or English; it may change."},
    "version": {"type": "string", "description": "The service's version."},
    "requestId": {"type": "string", "description": "The request's `X-Request-ID`, or a generated one."},
}
_REFUSAL: Final[Schema] = {
    "description": "Why a call was refused.",
    "type": "object",
    "required": ["errorCode", "codeStr", *_ENVELOPE],
    "properties": {
        "errorCode": _schema("ErrorCode"),
        "codeStr": _schema("ErrorName"),
        **_ENVELOPE,
        "data": {
            "type": "object",
            "description": "Empty, or with 3009 the current value; left out by a method whose data is a list.",
        },
        "notice": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "With code 120: the operator's message, by language.",
        },
        "appealToken": {
            "type": "string",
            "description": "With 3002 and 204, to whoever is banned from the tenant because of a report: for "
            "`moderation/appeal_by_token`.",
        },
        "retryAfter": {
            "type": "integer",
            "minimum": 1,
            "description": "With codes 209 and 3004: seconds to wait before the call can succeed.",
        },
        "warnings": _schema("Warnings"),
    },
}
_COMMON: Final[dict[str, Schema]] = {
    "ErrorCode": {"description": "Why a call was refused. Later releases may add codes.", **_numbers(_ERRORS)},
    "ErrorName": {
        "description": "The name of an `ErrorCode`.",
        "type": "string",
        "enum": [code.name for code in _ERRORS],
        **_meanings(_ERRORS),
    },
    "SuccessCode": {"description": "The call was carried out.", **_numbers([Code.Success])},
    "Refusal": _REFUSAL,
    "Warnings": {
        "type": "array",
        "maxItems": REPORTED_MAX + 2,
        "items": {"type": "string"},
        "description": "Parameters that the method does not have, and a tenant that does not exist; left out if none.",
    },
}


class AnswerSchemas:
    """Gathers what the answers of methods need of the document's components."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = dict(_COMMON)
        self.responses: dict[str, Any] = {}
        self.examples: dict[str, Any] = {code.name: _refused(code) for code in _ERRORS}

    def add(self, item: Described, data: Schema | None) -> Schema:
        """Add the answers of a method, whose ``data`` is of this schema; return the reference to its response."""
        codes = (*item.codes, *ANY_CALL)
        examples = {
            Code.Success.name: {"value": {**item.reply_example, "version": __version__, "requestId": _REQUEST_ID}},
            **{code.name: {"$ref": f"{_COMPONENTS}examples/{code.name}"} for code in codes},
        }
        listed = "\n".join(f"- {int(code)} {code.name}: {sentence(code, Language.EN)}" for code in codes)
        self.responses[item.name] = {
            "description": f"The result, or why the call was refused:\n\n{listed}",
            "content": {"application/json": {"schema": self._answer(item, data), "examples": examples}},
        }
        return {"$ref": f"{_COMPONENTS}responses/{item.name}"}

    def _answer(self, item: Described, data: Schema | None) -> Schema:
        """Add the schema of a method's answer; return the reference to it."""
        if item.method.data is Data.NOTHING:
            data = None
        elif data is not None and not _name_of(data):
            data = self._add(f"{item.class_name}Data", one_of(data))
        name = "Nothing" if data is None else _name_of(data)
        if item.method.data is Data.LIST:
            name += "Page" if item.has_pages else "List"
        result = self._add(f"ResultOf{name}", _result(item, data))
        return self._add(f"{name}Response", {"oneOf": [_schema("Refusal"), result]})

    def reference_to(self, schema: Schema) -> Schema | None:
        """Return the reference to the schema of that content; None if it has no name."""
        return next((_schema(name) for name, known in self.schemas.items() if known == schema), None)

    def _add(self, name: str, schema: Schema) -> Schema:
        if self.schemas.setdefault(name, schema) != schema:
            raise TypeError(f"there are two schemas of the name {name}")
        return _schema(name)


def _result(item: Described, data: Schema | None) -> Schema:
    """Return the schema of the envelope of a call that was carried out."""
    properties: dict[str, Schema] = {"errorCode": _schema("SuccessCode"), **_ENVELOPE}
    if data is not None:
        properties["data"] = data
    if item.has_pages:
        properties["nextCursor"] = {"type": "string", "description": 'Where the next page begins; "" at the end.'}
    required = list(properties)
    if not item.method.is_keepalive:
        properties["warnings"] = _schema("Warnings")
    return {"type": "object", "required": required, "properties": properties}


def _name_of(data: Schema) -> str:
    """Return the name of a schema, or of those in a list; "" without one."""
    reference: str = data.get("items", data).get("$ref", "")
    return reference.rpartition("/")[2]


def _refused(code: Code) -> dict[str, Any]:
    said = sentence(code, Language.EN)
    envelope: dict[str, Any] = {"errorMessage": said, "codeStr": code.name, "data": {}, "version": __version__}
    if code in (Code.UserQueryLimit, Code.RateLimited):
        envelope["retryAfter"] = 60
    return {"summary": said, "value": {"errorCode": int(code), **envelope, "requestId": _REQUEST_ID}}
