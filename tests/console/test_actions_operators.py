"""What administrators do to operators and roles, and what comes of it at the other's desk; and one's own account."""

import re
import sqlite3
from typing import Final

import pytest
from playwright.async_api import expect

from tests.console.desk import PASSWORD, Desk, Office
from tests.console.evening import Evening

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_OTHER: Final = "another horse battery"


async def test_a_role_of_ones_own_is_made_changed_and_deleted(evening: Evening) -> None:
    page = evening.page
    await evening.open("/roles")
    await evening.desk.at("new-role").click()
    await page.locator("[name=role]").fill("night")
    await page.get_by_role("group", name="rooms").get_by_role("checkbox", name="view").click()
    await page.get_by_role("button", name="Save the role").click()
    await expect(evening.row("night")).to_contain_text("permissions: 1")
    await evening.row("night").click()
    await page.get_by_role("group", name="users").get_by_role("checkbox", name="view").click()
    await page.get_by_role("button", name="Save the role").click()
    await expect(evening.row("night")).to_contain_text("permissions: 2")
    await evening.lists("night")
    await expect(evening.row("night")).to_contain_text(re.compile(r"permissions: 2(?!\d)"))
    await evening.row("night").get_by_role("button", name="Delete").click()
    await evening.go("nobody has it")
    await evening.lists("night", there=False)
    await evening.check("admin/put_role", "admin/delete_role")


async def test_an_operator_is_invited_and_given_another_role(evening: Evening, office: Office) -> None:
    await evening.open("/operators")
    await evening.desk.at("invite").click()
    await evening.go(name="mei", displayName="Mei")
    link = await evening.secret()
    await expect(evening.row("mei")).to_contain_text("invited")
    mei = await office.desk()
    await mei.accept(link)
    await expect(mei.at("nav-rooms")).to_be_visible()
    await expect(mei.at("nav-operators")).to_be_hidden()
    await act_on(evening, "mei", "Change")
    await evening.pick(evening.desk.at("confirm").locator("label").filter(has_text="Roles"), "viewer", "administrator")
    await evening.go("she is good")
    await expect(evening.row("mei")).to_contain_text("administrator")
    await mei.page.reload()
    await expect(mei.at("nav-operators")).to_be_visible()
    await evening.check("admin/invite_operator", "admin/update_operator")


async def test_an_operator_gets_a_new_link_is_kept_out_and_removed(evening: Evening, office: Office) -> None:
    mei = await office.desk()
    await mei.accept(await office.invite("mai", "viewer"))
    await evening.open("/operators")
    await act_on(evening, "mai", "New link")
    await evening.go("her laptop is lost")
    link = await evening.secret()
    await sent_out(mei)
    await mei.accept(link)
    await act_on(evening, "mai", "Disable")
    await evening.go("on holiday")
    await expect(evening.row("mai")).to_contain_text("disabled")
    await sent_out(mei)
    await mei.sign_in("mai")
    await expect(mei.at("problem")).to_be_visible()
    await act_on(evening, "mai", "Enable")
    await evening.go("back again")
    await expect(evening.row("mai")).to_contain_text("active")
    await mei.sign_in("mai")
    await expect(mei.at("account")).to_be_visible()
    await act_on(evening, "mai", "Remove")
    await evening.go("has left us")
    await evening.lists("mai", there=False)
    await sent_out(mei)
    await evening.check("admin/reset_operator", "admin/disable_operator", "admin/remove_operator")


async def test_ones_password_and_sessions_are_changed_and_ended(evening: Evening, office: Office) -> None:
    page, elsewhere = evening.page, await office.desk()
    await evening.open("/account")
    name = await page.locator("main dd").first.inner_text()
    await evening.press("Change the password")
    await evening.go(current=PASSWORD, password=_OTHER)
    await evening.toast("password")
    await elsewhere.page.goto(f"{elsewhere.url}/sign-in")
    await elsewhere.sign_in(name, _OTHER)
    await expect(elsewhere.at("account")).to_be_visible()
    await page.reload()
    others = page.locator("main [data-row]").filter(has_not_text="this browser")
    await others.get_by_role("button", name="End").click()
    await evening.toast("That session is over.")
    await expect(others).to_have_count(0)
    await sent_out(elsewhere)
    await elsewhere.sign_in(name, _OTHER)
    await expect(elsewhere.at("account")).to_be_visible()
    await elsewhere.at("account").click()
    await elsewhere.page.get_by_text("Sign out", exact=True).click()
    await elsewhere.sign_in(name, _OTHER)
    await expect(elsewhere.at("account")).to_be_visible()
    await evening.press("Sign out everywhere")
    await expect(evening.desk.at("sign-in")).to_be_visible()
    await sent_out(elsewhere)
    await evening.desk.sign_in(name, _OTHER)
    await expect(evening.desk.at("account")).to_be_visible()
    await evening.check(
        *("operators/accept_invitation", "operators/change_password", "operators/end_session", "operators/sign_in"),
        *("operators/sign_out", "operators/sign_out_everywhere"),
    )


async def test_what_is_dangerous_asks_for_the_password_again_after_five_minutes(
    evening: Evening, office: Office
) -> None:
    with sqlite3.connect(office.folder / "liveroom.db") as db:
        db.execute("UPDATE lr_operator_sessions SET confirmed = confirmed - 301000")
    again = evening.desk.at("password-again")
    await evening.open("/tenants")
    await evening.press("Add")
    await evening.go(name="third")
    await again.locator("input").fill("not the password")
    await again.get_by_role("button", name="Continue").click()
    await evening.toast("password")
    await evening.press("Add")
    await evening.go(name="third")
    await again.locator("input").fill(PASSWORD)
    await again.get_by_role("button", name="Continue").click()
    await expect(evening.row("third")).to_have_count(1)
    await evening.check("operators/confirm", "admin/create_tenant")


async def act_on(evening: Evening, name: str, step: str) -> None:
    """Choose what is done to an operator."""
    await evening.pick_from(f"Change {name}", step)


async def sent_out(desk: Desk) -> None:
    """Check that whoever sat there is signed in no more."""
    await desk.page.reload()
    await expect(desk.at("sign-in")).to_be_visible()
