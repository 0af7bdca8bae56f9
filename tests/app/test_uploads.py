"""From which hosts the live page may play what was uploaded."""

from pathlib import Path
from typing import Any, Final

import pytest

from liveroom.app.uploads import seen_origins
from liveroom.settings import Settings

S3: Final = {
    "uploads": "s3",
    "uploads_s3_url": "https://s3.eu-central-1.amazonaws.com",
    "uploads_s3_bucket": "pictures",
}


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ({}, []),
        ({"uploads": "none", "uploads_url": "https://pictures.example.com"}, []),
        (
            {"uploads": "folder", "uploads_url": "https://pictures.example.com:8443/files/"},
            ["https://pictures.example.com:8443"],
        ),
        (S3, ["https://pictures.s3.eu-central-1.amazonaws.com"]),
        ({**S3, "uploads_s3_style": "path"}, ["https://s3.eu-central-1.amazonaws.com"]),
        ({**S3, "uploads_url": "https://cdn.example.com/public"}, ["https://cdn.example.com"]),
    ],
)
def test_it_is_the_host_at_which_everybody_sees_it(tmp_path: Path, given: dict[str, Any], origins: list[str]) -> None:
    assert seen_origins(Settings(data_dir=tmp_path, **given)) == origins
