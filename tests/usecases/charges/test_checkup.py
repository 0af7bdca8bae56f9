"""`liveroom doctor` has the operator's wallet reverse a charge that there never was."""

from dataclasses import replace

from liveroom.app.checkup.charges import look_at_operator_wallet
from liveroom.domain.findings import Finding, Level
from tests.usecases.charges.conftest import ChargedEvening


async def looked(evening: ChargedEvening, **changes: object) -> list[Finding]:
    settings = replace(evening.world.core.settings, **changes)  # type: ignore[arg-type]
    return [finding async for finding in look_at_operator_wallet(settings, evening.world.core.clock)]


async def test_the_doctor_asks_the_wallet_what_changes_nothing(evening: ChargedEvening) -> None:
    (found,) = await looked(evening)
    assert (found.level, found.fact) == (Level.WARN, "your wallet answers, without encryption")
    assert evening.server.asked == [("charge.reverse", {"chargeId": "doctor", "userId": "", "coins": 0})]
    evening.server.signs = False
    (found,) = await looked(evening)
    assert found.level is Level.FAIL
    assert "not signed with the secret" in found.fact
    assert await looked(evening, gifts="off") == []
    evening.server.signs = True
