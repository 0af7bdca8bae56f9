"""What addresses of streams carry: a viewer's token, which says who may watch until when, and names that are ours.

A token is ``who.until.signature``: letters, digits, ``-``, ``_`` and points, so that it may stand in a path. There it
has to stand for HLS: a playlist names its segments relatively, and players drop the query.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.ids import UserId
from liveroom.domain.streams.model import PlayRequest, StreamCall, StreamName
from liveroom.providers.callbacks import same

TOKEN: Final = "token"  # noqa: S105 - it is a name
"""What the parameter is called in which encoders show their key, and viewers their token."""
PATH_MAX: Final = 1024
"""Characters of the path of a file that a server has written."""
_NAME_MAX: Final = 64
_TOKEN_MAX: Final = 512
_SIGNED_BYTES: Final = 20
_FIELDS_MAX: Final = 64
_ACCEPTED: Final = StreamCall()


def stream_name(value: object) -> StreamName | None:
    """Return the name of a stream; None: no stream of ours is called so."""
    if type(value) is str and value.isascii() and value.isalnum() and len(value) <= _NAME_MAX:
        return StreamName(value)
    return None


def first_values(query: str) -> Mapping[str, str]:
    """Return each parameter's first value: what a client adds to those of the server stands behind them."""
    found: dict[str, str] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_FIELDS_MAX)
    except ValueError:
        return {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def check_key(key: str, query: Mapping[str, str]) -> None:
    """Return if the caller has the key that stands in the address of our callback. Raises ``PermissionDenied``."""
    if not key or not same(query.get("key", ""), key):
        raise PermissionDenied("the key in the callback's address is not the configured one")


def play_token(secret: str, name: StreamName, viewer: UserId, expires: datetime) -> str:
    """Return the token of a viewer, for one stream."""
    who, until = _b64(viewer.encode()), f"{int(expires.timestamp()):x}"
    return f"{who}.{until}.{_signature(secret, name, who, until)}"


def with_token(secret: str, name: StreamName, viewer: UserId, expires: datetime) -> str:
    """Return the query of a viewer's address; "" where addresses are public."""
    return f"?{TOKEN}={play_token(secret, name, viewer, expires)}" if secret else ""


def read_play(secret: str, name: StreamName | None, token: str, now: datetime) -> StreamCall:
    """Return that a viewer asks for a stream, or why they may not have it. Without a secret, streams are public."""
    if not secret:
        return _ACCEPTED
    who, _, rest = token[:_TOKEN_MAX].partition(".")
    until, _, signature = rest.partition(".")
    if name is None or not same(signature, _signature(secret, name, who, until)):
        return StreamCall(refused="the address is not signed for this stream")
    if now.timestamp() >= int(until, 16):
        return StreamCall(refused="the address has expired")
    return StreamCall(play=PlayRequest(name, UserId(urlsafe_b64decode(f"{who}==").decode())))


def _signature(secret: str, name: StreamName, who: str, until: str) -> str:
    text = f"play\n{name}\n{who}\n{until}".encode(errors="replace")
    return _b64(hmac.digest(secret.encode(), text, "sha256")[:_SIGNED_BYTES])


def _b64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
