"""Gifts in tests: orders that need no room, on either database."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from liveroom.domain.events.records import Target
from liveroom.domain.gifts.builtin import Defaults, builtin_catalogue
from liveroom.domain.gifts.catalogue import OfferedGift
from liveroom.domain.gifts.model import GiftId, Shares
from liveroom.domain.gifts.sending import GiftOrder
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.ledger.accounts import AccountKind, AccountName
from liveroom.domain.ledger.journals import LedgerCommand, Move, MoveKind, Posting, digest_of_said
from liveroom.domain.ledger.lots import Lot
from liveroom.domain.protection.caps import NO_CAPS, Caps, GivingLimits
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.gifts.paying import Payments
from liveroom.usecases.ledger.folding import Folding
from liveroom.usecases.ledger.posting import Ledger
from tests.worlds import WoundClock

HOME = TenantName("")
ROOM, BROADCAST = RoomId("700"), BroadcastId("b1")
NOW = datetime(2026, 11, 30, tzinfo=UTC)
TODAY = NOW.date()
_CATALOGUE = builtin_catalogue(HOME, Defaults(50, Shares(700, 100, 200)))
_keys = itertools.count(1)


def offered(id: str) -> OfferedGift:
    """Return a built-in gift: a rose costs 1, a heart 5, a coffee 10, a cake 199."""
    gift = _CATALOGUE.find(GiftId(id))
    return OfferedGift(gift.gift, gift.newest)


def order(
    sender: str,
    *receivers: str,
    gift: str = "heart",
    key: str = "",
    count: int = 1,
    combo: str = "",
    caps: Caps = NO_CAPS,
    today: date = TODAY,
) -> GiftOrder:
    """Return an order of a gift; without a key, with a fresh one."""
    key = key or f"k{next(_keys)}"
    return GiftOrder(
        tenant=HOME,
        sender=UserId(sender),
        receivers=tuple(map(UserId, receivers)),
        room=ROOM,
        broadcast=BROADCAST,
        offered=offered(gift),
        count=count,
        key=key,
        digest=digest_of_said(gift, count, *receivers),
        combo=combo,
        category="",
        names={},
        limits=GivingLimits(caps, today),
        at=NOW,
    )


@dataclass
class Shop:
    """What pays for gifts, on a database."""

    db: SqlDatabase
    clock: WoundClock = field(default_factory=WoundClock)
    wanted: Sequence[Target] = ()

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.clock)
        self.payments = self.counter()
        self.folding = Folding(self.db, self.clock, self.ledger)

    def counter(self) -> Payments:
        """Return payments as another process has them: without what this one remembers."""
        return Payments(self.db, self.clock, self.ledger, EventRecorder(lambda _: self.wanted, self.clock))

    async def give(self, user: str, coins: int = 0, promo: int = 0, lasts: timedelta | None = None) -> None:
        """Put coins into a user's wallet."""
        for amount, source, kind in (
            (coins, AccountKind.FLOAT, AccountKind.WALLET),
            (promo, AccountKind.GRANTS, AccountKind.PROMO),
        ):
            if amount:
                await self._give(user, amount, source, kind, lasts)

    async def balance(self, kind: AccountKind, owner: str = "") -> int:
        """Return what an account has, with what waits for it."""
        name = AccountName(HOME, kind, owner)
        held = await self.db.ledger_accounts.holdings([name])
        return held[name].total if name in held else 0

    async def _give(
        self, user: str, amount: int, source: AccountKind, kind: AccountKind, lasts: timedelta | None
    ) -> None:
        move = MoveKind.GRANT if kind is AccountKind.PROMO else MoveKind.PURCHASE
        command = LedgerCommand(HOME, move, f"g{next(_keys)}", digest_of_said(), "test")
        account = AccountName(HOME, kind, user)
        posting = Posting(command, [Move(AccountName(HOME, source), -amount), Move(account, amount)])

        async def work(tx: Tx) -> None:
            journal = await self.ledger.post(tx, posting)
            if kind is AccountKind.PROMO:
                ids = await tx.ledger_accounts.open([account])
                expires = None if lasts is None else self.clock.now() + lasts
                await tx.lots.add([Lot(journal.id, ids[account], amount, expires)])

        await self.db.transact(work)
