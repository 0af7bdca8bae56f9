"""Songs of the catalogue: your server's, by a hook, or those of a folder."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.music.shapes import SongWithLyricsObject, song_with_lyrics
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.song_payloads import SongObject, song_object
from liveroom.domain.ids import RoomId
from liveroom.domain.music.answers import CURSOR_MAX
from liveroom.domain.music.model import SEARCH_MAX, SONG_ID_MAX
from liveroom.usecases.music.catalogue import Songs

SEARCH_TEXT_MAX = 80
SongId = Annotated[str, Text(SONG_ID_MAX)]
SEARCHING = (Code.RoomNotExists, Code.NotInRoom, Code.NotOffered, Code.PermissionDenied)


class SearchSongs(Request):
    """``text``: words of a title or of who sings it; empty: all songs. ``cursor``: the ``nextCursor`` of the previous
    page.
    """

    room_id: Id
    text: Annotated[str, Text(SEARCH_TEXT_MAX)] = ""
    cursor: Annotated[str, Text(CURSOR_MAX)] = ""
    limit: Annotated[int, Whole(1, SEARCH_MAX)] = 20


@method(
    "base/v1/music/search",
    bad_request=Code.RoomQueryParams,
    reply=list[SongObject],
    data=Data.LIST,
    codes=(*SEARCHING, Code.RateLimited),
)
async def search(call: SearchSongs, actor: Actor, songs: Songs) -> Page:
    """Search songs for a room, as one of its members; 30 times in ten seconds."""
    room = RoomId(call.room_id)
    found = await songs.search(actor, room, call.text, cursor=call.cursor, limit=call.limit)
    return Page.of([song_object(song) for song in found.songs], found.cursor)


class OneSong(Request):
    """The song, by the catalogue's id."""

    room_id: Id
    song_id: SongId


@method(
    "base/v1/music/song",
    bad_request=Code.RoomQueryParams,
    reply=SongWithLyricsObject,
    codes=(*SEARCHING, Code.SongNotExists),
)
async def song(call: OneSong, actor: Actor, songs: Songs) -> SongWithLyricsObject:
    """Return a song with the address of its music and its lyrics, line by line, to a member of the room."""
    return song_with_lyrics(await songs.read(actor, RoomId(call.room_id), call.song_id))
