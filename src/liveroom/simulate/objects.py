"""A store of objects that speaks S3, as honest as its documentation lets it be: who has not signed for exactly this
request gets nothing.

Signatures are checked over what came, with arithmetic of its own: what the service signs with is another piece of code.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from liveroom.ports import Clock
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse

_CREDENTIAL: Final = re.compile(r"(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[\w-]+)/s3/aws4_request")
_LONGEST: Final = 7 * 24 * 3600
_NEEDED: Final = frozenset({"host"})
_SKEW: Final = timedelta(minutes=15)


class S3Error(Exception):
    """Why a request is refused: the store's own code, and the HTTP status."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code: Final = code
        self.status: Final = status


@dataclass(frozen=True)
class StoredObject:
    """What is stored under a key."""

    content: bytes
    headers: Mapping[str, str]


@dataclass
class ObjectStore:
    """One account's buckets, by path: ``/<bucket>/<key>``."""

    clock: Clock
    key: str
    secret: str
    buckets: frozenset[str]
    region: str = "us-east-1"
    shown: str = "public/"
    """What keys begin with that everybody may read."""
    objects: dict[str, StoredObject] = field(default_factory=dict)
    """By bucket and key, as in the path."""
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer, lambda request: request.method)

    def _answer(self, request: VendorRequest) -> VendorResponse:
        path, _, query = request.target.partition("?")
        name = unquote(path).removeprefix("/")
        bucket, _, key = name.partition("/")
        try:
            is_open = request.method in ("GET", "HEAD") and key.startswith(self.shown) and not query
            if not is_open:
                self._check(request, path, query)
            if bucket not in self.buckets:
                raise S3Error("NoSuchBucket", 404)
            if request.refused_with:
                raise S3Error(request.refused_with, 403)
            return self._do(request, name)
        except S3Error as error:
            body = f"<Error><Code>{error.code}</Code></Error>".encode()
            return VendorResponse(body, error.status, "Content-Type: application/xml\r\n")

    def _do(self, request: VendorRequest, name: str) -> VendorResponse:
        if request.method == "PUT":
            kept = ("content-type", "cache-control", "content-disposition", "x-amz-acl")
            headers = {one: request.headers[one] for one in kept if one in request.headers}
            self.objects[name] = StoredObject(request.body, headers)
            return VendorResponse(b"", 200)
        if request.method == "DELETE":
            self.objects.pop(name, None)
            return VendorResponse(b"", 204)
        found = self.objects.get(name)
        if found is None:
            raise S3Error("NoSuchKey", 404)
        lines = "".join(f"{one}: {value}\r\n" for one, value in found.headers.items())
        return VendorResponse(found.content, 200, lines)

    def _check(self, request: VendorRequest, path: str, query: str) -> None:
        """Return if exactly this request was signed, and the signature still lasts. Raises ``S3Error``."""
        said = dict(parse_qsl(query, keep_blank_values=True))
        signature = said.pop("X-Amz-Signature", "")
        credential = _CREDENTIAL.fullmatch(said.get("X-Amz-Credential", ""))
        if credential is None or said.get("X-Amz-Algorithm") != "AWS4-HMAC-SHA256":
            raise S3Error("AccessDenied", 403)
        if credential["key"] != self.key or credential["region"] != self.region:
            raise S3Error("InvalidAccessKeyId", 403)
        self._check_time(said, credential["date"])
        names = said.get("X-Amz-SignedHeaders", "").split(";")
        if not set(names) >= _NEEDED or not set(names) <= set(request.headers):
            raise S3Error("AccessDenied", 403)
        for name in ("content-length", "content-type"):
            if request.method == "PUT" and name in request.headers and name not in names and self._is_sent_in(path):
                raise S3Error("AccessDenied", 403)
        pairs = "&".join(f"{quote(one, safe='-_.~')}={quote(said[one], safe='-_.~')}" for one in sorted(said))
        lines = "".join(f"{one}:{' '.join(request.headers[one].split())}\n" for one in names)
        canonical = "\n".join((request.method, path, pairs, lines, ";".join(names), "UNSIGNED-PAYLOAD"))
        scope = credential[0].partition("/")[2]
        text = "\n".join(
            ("AWS4-HMAC-SHA256", said["X-Amz-Date"], scope, hashlib.sha256(canonical.encode()).hexdigest())
        )
        made = f"AWS4{self.secret}".encode()
        for step in scope.split("/"):
            made = hmac.new(made, step.encode(), hashlib.sha256).digest()
        expected = hmac.new(made, text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, signature):
            raise S3Error("SignatureDoesNotMatch", 403)

    def _is_sent_in(self, path: str) -> bool:
        """Say whether it is a place for clients, where what is not signed for may be anything."""
        return "/quarantine/" in path

    def _check_time(self, said: Mapping[str, str], date: str) -> None:
        try:
            at = datetime.strptime(said["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            lasts = int(said["X-Amz-Expires"])
        except (KeyError, ValueError):
            raise S3Error("AuthorizationQueryParametersError", 400) from None
        now = self.clock.now()
        if not 0 < lasts <= _LONGEST or f"{at:%Y%m%d}" != date or at > now + _SKEW:
            raise S3Error("AuthorizationQueryParametersError", 400)
        if now >= at + timedelta(seconds=lasts):
            raise S3Error("AccessDenied", 403)
