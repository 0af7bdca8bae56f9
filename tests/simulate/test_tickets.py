"""Tickets as the simulator verifies them: against Tencent's libraries, and by no code that the service signs with."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import liveroom.simulate
from liveroom.simulate.tickets import TicketInvalid, read_grant, read_ticket
from tests.imports import imported

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "usersig_vectors.json").read_text(encoding="utf-8")
)["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
@pytest.mark.parametrize("library", ["token_npm", "token_pypi", "token_ref_compact_json"])
def test_tickets_of_tencents_libraries_are_verified(vector: dict[str, Any], library: str) -> None:
    ticket = read_ticket(vector[library])
    found = (ticket.app, ticket.user, ticket.begun, ticket.lasts, ticket.userbuf.hex())
    expected = (vector["sdkappid"], vector["userid"], vector["time"], vector["expire"], vector["userbuf_hex"] or "")
    assert found == expected
    assert ticket.is_signed_with(vector["key"])
    assert not ticket.is_signed_with(vector["key"] + "x")


@pytest.mark.parametrize(
    ("userbuf", "expected"),
    [
        (
            "0000077869616f6a756e53724e000000271065554280000000ff00000000",
            ("xiaojun", 1400000000, 10000, 1700086400, 255),
        ),
        (
            "0100077869616f6a756e53724e0000000000655542800000002a000000000008726f6f6d2d616263",
            ("xiaojun", 1400000000, "room-abc", 1700086400, 42),
        ),
    ],
)
def test_a_private_map_key_says_what_it_is_for(userbuf: str, expected: tuple[str, int, int | str, int, int]) -> None:
    assert read_grant(bytes.fromhex(userbuf)) == expected


@pytest.mark.parametrize("text", ["", "x", "eJyrVgrx", "e30_", "eJyrrgUAAXUA-Q__"])
def test_a_text_that_is_no_ticket_is_refused(text: str) -> None:
    with pytest.raises(TicketInvalid):
        read_ticket(text)


@pytest.mark.parametrize("userbuf", [b"", b"\x00\x00\x07xiaojun", b"\x01\x00\x01\xff" + bytes(20)])
def test_bytes_that_are_no_grant_are_refused(userbuf: bytes) -> None:
    with pytest.raises(TicketInvalid):
        read_grant(userbuf)


def test_tencent_is_simulated_with_no_code_that_it_is_called_with() -> None:
    files = list(Path(liveroom.simulate.__path__[0]).glob("*.py"))
    names = {name for file in files for name in imported(ast.parse(file.read_text(encoding="utf-8")))}
    ours = {name.split(".")[1] for name in names if name.startswith("liveroom.")}
    assert ours == {"deadlines", "ports", "settings", "simulate"}
