"""UserSig and PrivateMapKey against tickets that Tencent's own libraries made."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom.providers.tencent.usersig import Privilege, decode, is_signed, private_map_key, user_sig

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "usersig_vectors.json").read_text(encoding="utf-8")
)["vectors"]
APP, KEY = 1400000000, "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e"
NOW = datetime.fromtimestamp(1700000000, UTC)
DAY = timedelta(seconds=86400)
PYTHON_TICKET = (
    "eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkKjIT87NK82CSxSnZiQUFmSlAKUMTAyiAyqVWFGQWpQJlLMxM4IIlmbkgIUNzNMXF"
    "mekg44P93EzccsOcA0qT8yOKnfwLksLcjNPcnNNMzb0Ccg1Sq6IMs1LDPH1ywpJtlWoBk68y0A__"
)
NODE_TICKET = (
    "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwhWZiflZpXlQqeKU7MSCgswUJStDEwMogMiUZOamKlkZmqOKplYUZBalKllZmJnAhIoz05Ws"
    "lIL93EzccsOcA0qT8yOKnfwLksLcjNPcnNNMzb0Ccg1Sq6IMs1LDPH1ywpJtlWoBGRkxcA__"
)


def named(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def made(vector: dict[str, Any]) -> str:
    now, ttl = datetime.fromtimestamp(vector["time"], UTC), timedelta(seconds=vector["expire"])
    who = (vector["sdkappid"], vector["key"], vector["userid"])
    if "privilege" in vector:
        room = vector["roomid"] if "roomid" in vector else vector["roomstr"]
        return private_map_key(*who, room=room, privilege=Privilege(vector["privilege"]), now=now, ttl=ttl)
    userbuf = bytes.fromhex(vector["userbuf_hex"]) if vector["userbuf_hex"] else None
    return user_sig(*who, now=now, ttl=ttl, userbuf=userbuf)


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_our_ticket_has_the_fields_and_the_signature_of_tencents(vector: dict[str, Any]) -> None:
    fields = decode(made(vector))
    assert fields == vector["decoded"]
    assert fields["TLS.sig"] == vector["TLS.sig"]


@pytest.mark.parametrize("vector", VECTORS, ids=named)
@pytest.mark.parametrize("library", ["token_npm", "token_pypi", "token_ref_compact_json"])
def test_tickets_of_tencents_libraries_are_read_and_verified(vector: dict[str, Any], library: str) -> None:
    fields = decode(vector[library])
    assert fields == vector["decoded"]
    assert is_signed(vector["key"], fields)
    assert not is_signed(vector["key"] + "x", fields)


@pytest.mark.parametrize(
    ("user", "seconds", "signature"),
    [
        ("xiaojun", 86400, "SNF4FmVCPucoXsBOpbVF3fFCf57JPm0ezZ1jeVILlVc="),
        ("xxx-1000019", 172800, "PVpKpTcnC5MxvPNRC/8gH1cl4F2O7XKOUjPPj+pqk+4="),
    ],
)
def test_the_documented_app_signs_as_documented(user: str, seconds: int, signature: str) -> None:
    assert decode(user_sig(APP, KEY, user, now=NOW, ttl=timedelta(seconds=seconds)))["TLS.sig"] == signature


@pytest.mark.parametrize(
    ("room", "privilege", "userbuf", "signature"),
    [
        (
            10000,
            Privilege.ALL,
            "0000077869616f6a756e53724e000000271065554280000000ff00000000",
            "m5WPLBP4ZpMhjE/+GSzmHQEKbLMxsvWih1uhJTQ0sPw=",
        ),
        (
            "room-abc",
            Privilege.AUDIENCE,
            "0100077869616f6a756e53724e0000000000655542800000002a000000000008726f6f6d2d616263",
            "SeheOzh/sqJPsTCWoBdB1p+1aTHlFnwlui5FbRwNBnY=",
        ),
    ],
)
def test_a_room_is_named_by_number_or_text(room: int | str, privilege: Privilege, userbuf: str, signature: str) -> None:
    fields = decode(private_map_key(APP, KEY, "xiaojun", room=room, privilege=privilege, now=NOW, ttl=DAY))
    assert base64.b64decode(fields["TLS.userbuf"]).hex() == userbuf
    assert fields["TLS.sig"] == signature


@pytest.mark.parametrize("ticket", [PYTHON_TICKET, NODE_TICKET])
def test_both_libraries_whole_tickets_are_our_ticket(ticket: str) -> None:
    assert decode(ticket) == decode(user_sig(APP, KEY, "xiaojun", now=NOW, ttl=DAY))


def test_an_audience_may_enter_and_receive() -> None:
    assert (int(Privilege.AUDIENCE), int(Privilege.ALL)) == (42, 255)


@pytest.mark.parametrize("ticket", ["", "eJ", "*-_", "e30_", "Ж", "eJyLjgUAARUAuQ__"])
def test_rubbish_is_no_ticket(ticket: str) -> None:
    with pytest.raises(ValueError, match="This is no UserSig"):
        decode(ticket)
    assert not is_signed(KEY, {"TLS.sig": ticket})
