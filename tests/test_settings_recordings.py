"""Settings of recordings by a server of streams: what cannot work is said at the start."""

from pathlib import Path

import pytest

from liveroom.settings import SettingsError, load_settings

SERVER = {"LIVEROOM_RECORDINGS": "server"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"LIVEROOM_RECORDINGS_FOLDER": "/nowhere/at/all"}, "which is no folder"),
        ({"LIVEROOM_RECORDINGS_RECORDER": "liveroom"}, "set LIVEROOM_STREAMS=nginx_rtmp"),
        ({"LIVEROOM_RECORDINGS": "css"}, "set LIVEROOM_STREAMS=css too"),
        ({"LIVEROOM_RECORDINGS_RECORDER": "a b"}, "must be a recorder's name"),
    ],
)
def test_what_cannot_record_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings({}, environ={**SERVER, **given}, dotenv=None)


def test_a_folder_that_is_there_is_taken(tmp_path: Path) -> None:
    given = {**SERVER, "LIVEROOM_RECORDINGS_FOLDER": str(tmp_path)}
    assert load_settings({}, environ=given, dotenv=None).recordings_folder == tmp_path
