"""Addresses of databases."""

import pytest

from liveroom.store.sql.addresses import AddressInvalid, MysqlAddress, SqliteAddress, read_address


def test_a_file_is_named_by_what_follows_three_slashes() -> None:
    assert read_address("sqlite:///./data/liveroom.db") == SqliteAddress("./data/liveroom.db")
    assert read_address("sqlite:////var/lib/liveroom.db") == SqliteAddress("/var/lib/liveroom.db")


def test_special_characters_of_user_and_password_are_percent_encoded() -> None:
    expected = MysqlAddress("db.example", 3307, "live@room", "p/w:%é", "live_room")
    assert read_address("mysql://live%40room:p%2Fw%3A%25%C3%A9@db.example:3307/live_room") == expected


def test_the_port_may_be_left_out() -> None:
    assert read_address("mysql://me@db.example/live_room") == MysqlAddress("db.example", 3306, "me", "", "live_room")


@pytest.mark.parametrize(
    ("options", "tls"),
    [
        ("", None),
        ("?ssl=false", None),
        ("?ssl=true", {}),
        ("?ssl_ca=/ca.pem", {"ca": "/ca.pem"}),
        ("?ssl=1&ssl_ca=/ca.pem&ssl_cert=/c.pem&ssl_key=/k.pem", {"ca": "/ca.pem", "cert": "/c.pem", "key": "/k.pem"}),
    ],
)
def test_tls_is_an_option_of_the_address(options: str, tls: dict[str, str] | None) -> None:
    address = read_address(f"mysql://me@db.example/live_room{options}")
    assert isinstance(address, MysqlAddress)
    assert address.tls == tls


@pytest.mark.parametrize(
    "url",
    ["sqlite:///", "postgres://me:secret@db/x", "mysql://me:secret@db/x?charset=latin1", "mysql://me@db/x?ssl=maybe"],
)
def test_what_cannot_be_used_is_refused_without_the_password(url: str) -> None:
    with pytest.raises(AddressInvalid) as refused:
        read_address(url)
    assert "secret" not in str(refused.value)
