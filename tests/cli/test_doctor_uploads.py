"""`liveroom doctor` puts a file into the store of uploads, reads it, looks at it as everybody does, and removes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from liveroom.app.checkup.uploads import look_at_uploads
from liveroom.domain.findings import Finding, Level
from liveroom.settings import load_settings
from liveroom.simulate.endpoint import Mood
from liveroom.simulate.objects import ObjectStore
from liveroom.simulate.serving import serving
from tests.worlds import WoundClock

KEY, SECRET = "AKIAliveroomtests", "secret-of-the-store-of-these-tests"


@asynccontextmanager
async def store(**given: Any) -> AsyncIterator[ObjectStore]:
    there = ObjectStore(WoundClock(), KEY, SECRET, frozenset({"pictures"}), **given)
    async with serving(there.endpoint):
        yield there


async def found(folder: Path, **given: Any) -> list[Finding]:
    chosen = load_settings({"data_dir": folder, **given}, environ={}, dotenv=None)
    return [one async for one in look_at_uploads(chosen, WoundClock())]


def s3(there: ObjectStore, **given: Any) -> dict[str, Any]:
    said = {"uploads": "s3", "uploads_s3_url": there.endpoint.url, "uploads_s3_bucket": "pictures"}
    return said | {"uploads_s3_key": KEY, "uploads_s3_secret": SECRET} | given


async def test_a_store_that_takes_shows_and_removes_files_is_well(tmp_path: Path) -> None:
    async with store() as there:
        (finding,) = await found(tmp_path, **s3(there))
        assert finding.level is Level.OK
        assert not there.objects


async def test_each_way_in_which_a_store_fails_is_said(tmp_path: Path) -> None:
    async with store() as there:
        refused = await found(tmp_path, **s3(there, uploads_s3_secret="another-secret-of-the-store-of-tests"))
        assert [one.level for one in refused] == [Level.FAIL, Level.FAIL]
        assert "no file can be put below public/" in refused[0].fact
        missing = await found(tmp_path, **s3(there, uploads_s3_bucket="elsewhere"))
        assert "no such bucket" in missing[0].fact
        there.endpoint.mood = Mood.BROKEN
        assert all(one.level is Level.FAIL for one in await found(tmp_path, **s3(there)))


async def test_a_store_that_hides_what_is_published_or_shows_what_is_not_is_named(tmp_path: Path) -> None:
    async with store(shown="nothing/") as there:
        (hidden,) = await found(tmp_path, **s3(there))
        assert (hidden.level, "HTTP 403" in hidden.fact) == (Level.WARN, True)
    async with store(shown="") as there:
        (open_,) = await found(tmp_path, **s3(there))
        assert (open_.level, "nobody has looked into" in open_.fact) == (Level.FAIL, True)


async def test_the_data_folder_is_tried_once_it_has_files(tmp_path: Path) -> None:
    (fresh,) = await found(tmp_path)
    assert "is made with the first file" in fresh.fact
    (tmp_path / "uploads").mkdir()
    (tried,) = await found(tmp_path)
    assert (tried.level, list((tmp_path / "uploads").iterdir())) == (Level.OK, [])
    (tmp_path / "uploads").rmdir()
    (tmp_path / "uploads").write_text("")
    (broken,) = await found(tmp_path)
    assert broken.level is Level.FAIL
