"""What people do with each other in a room, by the page: seats, chat, likes, order, a password, handing over."""

import re
from typing import Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall, Person
from tests.page.shows import choose, gather, say

pytestmark = pytest.mark.asyncio(loop_scope="module")
_PASSWORD: Final = "open sesame"
_AT_THE_END: Final = """
() => {
  const it = document.querySelector('[data-testid=messages]');
  return it.scrollHeight > it.clientHeight && it.scrollHeight - it.scrollTop - it.clientHeight < 8;
}
"""


async def _arrange(host: Person, field: str, value: str) -> None:
    """Choose an option of the room."""
    await host.at("manage-open").click()
    await host.at(field).select_option(value)
    await expect(host.at(field)).to_have_value(value)
    await host.page.keyboard.press("Escape")


async def test_a_viewer_who_is_let_on_stage_is_seen_by_all_until_they_leave_it(hall: Hall) -> None:
    host, (ada, ben), _ = await gather(hall, "Duet", "Ada", "Ben")
    await ada.at("seat-go").click()
    await expect(ada.at("seats-note")).to_have_text("You have asked for a seat")
    await host.at("ask").filter(has_text="Ada").get_by_test_id("ask-agree").click()
    await ada.at("source-test").click()
    await expect(ben.at("remote-video")).to_have_count(2)
    await expect(host.at("remote-video")).to_have_count(1)
    await ben.check_moving()
    await expect(ben.at("seat").first).to_contain_text("Ada")
    await ada.at("seat-leave").click()
    await expect(ben.at("remote-video")).to_have_count(1)
    await expect(ada.at("own-video")).to_have_count(0)
    hall.check_silence()


async def test_an_invitation_to_the_stage_is_accepted_and_the_seat_muted_by_the_host(hall: Hall) -> None:
    host, (ada,), _ = await gather(hall, "By invitation", "Ada")
    await choose(host, "Ada", "do-invite")
    await ada.at("ask").filter(has_text="Mara invites you").get_by_test_id("ask-agree").click()
    await ada.at("source-test").click()
    await host.at("seat").first.get_by_role("button").click()
    await host.at("do-mute-audio").click()
    await expect(ada.at("hushed")).to_have_text("A host muted your microphone.")
    await expect(host.at("seat-silent")).to_be_visible()
    await host.at("seat").first.get_by_role("button").click()
    await host.at("do-seat-kick").click()
    await expect(ada.at("own-video")).to_have_count(0)
    hall.check_silence()


async def test_what_is_said_is_read_by_all_and_the_muted_are_told_why_not(hall: Hall) -> None:
    host, (ada,), room = await gather(hall, "Talk", "Ada")
    await say(ada, "Hello from the harbour")
    await expect(host.at("message-text")).to_have_text("Hello from the harbour")
    await say(host, "Welcome, Ada")
    await expect(ada.at("message-text")).to_have_text(["Hello from the harbour", "Welcome, Ada"])
    ben = await hall.guest("Ben", f"/room/{room}")
    await expect(ben.at("message-text"), "who comes later reads it too").to_have_count(2)
    await choose(host, "Ada", "do-mute-10")
    await expect(host.at("toast")).to_have_text("Ada is muted.")
    await say(ada, "But why?")
    await expect(ada.at("chat-note")).to_have_text(re.compile("muted", re.IGNORECASE))
    await expect(ada.at("chat-field"), "what was not said is not lost").to_have_value("But why?")
    await host.at("tab-chat").click()
    await host.at("message-name").first.click()
    await host.at("do-recall").click()
    await expect(ben.at("message").first).to_contain_text("Message deleted")
    hall.check_silence()


async def test_a_message_is_answered_mentions_somebody_and_is_pinned_for_all(hall: Hall) -> None:
    host, (ada, ben), room = await gather(hall, "Questions", "Ada", "Ben")
    await say(ada, "Which pen is that?")
    await host.at("message-name").click()
    await host.at("do-reply").click()
    await expect(host.at("replying")).to_contain_text("Ada: Which pen is that?")
    await host.at("chat-field").press_sequentially("An old dip pen @be")
    await host.at("mention-list").get_by_text("@Ben").click()
    await host.at("chat-send").click()
    await expect(ada.at("quote")).to_contain_text("Ada: Which pen is that?")
    await expect(ben.at("message").last).to_have_class(re.compile("mine"))
    await expect(ada.at("message").last).not_to_have_class(re.compile("mine"))
    await host.at("message").filter(has_text="An old dip pen").get_by_test_id("message-name").click()
    await host.at("do-pin").click()
    await expect(ada.at("pinned")).to_contain_text("Mara: An old dip pen @Ben")
    late = await hall.guest("Cho", f"/room/{room}")
    await expect(late.at("pinned")).to_be_visible()
    await host.at("unpin").click()
    await expect(late.at("pinned")).to_be_hidden()
    hall.check_silence()


async def test_a_show_is_found_by_a_word_of_its_title_or_its_host(hall: Hall) -> None:
    host = await hall.guest("Zenobia")
    await host.go_live("Ukulele for beginners")
    ada = await hall.guest("Ada")
    for words in ("ukul", "zeno"):
        await ada.at("search").fill(words)
        await expect(ada.at("card-title")).to_have_text(["Ukulele for beginners"])
    await ada.at("search").fill("nothing of this kind")
    await expect(ada.at("none-found")).to_be_visible()
    hall.check_silence()


async def test_a_report_gets_a_reference_and_the_host_a_badge_and_what_to_do_about_it(hall: Hall) -> None:
    host, (ada, ben), _ = await gather(hall, "Complaints", "Ada", "Ben")
    await say(ada, "Buy my things")
    await ben.at("message-name").first.click()
    await ben.at("do-report").click()
    await ben.at("reason").fill("Not nice")
    await ben.at("confirm").click()
    reference = await ben.at("report-reference").inner_text()
    await ben.at("reported-close").click()
    await host.page.evaluate("dispatchEvent(new Event('focus'))")
    await expect(host.at("new-reports")).to_have_text("1")
    await host.at("manage-open").click()
    await host.at("tab-reports").click()
    await expect(host.at("report")).to_contain_text("Spam or advertising: Not nice")
    await expect(host.at("report")).to_contain_text(reference)
    await host.at("report-mute").click()
    await expect(host.at("report")).to_have_count(0)
    await expect(host.at("new-reports")).to_be_hidden()
    hall.check_silence()


async def test_whoever_reads_further_up_is_told_of_what_is_new_and_not_moved(hall: Hall) -> None:
    host, (ada,), _ = await gather(hall, "Long talk", "Ada")
    for part in range(5):
        await say(host, f"Part {part}: {'and so on ' * 45}")
        await expect(ada.at("message")).to_have_count(part + 1)
    await ada.page.wait_for_function(_AT_THE_END)
    await ada.at("messages").evaluate("it => it.scrollTo(0, 0)")
    await expect(ada.at("newer")).to_have_text("Jump to latest")
    await say(host, "The end")
    await expect(ada.at("newer")).to_have_text("1 new message")
    assert await ada.at("messages").evaluate("it => it.scrollTop") == 0
    await ada.at("newer").click()
    await expect(ada.at("newer")).to_be_hidden()
    await ada.page.wait_for_function(_AT_THE_END)
    hall.check_silence()


async def test_slow_mode_and_a_muted_room_hold_the_audience_and_not_the_host(hall: Hall) -> None:
    host, (ada,), _ = await gather(hall, "Slowly", "Ada")
    await _arrange(host, "slow-mode", "30")
    await expect(ada.at("chat-note")).to_have_text("Slow mode: one message every 30 s")
    await say(ada, "First")
    await expect(ada.at("message")).to_have_count(1)
    await ada.at("chat-field").fill("Second")
    await expect(ada.at("chat-send")).to_be_disabled()
    await expect(ada.at("chat-note")).to_have_text(re.compile("Please wait (2|30)"))
    await host.at("manage-open").click()
    await host.at("room-muted").click()
    await expect(ada.at("chat-field")).to_be_disabled()
    await host.page.keyboard.press("Escape")
    await say(host, "Listen, everybody")
    await expect(ada.at("message-text")).to_have_text(["First", "Listen, everybody"])
    hall.check_silence()


async def test_who_does_not_follow_the_host_is_shown_how_where_only_followers_write(hall: Hall) -> None:
    host, (ada, ben), _ = await gather(hall, "Fans only", "Ada", "Ben")
    await ben.at("follow").click()
    await expect(ben.at("follow")).to_have_text("Following")
    await host.at("manage-open").click()
    await host.at("followers-chat").click()
    await host.page.keyboard.press("Escape")
    await expect(ada.at("follow-to-speak")).to_contain_text("Only followers of")
    await expect(ada.at("chat-field")).to_be_hidden()
    await say(ben, "I follow")
    await ada.at("follow-host").click()
    await expect(ada.at("follow-to-speak")).to_be_hidden()
    await say(ada, "So do I")
    await expect(host.at("message-text")).to_have_text(["I follow", "So do I"])
    hall.check_silence()


async def test_a_moderator_sits_down_without_asking_and_the_log_says_in_words_what_hosts_did(hall: Hall) -> None:
    host, (ada,), _ = await gather(hall, "By the book", "Ada")
    await expect(ada.at("seat-go")).to_have_text("Ask for a seat")
    await choose(host, "Ada", "do-moderate")
    await expect(ada.at("seat-go")).to_have_text("Take a seat")
    await ada.at("seat-go").click()
    await ada.at("source-test").click()
    await expect(host.at("seat").first).to_contain_text("Ada")
    await host.at("seat").nth(1).get_by_role("button").click()
    await host.at("do-seat-lock").click()
    await _arrange(host, "seat-count", "4")
    await host.at("manage-open").click()
    await host.at("tab-log").click()
    await expect(host.at("log-line").first).to_contain_text("changed the seats")
    await expect(host.at("log-line").nth(1)).to_contain_text("locked or unlocked a seat")
    hall.check_silence()


async def test_on_a_phone_whoever_may_not_write_sees_why(hall: Hall) -> None:
    host = await hall.guest("Mara")
    room = await host.go_live("Quiet")
    phone = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
    ada = await hall.guest("Ada", f"/room/{room}", **phone)
    await expect(ada.at("room-title")).to_have_text("Quiet")
    await choose(host, "Ada", "do-mute-10")
    await expect(host.at("toast")).to_have_text("Ada is muted.")
    await say(ada, "But why?")
    await expect(ada.at("chat-note")).to_have_class(re.compile("problem"))
    await expect(ada.at("chat-note")).to_be_in_viewport(ratio=1)
    hall.check_silence()


async def test_likes_of_one_are_seen_by_another(hall: Hall) -> None:
    host, (ada,), _ = await gather(hall, "Applause", "Ada")
    for _ in range(3):
        await ada.at("like").click()
    await expect(ada.at("likes")).to_have_text("3")
    await expect(host.at("likes")).to_have_text("3")
    await expect(host.at("hearts")).not_to_have_attribute("data-count", "0")
    await ada.page.reload()
    await expect(ada.at("likes")).to_have_text("3")
    hall.check_silence()


async def test_a_room_with_a_password_opens_to_who_knows_it(hall: Hall) -> None:
    host, _, room = await gather(hall, "Behind a door")
    await host.at("manage-open").click()
    await host.at("password-new").fill(_PASSWORD)
    await host.at("password-set").click()
    await expect(host.at("password-remove")).to_be_visible()
    ada = await hall.guest("Ada", f"/room/{room}")
    await ada.at("door-password").fill("guess")
    await ada.at("door-enter").click()
    await expect(ada.at("door")).to_contain_text(re.compile("password", re.IGNORECASE))
    await expect(ada.at("door-password")).to_have_attribute("aria-invalid", "true")
    await ada.at("door-password").fill(_PASSWORD)
    await ada.at("door-enter").click()
    await expect(ada.at("room-title")).to_have_text("Behind a door")
    hall.check_silence()


async def test_a_private_room_opens_by_the_link_that_is_shared_and_by_no_other(hall: Hall) -> None:
    host, _, room = await gather(hall, "Among friends")
    await _arrange(host, "access", "private")
    await host.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await host.at("share").click()
    await expect(host.at("toast")).to_have_text("Link copied")
    link = await host.page.evaluate("navigator.clipboard.readText()")
    ada, ben = await hall.guest("Ada", f"/room/{room}"), await hall.guest("Ben", link.partition("#")[2])
    await expect(ada.at("ending")).to_have_attribute("data-why", "missing")
    await expect(ben.at("room-title")).to_have_text("Among friends")
    await host.at("manage-open").click()
    await host.at("new-link").click()
    await expect(host.at("toast").last).to_have_text("The old link no longer works")
    eve = await hall.guest("Eve", link.partition("#")[2])
    await expect(eve.at("ending")).to_have_attribute("data-why", "missing")
    hall.check_silence()


async def test_a_room_is_handed_over_and_goes_on_with_its_new_host(hall: Hall) -> None:
    host, (ada,), _ = await gather(hall, "Relay", "Ada")
    await choose(host, "Ada", "do-moderate")
    await expect(ada.at("manage-open")).to_be_visible()
    await choose(host, "Ada", "do-transfer", "confirm")
    await expect(ada.at("room-host")).to_have_text("Ada")
    await expect(ada.at("end")).to_be_visible()
    await expect(host.at("end")).to_be_hidden()
    await expect(host.at("leave")).to_be_visible()
    hall.check_silence()
