"""What the build of live page and console leaves: small enough to load first, whole, and fit for their policies."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from liveroom.http.pages import FOLDER, are_built

FIRST_LOAD_MAX = {"index.html": 300 * 1024, "console.html": 250 * 1024}
"""Bytes, packed, that a browser needs of each page before anything is shown."""
ROOT = Path(__file__).parent.parent.parent
_MANIFEST = FOLDER / ".vite" / "manifest.json"
_EVALUATES = re.compile(rb"\bnew Function\b|(?<![\w.$])eval\(")

pytestmark = pytest.mark.skipif(not are_built(), reason="the live page is not built here (LIVEROOM_SKIP_WEB)")


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, Any]]:
    found = json.loads(_MANIFEST.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def first_load(manifest: dict[str, dict[str, Any]], page: str, *others: str) -> set[str]:
    """Return the files that a browser needs of a page before anything is shown, and of other parts of the source."""
    wanted, seen = [page, *others], set[str]()
    files = {page}
    while wanted:
        key = wanted.pop()
        if key not in seen:
            seen.add(key)
            chunk = manifest[key]
            files |= {chunk["file"], *chunk.get("css", ())}
            wanted += chunk.get("imports", ())
    return files


def weight(name: str) -> int:
    packed = FOLDER / f"{name}.gz"
    return (packed if packed.is_file() else FOLDER / name).stat().st_size


@pytest.mark.parametrize("page", FIRST_LOAD_MAX)
def test_the_first_load_is_small(manifest: dict[str, dict[str, Any]], page: str) -> None:
    first = [key for key in manifest if page == "console.html" and key.endswith("/OverviewPage.vue")]
    weights = {name: weight(name) for name in first_load(manifest, page, *first)}
    assert len(weights) >= 3
    assert sum(weights.values()) <= FIRST_LOAD_MAX[page], weights


def test_the_consoles_pages_and_charts_come_on_demand(manifest: dict[str, dict[str, Any]]) -> None:
    files = first_load(manifest, "console.html")
    lazy = [key for key in manifest if "console/pages/" in key and "SignInPage" not in key]
    assert len(lazy) > 5
    assert [key for key in lazy if manifest[key]["file"] in files] == []
    assert [name for name in files if "echarts" in name] == []


def test_the_providers_sdks_come_on_demand(manifest: dict[str, dict[str, Any]]) -> None:
    files = first_load(manifest, "index.html") | first_load(manifest, "console.html")
    for key, chunk in manifest.items():
        if re.search("livekit|trtc", key):
            assert chunk["file"] not in files


def test_what_is_loaded_first_makes_no_script_of_text(manifest: dict[str, dict[str, Any]]) -> None:
    for name in first_load(manifest, "index.html") | first_load(manifest, "console.html"):
        assert not _EVALUATES.search((FOLDER / name).read_bytes()), name


@pytest.mark.parametrize("name", FIRST_LOAD_MAX)
def test_the_page_holds_no_script_and_asks_nobody_else(name: str) -> None:
    page = (FOLDER / name).read_text("utf-8")
    assert re.findall(r"<script\b[^>]*>(?!\s*</script>)", page) == []
    assert re.findall(r"\son\w+=", page) == []
    assert re.findall(r"""(?:src|href)=["'](?!\./)""", page) == []


def test_styles_fetch_nothing_from_elsewhere() -> None:
    for style in FOLDER.rglob("*.css"):
        assert re.findall(r"url\(\s*[\"']?(?:https?:)?//|@import", style.read_text("utf-8")) == [], style.name


def test_the_lock_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    others = {name: one for name, one in packages.items() if "node_modules/" in name and not one.get("link")}
    assert [name for name, package in others.items() if "resolved" in package] == []
    assert all("integrity" in package for package in others.values())
    assert len(others) > 100
