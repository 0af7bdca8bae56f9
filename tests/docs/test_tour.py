"""The tour of docs/architecture.md and the recipes of CONTRIBUTING.md name files that are there, and names in them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.layers import drawn, reduced
from tests.docs.pages import ROOT, links

MOST = 45
"""Files that somebody reads to follow one call."""
LINES = 5
"""Of a recipe in CONTRIBUTING.md."""
_QUOTED = re.compile(r"`([^`]+)`")
_PATH = re.compile(r"[\w./-]+(?:/|\.(?:py|lua|md))|tests/[\w/]+")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?")


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _section(page: str, heading: str) -> str:
    return page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def _items(section: str) -> list[str]:
    """Return the items of numbered lists, each as one line."""
    found = re.findall(r"^\d+\. .+(?:\n {2,}\S.*)*", section, re.MULTILINE)
    return [" ".join(item.split()) for item in found]


def _rows(page: str) -> list[str]:
    """Return what the page's first table says of where to look."""
    return re.findall(r"^\| (?:where|what) .+$", page, re.MULTILINE)


def _paths(text: str) -> list[str]:
    return [one for one in _QUOTED.findall(text) if _PATH.fullmatch(one)]


def _file(path: str) -> Path:
    return ROOT / path if path.startswith(("tests/", "docs/")) else ROOT / "src/liveroom" / path


def _absent(text: str) -> Iterator[str]:
    """Yield files that are not there, and names that are in none of the files named beside them."""
    paths = _paths(text)
    yield from (path for path in paths if not _file(path).exists())
    files = [_file(path) for path in paths if _file(path).is_file()]
    beside = "".join(file.read_text(encoding="utf-8") for file in files)
    names = [one for one in _QUOTED.findall(text) if _NAME.fullmatch(one) and one not in paths]
    yield from (name for name in names if not re.search(rf"(?<![\w.]){re.escape(name)}\b", beside))


_ARCHITECTURE = _page("docs/architecture.md")
_CONTRIBUTING = _page("CONTRIBUTING.md")
_TOUR = _items(_section(_ARCHITECTURE, "The tour"))
_RECIPES = re.split(r"^### ", _section(_CONTRIBUTING, "How to add something"), flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("item", [*_TOUR, *_rows(_ARCHITECTURE)])
def test_what_the_tour_names_is_in_the_file_beside_it(item: str) -> None:
    assert list(_absent(item)) == []


def test_a_tour_is_read_in_few_files_each_of_which_comes_once() -> None:
    files = [path for item in _TOUR for path in _paths(item)]
    assert len(files) == len(set(files)) == len(_TOUR) <= MOST
    assert [item.partition(".")[0] for item in _TOUR] == [str(number) for number in range(1, len(_TOUR) + 1)]


def test_the_page_says_near_its_top_where_to_look() -> None:
    for sought in ("a message is limited", "a lease ends", "an event is numbered", "a webhook is retried"):
        assert f"\n| where {sought} | " in _ARCHITECTURE.partition("\n## ")[0]


@pytest.mark.parametrize("recipe", _RECIPES, ids=lambda recipe: recipe.partition("\n")[0])
def test_a_recipe_has_few_lines_and_names_files_that_are_there(recipe: str) -> None:
    lines = recipe.strip().splitlines()[2:]
    assert 0 < len(lines) <= LINES
    assert [path for path in _paths(recipe) if not _file(path).exists()] == []


def test_there_is_a_recipe_for_whatever_is_added_often() -> None:
    assert [recipe.partition("\n")[0] for recipe in _RECIPES] == ["A method", "An event", "A live rule", "A table"]


@pytest.mark.parametrize(
    ("page", "glossary"), [("docs/architecture.md", "glossary.md"), ("CONTRIBUTING.md", "docs/glossary.md")]
)
def test_who_reads_how_it_works_is_led_to_its_words(page: str, glossary: str) -> None:
    assert glossary in links(_page(page))


def test_the_diagram_shows_the_imports_that_the_code_has() -> None:
    assert drawn(_ARCHITECTURE) == _ARCHITECTURE, "run `python -m tests.docs.layers`"
    assert "\n    cli --> app\n" in _ARCHITECTURE


def test_what_is_reached_by_another_way_has_no_arrow_of_its_own() -> None:
    graph = {"cli": {"app", "api", "domain"}, "app": {"api"}, "api": {"domain"}, "domain": set[str]()}
    assert reduced(graph) == {"cli": {"app"}, "app": {"api"}, "api": {"domain"}, "domain": set()}


def test_a_name_that_moved_and_a_file_that_is_gone_are_noticed() -> None:
    assert list(_absent("1. `api/methods.py` has `METHODS`, and not `Dispatcher`.")) == ["Dispatcher"]
    assert list(_absent("1. `api/gone.py` was there, with `METHODS`.")) == ["api/gone.py", "METHODS"]
