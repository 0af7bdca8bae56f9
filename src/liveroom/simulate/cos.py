"""Tencent COS and STS, as honest as their documentation lets them be: an app puts what the keys of one object allow.

The form of a POST is taken as shipped apps send it: its policy signed with HMAC-SHA1 by keys that STS gave, whose own
policy is read as COS reads it. Everybody may read the bucket; the account itself reads, writes and deletes by S3.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from secrets import token_hex
from typing import Any, Final

from liveroom.ports import Clock
from liveroom.simulate.cloud import Asked, CloudAccount, CloudError, CloudService
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.objects import ObjectStore, S3Error, StoredObject

_LONGEST: Final = 7200
_NO_CONTENT: Final = VendorResponse(b"", 204)


@dataclass(frozen=True)
class TemporaryKeys:
    """What STS gave."""

    key: str
    token: str
    policy: Mapping[str, Any]
    ends: datetime


@dataclass
class CosSimulator:
    """One bucket of an account, and the account's STS, on one address: ``/<bucket>/<key>``."""

    clock: Clock
    secret_id: str
    secret_key: str
    bucket: str
    region: str
    given: dict[str, TemporaryKeys] = field(default_factory=dict)
    store: ObjectStore = field(init=False)
    sts: CloudService = field(init=False)
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        buckets = frozenset({self.bucket})
        self.store = ObjectStore(self.clock, self.secret_id, self.secret_key, buckets, self.region, shown="")
        self.sts = CloudService(CloudAccount(self.clock, self.secret_id, self.secret_key))
        self.sts.on("GetFederationToken", "2018-08-13", self._give)
        self.endpoint = VendorEndpoint(self._answer, _command_of)

    @property
    def objects(self) -> dict[str, StoredObject]:
        """What is in the bucket, by bucket and key."""
        return self.store.objects

    def _give(self, asked: Asked) -> Mapping[str, Any]:
        seconds = int(asked["DurationSeconds"])
        if not 0 < seconds <= _LONGEST or not asked["Name"]:
            raise CloudError("InvalidParameter.ParamError")
        ends = self.clock.now() + timedelta(seconds=seconds)
        id, keys = f"AKID{token_hex(8)}", TemporaryKeys(token_hex(16), token_hex(24), json.loads(asked["Policy"]), ends)
        self.given[id] = keys
        credentials = {"TmpSecretId": id, "TmpSecretKey": keys.key, "Token": keys.token}
        return {"Credentials": credentials, "ExpiredTime": int(ends.timestamp())}

    def _answer(self, request: VendorRequest) -> VendorResponse:
        if "x-tc-action" in request.headers:
            return self.sts.endpoint.answer(request)
        if request.method != "POST":
            return self.store.endpoint.answer(request)
        try:
            self._post(request)
        except S3Error as error:
            return VendorResponse(f"<Error><Code>{error.code}</Code></Error>".encode(), error.status)
        return _NO_CONTENT

    def _post(self, request: VendorRequest) -> None:
        fields, content, content_type = _form(request)
        keys = self.given.get(fields.get("q-ak", ""))
        if request.target != f"/{self.bucket}/" or keys is None:
            raise S3Error("InvalidAccessKeyId", 403)
        if not hmac.compare_digest(fields.get("x-cos-security-token", ""), keys.token):
            raise S3Error("InvalidToken", 403)
        self._check_signature(fields, keys)
        _check_allowed(keys.policy, f"{self._resource}/{fields['key']}", int(request.headers["content-length"]))
        self.objects[f"{self.bucket}/{fields['key']}"] = StoredObject(content, {"content-type": content_type})

    @property
    def _resource(self) -> str:
        return f"qcs::cos:{self.region}:uid/{self.bucket.rpartition('-')[2]}:{self.bucket}"

    def _check_signature(self, fields: Mapping[str, str], keys: TemporaryKeys) -> None:
        now, time = self.clock.now(), fields.get("q-key-time", "")
        begins, _, ends = time.partition(";")
        if not (begins.isdigit() and ends.isdigit()) or now >= keys.ends or now.timestamp() >= int(ends):
            raise S3Error("RequestTimeTooSkewed", 403)
        made = hmac.new(keys.key.encode(), time.encode(), hashlib.sha1).hexdigest()
        policy = base64.b64decode(fields.get("policy", ""))
        digest = hashlib.sha1(policy, usedforsecurity=False).hexdigest()
        expected = hmac.new(made.encode(), digest.encode(), hashlib.sha1).hexdigest()
        if not hmac.compare_digest(expected, fields.get("q-signature", "")):
            raise S3Error("SignatureDoesNotMatch", 403)
        said = json.loads(policy)
        over = datetime.strptime(said["expiration"], "%Y-%m-%dT%H:%M:%S.000Z").replace(tzinfo=UTC)
        needed = {"q-sign-algorithm": "sha1", "q-ak": fields["q-ak"], "q-sign-time": time}
        if over <= now or any({name: value} not in said["conditions"] for name, value in needed.items()):
            raise S3Error("AccessDenied", 403)


def _check_allowed(policy: Mapping[str, Any], resource: str, length: int) -> None:
    """Return if a statement allows to put exactly this. Raises ``S3Error``."""
    for one in policy["statement"]:
        most = one.get("condition", {}).get("numeric_less_than_equal", {}).get("cos:content-length", length)
        is_meant = "name/cos:PostObject" in one["action"] and resource in one["resource"]
        if one["effect"] == "allow" and is_meant and length <= most:
            return
    raise S3Error("AccessDenied", 403)


def _form(request: VendorRequest) -> tuple[Mapping[str, str], bytes, str]:
    """Return the fields of a form, the file in it, and the file's type."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    fields: dict[str, str] = {}
    content = b""
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            raise S3Error("MalformedPOSTRequest", 400)
        if name == "file":
            content = payload
        else:
            fields[str(name)] = payload.decode()
    return fields, content, fields.get("Content-Type", "application/octet-stream")


def _command_of(request: VendorRequest) -> str:
    return request.headers.get("x-tc-action", request.method)
