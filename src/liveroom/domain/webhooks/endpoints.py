"""Addresses of an operator's server: webhooks are sent to some, hooks ask others."""

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import TenantName
from liveroom.domain.webhooks.signing import SigningSecret

URL_MAX: Final = 512
_OWN_NAMES: Final = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".test", ".svc")
"""What ends names that no public server has (RFC 6761, 6762, 8375, ICANN's .internal), or that clusters use."""
_NEAR: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address, and the secrets that sign what is sent to it."""

    id: str
    tenant: TenantName
    url: str
    secrets: tuple[SigningSecret, ...] = field(repr=False)
    created: datetime

    @property
    def is_private(self) -> bool:
        """Say whether nobody can read what is sent on its way: it is encrypted, or stays on the machine."""
        parts = urlsplit(self.url)
        return parts.scheme != "http" or parts.hostname in _NEAR


def check_address(url: str) -> None:
    """Raise ``BadRequest`` unless the operator's server may be at this address."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise BadRequest("the address cannot be read") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or not url.isprintable() or " " in url:
        raise BadRequest("the address has to be https://…, or http://… in a network of your own")
    if parts.scheme == "http" and not _is_own(parts.hostname):
        raise BadRequest("http://… is for a network of your own; a public address has to be https://…")
    if parts.username is not None or parts.password is not None:
        raise BadRequest("the address has a password in it, which logs would show: the signature is the proof")
    if parts.fragment or len(url) > URL_MAX:
        raise BadRequest(f"the address has at most {URL_MAX} characters and no #part")


def _is_own(host: str) -> bool:
    """Say whether a host is of a network of one's own, as far as its name tells."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".")
        return "." not in name or name.endswith(_OWN_NAMES)
