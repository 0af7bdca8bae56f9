"""Tencent's cloud API 3.0, as honest as its documentation lets it be: TC3 signatures, actions and their versions.

The signature of each call is checked over the bytes that came, with arithmetic of its own: what the service signs with
is another piece of code.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from liveroom.ports import Clock
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse

KEPT: Final = 10_000
"""How many of the last calls are remembered."""
_AUTHORIZATION: Final = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<date>[^/]+)/(?P<service>[^/]+)/tc3_request, "
    r"SignedHeaders=(?P<signed>[a-z;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)
_WINDOW: Final = 300
_ODD: Final = b'{"Response":{"RequestId":"1","SendStatusSet":[],"CaptchaCode":"one"}}'
_REQUEST: Final = {"RequestId": "3c140219-cfe9-470e-b241-907877d6fb03"}

Asked = Mapping[str, Any]
CloudAction = Callable[[Asked], Mapping[str, Any]]


class CloudError(Exception):
    """What an action raises to be answered with ``Response.Error``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code: Final = code


@dataclass(frozen=True)
class CloudAccount:
    """One account: the pair of keys that it accepts."""

    clock: Clock
    secret_id: str
    secret_key: str

    def check(self, headers: Mapping[str, str], payload: bytes) -> None:
        """Return if the call was signed with the account's key a moment ago. Raises ``CloudError``."""
        said = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        timestamp = headers.get("x-tc-timestamp", "")
        if said is None or not timestamp.isdigit():
            raise CloudError("AuthFailure.InvalidAuthorization")
        if said["id"] != self.secret_id:
            raise CloudError("AuthFailure.SecretIdNotFound")
        if abs(self.clock.now().timestamp() - int(timestamp)) > _WINDOW:
            raise CloudError("AuthFailure.SignatureExpire")
        date = datetime.fromtimestamp(int(timestamp), UTC).strftime("%Y-%m-%d")
        names = said["signed"].split(";")
        if not {"content-type", "host"} <= set(names) <= set(headers) or said["date"] != date:
            raise CloudError("AuthFailure.SignatureFailure")
        lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names)
        digest = hashlib.sha256(payload).hexdigest()
        canonical = hashlib.sha256(f"POST\n/\n\n{lines}\n{said['signed']}\n{digest}".encode()).hexdigest()
        text = f"TC3-HMAC-SHA256\n{timestamp}\n{date}/{said['service']}/tc3_request\n{canonical}"
        key = f"TC3{self.secret_key}".encode()
        for step in (date, said["service"], "tc3_request"):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, said["signature"]):
            raise CloudError("AuthFailure.SignatureFailure")


@dataclass(frozen=True)
class CloudCall:
    """A call that was signed well."""

    action: str
    region: str
    parameters: Asked


@dataclass
class CloudService:
    """One service of an account; ``on`` gives it its actions."""

    account: CloudAccount
    calls: list[CloudCall] = field(default_factory=list)
    actions: dict[str, tuple[str, CloudAction]] = field(default_factory=dict)
    """By name: the version that it belongs to, and what it does."""
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer, action_of, odd=_ODD)

    def on(self, action: str, version: str, answer: CloudAction) -> None:
        """Answer an action of this version."""
        self.actions[action] = version, answer

    def _answer(self, request: VendorRequest) -> VendorResponse:
        try:
            self.account.check(request.headers, request.body)
            said = {**self._do(request), **_REQUEST}
        except CloudError as error:
            said = {"Error": {"Code": error.code, "Message": "as documented"}, **_REQUEST}
        return VendorResponse(json.dumps({"Response": said}).encode())

    def _do(self, request: VendorRequest) -> Mapping[str, Any]:
        action = action_of(request)
        if action not in self.actions:
            raise CloudError("InvalidAction")
        version, do = self.actions[action]
        if request.headers.get("x-tc-version") != version:
            raise CloudError("NoSuchVersion")
        try:
            asked = json.loads(request.body)
        except ValueError:
            raise CloudError("InvalidRequest") from None
        if not isinstance(asked, dict):
            raise CloudError("InvalidRequest")
        self.calls.append(CloudCall(action, request.headers.get("x-tc-region", ""), asked))
        del self.calls[:-KEPT]
        if request.refused_with:
            raise CloudError(request.refused_with)
        try:
            return do(asked)
        except (KeyError, TypeError, ValueError):
            raise CloudError("InvalidParameter") from None


def action_of(request: VendorRequest) -> str:
    """Return the action that a call names."""
    return request.headers.get("x-tc-action", "")
