"""The settings of uploads: like those of ``declared``, behind them."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass

from liveroom.settings import values
from liveroom.settings.declared_battles import DeclaredBattles
from liveroom.settings.declaring import setting
from liveroom.settings.values import Secret


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredUploads(DeclaredBattles):
    """What the operator may decide about files that users send."""

    uploads: str = setting(
        "auto",
        "Where pictures that users upload are kept: none (nothing can be uploaded), folder (in data_dir, which all "
        "processes must share) or s3; unset it is s3 once uploads_s3_bucket is set, else folder with SQLite and none "
        "with MySQL or Redis.",
        parse=values.choice("none", "folder", "s3"),
        shown_default="",
        starts="Uploads",
    )
    uploads_url: str = setting(
        "",
        "Address under which everybody sees uploaded pictures, best on a host of its own, such as "
        "https://pictures.example.com; unset, files of the folder are at /files, and their addresses are paths.",
    )
    uploads_s3_url: str = setting(
        "",
        "Endpoint of the S3 store, without the bucket, such as https://s3.eu-central-1.amazonaws.com or "
        "https://cos.ap-guangzhou.myqcloud.com.",
    )
    uploads_s3_region: str = setting("us-east-1", "Region with which its requests are signed; auto for R2.")
    uploads_s3_bucket: str = setting("", "Bucket of the pictures that everybody sees, below public/.")
    uploads_s3_quarantine: str = setting(
        "", "Bucket into which clients send files, below quarantine/, which nobody may read; unset, the same bucket."
    )
    uploads_s3_key: str = setting("", "Access key id with which liveroom reads, writes and deletes there.")
    uploads_s3_secret: Secret | None = setting(
        None, "Secret of that access key.", parse=values.parse_secret, secret=True
    )
    uploads_s3_style: str = setting(
        "auto",
        "Whether the bucket is in the host (virtual) or in the path; auto: as the endpoint wants it.",
        parse=values.choice("auto", "virtual", "path"),
    )
    uploads_s3_acl: str = setting(
        "none",
        "Whether published pictures are given the ACL public-read, for buckets that are not public by policy.",
        parse=values.choice("none", "public-read"),
    )
    cos_bucket: str = setting(
        "",
        "Bucket at Tencent COS, with the account's number, into which the apps of XiaoZhiBo of 2022 put their pictures "
        "(cos/config), with keys that tencent_secret_id may give; everybody may read it.",
    )
    cos_region: str = setting("", "Region of that bucket, such as ap-guangzhou; unset, LIVEROOM_REGION.")
    uploads_per_day: int = setting(100, "Files that one user may upload in a day; 0 for no limit.")
    uploads_mb_per_day: int = setting(200, "Megabytes that one user may upload in a day; 0 for no limit.")
