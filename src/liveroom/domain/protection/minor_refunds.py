"""A minor's period that is taken back: all gifts first, as they were split, then what was bought."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from liveroom.domain.ids import TenantName, UserId, first_id
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId, LedgerJournal, MoveKind


class MinorRefundStep(StrEnum):
    """What is done next."""

    GIFTS = "gifts"
    """Gifts that were paid with bought coins."""
    PROMO = "promo"
    """Gifts that were paid with promotional coins alone."""
    CHARGED = "charged"
    """Gifts that the operator's own wallet has paid: it gives each back."""
    PURCHASES = "purchases"
    DONE = "done"


_NEXT: Final[Mapping[MinorRefundStep, MinorRefundStep]] = {
    MinorRefundStep.GIFTS: MinorRefundStep.PROMO,
    MinorRefundStep.PROMO: MinorRefundStep.CHARGED,
    MinorRefundStep.CHARGED: MinorRefundStep.PURCHASES,
    MinorRefundStep.PURCHASES: MinorRefundStep.DONE,
}


@dataclass(frozen=True, slots=True)
class MinorRefund:
    """What is taken back, and how far it is. Whoever changes it has locked it."""

    id: str
    tenant: TenantName
    key: str
    digest: str
    user: UserId
    wallet: AccountId
    promo: AccountId
    """The accounts outlast the user."""
    since: datetime
    until: datetime
    """Without this moment."""
    reason: str
    by: str
    created: datetime
    step: MinorRefundStep = MinorRefundStep.GIFTS
    done_to: str = ""
    """The line of the account's statement, or the gift of a charge, that was done last; "": none."""
    gifts: int = 0
    coins: int = 0
    """What the gifts cost."""
    purchases: int = 0
    purchased: int = 0
    """Coins of the purchases."""
    skipped: int = 0
    """Lines that could not be taken back, such as gifts to a frozen account."""
    finished: datetime | None = None

    @property
    def account(self) -> AccountId:
        """Return whose statement is gone through now."""
        return self.promo if self.step is MinorRefundStep.PROMO else self.wallet

    @property
    def cursor(self) -> tuple[JournalId, int]:
        """Return the place in the statement behind which it goes on: backwards, from the period's end."""
        if not self.done_to:
            return JournalId(first_id(self.until)), 0
        journal, _, n = self.done_to.rpartition(".")
        return JournalId(journal), int(n)

    @property
    def charge_cursor(self) -> tuple[str, str]:
        """Return the charge, and its gift, behind which it goes on, likewise."""
        charge, _, gift = self.done_to.rpartition(".")
        return charge or first_id(self.until), gift

    @property
    def is_done(self) -> bool:
        return self.step is MinorRefundStep.DONE

    def reaches(self, journal: JournalId) -> bool:
        """Say whether a journal is not before the period."""
        return journal >= first_id(self.since)

    def concerns(self, journal: LedgerJournal) -> bool:
        """Say whether a line of the statement is one that this step takes back."""
        wanted = MoveKind.PURCHASE if self.step is MinorRefundStep.PURCHASES else MoveKind.GIFTS
        return journal.kind is wanted

    def after(self, place: str, n: int | str) -> "MinorRefund":
        """Return it with that line of a journal, or that gift of a charge, behind it."""
        return replace(self, done_to=f"{place}.{n}")

    def next_step(self, now: datetime) -> "MinorRefund":
        """Return it once the statement was gone through."""
        step = _NEXT[self.step]
        return replace(self, step=step, done_to="", finished=now if step is MinorRefundStep.DONE else None)

    def again(self) -> "MinorRefund":
        """Return it from its beginning, for what was skipped."""
        return replace(self, step=MinorRefundStep.GIFTS, done_to="", skipped=0, finished=None)
