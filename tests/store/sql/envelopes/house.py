"""Red envelopes in tests: filled and grabbed without any room, on either database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from liveroom.domain.envelopes.draw import SEED_BYTES, Split
from liveroom.domain.envelopes.grabbing import GrabDecision, GrabOrder
from liveroom.domain.envelopes.model import Envelope, EnvelopeAudience, EnvelopeState
from liveroom.domain.gifts.sending import attempt_of
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.ledger.accounts import AccountKind, AccountName
from liveroom.domain.ledger.journals import LedgerCommand, Move, MoveKind, Posting, digest_of_said
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.envelopes.giving import Giving, WaitingGrab
from liveroom.usecases.events.recorder import EventRecorder, no_targets
from liveroom.usecases.ledger.posting import Ledger
from tests.worlds import WoundClock

HOME = TenantName("")
HOST = UserId("1")
NOW = datetime(2026, 11, 30, tzinfo=UTC)


@dataclass
class House:
    """What fills envelopes and gives their parts away, on a database."""

    db: SqlDatabase
    clock: WoundClock = field(default_factory=WoundClock)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.clock)

    def giving(self) -> Giving:
        """Return what gives, as each process has one."""
        return Giving(self.db, self.clock, self.ledger, EventRecorder(no_targets, self.clock), timedelta(days=1))

    async def fill(self, id: str, coins: int, parts: int, split: Split = Split.RANDOM) -> Envelope:
        """Put coins of the operator's into an envelope that is open for a minute."""
        grants, now = AccountName(HOME, AccountKind.GRANTS), self.clock.now()

        async def work(tx: Tx) -> Envelope:
            source = (await tx.ledger_accounts.open([grants]))[grants]
            envelope = Envelope(
                id=id,
                tenant=HOME,
                room=RoomId("700"),
                broadcast=BroadcastId("b1"),
                source=source,
                attempt=attempt_of(source, id),
                digest="",
                coins=coins,
                parts=parts,
                split=split,
                audience=EnvelopeAudience.EVERYONE,
                seed=id.encode().ljust(SEED_BYTES, b"\0"),
                sent=now,
                opens=now,
                ends=now + timedelta(minutes=1),
                state=EnvelopeState.OPEN,
            )
            command = LedgerCommand(HOME, MoveKind.ENVELOPE, id, digest_of_said(), "test")
            await self.ledger.post(tx, Posting(command, [Move(grants, -coins), Move(envelope.account, coins)]))
            await tx.envelopes.add(envelope)
            return envelope

        return await self.db.transact(work)

    async def promo(self, user: str) -> int:
        """Return what somebody has grabbed altogether."""
        name = accounts_of(HOME, UserId(user)).promo
        found = await self.db.ledger_accounts.find([name])
        return found[name].balance if name in found else 0

    async def held(self, envelope: Envelope) -> int:
        """Return what is in an envelope."""
        return (await self.db.ledger_accounts.find([envelope.account]))[envelope.account].balance


def grab(envelope: Envelope, user: str) -> WaitingGrab:
    """Return somebody's order."""
    return WaitingGrab(GrabOrder(envelope, UserId(user), user, HOST), UserId(""), "")


async def take(giving: Giving, asked: Sequence[tuple[Envelope, str]]) -> Sequence[GrabDecision]:
    """Decide grabs together."""
    return (await giving.take([grab(envelope, user) for envelope, user in asked])).decisions
