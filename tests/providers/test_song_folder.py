"""A folder of songs: what is found in it, and what hostile names, links and requests come to."""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.music.model import CatalogueSong
from liveroom.http.songs import song_routes
from liveroom.providers.song_folder import AGAIN, DEEP_MAX, LASTS, USUAL, SongFiles, SongFolderLimits
from tests.songs import RAIN, write_silence, write_songs
from tests.worlds import WoundClock


class Stamps:
    """Stamps that everybody can make."""

    def stamp(self, text: str) -> str:
        return text.encode().hex()

    def stamps(self, text: str) -> list[str]:
        return [self.stamp(text)]

    def is_stamp(self, stamp: str, text: str) -> bool:
        return stamp == self.stamp(text)


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock()


@pytest.fixture
def songs(tmp_path: Path, clock: WoundClock) -> SongFiles:
    return made(tmp_path, clock)


def made(tmp_path: Path, clock: WoundClock, limits: SongFolderLimits = USUAL) -> SongFiles:
    return SongFiles(write_songs(tmp_path / "songs"), Stamps(), clock, heard_at="/songs", limits=limits)


async def found(songs: SongFiles, text: str = "", cursor: str = "", limit: int = 50) -> list[str]:
    return [song.title for song in (await songs.search(text, cursor, limit)).songs]


async def the(songs: SongFiles, text: str) -> CatalogueSong:
    (song,) = (await songs.search(text, "", 50)).songs
    whole = await songs.find(song.id)
    assert whole is not None
    return whole


async def test_names_and_lyrics_say_what_a_song_is(songs: SongFiles) -> None:
    moon, sun = await the(songs, "moon"), await the(songs, "sun")
    assert (moon.song.title, moon.song.artist, moon.song.length) == ("月亮 Moon", "小安 Ann", timedelta(seconds=60))
    assert moon.lyrics.startswith("[ti:")
    assert (sun.song.title, sun.song.artist, sun.lyrics) == ("Sun", "Bob", "")


async def test_songs_are_searched_by_words_of_title_and_artist_page_by_page(songs: SongFiles) -> None:
    assert await found(songs) == ["Rain", "Sun", "月亮 Moon"]
    assert await found(songs, "ANN") == ["Rain", "月亮 Moon"]
    assert await found(songs, "安 moon") == ["月亮 Moon"]
    assert await found(songs, "moon rain") == []
    first = await songs.search("", "", 2)
    assert await found(songs, "", first.cursor, 2) == ["月亮 Moon"]
    assert (await songs.search("", first.cursor, 2)).cursor == ""
    assert len(await found(songs, "", "../../etc/passwd")) == 3


async def test_a_song_that_is_put_there_is_found_after_a_while_and_one_that_is_gone_is_not(
    songs: SongFiles, tmp_path: Path, clock: WoundClock
) -> None:
    rain = await the(songs, "rain")
    (tmp_path / "songs" / "new").mkdir()
    (tmp_path / "songs" / "new" / "Wind.MP3").write_bytes(b"no music")
    (tmp_path / "songs" / RAIN).unlink()
    assert await found(songs, "wind") == []
    assert await songs.file(rain.song.id, *signed(rain)) is None
    clock.advance(AGAIN.total_seconds())
    assert await found(songs) == ["Sun", "Wind", "月亮 Moon"]
    assert await songs.find(rain.song.id) is None


def signed(song: CatalogueSong) -> tuple[str, str]:
    query = parse_qs(urlsplit(song.url).query)
    return query["until"][0], query["signature"][0]


async def test_links_hidden_files_deep_ones_and_what_is_no_music_are_not_looked_at(
    tmp_path: Path, clock: WoundClock
) -> None:
    songs = made(tmp_path, clock, SongFolderLimits(size=10_000))
    folder = tmp_path / "songs"
    write_silence(tmp_path / "outside.wav", 1)
    (folder / "link.wav").symlink_to(tmp_path / "outside.wav")
    (folder / "folder").symlink_to(tmp_path)
    (folder / "Bob - Sun.lrc").symlink_to("/etc/passwd")
    for name in (".hidden.wav", "text.txt", "empty.wav", "line\nbreak.wav"):
        (folder / name).write_bytes(b"" if name == "empty.wav" else b"RIFF")
    (folder / ".secret").mkdir()
    write_silence(folder / ".secret" / "a.wav", 1)
    deep = folder.joinpath(*"abcdefgh"[: DEEP_MAX + 1])
    deep.mkdir(parents=True)
    write_silence(deep / "deep.wav", 1)
    os.mkfifo(folder / "pipe.wav")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.wav")).write_bytes(b"RIFF")
    write_silence(folder / "huge.wav", 200)
    assert await found(songs) == ["Rain", "Sun", "月亮 Moon"]
    assert (await the(songs, "sun")).lyrics == ""


async def test_a_file_that_becomes_a_link_is_not_served(songs: SongFiles, tmp_path: Path) -> None:
    rain, secret = await the(songs, "rain"), tmp_path / "secret.wav"
    secret.write_bytes(b"secret")
    assert await songs.file(rain.song.id, *signed(rain)) is not None
    (tmp_path / "songs" / RAIN).unlink()
    (tmp_path / "songs" / RAIN).symlink_to(secret)
    assert await songs.file(rain.song.id, *signed(rain)) is None


async def test_only_so_many_files_are_looked_at(tmp_path: Path, clock: WoundClock) -> None:
    songs = made(tmp_path, clock, SongFolderLimits(files=2))
    assert await found(songs) == ["Rain", "月亮 Moon"]


async def test_a_folder_that_is_not_there_is_no_empty_one(tmp_path: Path, clock: WoundClock) -> None:
    songs = SongFiles(tmp_path / "none", Stamps(), clock, heard_at="/songs")
    with pytest.raises(ProviderUnavailable):
        await songs.search("", "", 1)
    async with heard(songs) as http:
        until = str(int(clock.now().timestamp()) + 60)
        signature = Stamps().stamp(f"song a {until}")
        assert (await http.get(f"/songs/a?until={until}&signature={signature}")).status_code == 503


def heard(songs: SongFiles) -> httpx.AsyncClient:
    app = Starlette(routes=song_routes(songs))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", trust_env=False)


async def test_music_is_heard_whole_and_in_part(songs: SongFiles, tmp_path: Path) -> None:
    rain, content = await the(songs, "rain"), (tmp_path / "songs" / RAIN).read_bytes()
    async with heard(songs) as http:
        whole = await http.get(rain.url)
        assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, content, "audio/wav")
        assert (whole.headers["accept-ranges"], whole.headers["x-content-type-options"]) == ("bytes", "nosniff")
        part = await http.get(rain.url, headers={"range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, content[100:200])
        assert part.headers["content-range"] == f"bytes 100-199/{len(content)}"
        assert (await http.get(rain.url, headers={"range": "bytes=999999-"})).status_code == 416
        many = ",".join(f"{number}-{number}" for number in range(0, 1000, 2))
        assert (await http.get(rain.url, headers={"range": f"bytes={many}"})).status_code == 416


async def test_an_address_is_good_for_its_song_and_its_time(songs: SongFiles, clock: WoundClock) -> None:
    rain, moon = await the(songs, "rain"), await the(songs, "moon")
    until, signature = signed(rain)
    async with heard(songs) as http:
        for path in (
            f"/songs/{rain.song.id}",
            f"/songs/{moon.song.id}?until={until}&signature={signature}",
            f"/songs/{rain.song.id}?until={until}0&signature={signature}",
            f"/songs/{rain.song.id}?until=²&signature={signature}",
            f"/songs/..%2f..%2fetc%2fpasswd?until={until}&signature={signature}",
            f"/songs/{rain.song.id}%00?until={until}&signature={signature}",
        ):
            assert (await http.get(path)).status_code == 404, path
        assert (await http.get(rain.url)).status_code == 200
        clock.advance(LASTS.total_seconds() + 1)
        assert (await http.get(rain.url)).status_code == 404
