"""From bytes to raw parameters: every encoding, and everything that is none."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liveroom.api.parameters import Repeated
from liveroom.domain.errors import BadRequest
from liveroom.http.decoding import BODY_MAX, BodyTooLarge, ClientGone, parse_form, read_body, read_parameters

FORM = b"application/x-www-form-urlencoded; charset=utf-8"
JSON = b"application/json"


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        (b"a=1&b=two", {"a": "1", "b": "two"}),
        (b"title=%E4%BD%A0%E5%A5%BD+live&x=a%20b%2Bc", {"title": "你好 live", "x": "a b+c"}),
        ("title=你好".encode(), {"title": "你好"}),
        (b"nonce=&cover=&flag", {"nonce": "", "cover": "", "flag": ""}),
        (b"&&a=1&", {"a": "1"}),
        (b"a=b=c", {"a": "b=c"}),
        (b"userId=1%7C2", {"userId": "1|2"}),
        (b"%61=1", {"a": "1"}),
        (b"a=100%", {"a": "100%"}),
        (b"=1", {}),
        (b"[]=1", {}),
    ],
)
def test_a_form_is_read_by_the_rules_of_forms(form: bytes, raw: dict[str, Any]) -> None:
    assert parse_form(form) == raw


def test_a_key_that_comes_twice_is_no_text() -> None:
    assert parse_form(b"roomId=1&x=0&roomId=2&roomId=3")["roomId"] == ["1", "2", "3"]
    assert isinstance(parse_form(b"roomId=1&roomId=2")["roomId"], Repeated)


def test_brackets_make_a_list_of_however_few() -> None:
    assert parse_form(b"ids[]=1") == {"ids": ["1"]}
    assert parse_form(b"ids%5B%5D=1&ids%5B%5D=2&ids=3") == {"ids": ["1", "2", "3"]}
    assert parse_form(b"ids=1&ids[]=2") == {"ids": ["1", "2"]}


@pytest.mark.parametrize("form", [b"a=%ff", b"a=\xff", b"%E4%BD=1", b"a=%ED%A0%80"])
def test_a_form_that_is_not_utf8_is_refused(form: bytes) -> None:
    with pytest.raises(BadRequest):
        parse_form(form)


def test_a_form_of_very_many_parameters_is_refused() -> None:
    with pytest.raises(BadRequest):
        parse_form(b"a=1&" * 1001)


@pytest.mark.parametrize(
    "kind", [JSON, b"application/json; charset=UTF-8", FORM, b"text/plain", b"", b"APPLICATION/JSON"]
)
@pytest.mark.parametrize("body", [b'{"a":1,"b":[1]}', b'\xef\xbb\xbf {"a":1,"b":[1]}\r\n'])
def test_json_is_json_whatever_type_stands_over_it(kind: bytes, body: bytes) -> None:
    assert read_parameters(b"", body, kind) == {"a": 1, "b": [1]}


@pytest.mark.parametrize("kind", [FORM, b"text/plain", b"", b"application/octet-stream"])
def test_what_is_not_json_is_a_form_whatever_type_stands_over_it(kind: bytes) -> None:
    assert read_parameters(b"", b"a=1&b=2\r\n", kind) == {"a": "1", "b": "2"}


def test_the_query_wins_over_the_body() -> None:
    assert read_parameters(b"a=q", b'{"a":"b","c":1}', JSON) == {"a": "q", "c": 1}
    assert read_parameters(b"a=q", b"a=b&c=1", FORM) == {"a": "q", "c": "1"}


@pytest.mark.parametrize("body", [b"", b"  ", b"null", b"{}"])
def test_an_empty_body_says_nothing(body: bytes) -> None:
    assert read_parameters(b"", body, JSON) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a":1}x',
        b"[1]",
        b'"text"',
        b"1",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e999}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b"{'a':1}",
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"\x00\x01\x02",
    ],
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_parameters(b"", body, JSON)


def test_of_a_json_key_that_comes_twice_the_last_counts() -> None:
    assert read_parameters(b"", b'{"a":1,"a":2}', JSON) == {"a": 2}


def test_a_compressed_body_and_a_multipart_one_are_refused() -> None:
    with pytest.raises(BadRequest):
        read_parameters(b"", b"\x1f\x8b", JSON, b"gzip")
    with pytest.raises(BadRequest):
        read_parameters(b"", b"--x", b"multipart/form-data; boundary=x")


@settings(deadline=None)
@given(
    st.dictionaries(st.text(min_size=1), st.text() | st.integers() | st.booleans() | st.none() | st.lists(st.text()))
)
def test_json_arrives_as_it_was_meant(sent: dict[str, Any]) -> None:
    assert read_parameters(b"", json.dumps(sent).encode(), JSON) == sent


@settings(deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=300), st.sampled_from([JSON, FORM, b"", b"text/html"]))
def test_no_bytes_are_an_accident(query: bytes, body: bytes, kind: bytes) -> None:
    with suppress(BadRequest):
        assert isinstance(read_parameters(query, body, kind), dict)


class Arriving:
    """A body that arrives in parts; counts those that were fetched."""

    def __init__(self, *parts: bytes, gone: bool = False) -> None:
        self.parts = list(parts)
        self.fetched = 0
        self._gone = gone

    async def __call__(self) -> dict[str, Any]:
        if self._gone and self.fetched == len(self.parts):
            return {"type": "http.disconnect"}
        part = self.parts[self.fetched]
        self.fetched += 1
        return {"type": "http.request", "body": part, "more_body": self._gone or self.fetched < len(self.parts)}


async def test_a_body_of_just_the_bound_is_read_from_its_parts() -> None:
    assert await read_body(Arriving(b"x" * 65_000, b"x" * 536), None) == b"x" * BODY_MAX


async def test_a_body_one_longer_than_the_bound_is_refused_after_it_was_read() -> None:
    arriving = Arriving(b"x" * BODY_MAX, b"x", b"")
    with pytest.raises(BodyTooLarge):
        await read_body(arriving, None)
    assert arriving.fetched == 3


async def test_an_endless_body_is_not_read_to_its_end() -> None:
    arriving = Arriving(*[b"x" * 100_000] * 1000)
    with pytest.raises(BodyTooLarge):
        await read_body(arriving, None)
    assert arriving.fetched < 20


async def test_a_body_that_announces_its_size_is_refused_unread() -> None:
    arriving = Arriving(b"x" * 100_000)
    with pytest.raises(BodyTooLarge):
        await read_body(arriving, b"5000000000")
    assert arriving.fetched == 0


async def test_a_client_that_goes_in_the_middle_of_its_body_is_told_apart() -> None:
    with pytest.raises(ClientGone):
        await read_body(Arriving(b"x", gone=True), b"2")
