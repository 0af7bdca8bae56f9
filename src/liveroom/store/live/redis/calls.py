"""Calls of scripts: to the server that has the bucket, again after what passes by itself, within three seconds.

Scripts may run twice when a connection is lost in between: each is made so that this changes nothing. None of those
that somebody waits for runs after that (docs/decisions/0036).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import hiredis
import structlog
from redis.crc import key_slot

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.parts import parts
from liveroom.store.live.redis.addresses import ServerKind, read_address
from liveroom.store.live.redis.cluster import Cluster
from liveroom.store.live.redis.joining import AT_ONCE, ScriptCall, can_join, joined, joined_command
from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.openings import MANY_KEYS, RedisOpenings
from liveroom.store.live.redis.scripts import Script, check_args, check_keys, script
from liveroom.store.live.redis.servers import Server, Topology, single, watched
from liveroom.store.live.redis.wire import Command, Disconnected, Head, Wire, Word

log = structlog.get_logger("liveroom.redis")

TOTAL: Final = 3.0
"""Seconds after which a call fails."""
_PAUSE: Final = 0.05
_PASSING: Final = ("TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "BUSY", "READONLY")
_NO_ANSWER: Final = (hiredis.ReplyError, Disconnected)
_ROUNDS: Final = 3
"""How often a call has its bucket rebuilt."""
_REFUSED: Final = ("OOM", "MISCONF", "NOAUTH", "NOPERM", "WRONGPASS", "NOREPLICAS")


Prepared = tuple[int, Command, Script | None, Head | None]
"""A slot, what is sent to it, the script that this runs, and how it begins if that is packed already."""
Restore = Callable[[int], Awaitable[None]]
"""Rebuilds a bucket."""


class BucketLost(Exception):
    """The bucket is not there, or belongs to another server process: it has to be rebuilt."""


class ScriptFailed(LiveUnavailable):
    """A script has an error of its own: a bug."""


class ScriptCaller:
    """Calls scripts and commands, each on the server that has its key."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._slots: dict[bytes, int] = {}
        self._openings = RedisOpenings()
        self._loading: dict[tuple[int, str], asyncio.Task[None]] = {}
        self._loop = asyncio.get_running_loop()
        self._joins = topology.has_all_keys

    @classmethod
    def open(cls, url: str, silence: float) -> "ScriptCaller":
        """Return a caller for the URL; nothing is connected yet."""
        address = read_address(url)
        if address.kind is ServerKind.CLUSTER:
            return cls(Cluster(address, silence))
        return cls(watched(address, silence) if address.kind is ServerKind.SENTINEL else single(address, silence))

    def slot(self, key: bytes) -> int:
        """Return the slot of a key."""
        slot = self._slots.get(key)
        if slot is None:
            if len(self._slots) > 4096:
                self._slots.clear()
            slot = self._slots[key] = key_slot(key)
        return slot

    def run(self, name: str, keys: tuple[bytes, ...], *args: Word) -> Awaitable[Any]:
        """Run a script; raises ``BucketLost``, ``LiveUnavailable``."""
        return self.call(name, keys, args)

    def call(
        self,
        name: str,
        keys: tuple[bytes, ...],
        args: tuple[Word, ...],
        more: int = 0,
        restore: Restore | None = None,
        bucket: int = 0,
    ) -> Awaitable[Any]:
        """Run a script with words that are together already; raises ``LiveUnavailable``.

        ``more``: how many of the first words are keys too, of a single user, say: with them a beginning that is kept
        would hardly be asked for again. ``restore``: rebuilds the bucket when that is lost; without it, that raises
        ``BucketLost``.
        """
        return self._call(self._prepared(name, keys, args, more), restore, bucket)

    def call_in_room(
        self,
        name: str,
        keys: RoomKeys,
        which: KeySet,
        args: tuple[Word, ...],
        more: int = 0,
        restore: Restore | None = None,
    ) -> Awaitable[Any]:
        """Run a script on keys of a room; see ``call``."""
        opening = self._openings.of_room(name, keys, which, more)
        check_args(opening.script, len(args) - more)
        prepared = opening.slot, args, opening.script, opening.pattern.fill(keys.id)
        return self._call(prepared, restore, keys.number)

    async def call_all(self, name: str, asked: Sequence[ScriptCall], restore: Restore | None = None) -> list[Any]:
        """Run a script in many buckets at once; return the answers in this order.

        The answer of a bucket that cannot be reached is a ``LiveUnavailable``. Calls that one server can take together
        travel together. Those that answer at once, which is nearly all, need no task each: that was half of what such
        a script cost.
        """
        end, what = self._end(), script(name)
        if self._joins and can_join(what, asked):
            answers = await self._join(what, asked)
        else:
            attempts = (self._attempt(self._prepared(name, keys, args, 0), end) for _, keys, args in asked)
            answers = await asyncio.gather(*attempts, return_exceptions=True)
        open_ones = [number for number, answer in enumerate(answers) if isinstance(answer, _NO_ANSWER)]
        again = [self._again(name, asked[number], restore, end) for number in open_ones]
        return await _filled_in(answers, open_ones, again)

    def _again(self, name: str, call: ScriptCall, restore: Restore | None, end: float) -> Awaitable[Any]:
        return self._persist(self._prepared(name, call.keys, call.args, 0), restore, call.bucket, end)

    async def _join(self, what: Script, asked: Sequence[ScriptCall]) -> list[Any]:
        """Ask for several buckets with each command; what goes wrong with one is the answer of each of its calls."""
        slot, groups = self.slot(asked[0].keys[0]), list(parts(asked, AT_ONCE))
        attempts = (self._attempt((slot, joined_command(what, some), None, None), 0.0) for some in groups)
        answers: list[Any] = []
        for some, reply in zip(groups, await asyncio.gather(*attempts, return_exceptions=True), strict=True):
            if isinstance(reply, hiredis.ReplyError):
                await self._learn(slot, joined(what.name), reply)
            answers += reply if isinstance(reply, list) else [reply] * len(some)
        return answers

    async def _learn(self, slot: int, what: Script, error: hiredis.ReplyError) -> None:
        """Do what helps the next time: these calls are made one by one now."""
        word = str(error).partition(" ")[0]
        if word == "NOSCRIPT":
            with suppress(Disconnected):
                await self._load(self._topology.server(slot), what)
        elif word in ("CROSSSLOT", "MOVED"):
            # A Cluster, or a proxy of one, behind the address of a single server.
            self._joins = False

    def _attempt(self, call: Prepared, end: float) -> "asyncio.Future[Any]":
        slot, command, what, head = call
        try:
            return self._topology.server(slot).submit(command, head, _until(what, end))
        except Disconnected as unknown:
            failed: asyncio.Future[Any] = self._loop.create_future()
            failed.set_exception(unknown)
            return failed

    def _prepared(self, name: str, keys: tuple[bytes, ...], args: tuple[Word, ...], more: int) -> Prepared:
        if more < MANY_KEYS <= len(keys) + more:
            opening = self._openings.of(name, keys, more)
            check_args(opening.script, len(args) - more)
            return opening.slot, args, opening.script, opening.head
        what = script(name)
        check_keys(what, len(keys) + more)
        check_args(what, len(args) - more)
        return self.slot(keys[0]), ("EVALSHA", what.digest, len(keys) + more, *keys, *args), what, None

    def command(self, key: bytes, *words: Word) -> Awaitable[Any]:
        """Run one command on the server that has the key; raises ``LiveUnavailable``."""
        return self._call((self.slot(key), words, None, None))

    async def _call(self, call: Prepared, restore: Restore | None = None, bucket: int = 0) -> Any:
        end = self._end()
        slot, command, what, head = call
        try:
            reply = await self._topology.server(slot).submit(command, head, _until(what, end))
        except Disconnected:
            pass
        else:
            if type(reply) is not hiredis.ReplyError:
                return reply
        return await self._persist(call, restore, bucket, end)

    async def _persist(self, call: Prepared, restore: Restore | None, bucket: int, end: float) -> Any:
        """Ask again until there is an answer or the time is over, having a lost bucket rebuilt."""
        for _ in range(_ROUNDS):
            try:
                return await self._insist(call, end)
            except BucketLost:
                if restore is None:
                    raise
                await restore(bucket)
                end = self._end()
        raise LiveUnavailable("the live store is being rebuilt")

    async def _insist(self, call: Prepared, end: float) -> Any:
        slot, command, what, head = call
        asking: Server | None = None
        while True:
            server: Server | None = None
            try:
                server = asking or self._topology.server(slot)
                if asking is not None:
                    server.submit(("ASKING",))
                    asking = None
                reply = await server.submit(command, head, _until(what, end))
            except Disconnected as error:
                if self._is_late(end) or await self._is_lost(slot, server):
                    raise LiveUnavailable(str(error)) from error
                await self._recover()
                continue
            if type(reply) is not hiredis.ReplyError:
                return reply
            if self._is_late(end):
                raise LiveUnavailable(str(reply))
            asking = await self._answer(reply, server, what)

    def _end(self) -> float:
        """Return when a call that begins now is given up; raises ``LiveUnavailable`` for a request that is over."""
        now = self._loop.time()
        end = min(now + TOTAL, deadlines.end())
        if end <= now:
            raise LiveUnavailable(deadlines.OVER)
        return end

    def _is_late(self, end: float) -> bool:
        return self._loop.time() >= end

    async def _is_lost(self, slot: int, server: Server | None) -> bool:
        """Say whether the one to ask has been down for long, or nobody says who that is."""
        if server is not None and not server.is_down:
            return False
        try:
            await self._topology.refresh()
            return self._topology.server(slot) is server
        except Disconnected:
            return True

    async def _recover(self) -> None:
        """Wait a moment and find out who has what now."""
        try:
            await self._topology.refresh()
        except Disconnected as error:
            log.debug("redis.topology_unknown", cause=str(error))
        await asyncio.sleep(_PAUSE)

    async def _answer(self, error: hiredis.ReplyError, server: Server, what: Script | None) -> Server | None:
        """Do what an error asks for; return the server that is to be asked once, if another is."""
        word, _, rest = str(error).partition(" ")
        if word == "LOST":
            raise BucketLost
        if word == "NOSCRIPT" and what is not None:
            await self._load(server, what)
        elif word in ("LATE", "MOVED"):
            await self._find_out_unless_down(server.learn_time() if word == "LATE" else self._topology.refresh())
        elif word == "ASK":
            host, _, port = rest.split()[-1].rpartition(":")
            return self._topology.at((host, int(port)))
        elif word in _PASSING:
            if word == "READONLY":
                server.hang_up()
            await self._recover()
        elif word in _REFUSED:
            raise LiveUnavailable(str(error))
        else:
            log.error("redis.script_failed", script=what and what.name, error=str(error))
            raise ScriptFailed(str(error))
        return None

    async def _find_out_unless_down(self, question: Awaitable[None]) -> None:
        """Learn what time the server has, which found a command late that is waited for, or who has what now."""
        try:
            await question
        except Disconnected:
            await asyncio.sleep(_PAUSE)

    async def _load(self, server: Server, what: Script) -> None:
        """Give the server the script, once for all who miss it."""
        key = (id(server), what.name)
        task = self._loading.get(key)
        if task is None:
            task = self._loading[key] = deadlines.spawn(_give(server, what))
            task.add_done_callback(lambda _: self._loading.pop(key, None))
        await asyncio.shield(task)

    async def dedicated(self, key: bytes) -> Wire:
        """Return a connection of its own to the server that has the key; raises ``Disconnected``."""
        return await self._topology.dedicated(self.slot(key))

    def server(self, key: bytes) -> Server:
        """Return the server that has the key, as far as is known; raises ``Disconnected`` when none is."""
        return self._topology.server(self.slot(key))

    async def find_out(self) -> None:
        """Ask again who has what: a connection of somebody's own ended."""
        await self._topology.refresh()

    async def versions(self) -> Sequence[str]:
        """Ask every server whether it is there; return their versions. Raises ``LiveUnavailable``."""
        try:
            async with asyncio.timeout(TOTAL):
                servers = await self._topology.servers()
                await asyncio.gather(*(server.ask("PING") for server in servers))
        except (Disconnected, TimeoutError, hiredis.ReplyError) as error:
            raise LiveUnavailable(f"Redis: {type(error).__name__} {error}") from error
        return [server.version for server in servers]

    @property
    def reconnections(self) -> int:
        """How often connections had to be made anew: what was on the way then happened or did not."""
        return self._topology.reconnections

    def hang_up(self) -> None:
        """End the connections on which calls travel; what is on the way is asked again on new ones."""
        self._topology.hang_up()

    async def close(self) -> None:
        """End all connections."""
        await self._topology.close()


async def _filled_in(answers: list[Any], open_ones: Sequence[int], again: Sequence[Awaitable[Any]]) -> list[Any]:
    """Ask again for the answers with these numbers, all at once: they share what each would have to wait for.

    Return all answers; that of a call that could not be made is a ``LiveUnavailable``. Raises any other failure.
    """
    if not again:
        return answers
    for number, answer in zip(open_ones, await asyncio.gather(*again, return_exceptions=True), strict=True):
        if isinstance(answer, BaseException) and not isinstance(answer, LiveUnavailable):
            raise answer
        answers[number] = answer
    return answers


def _until(what: Script | None, end: float) -> float:
    """Return until when somebody waits for a command that must not come too late; 0 for others."""
    return end if what is not None and what.awaited else 0.0


async def _give(server: Server, what: Script) -> None:
    try:
        await server.ask("SCRIPT", "LOAD", what.text)
    except Disconnected:
        log.debug("redis.script_not_loaded", script=what.name)
    except hiredis.ReplyError as error:
        log.error("redis.script_refused", script=what.name, error=str(error))
        raise ScriptFailed(f"{what.name}: {error}") from error
