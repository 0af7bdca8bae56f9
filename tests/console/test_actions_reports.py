"""Reports and appeals, from both sides."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.console.desk import Office
from tests.console.evening import PATIENCE, PRESSED, SEEN, Evening, id_of, in_turn, say
from tests.console.house import Guest, caller_of, come
from tests.page.browser import Person

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_a_new_report_is_at_the_console_at_once_and_acted_on_beside_it(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    guest, page = await evening.guest("Bob"), evening.page
    await say(evening.host, "cheap followers")
    await expect(guest.at("message").filter(has_text="cheap followers")).to_be_visible()
    await guest.at("message").filter(has_text="cheap followers").get_by_test_id("message-name").click()
    await guest.at("do-report").click()
    badge = asyncio.create_task(page.evaluate(SEEN, ["[data-testid=nav-reports] .badge", "1", True]))
    await guest.page.evaluate(PRESSED)
    await guest.at("confirm").click()
    pressed = await guest.page.evaluate("() => window.pressed")
    evening.delays["report to badge"] = await asyncio.wait_for(badge, PATIENCE) - pressed
    await evening.desk.at("nav-reports").click()
    await page.locator("main").get_by_role("row").nth(1).get_by_role("button").first.click()
    await evening.desk.at("report").get_by_role("button", name="Take it on").click()
    await expect(evening.desk.at("report")).to_contain_text("yours")
    await evening.desk.at("resolve").click()
    warned = evening.go(text="no adverts")
    await evening.after("act on a report", warned, evening.host, "[data-testid=warning]", "no adverts")
    with capsys.disabled():
        await evening.check("admin/claim_report", "admin/resolve_reports")


async def test_reports_are_given_back_dismissed_and_handled_together(evening: Evening, office: Office) -> None:
    page, desk = evening.page, evening.desk
    async with caller_of(office) as caller:
        for name, reason in (("Bob", "noise"), ("Cid", "adverts"), ("Dan", "spam")):
            one = await come_to(evening, await come(caller, name))
            await one.call("moderation/report", roomId=evening.room, reason=reason)
        await evening.open("/reports")
        await evening.row("noise").get_by_role("button", name="Dismiss").click()
        await evening.toast("Resolved.")
        await evening.row("spam").get_by_role("button").first.click()
        await desk.at("report").get_by_role("button", name="Take it on").click()
        await desk.at("report").get_by_role("button", name="Give it back").click()
        await expect(desk.at("report").get_by_role("button", name="Take it on")).to_be_visible()
        await page.get_by_role("checkbox", name="Mark adverts").click()
        await page.get_by_role("checkbox", name="Mark spam").click()
        await evening.press("Act and resolve")
        await evening.go(picks={"What is done": "warn"}, text="no adverts here", note="twice tonight")
        await expect(evening.host.at("warning")).to_contain_text("no adverts here")
        await evening.lists("spam", there=False)
        await evening.lists("adverts", there=False)
    await evening.check("admin/release_report", "admin/claim_report", "admin/resolve_reports")


async def test_an_appeal_is_granted_and_another_upheld_and_both_get_to_know(
    evening: Evening, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    bob, cid = await evening.guest("Bob"), await evening.guest("Cid")
    for one in (bob, cid):
        await report(evening, office, one)
        muted = act_on(evening, one, "mute in the room", "be kind")
        await evening.after("mute, with reasons", muted, one, "[data-testid=statement]", "be kind")
    await bob.at("told-appeal").click()
    await cid.at("told-read").click()
    await look_at_statements(cid)
    await cid.at("stated-appeal").click()
    for one in (bob, cid):
        await appeal(one)
        await one.page.keyboard.press("Escape")
    await say(bob, "hello")
    await expect(bob.at("chat-note")).to_contain_text("You are muted")
    await evening.open("/appeals")
    await evening.row(await id_of(bob)).get_by_role("button").first.click()
    await evening.desk.at("grant").click()
    granted = evening.go("a mistake", text="sorry for that")
    await evening.after("grant", granted, bob, "[data-testid=answer]", "sorry for that")
    await say(bob, "thank you")
    await expect(evening.host.at("message-text").filter(has_text="thank you")).to_be_visible()
    await evening.row(await id_of(cid)).get_by_role("button").first.click()
    await evening.desk.at("uphold").click()
    await evening.after(
        "uphold", evening.go("was rude", text="it was rude"), cid, "[data-testid=answer]", "it was rude"
    )
    await evening.lists(await id_of(cid), there=False)
    for one, answer in ((bob, "granted"), (cid, "turned down")):
        await look_at_statements(one)
        await expect(one.at("stated-answer")).to_contain_text(answer)
        await one.page.keyboard.press("Escape")
    await say(cid, "hello")
    await expect(cid.at("chat-note")).to_contain_text("You are muted")
    with capsys.disabled():
        await evening.check("admin/decide_appeal")


async def test_whoever_is_banned_reads_why_and_appeals_and_is_let_in_again(
    evening: Evening, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    gina, cid = await evening.hall.person(), await evening.guest("Cid")
    await gina.give_account("open-register", "gina")
    await expect(gina.at("my-name")).to_have_text("gina")
    await gina.open(f"/room/{evening.room}")
    await expect(gina.at("room-title")).to_be_visible()
    ids = {one.page: await id_of(one) for one in (gina, cid)}
    for one in (gina, cid):
        await report(evening, office, one)
        banned = act_on(evening, one, "ban from everywhere", "spam all evening")
        await evening.after("ban, with reasons", banned, one, "[data-testid=farewell]", "spam all evening")
    await appeal(cid)
    await gina.page.reload()
    await gina.give_account("open-sign-in", "gina")
    await expect(gina.at("account-problem")).to_have_text("This account is blocked.")
    await appeal(gina)
    await evening.open("/appeals")
    await expect(evening.row(ids[cid.page])).to_be_visible()
    await evening.row(ids[gina.page]).get_by_role("button").first.click()
    await evening.desk.at("grant").click()
    await evening.go("a mistake", text="sorry for that")
    await evening.lists(ids[gina.page], there=False)
    await gina.at("account-submit").click()
    await expect(gina.at("my-name")).to_have_text("gina")
    await look_at_statements(gina)
    await expect(gina.at("stated")).to_contain_text("sorry for that")
    with capsys.disabled():
        await evening.check("admin/decide_appeal")


async def test_a_template_of_reasons_is_made_told_changed_and_deleted(evening: Evening) -> None:
    await evening.open("/reasons")
    await evening.press("Add a reason")
    await evening.go(reasonId="loud", titleEn="Too loud", textEn="Mind the others.", titleZh="太吵", textZh="请安静。")
    await evening.lists("Mind the others.")
    await evening.press("Change loud")
    await evening.go(textEn="Others sleep.")
    await evening.lists("Others sleep.")
    await evening.press("Delete loud")
    await evening.go()
    await evening.lists("Others sleep.", there=False)
    await evening.check("admin/put_reason", "admin/delete_reason")


async def test_a_word_is_refused_while_it_is_on_the_list(evening: Evening, capsys: pytest.CaptureFixture[str]) -> None:
    guest, page = await evening.guest("Bob"), evening.page
    await evening.open("/words")
    await evening.press("Add")
    refused = in_turn(evening.go(words="shady\n~cheap"), say(guest, "a shady deal"))
    await evening.after("word: refused", refused, guest, "[data-testid=chat-note]", "not allowed here")
    await page.get_by_label("What somebody might write").fill("cheap and shady")
    await evening.press("Try a text")
    await expect(page.get_by_role("status").filter(has_text="shady")).to_be_visible()
    await page.get_by_role("checkbox", name="Mark shady").click()
    await evening.press("Remove 1 words")
    taken = in_turn(evening.go("harmless"), say(guest, "a shady deal"))
    await evening.after("word: allowed", taken, evening.host, "[data-testid=message-text]", "a shady deal")
    await evening.lists("shady", there=False)
    with capsys.disabled():
        await evening.check("admin/add_words", "admin/remove_words")


async def report(evening: Evening, office: Office, person: Person) -> None:
    """Have somebody in the room report a person."""
    async with caller_of(office) as caller:
        dan = await come_to(evening, await come(caller, "Dan"))
        await dan.call("moderation/report", roomId=evening.room, targetId=await id_of(person), reason="rude")


async def act_on(evening: Evening, person: Person, deed: str, text: str) -> None:
    """Act on the report of a person at the console."""
    await evening.open("/reports")
    about = evening.page.locator(f"a[href$='/users/{await id_of(person)}']")
    await evening.row("").filter(has=about).get_by_role("button").first.click()
    await evening.desk.at("resolve").click()
    await evening.go(picks={"What is done": deed}, text=text)


async def appeal(person: Person) -> None:
    """Write an appeal where the live page asks for it, and read that it was sent."""
    await person.at("appeal-text").fill("I was kind")
    await person.at("appeal-send").click()
    await expect(person.at("appeal-sent")).to_be_visible()


async def look_at_statements(person: Person) -> None:
    """Open what was decided about a person from the menu of their account."""
    await person.at("account").click()
    await person.at("my-statements").click()
    await expect(person.at("stated")).to_be_visible()


async def come_to(evening: Evening, guest: Guest) -> Guest:
    """Let somebody enter the room."""
    await guest.call("rooms/enter_room", roomId=evening.room, role="audience")
    return guest
