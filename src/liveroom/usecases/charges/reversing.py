"""Reversing: what nobody knows of is asked to be reversed, again and again, until the operator's wallet has said so.

The same goes for the coins of refunded gifts. All processes share the work: what is due is claimed by putting it off,
so that whoever dies with it leaves it to the others half a minute later.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from liveroom import faults
from liveroom.domain.events import charges as charge_events
from liveroom.domain.events.records import of_user
from liveroom.domain.gifts.charges import LATE, SAID_MAX, SOONEST, Charge, ChargeState, WalletSilent, next_try
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.differences import LedgerCheck, LedgerDifference
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.charges.wallet import WalletCalls
from liveroom.usecases.events.recorder import EventRecorder

log = structlog.get_logger("liveroom.charges")

_AT_ONCE: Final = 100
_CLAIM: Final = timedelta(seconds=30)
"""How long others leave alone what one process has claimed: longer than its calls take."""
_SHOWN: Final = 100
_ENDS: Final = {ChargeState.UNKNOWN: ChargeState.REVERSED, ChargeState.RETURNING: ChargeState.RETURNED}


@dataclass(frozen=True, slots=True)
class Doubts:
    """Notes of charges that nobody knows what became of them."""

    db: Database
    clock: Clock
    recorder: EventRecorder

    async def raise_for(self, charge: Charge, why: str) -> None:
        """Give up a charge that is still being asked, and have it reversed."""

        async def work(tx: Tx) -> None:
            known = (await tx.charges.lock([charge.id]))[charge.id]
            if known.state is ChargeState.ASKED:
                await tx.charges.put([await self.note(tx, known, why, self.clock.now() + SOONEST)])

        await self.db.transact(work)

    async def note(self, tx: Tx, charge: Charge, why: str, due: datetime) -> Charge:
        """Return a locked charge as one of which nobody knows, and record that."""
        now, sender = self.clock.now(), (await tx.ledger_accounts.names([charge.sender]))[charge.sender]
        event = charge_events.unknown(charge, UserId(sender.owner), now)
        await self.recorder.record(tx, charge.tenant, of_user(UserId(sender.owner)), [event])
        return replace(charge, state=ChargeState.UNKNOWN, due=due, said=why[:SAID_MAX])


@dataclass(frozen=True, slots=True)
class ChargeReversals:
    """Has charges reversed, and coins given back."""

    db: Database
    clock: Clock
    wallet: WalletCalls | None
    """None: the operator has none; what is left of a former one waits."""
    doubts: Doubts

    async def run(self) -> int:
        """Do what is due; return how much of it has ended. Where nothing is, it asks one question by index."""
        now = self.clock.now()
        if self.wallet is None or not (due := await self.db.charges.due(now, _AT_ONCE)):
            return 0
        claimed = await self.db.transact(lambda tx: self._claim(tx, due, now))
        accounts = await self.db.ledger_accounts.names({charge.sender for charge in claimed})
        calls = [self._reverse(self.wallet, one, UserId(accounts[one.sender].owner)) for one in claimed]
        return sum(await asyncio.gather(*calls))

    async def _claim(self, tx: Tx, due: Sequence[str], now: datetime) -> Sequence[Charge]:
        claimed = []
        for known in (await tx.charges.lock(due)).values():
            if known.due is None or known.due > now:
                continue  # another process has it
            is_left = known.state is ChargeState.ASKED
            charge = await self.doubts.note(tx, known, "the process that asked has died", now) if is_left else known
            claimed.append(replace(charge, due=now + _CLAIM, tries=charge.tries + 1))
        await tx.charges.put(claimed)
        return claimed

    async def _reverse(self, wallet: WalletCalls, charge: Charge, sender: UserId) -> bool:
        """Ask once; return whether that was the end of it."""
        try:
            await wallet.reverse(charge, sender)
        except WalletSilent as silent:
            why = f"{silent}"[:SAID_MAX]
            log.warning("charges.not_reversed", charge=charge.id, tries=charge.tries, cause=why)
            await self._put(charge, replace(charge, due=next_try(charge.tries, self.clock.now()), said=why))
            return False
        faults.point("charge.reversed")
        await self._put(charge, replace(charge, state=_ENDS[charge.state], due=None, said=""))
        return True

    async def _put(self, claimed: Charge, changed: Charge) -> None:
        """Write what came of a claimed charge, unless somebody else has claimed it since."""

        async def work(tx: Tx) -> None:
            known = (await tx.charges.lock([claimed.id]))[claimed.id]
            if (known.state, known.tries) == (claimed.state, claimed.tries) or changed.due is None:
                await tx.charges.put([changed])

        await self.db.transact(work)


async def late_charges(tx: Tx, now: datetime) -> Sequence[LedgerDifference]:
    """Return charges that should have been reversed, and coins that should have been given back."""
    late = await tx.charges.waiting_since(now - LATE, _SHOWN)
    return [LedgerDifference(LedgerCheck.CHARGE, one.tenant, one.id, 0, one.coins) for one in late]
