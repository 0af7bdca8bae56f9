"""compose.yaml, read as an engine reads it: variables filled in, references there, settings that exist and fit."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from liveroom.settings import SettingsError, env_file, load_settings
from tests.deploy.image import ROOT, of, read

DEPLOY: Final = ROOT / "deploy"
FILE: Final = DEPLOY / "compose.yaml"
_VARIABLE: Final = re.compile(r"\$(?:(\$)|\{(\w+)(?:(:[?-])([^}]*))?\})")
FILLED_IN: Final = {
    "DOMAIN": "live.example.com",
    "PUBLIC_IP": "203.0.113.1",
    "LIVEROOM_SECRET": "7c1e0f5a9b3d48267f1a6e2c8d905b43",
    "LIVEROOM_TURN_SECRET": "fedcba9876543210fedcba9876543210",
    "MARIADB_PASSWORD": "mariadb0password",
    "REDIS_PASSWORD": "redis0password",
}


class Missing(Exception):
    """A variable that has to be set is not; the text is what the operator reads."""


def filled(text: str, given: Mapping[str, str]) -> str:
    """Put variables in, as Compose does."""

    def one(found: re.Match[str]) -> str:
        dollar, name, kind, rest = found.groups()
        if dollar:
            return "$"
        value = given.get(name, "")
        if value or kind is None:
            return value
        if kind == ":?":
            raise Missing(f"{name} {rest}")
        return str(rest)

    return _VARIABLE.sub(one, text)


def composed(given: Mapping[str, str] = FILLED_IN) -> dict[str, Any]:
    """Return what an engine would run."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: walk(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner) for inner in value]
        return filled(value, given) if isinstance(value, str) else value

    found = walk(yaml.safe_load(FILE.read_text()))
    assert isinstance(found, dict)
    return found


SERVICES: Final[dict[str, Any]] = composed()["services"]


def test_the_service_starts_with_what_it_is_given() -> None:
    image = dict(pair.split("=", 1) for pair in of(read((ROOT / "Dockerfile").read_text()), "ENV").rest.split())
    for name in ("liveroom", "migrate"):
        given = SERVICES[name]["environment"]
        settings = load_settings(environ={**image, **given}, dotenv=None)
        assert settings.workers == 2
        assert settings.on_mysql
        assert settings.redis_url == "redis://:redis0password@redis:6379"
        assert settings.secret[0].value.reveal() == FILLED_IN["LIVEROOM_SECRET"]
        assert (settings.port, settings.data_dir) == (9000, Path("/data"))
        assert set(given) <= set(re.findall(r"LIVEROOM_[A-Z_]+", env_file()))


@pytest.mark.parametrize("name", FILLED_IN)
def test_a_variable_that_was_forgotten_is_asked_for_in_a_sentence(name: str) -> None:
    with pytest.raises(Missing, match=rf"^{name} is missing - .*deploy/\.env"):
        composed({**FILLED_IN, name: ""})


def test_the_example_names_every_variable_and_holds_no_secret() -> None:
    example = dict(re.findall(r"^(\w+)=(.*)$", (DEPLOY / "env.example").read_text(), re.MULTILINE))
    assert set(example) == {name for _, name, _, _ in _VARIABLE.findall(FILE.read_text()) if name}
    assert {name for name, value in example.items() if value} == {"DOMAIN", "LIVEROOM_LANGUAGE"}


def test_no_secret_stands_in_a_file() -> None:
    text = FILE.read_text()
    for name in ("PASSWORD", "SECRET"):
        for value in re.findall(rf"{name}: (.*)", text):
            assert value.startswith(("${", '"1"')), value


def test_a_weak_secret_is_refused() -> None:
    given = composed({**FILLED_IN, "LIVEROOM_SECRET": "secret"})["services"]["liveroom"]["environment"]
    with pytest.raises(SettingsError, match="LIVEROOM_SECRET"):
        load_settings(environ=given, dotenv=None)


def test_everything_that_is_waited_for_says_when_it_is_there() -> None:
    words = {step.word for step in read((ROOT / "Dockerfile").read_text())}
    assert "HEALTHCHECK" in words
    for name, service in SERVICES.items():
        for other, waited in service.get("depends_on", {}).items():
            if waited["condition"] == "service_healthy":
                has_check = "test" in SERVICES[other].get("healthcheck", {}) or "build" in SERVICES[other]
                assert has_check, f"{name} waits for {other}"
            else:
                assert waited["condition"] == "service_completed_successfully"
                assert SERVICES[other]["restart"] == "no"
    assert SERVICES["liveroom"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["command"] == ["liveroom", "migrate"]


def test_what_is_kept_is_kept_in_a_volume_and_what_is_mounted_is_there() -> None:
    volumes = composed()["volumes"]
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            source, target, *_ = mount.split(":")
            assert target.startswith("/")
            assert (DEPLOY / source).is_file() if source.startswith(".") else source in volumes
    assert all(SERVICES[name]["volumes"] for name in ("liveroom", "mariadb", "redis", "caddy"))
    assert (DEPLOY / SERVICES["liveroom"]["build"]).resolve() == ROOT


def test_only_the_proxy_is_reached_from_outside_and_only_its_network_is_trusted() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"]
    (network,) = composed()["networks"]["inside"]["ipam"]["config"]
    assert SERVICES["liveroom"]["environment"]["LIVEROOM_TRUSTED_PROXIES"] == network["subnet"]
    assert SERVICES["caddy"]["environment"]["UPSTREAM"] == "liveroom:9000"
    assert SERVICES["caddy"]["environment"]["SITE"] == "live.example.com"


def test_redis_forgets_nothing_and_the_service_has_time_to_stop() -> None:
    command = SERVICES["redis"]["command"][-1]
    for option in ("--appendonly yes", "--maxmemory-policy noeviction", '--requirepass "$REDIS_PASSWORD"'):
        assert option in command
    assert SERVICES["liveroom"]["stop_grace_period"] == "30s"
    assert all(":" in service["image"] for name, service in SERVICES.items() if "build" not in service)


def test_coturn_knows_the_secret_and_relays_to_no_machine_inside() -> None:
    command = SERVICES["coturn"]["command"]
    assert f"--static-auth-secret={FILLED_IN['LIVEROOM_TURN_SECRET']}" in command
    assert SERVICES["liveroom"]["environment"]["LIVEROOM_TURN_URLS"].split(",")[0] == "turn:live.example.com:3478"
    denied = [option for option in command if option.startswith("--denied-peer-ip=")]
    assert {option.partition("=")[2].split(".")[0] for option in denied} == {"10", "100", "127", "169", "172", "192"}


def test_the_service_writes_into_its_volume_alone_and_gets_no_privileges() -> None:
    for name in ("migrate", "liveroom"):
        service = composed()["services"][name]
        assert (service["read_only"], service["tmpfs"], service["cap_drop"]) == (True, ["/tmp"], ["ALL"])  # noqa: S108
        assert service["security_opt"] == ["no-new-privileges:true"]
