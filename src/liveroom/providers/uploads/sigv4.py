"""AWS Signature Version 4 of one request, in its URL: what S3, COS, OSS, R2 and MinIO all understand.

An SDK would be ten times the size of the service for these twenty lines (docs/decisions/0058).
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_UNSIGNED: Final = "UNSIGNED-PAYLOAD"


class S3Keys(NamedTuple):
    """Who signs."""

    key: str
    secret: str
    region: str
    token: str = ""
    """Of keys that are good for a while."""


def presigned(
    method: str, url: str, keys: S3Keys, now: datetime, lasts: timedelta, headers: Mapping[str, str] = {}
) -> str:
    """Return the URL with a signature that lasts so long; a request has to have exactly these headers.

    ``url``: without a query, its path quoted.
    """
    parts = urlsplit(url)
    date = f"{now:%Y%m%d}"
    scope = f"{date}/{keys.region}/s3/aws4_request"
    signed = {"host": parts.netloc, **{name.lower(): value.strip() for name, value in headers.items()}}
    names = ";".join(sorted(signed))
    said = {
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Credential": f"{keys.key}/{scope}",
        "X-Amz-Date": f"{now:%Y%m%dT%H%M%SZ}",
        "X-Amz-Expires": str(int(lasts.total_seconds())),
        **({"X-Amz-Security-Token": keys.token} if keys.token else {}),
        "X-Amz-SignedHeaders": names,
    }
    query = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in sorted(said.items()))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = f"{method}\n{parts.path or '/'}\n{query}\n{lines}\n{names}\n{_UNSIGNED}"
    text = f"{_ALGORITHM}\n{now:%Y%m%dT%H%M%SZ}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    return f"{url}?{query}&X-Amz-Signature={hmac.digest(_key(keys, date), text.encode(), 'sha256').hex()}"


def _key(keys: S3Keys, date: str) -> bytes:
    found = f"AWS4{keys.secret}".encode()
    for part in (date, keys.region, "s3", "aws4_request"):
        found = hmac.digest(found, part.encode(), "sha256")
    return found
