"""SCF and COS as Tencent documents them: calls signed by TC3, functions that take a while, quotas, names taken once.

Signatures are checked by `liveroom.simulate`, with arithmetic of its own; what calls is Tencent's SDK.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from liveroom.clock import SystemClock
from liveroom.simulate.cloud import Asked, CloudAccount, CloudError, CloudService
from liveroom.simulate.objects import ObjectStore

VERSION: Final = "2018-04-16"
SECRET_ID: Final = "AKIDexampleexampleexample"
SECRET_KEY: Final = "examplesecretkey"
REGION: Final = "ap-guangzhou"
BUCKET: Final = "live-1250000000"
VPC: Final = ("vpc-a1b2c3d4", "subnet-a1b2c3d4")
_NAMES: Final = ("MemorySize", "Timeout", "InitTimeout", "Description", "VpcConfig", "PublicNetConfig", "Environment")


@dataclass
class StandInFunction:
    """One function, which is busy for some looks after each change."""

    said: dict[str, Any]
    code: bytes
    status: str = "Creating"
    looks: int = 2
    """How often somebody has to look until it is through."""
    triggers: list[dict[str, Any]] = field(default_factory=list)

    def look(self) -> str:
        """Return the status that somebody sees."""
        if self.status in ("Creating", "Updating"):
            if self.looks == 0:
                self.status = "Active"
            self.looks -= 1
        return self.status

    def begin(self, status: str) -> None:
        self.status, self.looks = status, 2


@dataclass
class StandInScf:
    """The platform of one account, and its bucket."""

    address: str = "http://127.0.0.1:1"
    """What a function's URL is."""
    quota: int = 10
    functions: dict[str, StandInFunction] = field(default_factory=dict)
    refused: str = ""
    """The action that the account's owner has not been allowed."""
    fails: set[str] = field(default_factory=set)
    """Names of functions that come to be CreateFailed."""
    scf: CloudService = field(init=False)
    cos: ObjectStore = field(init=False)

    def __post_init__(self) -> None:
        clock = SystemClock()
        self.scf = CloudService(CloudAccount(clock, SECRET_ID, SECRET_KEY))
        self.cos = ObjectStore(clock, SECRET_ID, SECRET_KEY, frozenset({BUCKET}), REGION, shown="nothing/")
        for action in (self.create_function, self.get_function, self.get_function_address, self.update_function_code):
            self._offer(action)
        for action in (self.update_function_configuration, self.create_trigger, self.delete_trigger):
            self._offer(action)
        self._offer(self.delete_function)

    def _offer(self, action: Any) -> None:
        name = "".join(word.capitalize() for word in action.__name__.split("_"))
        self.scf.on(name, VERSION, action)

    @property
    def changes(self) -> list[str]:
        """Return the calls that changed something, in order."""
        return [call.action for call in self.scf.calls if not call.action.startswith("Get")]

    def create_function(self, asked: Asked) -> Mapping[str, Any]:
        name = asked["FunctionName"]
        if name in self.functions:
            raise CloudError("ResourceInUse.FunctionName")
        if len(self.functions) >= self.quota:
            raise CloudError("LimitExceeded.Function")
        network = asked.get("VpcConfig")
        if network is not None and (network["VpcId"], network["SubnetId"]) != VPC:
            raise CloudError("ResourceNotFound.Vpc")
        made = StandInFunction({"Type": "Event", **asked}, self._code(asked["Code"]))
        self.functions[name] = made
        if name in self.fails:
            made.status = "CreateFailed"
        return {}

    def get_function(self, asked: Asked) -> Mapping[str, Any]:
        name = asked["FunctionName"]
        found = self._function(name)
        said: dict[str, Any] = {
            one: found.said[one] for one in (*_NAMES, "Type", "Runtime", "Handler") if one in found.said
        }
        reasons = [{"ErrorCode": "InitFailed", "ErrorMessage": "no such file"}] if "Failed" in found.status else []
        shown = {"FunctionName": name, "Status": found.look(), "Triggers": found.triggers, "StatusReasons": reasons}
        return {**said, **shown, "CodeSize": len(found.code)}

    def get_function_address(self, asked: Asked) -> Mapping[str, Any]:
        found = self._function(asked["FunctionName"])
        return {"Url": "https://cos.example.com", "CodeSha256": hashlib.sha256(found.code).hexdigest()}

    def update_function_code(self, asked: Asked) -> Mapping[str, Any]:
        found = self._idle(asked["FunctionName"])
        found.code = self._code(asked["Code"])
        found.begin("Updating")
        return {}

    def update_function_configuration(self, asked: Asked) -> Mapping[str, Any]:
        found = self._idle(asked["FunctionName"])
        if {"Type", "Runtime", "Handler", "Code"} & set(asked):
            raise CloudError("InvalidParameter")
        found.said.update({name: value for name, value in asked.items() if name in _NAMES})
        found.begin("Updating")
        return {}

    def create_trigger(self, asked: Asked) -> Mapping[str, Any]:
        found = self._idle(asked["FunctionName"])
        if any(one["TriggerName"] == asked["TriggerName"] for one in found.triggers):
            raise CloudError("ResourceInUse.Trigger")
        if (asked["Type"], found.said["Type"]) not in (("http", "HTTP"), ("timer", "Event")):
            raise CloudError("InvalidParameterValue.Type")
        told = asked["TriggerDesc"]
        if asked["Type"] == "http":
            said = json.loads(told)
            network = {**said["NetConfig"], "ExtranetUrl": self.address, "IntranetUrl": ""}
            told = json.dumps({**said, "NetConfig": network})
        elif len(told.split()) == 7:
            told = json.dumps({"cron": told})
        else:
            raise CloudError("InvalidParameterValue.TriggerDesc")
        names = ("TriggerName", "Type", "Qualifier")
        found.triggers.append({**{name: asked[name] for name in names}, "TriggerDesc": told, "Enable": 1})
        return {"TriggerInfo": {"TriggerName": asked["TriggerName"]}}

    def delete_trigger(self, asked: Asked) -> Mapping[str, Any]:
        found = self._idle(asked["FunctionName"])
        left = [one for one in found.triggers if one["TriggerName"] != asked["TriggerName"]]
        if left == found.triggers:
            raise CloudError("ResourceNotFound.Trigger")
        found.triggers[:] = left
        return {}

    def delete_function(self, asked: Asked) -> Mapping[str, Any]:
        self._function(asked["FunctionName"])
        del self.functions[asked["FunctionName"]]
        return {}

    def _function(self, name: str) -> StandInFunction:
        if name not in self.functions:
            raise CloudError("ResourceNotFound.FunctionName")
        return self.functions[name]

    def _idle(self, name: str) -> StandInFunction:
        found = self._function(name)
        if found.status in ("Creating", "Updating"):
            raise CloudError("FailedOperation.FunctionStatusError")
        return found

    def _code(self, said: Mapping[str, Any]) -> bytes:
        """Return what a function is made of, which has to be a zip."""
        if "ZipFile" in said:
            content = base64.b64decode(said["ZipFile"])
        else:
            account = BUCKET.rpartition("-")[2]
            stored = self.cos.objects.get(f"{said['CosBucketName']}-{account}{said['CosObjectName']}")
            if stored is None or said["CosBucketRegion"] != REGION:
                raise CloudError("ResourceNotFound.CosObject")
            content = stored.content
        if not zipfile.is_zipfile(BytesIO(content)):
            raise CloudError("InvalidParameterValue.Code")
        return content
