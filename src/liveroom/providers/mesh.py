"""Media between browsers: nobody carries it, so all that is handed out is how they find a way to each other.

Credentials for a coturn with ``use-auth-secret`` are made here: a name that says until when they count, and its HMAC.
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha1

from liveroom.domain.ids import UserId
from liveroom.domain.media.model import LIFE, IceServer, MeshPass, Participant


class MeshRtc:
    """``ports.Rtc``."""

    def __init__(self, servers: Sequence[IceServer], *, turn_urls: Sequence[str] = (), turn_secret: str = "") -> None:
        self._servers = tuple(servers)
        self._turn_urls = tuple(turn_urls)
        self._turn_secret = turn_secret

    def admit(self, participant: Participant, now: datetime) -> MeshPass:
        expires = now + LIFE
        servers = self._servers
        if self._turn_urls and self._turn_secret:
            servers += (turn_server(self._turn_urls, self._turn_secret, participant.user, expires),)
        return MeshPass(expires, servers)


def turn_server(urls: Sequence[str], secret: str, user: UserId, expires: datetime) -> IceServer:
    """Return a TURN server with credentials that count until then."""
    name = f"{int(expires.timestamp())}:{user}"
    return IceServer(tuple(urls), name, b64encode(hmac.digest(secret.encode(), name.encode(), sha1)).decode())
