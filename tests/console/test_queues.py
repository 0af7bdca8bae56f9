"""What waits for operators: badges, as it comes and goes; one user's reports, from their page into the queue."""

import pytest
from playwright.async_api import Locator, expect

from tests.console.desk import Desk, Office
from tests.console.house import Guest, House, house_of

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
A_SECOND = 1000


def badge(desk: Desk, page: str) -> Locator:
    """Return how much waits on a page, as the navigation says it."""
    return desk.at(f"nav-{page}").locator(".badge")


async def appealed(house: House, guest: Guest) -> str:
    """Have somebody warned, and appeal; return the statement's id."""
    warning = {"userId": guest.user, "text": "no advertising", "why": "for a test"}
    statement = str((await house.chief.call("admin/warn_user", warning)).data["statementId"])
    await guest.call("moderation/appeal", statementId=statement, text="It was a quotation.")
    return statement


async def test_appeals_are_seen_in_the_menu_as_they_come_and_as_somebody_else_answers_them(office: Office) -> None:
    async with house_of(office, "chief-of-appeals") as house:
        desk = await office.desk()
        await desk.accept(await office.invite("amy", "moderator"))
        await expect(desk.at("nav-appeals")).to_be_visible()
        await expect(badge(desk, "appeals")).to_be_hidden()
        first = await appealed(house, house.guest)
        await expect(badge(desk, "appeals")).to_have_text("1", timeout=A_SECOND)
        await appealed(house, house.host)
        await expect(badge(desk, "appeals")).to_have_text("2", timeout=A_SECOND)
        answer = {"statementId": first, "grant": True, "why": "for a test"}
        assert (await house.chief.call("admin/decide_appeal", answer)).code == 0
        await expect(badge(desk, "appeals")).to_have_text("1", timeout=A_SECOND)
        await desk.at("account").click()
        await desk.page.get_by_text("Sign out", exact=True).click()
        await desk.sign_in("amy")
        await expect(badge(desk, "appeals")).to_have_text("1")
        await desk.at("nav-appeals").click()
        await desk.page.locator("[data-row]").get_by_role("button", name="warned").click()
        await desk.at("uphold").click()
        await desk.confirm("it was none")
        await expect(badge(desk, "appeals")).to_be_hidden(timeout=A_SECOND)
    assert desk.complaints == []


async def test_the_reports_about_and_by_one_user_lead_into_the_queue_where_they_are_acted_on(office: Office) -> None:
    async with house_of(office, "chief-of-reports") as house:
        await house.guest.call("moderation/report", roomId=house.room, targetId=house.host.user, reason="rude")
        await house.guest.call("moderation/report", roomId=house.room, reason="adverts")
        desk = await office.desk()
        await desk.accept(await office.invite("bea", "moderator"))
        await expect(badge(desk, "reports")).to_have_text("2")
        await desk.page.goto(f"{desk.url}/users/{house.guest.user}?tab=reports")
        made = desk.at("byUser").locator("[data-row]")
        await expect(made).to_have_count(2)
        await expect(made.filter(has_text="the room itself")).to_contain_text("adverts")
        await expect(desk.at("aboutUser").get_by_test_id("empty")).to_be_visible()
        await desk.page.goto(f"{desk.url}/users/{house.host.user}?tab=reports")
        about = desk.at("aboutUser").locator("[data-row]")
        await expect(about).to_contain_text("open")
        await about.get_by_role("link", name="rude").click()
        await desk.at("report").get_by_role("button", name="Dismiss").click()
        await expect(desk.at("report")).to_be_hidden()
        await expect(badge(desk, "reports")).to_have_text("1", timeout=A_SECOND)
        await desk.page.go_back()
        await expect(about).to_contain_text("dismissed")
        await about.get_by_role("link", name="rude").click()
        await expect(desk.at("report")).to_contain_text("rude")
        await expect(desk.at("report").get_by_role("button", name="Dismiss")).to_be_hidden()
    assert desk.complaints == []
