"""Calls of an operator's server: logins of its own users, and everything that its server key allows."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, cast

from liveroom_client.calls import Calls
from liveroom_client.closing import ClosedAtTheEnd
from liveroom_client.login import own_user_params
from liveroom_client.shapes import Login

Secret = str | Callable[[], str]
"""A secret, or what returns the one that is valid now: so it can be changed while the program runs."""


class Backend(ClosedAtTheEnd):
    """A service, called with a server key. Close it when the program ends, or use ``async with``.

    ``url``: the service's address, or those of several of its processes, of which each call takes one. ``key``: the
    server key. ``tenant``: its name, if not the default one. ``timeout``: seconds to wait for one answer.

    Its methods raise ``Refused`` or ``Unreachable``. Only calls that read are sent again without an answer; repeat the
    others yourself where that does no harm (docs/your-backend.md).
    """

    def __init__(
        self, url: str | Sequence[str], key: Secret, *, tenant: str = "", language: str = "en", timeout: float = 10.0
    ) -> None:
        urls = [url] if isinstance(url, str) else list(url)
        self._services = [Calls(one, tenant=tenant, language=language, timeout=timeout) for one in urls]
        self._key = key

    async def close(self) -> None:
        """Let the connections go."""
        for service in self._services:
            await service.close()

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method, such as ``admin/open_room``; return its data. None is not sent."""
        return (await self._any().call(method, params, _now(self._key))).data

    def pages(self, method: str, **params: Any) -> AsyncIterator[Any]:
        """Yield the rows of a method that answers page by page, such as ``admin/list_rooms``."""
        return self._any().pages(method, params, _now(self._key))

    def act_as(self, user_id: str) -> "ActingUser":
        """Return what calls methods for a user: the key needs the scope ``act:…``."""
        return ActingUser(self, user_id)

    async def sign_in(self, username: str, *, secret: Secret, tag: str, nickname: str = "", avatar: str = "") -> Login:
        """Sign one of your own users in; give the answer's ``token`` to their app. The first time makes the account.

        ``secret``: of the tag (``liveroom tenants secret add --tag …``). ``nickname`` and ``avatar`` fill empty fields.
        """
        params = own_user_params(username, _now(secret), tag=tag)
        looks = {"nickname": nickname or None, "avatar": avatar or None}
        return cast(Login, (await self._any().call("oauth/signature", {**params, **looks})).data)

    def _any(self) -> Calls:
        return random.choice(self._services)  # noqa: S311 - which process does it is no secret


class ActingUser:
    """A user for whom the server acts."""

    def __init__(self, backend: Backend, user_id: str) -> None:
        self._backend = backend
        self.user_id = user_id

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method as this user; return its data."""
        return await self._backend.call(method, actAs=self.user_id, **params)

    def pages(self, method: str, **params: Any) -> AsyncIterator[Any]:
        """Yield the rows of a method that answers page by page, as this user sees them."""
        return self._backend.pages(method, actAs=self.user_id, **params)


def _now(secret: Secret) -> str:
    return secret if isinstance(secret, str) else secret()
