"""The Chinese of declarations: each paragraph once, none without its English, and nothing is read at start."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from liveroom.cli.docs import pages, wanted
from liveroom.translations import FOLDER, in_chinese, missing, renewed

WHOLE = {"api.zh-CN.md", "errors.zh-CN.md", "settings.zh-CN.md"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rooms.json").write_text('{"The room.": "该房间。", "Nobody says this any more.": "没人再说。"}')
    return tmp_path


def test_every_page_that_can_be_made_in_chinese_is_whole() -> None:
    assert {name for name in pages() if "zh-CN" in name} == WHOLE


def test_each_paragraph_has_one_chinese_in_one_file_and_keeps_its_names() -> None:
    files = [json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")]
    merged = {english: chinese for file in files for english, chinese in file.items()}
    assert sum(map(len, files)) == len(merged)
    assert missing(wanted()) == []
    odd = [english for english, chinese in merged.items() if english.count("{") != chinese.count("{")]
    assert odd == []


def test_what_is_new_waits_for_its_chinese_and_what_nobody_says_goes(folder: Path) -> None:
    said = {"rooms": ["The room.\n\nIts\nowner.", "`roomId`"], "seats": ["The room."]}
    assert json.loads(renewed(said, folder)["rooms.json"]) == {"The room.": "该房间。", "Its owner.": ""}
    assert json.loads(renewed(said, folder)["seats.json"]) == {}
    assert missing(said, folder) == ["Its owner."]


def test_a_text_without_chinese_stays_as_it_was_written() -> None:
    assert in_chinese("The room.\n\nOf a module of your own,\non two lines.") == (
        "该房间。\n\nOf a module of your own,\non two lines."
    )


def test_a_service_that_starts_reads_no_translation() -> None:
    script = "import liveroom.app.serving, liveroom.translations as found; print(found._chinese.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
