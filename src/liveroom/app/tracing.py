"""The switch of traces: the parts of the program as they are, or those that record themselves (``traced``)."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from liveroom.app.instruments import UNRECORDED, Instruments
from liveroom.settings import Settings, SettingsError


@asynccontextmanager
async def recording(settings: Settings) -> AsyncIterator[Instruments]:
    """Yield what makes the program's parts; what was recorded is sent when the block ends.

    Raises ``SettingsError`` where the packages are missing.
    """
    if not settings.traces:
        yield UNRECORDED
        return
    async with _opened(settings) as instruments:
        yield instruments


def _opened(settings: Settings) -> AbstractAsyncContextManager[Instruments]:
    try:
        from liveroom.app.traced import recorded
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("opentelemetry"):
            raise
        remedy = "LIVEROOM_TRACES is on, which needs more packages: `pip install 'liveroom[otel]'`, or set it to off."
        raise SettingsError([remedy]) from missing
    return recorded(settings)
