"""Certificates: made for this machine, kept while they are good, renewed in time, and taken up when they change."""

import ssl
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from liveroom.http.certificates import NAME, Tls, names_of, network_addresses, open_tls, read_certificate
from liveroom.settings import Settings, SettingsError, load_settings

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ANY = "0.0.0.0"  # noqa: S104 - compared, not bound


def chosen(folder: Path, **given: object) -> Settings:
    return load_settings({"data_dir": folder, "https": True, **given}, environ={}, dotenv=None)


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[], x509.Certificate]:
    return lambda: read_certificate(tmp_path / NAME)


def names(certificate: x509.Certificate) -> set[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in found}


def test_plain_http_needs_no_certificate(tmp_path: Path) -> None:
    assert open_tls(chosen(tmp_path, https=False), NOW) is None
    assert list(tmp_path.iterdir()) == []


def test_https_listens_on_every_address_unless_one_is_named(tmp_path: Path) -> None:
    assert chosen(tmp_path).host == ANY
    assert chosen(tmp_path, host="127.0.0.1").host == "127.0.0.1"
    assert chosen(tmp_path, https=False).host == "127.0.0.1"


def test_the_certificate_names_this_machine_and_only_its_owner_reads_the_key(
    tmp_path: Path, certificate: Callable[[], x509.Certificate]
) -> None:
    Tls(chosen(tmp_path), NOW)
    assert {"localhost", "127.0.0.1", *network_addresses()} <= names(certificate())
    assert certificate().not_valid_before_utc < NOW < certificate().not_valid_after_utc
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_a_good_certificate_is_kept(tmp_path: Path, certificate: Callable[[], x509.Certificate]) -> None:
    Tls(chosen(tmp_path), NOW)
    first = certificate()
    Tls(chosen(tmp_path), NOW + timedelta(days=300)).refresh(NOW + timedelta(days=330))
    assert certificate() == first


def test_a_running_service_renews_its_certificate_a_month_before_the_end(
    tmp_path: Path, certificate: Callable[[], x509.Certificate]
) -> None:
    tls = Tls(chosen(tmp_path), NOW)
    first = certificate()
    tls.refresh(NOW + timedelta(days=336))
    assert certificate().not_valid_after_utc > first.not_valid_after_utc
    assert certificate().public_key() != first.public_key()


def test_an_address_that_the_certificate_does_not_name_needs_a_new_one(
    tmp_path: Path, certificate: Callable[[], x509.Certificate]
) -> None:
    Tls(chosen(tmp_path), NOW)
    Tls(chosen(tmp_path, host="198.51.100.7"), NOW)
    assert "198.51.100.7" in names(certificate())


def test_a_damaged_file_is_replaced(tmp_path: Path, certificate: Callable[[], x509.Certificate]) -> None:
    (tmp_path / NAME).write_text("nothing of the kind")
    Tls(chosen(tmp_path), NOW)
    assert "localhost" in names(certificate())


def split(folder: Path, own: Path) -> dict[str, object]:
    """Write the key and the certificate of our own into two files, as an operator has them."""
    key, mark, certificate = own.read_text().partition("-----BEGIN CERTIFICATE-----")
    (folder / "key.pem").write_text(key)
    (folder / "cert.pem").write_text(mark + certificate)
    return {"tls_cert": folder / "cert.pem", "tls_key": folder / "key.pem"}


def test_the_operators_certificate_is_used_and_none_is_made(tmp_path: Path) -> None:
    Tls(chosen(tmp_path), NOW)
    files = split(tmp_path, tmp_path / NAME)
    Tls(chosen(tmp_path / "data", **files), NOW)
    assert not (tmp_path / "data").exists()


def test_a_certificate_with_another_key_is_refused_with_a_sentence(tmp_path: Path) -> None:
    Tls(chosen(tmp_path), NOW)
    files = split(tmp_path, tmp_path / NAME)
    (tmp_path / NAME).unlink()
    Tls(chosen(tmp_path), NOW)
    (tmp_path / "key.pem").write_text((tmp_path / NAME).read_text().partition("-----BEGIN CERT")[0])
    with pytest.raises(SettingsError, match="cannot be used as a certificate with its key"):
        Tls(chosen(tmp_path, **files), NOW)


def test_a_file_that_changes_to_something_wrong_leaves_the_old_one_in_use(tmp_path: Path) -> None:
    Tls(chosen(tmp_path), NOW)
    files = split(tmp_path, tmp_path / NAME)
    tls = Tls(chosen(tmp_path, **files), NOW)
    before = presented(tls.context)
    (tmp_path / "cert.pem").write_text("half a cert")
    with pytest.raises(SettingsError):
        tls.refresh(NOW)
    assert presented(tls.context) == before


def test_a_renewed_certificate_is_presented_from_the_next_look(tmp_path: Path) -> None:
    tls = Tls(chosen(tmp_path), NOW)
    before = presented(tls.context)
    (tmp_path / NAME).unlink()
    tls.refresh(NOW)
    assert presented(tls.context) != before


def presented(server: ssl.SSLContext) -> bytes:
    """Return the certificate that a client gets, by a handshake in memory."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for end in ends * 3:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    found = ends[0].getpeercert(binary_form=True)
    assert found is not None
    return found


@pytest.mark.parametrize("given", [{"tls_cert": "a.pem"}, {"tls_key": "a.pem"}])
def test_one_file_without_the_other_stops_the_start(tmp_path: Path, given: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="set both, or neither"):
        chosen(tmp_path, **given)


def test_a_certificate_without_https_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="LIVEROOM_HTTPS=on"):
        chosen(tmp_path, https=False, tls_cert="a.pem", tls_key="b.pem")


def test_addresses_for_others_are_none_of_this_machine_alone() -> None:
    assert all(not ip_address(text).is_loopback for text in network_addresses())
    assert "live.example.com" in names_of("live.example.com")
    assert ANY not in names_of(ANY)
