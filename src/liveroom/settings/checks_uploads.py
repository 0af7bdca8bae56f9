"""What has to be true of the settings of uploads together (``checks``)."""

import re
from collections.abc import Iterator

from liveroom.settings.address_forms import WEB_ADDRESS
from liveroom.settings.declaring import variable
from liveroom.settings.settled import Settings

_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"


def check_uploads(settings: Settings) -> Iterator[str]:
    """Yield each breach as a sentence."""
    if settings.uploads_url and not re.fullmatch(WEB_ADDRESS, settings.uploads_url):
        yield f"{variable('uploads_url')} is not a valid web address; write it as https://pictures.example.com."
    for name in ("uploads_per_day", "uploads_mb_per_day"):
        if not 0 <= getattr(settings, name) <= 1_000_000:
            yield f"{variable(name)} is {getattr(settings, name)}; choose 0 to 1000000."
    if settings.uploads == "folder" and settings.serverless:
        yield f"{variable('uploads')} is folder, which a web function loses when its process ends; choose s3, or none."
    if settings.uploads == "s3":
        yield from _s3(settings)
    if settings.cos_bucket:
        yield from _cos(settings)


def _s3(settings: Settings) -> Iterator[str]:
    names = ("uploads_s3_url", "uploads_s3_bucket", "uploads_s3_key", "uploads_s3_secret", "uploads_s3_region")
    missing = [variable(name) for name in names if not getattr(settings, name)]
    if missing:
        yield f"{variable('uploads')} is s3, which needs {' and '.join(missing)} too; set them, or choose none."
    if settings.uploads_s3_url and not re.fullmatch(WEB_ADDRESS, settings.uploads_s3_url):
        url = variable("uploads_s3_url")
        yield f"{url} is not a valid endpoint; write it without the bucket, as https://s3.eu-central-1.amazonaws.com."
    for name in ("uploads_s3_bucket", "uploads_s3_quarantine"):
        if getattr(settings, name) and not re.fullmatch(_BUCKET, getattr(settings, name)):
            yield f"{variable(name)} is not a valid bucket name: 3 to 63 small letters, digits, dots and hyphens."


def _cos(settings: Settings) -> Iterator[str]:
    bucket = variable("cos_bucket")
    if not re.fullmatch(r"[a-z0-9-]{1,50}-\d{5,12}", settings.cos_bucket):
        yield f"{bucket} is not a valid bucket; write it with the account's number, as my-pictures-1250000000."
    if not (settings.tencent_secret_id and settings.tencent_secret_key):
        needed = f"{variable('tencent_secret_id')} and {variable('tencent_secret_key')}"
        yield f"{bucket} is set, which needs {needed} too; set both, or remove it."
    if not re.fullmatch(r"[a-z]+(?:-[a-z0-9]+)+", settings.cos_region or settings.region):
        yield f"{bucket} is set without its region; set {variable('cos_region')}, such as ap-guangzhou."
