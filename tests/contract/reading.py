"""How the shipped clients read an answer: the notation of requests.json, and what breaks in which decoder."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tests.service import Answer

INT32_MAX: Final = 2_147_483_647
_MISSING: Final = object()
_ACCEPTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "numeric-string": lambda value: isinstance(value, str) and re.fullmatch(r"-?\d+", value) is not None,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}


def complaints(entry: Mapping[str, Any], answer: Answer) -> list[str]:
    """Return everything at which the entry's client would stumble in this answer; none means that it is understood."""
    found = list(_of_transport(answer))
    body = answer.body
    for path, rule in entry["reads"].items():
        nested = re.search(r"[.\[]", path) is not None
        if nested and path.startswith("data") and body["errorCode"] != 0:
            continue
        for place, value in _values(body, path):
            found += [f"{place}: {problem}" for problem in _judge(rule, value)]
    if entry.get("data_required_on_error") and not isinstance(body.get("data"), dict):
        found.append("data: has to be an object, whatever the code")
    return found


def _of_transport(answer: Answer) -> Iterator[str]:
    if answer.status != 200:
        yield f"HTTP {answer.status}"
    if not answer.headers.get("content-type", "").startswith("application/json"):
        yield f"content-type {answer.headers.get('content-type')}"


def _values(body: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield each value that a path such as ``data[].roomId`` names; below what is absent nothing is read."""
    reached: list[tuple[str, Any]] = [("", body)]
    parts = re.findall(r"[^.\[\]]+|\[\]", path)
    for part in parts:
        reached = [
            inner for place, value in reached if value not in (None, _MISSING) for inner in _step(place, value, part)
        ]
    yield from reached


def _step(place: str, value: Any, part: str) -> Iterator[tuple[str, Any]]:
    if part == "[]":
        yield from (
            (f"{place}[{number}]", item) for number, item in enumerate(value if isinstance(value, list) else ())
        )
    else:
        yield f"{place}.{part}".lstrip("."), value.get(part, _MISSING) if isinstance(value, dict) else _MISSING


def _judge(rule: Mapping[str, Any], value: Any) -> Iterator[str]:
    if value is _MISSING:
        if not rule["missing_ok"]:
            yield "missing"
    elif value is None:
        if not rule["nullable_ok"]:
            yield "null"
    elif not any(_ACCEPTS[kind](value) for kind in rule["accepts"]):
        yield f"{value!r} where {rule['accepts']} is read"
    else:
        yield from _judge_value(rule, value)


def _judge_value(rule: Mapping[str, Any], value: Any) -> Iterator[str]:
    note = rule.get("note", "")
    if rule["type"] == "integer" and not (
        (isinstance(value, int) or str(value).isdigit()) and abs(int(value)) <= INT32_MAX
    ):
        yield f"{value!r} is no int32"
    if "decimal int32" in note and not (re.fullmatch(r"\d+", str(value)) and int(value) <= INT32_MAX):
        yield f"{value!r} cannot be parsed as a Java int"
    if "map string->boolean" in note and not all(isinstance(item, bool) for item in value.values()):
        yield f"{value!r} is no map to booleans"
