"""The live page and the console: the files that web/ was built to, with the headers that keep them safe and fresh.

At the address of a shared link it says what the room is, for the apps in which the link is shown (Open Graph).

A build puts them into the folder `pages` beside this file; a checkout that was installed without them has none. Files
under `assets/` have a digest in their names and never change; the page itself is asked for anew each time. All of them
are kept in memory: a page that was served goes on working when it is built anew under a running service.
"""

import html
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from liveroom.usecases.rooms.public import RoomPreview

FOLDER: Final = Path(__file__).parent / "pages"
_INDEX: Final = "index.html"
_CONSOLE: Final = "console.html"
_GIFTS: Final = "gifts/"
"""Where the icons of the built-in gifts are."""
_ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}
"""Codings in which a build leaves its texts, the better one first."""
_POLICY: Final = (
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # the component library measures and places by styles
    "img-src * data: blob:",  # covers and avatars are wherever their owners keep them
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_SAFE: Final = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_PAGE_HEADERS: Final = {
    **_SAFE,
    "permissions-policy": "camera=(self), microphone=(self), display-capture=(self)",
    "cache-control": "no-cache",
    "vary": "Accept",
}
_CONSOLE_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # Naive UI writes its styles into the page, and knows no nonce
    "img-src 'self' http: https: data: blob:",  # covers are wherever their owners keep them
    "media-src 'self' http: https: blob:",  # and so are recordings
    "font-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_CONSOLE_HEADERS: Final = {
    **_SAFE,
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), display-capture=(), geolocation=()",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
}
_SITE: Final = "liveroom"
_SHOWN: Final = ("https://", "http://")
"""How addresses of covers begin that others can fetch."""
_TITLE: Final = re.compile("<title>.*?</title>", re.DOTALL)
_FOREVER: Final = "public, max-age=31536000, immutable"
_A_DAY: Final = "public, max-age=86400"


@dataclass(frozen=True, slots=True)
class _File:
    """One file of the build, and the same in other codings."""

    content: bytes
    media_type: str
    coded: Mapping[str, bytes]

    def answer(self, accepted: str, cache_control: str) -> Response:
        headers = {**_SAFE, "cache-control": cache_control, "vary": "Accept-Encoding"}
        coding = next((coding for coding in self.coded if _accepts(accepted, coding)), None)
        if coding is None:
            return Response(self.content, headers=headers, media_type=self.media_type)
        return Response(self.coded[coding], headers={**headers, "content-encoding": coding}, media_type=self.media_type)


class Pages:
    """The built files by their names. ``base`` of a request's state is the path under which it came."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._index = (folder / _INDEX).read_text("utf-8")
        self._files = {
            path.relative_to(folder).as_posix(): _file(path)
            for path in folder.rglob("*")
            if path.is_file() and path.suffix not in _ENCODINGS.values()
        }
        del self._files[_INDEX]
        console = self._files.pop(_CONSOLE, None)
        self._console = None if console is None else console.content.decode()

    @property
    def roots(self) -> list[str]:
        """Return the names of the files beside the page, such as its icon, and those of gifts."""
        named = [name for name in self._files if "/" not in name or name.startswith(_GIFTS)]
        return [name for name in named if Path(name).suffix != ".sha256"]

    async def page(self, request: Request, plays: Sequence[str] = ()) -> Response:
        """Return the live page. ``plays``: from where it may play videos, and load streams, beside here."""
        base = html.escape(request.state.base)
        return HTMLResponse(_placed(self._index, base), headers=_page_headers(tuple(plays)))

    async def room(self, request: Request, preview: RoomPreview | None, plays: Sequence[str] = ()) -> Response:
        """Return the page of a shared link, with the room's preview; None: no word of it."""
        base = html.escape(request.state.base)
        page = _placed(self._index, base, shared=True)
        if preview is not None:
            page = _TITLE.sub(lambda _: _head_of(preview), page, count=1)
        return HTMLResponse(page, headers=_page_headers(tuple(plays)))

    async def console(self, request: Request, reaches: Sequence[str] = ()) -> Response:
        """Return the operator's console, at any address below its own.

        ``reaches``: where its scripts may connect beside here.
        """
        if self._console is None:
            raise HTTPException(404)
        policy = "; ".join((*_CONSOLE_POLICY, " ".join(("connect-src 'self'", *reaches))))
        base = html.escape(request.state.base)
        headers = {**_CONSOLE_HEADERS, "content-security-policy": policy}
        return HTMLResponse(_placed(self._console, base, shared=True), headers=headers)

    async def asset(self, request: Request) -> Response:
        return self._answer(request, f"assets/{request.path_params['name']}", _FOREVER)

    async def root(self, request: Request) -> Response:
        return self._answer(request, request.url.path.removeprefix("/"), _A_DAY)

    def _answer(self, request: Request, name: str, cache_control: str) -> Response:
        if name not in self._files:
            raise HTTPException(404)
        return self._files[name].answer(request.headers.get("accept-encoding", ""), cache_control)


@cache
def open_pages(folder: Path = FOLDER) -> Pages | None:
    """Return the built page, or None where there is none; a process reads it once."""
    return Pages(folder) if are_built(folder) else None


def are_built(folder: Path = FOLDER) -> bool:
    return (folder / _INDEX).is_file()


@cache
def _placed(index: str, base: str, *, shared: bool = False) -> str:
    """Return the page with the addresses of its files under a path, and the path for its scripts.

    ``shared``: its own address is not that path, so that a script could not guess the root.
    """
    head = f'<head>\n    <meta name="liveroom-base" content="{base or "/" if shared else base}">'
    return index.replace('"./', f'"{base}/').replace("<head>", head, 1)


@cache
def _page_headers(plays: tuple[str, ...]) -> Mapping[str, str]:
    # The media providers' servers have many names; of a server over plain HTTP the operator has said the name.
    reaches = " ".join(("connect-src 'self' ws: wss: https:", *(one for one in plays if one.startswith("http:"))))
    policy = "; ".join((*_POLICY, reaches, " ".join(("media-src 'self' blob:", *plays))))
    return {**_PAGE_HEADERS, "content-security-policy": policy}


def _head_of(preview: RoomPreview) -> str:
    """Return what the head says of a room, escaped: all of it is written by users."""
    title, host, cover = preview.title or preview.host or _SITE, preview.host, preview.cover
    told = {
        "og:type": "website",
        "og:site_name": _SITE,
        "og:title": title,
        "og:description": " · ".join(filter(None, (host if title != host else "", preview.description))),
        "twitter:card": "summary",
    }
    if cover.startswith(_SHOWN) and len(cover.split()) == 1:
        told |= {"og:image": cover, "twitter:card": "summary_large_image"}
    lines = [
        f'<meta {"property" if name.startswith("og:") else "name"}="{name}" content="{html.escape(text)}">'
        for name, text in told.items()
        if text
    ]
    return "\n    ".join((f"<title>{html.escape(title)}</title>", *lines))


def _file(path: Path) -> _File:
    coded = {coding: path.with_name(path.name + suffix) for coding, suffix in _ENCODINGS.items()}
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _File(
        path.read_bytes(),
        media_type,
        {coding: other.read_bytes() for coding, other in coded.items() if other.is_file()},
    )


def _accepts(accepted: str, coding: str) -> bool:
    """Say whether a header Accept-Encoding names a coding; one that is ruled out by q=0 is not accepted."""
    for item in accepted.split(","):
        name, _, quality = item.partition(";")
        if name.strip().lower() == coding:
            return quality.replace(" ", "") not in ("q=0", "q=0.0")
    return False
