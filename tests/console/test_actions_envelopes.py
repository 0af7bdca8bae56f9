"""What operators do with red envelopes: one of the house's goes into a room, people grab, and it is ended."""

import pytest
from playwright.async_api import expect

from tests.console.desk import Office
from tests.console.evening import Evening

SETTINGS = {"approval_limit": 500}
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_an_envelope_of_the_house_is_sent_grabbed_and_ended_and_its_draw_is_true(evening: Evening) -> None:
    bob = await evening.guest("Bob")
    await evening.open(f"/rooms/{evening.room}?tab=envelopes")
    await expect(evening.page.get_by_text("No red envelopes have been sent into this room.")).to_be_visible()
    await evening.desk.at("send-envelope").click()
    await evening.go("opening night", coins="88", parts="8", lasts="300")
    await evening.toast("It is in the room.")
    await expect(evening.row("the house")).to_contain_text("0 of 8")
    await bob.at("envelope-grab").first.click()
    await expect(evening.row("the house")).to_contain_text("1 of 8")
    await evening.page.get_by_role("button", name="Show the envelope of 88 coins").click()
    await expect(evening.desk.at("envelope")).to_contain_text("Bob")
    await expect(evening.desk.at("envelope")).to_contain_text("when it is over")
    await evening.desk.at("end-envelope").click()
    await evening.go("the show is over")
    await evening.toast("It is over.")
    await expect(evening.row("the house")).to_contain_text("ended by an operator")
    await expect(evening.desk.at("draw")).to_contain_text("The draw is the one that was promised")
    await evening.open("/envelopes")
    await expect(evening.row(evening.room)).to_contain_text("1 of 8")
    await evening.check("admin/send_envelope", "admin/cancel_envelope")


async def test_an_envelope_that_is_much_is_sent_once_another_operator_has_approved_it(
    evening: Evening, office: Office
) -> None:
    await evening.open(f"/rooms/{evening.room}?tab=envelopes")
    await evening.desk.at("send-envelope").click()
    await evening.go("gala", coins="600", parts="6")
    await expect(evening.desk.at("waits")).to_be_visible()
    desk = await office.desk()
    await desk.accept(await office.invite("second-of-envelopes"))
    other = Evening(desk, evening.host, evening.room, evening.hall)
    await other.open("/money")
    await expect(other.row("gala")).to_contain_text(evening.room)
    await other.row("gala").get_by_role("button").first.click()
    await desk.at("approve").click()
    await other.go()
    await other.toast("It is approved.")
    await evening.desk.at("send-envelope").click()
    await expect(evening.desk.at("confirm").locator("[name=coins]")).to_have_value("600")
    await evening.go("gala")
    await evening.toast("It is in the room.")
    await expect(evening.row("the house")).to_contain_text("600")
    await other.check("admin/decide_approval")
    await evening.check("admin/send_envelope")
