"""What Redis says of itself: memory, and how full the batches were that reached it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import redis


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures of all masters together."""

    memory: int
    scripts: int
    """Scripts run so far."""
    reads: int
    """Times that something was read from a connection: one pipeline is one read, if it is not large."""

    def since(self, before: "Facts") -> "Facts":
        """Return what was added."""
        return Facts(
            self.memory - before.memory,
            self.scripts - before.scripts,
            self.reads - before.reads,
        )


def facts(url: str) -> Facts:
    """Ask every server that the address names."""
    with _clients(url) as clients:
        return _sum([_facts(client) for client in clients])


def empty(url: str) -> None:
    """Throw everything away that the servers hold."""
    with _clients(url) as clients:
        for client in clients:
            client.flushall()


def note_slow(url: str, microseconds: int) -> None:
    """Let the servers note from now on what takes longer; `slowest` says the longest."""
    with _clients(url) as clients:
        for client in clients:
            client.config_set("slowlog-log-slower-than", microseconds)
            client.slowlog_reset()


def slowest(url: str) -> float:
    """Return how many seconds the longest command took since `note_slow`, of those that took longer than it says."""
    with _clients(url) as clients:
        noted = [entry["duration"] for client in clients for entry in client.slowlog_get(128)]
    return max(noted, default=0) / 1e6


@contextmanager
def _clients(url: str) -> Iterator[Sequence["redis.Redis"]]:
    places = urlsplit(url).netloc.rpartition("@")[2].split(",")
    clients = [redis.Redis.from_url(f"redis://{place}") for place in places]
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def _facts(client: "redis.Redis") -> Facts:
    said: dict[str, Any] = dict(client.info("everything"))
    scripts = sum(said.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("evalsha", "eval", "fcall"))
    return Facts(said["used_memory"], scripts, said["total_reads_processed"])


def _sum(every: Sequence[Facts]) -> Facts:
    return Facts(
        sum(one.memory for one in every),
        sum(one.scripts for one in every),
        sum(one.reads for one in every),
    )
