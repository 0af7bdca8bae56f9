"""The listener of a live store: shared by the parts of one store, so that each notifies the same one."""

from collections.abc import Callable

import structlog

from liveroom.ports import LiveListener

log = structlog.get_logger("liveroom.live")


class ListenerRegistry:
    """Holds the process's listener, once there is one (``Channels.attach`` registers it)."""

    __slots__ = ("listener",)

    def __init__(self) -> None:
        self.listener: LiveListener | None = None

    def notify(self, call: Callable[[LiveListener], None]) -> None:
        """Notify the listener, if there is one; a failure of it does not stop the caller."""
        if self.listener is None:
            return
        try:
            call(self.listener)
        except Exception:
            log.exception("live.listener_failed")
