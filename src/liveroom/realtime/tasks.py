"""What is done beside: tasks are held until they are over, and what one fails at is logged."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from liveroom import deadlines
from liveroom.domain.errors import Unavailable
from liveroom.log import log_unexpected

log = structlog.get_logger("liveroom.realtime")


class Tasks:
    """The tasks of one owner."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let something be done beside, which is done otherwise (by a job, or by an end of its own) if it fails."""
        task = deadlines.spawn(work, name=getattr(work, "__qualname__", None))
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        problem = None if task.cancelled() else task.exception()
        if isinstance(problem, Unavailable):
            log.warning("task.unavailable", task=task.get_name(), cause=repr(problem.__cause__ or problem))
        elif problem is not None:
            log_unexpected(log, "task.failed", problem, task=task.get_name())

    async def idle(self) -> None:
        """Return when nothing is being done any more."""
        while self._running:
            await asyncio.wait(self._running)

    async def wait(self, seconds: float) -> None:
        """Give what is being done so long to end."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    async def stop(self) -> None:
        """Break off what is being done."""
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
