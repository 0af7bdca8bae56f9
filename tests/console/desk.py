"""A service with its console in a browser, and the operators who sit in front of it."""

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.forks.client import command
from tests.page.browser import SECONDS, paint
from tests.page.covers import COVERS_AT
from tests.service import SECRET

PASSWORD: Final = "correct horse battery"


@dataclass
class Desk:
    """An operator at a tab of the console."""

    page: Page
    url: str
    """Where the console is."""
    complaints: list[str] = field(default_factory=list)
    """What the browser's own console calls errors, such as breaches of the policy, and exceptions nobody caught."""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SECONDS * 1000)
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def at(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    async def accept(self, link: str) -> None:
        """Open the link of an invitation and set a password."""
        await self.page.goto(link)
        await self.page.locator("[name=new-password]").fill(PASSWORD)
        await self.page.locator("[name=again]").fill(PASSWORD)
        await self.at("invitation").locator("button[type=submit]").click()
        await expect(self.at("account")).to_be_visible()

    async def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """Write name and password, and send them."""
        await self.page.locator("[name=username]").fill(name)
        await self.page.locator("[name=password]").fill(password)
        await self.at("sign-in").locator("button[type=submit]").click()

    async def find(self, text: str) -> None:
        """Open what the palette finds first."""
        await self.page.keyboard.press("Control+k")
        palette = self.at("palette")
        await palette.locator("input").fill(text)
        await expect(palette.get_by_role("option").filter(has_text=text).first).to_be_visible()
        await self.page.keyboard.press("Enter")
        await expect(palette).to_be_hidden()

    async def confirm(self, why: str) -> None:
        """Answer the question before an action."""
        await self.at("confirm").locator("[name=why]").fill(why)
        await self.at("confirm-go").click()
        await expect(self.at("confirm")).to_be_hidden()


@dataclass
class Office:
    """The browser in which operators sit, and the service that they look after."""

    browser: Browser
    url: str
    folder: Path
    """The service's data."""
    contexts: list[BrowserContext] = field(default_factory=list)

    async def desk(self, **look: Any) -> Desk:
        """Return a tab in which nobody is signed in; ``look`` is its size, language and colours."""
        context = await self.browser.new_context(**{"locale": "en-US", **look})
        await context.route(f"{COVERS_AT}**", paint)
        self.contexts.append(context)
        return Desk(await context.new_page(), f"{self.url}/console")

    async def invite(self, name: str, role: str = "administrator") -> str:
        """Return the link of a new operator, as the command prints it."""
        environ = {"PATH": os.environ.get("PATH", ""), "LIVEROOM_DATA_DIR": str(self.folder), "LIVEROOM_SECRET": SECRET}
        words = ("operators", "add", name, "--role", role, "--url", f"{self.url}/console")
        child = await asyncio.create_subprocess_exec(
            str(command()), *words, env=environ, cwd=self.folder, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await child.communicate()
        return next(line for line in out.decode().split() if "#invitation=" in line)

    async def close(self) -> None:
        """Send everybody home."""
        for context in self.contexts:
            await context.close()
