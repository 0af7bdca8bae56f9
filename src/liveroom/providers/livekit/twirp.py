"""Calls of LiveKit's server API (Twirp): signed for what one call may do, its errors told apart (LIVEKIT.md)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import Clock
from liveroom.providers.livekit.tokens import sign
from liveroom.providers.outgoing import Outgoing

_LIFE: Final = timedelta(minutes=5)
_NOT_FOUND: Final = "not_found"
_ACCESS: Final = frozenset({"unauthenticated", "permission_denied"})
_REFUSED: Final = frozenset({"invalid_argument", "malformed", "bad_route", "unimplemented", "out_of_range"})
_KEYS: Final = "compare LIVEROOM_LIVEKIT_KEY and LIVEROOM_LIVEKIT_SECRET with the server's"
_OK: Final = 200
_STRANGERS: Final = (401, 403)
"""How it answers a wrong key, in a sentence that is no JSON."""


class LivekitService:
    """One of a server's services: rooms, or ingress."""

    def __init__(self, service: str, outgoing: Outgoing, clock: Clock, *, url: str, key: str, secret: str) -> None:
        self._outgoing = outgoing
        self._clock = clock
        self._at = f"{_as_http(url).rstrip('/')}/twirp/livekit.{service}/"
        self._key = key
        self._secret = secret

    async def hang_up(self) -> None:
        """Let the connections go."""
        await self._outgoing.close()

    async def call(self, method: str, said: Mapping[str, Any], grant: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the answer; an empty one where what the call is about is not there. Raises ``VendorFailure``."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token(grant)}"}
        sent = msgspec.json.encode(said)
        status, body = await self._outgoing.post(self._at + method, sent, headers, plain=_STRANGERS)
        if status == _OK:
            return body
        _judge(method, status, str(body.get("code", "")))
        return {}

    def _token(self, grant: Mapping[str, Any]) -> str:
        return sign(self._key, self._secret, {"video": grant}, self._clock.now(), _LIFE)


def _as_http(url: str) -> str:
    """Return where the server's API is: beside its socket."""
    return f"http{url.removeprefix('ws')}" if url.startswith("ws") else url


def _judge(method: str, status: int, code: str) -> None:
    """Raise the failure that an answer is, unless it only says that there was nothing to do."""
    if code == _NOT_FOUND:
        return
    text = f"LiveKit refuses ({method}: {code or status})"
    if code in _ACCESS or status in _STRANGERS:
        raise VendorFailure(Trouble.ACCESS, f"{text}: {_KEYS}", code=code)
    if code in _REFUSED:
        raise VendorFailure(Trouble.SUBJECT, f"{text}: is LIVEROOM_LIVEKIT_URL a LiveKit server?", code=code)
    if status >= 500 or status == 429:
        raise VendorFailure(Trouble.BUSY, f"LiveKit is busy ({method}: {code or status})", code=code, in_doubt=True)
    raise VendorFailure(Trouble.UNKNOWN, text, code=code)
