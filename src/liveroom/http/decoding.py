"""From query and body, in any encoding, to the raw parameters that a declared method reads.

The original service merged both and let the query win; apps send the same parameter by either way, JSON under the type
of a form, a JSON body with a GET, or nothing at all. What cannot be understood is a ``BadRequest``, never an exception.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from liveroom.api.parameters import Repeated, read_object
from liveroom.domain.errors import BadRequest

BODY_MAX: Final = 64 * 1024
PARAMETERS_MAX: Final = 1000
_FORMATS: Final = "send JSON (application/json) or a form (application/x-www-form-urlencoded)"
_DRAINED: Final = 1024 * 1024

Raw = dict[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class BodyTooLarge(BadRequest):
    """The body is longer than any call needs; the rest of it has not been read."""


class ClientGone(Exception):
    """The client closed the connection before its request was whole."""


async def read_body(receive: Receive, length: bytes | None, most: int = BODY_MAX) -> bytes:
    """Return the request's body; of one that is too large a little more is thrown away, so that the refusal arrives."""
    kept, drained = b"", max(most, _DRAINED)
    size = int(length) if length and length.isdigit() else 0
    if size > drained:
        raise BodyTooLarge(f"at most {most} bytes in a body")
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= most:
            kept = kept + chunk if kept else chunk
        if size > drained or not message.get("more_body", False):
            break
    if size > most:
        raise BodyTooLarge(f"at most {most} bytes in a body")
    return kept


def read_parameters(query: bytes, body: bytes, content_type: bytes = b"", content_encoding: bytes = b"") -> Raw:
    """Return the parameters of a request; raises ``BadRequest``."""
    if not body:
        return parse_form(query) if query else {}
    if content_encoding and content_encoding != b"identity":
        raise BadRequest("Content-Encoding: send the body uncompressed")
    sent = parse_body(body, content_type)
    return sent | parse_form(query) if query else sent


def parse_body(body: bytes, content_type: bytes) -> Raw:
    """Return what a body says: what looks like JSON is JSON, whatever type was written over it."""
    kind = content_type.lower()
    if kind.startswith(b"multipart/"):
        raise BadRequest(f"{_FORMATS}, not multipart")
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    if b"json" in kind or body[:1] in (b"{", b"["):
        return read_object(body)
    if b"xml" in kind or body[:1] == b"<":
        raise BadRequest(f"{_FORMATS}, not XML")
    return parse_form(body)


def parse_form(form: bytes) -> Raw:
    """Return the parameters of a query or a form."""
    try:
        text = form.decode()
        if "+" in text:
            text = text.replace("+", " ")
        pairs = text.split("&")
        if len(pairs) > PARAMETERS_MAX:
            raise BadRequest(f"at most {PARAMETERS_MAX} parameters")
        is_quoted = "%" in text
        if not is_quoted and "[" not in text:
            found = {key: value for key, _, value in [pair.partition("=") for pair in pairs]}
            if len(found) == len(pairs) and "" not in found:
                return found
        return _collect(pairs, is_quoted=is_quoted)
    except UnicodeDecodeError:
        raise BadRequest("not valid UTF-8") from None


def _collect(pairs: list[str], *, is_quoted: bool) -> Raw:
    found: Raw = {}
    for pair in pairs:
        key, _, value = pair.partition("=")
        if is_quoted:
            if "%" in key:
                key = unquote_to_bytes(key).decode()
            if "%" in value:
                value = unquote_to_bytes(value).decode()
        if key in found or key.endswith("[]"):
            _add(found, key, value)
        elif key:
            found[key] = value
    return found


def _add(found: Raw, key: str, value: str) -> None:
    """Add one of several values: ``key[]`` makes a list of however few, ``key`` twice a list that is no text."""
    name = key.removesuffix("[]")
    former = found.get(name)
    if not name:
        return
    if former is None:
        found[name] = [value]
    elif isinstance(former, list):
        former.append(value)
    else:
        found[name] = Repeated([former, value])
