"""Songs in a folder of the operator's: files of music, with LRC or VTT beside them under the same name.

Names become titles, and nothing that a client says becomes a path: a song's id is a digest of its place in the folder,
and is looked up among those that were found there. Links, hidden files and what is too large are not looked at.
"""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

from structlog import get_logger

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.music.lengths import HEAD, read_song_length
from liveroom.domain.music.lyrics import LYRICS_MAX, read_length, read_tags
from liveroom.domain.music.model import CatalogueSong, Song, SongsFound, shown_text
from liveroom.ports import Clock, SongFile, Stamps
from liveroom.providers.signed_addresses import is_good

log = get_logger("liveroom.music")

DEEP_MAX: Final = 4
AGAIN: Final = timedelta(seconds=30)
"""How long the folder is not looked at again."""
LASTS: Final = timedelta(hours=6)
"""How long an address of a file is good."""
_TYPES: Final = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
}
_LYRICS: Final = (".lrc", ".vtt")


class SongFolderLimits(NamedTuple):
    """What is looked at."""

    files: int = 20_000
    size: int = 256 * 1024 * 1024
    """Bytes of one."""


USUAL: Final = SongFolderLimits()


class _Found(NamedTuple):
    """A song of the folder."""

    song: Song
    path: Path
    lyrics: Path | None

    @property
    def words(self) -> str:
        """Return what is searched."""
        return f"{self.song.title} {self.song.artist}".casefold()


class SongFiles:
    """``ports.SongCatalogue`` and ``ports.SongFolder``."""

    def __init__(
        self,
        folder: Path,
        stamps: Stamps,
        clock: Clock,
        *,
        heard_at: str,
        limits: SongFolderLimits = USUAL,
    ) -> None:
        """``heard_at``: under which addresses files are heard."""
        self._folder = folder
        self._stamps = stamps
        self._clock = clock
        self._heard_at = heard_at
        self._limits = limits
        self._found: Mapping[str, _Found] = {}
        self._looked: datetime | None = None
        self._looking = asyncio.Lock()

    async def search(self, text: str, cursor: str, limit: int) -> SongsFound:
        found, wanted = list((await self._songs()).values()), text.casefold().split()
        behind = next((number + 1 for number, one in enumerate(found) if one.song.id == cursor), 0)
        fitting = (one for one in found[behind:] if all(word in one.words for word in wanted))
        page = [one.song for one, _ in zip(fitting, range(limit + 1), strict=False)]
        return SongsFound(tuple(page[:limit]), page[limit - 1].id if len(page) > limit else "")

    async def find(self, id: str) -> CatalogueSong | None:
        found = (await self._songs()).get(id)
        if found is None:
            return None
        lyrics = await asyncio.to_thread(_read_text, found.lyrics) if found.lyrics is not None else ""
        return CatalogueSong(found.song, self._url(id), lyrics)

    async def file(self, id: str, until: str, signature: str) -> SongFile | None:
        if not is_good(self._stamps, signature, _signed(id, until), until=until, now=self._clock.now()):
            return None
        found = (await self._songs()).get(id)
        if found is None or not await asyncio.to_thread(_is_inside, found.path, self._folder):
            return None
        return SongFile(found.path, _TYPES[found.path.suffix.lower()])

    async def _songs(self) -> Mapping[str, _Found]:
        """Return what there is. Raises ``ProviderUnavailable``."""
        async with self._looking:
            now = self._clock.now()
            if self._looked is None or not self._looked <= now < self._looked + AGAIN:
                try:
                    self._found = await asyncio.to_thread(_look, self._folder, self._limits)
                except OSError as problem:
                    raise ProviderUnavailable(f"the folder of songs cannot be read: {problem.strerror}") from problem
                self._looked = now
        return self._found

    def _url(self, id: str) -> str:
        until = str(int((self._clock.now() + LASTS).timestamp()))
        return (
            f"{self._heard_at}/{id}?{urlencode({'until': until, 'signature': self._stamps.stamp(_signed(id, until))})}"
        )


def _signed(id: str, until: str) -> str:
    return f"song {id} {until}"


def _is_inside(path: Path, folder: Path) -> bool:
    """Say whether a file is still there, and nothing in its place leads out of the folder."""
    return path.is_file() and not path.is_symlink() and path.resolve().is_relative_to(folder.resolve())


def _look(folder: Path, limits: SongFolderLimits) -> Mapping[str, _Found]:
    """Return the songs in the order of their titles."""
    found = [_song(folder, path, limits.size) for path in _files(folder, limits.files)]
    songs = [song for song in found if song is not None]
    return {one.song.id: one for one in sorted(songs, key=lambda one: (one.song.title.casefold(), one.song.id))}


def _files(folder: Path, most: int) -> Iterator[Path]:
    """Yield files of music. Raises ``OSError`` if the folder is not there."""
    os.listdir(folder)
    seen = 0
    for place, folders, names in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if depth < DEEP_MAX else []
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in _TYPES:
                seen += 1
                if seen > most:
                    log.warning("music.too_many_files", most=most)
                    return
                yield Path(place, name)


def _song(folder: Path, path: Path, most: int) -> _Found | None:
    """Return the song of a file; None: it is none."""
    place = path.relative_to(folder).as_posix()
    try:
        size = path.lstat().st_size
        if not place.isprintable() or path.is_symlink() or not path.is_file() or not 0 < size <= most:
            return None
        with path.open("rb") as file:
            head = file.read(HEAD)
        lyrics = _beside(path)
        tags = read_tags(_read_text(lyrics)) if lyrics is not None else {}
    except OSError:
        return None
    artist, title = _names(path.stem)
    song = Song(
        id=sha256(place.encode()).hexdigest()[:24],
        title=tags.get("ti") or title or path.stem[:1],
        artist=tags.get("ar") or artist,
        length=read_song_length(path.suffix.lower(), head, size) or read_length(tags.get("length", "")),
    )
    return _Found(song, path, lyrics)


def _names(stem: str) -> Sequence[str]:
    """Return artist and title of a name such as ``Artist - Title``."""
    artist, is_said, title = stem.partition(" - ")
    return (shown_text(artist), shown_text(title)) if is_said else ("", shown_text(stem))


def _beside(path: Path) -> Path | None:
    for suffix in _LYRICS:
        lyrics = path.with_suffix(suffix)
        if lyrics.is_file() and not lyrics.is_symlink():
            return lyrics
    return None


def _read_text(path: Path) -> str:
    """Return the text of a file, as far as lyrics are read; what is no UTF-8 is left out."""
    try:
        with path.open("rb") as file:
            return file.read(4 * LYRICS_MAX).decode(errors="ignore")[:LYRICS_MAX]
    except OSError:
        return ""
