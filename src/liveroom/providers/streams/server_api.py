"""Calls of a stream server's own API: bounded in time and size, with the name and password that it may want."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

import httpx

from liveroom.domain.streams.model import LiveStream, LiveStreams, StreamName
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.outgoing import exchange, object_in, open_client

TIMEOUT: Final = timedelta(seconds=5)
LONGEST: Final = 64 * 1024 * 1024
"""What /stat of nginx-rtmp says of 10,000 streams with two viewers each has 14 MB."""
PAGE: Final = 500
"""How many streams a page of a list has."""
PAGES_MAX: Final = 200
_KEYS: Final = "compare the name and the password of its API with its configuration"


class ApiAnswer(NamedTuple):
    """What a server answered."""

    status: int
    content: bytes


class StreamServerApi:
    """The way to one server. Raises ``VendorFailure``, with the server's kind and without what was sent."""

    def __init__(
        self, server: str, url: str, *, user: str = "", password: str = "", timeout: timedelta = TIMEOUT
    ) -> None:
        self.server: Final = server
        self._url: Final = url.rstrip("/")
        self._seconds: Final = timeout.total_seconds()
        auth = (user, password) if user else None
        verify = httpx.create_ssl_context() if url.startswith("https:") else False
        self._http: Final = open_client(server, verify=verify, timeout=self._seconds, trust_env=False, auth=auth)

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def call(self, method: str, path: str, **query: object) -> ApiAnswer:
        """Return the answer, whatever its status says of the stream; what says that the call is wrong is a failure."""
        asked = {name: str(value) for name, value in query.items()}
        try:
            status, content = await exchange(
                self._http, self._seconds, LONGEST, method, f"{self._url}{path}", params=asked
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
            raise VendorFailure(Trouble.BUSY, f"{self.server} cannot be reached") from failure
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as failure:
            raise VendorFailure(Trouble.BUSY, f"{self.server} did not answer", in_doubt=True) from failure
        if status in (401, 403):
            raise VendorFailure(Trouble.ACCESS, f"{self.server} refuses: {_KEYS}", code=str(status))
        if status >= 500 or status == 429:
            raise VendorFailure(Trouble.BUSY, f"{self.server} is busy (HTTP {status})", code=str(status))
        if len(content) > LONGEST:
            raise self.nonsense()
        return ApiAnswer(status, content)

    async def ask(self, path: str, **query: object) -> Any:
        """Return the JSON object that a GET is answered with."""
        answer = await self.call("GET", path, **query)
        found = object_in(answer.content)
        if found is None or answer.status != 200:
            raise self.nonsense()
        return found

    def nonsense(self) -> VendorFailure:
        """Return the failure that an answer is which its documentation does not have."""
        return VendorFailure(Trouble.BUSY, f"{self.server} answered what cannot be read: is its API's address right?")


async def every_page(ask: Callable[[int], Awaitable[tuple[Sequence[LiveStream], bool]]]) -> LiveStreams:
    """Return what is on all pages. ``ask`` returns the streams of a page, from 0, and whether it is the last.

    Raises ``VendorFailure`` where the first page fails; where another one does, or there is no end of them, the list is
    not whole.
    """
    found: dict[StreamName, LiveStream] = {}
    for page in range(PAGES_MAX):
        try:
            streams, is_last = await ask(page)
        except VendorFailure:
            if page == 0:
                raise
            break
        found |= {one.name: one for one in streams}
        if is_last:
            return LiveStreams(list(found.values()), is_whole=True)
    return LiveStreams(list(found.values()), is_whole=False)


def bounded(value: object, most: int = 1_000_000) -> int:
    """Return a number that a server says of a stream; 0 for what is none."""
    return value if type(value) is int and 0 <= value <= most else 0
