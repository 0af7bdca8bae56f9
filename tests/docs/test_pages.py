"""The pages agree with the program and with each other: links, settings, figures, decisions, pictures."""

import re
from pathlib import Path

import pytest

from liveroom.settings import SettingsError, env_file, load_settings
from tests.docs.pages import PAGES, ROOT, Block, anchors, blocks, differences, examples, links
from tests.docs.terminal import PICTURE, terminal

_NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
_DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
_PARTS = ["## Context", "## Decision", "## Consequences", "## Alternatives"]


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", _NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    lost = []
    for link in links(_page(name)):
        path, _, anchor = link.partition("#")
        if path.startswith(("http://", "https://", "mailto:")):
            continue
        target = ROOT / name if not path else (ROOT / name).parent / path
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            lost.append(link)
    assert lost == []


def test_links_and_headings_are_read_as_github_reads_them() -> None:
    page = "# 谁在线，房间为什么消失\n## Sign in: `oauth/signature`\nsee [a](b.md#c)\n```bash\n# [no](x.md)\n```\n"
    assert links(page) == ["b.md#c"]
    assert anchors(page) == {"谁在线房间为什么消失", "sign-in-oauthsignature"}


def test_the_index_leads_to_every_page() -> None:
    linked = links(_page("docs/index.md"))
    assert [page.name for page in ROOT.glob("docs/*.md") if page.name not in (*linked, "index.md")] == []


@pytest.mark.parametrize("name", _NAMES)
def test_every_setting_that_a_page_names_exists(name: str) -> None:
    known = set(re.findall(r"LIVEROOM_[A-Z_]+", env_file()))
    others = {"LIVEROOM_DATABSE_URL", "LIVEROOM_SKIP_WEB"}  # misspelt on purpose; read by the build alone
    assert set(re.findall(r"LIVEROOM_[A-Z_]*[A-Z]", _page(name))) <= known | others


@pytest.mark.parametrize("name", _NAMES)
def test_no_secret_is_good_enough_to_be_copied(name: str) -> None:
    """The guide's placeholder passed: whoever pasted it would have signed tokens with a text that everybody knows."""
    for secret in re.findall(r"^LIVEROOM_SECRET=(?!\$)(.+)$", _page(name), re.MULTILINE):
        environ = {"LIVEROOM_DATABASE_URL": "mysql://a:b@c/d", "LIVEROOM_SECRET": secret}
        with pytest.raises(SettingsError, match="the signing secret"):
            load_settings(environ=environ, dotenv=None)


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name[:4]) for page in _DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", _DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_four_parts(page: Path) -> None:
    assert [line for line in page.read_text(encoding="utf-8").splitlines() if line in _PARTS] == _PARTS


def test_the_picture_of_the_terminal_is_the_banner_of_this_release() -> None:
    assert PICTURE.read_text(encoding="utf-8") == terminal(), "run `python -m tests.docs.terminal`"


def test_a_block_is_run_unless_a_comment_says_why_not() -> None:
    page = "```bash\nls\n```\n```json\n{}\n```\n\n<!-- not run: slow -->\n```bash\nmake\n```\n"
    first, second = examples(page)
    assert (first.code.text, first.code.line, first.shown and first.shown.text) == ("ls\n", 1, "{}\n")
    assert (second.code.why_not_run, second.shown) == ("slow", None)
    assert [block.kind for block in blocks(page)] == ["bash", "json", "bash"]


@pytest.mark.parametrize(
    ("kind", "shown", "printed"),
    [
        ("json", '{"a": 1}', '{"a":1,"requestId":"7","version":"1"}'),
        ("json", '{"at": "2026-01-01 00:00:00"}', '{"at": "2027-02-03 04:05:06"}'),
        ("json", '{"token": "eyJ…", "ids": ["1"]}', '{"ids":["1"],"token":"eyJab.c"}'),
        ("text", "until 2026-01-01 00:00:00 UTC\n", "until 2027-02-03 04:05:06 UTC\n"),
    ],
)
def test_an_answer_that_differs_only_in_times_and_tokens_is_as_shown(kind: str, shown: str, printed: str) -> None:
    assert differences(Block(kind, shown, 1), printed) == []


@pytest.mark.parametrize(
    ("kind", "shown", "printed"),
    [
        ("json", '{"a": 1}', '{"a": "1"}'),
        ("json", '{"a": 1}', '{"a": true}'),
        ("json", '{"a": 1}', '{"a": 1, "b": 2}'),
        ("json", '{"a": {"requestId": "1"}}', '{"a": {}}'),
        ("json", '{"a": [1]}', '{"a": [1, 2]}'),
        ("json", '{"at": "2026-01-01 00:00:00"}', '{"at": ""}'),
        ("text", "one\n", "one\ntwo\n"),
        ("text", "one\n", "two\n"),
    ],
)
def test_an_answer_that_says_something_else_is_a_difference(kind: str, shown: str, printed: str) -> None:
    assert len(differences(Block(kind, shown, 1), printed)) == 1
