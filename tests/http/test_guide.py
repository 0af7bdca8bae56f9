"""The guide as it is served: where its pages are, what their links lead to, what its search knows, its headers."""

import gzip
import json
import posixpath
import re
from collections.abc import AsyncIterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from liveroom.http.guide import FOLDER, Guide
from liveroom.http.site import make_site
from tests.docs.pages import ROOT, anchors
from tests.http.echoes import client_of, make_app, make_registry

built = pytest.mark.skipif(not FOLDER.is_dir(), reason="the guide is not built here (LIVEROOM_SKIP_WEB)")
_PAGES = sorted(path.relative_to(FOLDER).as_posix().removesuffix(".html.gz") for path in FOLDER.rglob("*.html.gz"))
_BESIDE = ("docs", "favicon.svg", "openapi.json")
_TRANSLATED = sorted(path.name.removesuffix(".zh-CN.md") for path in ROOT.glob("docs/*.zh-CN.md"))


@pytest.fixture
async def calls() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(make_app(site=make_site(make_registry()))) as found:
        yield found


class Page(HTMLParser):
    """Gathers ids, links and whatever else the page has fetched, and what a strict policy would forbid."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.forbidden: list[str] = []
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in ("href", "src", "data-en", "data-zh"):
                self.links.append(value or "")
            elif name == "style" or name.startswith("on"):
                self.forbidden.append(f"{tag} {name}")
            elif (tag, name) == ("html", "lang"):
                self.language = value or ""


@cache
def page_of(name: str) -> Page:
    return Page(gzip.decompress((FOLDER / f"{name}.html.gz").read_bytes()).decode())


@built
def test_every_link_of_the_guide_leads_to_a_page_and_to_a_heading_of_it() -> None:
    """Beside its pages only these are linked to, and other hosts."""
    pages = {name: page_of(name) for name in _PAGES}
    files = {path.relative_to(FOLDER).as_posix().removesuffix(".gz") for path in FOLDER.rglob("*.*")}
    lost = []
    for name, page in pages.items():
        for link in page.links:
            path, _, anchor = unquote(link).partition("#")
            here = f"guide/{name}"
            to = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here
            if link.startswith(("http://", "https://", "mailto:")) or to in _BESIDE:
                continue
            inside = to.removeprefix("guide/")
            is_there = inside in pages and (not anchor or anchor in pages[inside].ids)
            if not is_there and inside not in files:
                lost.append(f"{name}: {link}")
    assert lost == []
    assert [name for name, page in pages.items() if page.forbidden or len(set(page.ids)) < len(page.ids)] == []


@built
@pytest.mark.parametrize("page", ["socket", "api", "settings.zh-CN", "operations.zh-CN"])
def test_anchors_are_those_of_the_markdown_file(page: str) -> None:
    language = "zh" if "zh-CN" in page else "en"
    text = (ROOT / f"docs/{page}.md").read_text("utf-8")
    assert anchors(text) <= set(page_of(f"{language}/{page.removesuffix('.zh-CN')}").ids)


@built
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_search_knows_each_heading_of_its_language(language: str) -> None:
    index = json.loads(gzip.decompress((FOLDER / f"search.{language}.json.gz").read_bytes()))
    known = set(index["documentIds"].values())
    for name in _PAGES:
        if name.startswith(f"{language}/"):
            headings = [one for one in page_of(name).ids if one not in ("guide-text", "guide-pages")]
            assert {f"{name}#{one}" for one in headings[1:]} | {name} <= known, name


@built
@pytest.mark.parametrize("name", _TRANSLATED)
async def test_a_page_in_two_languages_has_a_switch_in_both(calls: httpx.AsyncClient, name: str) -> None:
    for language, other in (("en", "zh"), ("zh", "en")):
        answer = await calls.get(f"/guide/{language}/{name}")
        assert answer.status_code == 200
        assert f'href="../{other}/{name}">' in answer.text
        assert Page(answer.text).language == {"en": "en", "zh": "zh-CN"}[language]


@built
async def test_the_guide_begins_in_the_language_of_whoever_asks(calls: httpx.AsyncClient) -> None:
    for accepted, language in (("en-GB", "en"), ("zh-CN", "zh"), ("fr", "zh")):
        answer = await calls.get("/guide", headers={"Accept-Language": accepted})
        assert (answer.status_code, answer.headers["location"]) == (307, f"/guide/{language}/index")
    for language in ("en", "zh"):
        answer = await calls.get(f"/guide/{language}", follow_redirects=True)
        assert (answer.status_code, answer.url.path) == (200, f"/guide/{language}/index")


@built
async def test_under_a_path_of_a_proxy_redirects_keep_it_and_a_slash_too_many_is_taken_off() -> None:
    app = make_app(site=make_site(make_registry()), base_path="/live")
    async with client_of(app) as calls:
        assert (await calls.get("/live/guide/zh")).headers["location"] == "/live/guide/zh/index"
        assert (await calls.get("/live/guide/en/socket/")).headers["location"] == "/live/guide/en/socket"
        assert (await calls.get("/live/guide/en/socket")).status_code == 200


@built
async def test_a_page_may_run_the_guides_script_and_is_fetched_again_only_if_it_has_changed(
    calls: httpx.AsyncClient,
) -> None:
    answer = await calls.get("/guide/en/socket")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    again = await calls.get("/guide/en/socket", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = await calls.get("/guide/en/socket", headers={"Accept-Encoding": "identity"})
    assert (plain.text, "content-encoding" in plain.headers) == (answer.text, False)
    (style,) = re.findall(r'href="\.\./(assets/[^"]+\.css)"', answer.text)
    assert "immutable" in (await calls.get(f"/guide/{style}")).headers["cache-control"]


@built
@pytest.mark.parametrize("path", ["en/nothing", "en/socket.html", "../site.py", "en/%2e%2e/%2e%2e/site.py", "zh"])
async def test_a_page_that_is_not_there_is_a_sentence(calls: httpx.AsyncClient, path: str) -> None:
    answer = await calls.get(f"/guide/{path}x", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    if "site" not in path:
        assert answer.text == "The guide has no such page. All of its pages are listed at /guide.\n"


async def test_an_installation_without_the_guide_says_how_to_get_it(tmp_path: Path) -> None:
    async with client_of(make_app(site=make_site(make_registry(), guide=Guide(tmp_path)))) as calls:
        answer = await calls.get("/guide/en/index", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "web/build.py" in answer.text
