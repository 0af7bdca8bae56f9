"""From which hosts the pages may play what was recorded."""

from pathlib import Path
from typing import Any, Final

import pytest

from liveroom.app.recorders import recording_origins
from liveroom.settings import Settings

BUCKET: Final = {
    "recordings": "livekit",
    "recordings_s3_url": "https://s3.eu-central-1.amazonaws.com",
    "recordings_s3_bucket": "films",
}


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ({}, []),
        ({"recordings": "css"}, ["https:"]),
        (BUCKET, ["https://films.s3.eu-central-1.amazonaws.com"]),
        ({**BUCKET, "recordings_s3_style": "path"}, ["https://s3.eu-central-1.amazonaws.com"]),
        (
            {"recordings": "server", "recordings_url": "http://films.example.com:81/rec"},
            ["http://films.example.com:81"],
        ),
        ({"recordings": "server"}, []),
    ],
)
def test_it_is_the_host_that_has_the_films(tmp_path: Path, given: dict[str, Any], origins: list[str]) -> None:
    assert recording_origins(Settings(data_dir=tmp_path, **given)) == origins
