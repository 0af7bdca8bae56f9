"""A caller of scripts on one Redis that is as particular as a Cluster: the keys of a call are in one slot.

With it, tests on one server find what would be refused on three. (That a script touches no other keys than those of
its call is seen in its text: ``redis/test_scripts.py``.)
"""

from collections.abc import Awaitable, Sequence
from functools import lru_cache
from typing import Any

from redis.crc import key_slot

from liveroom.store.live.redis.calls import Restore, ScriptCaller
from liveroom.store.live.redis.joining import ScriptCall
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.wire import Word


class ParticularCaller(ScriptCaller):
    """Refuses calls whose keys are not in one slot."""

    def call(
        self,
        name: str,
        keys: tuple[bytes, ...],
        args: tuple[Word, ...],
        more: int = 0,
        restore: Restore | None = None,
        bucket: int = 0,
    ) -> Awaitable[Any]:
        """See ``ScriptCaller``."""
        _check(name, [*keys, *args[:more]])
        return super().call(name, keys, args, more, restore, bucket)

    def call_in_room(
        self,
        name: str,
        keys: RoomKeys,
        which: KeySet,
        args: tuple[Word, ...],
        more: int = 0,
        restore: Restore | None = None,
    ) -> Awaitable[Any]:
        """See ``ScriptCaller``."""
        _check(name, [*keys.of(which), *args[:more]])
        return super().call_in_room(name, keys, which, args, more, restore)

    async def call_all(self, name: str, asked: Sequence[ScriptCall], restore: Restore | None = None) -> list[Any]:
        """See ``ScriptCaller``."""
        for call in asked:
            _check(name, call.keys)
        return await super().call_all(name, asked, restore)


_slot = lru_cache(maxsize=10_000)(key_slot)


def _check(name: str, keys: Sequence[Word]) -> None:
    slots = {_slot(key if isinstance(key, bytes) else str(key).encode()) for key in keys}
    assert len(slots) <= 1, f"CROSSSLOT: {name} is called with keys of {len(slots)} slots: {keys}"
