"""The SQL seam of paying for gifts: what a batch of orders is decided on, read in one go."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.agencies.model import AgencyId
from liveroom.domain.gifts.sending import SentGift
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import Account, AccountId


class PaymentQuestions(NamedTuple):
    """What is asked for a batch of orders."""

    wallets: Collection[AccountId]
    """The accounts of the senders."""
    attempts: Collection[str]
    combos: Collection[str]
    hosts: Collection[UserId]
    """Receivers of gifts in which agencies have a share."""
    now: datetime


class PaymentAnswers(NamedTuple):
    """What was found."""

    locked: Mapping[AccountId, Account]
    known: Mapping[str, Sequence[SentGift]]
    """What was made of these attempts, by them."""
    combos: Mapping[str, int]
    """How many were sent in each combo so far."""
    agencies: Mapping[UserId, AgencyId]
    """With which open agency each host is now."""


class PaymentReads(Protocol):
    """Reads for a batch of orders."""

    async def read(self, questions: PaymentQuestions) -> PaymentAnswers:
        """Lock the wallets in the order of their ids, then read the rest under their locks."""
