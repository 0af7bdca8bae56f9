"""The code of a function: what it is made of, whether that is there already, and how it comes there.

A package is too large for a call of Tencent's API, so it goes through a bucket of COS, for as long as it takes.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

import httpx

from liveroom.cli.deploy.account import ScfAccount
from liveroom.clock import SystemClock
from liveroom.providers.uploads.s3 import bucket_at
from liveroom.providers.uploads.sigv4 import S3Keys, presigned
from liveroom.settings import SettingsError
from liveroom.settings.deployment import Deployment

_LASTS: Final = timedelta(minutes=15)
_SECONDS: Final = 600.0
_NO_BUCKET: Final = 404


class FunctionCode(Protocol):
    """What a function is made of."""

    @property
    def sha256(self) -> str:
        """Return the digest of the zip, by which SCF knows it."""

    def offered(self) -> AbstractContextManager[Mapping[str, str]]:
        """Return a block while which SCF can take it, and in which it is what a call names it by."""


@dataclass(frozen=True)
class InlineCode:
    """Code of a few lines, which fits into the call."""

    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @contextmanager
    def offered(self) -> Iterator[Mapping[str, str]]:
        yield {"ZipFile": base64.b64encode(self.content).decode()}


@dataclass(frozen=True)
class PackagedCode:
    """A package, which goes through the bucket."""

    file: Path
    deployment: Deployment
    told: Callable[[str], None]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.file.read_bytes()).hexdigest()

    @contextmanager
    def offered(self) -> Iterator[Mapping[str, str]]:
        """Raises ``SettingsError``."""
        key = f"liveroom-package-{self.sha256[:16]}.zip"
        self.told(f"Uploading {self.file.name} to {self.deployment.bucket}")
        self._ask("PUT", key, self.file.read_bytes())
        try:
            name, region = self.deployment.bucket.rpartition("-")[0], self.deployment.region
            yield {"CosBucketName": name, "CosObjectName": f"/{key}", "CosBucketRegion": region}
        finally:
            self._ask("DELETE", key)

    def _ask(self, method: str, key: str, content: bytes = b"") -> None:
        given = self.deployment
        where = f"the bucket {given.bucket} in {given.region}"
        keys = S3Keys(given.secret_id, given.secret_key.reveal(), given.region, given.token.reveal())
        url = bucket_at(given.cos_endpoint, given.bucket, "auto").url(key)
        headers = {"Content-Length": str(len(content))} if content else {}
        signed = presigned(method, url, keys, SystemClock().now(), _LASTS, headers)
        try:
            answer = httpx.request(method, signed, content=content or None, timeout=_SECONDS, headers=headers)
        except httpx.HTTPError as failure:
            raise SettingsError(
                [f"the bucket {given.bucket} in {given.region} does not answer: {failure}"]
            ) from failure
        if answer.status_code == _NO_BUCKET and method == "PUT":
            raise SettingsError([f"{where} is not there: make a private one in COS's console"])
        if not (answer.is_success or answer.status_code == _NO_BUCKET):
            said = f"{where} answers {method} with HTTP {answer.status_code}"
            raise SettingsError([f"{said}: give the key's owner the policy QcloudCOSDataFullControl."])


def code_of(account: ScfAccount, name: str) -> str:
    """Return the SHA-256 of what a function is made of."""
    return str(account.call("GetFunctionAddress", FunctionName=name).get("CodeSha256") or "").lower()
