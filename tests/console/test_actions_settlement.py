"""What operators do with payouts, agencies and periods."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from playwright.async_api import expect

from tests.console.evening import Evening, id_of

SETTINGS: Final = {"earnings_clear": "1s"}
CALL: Final = """async ([method, given]) => (await fetch(`/base/v1/${method}`, {
  method: 'POST',
  headers: {'content-type': 'application/json', 'x-liveroom-console': '1'},
  body: JSON.stringify(given),
})).json()"""
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_an_agency_is_made_changed_and_closed(evening: Evening) -> None:
    bob = await evening.guest("Bob")
    await evening.open("/settlement?tab=agencies")
    await evening.desk.at("add-agency").click()
    await evening.go(name="Stars", ownerId=await id_of(bob), terms="10 % for us")
    await evening.toast("The agency is there.")
    await evening.row("Stars").get_by_role("button", name="Edit").click()
    await evening.go(name="Moon")
    await evening.toast("It is saved.")
    await evening.row("Moon").get_by_role("button", name="Close").click()
    await evening.go("it is over")
    await evening.toast("The agency is closed.")
    await expect(evening.row("Moon")).to_contain_text("closed")
    await evening.check("admin/create_agency", "admin/update_agency", "admin/close_agency")


async def test_a_period_is_settled_and_its_file_saved(evening: Evening) -> None:
    month = f"{datetime.now(UTC).replace(day=1) - timedelta(days=1):%Y-%m}"
    await evening.open("/settlement")
    await evening.desk.at("settle").click()
    await evening.go(period=month)
    await evening.toast("It is being settled.")
    await expect(evening.row(month)).to_contain_text("closed")
    async with evening.page.expect_download() as saved:
        await evening.desk.at(f"file-{month}").click()
    assert (await saved.value).suggested_filename == "statements.csv"
    await evening.row(month).get_by_role("button").first.click()
    await expect(evening.page.get_by_text("No points have moved in this period.")).to_be_visible()
    await evening.check("admin/settle")


async def test_rules_of_bonuses_are_made_changed_and_removed(evening: Evening) -> None:
    await evening.open("/settlement?tab=bonuses")
    await expect(evening.page.get_by_text("There are no bonuses.")).to_be_visible()
    await evening.desk.at("add-rule").click()
    await evening.go(id="gold", points="100000", hours="30", bonusPoints="5000", bonusPerMille="10")
    await evening.toast("It is saved.")
    await expect(evening.row("gold")).to_contain_text("5,000 points + 10 ‰")
    await evening.desk.at("add-rule").click()
    await evening.go("", {"For": "agencies"}, id="big", points="500000", bonusPoints="9000")
    await evening.toast("It is saved.")
    await evening.page.get_by_role("button", name="Edit gold").click()
    await evening.go(hours="0")
    await expect(evening.row("gold")).to_contain_text("any")
    await evening.page.get_by_role("button", name="Remove gold").click()
    await evening.go("too dear")
    await evening.lists("gold", there=False)
    await expect(evening.row("big")).to_contain_text("500,000")
    await evening.check("admin/set_bonus_rules")


async def test_payouts_are_settled_and_cancelled(evening: Evening) -> None:
    bob = await evening.guest("Bob")
    await evening.open_user(bob, "wallet")
    await evening.desk.at("give").click()
    await evening.go("contest", {"Kind": "put right: more points"}, amount="300")
    await evening.toast("The wallet has it.")
    now = await evening.page.evaluate("Date.now()")
    await evening.page.wait_for_function("since => Date.now() > since + 1500", arg=now)
    for key in ("first", "second"):
        given = {"userId": await id_of(bob), "points": 100, "key": key, "why": "November"}
        assert (await evening.page.evaluate(CALL, ["admin/hold_payout", given]))["errorCode"] == 0
    await evening.open("/payouts")
    await evening.row("first").get_by_role("button", name="Paid").click()
    await evening.go()
    await evening.toast("It is paid.")
    await evening.row("second").get_by_role("button", name="Cancel").click()
    await evening.go("the account is closed")
    await evening.toast("It is cancelled.")
    await expect(evening.page.get_by_text("No payout waits to be paid.")).to_be_visible()
    await evening.check("admin/settle_payout", "admin/cancel_payout")
