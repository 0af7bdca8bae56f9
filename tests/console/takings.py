"""A house with money in it: what its pages about envelopes, battles, payouts, charges and settlement show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from liveroom.app.backends import open_database
from liveroom.domain.gifts.charges import Charge, ChargeState
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, new_id
from liveroom.domain.ledger.accounts import AccountKind, AccountName
from liveroom.domain.settlement.bonuses import GivenBonus
from liveroom.domain.settlement.model import AccountStatement, MovedPoints, Settlement, SettlementState
from liveroom.ports import Tx
from liveroom.settings import load_settings
from liveroom.store.sql.database import SqlDatabase
from tests.console.desk import Office
from tests.console.house import House
from tests.service import SECRET
from tests.worlds import a_moment

MONTH = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
_CLEARED = 1.5
_RULES = (
    '{"gold": {"whose": "host", "points": 100000, "hours": 30, "bonusPoints": 5000, "bonusPerMille": 10},'
    ' "big": {"whose": "agency", "points": 500000, "bonusPerMille": 5}}'
)


@dataclass(frozen=True)
class Takings:
    """Where something of it is."""

    room: str
    envelope: str
    period: str

    @property
    def screens(self) -> Sequence[tuple[str, str]]:
        """Return names and addresses of the pages that show it."""
        return (
            ("charges", "/charges"),
            ("payouts", "/payouts"),
            ("settlement", f"/settlement?period={self.period}"),
            ("bonuses", "/settlement?tab=bonuses"),
            ("agencies", "/settlement?tab=agencies"),
            ("envelopes", f"/envelopes?envelope={self.envelope}"),
            ("room-envelopes", f"/rooms/{self.room}?tab=envelopes"),
            ("room-battles", f"/rooms/{self.room}?tab=battles"),
        )


async def take(office: Office, house: House) -> Takings:
    """Let people earn, be paid, grab and battle."""
    envelope = await _grabbed(house)
    await _battled(house)
    await _to_be_paid(house)
    db = await open_database(load_settings({"data_dir": office.folder, "secret": SECRET}, environ={}, dotenv=None))
    try:
        await _doubted(db, house)
        await _settled(db, house)
    finally:
        await db.close()
    return Takings(house.room, envelope, f"{MONTH[0]:%Y-%m}")


async def _ask(house: House, method: str, **given: object) -> dict[str, str]:
    answer = await house.chief.call(f"admin/{method}", {**given, "why": "for a test"})
    assert answer.code == 0, answer.body
    found: dict[str, str] = answer.body.get("data") or {}
    return found


async def _grabbed(house: House) -> str:
    terms = {"roomId": house.room, "coins": 8888, "parts": 3, "reason": "opening night"}
    sent = await _ask(house, "send_envelope", **terms, key="opening-1")
    await house.guest.call("envelopes/grab", envelopeId=sent["envelopeId"])
    await _ask(house, "cancel_envelope", envelopeId=sent["envelopeId"], reason="the show is over")
    await _ask(house, "send_envelope", **{**terms, "coins": 600, "opensIn": 300}, key="opening-2")
    return sent["envelopeId"]


async def _battled(house: House) -> None:
    other = await house.come("Noor")
    room = str((await other.call("rooms/generate_roomid", category="show", title="Noor's show"))["roomId"])
    await other.call("rooms/enter_room", roomId=room, role="anchor", title="Noor's show")
    invited = await other.call("battles/invite", roomId=room, roomIds=house.room)
    await house.host.call("battles/accept", roomId=house.room, battleId=invited["battleId"])


async def _to_be_paid(house: House) -> None:
    host = house.host.user
    points = {"userId": host, "amount": 12_000, "kind": "adjust", "currency": "point", "key": "earned-1"}
    await _ask(house, "credit_wallet", **points, reason="contest")
    await a_moment(_CLEARED)
    await _ask(house, "hold_payout", userId=host, points=7_000, key="2026-02-ann")
    made = await _ask(house, "create_agency", name="Starlight 星光公会", ownerId=host, terms="10 % for us")
    await _ask(house, "invite_host", agencyId=made["agencyId"], userId=house.guest.user)
    await _ask(house, "set_bonus_rules", rules=_RULES)


async def _doubted(db: SqlDatabase, house: House) -> None:
    """Have charges of which nobody knows, as a wallet that does not answer leaves them."""
    now = datetime.now(UTC)
    for user, gift in ((house.guest.user, "rose"), (house.banned.user, "castle")):
        name = AccountName(DEFAULT_TENANT, AccountKind.WALLET, user)
        charge = Charge(
            id=new_id(now),
            tenant=DEFAULT_TENANT,
            sender=(await db.ledger_accounts.open([name]))[name],
            attempt=f"tap-{user}",
            digest="",
            room=RoomId(house.room),
            gift=gift,
            count=9,
            coins=9_000,
            state=ChargeState.UNKNOWN,
            created=now,
            due=now + timedelta(days=1),
            said="it did not answer within 2 s",
        )
        await db.charges.add([charge])


async def _settled(db: SqlDatabase, house: House) -> None:
    begins, ends = MONTH
    name = AccountName(DEFAULT_TENANT, AccountKind.EARNINGS, house.host.user)
    account, period = (await db.ledger_accounts.open([name]))[name], f"{begins:%Y-%m}"
    moved = MovedPoints(opening=1_200, gifts=1_234_567, refunds=-350, payouts=-1_000_000, bonuses=5_000)
    given = (GivenBonus(rule="gold", points=17_345),)
    closed = ends + timedelta(hours=3)
    settlement = Settlement(
        *(DEFAULT_TENANT, period, begins, ends, SettlementState.CLOSED, (), "operator:chief", closed),
        statements=1,
        gifts=1_234_217,
        bonus=17_345,
        closed=closed,
    )
    statement = AccountStatement(
        *(DEFAULT_TENANT, period, account, AccountKind.EARNINGS, begins, ends, moved, 130_000, given), closed=closed
    )

    async def work(tx: Tx) -> None:
        await tx.settlements.add(settlement)
        await tx.settlements.put_statements([statement])

    await db.transact(work)
