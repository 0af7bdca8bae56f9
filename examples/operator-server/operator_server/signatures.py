"""Who is asking: messages of liveroom are signed as Standard Webhooks say, calls of our own people carry a key."""

import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class NotSigned(Exception):
    """None of our secrets has signed it, or not in these five minutes."""


def read(body: bytes, headers: Mapping[str, str], secrets: Iterable[str]) -> dict[str, Any]:
    """Return the message, if one of the secrets has signed it. Never read a body that this has not let through."""
    for secret in secrets:
        try:
            message: dict[str, Any] = Webhook(secret).verify(body, dict(headers))
        except (WebhookVerificationError, ValueError):
            continue
        return message
    raise NotSigned


def is_staff(authorization: str, key: str) -> bool:
    """Say whether a call carries our own key; without one nobody is staff."""
    return bool(key) and hmac.compare_digest(authorization.encode(), f"Bearer {key}".encode())
