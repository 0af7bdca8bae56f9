"""The recorder of nginx-rtmp that begins and ends when it is told to (``record all manual``, STREAMS.md 4)."""

from typing import Final

from liveroom.domain.streams.model import StreamName
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.streams.server_api import StreamServerApi

_DONE: Final = (200, 204)
"""With the file's path; or nothing was to be done: nobody pushes, or it records already."""


class NginxRecorderControl:
    """Asks /control. Both calls may be made again; a stream that nobody pushes is none. Raises ``VendorFailure``."""

    def __init__(self, api: StreamServerApi, app: str, recorder: str) -> None:
        self.api: Final = api
        self._app: Final = app
        self._recorder: Final = recorder

    async def begin(self, stream: StreamName) -> None:
        """Record a stream from now on, as long as its encoder stays."""
        await self._call("start", stream)

    async def end(self, stream: StreamName) -> None:
        """Record it no more; its file is whole then."""
        await self._call("stop", stream)

    async def _call(self, what: str, stream: StreamName) -> None:
        said = {"app": self._app, "name": stream, "rec": self._recorder}
        try:
            answer = await self.api.call("GET", f"/control/record/{what}", **said)
        except VendorFailure as failure:
            if failure.code != "500":
                raise
            why = f"nginx-rtmp cannot {what} its recorder {self._recorder}: is it in its configuration, and manual?"
            raise VendorFailure(Trouble.SUBJECT, why) from failure
        if answer.status not in _DONE:
            raise self.api.nonsense()
