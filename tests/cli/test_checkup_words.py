"""A list of blocked words is looked at before the service starts, and by `liveroom doctor`."""

from pathlib import Path

import pytest

from liveroom.app.checkup.local import look_at_words
from liveroom.domain.findings import Finding, Level, ok
from liveroom.settings import Settings, SettingsError, load_settings
from tests.service import serving


def settings(folder: Path, **given: object) -> Settings:
    return load_settings({"data_dir": folder, **given}, environ={}, dotenv=None)


def look(folder: Path, content: bytes | None) -> list[Finding]:
    """Look at an installation with such a list; None: there is no file of that name."""
    path = folder / "words.txt"
    if content is not None:
        path.write_bytes(content)
    return list(look_at_words(settings(folder, blocked_words=str(path))))


def test_the_doctor_counts_what_is_refused_and_what_is_masked(tmp_path: Path) -> None:
    assert list(look_at_words(settings(tmp_path))) == []
    path = tmp_path / "words.txt"
    assert look(tmp_path, "one\n~two\n三\n".encode()) == [ok("words", f"{path} blocks 2 and masks 1 with asterisks")]


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"good\n~~\n", "line 2"), (b"\xff", "UTF-8")])
async def test_a_list_that_cannot_be_used_is_a_sentence_at_the_start_and_in_the_doctor(
    content: bytes | None, why: str, tmp_path: Path
) -> None:
    (finding,) = look(tmp_path, content)
    assert (finding.level, finding.subject) == (Level.FAIL, "words")
    assert why in finding.fact
    assert finding.remedy
    with pytest.raises(SettingsError, match=f"LIVEROOM_BLOCKED_WORDS.*{why}"):
        async with serving(tmp_path / "data", blocked_words=str(tmp_path / "words.txt")):
            pass
