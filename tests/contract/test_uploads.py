"""Uploads into the data folder: announced, sent, published, seen, and removed when nothing shows them."""

import asyncio
import io
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

from liveroom import faults
from liveroom.api.codes import Code
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import SessionId, UserId
from tests.contract.conftest import Serving
from tests.domain.uploads.test_lottie import HEART
from tests.hook_server import hook_server, refuse
from tests.service import Device, Service, session_of
from tests.uploading import announce, picture, send, upload

HOUR: Final = timedelta(hours=1)


@pytest.fixture(autouse=True)
def whole() -> Iterator[None]:
    """Disarm what a test has armed."""
    yield
    faults.disarm()


def _files(service: Service, kind: str = "published") -> list[str]:
    folder = service.core.settings.data_dir / "uploads" / kind
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


async def _seen(service: Service, url: str) -> int:
    return (await service.http.get(url)).status_code


# --- from one phone to another ----------------------------------------------------------------------------------------


async def test_a_picture_is_sent_copied_and_seen_by_everybody(service: Service) -> None:
    user = await service.sign_up()
    content = picture("PNG", (700, 500), "RGBA")
    published = (await upload(service, user, content, kind="image/png")).data
    assert published.items() >= {"contentType": "image/jpeg", "width": 512, "height": 366, "purpose": "avatar"}.items()
    shown = await service.http.get(published["url"])
    assert (shown.status_code, shown.headers["content-type"], len(shown.content)) == (
        200,
        "image/jpeg",
        published["size"],
    )
    assert Image.open(io.BytesIO(shown.content)).size == (512, 366)
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "set-cookie" not in shown.headers
    assert (await user.call("auth_users/user_update", {"avatar": published["url"]})).code == 0


@pytest.mark.parametrize("purpose", ["gift_icon", "animation"])
async def test_what_gifts_show_is_uploaded_by_admins_alone(service: Service, purpose: str) -> None:
    admin, user = await service.sign_up(), await service.sign_up()
    await service.name_admin(admin)
    is_icon = purpose == "gift_icon"
    content = picture("WEBP", (9, 9), "RGBA") if is_icon else json.dumps(HEART).encode()
    kind = "image/webp" if is_icon else "application/json"
    published = (await upload(service, admin, content, purpose, kind)).data
    assert published["contentType"] == ("image/png" if is_icon else "application/json")
    shown = await service.http.get(published["url"])
    assert shown.headers["content-disposition"] == ("inline" if is_icon else "attachment")
    refused = await user.call("uploads/create", {"purpose": purpose, "contentType": kind, "size": len(content)})
    assert refused.code == Code.PermissionDenied


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"purpose": "anything"}, "purpose: must be one of avatar, cover"),
        ({"contentType": "image/svg+xml"}, "contentType: must be image/jpeg or image/png or image/webp"),
        ({"contentType": "image/gif"}, "contentType"),
        ({"size": 0}, "size: must be from 1"),
        ({"size": 9_000_000}, "size: must be from 1 to 8388608 bytes"),
    ],
)
async def test_what_cannot_be_uploaded_is_refused_before_it_is_sent(
    service: Service, change: dict[str, Any], what: str
) -> None:
    user = await service.sign_up()
    answer = await user.call("uploads/create", {"purpose": "avatar", "contentType": "image/jpeg", "size": 9, **change})
    assert (answer.code, what in answer.text) == (Code.SystemVerifyError, True), answer.text


@pytest.mark.embedded
async def test_the_address_takes_exactly_the_file_that_was_announced(service: Service) -> None:
    user, content = await service.sign_up(), picture()
    created = await announce(user, content)
    url = created["url"]
    assert await send(service, created, content, **{"Content-Type": "image/png"}) == 403, "another type"
    assert await send(service, created, content + b"more") == 403, "another length"
    assert await send(service, {**created, "url": url[:-1] + ("0" if url[-1] != "0" else "1")}, content) == 403
    assert await send(service, {**created, "url": url.replace("until=1", "until=2")}, content) == 403, "a later end"
    other = await announce(user, content)
    assert await send(service, {**created, "url": url.replace(created["uploadId"], other["uploadId"])}, content) == 403
    assert await send(service, {**created, "url": "/uploads/..%2f..%2fliveroom.db?until=9&signature=0"}, content) == 404
    assert (await service.http.get(url)).status_code == 405, "what was sent is never shown"
    assert await send(service, created, content) == 204
    assert await send(service, created, content) == 204, "sent again, as after a lost answer"
    late = await announce(user, content)
    service.clock.advance(timedelta(minutes=15))
    assert await send(service, late, content) == 403, "too late"
    assert (await user.call("uploads/finish", {"uploadId": created["uploadId"]})).code == 0


@pytest.mark.embedded
async def test_a_file_without_a_length_or_of_another_one_is_not_taken(service: Service) -> None:
    user, content = await service.sign_up(), picture()
    created = await announce(user, content)

    async def parts(*some: bytes) -> AsyncIterator[bytes]:
        for one in some:
            yield one

    for sent, status, headers in (
        ((content,), 411, {}),
        ((content[:-1],), 400, {"content-length": str(len(content))}),
        ((content, b"more"), 400, {"content-length": str(len(content))}),
    ):
        answer = await service.http.put(created["url"], content=parts(*sent), headers={**created["headers"], **headers})
        assert answer.status_code == status
    assert (await user.call("uploads/finish", {"uploadId": created["uploadId"]})).code == Code.UploadMissing
    assert not [name for name in _files(service, "received") if name.startswith(created["uploadId"])]


async def test_an_upload_is_finished_by_whoever_began_it_and_in_time(service: Service) -> None:
    user, other, content = await service.sign_up(), await service.sign_up(), picture()
    created = await announce(user, content)
    named = {"uploadId": created["uploadId"]}
    assert (await user.call("uploads/finish", named)).code == Code.UploadMissing
    assert await send(service, created, content) == 204
    assert (await other.call("uploads/finish", named)).code == Code.UploadNotExists
    assert (await user.call("uploads/finish", {"uploadId": "none"})).code == Code.UploadNotExists
    assert (await user.call("uploads/finish", named)).code == 0
    late = await announce(user, content)
    assert await send(service, late, content) == 204
    service.clock.advance(HOUR)
    assert (await user.call("uploads/finish", {"uploadId": late["uploadId"]})).code == Code.UploadNotExists


async def test_what_is_no_picture_is_refused_with_the_reason_each_time(service: Service) -> None:
    user, content = await service.sign_up(), b"<script>alert(1)</script>"
    created = await announce(user, content)
    assert await send(service, created, content) == 204
    before = _files(service)
    for _ in range(2):
        answer = await user.call("uploads/finish", {"uploadId": created["uploadId"]})
        assert answer.code == Code.UploadRefused
        assert "no JPEG picture, or a broken one" in answer.text
    assert _files(service) == before


# --- twice, at once, and dying in the middle --------------------------------------------------------------------------


async def test_an_upload_that_is_finished_again_or_by_two_at_once_is_published_once(service: Service) -> None:
    user, content = await service.sign_up(), picture("JPEG", (33, 22))
    created, before = await announce(user, content), len(_files(service))
    await send(service, created, content)
    named = {"uploadId": created["uploadId"]}
    answers = await asyncio.gather(*(user.call("uploads/finish", named) for _ in range(3)))
    assert {json.dumps(answer.data, sort_keys=True) for answer in answers} == {
        json.dumps(answers[0].data, sort_keys=True)
    }
    assert (await user.call("uploads/finish", named)).data == answers[0].data
    assert len(_files(service)) == before + 1
    assert not [name for name in _files(service, "received") if name.startswith(created["uploadId"])]


class _Killed(BaseException):
    pass


def _die() -> None:
    raise _Killed


@pytest.mark.parametrize("point", ["upload.claimed", "upload.published", "upload.settled"])
async def test_whoever_dies_over_an_upload_is_followed_by_another(service: Service, point: str) -> None:
    user, content = await service.sign_up(), picture("JPEG", (21, 12))
    created, before = await announce(user, content), len(_files(service))
    await send(service, created, content)
    named = {"uploadId": created["uploadId"]}
    faults.arm(point, _die)
    with pytest.raises(_Killed):
        await service.services.uploads.uploads.finish(_actor(service, user), created["uploadId"])
    faults.disarm()
    service.clock.advance(timedelta(seconds=61))
    published = (await user.call("uploads/finish", named)).data
    assert await _seen(service, published["url"]) == 200
    assert len(_files(service)) == before + 1


def _actor(service: Service, user: Device) -> Actor:
    return Actor(UserId(user.user), SessionId(session_of(user.token)), service.services.tenants.default)


# --- the operator's server -------------------------------------------------------------------------------------------


async def test_the_operators_server_sees_each_copy_before_anybody_else_and_may_refuse_it(embedded: Serving) -> None:
    content = picture("JPEG", (50, 40))
    async with embedded() as service, hook_server() as server:
        user = await service.sign_up()
        await server.hook(service.core.hook_calls.hooks, "", HookType.UPLOAD)
        published = (await upload(service, user, content)).data
        (question,) = server.questions
        seen = question["data"]
        assert (question["type"], seen["userId"], seen["purpose"]) == ("ask.upload", user.user, "avatar")
        assert (seen["contentType"], seen["width"], seen["height"]) == ("image/jpeg", 50, 40)
        assert b64decode(seen["content"]) == (await service.http.get(published["url"])).content
        before, server.decide = _files(service), refuse
        refused = await upload(service, user, content)
        assert (refused.code, "members only" in refused.text) == (Code.UploadRefused, True)
        assert _files(service) == before


# --- what nothing shows -----------------------------------------------------------------------------------------------


async def test_a_picture_stays_as_long_as_a_profile_or_room_shows_it(service: Service) -> None:
    user = await service.sign_up()
    avatar, replaced = [(await upload(service, user, picture())).data["url"] for _ in range(2)]
    cover = (await upload(service, user, picture(), "cover")).data["url"]
    await user.call("auth_users/user_update", {"avatar": replaced})
    room = await user.go_live()
    assert (await user.call("rooms/update_room", {"roomId": room, "cover": cover})).code == 0
    service.clock.advance(25 * HOUR)
    await service.core.jobs.unused_files.remove()
    assert [await _seen(service, url) for url in (avatar, replaced, cover)] == [404, 200, 200]
    await user.call("auth_users/user_update", {"avatar": ""})
    service.clock.advance(8 * 24 * HOUR)
    await service.core.jobs.unused_files.remove()
    assert [await _seen(service, url) for url in (replaced, cover)] == [404, 200]


async def test_what_was_sent_and_never_finished_goes(service: Service) -> None:
    user, content = await service.sign_up(), picture()
    created = await announce(user, content)
    await send(service, created, content)
    faults.arm("upload.published", _die)
    with pytest.raises(_Killed):
        await service.services.uploads.uploads.finish(_actor(service, user), created["uploadId"])
    faults.disarm()
    service.clock.advance(2 * HOUR)
    before = len(_files(service))
    await service.core.jobs.unused_files.remove()
    assert not [name for name in _files(service, "received") if name.startswith(created["uploadId"])]
    assert len(_files(service)) < before, "nor does what was published, and nobody was told of"
    assert await service.core.db.uploads.get(created["uploadId"]) is None


async def test_whoever_dies_over_a_removal_is_followed_by_another(service: Service) -> None:
    user = await service.sign_up()
    published = (await upload(service, user, picture())).data
    service.clock.advance(25 * HOUR)
    faults.arm("upload.withdrawn", _die)
    with pytest.raises(_Killed):
        await service.core.jobs.unused_files.remove()
    faults.disarm()
    service.clock.advance(HOUR)
    await service.core.jobs.unused_files.remove()
    assert await service.core.db.uploads.get(published["uploadId"]) is None
    assert await _seen(service, published["url"]) == 404


async def test_a_deleted_users_files_go_and_what_gifts_show_stays(service: Service) -> None:
    admin = await service.sign_up()
    await service.name_admin(admin)
    avatar = (await upload(service, admin, picture())).data["url"]
    icon = (await upload(service, admin, picture("PNG"), "gift_icon", "image/png")).data
    kite = {"giftId": "kite", "name": "Kite", "price": 9, "points": 5, "iconUrl": icon["url"]}
    saved = await (await service.make_key()).call("admin/set_gift", kite)
    assert saved.code == 0, saved.text
    unused = (await upload(service, admin, picture("PNG"), "gift_icon", "image/png")).data
    await admin.call("auth_users/user_update", {"avatar": avatar})
    await admin.call("auth_users/user_delete")
    service.clock.advance(timedelta(seconds=1))
    await service.core.jobs.deleted_users.erase()
    await service.core.jobs.unused_files.remove()
    service.clock.advance(30 * HOUR)
    await service.core.jobs.unused_files.remove()
    assert [await _seen(service, url) for url in (avatar, icon["url"], unused["url"])] == [404, 200, 404]
    row = await service.core.db.uploads.get(icon["uploadId"])
    assert row is not None
    assert row.user != admin.user


async def test_a_message_has_a_picture_of_its_senders_which_is_kept_with_it(service: Service) -> None:
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    published = (await upload(service, guest, picture("JPEG", (70, 50)), "message_picture")).data
    said = {"roomId": room, "uploadId": published["uploadId"]}
    sent = (await guest.call("messages/send", {**said, "text": "look", "data": {"mood": "happy"}})).data
    shown = {"uploadId": published["uploadId"], "url": published["url"], "width": 70, "height": 50}
    assert (sent["type"], sent["text"], sent["data"]) == ("custom", "look", {"mood": "happy", "upload": shown})
    assert (await guest.call("messages/send", said)).code == 0, "without words"
    avatar = (await upload(service, guest, picture())).data["uploadId"]
    for by, id in ((host, published["uploadId"]), (guest, avatar), (guest, "none")):
        assert (await by.call("messages/send", {"roomId": room, "uploadId": id})).code == Code.UploadNotExists
    claimed = {"roomId": room, "data": {"upload": {"url": "https://evil.example/"}}}
    assert (await guest.call("messages/send", claimed)).code == Code.RoomQueryParams
    assert (await guest.call("messages/send", {"roomId": room, "data": {"is": "upload"}})).code == 0
    long = {**said, "data": {"long": "a" * 1990}}
    assert (await guest.call("messages/send", long)).code == Code.RoomQueryParams
    service.clock.advance(25 * HOUR)
    await service.core.jobs.unused_files.remove()
    assert await _seen(service, published["url"]) == 200
    service.clock.advance(timedelta(days=190))
    await service.core.jobs.unused_files.remove()
    assert await _seen(service, published["url"]) == 404


# --- limits -----------------------------------------------------------------------------------------------------------


async def test_a_user_uploads_so_much_a_day_and_no_more(embedded: Serving) -> None:
    async with embedded(uploads_per_day="2", uploads_mb_per_day="3") as service:
        user, other = await service.sign_up(), await service.sign_up()
        asked = {"purpose": "cover", "contentType": "image/jpeg", "size": 1_500_000}
        assert [(await user.call("uploads/create", asked)).code for _ in range(3)] == [0, 0, Code.RateLimited]
        big = {**asked, "size": 2_500_000}
        assert [(await other.call("uploads/create", big)).code for _ in range(2)] == [0, Code.RateLimited]
        assert (await other.call("uploads/create", big)).body["retryAfter"] > 80_000
        service.clock.advance(25 * HOUR)
        assert (await user.call("uploads/create", asked)).code == 0


async def test_where_no_files_are_taken_the_methods_say_so(embedded: Serving) -> None:
    async with embedded(uploads="none") as service:
        user = await service.sign_up()
        asked = {"purpose": "avatar", "contentType": "image/jpeg", "size": 9}
        assert (await user.call("uploads/create", asked)).code == Code.NotOffered
        assert (await user.call("uploads/finish", {"uploadId": "a"})).code == Code.NotOffered
        assert await _seen(service, "/files/" + "0" * 32 + ".jpg") == 404
        assert (await service.tick())["files_removed"] == 0


async def test_a_host_of_its_own_and_a_base_path_are_in_the_addresses(embedded: Serving) -> None:
    async with embedded(uploads_url="https://pictures.example.com/live/", base_path="/live") as service:
        user, content = await service.sign_up(), picture()
        created = await announce(user, content)
        assert created["url"].startswith(f"/live/uploads/{created['uploadId']}?until=")
        assert await send(service, created, content) == 204
        url = (await user.call("uploads/finish", {"uploadId": created["uploadId"]})).data["url"]
        assert url.startswith("https://pictures.example.com/live/")
        assert await _seen(service, f"/live/files/{url.rpartition('/')[2]}") == 200


async def test_a_folder_that_cannot_be_written_is_told_as_not_now(embedded: Serving, tmp_path: Path) -> None:
    async with embedded() as service:
        user, content = await service.sign_up(), picture()
        (service.core.settings.data_dir / "uploads").write_text("in the way")
        created = await announce(user, content)
        assert await send(service, created, content) == 503
        (service.core.settings.data_dir / "uploads").unlink()
        assert await send(service, created, content) == 204
        (service.core.settings.data_dir / "uploads" / "published").write_text("in the way")
        named = {"uploadId": created["uploadId"]}
        assert (await user.call("uploads/finish", named)).code == Code.ServiceUnavailable
        (service.core.settings.data_dir / "uploads" / "published").unlink()
        assert (await user.call("uploads/finish", named)).code == 0, "at once: nobody holds it any more"
