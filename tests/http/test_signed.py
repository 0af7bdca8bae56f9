"""What the door keeps of a signed call: everything its signature may be of, and nothing of any other call."""

import pytest

from liveroom.domain.tenants.app_signatures import SignedCall
from liveroom.http.decoding import BODY_MAX
from liveroom.http.signed import Message, is_signed
from tests.http.echoes import ECHO, Echoes, client_of, exchange, make_app, serving

SIGNED = {"authorization": 'hmac id="ak_1", algorithm="hmac-sha1", headers="x-date", signature="x"'}


async def kept(**sent: object) -> SignedCall | None:
    """Return what was kept of a call."""
    calls = Echoes()
    async with client_of(make_app(calls, base_path="/live")) as client:
        await client.request("POST", **{"url": f"/prod{ECHO}?number=3&x=%20", **sent})  # type: ignore[arg-type]
    return calls.context.signed


async def test_a_signed_call_is_kept_as_it_came() -> None:
    call = await kept(content=b'{"text": "a b"}', headers=SIGNED)
    assert call is not None
    assert call.authorization == SIGNED["authorization"].encode()
    assert (call.method, call.query, call.body) == ("POST", b"number=3&x=%20", b'{"text": "a b"}')
    assert call.headers[b"host"] == b"live.example.com"
    assert call.paths[0] == f"/prod{ECHO}"
    assert {ECHO, f"/live{ECHO}", f"/prod{ECHO}", f"/live/prod{ECHO}"} <= set(call.paths)


@pytest.mark.parametrize("authorization", [None, "Bearer a.b.c", "hmac", "Basic eA==", "hmacs id=1"])
async def test_of_every_other_call_nothing_is_kept(authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    assert await kept(content=b"text=a", headers=headers) is None


@pytest.mark.parametrize("text", [b"hmac id", b"HMAC id", b"Hmac "])
def test_the_scheme_is_read_in_any_case(text: bytes) -> None:
    assert is_signed(text)


async def test_a_body_in_pieces_is_kept_whole_and_one_without_end_is_not() -> None:
    pieces = [b"text=", b"a", b""]

    async def receive_pieces() -> Message:
        body = pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(pieces)}

    calls = Echoes()
    app = make_app(calls)
    headers = [(b"authorization", SIGNED["authorization"].encode()), (b"transfer-encoding", b"chunked")]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": ECHO,
        "query_string": b"",
        "headers": headers,
        "client": None,
    }

    async def send(_: Message) -> None: ...

    await app(scope, receive_pieces, send)
    assert calls.context.signed is not None
    assert calls.context.signed.body == b"text=a"
    assert calls.raw == {"text": "a"}

    async def receive_for_ever() -> Message:
        return {"type": "http.request", "body": b"x" * 60_000, "more_body": True}

    await app(scope, receive_for_ever, send)
    assert calls.context.signed is not None
    assert len(calls.context.signed.body) <= BODY_MAX + 60_000


async def test_it_is_kept_behind_the_real_server_too() -> None:
    calls = Echoes()
    async with serving(make_app(calls)) as (port, _):
        head = f"POST //prod{ECHO}/?b=2&a=1 HTTP/1.1\r\nhost: h\r\nauthorization: hmac id=1\r\nconnection: close\r\n"
        await exchange(port, f"{head}content-length: 6\r\n\r\ntext=a".encode())
    call = calls.context.signed
    assert call is not None
    assert (call.paths[0], call.query, call.body) == (f"//prod{ECHO}/", b"b=2&a=1", b"text=a")
