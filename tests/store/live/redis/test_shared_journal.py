"""The journal where several processes append to it: what comes while one of them reads is not forgotten."""

import operator
from collections.abc import Sequence
from typing import Any, Final, cast

from liveroom.store.live.redis.calls import ScriptCaller
from liveroom.store.live.redis.joining import ScriptCall
from liveroom.store.live.redis.journal import JournalKind, RedisJournal

BUCKET: Final = 7


class Crossing:
    """Finds the journal empty; before its answer is there, somebody of this process has appended to it."""

    def __init__(self) -> None:
        self.waiting: set[int] = set()

    async def call_all(self, _: str, asked: Sequence[ScriptCall]) -> list[Any]:
        if asked:
            self.waiting.add(BUCKET)
        return [[] for _ in asked]


async def test_a_bucket_that_is_appended_to_while_it_is_read_is_looked_at_again() -> None:
    async def save(_: Sequence[bytes]) -> None:
        raise AssertionError("there is nothing to save")

    calls, keys = Crossing(), operator.attrgetter("journal", "writer")
    journal: RedisJournal[bytes] = RedisJournal(cast("ScriptCaller", calls), JournalKind(keys, list, save))
    journal.waiting = calls.waiting
    journal.waiting.add(BUCKET)
    assert await journal.flush() == 0
    assert journal.waiting == {BUCKET}
