"""The Helm chart as the real helm renders it, judged by the real kubeconform and by the program's own settings."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from liveroom.settings import Settings, load_settings
from liveroom.settings.declaring import abouts, variable
from tests.deploy.charts import (
    HELM,
    INSTALLATIONS,
    KEPT,
    KUBECONFORM,
    RELEASES,
    Object,
    helm,
    missing,
    notes,
    rendered,
)
from tests.deploy.image import ROOT, of, read
from tests.deploy.kubernetes_schemas import location, write_custom, write_kinds

pytestmark = [pytest.mark.long, pytest.mark.skipif(bool(missing()), reason=missing())]

KINDS: Final = {
    "ConfigMap": "v1",
    "Deployment": "apps/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "Ingress": "networking.k8s.io/v1",
    "Job": "batch/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PersistentVolumeClaim": "v1",
    "Pod": "v1",
    "PodDisruptionBudget": "policy/v1",
    "Service": "v1",
    "ServiceAccount": "v1",
}
_IN_SECRETS: Final = {
    "LIVEROOM_DATABASE_URL": "mysql://liveroom:password@db.example.com:3306/liveroom",
    "LIVEROOM_REDIS_URL": "redis+cluster://redis-1.example.com:6379,redis-2.example.com:6379",
    "LIVEROOM_SECRET": "7c1e0f5a9b3d48267f1a6e2c8d905b43",
    "LIVEROOM_TURN_SECRET": "fedcba9876543210fedcba9876543210",
}
_STORES: Final = INSTALLATIONS["one pod with MySQL and Redis"]
_SECRET_SETTINGS: Final = sorted(
    {variable(name) for name, about in abouts(Settings).items() if about.secret}
    | {"LIVEROOM_DATABASE_URL", "LIVEROOM_REDIS_URL", "LIVEROOM_SMTP_URL"}
)


@pytest.fixture(scope="module", params=RELEASES)
def schemas(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Return a release of Kubernetes, and the folder with what its objects look like."""
    release: str = request.param
    folder = tmp_path_factory.mktemp(f"kubernetes-{release}")
    write_kinds(KEPT / f"kubernetes-{release}.json", folder, KINDS)
    for name in ("httproute", "servicemonitor"):
        write_custom(KEPT / f"{name}.yaml", folder)
    return release, folder


def _judged(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    argv = [str(KUBECONFORM), "-strict", "-summary", "-schema-location", location(folder), "-"]
    return subprocess.run(argv, check=False, capture_output=True, text=True, input=text)


@pytest.mark.parametrize("name", INSTALLATIONS)
def test_a_cluster_takes_what_is_rendered(name: str, schemas: tuple[str, Path], tmp_path: Path) -> None:
    release, folder = schemas
    text, objects = rendered(tmp_path, INSTALLATIONS[name], release)
    done = _judged(folder, text)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Valid: {len(objects)}, Invalid: 0, Errors: 0, Skipped: 0" in done.stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("maxSurge: 1", "maxSurges: 1"),
        ("containerPort: 9000", 'containerPort: "http"'),
        ("apiVersion: apps/v1\nkind: Deployment", "apiVersion: apps/v1beta1\nkind: Deployment"),
        ("minReplicas: 2", "minReplicas: two"),
    ],
)
def test_a_mistake_would_be_seen(right: str, wrong: str, schemas: tuple[str, Path], tmp_path: Path) -> None:
    text, _ = rendered(tmp_path, INSTALLATIONS["autoscaling"], schemas[0])
    assert text.count(right) == 1
    assert _judged(schemas[1], text.replace(right, wrong)).returncode == 1


@pytest.mark.parametrize("name", INSTALLATIONS)
def test_what_is_rendered_fits_together_and_the_program_starts_with_it(name: str, tmp_path: Path) -> None:
    values = INSTALLATIONS[name]
    _, objects = rendered(tmp_path, values)
    by_kind = {kind: [found for found in objects if found["kind"] == kind] for kind in {*KINDS, "ServiceMonitor"}}
    (deployment,) = by_kind["Deployment"]
    pod = deployment["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for service in by_kind["Service"]:
        _selects(service["spec"]["selector"], pod)
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= set(ports)
    for found in (deployment, *by_kind["PodDisruptionBudget"]):
        _selects(found["spec"]["selector"]["matchLabels"], pod)
    for policy in by_kind["NetworkPolicy"]:
        _selects(policy["spec"]["podSelector"]["matchLabels"], pod)
        assert {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]} == set(ports)
    for monitor in by_kind["ServiceMonitor"]:
        wanted = monitor["spec"]["selector"]["matchLabels"]
        (service,) = [one for one in by_kind["Service"] if wanted.items() <= one["metadata"]["labels"].items()]
        assert monitor["spec"]["endpoints"][0]["port"] in [port["name"] for port in service["spec"]["ports"]]
    for scaler in by_kind["HorizontalPodAutoscaler"]:
        assert scaler["spec"]["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
        assert "replicas" not in deployment["spec"]
    pods = [pod["spec"], *(job["spec"]["template"]["spec"] for job in by_kind["Job"])]
    for spec in (*pods, *(one["spec"] for one in by_kind["Pod"])):
        _is_locked_up(spec)
    for spec in pods:
        _starts(spec["containers"][0], ports)


def _selects(selector: Mapping[str, str], pod: Object) -> None:
    assert selector.items() <= pod["metadata"]["labels"].items()


def _is_locked_up(spec: Object) -> None:
    """Look that a pod has no token and no rights, and does not get variables that Kubernetes makes of Services."""
    assert spec["enableServiceLinks"] is False
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    for container in spec["containers"]:
        security = container["securityContext"]
        assert (security["readOnlyRootFilesystem"], security["allowPrivilegeEscalation"]) == (True, False)
        assert security["capabilities"] == {"drop": ["ALL"]}
        mounted = {mount["name"]: mount["mountPath"] for mount in container.get("volumeMounts", ())}
        assert set(mounted) <= {volume["name"] for volume in spec.get("volumes", ())}


def _starts(container: Object, ports: Mapping[str, int]) -> None:
    """Look that the program takes the environment, what its image has included, and listens where it is asked."""
    image = dict(pair.split("=", 1) for pair in of(read((ROOT / "Dockerfile").read_text()), "ENV").rest.split())
    names = [one["name"] for one in container["env"]]
    assert len(names) == len(set(names))
    given = {one["name"]: one.get("value", _IN_SECRETS.get(one["name"])) for one in container["env"]}
    settings = load_settings(environ={**image, **given}, dotenv=None)
    assert settings.port == ports["http"]
    assert settings.console_port == ports.get("console", 0)
    assert settings.data_dir == Path("/data")
    assert settings.metrics in ("console", "off")


def test_the_migration_comes_before_everything_and_needs_nothing_of_the_chart(tmp_path: Path) -> None:
    _, objects = rendered(tmp_path, _STORES)
    (job,) = [found for found in objects if found["kind"] == "Job"]
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    spec = job["spec"]["template"]["spec"]
    assert "serviceAccountName" not in spec
    assert spec["containers"][0]["command"] == ["liveroom", "migrate"]
    assert not any("persistentVolumeClaim" in volume for volume in spec["volumes"])
    (deployment,) = [found for found in objects if found["kind"] == "Deployment"]
    assert job["spec"]["template"]["metadata"]["labels"].items() & {
        ("app.kubernetes.io/component", "migration"),
    }, "else the Service would send calls to it"
    serving = deployment["spec"]["template"]["spec"]["containers"][0]
    assert spec["containers"][0]["env"] == serving["env"]


def test_only_pods_that_share_everything_are_replaced_one_beside_the_other(tmp_path: Path) -> None:
    found = {}
    alone = ("one pod with SQLite", "one pod with MySQL", "one pod with MySQL, Redis and a volume")
    for name in (*alone, "three pods"):
        _, objects = rendered(tmp_path, INSTALLATIONS[name])
        (deployment,) = [one for one in objects if one["kind"] == "Deployment"]
        found[name] = deployment["spec"]["strategy"]["type"]
    assert list(found.values()) == ["Recreate", "Recreate", "Recreate", "RollingUpdate"]


def test_one_pod_has_no_disruption_budget_that_would_keep_its_node(tmp_path: Path) -> None:
    for name, count in (("one pod with SQLite", 0), ("three pods", 1), ("autoscaling", 1)):
        _, objects = rendered(tmp_path, INSTALLATIONS[name])
        assert len([one for one in objects if one["kind"] == "PodDisruptionBudget"]) == count, name


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "All data would be lost with the pod: set database.existingSecret for MySQL, or persistence.enabled=true"),
        ({"replicas": 2, "persistence": {"enabled": True}}, "Several pods need one MySQL or MariaDB"),
        ({**_STORES, "redis": {}, "replicas": 2}, "Several pods share live data in Redis only"),
        ({**_STORES, "redis": {}, "autoscaling": {"enabled": True}}, "Several pods share live data in Redis only"),
        ({**_STORES, "signing": {}}, "set signing.existingSecret to its name"),
        ({**_STORES, "shutdown": {"graceSeconds": 30}}, "set shutdown.terminationGracePeriodSeconds to 50 or more"),
        ({**_STORES, "shutdown": {"preStopSeconds": 21}}, "A pod needs up to 41 s to stop"),
        ({**_STORES, "ingress": {"enabled": True, "host": "a.b"}}, "All users would count as one address"),
        ({**_STORES, "trustedProxies": ["::1"], "ingress": {"enabled": True}}, "set ingress.host"),
        ({**_STORES, "trustedProxies": ["::1"], "httpRoute": {"enabled": True}}, "set httpRoute.parentRefs and"),
        ({**_STORES, "ingress": {"enabled": True}, "httpRoute": {"enabled": True}}, "Choose one way in"),
        ({**_STORES, "console": {"ingress": {"enabled": True}}}, "set console.ingress.host"),
        ({**_STORES, "console": {"enabled": False}}, "set metrics.enabled=false"),
        (
            {**_STORES, "metrics": {"enabled": False, "serviceMonitor": {"enabled": True}}},
            "metrics.serviceMonitor needs metrics.enabled=true",
        ),
        (
            {
                **_STORES,
                "trustedProxies": ["::1"],
                "ingress": {"enabled": True, "host": "a.b"},
                "console": {"ingress": {"enabled": True, "host": "a.b"}},
            },
            "The console needs another host name than the service",
        ),
        ({**_STORES, "settings": {"LIVEROOM_WORKERS": 4}}, "is decided by the chart; use replicas"),
        ({**_STORES, "replicas": 2, "settings": {"LIVEROOM_UPLOADS": "folder"}}, "set it to s3, or share a volume"),
        ({**_STORES, "replicas": 2, "persistence": {"enabled": True}}, "cannot share a volume that is ReadWriteOnce"),
        ({**_STORES, "autoscaling": {"enabled": True, "minReplicas": 11}}, "is 11, more than maxReplicas, which is 10"),
        *(
            ({**_STORES, "settings": {name: "x"}}, "would stand in the open: put it into a Secret")
            for name in _SECRET_SETTINGS
        ),
        ({**_STORES, "replica": 3}, "replica"),
        ({**_STORES, "console": {"port": 9000}}, "console"),
    ],
    ids=lambda given: "" if isinstance(given, dict) else given,
)
def test_what_cannot_work_is_refused_in_a_sentence(values: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    done = helm(tmp_path, ["template", "liveroom"], values)
    assert done.returncode == 1
    assert sentence in done.stderr


@pytest.mark.parametrize("name", INSTALLATIONS)
def test_lint_has_nothing_to_say_and_the_newcomer_is_told_what_to_do_next(name: str, tmp_path: Path) -> None:
    linted = helm(tmp_path, ["lint", "--strict"], INSTALLATIONS[name])
    assert linted.returncode == 0, linted.stdout + linted.stderr
    told = notes(tmp_path, INSTALLATIONS[name])
    assert "rollout status deploy/live" in told
    assert "helm test liveroom -n live" in told
    assert not re.search(r"<no value>|%!|\{\{", told)


def test_the_chart_can_be_packed(tmp_path: Path) -> None:
    argv = [str(HELM), "package", str(ROOT / "deploy/helm/liveroom"), "--destination", str(tmp_path)]
    done = subprocess.run(argv, check=False, capture_output=True, text=True, env={"HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("liveroom-*.tgz"))
