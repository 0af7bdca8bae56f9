"""The seams of the operator's own wallet: its charges in SQL, and the way to it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from liveroom.domain.gifts.charges import Charge, ChargeState
from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId


class TakenCoins(NamedTuple):
    """What charges of a tenant have taken for gifts of a span, and what was moved from outside for them."""

    charged: int
    moved: int


class ChargedGift(NamedTuple):
    """A gift that a charge has paid for."""

    charge: str
    gift: str


class ChargeRows(Protocol):
    """Charges. Whoever adds one has locked its sender's account; whoever changes one has locked it."""

    async def add(self, charges: Sequence[Charge]) -> None: ...
    async def put(self, charges: Sequence[Charge]) -> None: ...
    async def of_attempts(self, attempts: Collection[str]) -> Mapping[str, Charge]: ...
    async def open_of(self, senders: Collection[AccountId]) -> Collection[AccountId]:
        """Return those of them who have a charge that is open."""

    async def lock(self, ids: Collection[str]) -> Mapping[str, Charge]:
        """Return charges and keep others from changing them, in the order of their ids."""

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Return charges about which something is to be done, those first that have waited longest."""

    async def waiting_since(self, before: datetime, limit: int) -> Sequence[Charge]:
        """Return charges from before that time which wait to be reversed or given back."""

    async def count_waiting(self) -> int:
        """Return how many charges wait to be reversed or given back, of all tenants."""

    async def oldest_waiting(self) -> datetime | None:
        """Return since when the oldest of them has."""

    async def page(self, tenant: TenantName, state: ChargeState, before: str, limit: int) -> Sequence[Charge]:
        """Return those of a state, the newest first."""

    async def between(self, tenant: TenantName, begin: str, end: str, limit: int) -> Sequence[Charge]:
        """Return those of a span of ids, ``end`` not among them, in the order of their ids."""

    async def gifts_of(
        self, sender: AccountId, since: str, before: tuple[str, str], limit: int
    ) -> Sequence[ChargedGift]:
        """Return all gifts of so many of somebody's charges, from an id on, the newest first; nothing: there are no
        more. ``before``: those behind a charge and a gift of it ("": before that charge).
        """

    async def taken_from(self, sender: AccountId, since: str, until: str) -> int:
        """Return how many coins somebody's charges of a span of ids have taken; ``until`` is not among them."""

    async def asked_of(self, sender: AccountId, since: str, until: str) -> bool:
        """Say whether the wallet is still being asked about one of somebody's charges of such a span."""

    async def compared(self, begin: JournalId, end: JournalId) -> Mapping[TenantName, TakenCoins]:
        """Return the sums of a span of journals by what charges say and by what was moved."""


class OperatorWallet(Protocol):
    """Sends messages to the operator's wallet."""

    async def send(self, id: str, now: datetime, body: bytes) -> Any:
        """Return the JSON that was answered and is the operator's for sure: signed, or over TLS.

        Raises ``WalletSilent``. The caller's own time limit ends it.
        """

    async def close(self) -> None: ...
