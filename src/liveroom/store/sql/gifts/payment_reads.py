"""What a batch of orders is decided on: four questions, on MySQL in one round trip; the first locks the wallets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liveroom.ports.payments import PaymentAnswers, PaymentQuestions
from liveroom.store.sql.agencies.rows import OF_HOSTS, agencies_by_host
from liveroom.store.sql.dialect import Row, Statement
from liveroom.store.sql.gifts.sent import COMBO_TOTALS, OF_ATTEMPTS, by_attempts
from liveroom.store.sql.instants import millis
from liveroom.store.sql.ledger.accounts import LOCK, accounts_by_id
from liveroom.store.sql.runner import Runner, SqlRead


@dataclass(frozen=True, slots=True)
class SqlPaymentReads:
    """``ports.PaymentReads``."""

    _runner: Runner

    async def read(self, questions: PaymentQuestions) -> PaymentAnswers:
        # The order counts: what is read before the lock may have changed by the time that the lock is there.
        asked = [
            SqlRead(LOCK, {"ids": sorted(questions.wallets)}),
            SqlRead(OF_ATTEMPTS, {"attempts": sorted(questions.attempts)}),
        ]
        if questions.combos:
            asked.append(SqlRead(COMBO_TOTALS, {"combos": sorted(questions.combos)}))
        if questions.hosts:
            asked.append(SqlRead(OF_HOSTS, {"hosts": sorted(questions.hosts), "now": millis(questions.now)}))
        rows = await self._runner.rows_of(*asked)
        found: Mapping[Statement, Sequence[Row]] = dict(zip((one.asked for one in asked), rows, strict=True))
        return PaymentAnswers(
            accounts_by_id(found[LOCK]),
            by_attempts(found[OF_ATTEMPTS]),
            {row[0]: int(row[1]) for row in found.get(COMBO_TOTALS, ())},
            agencies_by_host(found.get(OF_HOSTS, ())),
        )
