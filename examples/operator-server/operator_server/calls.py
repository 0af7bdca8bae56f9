"""Calls to liveroom: logins of our users, signed with the tag's secret; everything else with the server key.

No call is made twice here. One that was not answered may have been carried out, so ``NotAnswered`` goes to whoever
wanted it, and they ask again: opening, changing, closing, entering and leaving twice is doing it once.
"""

import hashlib
import hmac
import random
import secrets
import time
from typing import Any

import httpx

from operator_server.configuration import Configuration

_OUTAGES = {100, 103}
"""A store of the service is down: later it will do."""


class NotAnswered(Exception):
    """Whether it was done is not known, or it cannot be done now: ask again."""


class Refused(Exception):
    """The service said no, with a code and a sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Liveroom:
    """The service, as this server sees it."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._http = httpx.AsyncClient(timeout=10, trust_env=False)

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def login(self, username: str, nickname: str = "") -> dict[str, Any]:
        """Sign one of our users in. The first time makes the account; the reply is what an app needs, token and all."""
        tag, ts, nonce = self._configuration["tag"], str(int(time.time() * 1000)), secrets.token_hex(8)
        text, key = f"{username}-{tag}-{ts}-{nonce}", self._configuration["login_secret"]
        asked = {
            "username": username,
            "tag": tag,
            "ts": ts,
            "nonce": nonce,
            "hash": "hmac-sha256",
            "signature": hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest(),
            "nickname": nickname,
            **({"apaasAppId": self._configuration["tenant"]} if self._configuration["tenant"] else {}),
        }
        reply: dict[str, Any] = await self._send("oauth/signature", asked, {})
        return reply

    async def act(self, user: str, method: str, **params: Any) -> Any:
        """Call a method for one of our users."""
        return await self._send(method, {"actAs": user, **params}, self._key())

    async def admin(self, method: str, **params: Any) -> Any:
        """Call ``admin/<method>``."""
        return await self._send(f"admin/{method}", params, self._key())

    def _key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._configuration['server_key']}"}

    async def _send(self, method: str, params: dict[str, Any], headers: dict[str, str]) -> Any:
        address = random.choice(self._configuration["liveroom"])  # noqa: S311 - which process does it is no secret
        try:
            answer = await self._http.post(f"{address}/base/v1/{method}", json=params, headers=headers)
            body = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as failure:
            raise NotAnswered(method) from failure
        if body["errorCode"] in _OUTAGES:
            raise NotAnswered(method)
        if body["errorCode"] != 0:
            raise Refused(body["errorCode"], body["errorMessage"])
        return body.get("data")
