"""Tries a store of files: a small object is put, read, seen as everybody sees it, and removed, in both places."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from secrets import token_hex
from typing import Final

import httpx

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.domain.uploads.model import Copy
from liveroom.providers.uploads.s3 import Bucket, S3Client

SUBJECT: Final = "uploads"
_CONTENT: Final = b"liveroom doctor\n"
_KEYS: Final = "check LIVEROOM_UPLOADS_S3_URL, _REGION, _BUCKET, _KEY and _SECRET, and that the key may do that there"
_SECONDS: Final = 10.0
_GOOD: Final = 200


@dataclass(frozen=True, slots=True)
class StoreTrial:
    """Where to try: the bucket that everybody sees, and the one in which nobody may read."""

    client: S3Client
    published: Bucket
    quarantine: Bucket
    seen_at: str
    """The address of published files for everybody; "": the bucket's own."""
    acl: str

    async def findings(self) -> AsyncIterator[Finding]:
        """Yield what is wrong, or that everything works."""
        key, is_good = f"doctor-{token_hex(8)}", True
        for bucket, place in ((self.published, "public"), (self.quarantine, "quarantine")):
            async for finding in self._place(bucket, place, f"{place}/{key}"):
                is_good = False
                yield finding
        if is_good:
            yield ok(SUBJECT, f"{self.published.name}: a file is put, read, seen by everybody and removed")

    async def _place(self, bucket: Bucket, place: str, key: str) -> AsyncIterator[Finding]:
        # As clients send theirs: the length is in what is signed.
        acl = {"x-amz-acl": self.acl} if self.acl and place == "public" else {}
        headers = {"Content-Length": str(len(_CONTENT)), **acl}
        try:
            await self.client.write(bucket.url(key), Copy(_CONTENT, "text/plain"), headers)
        except ProviderUnavailable as failure:
            yield fail(SUBJECT, f"{bucket.name}: no file can be put below {place}/: {failure.detail}", _KEYS)
            return
        async for finding in self._look(bucket, place, key):
            yield finding
        try:
            await self.client.remove(bucket.url(key))
        except ProviderUnavailable as failure:
            fact = f"{bucket.name}: {key} cannot be removed: {failure.detail}"
            yield fail(SUBJECT, fact, "let the key delete there: else nothing that is withdrawn goes away")

    async def _look(self, bucket: Bucket, place: str, key: str) -> AsyncIterator[Finding]:
        try:
            if await self.client.read(bucket.url(key), len(_CONTENT) + 1) != _CONTENT:
                yield fail(SUBJECT, f"{bucket.name}: another file came back than was put below {place}/", _KEYS)
        except ProviderUnavailable as failure:
            yield fail(SUBJECT, f"{bucket.name}: no file can be read below {place}/: {failure.detail}", _KEYS)
        url = f"{self.seen_at}/{key}" if self.seen_at and place == "public" else bucket.url(key)
        status = await _seen(url)
        if place == "public" and status != _GOOD:
            how = "does not answer" if status is None else f"answers with HTTP {status}"
            remedy = "let everybody read public/ (a policy, or LIVEROOM_UPLOADS_S3_ACL=public-read), or set UPLOADS_URL"
            yield warn(SUBJECT, f"pictures cannot be seen from here: {url.removesuffix(key)} {how}", remedy)
        if place == "quarantine" and status == _GOOD:
            remedy = "allow reading for public/ alone, or set LIVEROOM_UPLOADS_S3_QUARANTINE to a private bucket"
            yield fail(SUBJECT, f"{bucket.name}: everybody can read files that nobody has looked into", remedy)


async def _seen(url: str) -> int | None:
    """Return with which status everybody is answered; None: not at all."""
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as http, http.stream("GET", url) as response:
            return response.status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
