"""The operator's wallet as it is asked: what each message says. Only a clear answer, in time, counts."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import msgspec
import structlog

from liveroom import deadlines
from liveroom.domain.gifts.charges import (
    ASK_TIMEOUT,
    REVERSE_TIMEOUT,
    Charge,
    ChargeAnswer,
    WalletSilent,
    check_reversal,
    read_ask,
)
from liveroom.domain.gifts.sending import GiftOrder
from liveroom.domain.hooks.model import HookBreaker
from liveroom.domain.ids import TenantName, UserId, new_id
from liveroom.ports import Clock, OperatorWallet

log = structlog.get_logger("liveroom.charges")

_AT_ONCE: Final = 256
"""Charges that one process asks for at once; more wait for their turn, within their time."""
_encode: Final = msgspec.json.Encoder().encode


@dataclass(slots=True)
class WalletCalls:
    """Asks the operator's wallet."""

    client: OperatorWallet
    clock: Clock
    outcomes: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """How often it was asked, by what came of it."""
    ask_timeout: timedelta = ASK_TIMEOUT
    reverse_timeout: timedelta = REVERSE_TIMEOUT
    _breaker: HookBreaker = field(default_factory=HookBreaker)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def lets_through(self) -> bool:
        """Say whether to ask now: after failures in a row nobody waits for a while, and one call tries it."""
        if self._breaker.lets_through(self.clock.now()):
            return True
        self.outcomes["left_alone",] += 1
        return False

    async def ask(self, charge: Charge, order: GiftOrder) -> ChargeAnswer:
        """Have coins taken. Raises ``WalletSilent`` where nobody knows whether they are."""
        data = {
            **_about(charge, order.sender),
            "giftId": order.offered.gift.id,
            "version": order.offered.version.number,
            "count": order.count,
            "receiverIds": list(order.receivers),
            "roomId": order.room,
            "broadcastId": order.broadcast,
            "key": order.key,
        }
        try:
            with deadlines.outside():
                given = await self._send("charge.ask", order.tenant, data, self.ask_timeout)
            answer = read_ask(charge.id, given)
        except WalletSilent as silent:
            self._note(silent)
            raise
        if self._breaker.succeeded():
            log.info("charges.recovered")
        self.outcomes["charged" if answer.is_charged else "refused",] += 1
        return answer

    async def reverse(self, charge: Charge, sender: UserId) -> None:
        """Have a charge reversed, or the coins of a refunded gift given back. Raises ``WalletSilent`` until it is."""
        if charge.charge:
            data = {
                **_about(charge, sender),
                "refundId": charge.id,
                "chargeId": charge.charge,
                "sentId": charge.attempt,
            }
            given = await self._send("charge.refund", charge.tenant, data, self.reverse_timeout)
        else:
            given = await self._send("charge.reverse", charge.tenant, _about(charge, sender), self.reverse_timeout)
        check_reversal(charge, given)
        self.outcomes["refunded" if charge.charge else "reversed",] += 1

    async def _send(self, kind: str, tenant: TenantName, data: Mapping[str, Any], timeout: timedelta) -> Any:
        now = self.clock.now()
        id = f"chg_{new_id(now)}"
        body = _encode({"id": id, "type": kind, "timestamp": now, "tenant": tenant, "data": data})
        try:
            async with asyncio.timeout(timeout.total_seconds()), self._slots:
                return await self.client.send(id, now, body)
        except TimeoutError:
            raise WalletSilent(f"it did not answer within {timeout.total_seconds():g} s") from None

    def _note(self, silent: WalletSilent) -> None:
        """Log the first failure and the one that opens the breaker, not the thousands in between."""
        self.outcomes["unknown",] += 1
        opens = self._breaker.failed(self.clock.now())
        if opens or self._breaker.failures == 1:
            log.warning("charges.left_alone" if opens else "charges.unanswered", cause=str(silent))


def _about(charge: Charge, sender: UserId) -> dict[str, Any]:
    return {"chargeId": charge.id, "userId": sender, "coins": charge.coins}
