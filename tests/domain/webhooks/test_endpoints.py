"""Where an operator's server may be: plain HTTP is for networks of their own."""

import pytest

from liveroom.domain.errors import BadRequest
from liveroom.domain.webhooks.endpoints import check_address


@pytest.mark.parametrize(
    "url",
    [
        *("https://shop.example.com/hook", "https://8.8.8.8/hook"),
        *("http://127.0.0.1:8000", "http://10.1.2.3/x", "http://192.168.0.7", "http://[::1]:80", "http://[fd00::7]/"),
        *("http://localhost:8000/", "http://backend:8000/", "http://shop.internal/", "http://a.b.svc.cluster.local/"),
    ],
)
def test_an_address_of_a_network_of_ones_own_may_be_plain(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize("url", ["http://shop.example.com/", "http://8.8.8.8/hook", "http://[2606:4700::1111]/"])
def test_a_public_address_has_to_be_encrypted(url: str) -> None:
    """The help said so, and it was accepted."""
    with pytest.raises(BadRequest, match="public address has to be https"):
        check_address(url)
