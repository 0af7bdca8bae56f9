"""`liveroom doctor` looks at both stores: whose root it is, whether Google lets us ask, whether tests bring coins."""

from pathlib import Path
from typing import Any

import pytest

from liveroom.app.checkup.receipts import look_at_receipts
from liveroom.clock import SystemClock
from liveroom.domain.findings import Level
from liveroom.settings import SettingsError, load_settings
from tests.app_store import app_store_settings
from tests.google_play import GooglePlayServer


async def looked(folder: Path, **given: Any) -> list[tuple[Level, str]]:
    settings = load_settings({"data_dir": folder, "gifts": "on", **given}, environ={}, dotenv=None)
    return [(found.level, found.fact) async for found in look_at_receipts(settings, SystemClock())]


async def test_without_a_store_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert await looked(tmp_path) == []


async def test_a_root_that_is_not_apples_is_a_warning_and_none_at_all_a_failure(tmp_path: Path) -> None:
    [(level, fact)] = await looked(tmp_path, **app_store_settings())
    assert level is Level.WARN
    assert "is not Apple Root CA - G3" in fact
    (tmp_path / "root.cer").write_bytes(b"none")
    [(level, fact)] = await looked(tmp_path, **app_store_settings(app_store_root=tmp_path / "root.cer"))
    assert (level, "is no certificate" in fact) == (Level.FAIL, True)
    found = await looked(tmp_path, **app_store_settings(store_tests=True))
    assert [level for level, _ in found] == [Level.WARN, Level.WARN]


async def test_google_is_asked_whether_it_lets_us_ask(tmp_path: Path) -> None:
    async with GooglePlayServer().listening() as google:
        [(level, fact)] = await looked(tmp_path, **google.settings())
        assert (level, fact) == (Level.OK, "it lets us ask: 0 purchases were refunded in the last day")
        google.may_see_orders = False
        [(level, fact)] = await looked(tmp_path, **google.settings())
        assert (level, "insufficient permissions" in fact) == (Level.FAIL, True)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"app_store_bundle_id": "com.example"}, "LIVEROOM_APP_STORE_APP_ID and LIVEROOM_APP_STORE_ROOT"),
        ({"google_play_package": "com.example"}, "LIVEROOM_GOOGLE_PLAY_CREDENTIALS"),
        ({**app_store_settings(), "store_products": ""}, "LIVEROOM_STORE_PRODUCTS is empty"),
        ({**app_store_settings(), "gifts": "off"}, "LIVEROOM_GIFTS is off"),
        ({"store_products": "coins_60"}, "product=coins"),
        ({"store_products": "a=1,a=2"}, "same product twice"),
        ({"store_products": "a=0"}, "product=coins"),
    ],
)
def test_settings_that_do_not_fit_say_so(given: dict[str, Any], says: str, tmp_path: Path) -> None:
    environ = {f"LIVEROOM_{name.upper()}": str(value) for name, value in {"gifts": "on", **given}.items()}
    with pytest.raises(SettingsError) as wrong:
        load_settings({"data_dir": tmp_path}, environ=environ, dotenv=None)
    assert says in str(wrong.value)
