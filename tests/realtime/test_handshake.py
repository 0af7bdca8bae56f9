"""Which web pages may open a socket: the origins named, and the service's own however its name is written."""

import pytest

from liveroom.realtime.handshake import Origins


@pytest.mark.parametrize(
    ("origin", "host", "may"),
    [
        ("", "live.example.com", True),
        ("https://live.example.com", "live.example.com", True),
        ("https://live.example.com", "Live.Example.COM", True),
        ("HTTPS://Live.Example.COM", "live.example.com", True),
        ("https://live.example.com:8443", "LIVE.example.com:8443", True),
        ("https://live.example.com:8443", "live.example.com", False),
        ("https://evil.example", "live.example.com", False),
        ("https://live.example.com.evil.example", "live.example.com", False),
        ("https://App.example.com/", "live.example.com", True),
    ],
)
def test_a_page_may_connect_that_is_the_services_own_or_named(origin: str, host: str, may: bool) -> None:
    assert Origins(["https://app.example.com"]).allow(origin, host) is may
