"""With which parameters an operator's server calls ``stats/*``."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.contract.scene import Stage

STATISTICS: Final[Mapping[str, Callable[[Stage], Mapping[str, Any]]]] = {
    "base/v1/stats/broadcasts": lambda stage: {
        "hostId": stage.host.user,
        "limit": "5",
        "cursor": "",
        "fromDay": "",
        "toDay": "",
    },
    "base/v1/stats/broadcast": lambda stage: {"roomId": stage.room, "broadcastId": ""},
    "base/v1/stats/attendance": lambda stage: {"broadcastId": stage.broadcast, "limit": "5", "cursor": ""},
}
