"""What an operator does about a battle: its scores are seen as they change, and it is ended for both rooms at once."""

import pytest
from playwright.async_api import expect

from tests.console.evening import Evening
from tests.page.test_battles import give, invite

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_a_battle_that_an_operator_ends_is_decided_by_its_scores(evening: Evening) -> None:
    other = await evening.hall.guest("Noor")
    there = await other.go_live("Noor's show")
    bob = await evening.guest("Bob")
    await evening.open(f"/rooms/{evening.room}?tab=battles")
    await expect(evening.page.get_by_text("This room has been in no battle.")).to_be_visible()
    await invite(evening.host, there)
    await other.at("ask-agree").click()
    await expect(evening.row(there)).to_contain_text("running")
    await give(bob, "Coffee")
    await expect(evening.row(there).get_by_test_id("score").first).to_have_text("10")
    await evening.desk.at("end-battle").click()
    ended = evening.go("against the rules of the house")
    await evening.after("end a battle", ended, other, "[data-testid=battle-result]", "")
    await expect(other.at("battle-result")).to_have_text("You lose")
    await expect(evening.row(there)).to_contain_text("side 1 has won, ended by an operator")
    await expect(evening.desk.at("end-battle")).to_have_count(0)
    await evening.check("admin/end_battle")
