"""Files in a store that speaks S3: S3 itself, COS, OSS, R2, MinIO."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.uploads.model import LOTTIE, SENT_WITHIN, Copy, Ticket, Upload
from liveroom.ports import Clock
from liveroom.providers.outgoing import exchange, open_client
from liveroom.providers.uploads.sigv4 import S3Keys, presigned

SECONDS: Final = 20.0
"""How long one request of ours may take."""
_LASTS: Final = timedelta(minutes=5)
"""How long the signature of one is good: clocks differ."""
_CONNECT_SECONDS: Final = 5.0
_LIMITS: Final = httpx.Limits(max_connections=16, max_keepalive_connections=8, keepalive_expiry=20)
_VIRTUAL: Final = (".amazonaws.com", ".amazonaws.com.cn", ".myqcloud.com", ".aliyuncs.com")
"""Hosts that take, or take only, the bucket as a part of the host."""
_KEPT: Final = "public, max-age=31536000, immutable"
_NOT_FOUND: Final = 404
_ANSWER: Final = 4096
"""Bytes of an answer that is not an object."""


class Bucket(NamedTuple):
    """Where a bucket is."""

    endpoint: str
    """Such as https://s3.eu-central-1.amazonaws.com."""
    name: str
    is_virtual: bool

    def url(self, key: str) -> str:
        """Return the address of an object; keys are ours, and need no quoting."""
        parts = urlsplit(self.endpoint)
        if self.is_virtual:
            return f"{parts.scheme}://{self.name}.{parts.netloc}/{key}"
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/{self.name}/{key}"


def bucket_at(endpoint: str, name: str, style: str) -> Bucket:
    """Return a bucket; ``style``: ``virtual``, ``path``, or ``auto``: as the endpoint's host wants it."""
    host = urlsplit(endpoint).hostname or ""
    return Bucket(endpoint, name, host.endswith(_VIRTUAL) if style == "auto" else style == "virtual")


class S3Client:
    """Reads, writes and removes objects by their addresses. Raises ``ProviderUnavailable``."""

    def __init__(self, keys: S3Keys, clock: Clock) -> None:
        self.keys: Final = keys
        self.clock: Final = clock
        timeout = httpx.Timeout(SECONDS, connect=_CONNECT_SECONDS)
        self._http = open_client("S3", timeout=timeout, trust_env=False, limits=_LIMITS)

    async def read(self, url: str, most: int) -> bytes | None:
        """Return an object, or so many bytes of it; None: there is none."""
        status, content = await self._ask("GET", url, most=most)
        return None if status == _NOT_FOUND else content

    async def write(self, url: str, copy: Copy, headers: Mapping[str, str] = {}) -> None:
        """Write an object, for browsers to keep."""
        said = {"Content-Type": copy.content_type, "Cache-Control": _KEPT, **headers}
        status, _ = await self._ask("PUT", url, said, copy.content)
        if status == _NOT_FOUND:
            raise ProviderUnavailable("the store of files has no such bucket")

    async def remove(self, url: str) -> None:
        """Remove an object; one that is not there is removed."""
        await self._ask("DELETE", url)

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str] = {}, content: bytes = b"", most: int = _ANSWER
    ) -> tuple[int, bytes]:
        """Send a request of ours; return the status, which is good or 404, and what was answered."""
        signed = presigned(method, url, self.keys, self.clock.now(), _LASTS, headers)
        try:
            status, answered = await exchange(
                self._http, SECONDS, most, method, signed, headers=headers, content=content or None
            )
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as failure:
            raise ProviderUnavailable("the store of files does not answer") from failure
        if not (httpx.codes.is_success(status) or status == _NOT_FOUND):
            raise ProviderUnavailable(f"the store of files answers {method} with HTTP {status}")
        return status, answered[:most]


class S3Store:
    """``ports.FileStore``. ``quarantine`` may be the same bucket: what came in is below ``quarantine/``."""

    def __init__(
        self, client: S3Client, published: Bucket, quarantine: Bucket, *, seen_at: str = "", acl: str = ""
    ) -> None:
        """``seen_at``: the address of the published bucket for everybody; "": its own."""
        self._client = client
        self._published = published
        self._quarantine = quarantine
        self._seen_at = seen_at
        self._acl = {"x-amz-acl": acl} if acl else {}

    async def ticket(self, upload: Upload) -> Ticket:
        headers = {"Content-Type": upload.content_type}
        signed = {**headers, "Content-Length": str(upload.size)}
        url, client = self._quarantine.url(_received(upload.id)), self._client
        return Ticket(presigned("PUT", url, client.keys, client.clock.now(), SENT_WITHIN, signed), headers)

    async def received(self, upload: Upload) -> bytes | None:
        return await self._client.read(self._quarantine.url(_received(upload.id)), upload.size + 1)

    async def discard(self, id: str) -> None:
        await self._client.remove(self._quarantine.url(_received(id)))

    async def publish(self, key: str, copy: Copy) -> None:
        how = {"Content-Disposition": "attachment"} if copy.content_type == LOTTIE else {}
        await self._client.write(self._published.url(_public(key)), copy, {**how, **self._acl})

    async def withdraw(self, key: str) -> None:
        await self._client.remove(self._published.url(_public(key)))

    def url(self, key: str) -> str:
        return f"{self._seen_at}/{_public(key)}" if self._seen_at else self._published.url(_public(key))

    async def close(self) -> None:
        await self._client.close()


def _received(id: str) -> str:
    return f"quarantine/{id}"


def _public(key: str) -> str:
    return f"public/{key}"
