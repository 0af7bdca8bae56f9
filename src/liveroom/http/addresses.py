"""Who is at the other end: the client's address, and the host that it asked for."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from liveroom.caches import short_cache

_HOST_MAX: Final = 260
"""Bytes of a ``Host`` header that can mean a name and a port."""

Network = IPv4Network | IPv6Network


@short_cache(4096, 64)
def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a text such as ``1.2.3.4:80`` or ``[::1]:80`` holds, or None."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


@short_cache(1024, 256)
def host_name(header: bytes) -> str:
    """Return the name of a ``Host`` header: small letters, no port."""
    text = header[:_HOST_MAX].decode("latin-1").strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")


class Addresses:
    """Believes ``X-Forwarded-For`` as far as trusted proxies wrote it: the last address that is none of theirs."""

    def __init__(self, trusted_proxies: Iterable[Network] = ()) -> None:
        self._trusted = tuple(trusted_proxies)
        self._behind = short_cache(4096, 256)(self._find)

    def of(self, peer: str, headers: Sequence[tuple[bytes, bytes]]) -> str:
        """Return the client's address; ``peer`` is who opened the connection."""
        peer = peer.removeprefix("::ffff:") if "." in peer else peer
        if not self._trusted:
            return peer
        values = [value for name, value in headers if name == b"x-forwarded-for"]
        return self._behind(b",".join((peer.encode(), *values)))

    def trusts(self, peer: str) -> bool:
        """Say whether a peer is a proxy that the operator has named."""
        address = parse_address(peer)
        return address is not None and self._trusts(address)

    def _find(self, chain: bytes) -> str:
        """Return the same of the peer and those that it is said to forward for, in order."""
        peer, *forwarded = chain.decode("latin-1").split(",")
        address = parse_address(peer)
        if address is None or not self._trusts(address):
            return peer
        for text in reversed(forwarded):
            named = parse_address(text)
            if named is None:
                break
            address = named
            if not self._trusts(named):
                break
        return str(address)

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)
