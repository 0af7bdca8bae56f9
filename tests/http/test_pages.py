"""The live page as it is served: its headers, how it is kept and coded, and the path under which it is."""

import re
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from liveroom.http.pages import Pages, open_pages
from liveroom.http.site import make_site
from tests.http.echoes import client_of, make_app, make_registry

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
SCRIPT = "assets/index-DR7t6DYZ.js"
INDEX = f'<!doctype html><html><head><link href="./favicon.svg"><script src="./{SCRIPT}"></script></head></html>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / "gifts").mkdir()
    contents = {
        "index.html": INDEX,
        "favicon.svg": "<svg/>",
        "gifts/rose.webp": "a picture",
        "built-from.sha256": "0",
        ".vite/manifest.json": "{}",
        SCRIPT: "plain",
        f"{SCRIPT}.gz": "as gzip",
        f"{SCRIPT}.br": "as brotli",
        "assets/only-plain.css": "a{}",
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    return tmp_path


def client(folder: Path, base_path: str = "", plays: Sequence[str] = ()) -> httpx.AsyncClient:
    site = make_site(make_registry(), pages=Pages(folder), base_path=base_path, plays=plays)
    return client_of(make_app(site=site, base_path=base_path))


async def get(folder: Path, path: str, *, base_path: str = "", **headers: str) -> httpx.Response:
    async with client(folder, base_path) as calls:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await calls.get(path, headers={"Accept-Encoding": "identity", **given})


async def test_a_browser_gets_the_page_and_asks_for_it_anew_each_time(folder: Path) -> None:
    answer = await get(folder, "/", **BROWSER)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["vary"] == "Accept"


async def test_the_page_runs_only_its_own_scripts_and_is_nobodys_frame(folder: Path) -> None:
    headers = (await get(folder, "/", **BROWSER)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert {"'self'", "ws:", "wss:"} <= set(policy["connect-src"].split())
    assert headers["permissions-policy"] == "camera=(self), microphone=(self), display-capture=(self)"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/r/40000001"])
@pytest.mark.parametrize("plays", [(), ("https://pictures.example.com",)])
async def test_videos_are_played_from_here_and_from_where_uploads_are_seen(
    folder: Path, path: str, plays: Sequence[str]
) -> None:
    """The policy forbade the videos of gifts that lie in the operator's own store."""
    async with client(folder, plays=plays) as calls:
        headers = (await calls.get(path, headers=BROWSER)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["media-src"].split() == ["'self'", "blob:", *plays]


async def test_whoever_asks_for_no_page_still_learns_that_all_is_well(folder: Path) -> None:
    assert (await get(folder, "/")).json()["errorCode"] == 0


@pytest.mark.parametrize(
    ("base_path", "path", "base"),
    [
        ("", "/", ""),
        ("", "/prod", "/prod"),
        ("", "/dev//", "/dev"),
        ("/live", "/live", "/live"),
        ("/live", "/live/", "/live"),
        ("/live", "/", "/live"),
        ("/live", "/live/prod/", "/live/prod"),
    ],
)
async def test_the_page_knows_the_path_under_which_it_is(folder: Path, base_path: str, path: str, base: str) -> None:
    page = (await get(folder, path, base_path=base_path, **BROWSER)).text
    assert f'<meta name="liveroom-base" content="{base}">' in page
    assert f'src="{base}/{SCRIPT}"' in page
    script = await get(folder, f"{base}/{SCRIPT}", base_path=base_path)
    assert script.text == "plain"


@pytest.mark.parametrize(
    ("accepted", "coding", "content"),
    [
        ("gzip, deflate, br", "br", "as brotli"),
        ("gzip, deflate", "gzip", "as gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", "as gzip"),
        ("zstd", None, "plain"),
        ("", None, "plain"),
    ],
)
async def test_a_file_comes_in_the_best_coding_the_browser_takes(
    folder: Path, accepted: str, coding: str | None, content: str
) -> None:
    async with (
        client(folder) as calls,
        calls.stream("GET", f"/{SCRIPT}", headers={"Accept-Encoding": accepted}) as answer,
    ):
        raw = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers.get("content-encoding") == coding
    assert raw == content.encode()
    assert answer.headers["vary"] == "Accept-Encoding"
    assert re.match("(text|application)/javascript", answer.headers["content-type"])


async def test_a_file_with_a_digest_in_its_name_is_kept_for_ever(folder: Path) -> None:
    assert "immutable" in (await get(folder, "/assets/only-plain.css")).headers["cache-control"]


@pytest.mark.parametrize(("path", "kind"), [("/favicon.svg", "image/svg+xml"), ("/gifts/rose.webp", "image/webp")])
async def test_icons_are_kept_for_a_day(path: str, kind: str, folder: Path) -> None:
    answer = await get(folder, path)
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == "public, max-age=86400"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        f"/{SCRIPT}.gz",
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/built-from.sha256",
        "/.vite/manifest.json",
        "/index.html",
    ],
)
async def test_nothing_else_of_the_folder_is_served(folder: Path, path: str) -> None:
    answer = await get(folder, path, **BROWSER)
    assert (answer.status_code, answer.json()["errorCode"]) == (404, 99)


async def test_the_page_that_was_served_goes_on_working_when_it_is_built_anew(folder: Path) -> None:
    async with client(folder) as calls:
        (folder / SCRIPT).unlink()
        assert (await calls.get(f"/{SCRIPT}", headers={"Accept-Encoding": "identity"})).text == "plain"


@pytest.mark.parametrize("path", ["/reference", "/docs", "/prod/reference/"])
async def test_the_reference_is_beside_the_page(folder: Path, path: str) -> None:
    assert "/base/v1/tests/echo" in (await get(folder, path, **BROWSER)).text


async def test_without_a_build_the_root_shows_the_reference(tmp_path: Path) -> None:
    assert open_pages(tmp_path) is None
    async with client_of(make_app()) as calls:
        assert "/base/v1/tests/echo" in (await calls.get("/", headers=BROWSER)).text
