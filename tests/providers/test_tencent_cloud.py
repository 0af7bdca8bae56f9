"""Calls of Tencent's cloud: signed so that an honest vendor takes them, bounded in time, errors told apart."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from liveroom.domain.errors import ProviderNonsense, ProviderUnavailable
from liveroom.providers.tencent.cloud import CloudRefused, TencentCloud
from tests.servers import LOOPBACK, free_ports
from tests.vendors.tencent_cloud import SECRET_ID, SECRET_KEY, FakeTencentCloud, Mood, VendorError, tencent_cloud
from tests.worlds import WoundClock

VERSION = "2019-07-22"


@pytest.fixture
async def vendor() -> AsyncIterator[FakeTencentCloud]:
    async with tencent_cloud(WoundClock()) as fake:
        fake.on("Echo", VERSION, lambda asked: {"Said": asked["Say"]})
        yield fake


def client(vendor: FakeTencentCloud, id: str = SECRET_ID, key: str = SECRET_KEY, seconds: float = 5) -> TencentCloud:
    return TencentCloud(vendor.url, id, key, vendor.clock, timeout=timedelta(seconds=seconds))


async def test_a_call_is_signed_over_its_bytes_and_answered(vendor: FakeTencentCloud) -> None:
    answer = await client(vendor).call("Echo", VERSION, {"Say": "你好 😀"}, region="ap-guangzhou")
    assert answer["Said"] == "你好 😀"
    assert [call.region for call in vendor.calls] == ["ap-guangzhou"]


@pytest.mark.parametrize(
    ("id", "key", "code"),
    [
        ("AKIDsomebodyelse", SECRET_KEY, "AuthFailure.SecretIdNotFound"),
        (SECRET_ID, "another key", "AuthFailure.SignatureFailure"),
    ],
)
async def test_wrong_keys_are_refused(vendor: FakeTencentCloud, id: str, key: str, code: str) -> None:
    with pytest.raises(CloudRefused) as refused:
        await client(vendor, id, key).call("Echo", VERSION, {"Say": 1})
    assert refused.value.code == code
    assert key not in str(refused.value)
    assert vendor.calls == []


async def test_a_clock_that_is_six_minutes_wrong_is_refused(vendor: FakeTencentCloud) -> None:
    late = WoundClock()
    late.advance(360)
    with pytest.raises(CloudRefused) as refused:
        await TencentCloud(vendor.url, SECRET_ID, SECRET_KEY, late).call("Echo", VERSION, {"Say": 1})
    assert refused.value.code == "AuthFailure.SignatureExpire"


@pytest.mark.parametrize(("action", "version"), [("Ehco", VERSION), ("Echo", "2018-01-01")])
async def test_an_action_that_is_not_there_is_refused(vendor: FakeTencentCloud, action: str, version: str) -> None:
    with pytest.raises(CloudRefused):
        await client(vendor).call(action, version, {"Say": 1})


@pytest.mark.parametrize("mood", [Mood.SILENT, Mood.BROKEN, Mood.DOWN])
async def test_a_vendor_that_does_not_answer_is_unavailable(vendor: FakeTencentCloud, mood: Mood) -> None:
    vendor.mood = mood
    with pytest.raises(ProviderUnavailable) as failure:
        await client(vendor, seconds=0.2).call("Echo", VERSION, {"Say": 1})
    assert type(failure.value) is ProviderUnavailable


async def test_a_vendor_that_is_not_there_is_unavailable(vendor: FakeTencentCloud) -> None:
    vendor.url = f"http://{LOOPBACK}:{free_ports(1)[0]}"
    with pytest.raises(ProviderUnavailable):
        await client(vendor).call("Echo", VERSION, {"Say": 1})


@pytest.mark.parametrize("code", ["InternalError.Timeout", "RequestLimitExceeded"])
async def test_a_busy_vendor_is_unavailable_and_has_not_refused(vendor: FakeTencentCloud, code: str) -> None:
    def busy(_: object) -> dict[str, object]:
        raise VendorError(code)

    vendor.on("Echo", VERSION, busy)
    with pytest.raises(ProviderUnavailable) as failure:
        await client(vendor).call("Echo", VERSION, {"Say": 1})
    assert type(failure.value) is ProviderUnavailable


async def test_an_answer_that_is_no_response_is_nonsense(vendor: FakeTencentCloud) -> None:
    vendor.mood = Mood.NONSENSE
    with pytest.raises(ProviderNonsense):
        await client(vendor).call("Echo", VERSION, {"Say": 1})
