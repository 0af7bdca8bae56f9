"""Calls of the operator's own wallet over HTTP. What it answers counts only if nobody else can have said it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from liveroom.domain.gifts.charges import REVERSE_TIMEOUT, WalletSilent
from liveroom.domain.webhooks.signing import SigningSecret, is_signed
from liveroom.providers.signed_calls import SignedCalls

_REFUSING: Final = 'a refusal, too, is answered with 2xx and "result": "refused"'


class HttpOperatorWallet:
    """``ports.OperatorWallet``."""

    def __init__(self, url: str, secrets: Sequence[SigningSecret]) -> None:
        self._url: Final = url
        self._secrets: Final = secrets
        self._is_private: Final = urlsplit(url).scheme == "https"
        self._calls: Final = SignedCalls(WalletSilent, REVERSE_TIMEOUT, _REFUSING)

    async def send(self, id: str, now: datetime, body: bytes) -> Any:
        """Send a message. Over http:// the answer has to be signed; over TLS it may be, and then rightly."""
        answer = await self._calls.post(self._url, self._secrets, id, now, body)
        must_be_signed = not self._is_private or "webhook-signature" in answer.headers
        if must_be_signed and not is_signed(self._secrets, id, now, answer.headers, answer.body):
            raise WalletSilent("its answer is not signed with the secret, or not for this message")
        return self._calls.read(answer)

    async def close(self) -> None:
        """Hang up."""
        await self._calls.close()
