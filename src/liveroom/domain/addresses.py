"""Client addresses as limits count them: an IPv6 network hands a household or server 2⁶⁴ addresses, so a /64 is one."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_PREFIX = 64


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """Return what limits count an address as: itself, or of IPv6 its /64; what is no address stays as it is."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, _PREFIX), strict=False))
