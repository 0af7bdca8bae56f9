"""The songs that there are: of the operator's server or a module where a hook is for that, else of a folder."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from liveroom.caches import ByteCache
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import NotOffered
from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.music.answers import found_songs, read_songs
from liveroom.domain.music.failures import SongNotFound
from liveroom.domain.music.lyrics import LyricsLine, read_lyrics
from liveroom.domain.music.model import CatalogueSong, SongsFound
from liveroom.domain.rooms.model import LiveRoom
from liveroom.ports import Clock, SongCatalogue
from liveroom.usecases.hooks.calls import HookCall, HookCalls
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.ranks import Ranks

SEARCHES: Final = 30
"""What one user may search within ``WINDOW``."""
WINDOW: Final = timedelta(seconds=10)
KEPT: Final = timedelta(seconds=30)
"""How long this process knows a song: all of a room ask for it when it begins."""
_BYTES: Final = 8 * 1024 * 1024
_Key = tuple[TenantName, str, str]


@dataclass(frozen=True, slots=True)
class KnownSong:
    """A song of the catalogue, its lyrics read."""

    found: CatalogueSong
    lyrics: tuple[LyricsLine, ...]
    read: datetime


@dataclass(frozen=True, slots=True)
class Songs:
    """Searches songs, and finds one."""

    ranks: Ranks
    clock: Clock
    hook_calls: HookCalls
    folder: SongCatalogue | None
    """None: only hooks have songs."""
    _known: ByteCache[_Key, KnownSong] = field(default_factory=lambda: ByteCache(_BYTES))

    async def search(self, actor: Actor, room: RoomId, text: str, *, cursor: str, limit: int) -> SongsFound:
        """Return songs for a member of a room.

        Raises ``RoomNotFound``, ``NotInRoom``, ``RateLimited``, ``NotOffered``, ``HookRefused``,
        ``ProviderUnavailable``.
        """
        ranked = await self.ranks.check_reader(actor, room)
        await check_rate(self.ranks.live, f"songs:{actor.user}", limit=SEARCHES, window=WINDOW)
        if self._asks(actor):
            asked = _question(actor, ranked.room, text=text, cursor=cursor, limit=limit)
            found = found_songs(await self.hook_calls.ask(asked))
            return found._replace(songs=found.songs[:limit])
        return await self._folder().search(text, cursor, limit)

    async def read(self, actor: Actor, room: RoomId, id: str) -> KnownSong:
        """Return a song with its music and lyrics, to a member of a room. Raises as ``search`` and ``find`` do."""
        return await self.find(actor, (await self.ranks.check_reader(actor, room)).room, id)

    async def find(self, actor: Actor, room: LiveRoom, id: str) -> KnownSong:
        """Return a song. Raises ``SongNotFound``, ``NotOffered``, ``HookRefused``, ``ProviderUnavailable``."""
        now, key = self.clock.now(), (actor.tenant.name, room.category, id)
        known = self._known.get(key)
        if known is not None and known.read <= now < known.read + KEPT:
            return known
        found = await self._ask(actor, room, id) if self._asks(actor) else await self._folder().find(id)
        if found is None:
            raise SongNotFound
        known = KnownSong(found, read_lyrics(found.lyrics), now)
        self._known.put(key, known, len(id) + len(found.url) + 8 * len(found.lyrics))
        return known

    async def _ask(self, actor: Actor, room: LiveRoom, id: str) -> CatalogueSong | None:
        answered = read_songs(await self.hook_calls.ask(_question(actor, room, id=id)))
        return next((found for found in answered if found.song.id == id), None)

    def _asks(self, actor: Actor) -> bool:
        return self.hook_calls.concerns(actor.tenant.name, HookType.SONG)

    def _folder(self) -> SongCatalogue:
        if self.folder is None:
            raise NotOffered("nobody has songs here: add a hook, or LIVEROOM_MUSIC=folder")
        return self.folder


def _question(
    actor: Actor, room: LiveRoom, *, text: str = "", id: str = "", cursor: str = "", limit: int = 1
) -> HookCall:  # fmt: skip
    """Return what is asked: for songs with these words, or for one with its music and lyrics."""
    data: dict[str, Any] = {
        "userId": actor.user,
        "roomId": room.id,
        "category": room.category,
        "text": text,
        "songId": id,
        "cursor": cursor,
        "limit": limit,
    }
    return HookCall(HookType.SONG, actor.tenant.name, room.category, data)
