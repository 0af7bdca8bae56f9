"""The ASGI lifespan protocol, for servers that start and stop the application; `liveroom serve` does so itself."""

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

Lifespan = Callable[[], AbstractAsyncContextManager[object]]
Message = MutableMapping[str, Any]


async def run_lifespan(
    lifespan: Lifespan | None, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Hold the application open from the server's start to its stop."""
    await receive()
    stage = "startup"
    try:
        async with lifespan() if lifespan is not None else nullcontext():
            await send({"type": "lifespan.startup.complete"})
            await receive()
            stage = "shutdown"
    except BaseException as problem:
        await send({"type": f"lifespan.{stage}.failed", "message": str(problem)})
        raise
    await send({"type": "lifespan.shutdown.complete"})
