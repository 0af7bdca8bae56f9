"""The banner over HTTPS: the address for phones, and a picture of it that their cameras read."""

import io
from pathlib import Path

import segno
from rich.console import Console

from liveroom.cli.banner import addresses, banner, banner_lines, qr_code
from liveroom.settings import Settings

_DARK = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
_QUIET_ZONE = 2


def modules(text: str) -> list[list[int]]:
    """Read a picture of half blocks back into the dark and light modules of the code, without the zone around it."""
    rows = [[_DARK[character][half] for character in line] for line in text.split("\n") for half in (0, 1)]
    width = len(rows[0])
    return [row[_QUIET_ZONE:-_QUIET_ZONE] for row in rows[_QUIET_ZONE : width - _QUIET_ZONE]]


def test_the_picture_is_the_code_of_the_address() -> None:
    address = "https://192.168.1.20:9000/"
    code = segno.make(address, error="l")
    assert modules(qr_code(address).plain) == [list(row) for row in code.matrix]


def test_phones_get_the_address_of_the_network_first() -> None:
    settings = Settings(https=True)
    assert addresses(settings, 9000, ["192.168.1.20", "10.0.0.3"]) == [
        "https://192.168.1.20:9000",
        "https://127.0.0.1:9000",
    ]
    assert addresses(settings, 9000, []) == ["https://127.0.0.1:9000"]
    assert addresses(Settings(), 9000, ["192.168.1.20"]) == ["http://127.0.0.1:9000"]
    assert addresses(Settings(host="fd00::7"), 9000, []) == ["http://[fd00::7]:9000"]


def shown(settings: Settings, *where: str) -> str:
    out = io.StringIO()
    Console(file=out, force_terminal=True, width=120, color_system=None).print(banner(settings, where))
    return out.getvalue()


def test_only_a_terminal_over_https_shows_the_picture(tmp_path: Path) -> None:
    secure = Settings(https=True, data_dir=tmp_path)
    picture = qr_code("https://192.168.1.20:9000/").plain.split("\n")[3].strip()
    assert picture in shown(secure, "https://192.168.1.20:9000")
    assert picture not in shown(Settings(data_dir=tmp_path), "http://192.168.1.20:9000")
    assert all("█" not in line for line in banner_lines(secure, ["https://192.168.1.20:9000"]))


def test_it_says_that_browsers_ask_about_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    own = banner_lines(Settings(https=True, data_dir=tmp_path), [])
    assert any(line.startswith("certificate: self-signed") and "asks once" in line for line in own)
    theirs = banner_lines(Settings(https=True, tls_cert=Path("/etc/tls/live.pem")), [])
    assert "certificate: /etc/tls/live.pem" in theirs


def test_a_service_without_its_page_says_so(tmp_path: Path) -> None:
    lines = banner_lines(Settings(data_dir=tmp_path), [], has_page=False)
    assert any(line.startswith("live page: off") for line in lines)
