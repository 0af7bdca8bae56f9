"""Debian's Chromium with a fake camera, and the people in front of it: each in a context, or a tab, of their own."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Locator, Page, Route, WebSocket, async_playwright, expect

from tests.page.covers import COVERS_AT, cover
from tests.servers import LOOPBACK, find

SECONDS: Final = 15.0
PASSWORD: Final = "a long enough secret"
_LOOK: Final = 100
_FLAGS: Final = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--disable-background-networking"),
    *("--disable-component-update", "--disable-dev-shm-usage"),
    *("--disable-background-timer-throttling", "--disable-renderer-backgrounding"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
    "--autoplay-policy=no-user-gesture-required",
    # With these the pages find each other on a machine that has nothing but a loopback interface.
    *("--disable-features=WebRtcHideLocalIpsWithMdns", "--allow-loopback-in-peer-connection"),
)
# The page keeps its connections to itself; the statistics of all of them are what shows that media arrive.
WATCH_PEERS: Final = """
window.peers = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); window.peers.push(this); }
};
window.received = async () => {
  const sum = {frames: 0, sound: 0};
  for (const peer of window.peers) {
    for (const report of (await peer.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      if (report.kind === 'video') sum.frames += report.framesDecoded ?? 0;
      else sum.sound += report.bytesReceived ?? 0;
    }
  }
  return sum;
};
"""
_MORE: Final = """
async (before) => {
  const now = await window.received();
  return now.frames >= before.frames + 5 && now.sound > before.sound;
}
"""
_PICTURE: Final = """
() => [...document.querySelectorAll('[data-testid=remote-video]')].some(v => v.videoWidth > 0 && v.currentTime > 0)
"""


@asynccontextmanager
async def chromium(program: Path | str = "", reaches: str = LOOPBACK) -> AsyncIterator[Browser]:
    """Yield a browser that finds nothing but one address; its contexts are cheap, and know nothing of each other."""
    args = [*_FLAGS, f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {reaches}"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program or find("chromium"), args=args, chromium_sandbox=False
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Person:
    """Somebody at a tab of the live page."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    """What the browser's console calls errors, and exceptions that nobody caught."""
    nodes: list[str] = field(default_factory=list)
    """Which process of the service held the socket, of each connection."""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SECONDS * 1000)
        self.page.on("console", lambda said: self._complain(said.text, said.location) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self._complain(str(error), None))
        self.page.on("websocket", self._watch)

    def _complain(self, text: str, place: Any) -> None:
        self.complaints.append(f"{text} ({place})")

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._read)

    def _read(self, frame: str | bytes) -> None:
        for line in (frame if isinstance(frame, str) else frame.decode(errors="replace")).splitlines():
            reply = json.loads(line) if line.startswith("{") else {}
            if "node" in reply.get("connect", {}):
                self.nodes.append(reply["connect"]["node"])

    def at(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    async def open(self, place: str = "/") -> None:
        """Open a screen."""
        await self.page.goto(f"{self.url}/#{place}")

    async def come_in(self, name: str, place: str = "/") -> None:
        """Open a screen as a new guest."""
        await self.open()
        await self.at("sign-in").click()
        await self.give_name(name)
        await expect(self.at("account")).to_be_visible()
        if place != "/":
            await self.open(place)

    async def give_name(self, name: str) -> None:
        """Answer who one is, as a guest."""
        await self.at("nickname").fill(name)
        await self.at("guest").click()

    async def give_account(self, way: str, username: str, password: str = PASSWORD) -> None:
        """Come in with an account; ``way``: ``open-register``, or ``open-sign-in``."""
        await self.open("/welcome")
        await self.at(way).click()
        await self.at("username").fill(username)
        await self.at("password").fill(password)
        await self.at("account-submit").click()

    async def go_live(self, title: str, source: str = "test", cover: str = "", category: str = "") -> str:
        """Start a show and return the room's id."""
        await self.open("/live")
        await self.at(f"source-{source}").click()
        await expect(self.at("own-voice" if source == "microphone" else "own-video")).to_be_visible()
        await self.at("title").fill(title)
        await self.at("cover").fill(cover)
        if category:
            await self.at("category").select_option(category)
        await self.at("start").click()
        await expect(self.at("room")).to_be_visible()
        return self.page.url.rpartition("/")[2]

    async def end(self) -> None:
        """End the show, on a large screen."""
        await self.at("end").click()
        await self.at("end-confirm").click()

    async def watch(self, room: str) -> None:
        """Open a room and wait for the picture."""
        await self.open(f"/room/{room}")
        await self.see()

    async def see(self) -> None:
        """Wait until a picture of somebody else is there."""
        await self.page.wait_for_function(_PICTURE, polling=_LOOK)

    async def check_moving(self) -> None:
        """Check that pictures and sound go on arriving, from now on."""
        await self.see()
        await self.page.wait_for_function(_MORE, arg=await self.page.evaluate("() => window.received()"), polling=_LOOK)


async def paint(route: Route) -> None:
    await route.fulfill(content_type="image/svg+xml", body=cover(route.request.url))


@dataclass
class Hall:
    """A service's page in a browser, and everybody who has come."""

    browser: Browser
    url: str
    people: list[Person] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def context(self, **look: Any) -> BrowserContext:
        """Return a context that shares nothing with the others; ``look`` is its size, language and colours."""
        context = await self.browser.new_context(**{"locale": "en-US", **look})
        await context.add_init_script(WATCH_PEERS)
        await context.route(f"{COVERS_AT}**", paint)
        self.contexts.append(context)
        return context

    async def person(self, context: BrowserContext | None = None, **look: Any) -> Person:
        """Return somebody with a tab of their own, in a context of their own unless one is given."""
        person = Person(await (context or await self.context(**look)).new_page(), self.url)
        self.people.append(person)
        return person

    async def guest(self, name: str, place: str = "/", **look: Any) -> Person:
        """Return a guest who has come in."""
        person = await self.person(**look)
        await person.come_in(name, place)
        return person

    def check_silence(self, but: str = "\n") -> None:
        """Check that no tab had an error, apart from those that say ``but``."""
        assert [text for person in self.people for text in person.complaints if but not in text] == []

    async def close(self) -> None:
        """Send everybody home."""
        for context in self.contexts:
            await context.close()
