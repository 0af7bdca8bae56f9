"""Private MariaDB and Redis servers for the tests: on free ports, in a folder of their own, gone with the test session.

Each server keeps its port and its data over `kill` and `start`, so that a test can crash it in the middle of something.
`setpriv --pdeathsig` ends a server with the process that started it, however that process ends. Databases and flushing
are for the test that wants them.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Protocol, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.retry import Retry

from tests.stopped import is_stopped

LOOPBACK = "127.0.0.1"
PACKAGES = "mariadb-server-core mariadb-client-core redis-server"
_SECONDS_TO_START = 90.0
_SECONDS_BETWEEN_LOOKS = 0.01
_SLOTS = 16384
_SLOTS_OF_A_MASTER = 5462
# Below the range of outgoing connections, so that no client can take the port of a server that is down for a moment.
_PORTS = range(12_000, 32_000)
_given: dict[int, None] = {}
# The kernel ends a child with the *thread* that made it: this one lives as long as the process.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="servers")


class ServerMissing(Exception):
    """A program that the tests need is not installed."""


class ServerFailed(Exception):
    """A server ended, or was not ready in time; the text has the end of its log."""


def find(program: str, path: str | None = None) -> str:
    """Return where a server's program is, also where an ordinary user's PATH does not reach."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin" if path is None else path)
    if found is not None:
        return found
    raise ServerMissing(f"The tests need {program}: apt-get install {PACKAGES} (as root); `make test` does it.")


def free_ports(count: int) -> list[int]:
    """Return ports on which nothing listens, which nobody else is given: a server takes its own only when it starts."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = _PORTS[worker :: int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))]
    found: list[int] = []
    while len(found) < count:
        port = random.choice(ports)
        if port not in _given and _is_free(port):
            _given[port] = None
            found.append(port)
    while len(_given) > len(ports) // 2:
        del _given[next(iter(_given))]  # the oldest: its server is long gone
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def wait_until(ready: Callable[[], bool], what: str) -> None:
    """Look until the answer is yes; raise when the time is over."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while not ready():
        if time.monotonic() > deadline:
            raise ServerFailed(f"{what}: not within {_SECONDS_TO_START:.0f} s")
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def fetch(port: int, path: str, seconds: float = _SECONDS_TO_START) -> tuple[int, bytes]:
    """Return the HTTP status and the body of a page of this machine; 0 when nobody listens, or nobody answers.

    To ask again and again: a client of httpx costs 23 ms of processor before it has asked once.
    """
    with closing(HTTPConnection(LOOPBACK, port, timeout=seconds)) as connection:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            return 0, b""


class ServerProcess(Protocol):
    """What `Server` does with the process that it started."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...
    def terminate(self) -> None: ...


class Server:
    """One server process and the folder that it lives in."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        (self.port,) = free_ports(1)
        self._process: ServerProcess | None = None

    def start(self) -> None:
        """Start the server and return when it answers; on a former folder, with the former data."""
        self.launch()
        wait_until(self._ready, f"{self.command_line()[0]} on port {self.port}")

    def launch(self) -> None:
        """Start the server and return at once."""
        argv = ["setpriv", "--pdeathsig", "KILL", *self.command_line()]
        with (self.folder / "log").open("ab") as log:
            self._process = _spawner.submit(self._spawn, argv, log.fileno()).result()

    def _spawn(self, argv: Sequence[str], log: int) -> ServerProcess:
        return subprocess.Popen(
            argv, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )

    def _ready(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            tail = (self.folder / "log").read_text(errors="replace").splitlines()[-20:]
            raise ServerFailed("\n".join([f"{self.command_line()[0]} ended with {self._process.returncode}:", *tail]))
        return self.answers()

    def kill(self) -> None:
        """End the server as a crash would: with nothing written that was not written before."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def is_running(self) -> bool:
        """Return whether the server has been started and not killed."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """Return the process, which has to run."""
        assert self._process is not None
        return self._process.pid

    def pause(self) -> None:
        """Let the server hang, with all of its threads: connections are taken, nothing is answered."""
        wait_until(lambda: is_stopped(self._signal(signal.SIGSTOP)), "a pause")

    def resume(self) -> None:
        """End a pause."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the server and throw its data away."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, number: int) -> int:
        """Send a signal; return the process, 0 for none."""
        if self._process is None:
            return 0
        self._process.send_signal(number)
        return self._process.pid

    def command_line(self) -> list[str]:
        """Return what starts the server."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Return whether the server takes commands."""
        raise NotImplementedError


class _Startable(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


_Started = TypeVar("_Started", bound=_Startable)


@contextmanager
def running(server: _Started) -> Iterator[_Started]:
    """Start a server, a cluster or a watched pair, and stop it however the block ends."""
    try:
        server.start()
        yield server
    finally:
        server.stop()


class Mariadb(Server):
    """A MariaDB server: a commit survives `kill`, not a loss of power."""

    user = "liveroom"
    password = "test-only"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._data = folder / "data"

    def start(self) -> None:
        """Start the server, the first time with a new system database."""
        if not self._data.exists():
            self._install()
        super().start()

    def _install(self) -> None:
        options = [*self._as_root(), "--skip-test-db", "--auth-root-authentication-method=normal"]
        argv = [find("mariadb-install-db"), "--no-defaults", f"--datadir={self._data}", *self._apart(), *options]
        done = subprocess.run(argv, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise ServerFailed(f"mariadb-install-db ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        (self.folder / "init.sql").write_text(
            f"CREATE USER IF NOT EXISTS '{self.user}'@'%' IDENTIFIED BY '{self.password}';\n"
            f"GRANT ALL ON *.* TO '{self.user}'@'%' WITH GRANT OPTION;\n"
        )

    def _apart(self) -> list[str]:
        """Keep temporary tables to oneself: a server that starts sweeps away all that it finds in its folder."""
        return [f"--tmpdir={self.folder}"]

    @staticmethod
    def _as_root() -> list[str]:
        return ["--user=root"] if os.geteuid() == 0 else []

    def command_line(self) -> list[str]:
        """Return a small server with the durability of a killed process, on the loopback address only."""
        return [
            find("mariadbd"),
            "--no-defaults",
            *self._as_root(),
            f"--datadir={self._data}",
            *self._apart(),
            f"--init-file={self.folder / 'init.sql'}",
            "--socket=mariadbd.sock",
            f"--port={self.port}",
            f"--bind-address={LOOPBACK}",
            "--skip-name-resolve",
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_unicode_ci",
            "--max-connections=300",
            "--innodb-buffer-pool-size=64M",
            "--innodb-log-file-size=32M",
            "--innodb-flush-log-at-trx-commit=2",
            "--innodb-flush-method=nosync",
            "--debug-no-sync",
            "--innodb-doublewrite=0",
            "--skip-log-bin",
        ]

    def answers(self) -> bool:
        """Return whether our user can log in."""
        return self._client("SELECT 1").returncode == 0

    def execute(self, sql: str, database: str = "") -> list[list[str]]:
        """Run statements and return the rows of the answers as texts."""
        done = self._client(sql, database)
        if done.returncode:
            raise ServerFailed(done.stderr.strip())
        return [line.split("\t") for line in done.stdout.splitlines()]

    def _client(self, sql: str, database: str = "") -> "subprocess.CompletedProcess[str]":
        argv = [find("mariadb"), "--no-defaults", "--protocol=tcp", f"--host={LOOPBACK}", f"--port={self.port}"]
        argv += [f"--user={self.user}", f"--password={self.password}", "--default-character-set=utf8mb4"]
        argv += ["--batch", "--skip-column-names", database]
        return subprocess.run(argv, check=False, capture_output=True, text=True, input=sql)

    def create_database(self, name: str) -> str:
        """Make an empty database, in place of one of that name, and return its URL."""
        self.execute(f"DROP DATABASE IF EXISTS `{name}`; CREATE DATABASE `{name}` CHARACTER SET utf8mb4;")
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Throw a database away."""
        self.execute(f"DROP DATABASE IF EXISTS `{name}`")

    def url(self, name: str) -> str:
        """Return the setting LIVEROOM_DATABASE_URL for a database of this server."""
        return f"mysql://{self.user}:{self.password}@{LOOPBACK}:{self.port}/{name}"


class Redis(Server):
    """A Redis server with AOF: what it answered survives `kill`."""

    def __init__(self, folder: Path, *options: str) -> None:
        super().__init__(folder)
        self._options = options
        self.url = f"redis://{LOOPBACK}:{self.port}"

    def command_line(self) -> list[str]:
        """Return a server that keeps every write and forgets nothing by itself."""
        settings = f"--port {self.port} --bind {LOOPBACK} --appendonly yes --appendfsync everysec"
        replication = "--maxmemory-policy noeviction --repl-diskless-sync-delay 0 --repl-ping-replica-period 1"
        return [find("redis-server"), *settings.split(), "--save", "", *replication.split(), *self._options]

    def command(self, *words: str | int) -> Any:
        """Send one command on a connection of its own."""
        once = Retry(NoBackoff(), retries=0)
        with redis.Redis(LOOPBACK, self.port, socket_timeout=10, decode_responses=True, retry=once) as client:
            return client.execute_command(*words)

    def answers(self) -> bool:
        """Return whether the server has loaded its data."""
        try:
            return bool(self.command("PING"))
        except redis.ConnectionError:
            return False

    def flushall(self) -> None:
        """Forget everything, as an operator's mistake would."""
        self.command("FLUSHALL")

    def cut_replicas(self) -> None:
        """Let the replicas fall behind from now on, while clients notice nothing."""
        self.command("ACL", "SETUSER", "default", "-psync", "-sync")
        self.command("CLIENT", "KILL", "TYPE", "replica")

    def role(self) -> list[Any]:
        """Return what ROLE says: master or slave first."""
        return list(self.command("ROLE"))


class ClusterNode(Redis):
    """One Redis of a cluster, quick to notice that another is gone."""

    def __init__(self, folder: Path) -> None:
        (self.bus,) = free_ports(1)
        quick = "--cluster-node-timeout 1000 --cluster-replica-validity-factor 0"
        super().__init__(folder, "--cluster-enabled", "yes", "--cluster-port", str(self.bus), *quick.split())


class RedisCluster:
    """A Redis Cluster of three masters, with a replica for each where asked for."""

    def __init__(self, folder: Path, *, replicas: bool = False) -> None:
        self.masters = [ClusterNode(folder / f"master{number}") for number in range(3)]
        self.replicas = [ClusterNode(folder / f"replica{number}") for number in range(3 if replicas else 0)]
        self.url = "redis+cluster://" + ",".join(f"{LOOPBACK}:{node.port}" for node in self.masters)
        self._made = False

    @property
    def nodes(self) -> list[ClusterNode]:
        """Masters first."""
        return self.masters + self.replicas

    def start(self) -> None:
        """Start all nodes and return when every slot is served; the first time they make the cluster."""
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            wait_until(node.answers, f"cluster node on port {node.port}")
        if not self._made:
            self._make()
        wait_until(self.is_whole, "the cluster")

    def _make(self) -> None:
        for number, node in enumerate(self.masters):
            first = number * _SLOTS_OF_A_MASTER
            last = min(first + _SLOTS_OF_A_MASTER, _SLOTS) - 1
            node.command("CLUSTER", "ADDSLOTSRANGE", first, last)
            node.command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for number, node in enumerate(self.nodes):
            for other in self.nodes[number + 1 :]:
                node.command("CLUSTER", "MEET", LOOPBACK, other.port, other.bus)
        for master, replica in zip(self.masters, self.replicas, strict=False):
            self._follow(replica, master.command("CLUSTER", "MYID"))
        self._made = True

    @staticmethod
    def _follow(replica: Redis, master_id: str) -> None:
        wait_until(lambda: master_id in replica.command("CLUSTER", "NODES"), "the introduction of a master")
        replica.command("CLUSTER", "REPLICATE", master_id)

    def is_whole(self) -> bool:
        """Return whether every running node serves or follows, and every replica has its master's data."""
        return all(self._is_settled(node) for node in self.nodes if node.is_running())

    def _is_settled(self, node: Redis) -> bool:
        if not node.answers():
            return False
        known = f"cluster_known_nodes:{len(self.nodes)}\r\n"
        info, role = node.command("CLUSTER", "INFO"), node.role()
        follows_or_serves = role[0] == "master" or role[3] == "connected"
        return "cluster_state:ok" in info and known in info and follows_or_serves

    def place_of(self, key: str) -> int:
        """Return the number of the master that had the key's slot when the cluster was made."""
        return key_slot(key.encode()) // _SLOTS_OF_A_MASTER

    def kill(self, number: int) -> None:
        """Crash one master."""
        self.masters[number].kill()

    def restart(self, number: int) -> None:
        """Start a killed master again and return when all nodes agree."""
        self.masters[number].start()
        wait_until(self.is_whole, "the cluster")

    def cut_replica(self, number: int) -> None:
        """Let the replica of a master fall behind from now on."""
        self.masters[number].cut_replicas()

    def fail_over(self, number: int) -> None:
        """Crash a master and return when its replica serves in its place, with what it has."""
        self.kill(number)
        wait_until(lambda: self.replicas[number].role()[0] == "master", "the failover")
        wait_until(self.is_whole, "the cluster")

    def flushall(self) -> None:
        """Forget everything on every master."""
        for node in self.nodes:
            if node.is_running() and node.role()[0] == "master":
                node.flushall()

    def stop(self) -> None:
        """End all nodes and throw their data away."""
        for node in self.nodes:
            node.stop()
