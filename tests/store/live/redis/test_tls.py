"""Redis behind TLS: the authority is checked, also on every node of a cluster."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from redis.backoff import NoBackoff
from redis.retry import Retry

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.store.live.redis import RedisLive
from liveroom.store.live.redis.addresses import read_address
from tests.servers import LOOPBACK, ClusterNode, Redis, RedisCluster, running, wait_until
from tests.store.live.listener import listen, say
from tests.store.live.redis.conftest import world_on
from tests.worlds import FakeRecoveryStore, WoundClock

pytestmark = pytest.mark.services


@dataclass(frozen=True)
class Authority:
    """Signs certificates for this machine; ``ca`` is what a client has to know."""

    ca: Path
    certificate: Path
    key: Path


def make_authority(folder: Path, *, host: str = LOOPBACK) -> Authority:
    """Make an authority, and a certificate of it for a server at an address."""
    folder.mkdir()
    signer, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
    root = _unsigned(issuer, issuer, signer).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    leaf = _unsigned(x509.Name([]), issuer, server).add_extension(names, critical=True)
    made = Authority(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    made.ca.write_bytes(root.sign(signer, SHA256()).public_bytes(Encoding.PEM))
    made.certificate.write_bytes(leaf.sign(signer, SHA256()).public_bytes(Encoding.PEM))
    made.key.write_bytes(server.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


def _unsigned(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
    )


def options(authority: Authority, port: int) -> list[str]:
    """Return what makes a server speak TLS on its port, and nothing else."""
    given = {"tls-cert-file": authority.certificate, "tls-key-file": authority.key, "tls-ca-cert-file": authority.ca}
    files = [word for name, file in given.items() for word in (f"--{name}", str(file))]
    return ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no", *files]


def ask(port: int, authority: Authority, *words: str | int) -> Any:
    """Send one command over TLS."""
    once = Retry(NoBackoff(), retries=0)
    trust: dict[str, Any] = {"ssl": True, "ssl_ca_certs": str(authority.ca)}
    with redis.Redis(LOOPBACK, port, socket_timeout=10, decode_responses=True, retry=once, **trust) as client:
        return client.execute_command(*words)


class TlsRedis(Redis):
    """A server that speaks TLS only."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        super().__init__(folder)
        self._authority = authority
        self.url = f"rediss://{LOOPBACK}:{self.port}?ssl_ca_certs={authority.ca}"

    def command_line(self) -> list[str]:
        return [*super().command_line(), *options(self._authority, self.port)]

    def command(self, *words: str | int) -> Any:
        return ask(self.port, self._authority, *words)


class TlsNode(ClusterNode):
    """A node that speaks TLS only, with clients and with other nodes."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        super().__init__(folder)
        self._authority = authority

    def command_line(self) -> list[str]:
        among_nodes = ["--tls-cluster", "yes", "--tls-replication", "yes"]
        return [*super().command_line(), *options(self._authority, self.port), *among_nodes]

    def command(self, *words: str | int) -> Any:
        return ask(self.port, self._authority, *words)


class TlsCluster(RedisCluster):
    """Three masters that speak TLS only."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        super().__init__(folder)
        self.masters = [TlsNode(folder / f"tls{number}", authority) for number in range(3)]
        entries = ",".join(f"{LOOPBACK}:{node.port}" for node in self.masters)
        self.url = f"rediss+cluster://{entries}?ssl_ca_certs={authority.ca}"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "authority")


@pytest.fixture
def server(tmp_path: Path, authority: Authority) -> Iterator[TlsRedis]:
    """Yield a server whose certificate the authority has signed."""
    with running(TlsRedis(tmp_path / "redis", authority)) as server:
        yield server


async def refusal(url: str) -> str:
    """Return why a store cannot use the URL."""
    live = RedisLive.open(url, recovery=FakeRecoveryStore(), clock=WoundClock(), timeouts=PresenceTimeouts())
    try:
        with pytest.raises(LiveUnavailable) as refused:
            await live.ping()
        return str(refused.value)
    finally:
        await live.close()


async def test_a_store_works_on_a_server_whose_authority_it_knows(server: TlsRedis) -> None:
    async with world_on(server) as world:
        await world.go_live()
        await world.enter("bob")
        assert await world.names() == ["ann", "bob"]


async def test_a_store_works_on_a_cluster_whose_authority_it_knows(tmp_path: Path, authority: Authority) -> None:
    with running(TlsCluster(tmp_path / "cluster", authority)) as cluster:
        async with world_on(cluster) as world:
            for number in range(8):
                await world.enter(f"user{number}") if number else await world.go_live()
            assert len(await world.names()) == 8


async def test_channels_are_received_over_tls(server: TlsRedis) -> None:
    async with world_on(server) as world:
        listener = await listen(world)
        await world.go_live()
        await listener.catch_up()
        assert [say(event) for event in listener.events()][:2] == ["room.opened", "member.entered ann"]


async def test_a_server_of_another_authority_is_refused(server: TlsRedis, tmp_path: Path) -> None:
    other = make_authority(tmp_path / "other")
    why = await refusal(f"rediss://{LOOPBACK}:{server.port}?ssl_ca_certs={other.ca}")
    assert "certificate" in why.lower()
    assert "certificate" in (await refusal(f"rediss://{LOOPBACK}:{server.port}")).lower()


async def test_a_certificate_of_another_address_is_refused(tmp_path: Path) -> None:
    elsewhere = make_authority(tmp_path / "elsewhere", host="192.0.2.1")
    server = TlsRedis(tmp_path / "redis", elsewhere)
    server.launch()
    try:
        wait_until(lambda: "Ready to accept" in (server.folder / "log").read_text(), "the server")
        assert "certificate" in (await refusal(server.url)).lower()
    finally:
        server.stop()


async def test_plain_words_to_a_tls_server_are_refused_and_so_is_tls_to_a_plain_one(
    server: TlsRedis, authority: Authority, redis_server: Redis
) -> None:
    assert await refusal(f"redis://{LOOPBACK}:{server.port}")
    assert await refusal(f"rediss://{LOOPBACK}:{redis_server.port}?ssl_ca_certs={authority.ca}")


async def test_an_operator_may_switch_the_check_off(server: TlsRedis) -> None:
    live = RedisLive.open(
        f"rediss://{LOOPBACK}:{server.port}?ssl_cert_reqs=none",
        recovery=FakeRecoveryStore(),
        clock=WoundClock(),
        timeouts=PresenceTimeouts(),
    )
    await live.ping()
    await live.close()


def test_without_tls_in_the_scheme_there_is_none_and_with_it_both_checks_are_on() -> None:
    assert read_address("redis://h").tls is None
    tls = read_address("rediss+sentinel://h/mymaster").tls
    assert tls is not None
    assert tls.check_hostname
    assert tls.verify_mode is ssl.CERT_REQUIRED
