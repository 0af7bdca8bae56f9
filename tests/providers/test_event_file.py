"""The log of events as a file: whole lines, whatever happens to the file, the disk and the processes around it."""

import asyncio
import json
import os
import resource
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.events.records import StoredEvent
from liveroom.domain.ids import TenantName
from liveroom.providers.event_file import EventFile

_AT = datetime(2026, 3, 1, tzinfo=UTC)


def stored(*numbers: int) -> Sequence[StoredEvent]:
    return [
        StoredEvent(f"e{number}", "room:1", number, TenantName(""), "room.updated", "", _AT, '{"title":"x"}')
        for number in numbers
    ]


def read(path: Path) -> list[int]:
    return [int(json.loads(line)["sequence"]) for line in path.read_text().splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


@pytest.fixture
async def log(path: Path) -> AsyncIterator[EventFile]:
    log = EventFile(path)
    yield log
    await log.close()


async def test_events_are_lines_in_their_order_and_nobody_elses_to_read(log: EventFile, path: Path) -> None:
    await log.send(stored(1, 2))
    await log.send(stored(3))
    assert read(path) == [1, 2, 3]
    assert path.stat().st_mode & 0o007 == 0


async def test_it_goes_on_behind_what_is_there(log: EventFile, path: Path) -> None:
    await log.send(stored(1))
    again = EventFile(path)
    await again.send(stored(2))
    await again.close()
    assert read(path) == [1, 2]


async def test_a_file_that_was_moved_away_is_left_and_the_next_one_begun(log: EventFile, path: Path) -> None:
    await log.send(stored(1))
    moved = path.rename(path.with_suffix(".1"))
    await log.send(stored(2))
    assert (read(moved), read(path)) == ([1], [2])
    path.unlink()
    await log.send(stored(3))
    assert read(path) == [3]


async def test_a_file_that_was_copied_and_emptied_is_filled_from_its_start(log: EventFile, path: Path) -> None:
    await log.send(stored(1))
    os.truncate(path, 0)
    await log.send(stored(2))
    assert read(path) == [2]


async def test_a_line_that_a_crash_has_torn_is_ended_first(log: EventFile, path: Path) -> None:
    path.write_text('{"whole":1}\n{"to')
    await log.send(stored(5))
    first, torn, after = path.read_text().splitlines()
    assert (first, torn) == ('{"whole":1}', '{"to')
    assert json.loads(after)["id"] == "e5"


async def test_several_writers_tear_no_line(path: Path) -> None:
    writers = [EventFile(path) for _ in range(4)]
    numbers = range(1, 26)

    async def write(writer: EventFile) -> None:
        for number in numbers:
            await writer.send(stored(number, number))

    await asyncio.gather(*(write(writer) for writer in writers))
    for writer in writers:
        await writer.close()
    assert sorted(read(path)) == sorted([*numbers] * 8)


async def test_a_full_disk_keeps_no_half_of_a_batch_and_takes_it_later(log: EventFile, path: Path) -> None:
    await log.send(stored(1))
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 50, hard))
    try:
        with pytest.raises(ProviderUnavailable, match="cannot be written"):
            await log.send(stored(2, 3))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    await log.send(stored(2, 3))
    assert read(path) == [1, 2, 3]


async def test_a_folder_that_is_not_there_is_a_failure_that_passes(tmp_path: Path) -> None:
    log = EventFile(tmp_path / "later" / "events.jsonl")
    with pytest.raises(ProviderUnavailable, match="No such file"):
        await log.send(stored(1))
    (tmp_path / "later").mkdir()
    await log.send(stored(1))
    await log.close()
    assert read(tmp_path / "later" / "events.jsonl") == [1]
