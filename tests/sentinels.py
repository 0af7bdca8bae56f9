"""A Redis master, its replica, and the Sentinels that watch them, for the tests."""

from pathlib import Path

from tests.servers import LOOPBACK, Redis, find, wait_until


class SentinelServer(Redis):
    """One Redis Sentinel."""

    def __init__(self, folder: Path, name: str, master_port: int, quorum: int) -> None:
        super().__init__(folder)
        self._configuration = folder / "sentinel.conf"
        self._configuration.write_text(
            f"port {self.port}\nbind {LOOPBACK}\nsentinel monitor {name} {LOOPBACK} {master_port} {quorum}\n"
            f"sentinel down-after-milliseconds {name} 1000\nsentinel failover-timeout {name} 5000\n"
        )

    def command_line(self) -> list[str]:
        """Return a Sentinel that keeps what it learns in its configuration file."""
        return [find("redis-server"), str(self._configuration), "--sentinel"]


class RedisSentinel:
    """A master and its replica, watched by one Sentinel, or by three of which two have to agree."""

    name = "mymaster"

    def __init__(self, folder: Path, *, sentinels: int = 1) -> None:
        self.master = Redis(folder / "master")
        self.replica = Redis(folder / "replica", "--replicaof", LOOPBACK, str(self.master.port))
        self.sentinels = [
            SentinelServer(folder / f"sentinel{number}", self.name, self.master.port, sentinels // 2 + 1)
            for number in range(sentinels)
        ]
        addresses = ",".join(f"{LOOPBACK}:{sentinel.port}" for sentinel in self.sentinels)
        self.url = f"redis+sentinel://{addresses}/{self.name}"

    def start(self) -> None:
        """Start everything and return when the Sentinels know the replica and each other."""
        self.master.start()
        self.replica.start()
        wait_until(lambda: self.replica.role()[3:4] == ["connected"], "the replica")
        for sentinel in self.sentinels:
            sentinel.start()
        wait_until(self._is_watched, "the Sentinels")

    def _is_watched(self) -> bool:
        others = len(self.sentinels) - 1
        views = [sentinel.command("SENTINEL", "MASTER", self.name) for sentinel in self.sentinels]
        return all(int(view["num-slaves"]) >= 1 and int(view["num-other-sentinels"]) >= others for view in views)

    def master_port(self) -> int:
        """Return the port of the master, in the opinion of the first Sentinel."""
        _, port = self.sentinels[0].command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.name)
        return int(port)

    def current(self) -> Redis:
        """Return the server that the first Sentinel names as master."""
        return self.master if self.master_port() == self.master.port else self.replica

    def fail_over(self) -> None:
        """Crash the master and return when the Sentinels have put the replica in its place."""
        self.master.kill()
        wait_until(lambda: self.master_port() == self.replica.port, "the failover")
        wait_until(lambda: self.replica.role()[0] == "master", "the failover")

    def flushall(self) -> None:
        """Forget everything."""
        self.current().flushall()

    def stop(self) -> None:
        """End everything and throw the data away."""
        for server in [*self.sentinels, self.replica, self.master]:
            server.stop()
