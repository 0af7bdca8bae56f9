"""The two functions of an installation as they should be: the service, and the timer that ticks it.

A web function of SCF answers HTTP, and a timer sends events: so the timer has a function of its own, of ten lines,
which sends the request that the service knows.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from liveroom import __version__
from liveroom.settings import Settings
from liveroom.settings.deployment import Deployment

MADE_BY: Final = "made by liveroom deploy scf"
"""In the description of what is ours, and of nothing else."""
URL_TRIGGER: Final = "liveroom-url"
TIMER: Final = "liveroom-tick"
QUALIFIER: Final = "$DEFAULT"
_NETWORK: Final = {"AuthType": "NONE", "NetConfig": {"EnableIntranet": False, "EnableExtranet": True}}
_TICK: Final = '''"""Ticks liveroom: the timer of this function cannot send a request of its own."""

import os
import urllib.request


def main_handler(event, context):
    headers = {"Authorization": "Bearer " + os.environ["TICK_KEY"]}
    asked = urllib.request.Request(os.environ["TICK_URL"], method="POST", headers=headers)
    with urllib.request.urlopen(asked, timeout=25) as answer:
        return answer.status
'''
_FAST: Final = 10
_SLOW: Final = 60


@dataclass(frozen=True)
class WantedTrigger:
    """What calls a function."""

    name: str
    kind: str
    description: str


@dataclass(frozen=True)
class WantedFunction:
    """One function; what it is made of goes beside it."""

    name: str
    fixed: Mapping[str, Any]
    """What cannot be changed later."""
    configured: Mapping[str, Any]
    environment: Mapping[str, str]
    trigger: WantedTrigger

    @property
    def request(self) -> Mapping[str, Any]:
        """Return what both making and changing it say."""
        variables = [{"Key": name, "Value": text} for name, text in sorted(self.environment.items())]
        return {"FunctionName": self.name, **self.configured, "Environment": {"Variables": variables}}


def service(deployment: Deployment, name: str, python: str) -> WantedFunction:
    """Return the web function that is the service."""
    return WantedFunction(
        name,
        fixed={"Type": "HTTP", "Runtime": f"Python{python}"},
        configured={
            "Description": f"liveroom {__version__}, {MADE_BY}",
            "MemorySize": 256,
            "Timeout": 30,
            "InitTimeout": 90,
            "VpcConfig": {"VpcId": deployment.vpc, "SubnetId": deployment.subnet},
            "PublicNetConfig": {"PublicNetStatus": "ENABLE", "EipConfig": {"EipStatus": "DISABLE"}},
        },
        environment=deployment.environment,
        trigger=WantedTrigger(URL_TRIGGER, "http", json.dumps(_NETWORK)),
    )


def ticker(name: str, url: str, key: str, seconds: int) -> WantedFunction:
    """Return the function that ticks the service at this address."""
    return WantedFunction(
        f"{name}-tick",
        fixed={"Type": "Event", "Runtime": "Python3.10"},
        configured={
            "Description": f"The timer of liveroom, {MADE_BY}",
            "MemorySize": 64,
            "Timeout": 30,
            "Handler": "index.main_handler",
        },
        environment={"TICK_URL": f"{url}/internal/tick", "TICK_KEY": key},
        trigger=WantedTrigger(TIMER, "timer", cron(seconds)),
    )


def cron(seconds: int) -> str:
    """Return the seven fields of a timer that comes each minute, or each so many seconds."""
    return "0 * * * * * *" if seconds >= _SLOW else f"*/{seconds} * * * * * *"


def seconds_between_ticks(settings: Settings) -> int:
    """Return how often the service has to be ticked: often where it controls something at Tencent's."""
    return _FAST if settings.im == "tencent" or settings.tencent_secret_id else _SLOW


def ticker_code() -> bytes:
    """Return the code of the ticking function: the same bytes each time."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        entry = zipfile.ZipInfo("index.py", (1980, 1, 1, 0, 0, 0))
        entry.external_attr, entry.create_system = 0o100644 << 16, 3
        archive.writestr(entry, _TICK)
    return written.getvalue()
