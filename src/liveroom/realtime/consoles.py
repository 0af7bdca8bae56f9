"""Operators' connections of this process: they listen as nobody's session, and end with their key or session.

Such a connection is no user and no sign of life. It may listen to the console's channels and to rooms of its tenant.
"""

from typing import Final

from liveroom.domain.accounts.sessions import Claims
from liveroom.domain.errors import TokenExpired, TokenInvalid
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.operators.console import ConsoleGrant
from liveroom.realtime import codes
from liveroom.realtime.client import Client
from liveroom.realtime.codes import Refusal
from liveroom.usecases.operators.console import ConsoleAccess, GrantState

EACH_MAX: Final = 16
"""Connections of one caller in this process; another one closes the oldest."""


_ENDS: Final = {GrantState.ENDED: codes.SESSION_ENDED, GrantState.CHANGED: codes.RECONNECT}


class Consoles:
    """Who of the connected is an operator."""

    def __init__(self, access: ConsoleAccess) -> None:
        self._access = access
        self._clients: dict[Client, None] = {}
        """In the order of their coming."""
        self._is_checking = False

    def __len__(self) -> int:
        return len(self._clients)

    async def begin(self, client: Client, token: str) -> Claims | None:
        """Let an operator's connection in; None when it was ended over its token. Raises ``Refusal``."""
        grant = await self._identify(client, token)
        if grant is None or not client.open:
            return None
        ours = [one for one in self._clients if one.operator is not None and one.operator.actor == grant.actor]
        for one in ours[: max(0, len(ours) + 1 - EACH_MAX)]:
            one.end(codes.CONNECTION_LIMIT)
        self._clients[client] = None
        return self._hold(client, token, grant)

    async def renew(self, client: Client, token: str) -> Claims | None:
        """Take a newer token of the same caller; None when the connection was ended over it. Raises ``Refusal``."""
        known = client.operator
        grant = await self._identify(client, token)
        if grant is None:
            return None
        if known is None or not grant.is_of(known):
            client.end(codes.INVALID_TOKEN)
            return None
        if grant.permissions != known.permissions:
            client.end(codes.RECONNECT)
            return None
        return self._hold(client, token, grant)

    def remove(self, client: Client) -> None:
        """Forget a connection, whosever it was."""
        self._clients.pop(client, None)

    async def check(self) -> None:
        """End the connections whose key or session is over, and have those come again that may see something else.

        Raises ``DatabaseUnavailable``. While one check is under way, another does nothing.
        """
        if self._is_checking:
            return
        self._is_checking = True
        try:
            await self._check()
        finally:
            self._is_checking = False

    async def _check(self) -> None:
        by_grant: dict[ConsoleGrant, list[Client]] = {}
        for client in self._clients:
            if client.operator is not None:
                by_grant.setdefault(client.operator, []).append(client)
        for grant, clients in by_grant.items():
            end = _ENDS.get(await self._access.standing(grant))
            if end is not None:
                for client in clients:
                    client.end(end)

    async def _identify(self, client: Client, token: str) -> ConsoleGrant | None:
        try:
            grant, client.tenant = self._access.read(token)
        except TokenExpired:
            raise Refusal(codes.TOKEN_EXPIRED) from None
        except TokenInvalid:
            client.end(codes.INVALID_TOKEN)
            return None
        standing = await self._access.standing(grant)
        if standing is GrantState.CHANGED:
            raise Refusal(codes.TOKEN_EXPIRED)
        if standing is GrantState.ENDED:
            client.end(codes.INVALID_TOKEN)
            return None
        return grant

    def _hold(self, client: Client, token: str, grant: ConsoleGrant) -> Claims:
        client.operator, client.token = grant, token
        client.claims = Claims(UserId(""), SessionId(""), grant.tenant, grant.issued, grant.expires)
        return client.claims
