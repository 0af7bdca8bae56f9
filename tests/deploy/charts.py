"""The Helm chart: its files, what the real helm makes of them, and values for the ways in which it can be installed."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from tests.deploy.image import ROOT

CHART: Final = ROOT / "deploy" / "helm" / "liveroom"
HELM: Final = ROOT / ".venv" / "bin" / "helm"
KUBECONFORM: Final = ROOT / ".venv" / "bin" / "kubeconform"
KEPT: Final = ROOT / ".venv" / "kubernetes"
WHO_GETS_IT: Final = "helm, kubeconform or the schemas are missing: sh scripts/get-test-kubernetes.sh gets them"
RELEASES: Final = ("1.31", "1.37")
"""Of Kubernetes: the oldest that the chart allows, and a new one."""

Object = Mapping[str, Any]

_STORES: Final[dict[str, Any]] = {
    "database": {"existingSecret": "liveroom"},
    "redis": {"existingSecret": "liveroom"},
    "signing": {"existingSecret": "liveroom"},
}
_ALONE: Final[dict[str, Any]] = {"persistence": {"enabled": True}}
_PROXIES: Final = ["10.244.0.0/16"]
_GATEWAY: Final = {"enabled": True, "parentRefs": [{"name": "web", "namespace": "gateways"}]}
INSTALLATIONS: Final[dict[str, dict[str, Any]]] = {
    "one pod with SQLite": _ALONE,
    "one pod with a volume that is there": {"persistence": {"enabled": True, "existingClaim": "kept"}},
    "one pod with MySQL": {key: _STORES[key] for key in ("database", "signing")},
    "one pod with MySQL and Redis": _STORES,
    "one pod with MySQL, Redis and a volume": {**_STORES, **_ALONE},
    "three pods": {**_STORES, "replicas": 3},
    "an ingress": {
        **_STORES,
        "replicas": 2,
        "trustedProxies": _PROXIES,
        "ingress": {
            "enabled": True,
            "className": "nginx",
            "host": "live.example.com",
            "tlsSecret": "live-tls",
            "annotations": {"nginx.ingress.kubernetes.io/proxy-read-timeout": "75"},
        },
        "console": {"ingress": {"enabled": True, "host": "console.example.com", "tlsSecret": "console-tls"}},
    },
    "a gateway": {
        **_STORES,
        "replicas": 2,
        "trustedProxies": _PROXIES,
        "httpRoute": {**_GATEWAY, "hostnames": ["live.example.com"], "timeouts": {"request": "0s"}},
        "console": {"httpRoute": {**_GATEWAY, "hostnames": ["console.example.com"]}},
    },
    "autoscaling": {**_STORES, "autoscaling": {"enabled": True, "maxReplicas": 20, "openSocketsPerPod": 12000}},
    "monitoring": {
        **_STORES,
        "metrics": {"serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}}},
        "networkPolicy": {
            "publicFrom": [{"ipBlock": {"cidr": "10.0.0.0/8"}}],
            "insideFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
            "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}],
        },
    },
    "without console, figures, policy and account": {
        **_STORES,
        "console": {"enabled": False},
        "metrics": {"enabled": False},
        "networkPolicy": {"enabled": False},
        "serviceAccount": {"create": False},
        "topologySpread": [],
        "migration": {"enabled": False},
    },
    "a load balancer": {**_STORES, "service": {"type": "LoadBalancer", "externalTrafficPolicy": "Local"}},
    "below a path, with settings of every kind": {
        **_STORES,
        "trustedProxies": _PROXIES,
        "ingress": {"enabled": True, "host": "example.com"},
        "settings": {
            "LIVEROOM_BASE_PATH": "/live",
            "LIVEROOM_LANGUAGE": "en",
            "LIVEROOM_GUESTS": False,
            "LIVEROOM_HEAT_LIKE": 0.05,
            "LIVEROOM_PURCHASE_LIMIT": 5_000_000,
            "LIVEROOM_QUERY_LIMIT_DEFAULT": 50,
            "LIVEROOM_TOKEN_TTL": "7d",
        },
    },
    "all that can be added to a pod": {
        **_STORES,
        "fullnameOverride": "live",
        "settings": {"LIVEROOM_TURN_URLS": "turn:turn.example.com:3478"},
        "image": {"repository": "registry.example.com/liveroom", "tag": "1.2.3"},
        "imagePullSecrets": [{"name": "registry"}],
        "extraSecrets": ["liveroom-vendors"],
        "extraEnv": [
            {"name": "LIVEROOM_BLOCKED_WORDS", "value": "/etc/liveroom/words"},
            {"name": "LIVEROOM_TURN_SECRET", "valueFrom": {"secretKeyRef": {"name": "coturn", "key": "secret"}}},
        ],
        "extraVolumes": [{"name": "words", "configMap": {"name": "words"}}],
        "extraVolumeMounts": [{"name": "words", "mountPath": "/etc/liveroom", "readOnly": True}],
        "podAnnotations": {"example.com/note": "x"},
        "podLabels": {"team": "live"},
        "nodeSelector": {"kubernetes.io/arch": "amd64"},
        "tolerations": [{"key": "live", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
        "priorityClassName": "high",
    },
    "pictures in a volume that all pods share": {
        **_STORES,
        "replicas": 2,
        "settings": {"LIVEROOM_UPLOADS": "folder"},
        "persistence": {"enabled": True, "accessModes": ["ReadWriteMany"], "storageClass": "nfs"},
    },
}


def missing() -> str:
    """Return why the chart cannot be tried with the real tools here, "" when it can."""
    files = [HELM, KUBECONFORM, KEPT / "httproute.yaml", KEPT / "servicemonitor.yaml"]
    files += [KEPT / f"kubernetes-{release}.json" for release in RELEASES]
    return "" if all(file.is_file() for file in files) else WHO_GETS_IT


def default_values() -> dict[str, Any]:
    """Return values.yaml."""
    found = yaml.safe_load((CHART / "values.yaml").read_text())
    assert isinstance(found, dict)
    return found


def helm(
    folder: Path, words: Sequence[str], values: Object, *, chart: Path = CHART, release: str = RELEASES[-1]
) -> subprocess.CompletedProcess[str]:
    """Run helm on the chart with values, as an operator does who has no cluster at hand."""
    file = folder / "values.yaml"
    file.write_text(yaml.safe_dump(dict(values)))
    homes = {f"HELM_{kind}_HOME": str(folder / kind) for kind in ("CACHE", "CONFIG", "DATA")}
    argv = [str(HELM), *words, str(chart), "--values", str(file), "--kube-version", f"{release}.0"]
    return subprocess.run(argv, check=False, capture_output=True, text=True, env={"KUBECONFIG": "/dev/null", **homes})


def rendered(folder: Path, values: Object, release: str = RELEASES[-1]) -> tuple[str, list[dict[str, Any]]]:
    """Return what would be sent to a cluster of a release, as text and as objects."""
    done = helm(folder, ["template", "liveroom", "--namespace", "live"], values, release=release)
    assert done.returncode == 0, done.stderr
    return done.stdout, [found for found in yaml.safe_load_all(done.stdout) if found]


def notes(folder: Path, values: Object) -> str:
    """Return what whoever has installed it reads. To print it, helm asks a cluster; an object of ours quotes it."""
    chart = folder / "chart"
    shutil.copytree(CHART, chart, dirs_exist_ok=True)
    (chart / "templates" / "quoted.yaml").write_text(
        '{{ dict "notes" (include "liveroom/templates/NOTES.txt" .) | toJson }}'
    )
    words = ["template", "liveroom", "--namespace", "live", "--show-only", "templates/quoted.yaml"]
    done = helm(folder, words, values, chart=chart)
    assert done.returncode == 0, done.stderr
    return str(yaml.safe_load(done.stdout)["notes"])
