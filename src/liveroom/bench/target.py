"""Where the load goes: this machine, unless the caller says that the server is theirs."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


class TargetRefused(Exception):
    """No load will be put on this address; the text says why."""


@dataclass(frozen=True, slots=True)
class BenchTarget:
    """A service: host, port, and the path under which it is offered."""

    host: str
    port: int
    path: str = ""

    @property
    def authority(self) -> str:
        """Return what the Host header says."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read_target(url: str, *, is_mine: bool = False) -> BenchTarget:
    """Return where the URL points. Raises ``TargetRefused``; other machines are refused unless ``is_mine``."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    try:
        port = parts.port
    except ValueError:
        raise TargetRefused(f"{url} has no port that could be one") from None
    if parts.scheme != "http" or not parts.hostname:
        raise TargetRefused("the load is plain HTTP: give http://host:port, behind whatever ends the TLS")
    if not is_mine and not _is_here(parts.hostname):
        raise TargetRefused(
            f"{parts.hostname} is not this machine; load on somebody else's server is an attack. "
            "If it is yours, say --yes-this-is-my-server"
        )
    return BenchTarget(parts.hostname, port or 80, parts.path.rstrip("/"))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
