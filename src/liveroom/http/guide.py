"""The guide: docs/ as pages, in Chinese and English, at `/guide`.

A build makes them (web/guide) and puts them, as gzip, into the folder `guide` beside this file; a checkout that was
installed without them has none. A file is read when it is first asked for, and stays in memory.
"""

import gzip
import mimetypes
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from liveroom.domain.tenants.model import Language

FOLDER: Final = Path(__file__).parent / "guide"
_PACKED: Final = ".gz"
_PAGE: Final = ".html"
_INDEX: Final = "index"
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASSETS: Final = "assets/"
_HEADERS: Final = {
    "content-security-policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_NO_PAGE: Final = {
    Language.EN: "The guide has no such page. All of its pages are listed at {base}/guide.\n",
    Language.ZH: "文档中没有这个页面，全部页面见 {base}/guide。\n",
}
_NOT_BUILT: Final = {
    Language.EN: "This liveroom was installed without its guide: `python web/build.py` in the repository builds it.\n",
    Language.ZH: "此 liveroom 安装时未包含文档；在仓库中运行 `python web/build.py` 即可生成。\n",
}
Speaks = Callable[[Request], Language]
"""Says which language whoever asks wants."""


class Guide:
    """The built pages by their names, such as ``en/socket``. ``base`` of a request's state is where the service is."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._read: dict[str, bytes] = {}

    def routes(self, speaks: Speaks) -> list[Route]:
        """Return the guide's routes; ``speaks`` decides who asks for no language."""

        async def front(request: Request) -> Response:
            language = request.url.path.removeprefix("/guide").strip("/") or speaks(request).value
            address = f"{request.state.base}/guide/{language}/{_INDEX}"
            return RedirectResponse(address, headers={"vary": "Accept-Language"})

        async def file(request: Request) -> Response:
            return self._answer(request, request.path_params["name"], speaks(request))

        fronts = [Route("/guide", front), *(Route(f"/guide/{language}", front) for language in Language)]
        return [*fronts, Route("/guide/{name:path}", file)]

    def _answer(self, request: Request, name: str, language: Language) -> Response:
        if not self._names:
            return self._refuse(_NOT_BUILT[language], request)
        known = next((one for one in (f"{name}{_PAGE}", name) if one in self._names), None)
        if known is None or name.endswith(_PAGE):
            return self._refuse(_NO_PAGE[language], request)
        path = request.url.path
        if not request.state.asked.endswith(path):  # with a slash too many, its links would lead elsewhere
            return RedirectResponse(f"{request.state.base}{path}")
        return self._file(request, known)

    def _file(self, request: Request, name: str) -> Response:
        headers = {**_HEADERS, "vary": "Accept-Encoding", "etag": self._tag}
        headers["cache-control"] = _FOREVER if name.startswith(_ASSETS) else "no-cache"
        if request.headers.get("if-none-match") == self._tag:
            return Response(status_code=304, headers=headers)
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        content, is_packed = self._content(name)
        if is_packed and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
        elif is_packed:
            content = gzip.decompress(content)
        return Response(content, headers=headers, media_type=media_type)

    def _content(self, name: str) -> tuple[bytes, bool]:
        is_packed, path = self._names[name]
        if name not in self._read:
            self._read[name] = path.read_bytes()
        return self._read[name], is_packed

    def _refuse(self, sentence: str, request: Request) -> Response:
        return PlainTextResponse(sentence.format(base=request.state.base), 404, headers=_HEADERS)

    @cached_property
    def _names(self) -> dict[str, tuple[bool, Path]]:
        found = {}
        for path in self._folder.rglob("*"):
            if path.is_file() and path.suffix != ".sha256":
                name = path.relative_to(self._folder).as_posix()
                found[name.removesuffix(_PACKED)] = (name.endswith(_PACKED), path)
        return found

    @cached_property
    def _tag(self) -> str:
        stamp = next(self._folder.glob("*.sha256"), None)
        return f'W/"{stamp.read_text("ascii").strip()[:16]}"' if stamp else 'W/""'
