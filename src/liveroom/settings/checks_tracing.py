"""What has to be true of the settings of traces together (``checks``)."""

import re
from collections.abc import Iterator

from liveroom.settings.address_forms import HOST_PORT, WEB_PATH
from liveroom.settings.declaring import variable
from liveroom.settings.settled import Settings

_ADDRESS = rf"https?://(?:[^@/\s]*@)?{HOST_PORT}{WEB_PATH}"
_MOST_PER_SECOND = 10_000


def check_tracing(settings: Settings) -> Iterator[str]:
    """Yield each breach as a sentence."""
    if not 0 <= settings.traces_ratio <= 1:
        yield f"{variable('traces_ratio')} is {settings.traces_ratio:g}; choose 0 to 1: 0.01 is one in a hundred."
    if not 1 <= settings.traces_per_second <= _MOST_PER_SECOND:
        yield f"{variable('traces_per_second')} is {settings.traces_per_second}; choose 1 to {_MOST_PER_SECOND}."
    if settings.traces_endpoint and not re.fullmatch(_ADDRESS, settings.traces_endpoint):
        yield f"{variable('traces_endpoint')} is not a valid web address; write it as http://collector:4318."
