"""`liveroom doctor` says what the audit of the ledger has found, and that it is behind."""

from liveroom.app.assembly import Core
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.ledger.differences import LedgerCheck, LedgerDifference
from tests.operator import Operator


def found(operator: Operator, *differences: LedgerDifference) -> str:
    """Return what the doctor says of the ledger once the audit has found something."""

    async def tell(core: Core) -> None:
        await core.services.money.findings.tell(differences)

    operator.within(tell)
    out, _ = operator.run_apart("doctor", status=1)
    return "\n".join(line for line in out.splitlines() if " ledger" in line)


def test_the_doctor_says_what_differs_and_what_has_waited_for_too_long(operator: Operator) -> None:
    operator.settle(LIVEROOM_GIFTS="on")
    operator.begin()
    said = found(
        operator,
        LedgerDifference(LedgerCheck.ACCOUNT, DEFAULT_TENANT, "wallet-of-ann", 600, 601),
        LedgerDifference(LedgerCheck.PAYOUT, DEFAULT_TENANT, "november", 0, 500),
    )
    assert "account wallet-of-ann: 601 instead of 600" in said
    assert "payout november: 500 instead of 0" in said
