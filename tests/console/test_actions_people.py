"""What operators do to people, from the click that confirms to what they see on the live page."""

import zipfile

import pytest
from playwright.async_api import expect

from tests.console.desk import Office
from tests.console.evening import Evening, say, until
from tests.console.house import caller_of
from tests.service import Caller

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_what_is_done_to_people_is_seen_by_them_at_once(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    people = {name: await evening.guest(name) for name in ("Bob", "Cid", "Dan", "Eve", "Fay")}
    ending = "[data-testid=ending]"
    await evening.host.at("tab-people").click()
    await evening.host.at("person").filter(has_text="Bob").get_by_test_id("person-menu").click()
    await evening.after("mute", evening.do_to("Bob", "Mute"), evening.host, "[data-testid=do-unmute]")
    await say(people["Bob"], "hello")
    await expect(people["Bob"].at("chat-note")).to_contain_text("You are muted")
    await evening.after("kick", evening.do_to("Cid", "Remove"), people["Cid"], ending)
    await evening.after("ban from the room", evening.do_to("Dan", "Ban from the room"), people["Dan"], ending, "banned")
    await evening.open_user(people["Eve"])
    await evening.press("Warn")
    await evening.after("warn a user", evening.go(text="be kind"), people["Eve"], "[data-testid=warning]", "be kind")
    await evening.press("Sign out everywhere")
    out = evening.go("lost phone")
    await evening.after("sign out", out, people["Eve"], "body", "You are signed out.")
    await evening.open_user(people["Fay"])
    await evening.press("Ban")
    banned = evening.go("spam all evening")
    await evening.after("ban everywhere", banned, people["Fay"], "body", "This account has been blocked.")
    with capsys.disabled():
        await evening.check(
            *("admin/mute_user", "admin/kick_user", "admin/ban_from_room", "admin/warn_user", "admin/revoke_tokens"),
            "admin/ban_user",
        )


async def test_who_is_let_in_again_writes_and_comes_back(evening: Evening) -> None:
    muted, banned = await evening.guest("Bob"), await evening.guest("Dan")
    await evening.do_to("Bob", "Mute")
    await evening.do_to("Dan", "Ban from the room")
    await expect(banned.at("ending")).to_be_visible()
    await evening.open_user(muted, "bans")
    await evening.press("Let them write")
    await evening.go()
    await say(muted, "here I am")
    await expect(evening.host.at("message-text").filter(has_text="here I am")).to_be_visible()
    await evening.open_user(banned, "bans")
    await evening.press("Lift the ban")
    await evening.go()
    await banned.page.reload()
    await expect(banned.at("room-title")).to_be_visible()
    await evening.check("admin/unmute_user", "admin/unban_from_room")


async def test_a_ban_covers_the_address_until_it_is_lifted(
    evening: Evening, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    zoe, newcomer = await evening.hall.person(), await evening.hall.person()
    await zoe.give_account("open-register", "zoe")
    await expect(zoe.at("my-name")).to_have_text("zoe")
    await zoe.open(f"/room/{evening.room}")
    await expect(zoe.at("room-title")).to_be_visible()
    await evening.open_user(zoe)
    await evening.desk.at("ban").click()
    await evening.desk.at("confirm").get_by_role("switch").click()
    banned = evening.go("spam all evening", reason="spam")
    await evening.after("ban with the address", banned, zoe, "body", "This account has been blocked.")
    async with caller_of(office) as caller:
        await until(lambda: keeps_out(caller, "Fritz"))
        await evening.open("/bans?kind=addresses")
        await expect(evening.page.locator("main [data-row]")).to_have_count(1)
        await newcomer.open("/welcome")
        await newcomer.give_name("Gus")
        await expect(newcomer.at("guest-problem")).to_have_text("This account is blocked.")
    await evening.open("/bans")
    await expect(evening.row("zoe")).to_contain_text("spam")
    await evening.row("zoe").get_by_role("button", name="Lift").click()
    await evening.go()
    await evening.lists("zoe", there=False)
    await zoe.give_account("open-sign-in", "zoe")
    await expect(zoe.at("my-name")).to_have_text("zoe")
    async with caller_of(office) as caller:
        await until(lambda: lets_in(caller, "Fritz"))
    await newcomer.at("guest").click()
    await expect(newcomer.at("my-name")).to_have_text("Gus")
    with capsys.disabled():
        await evening.check("admin/ban_user", "admin/unban_user")


async def lets_in(caller: Caller, name: str) -> bool:
    """Say whether a new guest may come."""
    return (await caller.call("auth_users/guest", {"nickname": name})).code == 0


async def keeps_out(caller: Caller, name: str) -> bool:
    """Say whether none may."""
    return not await lets_in(caller, name)


async def test_an_account_is_changed_and_deleted_before_everybodys_eyes(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    bob, cid = await evening.guest("Bob"), await evening.guest("Cid")
    await evening.host.at("tab-people").click()
    await evening.open_user(bob)
    await evening.pick_from("Actions", "Edit")
    await evening.after("edit a profile", evening.go(name="Robert"), evening.host, "[data-testid=person]", "Robert")
    await evening.press("Notify")
    told = evening.go(text="see you at eight")
    await evening.after("notify a user", told, bob, "[data-testid=notice]", "see you at eight")
    await evening.toast("The notice is sent.")
    await bob.at("told-read").click()
    await expect(bob.at("notice")).to_have_count(0)
    await evening.pick_from("Actions", "Make admin")
    await evening.go("he helps tonight")
    await evening.pick_from("Actions", "No admin any more")
    await evening.go("the night is over")
    await evening.toast("Changed.")
    await evening.pick_from("Actions", "Delete")
    gone = evening.go("asked for it")
    await evening.after("delete", gone, bob, "body", "This account has been deleted.")
    await expect(evening.host.at("person").filter(has_text="Robert")).to_have_count(0)
    await evening.open_user(cid, "sessions")
    await evening.after("end a session", evening.press("End"), cid, "body", "You are signed out.")
    with capsys.disabled():
        await evening.check(
            *("admin/update_user", "admin/send_notice", "admin/set_admin", "admin/delete_user", "admin/end_session")
        )


async def test_notes_are_kept_and_a_copy_of_somebodys_data_is_had_once(evening: Evening) -> None:
    bob = await evening.guest("Bob")
    await evening.open_user(bob, "notes")
    await evening.press("Add a note")
    await evening.go(text="lost his phone twice")
    await evening.lists("lost his phone twice")
    await evening.press("Delete")
    await evening.toast("Done")
    await evening.lists("lost his phone twice", there=False)
    await evening.open_user(bob, "data")
    await evening.desk.at("ask-copy").click()
    await evening.go("he asked for it")
    link = await evening.desk.at("copy").locator("code").inner_text()
    async with evening.page.expect_download() as coming:
        await evening.desk.at("copy").get_by_role("link", name="Download").click()
    with zipfile.ZipFile(await (await coming.value).path()) as archive:
        assert "README.txt" in archive.namelist()
    assert (await evening.page.request.get(link)).status == 404
    await evening.check("admin/add_note", "admin/delete_note", "admin/export_user")
