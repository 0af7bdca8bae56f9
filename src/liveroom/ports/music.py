"""The seam to a catalogue of songs that is not asked by a hook."""

from pathlib import Path
from typing import NamedTuple, Protocol

from liveroom.domain.music.model import CatalogueSong, SongsFound


class SongCatalogue(Protocol):
    """Songs that can be sung. Raises ``ProviderUnavailable``."""

    async def search(self, text: str, cursor: str, limit: int) -> SongsFound:
        """Return songs whose title or artist has these words, in a fixed order; "": all. ``cursor``: of the page
        before.
        """

    async def find(self, id: str) -> CatalogueSong | None: ...


class SongFile(NamedTuple):
    """A file with music."""

    path: Path
    content_type: str


class SongFolder(Protocol):
    """The folder of songs, as HTTP sees it."""

    async def file(self, id: str, until: str, signature: str) -> SongFile | None:
        """Return the file of a song; None: there is none, or the address is not one of ours or its time is over.

        Raises ``ProviderUnavailable``.
        """
