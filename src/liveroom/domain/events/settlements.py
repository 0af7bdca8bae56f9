"""Events of statements, in the stream of whoever they are for."""

from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.ledger.accounts import AccountKind
from liveroom.domain.payloads import Counter, Instant, instant_text
from liveroom.domain.settlement.bonuses import GivenBonus
from liveroom.domain.settlement.model import AccountStatement

_Kind = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["earnings", "agency"]})]


class ClosedStatement(EventPayload):
    """A period is closed, and this is what has moved in an account of points in it."""

    kind: ClassVar[str] = "statement.closed"
    period: str
    begins: Instant
    ends: Instant
    account_id: str
    """For ``admin/hold_payout``."""
    account_kind: _Kind
    """``earnings``: of a host. ``agency``: of an agency."""
    user_id: str
    """The host; empty for an agency."""
    agency_id: str
    """The agency; empty for a host."""
    opening: Counter
    gifts: Counter
    refunds: Counter
    adjustments: Counter
    payouts: Counter
    bonuses: Counter
    """Of earlier periods."""
    closing: Counter
    live_seconds: Counter
    given: list[GivenBonus]
    """The bonuses for this period."""


def closed(statement: AccountStatement, owner: str, at: datetime) -> NewEvent:
    """Return the event of a statement that can be seen now; ``owner``: the host or the agency."""
    is_agency = statement.kind is AccountKind.AGENCY
    payload = ClosedStatement(
        period=statement.period,
        begins=instant_text(statement.begins),
        ends=instant_text(statement.ends),
        account_id=statement.account,
        account_kind=statement.kind.value,
        user_id="" if is_agency else owner,
        agency_id=owner if is_agency else "",
        closing=statement.moved.closing,
        live_seconds=statement.live,
        given=list(statement.given),
        **statement.moved._asdict(),
    )
    return NewEvent(payload.kind, "", at, payload)
