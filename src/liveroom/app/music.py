"""Wires singing together, and chooses where songs come from."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.http.songs import HEARD_AT, song_routes
from liveroom.providers.song_folder import SongFiles
from liveroom.usecases.activities.hosting import Activities
from liveroom.usecases.music.catalogue import Songs
from liveroom.usecases.music.queue import SongQueues
from liveroom.usecases.rooms.ranks import Ranks


@dataclass(frozen=True, slots=True)
class MusicServices(ServiceGroup):
    """Use cases of singing together."""

    songs: Songs
    song_queues: SongQueues


def make_music(wiring: Wiring, activities: Activities) -> MusicServices:
    """Build them."""
    ranks = Ranks(wiring.db, wiring.live)
    songs = Songs(ranks, wiring.clock, wiring.hook_calls, _folder(wiring))
    return MusicServices(songs, SongQueues(activities, ranks, songs))


def make_song_routes(songs: Songs) -> Sequence[BaseRoute]:
    """Return where songs of the folder are heard."""
    return song_routes(songs.folder) if isinstance(songs.folder, SongFiles) else []


def _folder(wiring: Wiring) -> SongFiles | None:
    settings = wiring.settings
    if settings.music != "folder" or settings.music_folder is None:
        return None
    base = f"/{settings.base_path.strip('/')}".rstrip("/")
    return SongFiles(settings.music_folder, wiring.stamps, wiring.clock, heard_at=base + HEARD_AT)
