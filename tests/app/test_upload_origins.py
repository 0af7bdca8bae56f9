"""Where the console's page may send files of gifts to: its policy names the store's addresses and no others."""

from typing import Any

import pytest

from liveroom.app.uploads import upload_origins
from liveroom.settings import load_settings

BUCKET = {"uploads_s3_bucket": "pictures", "uploads_s3_key": "k", "uploads_s3_secret": "s", "uploads_s3_region": "r"}


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ({}, []),
        ({"uploads": "folder", "uploads_url": "https://pictures.example.com"}, ["https://pictures.example.com"]),
        (
            {**BUCKET, "uploads_s3_url": "https://s3.eu-central-1.amazonaws.com"},
            ["https://pictures.s3.eu-central-1.amazonaws.com"],
        ),
        (
            {**BUCKET, "uploads_s3_url": "http://minio:9000", "uploads_url": "https://cdn.example.com/live"},
            ["http://minio:9000", "https://cdn.example.com"],
        ),
        (
            {**BUCKET, "uploads_s3_url": "https://s3.r.amazonaws.com", "uploads_s3_quarantine": "inbox"},
            ["https://inbox.s3.r.amazonaws.com", "https://pictures.s3.r.amazonaws.com"],
        ),
    ],
)
def test_pages_reach_the_store_of_files(given: dict[str, Any], origins: list[str]) -> None:
    assert list(upload_origins(load_settings(given, environ={}, dotenv=None))) == origins
