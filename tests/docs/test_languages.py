"""A page in two languages says the same in both: as many headings, rows and examples, and the same names."""

import re

import pytest

from tests.docs.pages import ROOT, blocks

_CHINESE = sorted(str(page.relative_to(ROOT)) for page in ROOT.glob("docs/*.zh-CN.md"))


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _english(name: str) -> str:
    return name.replace(".zh-CN", "")


def _shape(text: str) -> list[str]:
    """Return the page's frame in its order: headings by their depth, lines of tables, points, blocks, paragraphs."""
    part = r"#+ |\|(?!-)|- |\d\. |```\w+"
    frame = re.compile(rf"^(?:{part})|(?<=\n\n)(?!{part}|[|<\s])", re.MULTILINE)
    return [found[0].strip() or "text" for found in frame.finditer(text)]


@pytest.mark.parametrize("name", _CHINESE)
def test_both_pages_have_the_same_frame(name: str) -> None:
    assert _shape(_page(name)) == _shape(_page(_english(name)))


@pytest.mark.parametrize("name", _CHINESE)
def test_both_pages_name_the_same_settings_commands_and_figures(name: str) -> None:
    names = re.compile(r"LIVEROOM_[A-Z_]+|`liveroom [a-z]+|liveroom_\w+|\b30\d\d\b")
    both = [set(names.findall(_page(one))) for one in (name, _english(name))]
    assert both[0] == both[1]


@pytest.mark.parametrize("name", _CHINESE)
def test_both_pages_run_the_same_calls_and_show_the_same_answers(name: str) -> None:
    def plain(text: str) -> str:
        return re.sub(r"\s*(?:#|--) .*|[^\x00-\x7f]+|(?<==)Test\b|(?<=\": \")Test\b", "", text)

    chinese, english = (
        [
            plain(block.text)
            for block in blocks(_page(one))
            if block.kind in ("bash", "json", "sql") and not block.why_not_run
        ]
        for one in (name, _english(name))
    )
    assert chinese == english


@pytest.mark.parametrize("name", _CHINESE)
def test_each_page_leads_to_the_other(name: str) -> None:
    file = name.removeprefix("docs/")
    assert f"]({_english(file)})" in _page(name)
    assert f"]({file})" in _page(_english(name))
