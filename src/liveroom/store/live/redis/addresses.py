"""Where Redis is: what the setting ``redis_url`` says, for one server, Sentinel or Cluster."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

PORT: Final = 6379
SENTINEL_PORT: Final = 26379

HostPort = tuple[str, int]


class ServerKind(StrEnum):
    """How the server for a key is found."""

    SINGLE = "single"
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a new connection says first."""

    username: str = ""
    password: str = ""
    database: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """A redis URL, read. ``places`` are the server, the Sentinels, or some nodes of the Cluster."""

    kind: ServerKind
    places: Sequence[HostPort]
    credentials: Credentials
    tls: ssl.SSLContext | None = None
    name: str = ""
    """What the Sentinels call the master."""
    watchers: Credentials = Credentials()
    """What the Sentinels themselves are told."""


def read_address(url: str) -> Address:
    """Read ``redis[s]://``, ``redis[s]+sentinel://hosts/name[/db]`` or ``redis[s]+cluster://hosts``.

    TLS takes ``?ssl_ca_certs=file`` and ``?ssl_cert_reqs=none``; Sentinels with a password of their own
    ``?sentinel_password=``.
    """
    parts = urlsplit(url)
    scheme, _, kind_name = parts.scheme.partition("+")
    if scheme not in {"redis", "rediss"} or kind_name not in {"", "sentinel", "cluster"}:
        raise ValueError(f"{parts.scheme}:// is no address of a Redis")
    kind = ServerKind(kind_name or "single")
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    path = [unquote(piece) for piece in parts.path.split("/") if piece]
    name = path.pop(0) if kind is ServerKind.SENTINEL else ""
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return Address(
        kind=kind,
        places=_places(parts, SENTINEL_PORT if kind is ServerKind.SENTINEL else PORT),
        credentials=Credentials(unquote(user), unquote(password), int(path[0]) if path else 0),
        tls=_tls(given) if scheme == "rediss" else None,
        name=name,
        watchers=Credentials(given.get("sentinel_username", ""), given.get("sentinel_password", "")),
    )


def _places(parts: SplitResult, port: int) -> Sequence[HostPort]:
    hosts = parts.netloc.rpartition("@")[2].split(",")
    return [_place(host, port) for host in hosts if host] or [("localhost", port)]


def _place(text: str, port: int) -> HostPort:
    read = urlsplit(f"//{text}")
    return read.hostname or "localhost", read.port or port


def _tls(given: dict[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=given.get("ssl_ca_certs"))
    if given.get("ssl_cert_reqs") == "none":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if "ssl_certfile" in given:
        context.load_cert_chain(given["ssl_certfile"], given.get("ssl_keyfile"))
    return context
