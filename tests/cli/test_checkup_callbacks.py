"""`liveroom doctor` about callbacks: which doors are open, whose vendor is used without a key, keys that are short."""

from pathlib import Path
from typing import Any

import pytest

from liveroom.app.checkup.callbacks import look_at_callbacks
from liveroom.domain.findings import Finding, Level
from liveroom.settings import SettingsError, load_settings

TENCENT = {"trtc_sdk_app_id": 1_400_000_001, "trtc_secret": "5bd2850fff3ecb11" * 4}


def look(folder: Path, **given: Any) -> list[Finding]:
    return list(look_at_callbacks(load_settings({"data_dir": folder, **given}, environ={}, dotenv=None)))


def test_without_keys_nothing_is_missing(tmp_path: Path) -> None:
    (found,) = look(tmp_path)
    assert (found.level, found.subject) == (Level.OK, "callbacks")


def test_open_doors_are_named_with_their_base_path(tmp_path: Path) -> None:
    keys = {"im_callback_token": "a-token-of-im-1234", "trtc_callback_key": "akeyoftrtc123456"}
    (found,) = look(tmp_path, base_path="/live", **keys)
    assert found.level is Level.OK
    assert "/live/callbacks/im, /live/callbacks/trtc accept calls" in found.fact


def test_a_vendor_that_is_used_without_a_key_is_to_know(tmp_path: Path) -> None:
    found = look(tmp_path, rtc="trtc", tim_administrator="administrator", **TENCENT)
    assert [(one.level, one.subject) for one in found[1:]] == [
        (Level.WARN, "im callbacks"),
        (Level.WARN, "trtc callbacks"),
    ]
    assert "LIVEROOM_TRTC_CALLBACK_KEY" in found[2].remedy


@pytest.mark.parametrize("setting", ["im_callback_token", "trtc_callback_key", "internal_key"])
@pytest.mark.parametrize("key", ["x", "123654", "a" * 20])
def test_a_key_that_is_easily_guessed_stops_the_start_and_is_not_told(tmp_path: Path, setting: str, key: str) -> None:
    """A token of one letter passed."""
    with pytest.raises(SettingsError, match=f"LIVEROOM_{setting.upper()} (has only|repeats)") as stopped:
        look(tmp_path, **{setting: key})
    assert f"{key}," not in str(stopped.value)


@pytest.mark.parametrize("key", ["with-a-dash", "a" * 33, "钥匙"])
def test_a_key_that_the_console_does_not_take_stops_the_start(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match="LIVEROOM_TRTC_CALLBACK_KEY is not a valid key") as stopped:
        look(tmp_path, trtc_callback_key=key)
    assert key not in str(stopped.value)
