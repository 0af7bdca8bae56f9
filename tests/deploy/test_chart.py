"""The Helm chart beside the program, without helm: names, ports, times and secrets agree with what the code says."""

import inspect
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import jsonschema
import pytest
import yaml

from liveroom import __version__
from liveroom.realtime.hub import Hub
from liveroom.settings import Settings, env_file
from liveroom.settings.declaring import abouts, variable
from liveroom.usecases import partitions
from liveroom.usecases.vendors import im_bridge
from tests.deploy.charts import CHART, INSTALLATIONS, default_values
from tests.deploy.image import ROOT, of, read

VALUES: Final = default_values()
TEXTS: Final = {str(file.relative_to(CHART)): file.read_text() for file in CHART.rglob("*") if file.is_file()}
SCHEMA: Final[dict[str, Any]] = yaml.safe_load(TEXTS["values.schema.json"])
AFTER_THE_GRACE: Final = 10
"""Seconds that the chart allows for what comes after the grace: batches, journal, goodbyes to vendors."""
_LONG: Final = {"resources", "topologySpread"}
_OF_KUBERNETES: Final = {"LIVEROOM_SERVICE_HOST"}
"""What a comment says that Kubernetes would put into the environment."""


def test_every_setting_that_the_chart_names_exists() -> None:
    known = {variable(name) for name in abouts(Settings)}
    for name, text in TEXTS.items():
        assert set(re.findall(r"LIVEROOM_[A-Z0-9_]*[A-Z0-9]", text)) - _OF_KUBERNETES <= known, name


def test_the_releases_are_the_programs() -> None:
    chart = yaml.safe_load(TEXTS["Chart.yaml"])
    assert (chart["version"], chart["appVersion"]) == (__version__, __version__)


def test_ports_user_and_folder_are_those_of_the_image() -> None:
    steps = read((ROOT / "Dockerfile").read_text())
    deployment, environment = TEXTS["templates/deployment.yaml"], TEXTS["templates/_environment.tpl"]
    port, folder = of(steps, "EXPOSE").rest, of(steps, "VOLUME").rest
    assert f"containerPort: {port}\n" in deployment
    assert f'name: LIVEROOM_PORT\n    value: "{port}"' in environment
    assert f"mountPath: {folder}\n" in deployment
    assert f"name: LIVEROOM_DATA_DIR\n    value: {folder}\n" in environment
    user = next(step.rest for step in steps if step.word == "RUN" and "useradd" in step.rest)
    assert f"--uid {VALUES['podSecurityContext']['runAsUser']} " in user
    assert VALUES["console"]["port"] != int(port)


def test_a_pod_has_more_time_to_stop_than_the_program_takes() -> None:
    shutdown = VALUES["shutdown"]
    grace = timedelta(seconds=shutdown["graceSeconds"])
    sockets = inspect.signature(Hub.drain).parameters["seconds"].default
    assert grace == Settings.__dataclass_fields__["shutdown_grace"].default
    assert sockets < shutdown["graceSeconds"], "calls have to get some of the grace"
    assert (partitions.GOODBYE + im_bridge.GOODBYE).total_seconds() < AFTER_THE_GRACE
    needed = shutdown["preStopSeconds"] + shutdown["graceSeconds"] + AFTER_THE_GRACE
    assert needed < shutdown["terminationGracePeriodSeconds"]
    assert (
        f"add $v.shutdown.preStopSeconds $v.shutdown.graceSeconds {AFTER_THE_GRACE} "
        in TEXTS["templates/_refusals.tpl"]
    )


def test_probes_wait_longer_than_the_answer_takes() -> None:
    """/readyz asks each store for two seconds; a failover, and a storm of calls, take longer than one probe."""
    probes = VALUES["probes"]
    assert {name: probe["httpGet"]["path"] for name, probe in probes.items()} == {
        "startup": "/healthz",
        "readiness": "/readyz",
        "liveness": "/healthz",
    }
    assert probes["readiness"]["timeoutSeconds"] > 2
    assert probes["readiness"]["periodSeconds"] * probes["readiness"]["failureThreshold"] >= 30
    assert probes["liveness"]["periodSeconds"] * probes["liveness"]["failureThreshold"] >= 60
    assert probes["startup"]["periodSeconds"] * probes["startup"]["failureThreshold"] >= 120


def test_no_secret_is_taken_as_an_open_value() -> None:
    refusals = TEXTS["templates/_refusals.tpl"]
    (pattern,) = re.findall(r'regexMatch "([^"]+)" \$name', refusals)
    named = set(re.findall(r'eq \$name "(\w+)"', refusals))
    secret = {variable(name) for name, about in abouts(Settings).items() if about.secret}
    secret |= {"LIVEROOM_DATABASE_URL", "LIVEROOM_REDIS_URL", "LIVEROOM_SMTP_URL"}
    every = {variable(name) for name in abouts(Settings)}
    assert {name for name in every if name in named or re.search(pattern, name)} == secret


def test_no_value_holds_a_secret_by_default() -> None:
    assert not re.search(r"(?i)password|:\s*[0-9a-f]{32}", TEXTS["values.yaml"])
    assert [VALUES[part]["existingSecret"] for part in ("database", "redis", "signing")] == ["", "", ""]
    assert "kind: Secret\n" not in "".join(TEXTS.values())


def test_every_value_is_in_the_schema_and_the_schema_has_no_other() -> None:
    def compare(values: Any, schema: dict[str, Any], place: str) -> None:
        if "properties" in schema:
            assert schema["additionalProperties"] is False, place
            assert set(schema["properties"]) - {"global", "claims"} == set(values), place
            for name, value in values.items():
                compare(value, schema["properties"][name], f"{place}.{name}")

    compare(VALUES, _without(SCHEMA, {"httpRoute": {"timeouts"}}), "values")


def _without(schema: dict[str, Any], inner: dict[str, set[str]]) -> dict[str, Any]:
    """Return the schema without what is inside of a value that is free to be empty."""
    properties = dict(schema["properties"])
    for name, left_out in inner.items():
        kept = {key: {} if key in left_out else value for key, value in properties[name]["properties"].items()}
        properties[name] = {**properties[name], "properties": kept}
    for name in ("resources",):
        properties[name] = {}
    return {**schema, "properties": properties}


def test_the_schema_takes_the_default_values() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(VALUES, SCHEMA)


@pytest.mark.parametrize("name", INSTALLATIONS)
def test_the_schema_takes_what_is_installed(name: str) -> None:
    jsonschema.validate(INSTALLATIONS[name], SCHEMA)


@pytest.mark.parametrize(
    "values",
    [
        {"replica": 3},
        {"replicas": "three"},
        {"database": {"existingsecret": "liveroom"}},
        {"settings": {"TRTC_TIM_APPID": 1}},
        {"settings": {"LIVEROOM_STAGES": ["prod"]}},
        {"console": {"port": 9000}},
        {"console": {"port": 80}},
        {"trustedProxies": ["the ingress controller"]},
        {"shutdown": {"preStopSeconds": 0}},
        {"image": {"pullPolicy": "Sometimes"}},
        {"persistence": {"size": "much"}},
        {"service": {"type": "ExternalName"}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_means_nothing(values: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, SCHEMA)


def test_the_example_settings_of_the_comments_are_settings() -> None:
    assert set(re.findall(r"(LIVEROOM_\w+): ", TEXTS["values.yaml"])) <= set(re.findall(r"LIVEROOM_\w+", env_file()))


def test_the_page_lists_every_value_with_its_default() -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text()
    rows = re.findall(r"^\| `([\w.]+)` \| (.+?) \| .+ \|$", page.partition("## All values")[2], re.MULTILINE)
    assert dict(rows) == dict(_shown(VALUES, SCHEMA, ""))
    assert len(rows) == len(dict(rows))


def _shown(values: dict[str, Any], schema: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """Yield each value and how the page shows its default; what has a shape of Kubernetes' own stands in the file."""
    for name, value in values.items():
        inner = schema["properties"][name]
        if value in ("", [], {}):
            yield f"{place}{name}", "–"
        elif name in _LONG or (isinstance(value, dict) and "properties" not in inner):
            yield f"{place}{name}", "values.yaml"
        elif isinstance(value, dict):
            yield from _shown(value, inner, f"{place}{name}.")
        else:
            yield f"{place}{name}", f"`{value if isinstance(value, str) else json.dumps(value)}`"
