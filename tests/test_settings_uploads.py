"""Where files that users upload are kept: what follows from other settings, and what is refused."""

import pytest

from liveroom.settings import SettingsError
from tests.test_settings import STRONG, load

S3 = {
    "LIVEROOM_UPLOADS_S3_URL": "https://s3.eu-central-1.amazonaws.com",
    "LIVEROOM_UPLOADS_S3_BUCKET": "pictures",
    "LIVEROOM_UPLOADS_S3_KEY": "AKIA",
    "LIVEROOM_UPLOADS_S3_SECRET": "hunter2",
}
MYSQL = {"LIVEROOM_DATABASE_URL": "mysql://root:hunter2@h:3306/live", "LIVEROOM_SECRET": STRONG}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, "folder"),
        (MYSQL, "none"),
        ({**MYSQL, "LIVEROOM_UPLOADS": "folder"}, "folder"),
        ({**MYSQL, **S3}, "s3"),
        (S3, "s3"),
        ({**S3, "LIVEROOM_UPLOADS": "none"}, "none"),
    ],
)
def test_files_are_kept_where_all_processes_see_them(given: dict[str, str], kept: str) -> None:
    settings = load(None, None, **given)
    assert settings.uploads == kept
    assert settings.offers("uploads") is (kept != "none")
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"LIVEROOM_UPLOADS_S3_SECRET": ""}, "needs LIVEROOM_UPLOADS_S3_SECRET too"),
        ({"LIVEROOM_UPLOADS_S3_URL": "s3.amazonaws.com"}, "is not a valid endpoint"),
        ({"LIVEROOM_UPLOADS_S3_BUCKET": "My Bucket"}, "is not a valid bucket name"),
        ({"LIVEROOM_UPLOADS_S3_QUARANTINE": "a"}, "LIVEROOM_UPLOADS_S3_QUARANTINE is not a valid bucket name"),
        ({"LIVEROOM_UPLOADS_URL": "pictures.example.com"}, "is not a valid web address"),
        ({"LIVEROOM_UPLOADS_PER_DAY": "2000000"}, "choose 0 to 1000000"),
        ({"LIVEROOM_UPLOADS": "disk"}, "must be none or folder or s3"),
    ],
)
def test_what_cannot_work_is_said_at_the_start(change: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(None, None, **{**S3, **change})


COS = {
    "LIVEROOM_COS_BUCKET": "pictures-1250000000",
    "LIVEROOM_COS_REGION": "ap-guangzhou",
    "LIVEROOM_TENCENT_SECRET_ID": "AKID",
    "LIVEROOM_TENCENT_SECRET_KEY": "hunter2",
}


def test_shipped_apps_put_pictures_into_cos_only_where_there_is_a_bucket() -> None:
    assert not load(None, None).offers("cos")
    assert load(None, None, **COS).offers("cos")
    without_region = {name: value for name, value in COS.items() if name != "LIVEROOM_COS_REGION"}
    assert load(None, None, **without_region, LIVEROOM_REGION="ap-beijing").offers("cos")
    for change, said in (
        ({"LIVEROOM_COS_BUCKET": "pictures"}, "with the account's number"),
        ({"LIVEROOM_COS_REGION": ""}, "without its region"),
        ({"LIVEROOM_TENCENT_SECRET_KEY": ""}, "needs LIVEROOM_TENCENT_SECRET_ID and"),
    ):
        with pytest.raises(SettingsError, match=said):
            load(None, None, **{**COS, **change})
