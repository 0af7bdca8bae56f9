"""`make bench`: starts private servers, measures the budgets of DESIGN.md 4 on them, and writes docs/performance.md
and what docs/capacity.md computes from it.

`--brief` measures a hundredth of everything and prints the figures instead, to see that the measuring works.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from tests.bench import redis_facts
from tests.bench.budget import measure_all, write_page
from tests.bench.page import page
from tests.bench.plans import BRIEF, FULL
from tests.docs import capacity
from tests.servers import Mariadb, Redis, RedisCluster, running

PAGE = Path("docs/performance.md")


class PrivateServers:
    """A MariaDB, a Redis and a cluster of three masters, each emptied when it is asked for."""

    def __init__(self, mariadb: Mariadb, single: Redis, cluster: RedisCluster) -> None:
        self._mariadb = mariadb
        self._single = single
        self._cluster = cluster

    def database(self) -> str:
        return self._mariadb.create_database("bench")

    def redis(self) -> str:
        redis_facts.empty(self._single.url)
        return self._single.url

    def cluster(self) -> str:
        redis_facts.empty(self._cluster.url)
        return self._cluster.url


@contextmanager
def private_servers() -> Iterator[PrivateServers]:
    """Yield servers that run for as long."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liveroom-bench-")))
        yield PrivateServers(
            stack.enter_context(running(Mariadb(folder / "mariadb"))),
            stack.enter_context(running(Redis(folder / "redis"))),
            stack.enter_context(running(RedisCluster(folder / "cluster"))),
        )


@contextmanager
def two_servers() -> Iterator[tuple[Path, Mariadb, Redis]]:
    """Yield a folder, MariaDB and Redis, for as long as they are needed."""
    with tempfile.TemporaryDirectory(prefix="liveroom-bench-") as name:
        folder = Path(name)
        with running(Mariadb(folder / "mariadb")) as mariadb, running(Redis(folder / "redis")) as redis:
            yield folder, mariadb, redis


def main(words: list[str]) -> None:
    """Measure, and write the page or print it."""
    console = Console(stderr=True)
    with private_servers() as servers:
        if "--brief" in words:
            measured = asyncio.run(measure_all(servers, BRIEF, console))
            Console().print(page(measured, ""), markup=False, soft_wrap=True)
        else:
            write_page(servers, FULL, PAGE, console)
            capacity.write()


if __name__ == "__main__":
    main(sys.argv[1:])
