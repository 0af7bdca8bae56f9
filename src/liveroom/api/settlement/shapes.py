"""What methods about settlements answer."""

from typing import Annotated, Any

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.ledger.accounts import AccountKind
from liveroom.domain.moderation.audit import shown_actor
from liveroom.domain.payloads import Counter, time_or_empty, wire_time
from liveroom.domain.settlement.bonuses import BonusRule, GivenBonus
from liveroom.domain.settlement.model import Settlement, SettlementState
from liveroom.usecases.settlement.statements import OwnedStatement

_State = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SettlementState)})]
_Kind = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["earnings", "agency"]})]


class StatementObject(Shape):
    """What has moved in an account of points in a period: ``opening`` and the columns behind it are ``closing``."""

    period: str
    """Such as ``2026-11`` or ``2026-W48``."""
    begin_utc: str
    end_utc: str
    account_kind: _Kind
    """``earnings``: of a host. ``agency``: of an agency."""
    user_id: str
    """The host; empty for an agency."""
    agency_id: str
    """The agency; empty for a host."""
    opening: Counter
    """What was there when the period began."""
    gifts: Counter
    refunds: Counter
    """Of gifts that were taken back; negative."""
    adjustments: Counter
    """What the operator has put right."""
    payouts: Counter
    """Negative; those that were cancelled are back in."""
    bonuses: Counter
    """Those of earlier periods, which were given in this one."""
    closing: Counter
    """What was there when the period ended."""
    live_seconds: Counter
    """For how long the host was live; 0 for an agency."""
    bonus: Counter
    """The bonuses for this period: given when it was closed, so that they are in the next one's ``bonuses``."""
    given: list[GivenBonus]
    """By which rule how much."""
    closed_utc: str
    """When the period was closed; empty: it is being settled."""


class AdminAccountStatement(StatementObject):
    """The same as operators see it."""

    account_id: str
    """For ``admin/hold_payout``; as ``cursor`` it leads to the statements behind it."""


class SettlementObject(Shape):
    """How far the settlement of a period has come."""

    period: str
    begin_utc: str
    end_utc: str
    state: _State
    """``counting``: statements are computed. ``counted``: all are there, and the bonuses wait for an approval.
    ``paying``: bonuses are given, and statements shown. ``closed``."""
    statements: Counter
    """How many there are so far."""
    gifts: Counter
    """What gifts have earned hosts and agencies, without those that were taken back."""
    bonus: Counter
    """What all bonuses come to."""
    rules: list[BonusRule]
    """By which they are given: those that there were when it began."""
    approval_id: str
    """The request that waits for a second person; empty: none does."""
    by: str
    """Who has begun it."""
    time_utc: str
    closed_utc: str
    """Empty: not yet."""


class SettledObject(SettlementObject):
    """What came of a call that settles."""

    repeated: bool
    """It was closed by an earlier call."""


class StatementsLink(Shape):
    """Where to fetch the file, by GET, once or several times."""

    link: str
    """Below the service's address."""
    expire_utc: str


class BonusRules(Shape):
    """The rules of bonuses."""

    rules: list[BonusRule]


def statement_of(owned: OwnedStatement) -> StatementObject:
    """Return a statement as whoever it is for sees it."""
    return StatementObject(**_seen(owned))


def admin_statement(owned: OwnedStatement) -> AdminAccountStatement:
    """Return a statement as operators see it."""
    return AdminAccountStatement(**_seen(owned), account_id=owned.statement.account)


def settlement_of(one: Settlement) -> SettlementObject:
    """Return a settlement as operators see it."""
    return SettlementObject(**seen_settlement(one))


def seen_settlement(one: Settlement) -> dict[str, Any]:
    """Return the fields of a ``SettlementObject``."""
    return {
        "period": one.period,
        "begin_utc": wire_time(one.begins),
        "end_utc": wire_time(one.ends),
        "state": one.state.value,
        "statements": one.statements,
        "gifts": one.gifts,
        "bonus": one.bonus,
        "rules": list(one.rules),
        "approval_id": one.approval,
        "by": shown_actor(one.made_by),
        "time_utc": wire_time(one.created),
        "closed_utc": time_or_empty(one.closed),
    }


def _seen(owned: OwnedStatement) -> dict[str, Any]:
    one, is_agency = owned.statement, owned.statement.kind is AccountKind.AGENCY
    return {
        "period": one.period,
        "begin_utc": wire_time(one.begins),
        "end_utc": wire_time(one.ends),
        "account_kind": one.kind.value,
        "user_id": "" if is_agency else owned.owner,
        "agency_id": owned.owner if is_agency else "",
        **one.moved._asdict(),
        "closing": one.moved.closing,
        "live_seconds": one.live,
        "bonus": one.bonus,
        "given": list(one.given),
        "closed_utc": time_or_empty(one.closed),
    }
