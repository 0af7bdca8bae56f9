"""Calls signed by an app key: fixed vectors, every way in which programs write a call, and everything altered."""

import base64
import hashlib
import itertools
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveroom.api.parameters import Repeated
from liveroom.domain.errors import BadRequest, CallUnsigned
from liveroom.domain.tenants.app_signatures import SignedCall, check_call, read_signature, written
from liveroom.http.decoding import read_parameters
from tests.app_signing import FORM, JSON, as_call, authorization, content_md5, http_date, sign_all, sign_headers

NOW = datetime(2026, 3, 19, 12, 8, 40, tzinfo=UTC)
KEY = ("ak_example", "s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t")
PATH = "/base/v1/rooms/query_room"
BODY = b'{"userId":"40000001","token":"t","category":"ktv"}'


def check(call: SignedCall, *, secret: str = KEY[1], now: datetime = NOW) -> None:
    check_call(call, read_signature(call.authorization), secret, now)


def refused(call: SignedCall, **more: Any) -> str:
    with pytest.raises(CallUnsigned) as reason:
        check(call, **more)
    return reason.value.detail


DATE = "Thu, 19 Mar 2026 12:08:40 GMT"
HEAD = f'hmac id="{KEY[0]}", algorithm="hmac-sha1", headers='
VECTORS = {
    "the whole call, with a JSON body": as_call(
        {
            "x-date": DATE,
            "accept": JSON,
            "content-type": JSON,
            "content-md5": "NzUwYzYwNDc5OTI1NTMxZWMzNTQ2MDY5NWRkMTA2NmY=",
            "authorization": HEAD + '"x-date", signature="pDXrFWwHHMZsUgwyzk4duOAZrr4="',
        },
        body=BODY,
    ),
    "the whole call, with a form": as_call(
        {
            "x-date": DATE,
            "accept": JSON,
            "content-type": FORM,
            "authorization": HEAD + '"x-date", signature="pEXlpHe2fxHar1fwhHXY0FTWTCU="',
        },
        body=b"token=t&category=ktv",
    ),
    "the whole call, without a body": as_call(
        {
            "x-date": DATE,
            "host": "live.example.com",
            "accept": JSON,
            "authorization": 'hmac id="ak_example", algorithm="hmac-sha256", headers="x-date host", '
            'signature="QOfXchClJ9HbTfrLCMvZKHqVtFKMIr+eZ1h/G40M4W8="',
        },
        method="GET",
        query=b"limit=20&category=ktv",
    ),
    "named headers alone": as_call(
        {
            "x-date": DATE,
            "source": "market",
            "authorization": HEAD + '"x-date source", signature="HW9S1wyx9AlH0hyhhG5uArwhCkc="',
        },
        body=BODY,
    ),
}
"""Worked out once with `openssl dgst -hmac` from the words of the gateway's documentation."""


@pytest.mark.parametrize("name", VECTORS)
def test_what_openssl_has_signed_is_taken(name: str) -> None:
    check(VECTORS[name])
    assert "signature" in refused(VECTORS[name], secret=KEY[1][:-1])


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_a_json_call_that_is_signed_whole_is_taken(algorithm: str) -> None:
    check(as_call(sign_all(KEY, NOW, PATH, body=BODY, algorithm=algorithm), body=BODY))


def test_another_secret_or_another_key_is_refused() -> None:
    call = as_call(sign_all(KEY, NOW, PATH, body=BODY), body=BODY)
    assert "signature" in refused(call, secret=KEY[1] + "x")
    assert "signature" in refused(call, secret="")


@pytest.mark.parametrize(("seconds", "good"), [(-900, True), (-901, False), (900, True), (901, False)])
def test_a_date_may_be_fifteen_minutes_off(seconds: int, good: bool) -> None:
    call = as_call(sign_all(KEY, NOW + timedelta(seconds=seconds), PATH, body=BODY), body=BODY)
    if good:
        check(call)
    else:
        assert refused(call) == "x-date: more than 15 minutes off the server's clock"


@pytest.mark.parametrize("date", ["", "yesterday", "2026-03-19T12:08:40Z", "Thu, 99 Mar 2026 12:08:40 GMT", "0" * 400])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    assert refused(as_call(sign_headers(KEY, {"x-date": date}))).startswith("x-date: must be a date such as")


def test_the_date_may_be_the_plain_one_and_x_date_goes_before_it() -> None:
    check(as_call(sign_headers(KEY, {"date": http_date(NOW)})))
    old = http_date(NOW - timedelta(hours=1))
    assert refused(as_call(sign_headers(KEY, {"date": http_date(NOW), "x-date": old}))).startswith("x-date")
    check(as_call(sign_headers(KEY, {"date": old, "x-date": http_date(NOW)})))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("hmac nonsense", "Authorization"),
        ('hmac id="a"', "Authorization"),
        ('hmac id="", algorithm="hmac-sha1", headers="x-date", signature="s"', "Authorization"),
        ('hmac id="a", algorithm="hmac-md5", headers="x-date", signature="s"', "algorithm"),
        ('hmac id="a", algorithm="none", headers="x-date", signature="s"', "algorithm"),
        ('hmac id="a", algorithm="hmac-sha1", headers="host", signature="s"', "headers"),
        ('hmac id="a", algorithm="hmac-sha1", headers="", signature="s"', "headers"),
        ('hmac id="a", algorithm="hmac-sha1", headers="x-date' + " a" * 20 + '", signature="s"', "headers"),
    ],
)
def test_what_is_wrong_with_the_header_is_said(header: str, reason: str) -> None:
    with pytest.raises(CallUnsigned) as refusal:
        read_signature(header.encode())
    assert refusal.value.detail.startswith(reason)


@pytest.mark.parametrize("text", ["a", " ", 'a="x" ', 'a="', "a=", '"', ","])
def test_a_header_of_any_length_is_read_in_no_time(text: str) -> None:
    long = f"hmac {text * (32_768 // len(text))}".encode()
    begun = time.process_time()
    with pytest.raises(CallUnsigned):
        read_signature(long)
    assert time.process_time() - begun < 0.5


def test_a_header_that_is_named_has_to_be_sent() -> None:
    headers = sign_headers(KEY, {"x-date": http_date(NOW), "source": "market"})
    check(as_call(headers))
    del headers["source"]
    assert refused(as_call(headers)) == "headers: one of the headers listed was not sent"


@pytest.mark.parametrize("kind", ["hex", "bytes", "short hex", "not sent, hex", "not sent, bytes"])
def test_the_bodys_sum_is_taken_in_every_way_that_programs_write_it(kind: str) -> None:
    body = next(
        made
        for made in (b'{"n":%d}' % number for number in range(1000))
        if hashlib.md5(made, usedforsecurity=False).hexdigest().startswith("0")
    )
    made = hashlib.md5(body, usedforsecurity=False)
    raw = made.digest() if "bytes" in kind else made.hexdigest().lstrip("0" if "short" in kind else "").encode()
    sum_ = base64.b64encode(raw).decode()
    headers = {"x-date": http_date(NOW), "accept": JSON, "content-type": JSON}
    rest = "\n".join(["POST", JSON, JSON, sum_, PATH])
    signed = {**headers, "authorization": authorization(KEY, headers, named=["x-date"], rest=rest)}
    check(as_call(signed if "not sent" in kind else {**signed, "content-md5": sum_}, body=body))


def test_a_body_that_nothing_signs_is_refused() -> None:
    """The sum may be left out where there is no body, or a form, whose parameters are signed with the path's."""
    headers = {"x-date": http_date(NOW), "accept": JSON, "content-type": JSON}
    rest = "\n".join(["POST", JSON, JSON, "", PATH])
    signed = {**headers, "authorization": authorization(KEY, headers, named=["x-date"], rest=rest)}
    check(as_call(signed))
    assert "signature" in refused(as_call(signed, body=BODY))


def test_a_form_that_is_json_in_truth_is_no_form() -> None:
    """We read it as JSON, so it has to be signed as a body."""
    headers = {"x-date": http_date(NOW), "accept": JSON, "content-type": FORM}
    rest = "\n".join(["POST", JSON, FORM, "", f"{PATH}?{BODY.decode()}"])
    signed = {**headers, "authorization": authorization(KEY, headers, named=["x-date"], rest=rest)}
    assert "signature" in refused(as_call(signed, body=BODY))
    rest = "\n".join(["POST", JSON, FORM, content_md5(BODY), PATH])
    check(as_call({**headers, "authorization": authorization(KEY, headers, named=["x-date"], rest=rest)}, body=BODY))


def test_a_sum_or_digest_that_is_not_the_bodys_is_refused_whatever_is_signed() -> None:
    headers = sign_headers(KEY, {"x-date": http_date(NOW)}) | {"content-md5": content_md5(b"another")}
    assert refused(as_call(headers, body=BODY)) == "Content-MD5: does not match the body"
    for digest, reason in (
        (
            "SHA-256=" + base64.b64encode(hashlib.sha256(b"another").digest()).decode(),
            "digest: does not match the body",
        ),
        ("MD5=abc", "digest: must be SHA-256=… of the body"),
    ):
        signed = sign_headers(KEY, {"x-date": http_date(NOW), "digest": digest})
        assert refused(as_call(signed, body=BODY)) == reason
    good = "SHA-256=" + base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    check(as_call(sign_headers(KEY, {"x-date": http_date(NOW), "digest": good}), body=BODY))


def test_parameters_are_signed_sorted_and_those_of_a_form_with_them() -> None:
    query, form = b"limit=2&category=ktv&a1=x&a=y", b"token=t&userId=40000001"
    for target in (
        "a=y&a1=x&category=ktv&limit=2&token=t&userId=40000001",
        "a1=x&a=y&category=ktv&limit=2&token=t&userId=40000001",
    ):
        headers = sign_all(KEY, NOW, f"{PATH}?{target}", body=form, kind=FORM)
        check(as_call(headers, query=query, body=form))
    unsorted = sign_all(KEY, NOW, f"{PATH}?{query.decode()}&{form.decode()}", body=form, kind=FORM)
    assert "signature" in refused(as_call(unsorted, query=query, body=form))


def test_parameters_may_be_signed_as_people_write_them() -> None:
    """The gateway's form examples sign `title=my room` and send `title=my+room`."""
    form = urlencode({"title": "my room", "category": "聊天"}).encode()
    target = f"{PATH}?category=聊天&title=my room"
    check(as_call(sign_all(KEY, NOW, target, body=form, kind=FORM), body=form))


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ("a=1&b=2", b"a=1%26b%3D2"),
        ("a=x+y", b"a=x%2By"),
        ("a=%41", b"a=%2541"),
        ("a==b", b"a%3D=b"),
    ],
)
def test_what_would_mean_something_else_is_not_taken_as_people_write_it(signed: str, sent: bytes) -> None:
    headers = sign_all(KEY, NOW, f"{PATH}?{signed}", method="GET")
    check(as_call(headers, method="GET", query=signed.encode()))
    assert "signature" in refused(as_call(headers, method="GET", query=sent))


@pytest.mark.parametrize(
    ("query", "form"), [(b"a=1", b"a=2"), (b"a=1", b"%61=2"), (b"a=1", b"a[]=2"), (b"a[]=1&a%5B%5D=2", b"")]
)
def test_a_parameter_that_could_change_places_is_refused(query: bytes, form: bytes) -> None:
    target = f"{PATH}?{'&'.join(sorted((query + b'&' + form).decode().strip('&').split('&')))}"
    headers = sign_all(KEY, NOW, target, body=form, kind=FORM)
    assert refused(as_call(headers, query=query, body=form)).startswith("parameters")


def test_values_of_one_name_keep_their_order() -> None:
    for signed, other in itertools.permutations((b"roomIds[]=b&roomIds[]=a", b"roomIds[]=a&roomIds[]=b")):
        headers = sign_all(KEY, NOW, f"{PATH}?{signed.decode()}", method="GET")
        check(as_call(headers, method="GET", query=signed))
        assert "signature" in refused(as_call(headers, method="GET", query=other))


def test_the_path_may_be_signed_with_what_stands_before_it_and_without() -> None:
    spellings = [PATH, f"/prod{PATH}", f"/live{PATH}", f"/live/prod{PATH}"]
    for came in spellings:
        for target in spellings:
            check(as_call(sign_all(KEY, NOW, target, method="GET"), method="GET", path=came, spellings=spellings))
    other = sign_all(KEY, NOW, "/base/v1/rooms/room_detail", method="GET")
    assert "signature" in refused(as_call(other, method="GET", spellings=spellings))


def test_no_secret_is_in_what_is_told_or_printed() -> None:
    call = as_call(sign_all(KEY, NOW, PATH, body=BODY), body=BODY)
    assert KEY[1] not in refused(call, secret="another")


TOKENS = ("a", "b", "=", "&", "%26", "+", "%2B", "[]", "%")


def test_every_way_of_writing_parameters_says_what_they_say() -> None:
    """Neither another spelling nor another place of a parameter makes a signature one of something else."""
    compared = 0
    for length in range(5):
        for tokens in itertools.product(TOKENS, repeat=length):
            for place in range(length + 1):
                query, form = "".join(tokens[:place]).encode(), "".join(tokens[place:]).encode()
                if form.startswith(b"["):
                    continue  # that is read as JSON, and no form
                with suppress(CallUnsigned):
                    for way in written(query, form):
                        assert _said(way) == _said(query, form), (query, form, way)
                        compared += 1
    assert compared > 10_000


def _said(query: bytes, form: bytes = b"") -> Any:
    """Return the parameters as we read them, those of one name in their order."""
    try:
        found = read_parameters(query, form, FORM.encode())
    except BadRequest as problem:
        return problem.detail
    return {name: list(value) if isinstance(value, Repeated) else value for name, value in found.items()}


def _altered(text: bytes, place: int, by: int) -> bytes:
    place %= len(text)
    return text[:place] + bytes([(text[place] + by) % 256]) + text[place + 1 :]


PARTS = ("method", "path", "query", "body", "x-date", "accept", "content-type", "content-md5", "signature")


@given(part=st.sampled_from(PARTS), place=st.integers(0, 500), by=st.integers(1, 255))
def test_a_call_altered_in_any_byte_is_refused(part: str, place: int, by: int) -> None:
    call = as_call(sign_all(KEY, NOW, f"{PATH}?a=1&limit=20", body=BODY), query=b"limit=20&a=1", body=BODY)
    check(call)
    headers: Mapping[bytes, bytes] = call.headers
    match part:
        case "method":
            changed = call._replace(method=_altered(b"POST", place, by).decode("latin-1"))
        case "path":
            changed = call._replace(paths=(_altered(PATH.encode(), place, by).decode("latin-1"),))
        case "query":
            changed = call._replace(query=_altered(call.query, place, by))
        case "body":
            changed = call._replace(body=_altered(call.body, place, by))
        case "signature":
            signature = read_signature(call.authorization)
            changed_bytes = _altered(signature.given, place, by)
            with pytest.raises(CallUnsigned):
                check_call(call, signature._replace(given=changed_bytes), KEY[1], NOW)
            return
        case _:
            name = part.encode()
            changed = call._replace(headers={**headers, name: _altered(headers[name], place, by)})
    refused(changed)
