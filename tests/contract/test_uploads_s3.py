"""Uploads with a store that speaks S3: the same calls as with the data folder. Daily against a stand-in, and with the
long tests against versitygw, which refuses forgeries too.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from liveroom.api.codes import Code
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.domain.uploads.model import JPEG, Copy, Purpose, Upload
from liveroom.providers.uploads.s3 import S3Client, S3Store, bucket_at
from liveroom.providers.uploads.sigv4 import S3Keys, presigned
from liveroom.simulate.endpoint import Mood
from liveroom.simulate.objects import ObjectStore
from liveroom.simulate.serving import serving as serving_vendor
from tests.contract.conftest import Serving
from tests.uploading import announce, picture, send
from tests.versitygw import KEY, SECRET, versitygw
from tests.worlds import WoundClock


def _settings(url: str) -> dict[str, Any]:
    return {
        "uploads": "s3",
        "uploads_s3_url": url,
        "uploads_s3_bucket": "pictures",
        "uploads_s3_key": KEY,
        "uploads_s3_secret": SECRET,
    }


async def test_pictures_go_to_the_store_and_come_from_there(embedded: Serving) -> None:
    clock = WoundClock()
    there = ObjectStore(clock, KEY, SECRET, frozenset({"pictures"}))
    async with serving_vendor(there.endpoint), embedded(clock=clock, **_settings(there.endpoint.url)) as service:
        user, content = await service.sign_up(), picture("PNG", (60, 40))
        created = await announce(user, content, kind="image/png")
        named = {"uploadId": created["uploadId"]}
        async with httpx.AsyncClient() as phone:
            assert (await user.call("uploads/finish", named)).code == Code.UploadMissing
            await phone.put(created["url"], headers=created["headers"], content=content)
            there.endpoint.mood = Mood.BROKEN
            assert (await user.call("uploads/finish", named)).code == Code.ServiceUnavailable
            there.endpoint.mood = Mood.WELL
            published = (await user.call("uploads/finish", named)).data
            shown = await phone.get(published["url"])
        assert (shown.status_code, shown.headers["content-type"]) == (200, JPEG)
        assert list(there.objects) == [published["url"].removeprefix(f"{there.endpoint.url}/")]
        assert (await service.http.put(f"/uploads/{created['uploadId']}?until=9&signature=0")).status_code == 404
        service.clock.advance(timedelta(hours=25))
        there.endpoint.mood = Mood.BROKEN
        assert await service.core.jobs.unused_files.remove() == 0, "the store is down"
        there.endpoint.mood = Mood.WELL
        service.clock.advance(timedelta(minutes=2))
        assert await service.core.jobs.unused_files.remove() == 1
        assert there.objects == {}


# --- versitygw --------------------------------------------------------------------------------------------------------


@pytest.mark.long
async def test_versitygw_takes_what_was_signed_for_and_nothing_else(tmp_path: Path) -> None:
    async with versitygw(tmp_path / "store", "pictures") as url, httpx.AsyncClient() as phone:
        clock, keys = WoundClock(), S3Keys(KEY, SECRET, "us-east-1")
        bucket = bucket_at(url, "pictures", "auto")
        client = S3Client(keys, clock)
        store = S3Store(client, bucket, bucket)
        now = clock.now()
        upload = Upload("-P7fpFlw1XSYz7_j", DEFAULT_TENANT, UserId("1"), Purpose.AVATAR, JPEG, 4, now, now)
        ticket = await store.ticket(upload)
        forged = ticket.url[:-1] + ("0" if ticket.url[-1] != "0" else "1")
        stranger = presigned(
            "PUT", bucket.url("quarantine/a"), keys._replace(secret="guessed"), now, timedelta(hours=1)
        )
        old = presigned("PUT", bucket.url("quarantine/a"), keys, now - timedelta(hours=2), timedelta(hours=1))
        for wrong, headers, content in (
            (ticket.url, {"Content-Type": "text/html"}, b"file"),
            (ticket.url, ticket.headers, b"filefile"),
            (ticket.url.replace("z7_j", "z7_k"), ticket.headers, b"file"),
            (ticket.url.replace("Expires=900", "Expires=9000"), ticket.headers, b"file"),
            (forged, ticket.headers, b"file"),
            (stranger, {}, b"file"),
            (old, {}, b"file"),
            (ticket.url.partition("?")[0], ticket.headers, b"file"),
        ):
            assert (await phone.put(wrong, headers=headers, content=content)).status_code in (400, 403), wrong
        assert await store.received(upload) is None
        assert (await phone.put(ticket.url, headers=ticket.headers, content=b"file")).status_code == 200
        assert await store.received(upload) == b"file"
        await store.publish("0f.jpg", Copy(b"copy", JPEG))
        assert (await client.read(bucket.url("public/0f.jpg"), 100)) == b"copy"
        for _ in range(2):
            await store.discard(upload.id)
            await store.withdraw("0f.jpg")
        assert await store.received(upload) is None
        await store.close()


@pytest.mark.long
async def test_a_picture_goes_through_versitygw(tmp_path: Path, embedded: Serving) -> None:
    async with versitygw(tmp_path / "store", "pictures") as url, embedded(**_settings(url)) as service:
        user, content = await service.sign_up(), picture("WEBP", (60, 40))
        created = await announce(user, content, kind="image/webp")
        async with httpx.AsyncClient() as phone:
            sent = await phone.put(created["url"], headers=created["headers"], content=content)
        assert sent.status_code == 200, sent.text
        assert await send(service, {**created, "url": "/uploads/a"}, content) == 404
        published = (await user.call("uploads/finish", {"uploadId": created["uploadId"]})).data
        key = published["url"].removeprefix(f"{url}/pictures/")
        assert (tmp_path / "store" / "pictures" / key).read_bytes().startswith(b"\xff\xd8"), "a JPEG"
        service.clock.advance(timedelta(hours=1))
        shutil.rmtree(tmp_path / "store" / "pictures" / "quarantine", ignore_errors=True)
