"""`LIVEROOM_SIMULATOR`: the simulator's keys in place of all of Tencent's, and where they are refused."""

from pathlib import Path
from typing import Any

import pytest

from liveroom.settings import Settings, SettingsError, load_settings
from liveroom.settings.simulated import SDK_APP_ID, SDK_SECRET, SECRET_ID, SECRET_KEY, is_reachable

URL = "http://127.0.0.1:9009"
SECRET = "simulate-0123456789-abcdefghijklmnopq"


def load(folder: Path, **given: Any) -> Settings:
    flags = {"data_dir": folder, "secret": SECRET, **given}
    return load_settings(flags, environ={}, dotenv=None)


def test_the_simulator_takes_tencents_place(tmp_path: Path) -> None:
    settings = load(tmp_path, simulator=f"{URL}/", trtc_sdk_app_id=1_400_000_001, trtc_secret="real", sms="none")
    assert (settings.trtc_sdk_app_id, settings.trtc_secret and settings.trtc_secret.reveal()) == (
        SDK_APP_ID,
        SDK_SECRET,
    )
    assert (settings.im, settings.rtc, settings.sms, settings.captcha) == ("tencent", "trtc", "none", "tencent")
    assert {settings.tencent_origin, settings.sms_url, settings.captcha_url} == {URL}
    shown = {line.name: line for line in settings.redacted()}
    assert shown["rtc"].source == "simulator"
    assert SDK_SECRET not in str(shown)


def test_without_it_nothing_is_simulated(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert (settings.trtc_sdk_app_id, settings.im, settings.tencent_origin) == (0, "none", "")


@pytest.mark.parametrize(
    "keys",
    [
        {"simulator": URL},
        {"trtc_sdk_app_id": SDK_APP_ID, "trtc_secret": SDK_SECRET},
        {"tencent_secret_id": SECRET_ID, "tencent_secret_key": SECRET_KEY},
    ],
    ids=["simulator", "SDKAppID", "SecretId"],
)
@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ({"database_url": "mysql://u:p@127.0.0.1/d"}, "with MySQL, set Tencent's own keys"),
        ({"host": "0.0.0.0"}, "instead of 0.0.0.0"),  # noqa: S104 - refused
        ({"host": "8.8.8.8"}, "private address instead"),
        ({"https": True}, "instead of 0.0.0.0"),
    ],
    ids=["MySQL", "all addresses", "a public address", "HTTPS"],
)
def test_keys_that_everybody_knows_are_refused_where_people_are_served(
    tmp_path: Path, keys: dict[str, Any], where: dict[str, Any], reason: str
) -> None:
    load(tmp_path, **keys)
    with pytest.raises(SettingsError, match=reason):
        load(tmp_path, **keys, **where)


@pytest.mark.parametrize("url", ["http://sim.example.com", "https://127.0.0.1:9009", "127.0.0.1:9009", f"{URL}/path"])
def test_a_simulator_elsewhere_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="LIVEROOM_SIMULATOR is not an address of this machine"):
        load(tmp_path, simulator=url)


@pytest.mark.parametrize(
    ("host", "reachable"),
    [
        ("127.0.0.1", False),
        ("::1", False),
        ("localhost", False),
        ("192.168.1.20", False),
        ("10.0.0.3", False),
        ("0.0.0.0", True),  # noqa: S104 - compared
        ("::", True),
        ("", True),
        ("8.8.8.8", True),
        ("live.example.com", True),
    ],
)
def test_an_address_of_other_networks_is_public(host: str, reachable: bool) -> None:
    assert is_reachable(host) is reachable
