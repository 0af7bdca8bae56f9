"""What is said of an operator's server to which no connection comes about."""

import itertools
import socket
import ssl

import httpx
import pytest

from liveroom.providers.unreached import unreached


def caused(*causes: BaseException) -> BaseException:
    """Return the first failure, of which each next one is the cause."""
    for failure, cause in itertools.pairwise(causes):
        failure.__cause__ = cause
    return causes[0]


@pytest.mark.parametrize(
    ("causes", "why"),
    [
        (
            [OSError("all failed"), ConnectionRefusedError(111, "10.0.0.7 refused")],
            ": nobody listens at its address and port",
        ),
        (
            [OSError("all failed"), ExceptionGroup("several", [ConnectionRefusedError(), OSError()])],
            ": nobody listens at its address and port",
        ),
        ([socket.gaierror(-2, "Name or service not known")], ": its name is not known"),
        ([ssl.SSLError(1, "WRONG_VERSION_NUMBER")], ": it does not speak TLS as https:// needs it"),
        ([httpx.ConnectTimeout("")], ": nothing answers at its address"),
        ([OSError("10.0.0.7: no route to host")], ""),
    ],
)
def test_it_is_said_what_stands_between_and_nothing_of_the_address(causes: list[BaseException], why: str) -> None:
    assert unreached(caused(httpx.ConnectError("https://10.0.0.7/secret"), *causes)) == f"it cannot be reached{why}"
