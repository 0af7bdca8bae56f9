"""Calls of SCF, Tencent's platform for functions, through Tencent's SDK: what it answers, and refusals as sentences."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from liveroom.settings import SettingsError
from liveroom.settings.deployment import Deployment

_SECONDS_FOR_A_CALL: Final = 60
_TRIES: Final = 4
_SECONDS_BETWEEN_TRIES: Final = 3.0
_MISSING: Final = "Tencent's SDK is not installed: pip install 'liveroom[scf]'"
_BUSY: Final = (
    *("RequestLimitExceeded", "InternalError", "ServerNetworkError", "ClientNetworkError"),
    *("FailedOperation.FunctionStatusError", "FailedOperation.FunctionNameStatusError"),
    *("FailedOperation.OperationConflict", "ResourceUnavailable.FunctionStatusError"),
)
"""What is asked again: the platform does something else with the function, or cannot now."""
_ABSENT: Final = "ResourceNotFound.Function"
_REMEDIES: Final = {
    "AuthFailure": "check TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and this machine's clock",
    "UnauthorizedOperation.Region": "this account may not use the region: check REGION",
    "UnsupportedRegion": "SCF knows no such region: check REGION, such as ap-guangzhou",
    "UnauthorizedOperation": "the key's owner needs the policy QcloudSCFFullAccess, the account the role SCF_QcsRole",
    "LimitExceeded": "a quota of the account is used up: raise it in SCF's console, or remove functions",
    "ResourceNotFound.Vpc": "check VPC_ID and SUBNET_ID: both have to be in the region",
    "InvalidParameterValue.VpcConfig": "check VPC_ID and SUBNET_ID: both have to be in the region",
    "InvalidParameterValue.Runtime": "this region has no such Python: name another with --python",
    "InvalidParameterValue.EnvironmentExceededLimit": "a function's environment has 4 KB at most: shorten the .env",
    "ResourceUnavailable.InsufficientBalance": "the account is in arrears",
    "FailedOperation.InsufficientBalance": "the account is in arrears",
    "FailedOperation.UnOpenedService": "open SCF once in Tencent's console, so that the account has it",
    "ResourceInUse.FunctionName": "somebody is making it at this moment: call this again",
}
"""By the beginning of Tencent's code; the longest that fits is taken."""


class ScfRefused(SettingsError):
    """Tencent refuses a call; ``code`` is theirs."""

    def __init__(self, action: str, code: str, message: str) -> None:
        remedy = max((one for one in _REMEDIES if code.startswith(one)), key=len, default="")
        told = f": {_REMEDIES[remedy]}" if remedy else f", and says: {message}"
        super().__init__([f"Tencent refuses {action} with {code}{told}."])
        self.code: Final = code


class ScfAccount:
    """One account, in one region."""

    def __init__(self, deployment: Deployment, *, pause: Callable[[float], None] = time.sleep) -> None:
        """Raises ``SettingsError`` where the SDK is not installed."""
        try:
            from tencentcloud.common.credential import Credential
            from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
            from tencentcloud.common.profile.client_profile import ClientProfile
            from tencentcloud.common.profile.http_profile import HttpProfile
            from tencentcloud.scf.v20180416 import models, scf_client
        except ImportError:
            raise SettingsError([_MISSING]) from None
        at = urlsplit(deployment.scf_endpoint)
        profile = ClientProfile(
            signMethod="TC3-HMAC-SHA256",
            httpProfile=HttpProfile(protocol=at.scheme, endpoint=at.netloc, reqTimeout=_SECONDS_FOR_A_CALL),
        )
        keys = (deployment.secret_id, deployment.secret_key.reveal(), deployment.token.reveal() or None)
        self._client: Any = scf_client.ScfClient(Credential(*keys), deployment.region, profile)
        self._models: Any = models
        self._refusal: type[Exception] = TencentCloudSDKException
        self._pause: Final = pause

    def call(self, action: str, **parameters: object) -> Mapping[str, Any]:
        """Return the answer. What is busy is asked again for some seconds. Raises ``ScfRefused``."""
        for left in reversed(range(_TRIES)):
            try:
                return self._once(action, parameters)
            except ScfRefused as refused:
                if not left or not refused.code.startswith(_BUSY):
                    raise
            self._pause(_SECONDS_BETWEEN_TRIES)
        raise AssertionError(action)

    def function(self, name: str) -> Mapping[str, Any] | None:
        """Return a function with its triggers, as it is now; None: there is none."""
        try:
            return self.call("GetFunction", FunctionName=name, ShowCode="FALSE")
        except ScfRefused as refused:
            if refused.code.startswith(_ABSENT):
                return None
            raise

    def _once(self, action: str, parameters: Mapping[str, object]) -> Mapping[str, Any]:
        request = getattr(self._models, f"{action}Request")()
        request.from_json_string(json.dumps(parameters))
        try:
            answered: Mapping[str, Any] = json.loads(getattr(self._client, action)(request).to_json_string())
        except self._refusal as problem:
            code, message = str(getattr(problem, "code", "")), str(getattr(problem, "message", ""))
            raise ScfRefused(action, code, message) from problem
        return answered
