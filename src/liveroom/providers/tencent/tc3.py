"""TC3-HMAC-SHA256, with which calls of Tencent's cloud API (SMS, captcha, TRTC control) are signed: TENCENT.md 6."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

CONTENT_TYPE: Final = "application/json"
_SIGNED: Final = "content-type;host"


def tc3_headers(
    secret_id: str, secret_key: str, *, host: str, action: str, version: str, region: str, payload: bytes, now: datetime
) -> Mapping[str, str]:
    """Return the headers of a POST to ``https://<host>/`` with this payload, signed for this moment.

    The service is the first label of the host; ``region`` may be empty for services that know none.
    """
    timestamp, service = int(now.timestamp()), host.partition(".")[0]
    scope = f"{now:%Y-%m-%d}/{service}/tc3_request"
    canonical = f"POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\n\n{_SIGNED}\n{sha256(payload).hexdigest()}"
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={secret_id}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"
    headers = {
        "Content-Type": CONTENT_TYPE,
        "Host": host,
        "X-TC-Action": action,
        "X-TC-Version": version,
        "X-TC-Timestamp": str(timestamp),
        "Authorization": f"TC3-HMAC-SHA256 {credential}",
    }
    return {**headers, "X-TC-Region": region} if region else headers
