"""Requests as bytes, in the forms that apps use (CLIENTS.md 2)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

import msgspec

from liveroom.bench.target import BenchTarget

Values = Mapping[str, str | int]


class Form(StrEnum):
    """How the parameters travel."""

    QUERY = "GET query"
    FORM = "POST form"
    JSON = "POST JSON"


_KINDS: Final = {Form.FORM: "application/x-www-form-urlencoded; charset=utf-8", Form.JSON: "application/json"}


def request(target: BenchTarget, call: str, form: Form, values: Values) -> bytes:
    """Return one call, ready to be sent; ``call`` is the path below ``base/v1/``."""
    path = f"{target.path}/base/v1/{call}"
    if form is Form.QUERY:
        return f"GET {path}?{urlencode(values)} HTTP/1.1\r\nhost: {target.authority}\r\n\r\n".encode()
    body = msgspec.json.encode(values) if form is Form.JSON else urlencode(values).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: {target.authority}\r\n"
        f"content-type: {_KINDS[form]}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
