"""The servers do what the other tests rely on: they answer, keep data over a crash, fail over, and go."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.sentinels import RedisSentinel
from tests.servers import (
    LOOPBACK,
    Mariadb,
    Redis,
    RedisCluster,
    ServerFailed,
    ServerMissing,
    find,
    free_ports,
    running,
    wait_until,
)

pytestmark = pytest.mark.services


def test_mariadb_keeps_emoji_in_a_database_of_ones_own(mariadb: Mariadb) -> None:
    assert mariadb.create_database("emoji") == f"mysql://liveroom:test-only@{LOOPBACK}:{mariadb.port}/emoji"
    mariadb.execute("CREATE TABLE t (name VARCHAR(9)); INSERT INTO t VALUES ('小明😀')", "emoji")
    assert mariadb.execute("SELECT name, CHAR_LENGTH(name) FROM t", "emoji") == [["小明😀", "3"]]
    mariadb.drop_database("emoji")
    with pytest.raises(ServerFailed, match="Unknown database"):
        mariadb.execute("SELECT 1", "emoji")


def test_a_commit_survives_a_killed_mariadb(mariadb: Mariadb) -> None:
    mariadb.create_database("survivor")
    mariadb.execute("CREATE TABLE t (n INT); INSERT INTO t VALUES (7)", "survivor")
    mariadb.kill()
    assert not mariadb.answers()
    mariadb.start()
    assert mariadb.execute("SELECT n FROM t", "survivor") == [["7"]]
    mariadb.drop_database("survivor")


def test_an_answered_write_survives_a_killed_redis(redis_server: Redis) -> None:
    redis_server.flushall()
    for number in range(100):
        redis_server.command("RPUSH", "written", number)
    redis_server.kill()
    assert not redis_server.answers()
    redis_server.start()
    assert redis_server.command("LLEN", "written") == 100
    redis_server.flushall()
    assert redis_server.command("DBSIZE") == 0


def test_a_paused_redis_takes_connections_and_says_nothing(redis_server: Redis) -> None:
    redis_server.pause()
    try:
        with _once(redis_server.port) as client, pytest.raises(redis.TimeoutError):
            client.ping()
    finally:
        redis_server.resume()
    assert redis_server.answers()


def test_three_masters_serve_every_slot(redis_cluster: RedisCluster) -> None:
    redis_cluster.flushall()
    with redis.RedisCluster(host=LOOPBACK, port=redis_cluster.masters[0].port) as client:
        for number in range(64):
            client.set(f"key:{number}", number)
    sizes = [node.command("DBSIZE") for node in redis_cluster.masters]
    assert sum(sizes) == 64
    assert all(sizes)
    info = redis_cluster.masters[0].command("CLUSTER", "INFO")
    assert "cluster_slots_ok:16384" in info
    assert "cluster_size:3" in info


def test_a_killed_master_of_the_cluster_comes_back_with_its_data(redis_cluster: RedisCluster) -> None:
    redis_cluster.flushall()
    with redis.RedisCluster(host=LOOPBACK, port=redis_cluster.masters[0].port) as client:
        for number in range(64):
            client.set(f"key:{number}", number)
        redis_cluster.kill(1)
        redis_cluster.restart(1)
        assert [client.get(f"key:{number}") for number in range(64)] == [b"%d" % number for number in range(64)]
    redis_cluster.flushall()
    assert [node.command("DBSIZE") for node in redis_cluster.masters] == [0, 0, 0]


@pytest.mark.slow
def test_a_replica_that_was_cut_off_takes_over_without_the_last_writes(tmp_path: Path) -> None:
    with running(RedisCluster(tmp_path, replicas=True)) as cluster:
        place = cluster.place_of("{r002}:seq")
        master = cluster.masters[place]
        master.command("SET", "{r002}:seq", 100)
        assert master.command("WAIT", 1, 5000) == 1
        cluster.cut_replica(place)
        master.command("SET", "{r002}:seq", 400)
        cluster.fail_over(place)
        assert cluster.replicas[place].command("GET", "{r002}:seq") == "100"
        cluster.restart(place)
        assert master.role()[0] == "slave"


def test_the_sentinel_names_the_master(redis_sentinel: RedisSentinel) -> None:
    assert redis_sentinel.url.endswith(f":{redis_sentinel.sentinels[0].port}/mymaster")
    assert redis_sentinel.master_port() == redis_sentinel.master.port
    assert redis_sentinel.current().role()[0] == "master"


@pytest.mark.slow
def test_three_sentinels_put_the_replica_in_the_place_of_a_killed_master(tmp_path: Path) -> None:
    with running(RedisSentinel(tmp_path, sentinels=3)) as watched:
        watched.master.command("SET", "kept", "yes")
        assert watched.master.command("WAIT", 1, 5000) == 1
        watched.fail_over()
        assert watched.current() is watched.replica
        assert watched.current().command("GET", "kept") == "yes"
        watched.flushall()
        assert watched.current().command("DBSIZE") == 0


def test_a_server_goes_with_a_killed_test_session(tmp_path: Path) -> None:
    session = (
        "import sys; from pathlib import Path; from tests.servers import Redis\n"
        "server = Redis(Path(sys.argv[1])); server.start(); print(server.port, flush=True); sys.stdin.read()"
    )
    argv = [sys.executable, "-c", session, str(tmp_path)]
    root = Path(__file__).parent.parent
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with redis.Redis(port=port) as client:
            assert client.ping()
        process.send_signal(signal.SIGKILL)
    with _once(port) as client:
        wait_until(lambda: _refuses(client), "the end of the orphan")


def _once(port: int) -> redis.Redis:
    return redis.Redis(port=port, socket_timeout=0.05, retry=Retry(NoBackoff(), retries=0))


def _refuses(client: redis.Redis) -> bool:
    try:
        return not client.ping()
    except redis.ConnectionError:
        return True


def test_a_server_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    with pytest.raises(ServerFailed, match="no-such-setting"), running(Redis(tmp_path, "--no-such-setting", "1")):
        pass


def test_a_missing_program_is_named_with_the_packages_to_install() -> None:
    with pytest.raises(ServerMissing, match=r"apt-get install .*redis-server"):
        find("no-such-server", path=os.devnull)


def test_a_port_is_handed_out_once() -> None:
    ports = [port for _ in range(500) for port in free_ports(1)]
    assert len(set(ports)) == 500


def test_two_workers_draw_from_different_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "2")
    for worker in ("gw0", "gw1"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        drawn.append({port % 2 for port in free_ports(50)})
    assert drawn == [{0}, {1}]
