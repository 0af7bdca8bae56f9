"""Which vendors are called follows from settings and tenant, and half a pair of keys stops the start."""

from pathlib import Path
from typing import Any

import pytest

from liveroom.app.vendors import make_vendors
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.tenants.model import RtcKind, Tenant
from liveroom.domain.vendors.model import Vendor
from liveroom.settings import Settings, SettingsError, load_settings
from tests.service import SDK_APP_ID, SDK_SECRET
from tests.worlds import WoundClock

APP: dict[str, Any] = {"trtc_sdk_app_id": SDK_APP_ID, "trtc_secret": SDK_SECRET}
IM: dict[str, Any] = {**APP, "tim_administrator": "administrator"}
CLOUD: dict[str, Any] = {"tencent_secret_id": "AKIDexample", "tencent_secret_key": "key"}
LIVEKIT: dict[str, Any] = {
    "livekit_url": "wss://live.example.com",
    "livekit_key": "APIkey1",
    "livekit_secret": "secret1secret1secret1secret1secret1",
}


def load(folder: Path, **given: Any) -> Settings:
    return load_settings({"data_dir": folder, **given}, environ={}, dotenv=None)


@pytest.mark.parametrize(
    ("given", "rtc", "found"),
    [
        ({}, None, set()),
        (APP, None, set()),
        (IM, None, {Vendor.IM}),
        ({**IM, "im": "none"}, None, set()),
        ({**APP, "rtc": "trtc"}, None, set()),
        ({**IM, **CLOUD, "rtc": "trtc"}, None, {Vendor.IM, Vendor.TRTC}),
        ({**IM, **CLOUD}, None, {Vendor.IM}),
        ({**IM, **CLOUD}, RtcKind.TRTC, {Vendor.IM, Vendor.TRTC}),
        ({**LIVEKIT, "rtc": "livekit"}, None, {Vendor.LIVEKIT}),
        (LIVEKIT, None, set()),
        ({**LIVEKIT, **IM, **CLOUD, "rtc": "trtc"}, RtcKind.LIVEKIT, {Vendor.IM, Vendor.LIVEKIT}),
    ],
)
async def test_a_vendor_is_called_for_a_tenant_that_has_chosen_it_and_can(
    tmp_path: Path, given: dict[str, Any], rtc: RtcKind | None, found: set[Vendor]
) -> None:
    vendors = make_vendors(load(tmp_path, **given), WoundClock())
    tenant = Tenant(DEFAULT_TENANT, given.get("trtc_sdk_app_id", 0), given.get("trtc_secret", ""), rtc=rtc)
    assert vendors.of(tenant) == found
    await vendors.hang_up()


@pytest.mark.parametrize("missing", CLOUD)
def test_half_a_pair_of_cloud_keys_stops_the_start(tmp_path: Path, missing: str) -> None:
    half = {name: value for name, value in CLOUD.items() if name != missing}
    with pytest.raises(SettingsError, match="LIVEROOM_TENCENT_SECRET_ID and LIVEROOM_TENCENT_SECRET_KEY"):
        load(tmp_path, **half)
