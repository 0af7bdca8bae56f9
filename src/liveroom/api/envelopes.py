"""The envelope of an answer: its code, what is said of it, the data, and the id of the request."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from liveroom import __version__
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Method
from liveroom.api.sentences import message
from liveroom.domain.tenants.model import Language

_encode: Final = msgspec.json.Encoder().encode
_TAIL: Final = b',"version":"' + __version__.encode() + b'","requestId":'


class Page(NamedTuple):
    """A list for ``data``, as finished JSON items joined by commas, and the cursor of the next page."""

    items: bytes
    cursor: str = ""

    @classmethod
    def of(cls, rows: Sequence[Any], cursor: str = "") -> "Page":
        """Return a list of what is still to be written as JSON."""
        return cls(_encode(rows)[1:-1], cursor)


class Outcome(NamedTuple):
    """The answer: its code, and the whole envelope as JSON."""

    code: Code
    body: bytes


def refusal(
    code: Code,
    language: Language,
    request_id: str,
    *,
    detail: str = "",
    said: str = "",
    data: Data = Data.OBJECT,
    current: object = None,
    beside: Mapping[str, Any] | None = None,
) -> Outcome:
    """Return the envelope of an error. ``said`` stands in place of the code's sentence, ``current`` in place of no
    data, and ``beside`` are more members of the envelope.
    """
    body: dict[str, Any] = {
        "errorCode": int(code),
        "errorMessage": said or message(code, language, detail),
        "codeStr": code.name,
    }
    if data is not Data.LIST:
        body["data"] = {} if current is None else current
    if beside:
        body |= beside
    return Outcome(code, _encode(body)[:-1] + _TAIL + _encode(request_id) + b"}")


@lru_cache(maxsize=64)
def _success_head(said: str) -> bytes:
    return b'{"errorCode":0,"errorMessage":' + _encode(said)


def success(method: Method, result: Any, request_id: str, warnings: Sequence[str] = ()) -> Outcome:
    """Return the envelope of a result: None, a shape, ready JSON, or a page."""
    parts = [_success_head(method.success)]
    if isinstance(result, Page):
        parts += (b',"data":[', result.items, b'],"nextCursor":', _encode(result.cursor))
    elif result is not None:
        parts += (b',"data":', _encode(result))
    if warnings:
        parts += (b',"warnings":', _encode(warnings))
    parts += (_TAIL, _encode(request_id), b"}")
    return Outcome(Code.Success, b"".join(parts))
