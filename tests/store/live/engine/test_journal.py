"""What scripts append to a journal is saved, all of it, and waits where it cannot be."""

import asyncio
from collections.abc import Sequence

import pytest

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.store.live.engine.engine import EmbeddedEngine
from liveroom.store.live.engine.journal import EmbeddedJournal
from liveroom.store.live.redis.journal import JournalKind
from liveroom.store.live.redis.keys import ROOMS, RoomBucketKeys

STREAM = ROOMS[7].journal


class Ledger:
    """Saves words, unless it is down."""

    def __init__(self) -> None:
        self.saved: list[Sequence[bytes]] = []
        self.is_down = False

    async def save(self, rows: Sequence[bytes]) -> None:
        await asyncio.sleep(0)
        if self.is_down:
            raise DatabaseUnavailable("down")
        self.saved.append(tuple(rows))


def keys_of(bucket: RoomBucketKeys) -> tuple[bytes, bytes]:
    return bucket.journal, bucket.writer


class Desk:
    """A journal of words, and an engine whose scripts append to it."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self._engine = EmbeddedEngine(lambda: 1_764_395_123_456_789)
        self.journal = EmbeddedJournal(self._engine, JournalKind(keys_of, list, self.ledger.save))
        self._append = self._engine.compile(b"return redis.call('XADD', KEYS[1], '*', 's', ARGV[1])")

    def append(self, *words: bytes) -> None:
        for word in words:
            self._engine.run(self._append, self._engine.declare(STREAM), [word])

    def waiting(self) -> int:
        """Return how many scripts see waiting."""
        count: int = self._engine.command("XLEN", [STREAM])
        return count


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_all_who_wait_in_one_tick_share_a_write(desk: Desk) -> None:
    desk.append(b"a")
    first = asyncio.create_task(desk.journal.persist())
    desk.append(b"b")
    second = asyncio.create_task(desk.journal.persist())
    await asyncio.gather(first, second)
    assert desk.ledger.saved == [(b"a", b"b")]
    assert await desk.journal.persist() == 0


async def test_scripts_see_how_many_wait(desk: Desk) -> None:
    desk.append(b"a", b"b")
    assert desk.waiting() == 2
    await desk.journal.persist()
    assert desk.waiting() == 0


async def test_what_cannot_be_saved_waits_before_what_comes_after(desk: Desk) -> None:
    desk.ledger.is_down = True
    desk.append(b"a")
    with pytest.raises(DatabaseUnavailable):
        await desk.journal.persist()
    assert desk.waiting() == 1
    desk.ledger.is_down = False
    desk.append(b"b")
    assert await desk.journal.flush() == 2
    assert desk.ledger.saved == [(b"a", b"b")]
    assert desk.waiting() == 0


async def test_what_a_rebuild_has_written_counts_with_the_next_flush(desk: Desk) -> None:
    desk.append(b"a")
    await desk.journal.drain(7)
    desk.append(b"b")
    assert await desk.journal.flush() == 2
    assert await desk.journal.flush() == 0
