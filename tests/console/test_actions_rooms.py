"""What operators do in a room and to its place in lists, from the click that confirms to what people see."""

import pytest
from playwright.async_api import expect

from tests.console.evening import Evening, say

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_what_is_said_and_changed_in_a_room_is_seen_there_at_once(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    host, guest, page = evening.host, await evening.guest("Bob"), evening.page
    await page.locator("[name=say]").fill("please stop that")
    sent = page.locator("form.say").get_by_role("button")
    await evening.after("say as the house", sent.click(), guest, "[data-testid=message]", "please stop that")
    await evening.press("Say something")
    await evening.after(
        "notice to the room", evening.go(text="lights out"), guest, "[data-testid=message]", "lights out"
    )
    await evening.press("Warn")
    await evening.after("warn the host", evening.go(text="mind the rules"), host, "[data-testid=warning]", "mind the")
    await evening.press("Edit")
    titled = evening.go(title="Morning show")
    await evening.after("edit the title", titled, guest, "[data-testid=room-title]", "Morning show")
    await say(guest, "free prizes")
    await evening.desk.at("tab-timeline").click()
    await evening.press("Recall")
    gone = evening.go()
    await evening.after("recall", gone, host, "[data-testid=message-text]", "free prizes", there=False)
    await evening.open("/notices")
    await evening.press("Send a notice")
    told = evening.go("maintenance", text="back at three")
    await evening.after("notice to everybody", told, guest, "[data-testid=message]", "back at three")
    with capsys.disabled():
        await evening.check("admin/send_notice", "admin/warn_room", "admin/update_room", "admin/recall_message")


async def test_where_a_room_stands_is_seen_in_the_lobby_and_its_end_at_once(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    looker = await evening.hall.guest("Gil")
    card, mark = f"[data-room='{evening.room}']", "[data-testid=featured]"
    await expect(looker.page.locator(card)).to_be_visible()
    await evening.after("list: feature", evening.place("Feature"), looker, mark)
    await evening.after("list: unfeature", evening.place("Do not feature any more"), looker, mark, there=False)
    await evening.after("list: hide", evening.place("Hide in this broadcast"), looker, card, there=False)
    await evening.after("list: show again", evening.place("Show in this broadcast"), looker, card)
    await evening.press("Keep off lists")
    await evening.after("list: bar", evening.go(), looker, card, there=False)
    await evening.press("Show in lists again")
    await evening.after("list: unbar", evening.go(), looker, card)
    for step in ("Pin to the top", "Do not pin any more", "Put behind all others", "Do not put behind any more"):
        await evening.place(step)
    await evening.desk.at("close-room").click()
    await evening.after("close", evening.go("adverts all evening"), evening.host, "[data-testid=ending]")
    with capsys.disabled():
        await evening.check(
            *("admin/pin_room", "admin/feature_room", "admin/demote_room", "admin/hide_room", "admin/unhide_room"),
            *("admin/bar_room", "admin/unbar_room", "admin/close_room"),
        )


async def test_options_that_an_operator_changes_count_in_the_room_at_once(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    guest, looker = await evening.guest("Bob"), await evening.hall.guest("Gil")
    card = f"[data-room='{evening.room}']"
    await expect(looker.page.locator(card)).to_be_visible()
    await evening.desk.at("tab-seats").click()
    for what, picks, fields, selector, text in (
        ("slow mode", {}, {"slowMode": "5"}, "[data-testid=chat-note]", "one message every 5 s"),
        ("chat closed", {"Who may write": "hosts and moderators"}, {}, "[data-testid=chat-field]", "Only hosts and"),
        ("chat opened", {"Who may write": "everybody"}, {"slowMode": "0"}, "[data-testid=chat-field]", "Say something"),
        ("seats to take", {"How the audience": "by taking one"}, {}, "[data-testid=seat-go]", "Take a seat"),
        ("seats by asking", {"How the audience": "by asking"}, {}, "[data-testid=seat-go]", "Ask for a seat"),
        ("seats by invitation", {"How the audience": "by invitation"}, {}, "[data-testid=seats-note]", "By invitation"),
    ):
        await evening.desk.at("options").click()
        await evening.after(what, evening.go(picks=picks, **fields), guest, selector, text)
    await evening.desk.at("options").click()
    private = evening.go(picks={"Who may enter": "whoever has the link"})
    await evening.after("list: private", private, looker, card, there=False)
    with capsys.disabled():
        await evening.check("admin/update_options")


async def test_the_house_answers_in_the_chat_and_recalls_what_it_reads(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    guest, page = await evening.guest("Bob"), evening.page
    await evening.desk.at("tab-messages").click()
    await page.locator("[name=say-message]").fill("welcome to the house")
    sent = page.locator("form.say").get_by_role("button").click()
    await evening.after("message of the house", sent, guest, "[data-testid=message]", "welcome to the house")
    await say(guest, "free prizes")
    await evening.press("Recall Bob")
    gone = evening.go("adverts")
    await evening.after("recall", gone, guest, "[data-testid=message-text]", "free prizes", there=False)
    with capsys.disabled():
        await evening.check("admin/send_message", "admin/recall_message")


async def test_a_room_is_kept_off_lists_and_closed_from_the_wall(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    looker, other = await evening.hall.guest("Gil"), await evening.hall.guest("Hal")
    room, card = await other.go_live("Loud show"), f"[data-room='{evening.room}']"
    await expect(looker.page.locator(card)).to_be_visible()
    await evening.open("/wall")
    barred, closed = (
        evening.page.locator("main li").filter(has=evening.page.locator(f"a[href$='/{id}']"))
        for id in (evening.room, room)
    )
    await barred.get_by_role("button", name="Keep off lists").click()
    await evening.after("list: bar", evening.go(), looker, card, there=False)
    await expect(barred).to_have_count(0)
    await closed.get_by_role("button", name="Close room").click()
    await evening.after("close", evening.go("adverts"), other, "[data-testid=ending]")
    with capsys.disabled():
        await evening.check("admin/bar_room", "admin/close_room")


async def test_a_notice_reaches_the_rooms_of_one_category_alone(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    other = await evening.hall.guest("Hal")
    await other.go_live("Concert", category="music")
    await evening.open("/notices")
    await evening.press("Send a notice")
    told = evening.go("tuning", text="louder please", category="music")
    await evening.after("notice to a category", told, other, "[data-testid=message]", "louder please")
    await expect(evening.row("louder please")).to_contain_text("music")
    await expect(evening.host.at("message").filter(has_text="louder please")).to_have_count(0)
    with capsys.disabled():
        await evening.check("admin/send_notice")
