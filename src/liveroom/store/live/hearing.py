"""Who is told what a live store hears: shared by the parts of one store, so that each tells the same audience."""

from collections.abc import Callable

import structlog

from liveroom.ports import Audience

log = structlog.get_logger("liveroom.live")


class Hearing:
    """Holds the audience, once there is one (``Channels.attach`` sets it)."""

    __slots__ = ("audience",)

    def __init__(self) -> None:
        self.audience: Audience | None = None

    def tell(self, word: Callable[[Audience], None]) -> None:
        """Tell the audience, if there is one; what it fails at does not stop whoever tells."""
        if self.audience is None:
            return
        try:
            word(self.audience)
        except Exception:
            log.exception("live.audience_failed")
