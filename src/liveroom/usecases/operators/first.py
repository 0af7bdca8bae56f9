"""The first operator of a laptop: a link on the terminal signs them in, so that a newcomer is in with one click.

The link's token is kept in this process's memory alone. ``cli.serve`` offers it where nobody else can reach the
service; whether the call comes from this machine is for the handler to see.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.ids import digest_of, new_id
from liveroom.domain.operators.account import ALL_TENANTS, OperatorAccount, new_token
from liveroom.domain.operators.failures import LinkSpent
from liveroom.domain.operators.roles import BuiltIn
from liveroom.ports import Tx
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.operators.accounts import OPERATORS, Linked, OperatorAccounts
from liveroom.usecases.operators.sessions import Browser, Opened, note_sign_in

LASTS: Final = timedelta(minutes=10)
NAME: Final = "admin"
FIRST: Final = "base/v1/operators/first"


@dataclass(slots=True)
class FirstOperator:
    """Offers a link while there is no operator."""

    accounts: OperatorAccounts
    trail: Audit
    _digest: str = ""
    _until: datetime | None = None

    async def offer(self) -> str:
        """Return the token of a link that works once, for ten minutes; "" where there are operators already."""
        if await self.accounts.list():
            return ""
        token = new_token()
        self._digest, self._until = digest_of(token), self.accounts.clock.now() + LASTS
        return token

    async def use(self, token: str, browser: Browser) -> tuple[Opened, str]:
        """Make the first operator, who may do everything; return their session, and the token of a link with which
        they set a password. Raises ``LinkSpent``.
        """
        now = self.accounts.clock.now()
        is_right = bool(self._digest) and hmac.compare_digest(self._digest, digest_of(token))
        if not is_right or self._until is None or now >= self._until:
            raise LinkSpent
        self._digest = ""
        opened, linked = await self.accounts.roles.in_turn(lambda tx: self._make(tx, browser, now))
        await note_sign_in(self.trail, linked.account.actor, FIRST, browser)
        return opened, linked.token

    async def _make(self, tx: Tx, browser: Browser, now: datetime) -> tuple[Opened, Linked]:
        if await tx.operators.list():
            raise LinkSpent
        token, accounts = new_token(), self.accounts
        roles, tenants = frozenset({BuiltIn.ADMINISTRATOR.value}), frozenset({ALL_TENANTS})
        fresh = OperatorAccount(new_id(now), NAME, NAME, roles, tenants, "", now)
        account = replace(fresh.linked(token, accounts.factors.fresh_secret(), now), signed_in=now)
        await tx.operators.put(OPERATORS.seal(account, accounts.vault))
        return await accounts.sessions.open(tx, account, browser), Linked(account, token)
