"""The operator's word list in its file: read, followed while it changes, and quick."""

import asyncio
import random
from pathlib import Path
from time import perf_counter
from typing import Final

import pytest

from liveroom.domain.errors import ContentRefused
from liveroom.domain.messages.words import WordsUnreadable
from liveroom.providers.word_file import FILE_MAX, WordFile, WordSearch
from tests.domain.messages.test_words import LIST, naive

_HAN: Final = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("first\n~second\n", "utf-8")
    return path


def refuses(file: WordFile, text: str) -> bool:
    try:
        file.cleared(text)
    except ContentRefused:
        return True
    return False


async def test_a_file_is_followed_while_it_changes(path: Path) -> None:
    file = WordFile(path)
    assert refuses(file, "first")
    assert file.cleared("second") == "******"
    path.write_text("third\n", "utf-8")
    await file.refresh()
    assert (refuses(file, "first"), refuses(file, "third")) == (False, True)
    path.write_bytes(b"\xff\xfe")
    await file.refresh()
    assert refuses(file, "third"), "what it said before goes on counting"
    path.unlink()
    await file.refresh()
    assert refuses(file, "third")
    path.write_text("", "utf-8")
    await file.refresh()
    assert not refuses(file, "third")


async def test_a_file_that_has_not_changed_is_not_read_again(path: Path) -> None:
    file = WordFile(path)
    words = file.words
    await asyncio.gather(*(file.refresh() for _ in range(3)))
    assert file.words is words


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\xff\xfe\x00", "UTF-8"), (b"good\n~\n", "line 2"), (b"\n" * (FILE_MAX + 1), "8 MB"), (None, "No such file")],
)
def test_a_file_that_cannot_be_used_is_said_to_be(content: bytes | None, why: str, tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WordsUnreadable, match=why):
        WordFile(path)


def test_it_finds_what_a_slow_search_finds(path: Path) -> None:
    path.write_text(LIST, "utf-8")
    search, chance = WordSearch(WordFile(path).words), random.Random(7)
    for _ in range(300):
        letters = "".join(chance.choice("shitacfk法轮功傻逼垃圾64é") for _ in range(chance.randint(0, 40)))
        assert sorted(search(letters)) == sorted(naive(search.words, letters)), letters


def test_ten_thousand_words_cost_hardly_more_than_ten(path: Path) -> None:
    """Measured: 36 µs for a text of 500 characters. The quickest of many runs counts, whatever else is going on."""
    chance = random.Random(1)
    words = ["".join(chance.choice(_HAN) for _ in range(chance.randint(2, 6))) for _ in range(10_000)]
    path.write_text("\n".join(words), "utf-8")
    many = WordFile(path)
    path.write_text("\n".join(words[:10]), "utf-8")
    few = WordFile(path)
    texts = ["".join(chance.choice(_HAN) for _ in range(500)) for _ in range(20)]
    allowed = [text for text in texts if not refuses(many, text)]
    assert len(allowed) > 10
    took: dict[WordFile, float] = {many: 1.0, few: 1.0}
    for _ in range(30):
        for file, least in list(took.items()):
            began = perf_counter()
            for text in allowed:
                file.cleared(text)
            took[file] = min(least, perf_counter() - began)
    assert took[many] < 2.5 * took[few]
