"""Bytes as text for links and tokens: base64 with the letters of addresses, without padding."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from liveroom.domain.errors import TokenInvalid


def packed(data: bytes) -> str:
    """Return bytes as text."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """Return the bytes of a text. Raises ``TokenInvalid``."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise TokenInvalid from None
