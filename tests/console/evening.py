"""An evening on which one operator acts at the console, and people see it at the live page."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import Locator, Page, expect

from tests.console.desk import Desk
from tests.page.browser import SECONDS, Hall, Person
from tests.worlds import a_moment

AT_ONCE: Final = 1000
"""Milliseconds until people see what is done in their room, or to themselves."""
IN_LISTS: Final = 2000
"""Lists are told once a second; words count within two."""
PRESSED: Final = "document.addEventListener('click', () => { window.pressed = Date.now(); }, true);"
"""Notes when somebody has clicked."""
SEEN: Final = """([selector, text, there]) => new Promise((resolve) => {
  const looks = () => [...document.querySelectorAll(selector)].some((one) =>
    `${one.textContent} ${one.placeholder ?? ''} ${one.dataset.why ?? ''}`.includes(text));
  const see = () => looks() === there && (resolve(Date.now()), true);
  if (see()) return;
  const watcher = new MutationObserver(() => { if (see()) watcher.disconnect(); });
  watcher.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
})"""
"""Waits until a text stands somewhere, or no more; returns when it was seen."""
PATIENCE: Final = 10.0
_LOOK: Final = 0.1
_DONE: Final = """async () => {
  const call = async (method, given) => (await fetch(`/base/v1/${method}`, {
    method: 'POST',
    headers: {'content-type': 'application/json', 'x-liveroom-console': '1'},
    body: JSON.stringify(given),
  })).json();
  const {data: me} = await call('operators/me', {});
  const found = new Set();
  let cursor = '';
  do {
    const page = await call('admin/audit', {actor: `operator:${me.operatorId}`, code: 0, cursor, limit: 100});
    for (const {action} of page.data) found.add(action);
    cursor = page.nextCursor;
  } while (cursor);
  return [...found];
}"""
"""Asks the audit what whoever is signed in has done."""


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
        seen = asyncio.create_task(person.page.evaluate(SEEN, [selector, text, there]))
        await act
        at = await asyncio.wait_for(seen, PATIENCE)
        self.delays[what] = at - await self.page.evaluate("() => window.pressed")
        assert self.delays[what] >= 0, f"{what}: that was there before"

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.desk.url}{path}")

    async def open_user(self, person: Person, tab: str = "") -> None:
        """Open the page of somebody."""
        await self.open(f"/users/{await id_of(person)}?tab={tab}")
        await expect(self.desk.at("ban")).to_be_visible()

    async def press(self, name: str) -> None:
        """Press a button of the page."""
        await self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()

    async def choose(self, name: str) -> None:
        """Choose from the menu that is open."""
        await self.page.locator(".n-dropdown-option").get_by_text(name, exact=True).click()

    async def pick_from(self, menu: str, name: str) -> None:
        """Open a menu of the page and choose from it."""
        await self.press(menu)
        await self.choose(name)

    async def pick(self, where: Locator, *options: str) -> None:
        """Choose in a field of choices."""
        await where.locator(".n-base-selection").click()
        menu = self.page.locator(".n-base-select-menu:visible")
        for option in options:
            await menu.get_by_text(option, exact=True).click()
        if len(options) > 1:
            await self.desk.at("confirm").locator("h2").click()
        await expect(menu).to_have_count(0)

    async def go(self, why: str = "", picks: Mapping[str, str] | None = None, **fields: str) -> None:
        """Answer what is asked before an action; ``picks``: what is chosen in the fields that have choices."""
        asked = self.desk.at("confirm")
        # A dialog that has just opened takes the focus, and with it what is typed elsewhere meanwhile.
        await expect(self.page.locator("[data-testid=confirm]:focus-within")).to_be_visible()
        for label, option in (picks or {}).items():
            await self.pick(asked.locator("label").filter(has_text=label), option)
        for name, text in {**fields, **({"why": why} if why else {})}.items():
            await asked.locator(f"[name={name}]").fill(text)
        await self.desk.at("confirm-go").click()
        await expect(asked).to_be_hidden(timeout=SECONDS * 1000)

    async def place(self, step: str) -> None:
        """Put the room somewhere in the lists."""
        await self.desk.at("placement").click()
        await self.choose(step)
        await self.go()

    async def do_to(self, name: str, step: str) -> None:
        """Do something to a member."""
        await self.desk.at("tab-members").click()
        await self.pick_from(f"Actions {name}", step)
        await self.go("enough")

    def row(self, text: str) -> Locator:
        """Return the rows of the page's table in which something stands."""
        return self.page.locator("main [data-row]").filter(has_text=text)

    async def lists(self, text: str, *, there: bool = True) -> None:
        """Check that the page, loaded anew, has or lacks a row."""
        await self.page.reload()
        await expect(self.page.locator(".n-spin")).to_have_count(0)
        await expect(self.row(text)).to_have_count(1 if there else 0)

    async def secret(self) -> str:
        """Return what is shown this once."""
        shown = self.desk.at("shown-once")
        secret = await shown.locator("code").first.inner_text()
        await shown.get_by_role("button", name="Close").click()
        await expect(shown).to_be_hidden()
        return secret

    async def toast(self, text: str) -> None:
        """Wait for a note that says something."""
        await expect(self.page.get_by_test_id("toast").filter(has_text=text).first).to_be_visible()

    async def done(self) -> set[str]:
        """Return what the operator has done, as the audit has it."""
        return {action.removeprefix("base/v1/") for action in await self.page.evaluate(_DONE)}

    async def check(self, *methods: str) -> None:
        """Check that nothing took too long, and that each of these was done; show how long it took."""
        sys.stdout.write("".join(f"\n{what}: {delay} ms" for what, delay in self.delays.items()) + "\n")

        async def is_audited() -> bool:
            return set(methods) <= await self.done()

        await until(is_audited, PATIENCE)
        late = {what: delay for what, delay in self.delays.items() if delay > self.limit(what)}
        assert late == {}, late
        assert self.desk.complaints == [], self.desk.complaints
        self.hall.check_silence(but="4")

    @staticmethod
    def limit(what: str) -> int:
        return IN_LISTS if what.startswith(("list:", "word:")) else AT_ONCE


async def say(person: Person, text: str) -> None:
    """Write something in the room."""
    await person.at("chat-field").fill(text)
    await person.at("chat-send").click()


async def id_of(person: Person) -> str:
    """Return the id of whoever is signed in at the live page."""
    return (await person.at("my-id").text_content() or "").rpartition(" ")[2]


async def in_turn(*steps: Awaitable[object]) -> None:
    """Do one after the other."""
    for step in steps:
        await step


async def until(reached: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not await reached():
            await a_moment(_LOOK)
