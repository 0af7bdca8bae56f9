"""Files in a store that speaks S3: signatures are AWS's own, and nobody gets by with another request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
import pytest

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.domain.uploads.model import JPEG, LOTTIE, Copy, Purpose, Upload
from liveroom.providers.uploads.s3 import S3Client, S3Store, bucket_at
from liveroom.providers.uploads.sigv4 import S3Keys, presigned
from liveroom.simulate.endpoint import Mood, VendorRequest
from liveroom.simulate.objects import ObjectStore, StoredObject
from liveroom.simulate.serving import serving
from tests.worlds import WoundClock

EXAMPLE: Final = S3Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
AT: Final = datetime(2013, 5, 24, tzinfo=UTC)
SIGNED: Final = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
"""AWS, "Authenticating Requests: Using Query Parameters": a GET of /test.txt that lasts a day."""


def test_a_signature_is_that_of_the_documentation() -> None:
    url = presigned("GET", "https://examplebucket.s3.amazonaws.com/test.txt", EXAMPLE, AT, timedelta(days=1))
    assert url == (
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        f"&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature={SIGNED}"
    )


@pytest.mark.parametrize(("signature", "status"), [(SIGNED, 404), ("0" + SIGNED[1:], 403)])
def test_the_stand_in_knows_the_signature_of_the_documentation_too(signature: str, status: int) -> None:
    clock = WoundClock()
    clock.advance(AT - clock.now() + timedelta(seconds=1))
    store = ObjectStore(clock, EXAMPLE.key, EXAMPLE.secret, frozenset({"test.txt"}))
    url = presigned("GET", "https://examplebucket.s3.amazonaws.com/test.txt", EXAMPLE, AT, timedelta(days=1))
    target = url.partition(".com")[2].replace(SIGNED, signature)
    request = VendorRequest("GET", target, {"host": "examplebucket.s3.amazonaws.com"}, b"")
    assert store.endpoint.answer(request).status == status


@pytest.mark.parametrize(
    ("endpoint", "style", "url"),
    [
        ("https://s3.eu-central-1.amazonaws.com", "auto", "https://b.s3.eu-central-1.amazonaws.com/k"),
        ("https://cos.ap-guangzhou.myqcloud.com", "auto", "https://b.cos.ap-guangzhou.myqcloud.com/k"),
        ("https://s3.oss-cn-hangzhou.aliyuncs.com", "auto", "https://b.s3.oss-cn-hangzhou.aliyuncs.com/k"),
        ("https://a.r2.cloudflarestorage.com", "auto", "https://a.r2.cloudflarestorage.com/b/k"),
        ("http://127.0.0.1:9000", "auto", "http://127.0.0.1:9000/b/k"),
        ("https://minio.example.com/s3/", "auto", "https://minio.example.com/s3/b/k"),
        ("https://minio.example.com", "virtual", "https://b.minio.example.com/k"),
        ("https://s3.eu-central-1.amazonaws.com", "path", "https://s3.eu-central-1.amazonaws.com/b/k"),
    ],
)
def test_a_bucket_is_addressed_as_its_store_wants_it(endpoint: str, style: str, url: str) -> None:
    assert bucket_at(endpoint, "b", style).url("k") == url


def _upload(clock: WoundClock, size: int = 4) -> Upload:
    now = clock.now()
    return Upload("-P7fpFlw1XSYz7_j", DEFAULT_TENANT, UserId("1"), Purpose.AVATAR, JPEG, size, now, now)


@asynccontextmanager
async def _store(clock: WoundClock, *, acl: str = "", seen_at: str = "") -> AsyncIterator[tuple[S3Store, ObjectStore]]:
    there = ObjectStore(clock, EXAMPLE.key, EXAMPLE.secret, frozenset({"pictures", "inbox"}))
    async with serving(there.endpoint):
        published, quarantine = (bucket_at(there.endpoint.url, name, "auto") for name in ("pictures", "inbox"))
        store = S3Store(S3Client(EXAMPLE, clock), published, quarantine, seen_at=seen_at, acl=acl)
        yield store, there
        await store.close()


async def test_a_file_is_received_published_seen_and_withdrawn() -> None:
    clock = WoundClock()
    async with _store(clock) as (store, there), httpx.AsyncClient() as client:
        upload = _upload(clock)
        assert await store.received(upload) is None
        ticket = await store.ticket(upload)
        assert (await client.put(ticket.url, headers=ticket.headers, content=b"file")).status_code == 200
        assert await store.received(upload) == b"file"
        assert (await client.get(ticket.url.partition("?")[0])).status_code == 403, "nobody reads what came in"
        await store.publish("0f.jpg", Copy(b"copy", JPEG))
        seen = await client.get(store.url("0f.jpg"))
        assert (seen.status_code, seen.content, seen.headers["content-type"]) == (200, b"copy", JPEG)
        assert seen.headers["cache-control"] == "public, max-age=31536000, immutable"
        for _ in range(2):
            await store.withdraw("0f.jpg")
            await store.discard(upload.id)
        assert there.objects == {}


async def test_an_upload_is_signed_for_one_file_in_one_place_for_some_time() -> None:
    clock = WoundClock()
    async with _store(clock) as (store, there), httpx.AsyncClient() as client:
        ticket = await store.ticket(_upload(clock))
        url = ticket.url
        for wrong, headers, content in (
            (url, {"Content-Type": "text/html"}, b"file"),
            (url, {}, b"file"),
            (url, ticket.headers, b"filefile"),
            (url, ticket.headers, b""),
            (url.replace("z7_j", "z7_k"), ticket.headers, b"file"),
            (url.replace("/inbox/quarantine", "/pictures/public"), ticket.headers, b"file"),
            (url.replace("Expires=900", "Expires=9000"), ticket.headers, b"file"),
            (url[:-1] + ("0" if url[-1] != "0" else "1"), ticket.headers, b"file"),
            (url.partition("?")[0], ticket.headers, b"file"),
        ):
            assert (await client.put(wrong, headers=headers, content=content)).status_code in (400, 403)
        clock.advance(timedelta(minutes=15))
        assert (await client.put(url, headers=ticket.headers, content=b"file")).status_code == 403
        assert there.objects == {}


async def test_what_is_published_has_the_headers_and_the_address_that_the_operator_wants() -> None:
    async with _store(WoundClock(), acl="public-read", seen_at="https://pictures.example.com") as (store, there):
        await store.publish("0f.json", Copy(b"{}", LOTTIE))
        kept = there.objects["pictures/public/0f.json"].headers
        assert (kept["x-amz-acl"], kept["content-disposition"]) == ("public-read", "attachment")
        assert store.url("0f.json") == "https://pictures.example.com/public/0f.json"


@pytest.mark.parametrize("mood", [Mood.BROKEN, Mood.DOWN])
async def test_a_store_that_does_not_answer_is_told_as_such(mood: Mood) -> None:
    clock = WoundClock()
    async with _store(clock) as (store, there):
        there.endpoint.mood = mood
        for what in (store.received(_upload(clock)), store.discard("a"), store.publish("0f.jpg", Copy(b"copy", JPEG))):
            with pytest.raises(ProviderUnavailable):
                await what
        there.endpoint.mood = Mood.WELL
        there.endpoint.refuse("PUT", "AccessDenied")
        with pytest.raises(ProviderUnavailable, match="HTTP 403"):
            await store.publish("0f.jpg", Copy(b"copy", JPEG))
        there.buckets = frozenset()
        there.endpoint.accept("PUT")
        with pytest.raises(ProviderUnavailable, match="no such bucket"):
            await store.publish("0f.jpg", Copy(b"copy", JPEG))


async def test_of_an_object_no_more_is_read_than_was_announced() -> None:
    clock = WoundClock()
    async with _store(clock) as (store, there):
        upload = _upload(clock, 1000)
        there.objects[f"inbox/quarantine/{upload.id}"] = StoredObject(bytes(100_000), {})
        assert await store.received(upload) == bytes(1001)
