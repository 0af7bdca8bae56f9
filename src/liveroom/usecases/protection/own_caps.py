"""Caps that users set for themselves, and what is left of all that hold."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ledger.accounts import Account
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.protection.caps import NOTHING_GIVEN, Caps, GivenSoFar, OwnCaps
from liveroom.domain.protection.rules import ProtectionRules
from liveroom.ports import Clock, Database, Tx


class ShownCaps(NamedTuple):
    """How much a user may give, and has given."""

    caps: Caps
    """What holds: the operator's and their own, whichever is lower."""
    own: OwnCaps
    given: GivenSoFar
    left: int | None
    """How many coins they may give at once now; None: any number."""


@dataclass(frozen=True, slots=True)
class GivingCaps:
    """Shows users their caps, and lets them set lower ones."""

    db: Database
    clock: Clock
    rules: ProtectionRules

    async def get(self, actor: Actor) -> ShownCaps:
        """Return what the actor may give."""
        name = accounts_of(actor.tenant.name, actor.user).coins
        account = (await self.db.ledger_accounts.find([name])).get(name)
        return self._shown(actor, NOTHING_GIVEN if account is None else account.given)

    async def set(self, actor: Actor, change: Callable[[Caps], Caps]) -> ShownCaps:
        """Set the actor's own caps: lower ones count at once, higher ones a day later.

        ``change`` is given those that they have asked for so far.
        """
        name = accounts_of(actor.tenant.name, actor.user).coins

        async def work(tx: Tx) -> Account:
            id = (await tx.ledger_accounts.open([name]))[name]
            account, now = (await tx.ledger_accounts.lock([id]))[id], self.clock.now()
            own = account.given.own.at(now)
            wanted = change(own.caps if own.since is None else own.later)
            changed = replace(account, given=replace(account.given, own=own.asked(wanted, now)))
            await tx.ledger_accounts.put([changed])
            return changed

        return self._shown(actor, (await self.db.transact(work)).given)

    def _shown(self, actor: Actor, given: GivenSoFar) -> ShownCaps:
        now = self.clock.now()
        limits, own = self.rules.limits_of(actor.tenant, now), given.own.at(now)
        return ShownCaps(limits.caps.within(own.caps), own, given.on(limits.today), given.left(limits, now))
