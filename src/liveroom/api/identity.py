"""The parameters that say who calls: read before any others, as every method has them."""

from collections.abc import Mapping
from typing import Any

from liveroom.api.codes import Code
from liveroom.api.declare import Method
from liveroom.api.parameters import read_text
from liveroom.domain.errors import BadRequest, CredentialsMissing


def text_of(raw: Mapping[str, Any], key: str) -> str:
    """Return a parameter as a text, "" when it was not sent. Raises ``BadRequest`` for what is none."""
    value = raw.get(key, "")
    if type(value) is str:
        return value
    if value is None:
        return ""
    try:
        return read_text(value)
    except BadRequest as problem:
        raise BadRequest(f"{key}: {problem.detail}") from None


def missing(method: Method, detail: str) -> BadRequest:
    """Return what a missing identity is: 98 for account calls, the method's own number for the others."""
    if method.bad_request >= Code.RoomCreateParams:
        return BadRequest(detail)
    return CredentialsMissing(detail)
