"""What an operator does about an activity: a poll is seen with its votes, and ended for the whole room."""

import pytest
from playwright.async_api import expect

from tests.console.evening import Evening

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_a_poll_that_an_operator_ends_is_over_for_everybody(evening: Evening) -> None:
    bob = await evening.guest("Bob")
    await evening.open(f"/rooms/{evening.room}?tab=activities")
    await expect(evening.page.get_by_text("There was no activity in this room.")).to_be_visible()
    await evening.host.at("poll-open").click()
    await evening.host.at("poll-question").fill("Buy this?")
    await evening.host.at("poll-options").fill("Yes\nNo")
    await evening.host.at("poll-start").click()
    await bob.at("choice-option-1").click()
    await expect(evening.row("Buy this?")).to_contain_text("running")
    await evening.desk.at("end-activity").click()
    ended = evening.go("against the rules of the house")
    await evening.after("end an activity", ended, bob, "[data-testid=choice]", "Result")
    await expect(evening.row("Buy this?")).to_contain_text("ended by hand")
    await expect(evening.desk.at("end-activity")).to_have_count(0)
    await evening.check("admin/end_activity")
