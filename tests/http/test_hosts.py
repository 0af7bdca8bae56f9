"""Requests that mean two hosts, and answers that bind browsers to TLS."""

import asyncio
import signal
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from liveroom.http.certificates import Tls
from liveroom.http.server import listen, serve
from liveroom.settings import load_settings
from tests.http.echoes import ECHO, LOOPBACK, exchange, make_app, serving

NOW = datetime.now(UTC)
CALL = f"GET {ECHO}?text=a HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n"


@pytest.mark.parametrize("path", [f"{ECHO}?text=a", "/", "/nowhere"])
async def test_a_request_with_two_hosts_is_refused(path: str) -> None:
    """A proxy in front decides by one of them, and the service by the other."""
    async with serving(make_app()) as (port, _):
        sent = f"GET {path} HTTP/1.1\r\nHost: a.example\r\nX: 1\r\nX: 2\r\nHost: b.example\r\n\r\n"
        answer = await exchange(port, sent.encode())
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"one Host header" in answer


async def test_other_headers_may_come_twice() -> None:
    async with serving(make_app()) as (port, _):
        answer = await exchange(port, (CALL + "X-Forwarded-For: ::1\r\nX-Forwarded-For: ::2\r\n\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("is_vouched_for", [True, False])
async def test_only_a_certificate_that_somebody_vouches_for_binds_browsers(
    tmp_path: Path, *, is_vouched_for: bool
) -> None:
    given = {"tls_cert": tmp_path / "cert.pem", "tls_key": tmp_path / "key.pem"} if is_vouched_for else {}
    if is_vouched_for:
        make_certificate(tmp_path)
    settings = load_settings({"data_dir": tmp_path, "https": True, **given}, environ={}, dotenv=None)
    tls = Tls(settings, NOW)
    assert tls.is_vouched_for is is_vouched_for
    ready, listener = asyncio.Event(), listen(LOOPBACK, 0)
    served = asyncio.create_task(
        serve(make_app(), listener, tls=tls.context, only_tls=tls.is_vouched_for, on_ready=ready.set)
    )
    await ready.wait()
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    reader, writer = await asyncio.open_connection(LOOPBACK, listener.getsockname()[1], ssl=trust)
    writer.write(f"{CALL}\r\n".encode())
    answer = await reader.read()
    writer.close()
    signal.raise_signal(signal.SIGTERM)
    await served
    assert (b"strict-transport-security: max-age=31536000" in answer.lower()) is is_vouched_for


def make_certificate(folder: Path) -> None:
    """Write a certificate that an authority has signed, and its key."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "live.example.com")]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .sign(authority, SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(secret)
