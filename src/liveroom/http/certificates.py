"""TLS of the service: the operator's certificate, or one of its own for phones of the same network.

A certificate of its own names this machine's addresses and lies with its key in one file of the data folder, readable
by its owner only. Nobody vouches for it: a browser asks once whether to go on. It is made anew a month before it ends,
or when the service starts on an address that it does not name.
"""

import contextlib
import os
import socket
import ssl
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from structlog import get_logger

from liveroom.settings import Settings, SettingsError

log = get_logger("liveroom.tls")

NAME: Final = "liveroom-tls.pem"
_LIFETIME: Final = timedelta(days=365)
_RENEWED_BEFORE: Final = timedelta(days=30)
_SLOW_CLOCKS: Final = timedelta(days=1)
"""So much earlier than now a certificate begins: a phone's clock may be behind."""
_LOCAL_NAME: Final = "localhost"
_LOOPBACK: Final = ("127.0.0.1", "::1")
_OUTSIDE: Final = "192.0.2.1"
"""An address kept for documentation: nothing is sent to it, only the way there is looked up."""

_Address = IPv4Address | IPv6Address


class Tls:
    """The context in which connections are made; `refresh` follows the certificate's file while the service runs."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self._own = own_path(settings) if settings.tls_cert is None else None
        self._files = (settings.tls_cert or own_path(settings), settings.tls_key)
        self._names = names_of(settings.host)
        if self._own is not None:
            _make_if_needed(self._own, self._names, now)
        self._seen: tuple[int, ...] = ()
        self._seen = self._changed()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["http/1.1"])
        self._load()

    @property
    def is_vouched_for(self) -> bool:
        """Say whether somebody else signed the certificate: browsers are never bound to one that nobody did."""
        certificate = read_certificate(self._files[0])
        return certificate.issuer != certificate.subject

    def refresh(self, now: datetime) -> None:
        """Renew a certificate of our own that ends soon, and take up a file that has changed."""
        if self._own is not None:
            _make_if_needed(self._own, self._names, now)
        changed = self._changed()
        if changed != self._seen:
            self._load()
            self._seen = changed
            log.info("tls.renewed", certificate=str(self._files[0]))

    def _load(self) -> None:
        """Use the files; a pair that does not fit leaves the context as it was."""
        certificate, key = self._files
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
            self.context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as problem:
            reason = problem.strerror or str(problem)
            advice = "remove it, and a new one is made" if self._own else "set LIVEROOM_TLS_CERT and LIVEROOM_TLS_KEY"
            files = " with ".join(str(file) for file in self._files if file)
            raise SettingsError(
                [f"{files} cannot be used as a certificate with its key ({reason}); {advice}."]
            ) from None

    def _changed(self) -> tuple[int, ...]:
        """Return when the files were last changed; one that is being replaced counts as it was."""
        found = []
        for file in self._files:
            with contextlib.suppress(OSError):
                found.append(0 if file is None else file.stat().st_mtime_ns)
        return tuple(found) if len(found) == len(self._files) else self._seen


def open_tls(settings: Settings, now: datetime) -> Tls | None:
    """Return the TLS that the settings ask for, making a certificate where one is needed; None for plain HTTP."""
    return Tls(settings, now) if settings.https else None


def own_path(settings: Settings) -> Path:
    """Return where the certificate of the service's own lies."""
    return settings.data_dir / NAME


def network_addresses() -> list[str]:
    """Return the IPv4 addresses at which others of the network find this machine, the likeliest first.

    Those of IPv6 change by the day on many machines, and each change would be a certificate to be asked about again.
    """
    found: dict[str, None] = {}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((_OUTSIDE, 9))
        found[probe.getsockname()[0]] = None
    with contextlib.suppress(OSError):
        known = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        found |= dict.fromkeys(str(info[4][0]) for info in known)
    return [text for text in found if _is_shown(ip_address(text))]


def names_of(host: str) -> frozenset[str]:
    """Return what a certificate for a service that listens on ``host`` names: addresses, and names of this machine."""
    machine = socket.gethostname().partition(".")[0]
    names = {_LOCAL_NAME, *_LOOPBACK, machine, f"{machine}.local"}
    names |= set(network_addresses()) if _is_any(host) else {host}
    return frozenset(name for name in names if name and name.isascii())


def read_certificate(path: Path) -> x509.Certificate:
    """Return the certificate of a PEM file. Raises ``OSError`` or ``ValueError``."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def _is_any(host: str) -> bool:
    address = _address(host)
    return host == "" or (address is not None and address.is_unspecified)


def _is_shown(address: _Address) -> bool:
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)


def _address(text: str) -> _Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _make_if_needed(path: Path, names: frozenset[str], now: datetime) -> None:
    if _is_good(path, names, now):
        return
    try:
        _put(path, _make(names, now))
    except OSError as problem:
        advice = "set LIVEROOM_DATA_DIR to a folder that this user may write"
        raise SettingsError([f"{path.parent} cannot be written ({problem.strerror}); {advice}."]) from problem


def _is_good(path: Path, names: frozenset[str], now: datetime) -> bool:
    """Say whether the certificate that is there names everything and lasts; a damaged one is not good."""
    try:
        certificate = read_certificate(path)
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    known = {str(name.value) for name in named}
    return names <= known and certificate.not_valid_after_utc - now > _RENEWED_BEFORE


def _make(names: Iterable[str], now: datetime) -> bytes:
    """Return a fresh key and the certificate that it signs for itself, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "liveroom on this machine")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLOW_CLOCKS)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectAlternativeName([_general_name(one) for one in sorted(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return secret + certificate.public_bytes(Encoding.PEM)


def _general_name(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _put(path: Path, content: bytes) -> None:
    """Write the file under another name first: key and certificate change together, also for other processes."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{NAME}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(draft).replace(path)
