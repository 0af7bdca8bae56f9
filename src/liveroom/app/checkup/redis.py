"""Redis: whether it answers, is new enough, forgets nothing by itself, keeps what it was told, and has the time."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import hiredis

from liveroom.domain.findings import Finding, clock_finding, fail, ok, warn
from liveroom.ports import Clock
from liveroom.settings import Settings
from liveroom.store.live.redis.addresses import Address, ServerKind, read_address
from liveroom.store.live.redis.cluster import Cluster
from liveroom.store.live.redis.servers import Server, Topology, single, watched
from liveroom.store.live.redis.wire import Disconnected

_SILENCE: Final = 2.0
_SECONDS: Final = 5.0
_LEAST: Final = 7
_SLOTS: Final = 16384
_REACH: Final = "check LIVEROOM_REDIS_URL, that the server is running, and that its firewall admits this machine"

Info = Mapping[str, str]


async def look_at_redis(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Ask every master that has data."""
    if settings.redis_url is None:
        yield ok("live store", "in memory: one process may serve")
        return
    address = read_address(settings.redis_url)
    topology = _topology(address)
    try:
        async with asyncio.timeout(_SECONDS):
            for finding in await _look(address, topology, clock):
                yield finding
    except (Disconnected, TimeoutError) as problem:
        yield fail("Redis", f"no answer: {str(problem) or 'too slow'}", _REACH)
    except hiredis.ReplyError as problem:
        yield fail("Redis", f"connection refused: {problem}", "check the user and password in LIVEROOM_REDIS_URL")
    finally:
        await topology.close()


def _topology(address: Address) -> Topology:
    if address.kind is ServerKind.CLUSTER:
        return Cluster(address, _SILENCE)
    return (watched if address.kind is ServerKind.SENTINEL else single)(address, _SILENCE)


async def _look(address: Address, topology: Topology, clock: Clock) -> Sequence[Finding]:
    servers = await topology.servers()
    findings: list[Finding] = []
    for server in servers:
        info = await _info(server)
        whose = "Redis" if len(servers) == 1 else f"Redis {await _place(server)}"
        findings += judge_server(whose, info)
        findings.append(clock_finding(whose, clock.now() - await _time(server)))
    if address.kind is ServerKind.CLUSTER:
        findings.append(judge_cluster(_facts(await servers[0].ask("CLUSTER", "INFO")), len(servers)))
    return findings


async def _place(server: Server) -> str:
    """Return address and port of a node of a Cluster: on most machines the ports are the same."""
    nodes: bytes = await server.ask("CLUSTER", "NODES")
    (own,) = (place for _, place, flags, *_ in map(str.split, nodes.decode().splitlines()) if "myself" in flags)
    return own.partition("@")[0]


async def _info(server: Server) -> Info:
    return _facts(await server.ask("INFO"))


def _facts(text: bytes) -> Info:
    return dict(line.split(":", 1) for line in text.decode(errors="replace").splitlines() if ":" in line)


async def _time(server: Server) -> datetime:
    seconds, micros = await server.ask("TIME")
    return datetime.fromtimestamp(int(seconds) + int(micros) / 1e6, UTC)


def judge_server(whose: str, info: Info) -> Iterator[Finding]:
    """Judge one server by what its INFO says."""
    version = info.get("redis_version", "0")
    if int(version.partition(".")[0]) < _LEAST:
        yield fail(whose, f"version {version} is too old", f"install Redis {_LEAST} or newer")
    else:
        yield ok(whose, f"version {version} answers")
    yield _eviction(whose, info)
    yield _persistence(whose, info)
    yield _replicas(whose, info)


def _eviction(whose: str, info: Info) -> Finding:
    policy = info.get("maxmemory_policy", "unknown")
    if policy == "noeviction":
        return ok(f"{whose} memory", "noeviction: Redis never drops data by itself")
    if info.get("maxmemory") == "0":
        remedy = "run CONFIG SET maxmemory-policy noeviction before you set a limit"
        return warn(f"{whose} memory", f"policy {policy}: harmless only while maxmemory is not set", remedy)
    fact = f"policy {policy}: when memory runs short, Redis drops rooms and members"
    return fail(f"{whose} memory", fact, "run CONFIG SET maxmemory-policy noeviction, and set it in redis.conf")


def _persistence(whose: str, info: Info) -> Finding:
    if info.get("aof_enabled") == "1":
        if info.get("aof_last_write_status", "ok") != "ok":
            return fail(f"{whose} AOF", "its last write failed", "check the disk and Redis's log")
        return ok(f"{whose} AOF", "on: a killed Redis comes back with what it acknowledged")
    remedy = "set appendonly yes (appendfsync everysec); without it, a restart loses the last second of memberships"
    return warn(f"{whose} AOF", "off: a restarted Redis is empty and is rebuilt from SQL", remedy)


def _replicas(whose: str, info: Info) -> Finding:
    count = int(info.get("connected_slaves", "0"))
    if not count:
        remedy = "add one, with Sentinel or Cluster, if the service must survive the loss of this machine"
        return warn(f"{whose} replicas", "none: while this server is down, the service answers 100", remedy)
    if "min_slaves_good_slaves" not in info:
        remedy = "set min-replicas-to-write 1, so that a master that is cut off accepts no writes that would be lost"
        return warn(f"{whose} replicas", f"{count}, and min-replicas-to-write is 0", remedy)
    return ok(f"{whose} replicas", f"{count}, {info['min_slaves_good_slaves']} of them up to date")


def judge_cluster(info: Mapping[str, Any], masters: int) -> Finding:
    """Judge whether the Cluster serves every slot."""
    served = int(info.get("cluster_slots_ok", 0))
    if info.get("cluster_state") == "ok" and served == _SLOTS:
        return ok("Redis Cluster", f"complete: {masters} masters serve all slots")
    remedy = "run redis-cli --cluster check, and start the missing masters"
    return fail("Redis Cluster", f"only {served} of {_SLOTS} slots are served", remedy)
