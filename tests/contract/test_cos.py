"""``cos/config``: an app of 2022 puts its picture into the operator's bucket, and it is looked at afterwards.

The app's form is sent as XiaoZhiBo sends it, to a stand-in of COS that refuses what the keys do not allow.
"""

import base64
import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest
from PIL import Image

from liveroom.api.codes import Code
from liveroom.domain.hooks.model import HookType
from liveroom.simulate.cos import CosSimulator
from liveroom.simulate.endpoint import Mood
from liveroom.simulate.serving import serving as serving_vendor
from tests.contract.conftest import Serving
from tests.contract.playing import canonical_of, lacking
from tests.hook_server import hook_server, refuse
from tests.service import Device, Form, Service
from tests.uploading import picture
from tests.worlds import WoundClock

BUCKET: Final = "pictures-1250000000"
REGION: Final = "ap-guangzhou"


@dataclass
class Cos:
    """A service with a bucket, and an app."""

    service: Service
    there: CosSimulator
    phone: httpx.AsyncClient

    async def config(self, user: Device, **params: str) -> dict[str, Any]:
        """Ask as the app does."""
        answer = await user.call("cos/config", {"category": "avatar", "appId": "1400000001", **params}, Form.QUERY)
        found: dict[str, Any] = answer.data
        return found

    async def put(self, config: dict[str, Any], content: bytes, *, key: str = "", **changes: str) -> int:
        """Post the app's form; return the HTTP status."""
        credential, keys = config["credential"], config["credential"]["credentials"]
        time = f"{credential['startTime']};{credential['expiredTime']}"
        conditions = [{"q-sign-algorithm": "sha1"}, {"q-ak": keys["tmpSecretId"]}, {"q-sign-time": time}]
        ends = credential["expiration"].replace("Z", ".000Z")
        policy = json.dumps({"expiration": ends, "conditions": conditions}).encode()
        made = hmac.new(keys["tmpSecretKey"].encode(), time.encode(), hashlib.sha1).hexdigest()
        digest = hashlib.sha1(policy, usedforsecurity=False).hexdigest()
        form = {
            "key": key or f"{config['filename']}.jpg",
            "success_action_status": "200",
            "q-sign-algorithm": "sha1",
            "q-ak": keys["tmpSecretId"],
            "q-key-time": time,
            "q-signature": hmac.new(made.encode(), digest.encode(), hashlib.sha1).hexdigest(),
            "policy": base64.b64encode(policy).decode(),
            "x-cos-security-token": keys["sessionToken"],
            "Content-Type": "image/jpeg",
            **changes,
        }
        url = f"{self.there.endpoint.url}/{config['bucket']}/"
        return (await self.phone.post(url, data=form, files={"file": ("a.jpg", content)})).status_code

    def kept(self, config: dict[str, Any]) -> bytes | None:
        found = self.there.objects.get(f"{BUCKET}/{config['filename']}.jpg")
        return None if found is None else found.content

    async def pass_by(self, span: timedelta) -> None:
        self.service.clock.advance(span)
        await self.service.core.jobs.unused_files.remove()


@asynccontextmanager
async def _cos(embedded: Serving) -> AsyncIterator[Cos]:
    clock = WoundClock()
    there = CosSimulator(clock, "AKIDtests", "secret-of-these-tests", BUCKET, REGION)
    async with serving_vendor(there.endpoint), httpx.AsyncClient() as phone:
        settings = {"cos_bucket": BUCKET, "cos_region": REGION, "tencent_origin": there.endpoint.url}
        keys = {"tencent_secret_id": "AKIDtests", "tencent_secret_key": "secret-of-these-tests"}
        async with embedded(clock=clock, **settings, **keys) as service:
            yield Cos(service, there, phone)


async def test_the_answer_has_all_that_apps_read(embedded: Serving) -> None:
    async with _cos(embedded) as cos:
        answer = await (await cos.service.sign_up()).call("cos/config", {"category": "avatar"}, Form.QUERY)
        assert list(lacking(canonical_of("base/v1/cos/config"), answer.body, "")) == []
        seconds = answer.data["credential"]
        assert seconds["startTime"] < seconds["expiredTime"] < 2**31, "they are read as an int"


async def test_an_app_puts_its_picture_and_shows_it_without_metadata(embedded: Serving) -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    async with _cos(embedded) as cos:
        user = await cos.service.sign_up()
        config = await cos.config(user)
        assert (config["bucket"], config["region"]) == (BUCKET, REGION)
        assert config["preview"] == f"https://{BUCKET}.cos.{REGION}.myqcloud.com/{config['filename']}.jpg"
        assert config["credential"]["expiredTime"] - config["credential"]["startTime"] <= 600
        assert await cos.put(config, picture("JPEG", (90, 60), exif=exif)) == 204
        await user.call("auth_users/user_update", {"avatar": config["preview"]})
        await cos.pass_by(timedelta(seconds=31))
        clean = cos.kept(config)
        assert clean is not None
        assert b"where I live" not in clean
        assert Image.open(io.BytesIO(clean)).size == (90, 60)
        await cos.pass_by(timedelta(minutes=12))
        assert cos.kept(config) == clean, "the same once more, not a copy of a copy"
        await cos.pass_by(timedelta(days=8))
        assert cos.kept(config) == clean, "a profile shows it"
        await user.call("auth_users/user_update", {"avatar": ""})
        await cos.pass_by(timedelta(days=8))
        assert cos.kept(config) is None


async def test_keys_are_good_for_one_object_of_some_size_and_for_ten_minutes(embedded: Serving) -> None:
    async with _cos(embedded) as cos:
        user, other = await cos.service.sign_up(), await cos.service.sign_up()
        config, others = await cos.config(user), await cos.config(other, category="cover")
        assert others["filename"].startswith("cover/")
        content = picture()
        (statement,) = json.loads(cos.there.sts.calls[0].parameters["Policy"])["statement"]
        assert statement["resource"] == [f"qcs::cos:{REGION}:uid/1250000000:{BUCKET}/{config['filename']}.jpg"]
        assert statement["condition"] == {"numeric_less_than_equal": {"cos:content-length": 8_454_144}}
        assert await cos.put(config, content, key=f"{others['filename']}.jpg") == 403
        assert await cos.put(config, content, key="avatar/other.jpg") == 403
        assert await cos.put(config, content, **{"x-cos-security-token": "guessed"}) == 403
        assert await cos.put(config, content, **{"q-signature": "0" * 40}) == 403
        cos.service.clock.advance(timedelta(minutes=10, seconds=1))
        assert await cos.put(config, content) == 403
        assert cos.there.objects == {}
        await cos.pass_by(timedelta(minutes=2))
        assert await cos.service.core.db.uploads.due(cos.service.clock.now() + timedelta(days=99), 9) == []


async def test_a_bad_picture_is_removed_and_shown_in_no_profile(embedded: Serving) -> None:
    async with _cos(embedded) as cos:
        user = await cos.service.sign_up()
        config = await cos.config(user)
        await cos.put(config, b"<script>alert(1)</script>")
        await user.call("auth_users/user_update", {"avatar": config["preview"], "name": "小明"})
        await cos.pass_by(timedelta(seconds=31))
        assert cos.kept(config) is None
        seen = await user.call("auth_users/user_query", {"searchUserId": user.user})
        assert (seen.data["avatar"], seen.data["name"]) == ("", "小明")
        await cos.put(config, b"<svg/>")  # as long as its keys are good, it may be put again
        await cos.pass_by(timedelta(minutes=12))
        assert cos.kept(config) is None


async def test_a_picture_that_is_changed_after_the_first_look_is_looked_at_again(embedded: Serving) -> None:
    async with _cos(embedded) as cos:
        config = await cos.config(await cos.service.sign_up())
        await cos.put(config, picture())
        await cos.pass_by(timedelta(seconds=31))
        assert await cos.put(config, b"<svg/>") == 204
        await cos.pass_by(timedelta(minutes=12))
        assert cos.kept(config) is None


async def test_the_operators_server_is_asked_and_a_deleted_users_pictures_go(embedded: Serving) -> None:
    async with _cos(embedded) as cos, hook_server() as server:
        server.decide = refuse
        user = await cos.service.sign_up()
        first, second = await cos.config(user), await cos.config(user)
        await cos.put(second, picture())
        await cos.pass_by(timedelta(seconds=31))
        await server.hook(cos.service.core.hook_calls.hooks, "", HookType.UPLOAD)
        await cos.put(first, picture())
        await cos.pass_by(timedelta(seconds=31))
        assert (cos.kept(first), cos.kept(second) is None) == (None, False)
        await user.call("auth_users/user_delete")
        cos.service.clock.advance(timedelta(seconds=1))
        await cos.service.core.jobs.deleted_users.erase()
        await cos.pass_by(timedelta(seconds=1))
        assert cos.kept(second) is None


async def test_without_tencent_it_is_not_now_and_without_a_bucket_not_at_all(embedded: Serving) -> None:
    async with _cos(embedded) as cos:
        user = await cos.service.sign_up()
        config = await cos.config(user)
        await cos.put(config, picture())
        for mood in (Mood.DOWN, Mood.BROKEN, Mood.ODD):
            cos.there.endpoint.mood = mood
            assert (await user.call("cos/config")).code in (Code.ServiceUnavailable, Code.ServiceResponseInvalid)
            await cos.pass_by(timedelta(minutes=2))
        cos.there.endpoint.mood = Mood.WELL
        cos.there.endpoint.refuse("GetFederationToken", "UnauthorizedOperation")
        assert (await user.call("cos/config")).code == Code.ServiceUnavailable
        await cos.pass_by(timedelta(minutes=2))
        assert cos.kept(config) is not None
    async with embedded() as service:
        assert (await (await service.sign_up()).call("cos/config")).code == Code.NotOffered


@pytest.mark.parametrize("limit", ["uploads_per_day"])
async def test_keys_count_as_uploads(embedded: Serving, limit: str) -> None:
    clock = WoundClock()
    there = CosSimulator(clock, "AKIDtests", "secret-of-these-tests", BUCKET, REGION)
    async with serving_vendor(there.endpoint):
        settings = {"cos_bucket": BUCKET, "region": REGION, "tencent_origin": there.endpoint.url, limit: "1"}
        keys = {"tencent_secret_id": "AKIDtests", "tencent_secret_key": "secret-of-these-tests"}
        async with embedded(clock=clock, uploads="none", **settings, **keys) as service:
            user = await service.sign_up()
            assert [(await user.call("cos/config")).code for _ in range(2)] == [0, Code.RateLimited]
