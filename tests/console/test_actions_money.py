"""What operators do with money: each action counts once, and what is much takes two of them."""

import time

import pytest
from playwright.async_api import expect

from tests.console.desk import Office
from tests.console.evening import PATIENCE, Evening, until
from tests.page.browser import Person

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_coins_are_credited_once_for_a_key_and_taken_back(evening: Evening) -> None:
    bob = await evening.guest("Bob")
    await evening.open_user(bob, "wallet")
    await evening.desk.at("give").click()
    await evening.go("bought in the shop", amount="600", key="GPA.1")
    await evening.toast("The wallet has it.")
    await expect(evening.row("coins bought")).to_contain_text("+600")
    await expect(bob.at("my-coins")).to_have_text("600")
    await evening.desk.at("give").click()
    await evening.go("bought in the shop", amount="601", key="GPA.1")
    await evening.toast("(code 3050)")
    await expect(evening.row("coins bought")).to_have_count(1)
    await evening.press("Take back")
    await evening.go("refunded by the store")
    await evening.toast("It is taken back.")
    await expect(evening.row("-600")).to_contain_text("taken back")
    await expect(evening.row("+600").get_by_role("button", name="Take back")).to_have_count(0)
    await evening.check("admin/credit_wallet", "admin/reverse_credit")


async def test_a_wallet_is_frozen_and_let_go(evening: Evening) -> None:
    bob = await evening.guest("Bob")
    await evening.open_user(bob, "wallet")
    await evening.press("Freeze")
    await evening.go("disputed")
    await expect(evening.desk.at("wallet")).to_contain_text("frozen")
    await evening.desk.at("give").click()
    await evening.go("welcome", {"Kind": "promotional coins"}, amount="5")
    await evening.toast("(code 3053)")
    await evening.press("Let go")
    await evening.go("settled")
    await expect(evening.desk.at("wallet")).not_to_contain_text("frozen")
    await evening.desk.at("give").click()
    await expect(evening.desk.at("confirm").locator("[name=amount]")).to_have_value("5")
    await evening.go("welcome")
    await expect(evening.row("coins granted")).to_contain_text("+5")
    await evening.check("admin/freeze_wallet", "admin/credit_wallet")


async def test_a_minors_period_is_taken_back_and_says_how_far_it_is(evening: Evening) -> None:
    bob = await evening.guest("Bob")
    await evening.open_user(bob, "wallet")
    await evening.desk.at("give").click()
    await evening.go("bought in the shop", amount="600")
    await expect(evening.row("coins bought")).to_contain_text("+600")
    bought = int(time.time())

    async def is_a_second_later() -> bool:
        return int(time.time()) > bought

    await until(is_a_second_later)
    await evening.desk.at("minor").click()
    await evening.go("the father wrote")
    await evening.toast("The period is being taken back.")
    await expect(evening.desk.at("minor-refund")).to_be_visible()

    async def is_done() -> bool:
        if await evening.desk.at("minor-look").count():
            await evening.desk.at("minor-look").click()
        return "Purchases: 1 (600 coins)" in await evening.desk.at("minor-refund").inner_text()

    await until(is_done, PATIENCE)
    await evening.check("admin/refund_minor")


async def test_what_is_much_waits_for_another_operator_and_is_then_carried_out(
    evening: Evening, office: Office
) -> None:
    bob = await evening.guest("Bob")
    await ask_for(evening, bob, "contest", "60000")
    await evening.desk.at("waits").get_by_role("link").click()
    await expect(evening.desk.at("approval")).to_contain_text("+60,000 coins")
    await expect(evening.desk.at("approve")).to_be_disabled()
    await expect(evening.desk.at("obstacle")).to_contain_text("Nobody approves what they have asked for")
    await ask_for(evening, bob, "a mistake", "70000")
    desk = await office.desk()
    await desk.accept(await office.invite("second-of-two"))
    other = Evening(desk, evening.host, evening.room, evening.hall)
    await expect(desk.at("nav-money")).to_contain_text("2")
    await desk.at("nav-money").click()
    await other.row("contest").get_by_role("button").first.click()
    await desk.at("approve").click()
    await other.go()
    await other.toast("It is approved.")
    await expect(desk.at("nav-money")).to_contain_text("1")
    await other.row("a mistake").get_by_role("button").first.click()
    await desk.at("refuse").click()
    await other.go("nobody knows of it")
    await other.toast("It is refused.")
    await evening.open("/money?state=approved")
    await evening.row("contest").get_by_role("button").first.click()
    await evening.desk.at("carry-out").click()
    await evening.go()
    await evening.toast("It is done.")
    await evening.open_user(bob, "wallet")
    await expect(evening.row("coins granted")).to_contain_text("+60,000")
    await other.check("admin/decide_approval")
    await evening.check("admin/credit_wallet")


async def ask_for(evening: Evening, person: Person, why: str, amount: str) -> None:
    """Ask to give somebody more than one person may."""
    await evening.open_user(person, "wallet")
    await evening.desk.at("give").click()
    await evening.go(why, {"Kind": "promotional coins", "expires": "in 30 days"}, amount=amount)
    await expect(evening.desk.at("waits")).to_be_visible()
