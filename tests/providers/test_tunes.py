"""The songs that `make run` writes for newcomers can be sung: they have a length, and lyrics all the way."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from liveroom.domain.music.lyrics import read_lyrics
from liveroom.providers.song_folder import SongFiles
from tests.providers.test_song_folder import Stamps
from tests.web.test_building import ROOT, load
from tests.worlds import WoundClock

SECONDS: Final = timedelta(seconds=10)


async def test_three_songs_have_lyrics_from_their_beginning_to_their_end(tmp_path: Path) -> None:
    tunes = load(ROOT / "scripts" / "tunes.py")
    assert tunes.write_tunes(tmp_path / "data" / "songs")
    songs = SongFiles(tmp_path / "data" / "songs", Stamps(), WoundClock(), heard_at="/songs")
    found = (await songs.search("", "", 50)).songs
    assert {song.title for song in found} == {"Little lamp", "All the town is waking", "小河的月亮"}
    for song in found:
        assert timedelta(seconds=20) < song.length < timedelta(seconds=60)
        whole = await songs.find(song.id)
        assert whole is not None
        times = [line.at for line in read_lyrics(whole.lyrics)]
        assert times == sorted(set(times))
        assert timedelta(0) < times[0] < SECONDS
        assert song.length - SECONDS < times[-1] < song.length


def test_a_folder_with_something_in_it_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.mp3").write_bytes(b"mine")
    assert not load(ROOT / "scripts" / "tunes.py").write_tunes(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.mp3"]
