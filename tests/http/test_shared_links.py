"""Shared links: the page with what everybody may see of its room, for the apps in which the link is shown."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from liveroom.app.serving import make_app
from liveroom.http.pages import Pages
from tests.http.echoes import client_of
from tests.service import HOST, Device, Service, serving

INDEX = '<!doctype html><html><head><title>liveroom</title><script src="./assets/a.js"></script></head></html>'


class _Head(HTMLParser):
    """What a head says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self._in_title = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("property") or given.get("name")
        if tag == "meta" and name:
            self.said[name] = given.get("content") or ""
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.said["title"] = data
            self._in_title = False


@pytest.fixture
def page(tmp_path: Path) -> Pages:
    """Return a page as a build leaves it."""
    folder = tmp_path / "pages"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "a.js").write_text("1")
    return Pages(folder)


@asynccontextmanager
async def with_page(folder: Path, page: Pages, **settings: Any) -> AsyncIterator[Service]:
    """Yield a service that has this page."""
    async with serving(folder, **settings) as service:
        app, _ = make_app(service.core, pages=page)
        async with client_of(app) as http:
            yield replace(service, http=http)


@pytest.fixture
async def service(page: Pages, tmp_path: Path) -> AsyncIterator[Service]:
    async with with_page(tmp_path / "data", page) as service:
        yield service


async def get(service: Service, path: str, **headers: str) -> httpx.Response:
    given = {"host": HOST, **headers}
    return await service.http.get(path, headers={"accept": "text/html", **given})


async def link(service: Service, room: str, **headers: str) -> httpx.Response:
    return await get(service, f"/r/{room}", **headers)


async def said(service: Service, room: str, **headers: str) -> dict[str, str]:
    """Return what the link's head says beside where the service is."""
    found = _Head((await link(service, room, **headers)).text).said
    assert found.pop("liveroom-base") == "/"
    return found


async def go_live(service: Service, name: str = "Ann", **texts: Any) -> tuple[Device, str]:
    host = await service.sign_up()
    await host.call("auth_users/user_update", {"name": name})
    room = await host.go_live(title=texts.pop("title", "Late jazz"))
    if texts:
        await host.call("rooms/update_room", {"roomId": room, **texts})
    return host, room


async def test_the_link_of_a_public_room_says_title_host_and_cover(service: Service) -> None:
    _, room = await go_live(service, cover="https://img.example.com/a.jpg?x=1&y=2", description="till late")
    assert await said(service, room) == {
        "title": "Late jazz",
        "og:type": "website",
        "og:site_name": "liveroom",
        "og:title": "Late jazz",
        "og:description": "Ann · till late",
        "og:image": "https://img.example.com/a.jpg?x=1&y=2",
        "twitter:card": "summary_large_image",
    }


async def test_what_users_wrote_is_escaped_and_no_other_address_than_that_of_a_picture_is_shown(
    service: Service,
) -> None:
    nasty = '"><script>alert(1)</script>&amp;</title>\\1'
    _, room = await go_live(service, name=f"A{nasty}", title=nasty, cover="javascript:alert(1)")
    answer = await link(service, room)
    assert answer.text.count("<script") == 1
    found = await said(service, room)
    assert (found["og:title"], found["title"]) == (nasty, nasty)
    assert found["og:description"] == f"A{nasty}"
    assert "og:image" not in found
    assert html.escape(nasty) in answer.text


async def test_a_room_without_a_title_is_its_hosts(service: Service) -> None:
    _, room = await go_live(service, title="")
    found = await said(service, room)
    assert (found["og:title"], "og:description" in found, found["twitter:card"]) == ("Ann", False, "summary")


async def test_of_any_other_room_the_link_says_nothing(service: Service) -> None:
    plain = (await link(service, "39999999")).text
    assert _Head(plain).said == {"liveroom-base": "/", "title": "liveroom"}
    host, room = await go_live(service)
    for changed, undone in (
        ({"access": "private"}, {"access": "public"}),
        ({"access": "invited"}, {"access": "public"}),
    ):
        await host.call("rooms/set_options", {"roomId": room, **changed})
        assert (await link(service, room)).text == plain, changed
        await host.call("rooms/set_options", {"roomId": room, **undone})
        service.clock.advance(10)
        assert (await link(service, room)).text != plain
        service.clock.advance(10)
    key = await service.make_key()
    assert (await key.call("admin/bar_room", {"roomId": room})).code == 0
    assert (await link(service, room)).text == plain
    other, hidden = await go_live(service)
    await other.leave(hidden)
    assert (await link(service, hidden)).text == plain
    third, closed = await go_live(service)
    await third.call("rooms/destroy_room", {"roomId": closed})
    assert (await link(service, closed)).text == plain
    for odd in ("x" * 65, "%00", "a%20b", "..%2f"):
        assert (await link(service, odd)).status_code in (200, 404)


async def test_a_room_of_another_tenant_is_shown_at_its_own_host_only(service: Service) -> None:
    await service.make_tenant("acme", hosts=("acme.example.com",))
    host = await service.sign_up(app="acme")
    room = await host.go_live(title="At Acme's")
    assert "og:title" not in await said(service, room, host=HOST)
    assert (await said(service, room, host="acme.example.com"))["og:title"] == "At Acme's"


async def test_a_preview_is_kept_for_ten_seconds(service: Service) -> None:
    host, room = await go_live(service)
    await link(service, room)
    await host.call("rooms/update_room", {"roomId": room, "title": "Early jazz"})
    assert (await said(service, room))["og:title"] == "Late jazz"
    service.clock.advance(10)
    assert (await said(service, room))["og:title"] == "Early jazz"


async def test_the_page_of_a_link_is_as_safe_and_fresh_as_the_page(service: Service) -> None:
    _, room = await go_live(service)
    shared = (await link(service, room)).headers
    page = (await get(service, "/")).headers
    differing = {"content-length", "x-request-id"}
    assert {name: shared[name] for name in shared if name not in differing} == {
        name: page[name] for name in page if name not in differing
    }
    assert re.search(r'src="/assets/a\.js"', (await link(service, room)).text)


async def test_where_rooms_are_for_people_who_signed_in_links_say_nothing(page: Pages, tmp_path: Path) -> None:
    async with with_page(tmp_path / "data", page, browsing="off") as service:
        _, room = await go_live(service)
        assert "og:title" not in await said(service, room)
