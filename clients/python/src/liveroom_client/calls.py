"""Calls over HTTP: one envelope in, data or an error out, and again where a repetition cannot do harm."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, NamedTuple

import httpx

from liveroom_client.errors import Unavailable, Unreachable, refused

ATTEMPTS: Final = 4
_PAUSES: Final = (0.2, 0.8, 2.0)
"""Seconds before the second, third and fourth attempt, give or take a half: together less than a signature lasts."""
_PAGE_MAX: Final = 100

_REPEATABLE: Final = frozenset(
    [
        "auth_users/user_keepalive",
        "auth_users/user_login_token",
        "auth_users/user_query",
        "auth_users/module_blacklist",
        "gslb",
        "messages/history",
        "moderation/audit",
        "moderation/banned",
        "moderation/muted",
        "moderation/reports",
        "oauth/signature",
        "presence/explain",
        "presence/query",
        "rooms/browse",
        "rooms/enter_room",
        "rooms/leave_room",
        "rooms/list_roles",
        "rooms/list_users",
        "rooms/metadata",
        "rooms/options",
        "rooms/query_room",
        "rooms/room_detail",
        "rooms/scheduled",
        "rooms/search",
        "rooms/state",
        "rtc/credential",
        "seats/list",
        "admin/get_room",
        "admin/get_user",
        "admin/list_members",
        "admin/list_reports",
        "admin/list_rooms",
        "admin/list_users",
        "admin/presence",
        "admin/explain_presence",
    ]
)
_BY_KEY: Final = {"messages/send": "key", "rooms/like": "batchId"}


class Answer(NamedTuple):
    """The data of an answer, and the cursor of the next page ("": there is none)."""

    data: Any
    cursor: str


def is_repeatable(method: str, params: Mapping[str, Any]) -> bool:
    """Say whether the call may be sent again when no answer came: it only reads, or carries a key of its own."""
    return method in _REPEATABLE or bool(params.get(_BY_KEY.get(method, "")))


class Calls:
    """A service's methods, called without anybody's token or with the one that is given.

    ``url``: where the service is, such as ``https://live.example.com``. ``tenant``: its name, for calls without a
    token. ``language``: of the sentences for people, ``en`` or ``zh``. ``timeout``: seconds to wait for one answer.
    """

    def __init__(self, url: str, *, tenant: str = "", language: str = "en", timeout: float = 10.0) -> None:
        self.url = url.rstrip("/")
        self.tenant = tenant
        self._http = httpx.AsyncClient(
            base_url=self.url, timeout=timeout, headers={"Accept-Language": language}, follow_redirects=False
        )
        if self._http.base_url.scheme not in ("http", "https"):
            raise ValueError(f"{url} is no address of a service: it begins with http:// or https://")

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def call(self, method: str, params: Mapping[str, Any], token: str = "") -> Answer:
        """Call a method by its path below ``/base/v1/`` (or below the root, with a slash before it).

        Raises ``Refused`` or ``Unreachable``. A call that may be repeated is, before one of these is raised.
        """
        given = {name: value for name, value in params.items() if value is not None}
        if not token and self.tenant:
            given.setdefault("apaasAppId", self.tenant)
        attempts = ATTEMPTS if is_repeatable(method, given) else 1
        for pause in _PAUSES[: attempts - 1]:
            try:
                return await self._call_once(method, given, token)
            except (Unreachable, Unavailable):
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads attempts
        return await self._call_once(method, given, token)

    async def pages(self, method: str, params: Mapping[str, Any], token: str = "") -> AsyncIterator[Any]:
        """Yield the rows of a method that answers page by page. ``limit`` is the size of a page, 100 by default."""
        cursor = ""
        while True:
            asked = {"limit": _PAGE_MAX, **params, **({"cursor": cursor} if cursor else {})}
            answer = await self.call(method, asked, token)
            for row in answer.data:
                yield row
            cursor = answer.cursor
            if not cursor:
                return

    async def _call_once(self, method: str, params: Mapping[str, Any], token: str) -> Answer:
        path = method if method.startswith("/") else f"/base/v1/{method}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            reply = await self._http.post(path, json=params, headers=headers)
        except httpx.HTTPError as problem:
            raise Unreachable(f"{self.url} gave no answer: {str(problem) or type(problem).__name__}") from problem
        try:
            answer = reply.json()
            code = int(answer["errorCode"])
        except (ValueError, KeyError, TypeError) as problem:
            raise Unreachable(f"{self.url} gave no answer of the service: HTTP {reply.status_code}") from problem
        if code != 0:
            raise refused(answer)
        return Answer(answer.get("data"), str(answer.get("nextCursor") or ""))
