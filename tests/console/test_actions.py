"""Every action of the console, and how soon the live page shows it: from the click that confirms to what people see."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.console.desk import Desk, Office
from tests.page.browser import Hall, Person

pytestmark = pytest.mark.asyncio(loop_scope="module")
AT_ONCE: Final = 1000
"""Milliseconds until people see what is done in their room, or to themselves."""
IN_LISTS: Final = 2000
"""Lists are told once a second."""
_PRESSED: Final = "document.addEventListener('click', () => { window.pressed = Date.now(); }, true);"
_SEEN: Final = """([selector, text, there]) => new Promise((resolve) => {
  const looks = () => [...document.querySelectorAll(selector)].some((one) =>
    `${one.textContent} ${one.placeholder ?? ''} ${one.dataset.why ?? ''}`.includes(text));
  const see = () => looks() === there && (resolve(Date.now()), true);
  if (see()) return;
  const watcher = new MutationObserver(() => { if (see()) watcher.disconnect(); });
  watcher.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
})"""
_PATIENCE: Final = 10.0


@dataclass
class Evening:
    """An operator at the console, a host, and people at the live page."""

    desk: Desk
    host: Person
    room: str
    hall: Hall
    delays: dict[str, int] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        return self.desk.page

    async def guest(self, name: str) -> Person:
        """Return somebody who has come to the room."""
        guest = await self.hall.guest(name, f"/room/{self.room}")
        await expect(guest.at("room-title")).to_be_visible()
        return guest

    async def after(
        self, what: str, act: Awaitable[Any], person: Person, selector: str, text: str = "", *, there: bool = True
    ) -> None:
        """Do something at the console, and note how long it takes until somebody sees it."""
        seen = asyncio.create_task(person.page.evaluate(_SEEN, [selector, text, there]))
        await act
        at = await asyncio.wait_for(seen, _PATIENCE)
        self.delays[what] = at - await self.page.evaluate("() => window.pressed")

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.desk.url}{path}")

    async def press(self, name: str) -> None:
        """Press a button of the page."""
        await self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()

    async def choose(self, name: str) -> None:
        """Choose from the menu that is open."""
        await self.page.locator(".n-dropdown-option").get_by_text(name, exact=True).click()

    async def go(self, why: str = "", **fields: str) -> None:
        """Answer what is asked before an action."""
        asked = self.desk.at("confirm")
        for name, text in {**fields, **({"why": why} if why else {})}.items():
            await asked.locator(f"[name={name}]").fill(text)
        await self.desk.at("confirm-go").click()
        await expect(asked).to_be_hidden()

    async def place(self, step: str) -> None:
        """Put the room somewhere in the lists."""
        await self.desk.at("placement").click()
        await self.choose(step)
        await self.go()

    async def do_to(self, name: str, step: str, then: Awaitable[None] | None = None) -> None:
        """Do something to a member; ``then``: what shows them that it was done."""
        await self.desk.at("tab-members").click()
        await self.press(f"Actions {name}")
        await self.choose(step)
        await self.go("enough")
        if then is not None:
            await then

    def check(self) -> None:
        """Check that nothing took too long, and show all of it."""
        sys.stdout.write("".join(f"\n{what}: {delay} ms" for what, delay in self.delays.items()) + "\n")
        late = {what: delay for what, delay in self.delays.items() if delay > self.limit(what)}
        assert late == {}
        assert self.desk.complaints == []
        self.hall.check_silence(but="4")

    @staticmethod
    def limit(what: str) -> int:
        return IN_LISTS if what.startswith("list:") else AT_ONCE


@pytest_asyncio.fixture(loop_scope="module")
async def evening(office: Office, hall: Hall, request: pytest.FixtureRequest) -> AsyncIterator[Evening]:
    """Yield an evening on which Ann is live, and an administrator sits in front of her room's page."""
    desk = await office.desk()
    await desk.page.add_init_script(_PRESSED)
    await desk.accept(await office.invite(request.node.name.removeprefix("test_")[:30]))
    host = await hall.guest("Ann")
    room = await host.go_live("Evening show")
    await desk.page.goto(f"{desk.url}/rooms/{room}")
    await expect(desk.at("close-room")).to_be_visible()
    yield Evening(desk, host, room, hall)


async def say(person: Person, text: str) -> None:
    await person.at("chat-field").fill(text)
    await person.at("chat-send").click()


@pytest.mark.long
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
        evening.check()


@pytest.mark.long
async def test_what_is_done_to_people_is_seen_by_them_at_once(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    people = {name: await evening.guest(name) for name in ("Bob", "Cid", "Dan", "Eve", "Fay")}
    ending = "[data-testid=ending]"
    muted = evening.do_to("Bob", "Mute", then=say(people["Bob"], "hello"))
    await evening.after("mute", muted, people["Bob"], "[data-testid=chat-note]", "You are muted")
    await evening.after("kick", evening.do_to("Cid", "Remove"), people["Cid"], ending)
    await evening.after("ban from the room", evening.do_to("Dan", "Ban from the room"), people["Dan"], ending, "banned")
    await evening.page.get_by_role("link", name="Eve", exact=True).click()
    await evening.press("Warn")
    await evening.after("warn a user", evening.go(text="be kind"), people["Eve"], "[data-testid=warning]", "be kind")
    await evening.press("Sign out everywhere")
    out = evening.go("lost phone")
    await evening.after("sign out", out, people["Eve"], "body", "You are signed out.")
    await evening.open(f"/rooms/{evening.room}?tab=members")
    await evening.page.get_by_role("link", name="Fay", exact=True).click()
    await evening.press("Ban")
    banned = evening.go("spam all evening")
    await evening.after("ban everywhere", banned, people["Fay"], "body", "This account has been blocked.")
    with capsys.disabled():
        evening.check()


@pytest.mark.long
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
        evening.check()


@pytest.mark.long
async def test_a_new_report_is_at_the_console_at_once_and_acted_on_beside_it(
    evening: Evening, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    guest, page = await evening.guest("Bob"), evening.page
    await say(evening.host, "cheap followers")
    await expect(guest.at("message").filter(has_text="cheap followers")).to_be_visible()
    await guest.at("message").filter(has_text="cheap followers").get_by_test_id("message-name").click()
    await guest.at("do-report").click()
    badge = asyncio.create_task(page.evaluate(_SEEN, ["[data-testid=nav-reports] .badge", "1", True]))
    await guest.page.evaluate(_PRESSED)
    await guest.at("confirm").click()
    pressed = await guest.page.evaluate("() => window.pressed")
    evening.delays["report to badge"] = await asyncio.wait_for(badge, _PATIENCE) - pressed
    await evening.desk.at("nav-reports").click()
    await page.locator("main").get_by_role("row").nth(1).get_by_role("button").first.click()
    await evening.desk.at("report").get_by_role("button", name="Take it on").click()
    await expect(evening.desk.at("report")).to_contain_text("yours")
    await evening.desk.at("resolve").click()
    warned = evening.go(text="no adverts")
    await evening.after("act on a report", warned, evening.host, "[data-testid=warning]", "no adverts")
    with capsys.disabled():
        evening.check()
