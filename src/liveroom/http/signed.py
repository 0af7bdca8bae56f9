"""Keeps of a request that is signed by an app key (``Authorization: hmac …``) what its signature may be of.

Only such requests come here: all others cost one look at a header that is looked at anyway.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from liveroom.domain.tenants.app_signatures import SCHEME, SignedCall
from liveroom.http.decoding import BODY_MAX

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


def is_signed(authorization: bytes | None) -> bool:
    """Say whether the header is of the scheme."""
    return authorization is not None and authorization[: len(SCHEME)].lower() == SCHEME


class Kept:
    """Receives a request's body for somebody, and keeps it; of one that is too large only its beginning."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._chunks: list[bytes] = []
        self._size = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        chunk = message.get("body", b"")
        if chunk and self._size <= BODY_MAX:
            self._chunks.append(chunk)
            self._size += len(chunk)
        return message

    def call(
        self, scope: MutableMapping[str, Any], headers: Mapping[bytes, bytes], spellings: Sequence[str]
    ) -> SignedCall:
        """Return the request; ``spellings`` are how its path may be written beside how it came."""
        path = scope.get("raw_path") or scope["path"].encode()
        return SignedCall(
            headers[b"authorization"],
            scope["method"],
            (path.decode("latin-1"), *spellings),
            scope["query_string"],
            b"".join(self._chunks),
            headers,
        )
