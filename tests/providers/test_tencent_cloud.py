"""Calls of Tencent's cloud: signed so that an honest vendor takes them, bounded in time, errors told apart."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from liveroom.domain.errors import ProviderNonsense, ProviderUnavailable
from liveroom.providers.tencent.cloud import CloudRefused, TencentCloud
from liveroom.simulate.cloud import CloudAccount, CloudService
from liveroom.simulate.endpoint import Mood
from liveroom.simulate.serving import serving
from tests.servers import LOOPBACK, free_ports
from tests.vendors.simulator import SECRET_ID, SECRET_KEY
from tests.worlds import WoundClock

VERSION = "2019-07-22"


@pytest.fixture
async def vendor() -> AsyncIterator[CloudService]:
    service = CloudService(CloudAccount(WoundClock(), SECRET_ID, SECRET_KEY))
    service.on("Echo", VERSION, lambda asked: {"Said": asked["Say"]})
    async with serving(service.endpoint):
        yield service


def client(vendor: CloudService, id: str = SECRET_ID, key: str = SECRET_KEY, seconds: float = 5) -> TencentCloud:
    return TencentCloud(vendor.endpoint.url, id, key, vendor.account.clock, timeout=timedelta(seconds=seconds))


async def test_a_call_is_signed_over_its_bytes_and_answered(vendor: CloudService) -> None:
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
async def test_wrong_keys_are_refused(vendor: CloudService, id: str, key: str, code: str) -> None:
    with pytest.raises(CloudRefused) as refused:
        await client(vendor, id, key).call("Echo", VERSION, {"Say": 1})
    assert refused.value.code == code
    assert key not in str(refused.value)
    assert vendor.calls == []


async def test_a_clock_that_is_six_minutes_wrong_is_refused(vendor: CloudService) -> None:
    late = WoundClock()
    late.advance(360)
    with pytest.raises(CloudRefused) as refused:
        await TencentCloud(vendor.endpoint.url, SECRET_ID, SECRET_KEY, late).call("Echo", VERSION, {"Say": 1})
    assert refused.value.code == "AuthFailure.SignatureExpire"


@pytest.mark.parametrize(("action", "version"), [("Ehco", VERSION), ("Echo", "2018-01-01")])
async def test_an_action_that_is_not_there_is_refused(vendor: CloudService, action: str, version: str) -> None:
    with pytest.raises(CloudRefused):
        await client(vendor).call(action, version, {"Say": 1})


@pytest.mark.parametrize("mood", [Mood.SILENT, Mood.BROKEN, Mood.DOWN])
async def test_a_vendor_that_does_not_answer_is_unavailable(vendor: CloudService, mood: Mood) -> None:
    vendor.endpoint.mood = mood
    with pytest.raises(ProviderUnavailable) as failure:
        await client(vendor, seconds=0.2).call("Echo", VERSION, {"Say": 1})
    assert type(failure.value) is ProviderUnavailable


async def test_a_vendor_that_is_not_there_is_unavailable(vendor: CloudService) -> None:
    vendor.endpoint.url = f"http://{LOOPBACK}:{free_ports(1)[0]}"
    with pytest.raises(ProviderUnavailable):
        await client(vendor).call("Echo", VERSION, {"Say": 1})


@pytest.mark.parametrize("code", ["InternalError.Timeout", "RequestLimitExceeded"])
async def test_a_busy_vendor_is_unavailable_and_has_not_refused(vendor: CloudService, code: str) -> None:
    vendor.endpoint.refuse("Echo", code)
    with pytest.raises(ProviderUnavailable) as failure:
        await client(vendor).call("Echo", VERSION, {"Say": 1})
    assert type(failure.value) is ProviderUnavailable


async def test_an_answer_that_is_no_response_is_nonsense(vendor: CloudService) -> None:
    vendor.endpoint.mood = Mood.NONSENSE
    with pytest.raises(ProviderNonsense):
        await client(vendor).call("Echo", VERSION, {"Say": 1})
